use super::*;
use crate::index::Entry;
use crate::memory::{Memory, Tenant};
use crate::models::builtin;

fn noon() -> Time {
    "2026-01-01T12:00:00Z".parse().expect("a time")
}

fn entries(n: usize) -> Vec<Entry> {
    (0..n)
        .map(|n| {
            let memory: Memory = serde_json::from_value(serde_json::json!({
                "v": 1, "id": format!("{n:016}"), "revision": 1, "state": "pending", "content": format!("memory number {n}"),
                "session": "s", "speaker": "Ana", "recorded_at": "2026-01-02", "order": n, "updated_at": "2026-01-02",
                "metadata": {"n": n}, "fingerprint": ""
            }))
            .expect("a memory");
            let embedding = builtin::embed(&memory.content);
            Entry::of(&memory, embedding)
        })
        .collect()
}

#[test]
fn a_segment_reads_back_whole() {
    for n in [0, 1, 100] {
        let written = entries(n);
        assert_eq!(decode("a segment", &encode(&written).expect("bytes")).expect("entries"), written);
    }
}

#[test]
fn each_entry_of_a_packed_segment_is_the_one_that_was_written() {
    for n in [0, 1, 100] {
        let written = entries(n);
        let packed = Packed::new("a segment", encode(&written).expect("bytes").into()).expect("a segment");
        assert_eq!(packed.len(), n);
        let read: Vec<Entry> = (0..n).map(|nth| packed.entry(nth).expect("an entry")).collect();
        assert_eq!(read, written);
    }
    let torn = encode(&entries(3)).expect("bytes").split_off(1);
    assert!(Packed::new("a segment", torn.into()).is_err());
}

#[test]
fn any_changed_or_missing_byte_is_noticed() {
    let bytes = encode(&entries(3)).expect("bytes");
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let error = decode("a segment", &changed).expect_err("a changed byte");
        assert!(error.detail.contains("a segment is corrupt"), "{error}");
        assert!(decode("a segment", &bytes[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn the_name_tells_scope_and_content() {
    let tenant = Tenant::parse("local").expect("a tenant");
    let [alice, bob] = ["user:alice", "user:bob"].map(|subject| Scope::parse(&tenant, subject).expect("a scope"));
    assert_eq!(name(&alice, b"x", noon()), name(&alice, b"x", noon()));
    assert_ne!(name(&alice, b"x", noon()), name(&alice, b"y", noon()));
    assert_ne!(name(&alice, b"x", noon()), name(&bob, b"x", noon()));
    assert!(name(&alice, b"x", noon()).starts_with(&sealed::folder(&alice)));
    assert!(!name(&alice, b"x", noon()).contains("alice"));
}
