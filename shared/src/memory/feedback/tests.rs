use super::*;

fn memory(content: &str) -> Memory {
    let memory = serde_json::json!({
        "v": 1, "id": "0123456789abcdef", "revision": 1, "state": "ready", "content": content,
        "recorded_at": "2026-01-02T00:00:00Z", "order": 1, "updated_at": "2026-01-02T00:00:00Z", "fingerprint": "f",
    });
    serde_json::from_value(memory).unwrap()
}

fn classified() -> Classification {
    crate::classify::rules::classify("The shop opens at nine.", None, at(0))
}

fn at(second: i64) -> Time {
    Time::from_micros(second * 1_000_000)
}

#[test]
fn a_correction_changes_what_it_names_and_is_a_persons() {
    let kind = Correction { kind: Some(Kind::Note), ..Correction::default() };
    let corrected = kind.applied_to(classified());
    assert_eq!((corrected.kind, corrected.confidence, corrected.by.as_str()), (Kind::Note, 1.0, PERSON));
    assert_eq!(corrected.topics, classified().topics);
    let importance = Correction { importance: Some(0.9), ..Correction::default() };
    assert_eq!(importance.applied_to(classified()).confidence, classified().confidence);
    assert_eq!(Correction::default().applied_to(classified()), classified());
}

#[test]
fn what_is_said_again_adds_nothing_and_what_is_said_later_holds() {
    let memory = memory("The shop opens at nine.");
    let kind = |kind| Correction { kind: Some(kind), ..Correction::default() };
    let first = Feedback::none_of(&memory).with(&kind(Kind::Note), Some((true, None)), Some(&classified()), at(1));
    assert_eq!((first.revision, first.found.map(|found| found.0)), (1, Some(classified().kind)));
    assert_eq!(first.with(&kind(Kind::Note), Some((true, None)), None, at(2)), first);
    let second = first.with(&kind(Kind::Fact), Some((false, None)), None, at(3));
    assert_eq!((second.revision, second.correction.kind, second.votes.len()), (2, Some(Kind::Fact), 1));
    assert!(!second.votes[0].helpful && second.found == first.found);
}

#[test]
fn of_another_text_it_says_nothing() {
    let feedback = Feedback::none_of(&memory("The shop opens at nine."));
    assert!(feedback.is_of(&memory("The shop opens at nine.")));
    assert!(!feedback.is_of(&memory("The shop opens at ten.")));
}

#[test]
fn of_many_votes_the_latest_stay() {
    let mut feedback = Feedback::none_of(&memory("x"));
    for n in 0..40 {
        feedback = feedback.with(&Correction::default(), Some((true, Some(format!("{n}")))), None, at(n));
    }
    assert_eq!((feedback.votes.len(), feedback.votes[0].receipt.as_deref()), (MOST_VOTES, Some("8")));
}
