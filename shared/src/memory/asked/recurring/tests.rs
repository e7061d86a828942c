use super::*;
use crate::memory::MemoryId;

fn time(text: &str) -> Time {
    text.parse().expect("a time")
}

/// Asked then, and answered from a memory.
fn asked(at: &str, query: &str) -> Asked {
    let used: Vec<MemoryId> = vec!["0123456789abcdef".parse().expect("an id")];
    Asked { at: time(at), query: query.to_owned(), returned: used.clone(), used, confidence: 0.9, abstained: false }
}

fn expected(asked: &[Asked], now: &str) -> Vec<(String, String)> {
    let found = recurring(asked, time(now), |one, other| one.eq_ignore_ascii_case(other));
    found.into_iter().map(|one| (one.question, one.at.to_string())).collect()
}

const NIGHT: &str = "2026-11-20T03:00:00Z";

#[test]
fn what_is_asked_each_morning_is_expected_the_next() {
    let mornings = ["2026-11-17T07:05:00Z", "2026-11-18T06:40:00Z", "2026-11-19T07:20:00Z"];
    let mut all: Vec<Asked> = mornings.map(|at| asked(at, "What is on today?")).to_vec();
    all.push(asked("2026-11-19T18:00:00Z", "what is on today?"));
    all.push(asked("2026-11-19T07:00:00Z", "Where is Clara?"));
    let found = expected(&all, NIGHT);
    assert_eq!(found, [("what is on today?".to_owned(), "2026-11-20T07:20:00Z".to_owned())]);
    assert!(expected(&all[1..], NIGHT).is_empty(), "twice is an accident");
}

#[test]
fn what_is_asked_each_friday_is_expected_on_friday_alone() {
    let all =
        ["2026-10-30T09:00:00Z", "2026-11-06T09:10:00Z", "2026-11-13T08:50:00Z"].map(|at| asked(at, "Who cooks?"));
    assert_eq!(expected(&all, NIGHT).len(), 1);
    assert!(expected(&all, "2026-11-19T03:00:00Z").is_empty());
    assert!(expected(&all, "2026-12-11T03:00:00Z").is_empty(), "it is not asked any more");
}

#[test]
fn what_comes_at_any_time_or_was_answered_from_nothing_is_not_expected() {
    let hours = ["2026-11-17T07:00:00Z", "2026-11-18T15:00:00Z", "2026-11-19T21:00:00Z"];
    assert!(expected(&hours.map(|at| asked(at, "Where is Clara?")), NIGHT).is_empty());
    let mornings = ["2026-11-17T07:00:00Z", "2026-11-18T07:00:00Z", "2026-11-19T07:00:00Z"];
    let unused = mornings.map(|at| Asked { used: Vec::new(), ..asked(at, "Good morning!") });
    assert!(expected(&unused, NIGHT).is_empty());
}
