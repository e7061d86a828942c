use super::*;
use crate::memory::Memory;

fn entry(n: u32, revision: u32, session: Option<&str>, classified: bool) -> Entry {
    let memory: Memory = serde_json::from_value(serde_json::json!({
        "v": 1, "id": format!("{n:016}"), "revision": revision, "state": "pending", "content": "words",
        "session": session, "recorded_at": "2026-01-02", "order": n, "updated_at": "2026-01-02", "fingerprint": "",
        "classification": classified.then(|| serde_json::json!({
            "kind": "note", "sensitivity": "general", "importance": 0.1, "confidence": 0.9, "by": "rules"}))
    }))
    .expect("a memory");
    Entry::of(&memory, None)
}

#[test]
fn the_latest_revision_holds_whatever_the_order_of_blocks() {
    let (old, new) = (vec![entry(1, 1, None, true)], vec![entry(1, 2, None, false)]);
    for blocks in [vec![&old[..], &new[..]], vec![&new[..], &old[..]]] {
        let view = View::new(&[Source { blocks, gone: &[] }]);
        assert_eq!(view.rows().iter().map(|row| row.entry.revision).collect::<Vec<_>>(), [2]);
    }
}

#[test]
fn the_forgotten_is_dead_and_what_came_after_is_not() {
    let block = [entry(1, 1, None, true), entry(2, 3, None, true)];
    let id = |n: usize| block[n].id;
    let day = "2026-01-02".parse().expect("a date");
    let gone = [Gone { id: id(0), revision: 2, day }, Gone { id: id(1), revision: 2, day }];
    let view = View::new(&[Source { blocks: vec![&block], gone: &gone }]);
    assert_eq!(view.rows().iter().map(|row| row.entry.id).collect::<Vec<_>>(), [id(1)]);
}

#[test]
fn company_is_that_of_the_same_session_and_scope() {
    let first = [entry(2, 1, Some("a"), true), entry(1, 1, Some("a"), true), entry(3, 1, Some("b"), true)];
    let second = [entry(4, 1, Some("b"), true), entry(5, 1, None, true), entry(6, 1, None, true)];
    let source = |block| Source { blocks: vec![block], gone: &[] };
    let view = View::new(&[source(&first), source(&second)]);
    let company: Vec<Vec<_>> = (0..6).map(|row| view.company(row, 2).collect()).collect();
    assert_eq!(company[..2], [vec![(1, 1)], vec![(0, 1)]]);
    assert!(company[2..].iter().all(Vec::is_empty), "{company:?}");
    assert_eq!(view.sessions(), 5);
}
