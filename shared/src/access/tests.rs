use super::{hash, make, presented};
use crate::memory::{Scope, Tenant, Time};

#[test]
fn a_key_is_read_from_each_of_the_headers_that_clients_send() {
    assert_eq!(presented(Some("Bearer mk_1"), None), Some("mk_1"));
    assert_eq!(presented(Some("Token mk_1"), None), Some("mk_1"));
    assert_eq!(presented(Some("token  mk_1 "), Some("other")), Some("mk_1"));
    assert_eq!(presented(None, Some(" mk_1 ")), Some("mk_1"));
    for (authorization, api_key) in
        [(None, None), (Some("mk_1"), None), (Some("Basic mk_1"), None), (Some("Bearer "), None), (None, Some(" "))]
    {
        assert_eq!(presented(authorization, api_key), None, "{authorization:?} {api_key:?}");
    }
}

#[test]
fn a_hash_is_the_one_that_sha256sum_prints() {
    assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn what_is_stored_of_a_key_does_not_hold_the_key() {
    let tenant = Tenant::parse("acme").expect("a tenant");
    let scope = Scope::parse(&tenant, "user:alice").expect("a scope");
    let (key, known) = make([7; 20], &tenant, Some(&scope), "for mem0", Time::from_micros(0)).expect("a key");
    assert_eq!(key, format!("mk_{}", "07".repeat(20)));
    assert_eq!(known.hash, hash(&key));
    let stored = serde_json::to_string(&known).expect("JSON");
    assert!(!stored.contains(&key) && !stored.contains("0707"), "{stored}");
    let (other, _) = make([8; 20], &tenant, None, "", Time::from_micros(0)).expect("a key");
    assert_ne!(key, other);
}

#[test]
fn a_label_that_a_list_could_not_show_is_refused() {
    let tenant = Tenant::parse("acme").expect("a tenant");
    for label in ["a\nb".to_owned(), "x".repeat(129)] {
        let refused = make([7; 20], &tenant, None, &label, Time::from_micros(0)).expect_err("no key");
        assert_eq!(refused.field.as_deref(), Some("label"));
    }
}
