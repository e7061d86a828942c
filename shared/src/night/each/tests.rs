use super::*;
use crate::index::view::Gone;
use crate::memory::{Kind, Memory, Time};

fn entry(n: u32, revision: u32, is_complete: bool) -> Entry {
    let id: MemoryId = format!("{n:016}").parse().expect("an id");
    let entry = Entry::of(&Memory::new(id, String::new(), Time::from_micros(0)), None);
    Entry { revision, kind: is_complete.then_some(Kind::Note), ..entry }
}

#[test]
fn of_what_the_tail_holds_only_earlier_revisions_are_dead() {
    let state = IndexState { tail: vec![entry(1, 2, true), entry(2, 2, false)], ..IndexState::default() };
    let later = Later::of_tail(&state);
    for n in [1, 2] {
        assert!(later.supersedes(&entry(n, 1, true)), "{n}");
        assert!(!later.supersedes(&entry(n, 2, true)), "the same, published since: {n}");
    }
    assert!(!later.supersedes(&entry(3, 1, true)));
}

#[test]
fn what_was_seen_in_a_newer_segment_is_dead_in_an_older_one() {
    let gone = Gone { id: entry(7, 1, true).id, revision: 1, day: Time::from_micros(0).date() };
    let mut later = Later::of_tail(&IndexState { gone: vec![gone], ..IndexState::default() });
    later.add([entry(1, 2, true)].iter());
    assert!(later.supersedes(&entry(1, 1, true)) && later.supersedes(&entry(1, 2, true)));
    assert!(!later.supersedes(&entry(1, 3, true)));
    assert!(later.supersedes(&entry(7, 1, true)) && !later.supersedes(&entry(7, 2, true)));
}
