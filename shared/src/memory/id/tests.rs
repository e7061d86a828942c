use super::*;
use crate::memory::Tenant;

fn scope(subject: &str) -> Scope {
    Scope::parse(&Tenant::parse("local").expect("a tenant"), subject).expect("a scope")
}

fn said<'a>(content: &'a str, session: Option<&'a str>, nth: usize) -> Identity<'a> {
    Identity::Content { content, occurred_at: None, session, speaker: Some("Ana"), nth }
}

#[test]
fn an_id_reads_back_as_printed() {
    for n in 0..1_000 {
        let id = MemoryId::derive(&scope("user:alice"), Identity::Key { key: "k", position: n });
        assert_eq!(id.to_string().parse::<MemoryId>().expect("its own print"), id);
    }
}

#[test]
fn the_same_words_are_one_memory_and_others_are_not() {
    let alice = scope("user:alice");
    let id = MemoryId::derive(&alice, said("hello", Some("s"), 0));
    assert_eq!(id, MemoryId::derive(&alice, said("hello", Some("s"), 0)));
    let others = [
        MemoryId::derive(&alice, said("hello!", Some("s"), 0)),
        MemoryId::derive(&alice, said("hello", Some("t"), 0)),
        MemoryId::derive(&alice, said("hello", None, 0)),
        MemoryId::derive(&alice, said("hello", Some("s"), 1)),
        MemoryId::derive(&scope("user:bob"), said("hello", Some("s"), 0)),
        MemoryId::derive(&alice, Identity::Key { key: "hello", position: 0 }),
    ];
    assert!(others.iter().all(|other| *other != id));
}

#[test]
fn fields_do_not_run_together() {
    let hash = |fields: &[&str]| {
        let mut hash = Fields::new("test");
        for field in fields {
            hash.add(field);
        }
        hash.finish()
    };
    assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    assert_ne!(hash(&["a", ""]), hash(&["a"]));
}

#[test]
fn what_is_not_an_id_is_refused() {
    for text in ["", "short", "0123456789abcdei", "0123456789abcdefg", "0123456789ABCDEF"] {
        assert!(text.parse::<MemoryId>().is_err(), "{text}");
    }
}
