use super::*;
use crate::memory::Tenant;

fn scope(subject: &str) -> Scope {
    Scope::parse(&Tenant::parse("acme").expect("a tenant"), subject).expect("a scope")
}

fn id() -> MemoryId {
    "abcdefghjkmnpqrs".parse().expect("an id")
}

#[test]
fn questions_wait_for_company_for_a_minute() {
    let journal = Journal::default();
    let at = Time::from_micros(0);
    journal.used(&scope("user:alice"), "Which train?", vec![id()], at);
    journal.used(&scope("user:ben"), "Which plane?", vec![id()], at);
    assert_eq!(journal.due(at, false), None);
    let due = journal.due(at.plus(WAITS), false).expect("a minute has passed");
    assert_eq!((due.0, due.1.len()), (scope("user:alice"), 1));
    assert_eq!(journal.due(at, true).expect("the other scope's").0, scope("user:ben"));
    assert_eq!(journal.due(at, true), None);
}

#[test]
fn enough_questions_are_written_at_once() {
    let journal = Journal::default();
    let at = Time::from_micros(0);
    for number in 0..TOGETHER {
        assert_eq!(journal.due(at, false), None);
        journal.used(&scope("org"), &format!("Question {number}?"), vec![id()], at);
    }
    assert_eq!(journal.due(at, false).expect("enough").1.len(), TOGETHER);
}

#[test]
fn a_question_that_holds_a_secret_is_not_kept() {
    let journal = Journal::default();
    journal.used(&scope("org"), "Is my password hunter2-Xy77! still right?", vec![id()], Time::from_micros(0));
    assert_eq!(journal.due(Time::from_micros(0), true), None);
}
