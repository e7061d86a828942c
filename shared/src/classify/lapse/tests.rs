use super::*;
use crate::classify::event_time::event_time;

fn until(text: &str, kind: Kind) -> Option<String> {
    let said_at: Time = "2026-06-17T12:00:00Z".parse().unwrap();
    relevant_until(text, kind, event_time(text, said_at), said_at).map(|time| time.to_string())
}

#[test]
fn a_promise_lapses_when_its_day_is_over() {
    assert_eq!(until("I'll send it on 20 June.", Kind::Commitment).as_deref(), Some("2026-06-21T00:00:00Z"));
    assert_eq!(until("I'll learn to sail one day.", Kind::Commitment), None);
}

#[test]
fn what_holds_until_a_date_lapses_with_it() {
    assert_eq!(until("The ticket is valid until 30 June.", Kind::Fact).as_deref(), Some("2026-07-01T00:00:00Z"));
}

#[test]
fn what_is_said_of_the_moment_lapses_within_hours() {
    assert_eq!(
        until("We're stuck on the motorway right now.", Kind::Episodic).as_deref(),
        Some("2026-06-17T18:00:00Z")
    );
    assert_eq!(until("Good morning!", Kind::Note).as_deref(), Some("2026-06-18T12:00:00Z"));
}

#[test]
fn what_happened_and_what_lasts_does_not_lapse() {
    assert_eq!(until("I was born in 1990.", Kind::Fact), None);
    assert_eq!(until("Yesterday we walked to the lake.", Kind::Episodic), None);
    assert_eq!(until("I love olives.", Kind::Preference), None);
}
