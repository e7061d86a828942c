use super::*;
use proptest::prelude::*;
use serde_json::json;

fn tenant(name: &str) -> Tenant {
    Tenant::parse(name).expect("a tenant")
}

fn id(n: u16) -> MemoryId {
    let mut bytes = [0; BYTES];
    bytes[..2].copy_from_slice(&n.to_be_bytes());
    MemoryId::from_bytes(bytes)
}

fn returned(ids: impl IntoIterator<Item = u16>) -> Returned {
    Returned::default().after(ids.into_iter().map(id))
}

fn parse(tokens: &Value) -> Result<Returned> {
    Returned::parse(&tenant("local"), tokens, "exclude_receipt")
}

#[test]
fn a_receipt_names_what_was_returned_and_what_was_excluded_before() {
    let local = tenant("local");
    let first = returned([1, 2, 3]).receipt_id(&local);
    let second = parse(&json!(first)).expect("a token").after([id(7), id(2)]);
    assert_eq!(second.ids, [id(7), id(2), id(1), id(3)]);
    assert!(second.contains(id(3)) && !second.contains(id(4)));
    let both = parse(&json!([first, returned([9]).receipt_id(&local)])).expect("two tokens");
    assert_eq!(both.ids, [id(9), id(1), id(2), id(3)], "the last of a list is the latest");
    assert_eq!(parse(&json!(Returned::default().receipt_id(&local))).expect("none").ids, []);
}

#[test]
fn a_receipt_keeps_the_latest_256() {
    let earlier = returned(0..300);
    let token = earlier.after([id(1000)]).receipt_id(&tenant("local"));
    let read = parse(&json!(token)).expect("a token");
    assert_eq!(
        (read.ids.len(), read.ids[0], read.contains(id(254)), read.contains(id(255))),
        (256, id(1000), true, false)
    );
    assert!(token.len() < 3_500 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    // Sixteen of the longest leave room in the longest body.
    assert!(16 * (token.len() + 3) < crate::recall::MOST_BODY_BYTES - 8 * 1024);
}

#[test]
fn what_is_no_receipt_of_this_tenant_is_refused_by_its_place() {
    let local = tenant("local");
    let good = returned([1]).receipt_id(&local);
    let others = returned([1]).receipt_id(&tenant("other"));
    let mut later = vec![9_u8];
    later.extend(owner(&local));
    later.extend(hash("memorable receipt checksum v1", &later));
    let cases = [
        (json!(""), "exclude_receipt", "not the id"),
        (json!("x"), "exclude_receipt", "not the id"),
        (json!("not base64!"), "exclude_receipt", "not the id"),
        (json!(format!("{good}=")), "exclude_receipt", "not the id"),
        (json!(good[1..]), "exclude_receipt", "not the id"),
        (json!(format!("{good}AAAA")), "exclude_receipt", "not the id"),
        (json!(7), "exclude_receipt", "not a text"),
        (json!([]), "exclude_receipt", "there are 0"),
        (json!(vec![good.as_str(); 17]), "exclude_receipt", "there are 17"),
        (json!([good, "x"]), "exclude_receipt[1]", "not the id"),
        (json!([others, good]), "exclude_receipt[0]", "another tenant"),
        (json!(URL_SAFE_NO_PAD.encode(later)), "exclude_receipt", "version 9"),
    ];
    for (tokens, field, detail) in cases {
        let error = parse(&tokens).expect_err("not a receipt");
        assert_eq!(error.field.as_deref(), Some(field), "{tokens}");
        assert!(error.detail.contains(detail) && error.expected.is_some(), "{tokens}: {error}");
    }
    assert!(parse(&json!(vec![good; 16])).is_ok());
}

proptest! {
    #[test]
    fn a_receipt_with_any_letter_changed_is_refused(place in 0..1_000_usize, letter in "[A-Za-z0-9_-]") {
        let token = returned([1, 2, 3]).receipt_id(&tenant("local"));
        let place = place % token.len();
        let mangled = format!("{}{letter}{}", &token[..place], &token[place + 1..]);
        prop_assert_eq!(parse(&json!(mangled)).is_ok(), mangled == token);
    }
}
