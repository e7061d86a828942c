use super::*;

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn call(model: &str) -> ModelCall {
    ModelCall::memo(Task::Classify, model.to_owned(), 1)
}

#[test]
fn calls_wait_for_others_and_are_taken_once() {
    let (ledger, tenant) = (Ledger::default(), Tenant::parse("acme").unwrap());
    let begun = at("2026-11-20T10:00:00Z");
    ledger.note(&tenant, &call("ollama:a"), begun);
    ledger.note(&tenant, &call("ollama:b"), begun);
    ledger.note(&tenant, &call("ollama:a"), begun);
    assert!(ledger.due(begun, false).is_none(), "they have just come");
    let later = begun.plus(WAITS);
    let (of, date, standings) = ledger.due(later, false).unwrap();
    assert_eq!((of, date.to_string()), (tenant.clone(), "2026-11-20".to_owned()));
    assert_eq!(standings[&(Task::Classify, "ollama:a".to_owned())].calls, 2);
    assert!(ledger.due(later, true).is_none(), "taken once");
    ledger.add(&tenant, date, standings, later);
    assert!(ledger.due(later, true).is_some(), "put back, as where the table did not take them");
}

#[test]
fn a_day_that_is_over_and_very_many_calls_do_not_wait() {
    let (ledger, tenant) = (Ledger::default(), Tenant::parse("acme").unwrap());
    let evening = at("2026-11-20T23:59:59Z");
    ledger.note(&tenant, &call("ollama:a"), evening);
    assert!(ledger.due(at("2026-11-21T00:00:01Z"), false).is_some());
    (0..TOGETHER).for_each(|_| ledger.note(&tenant, &call("ollama:a"), evening));
    assert!(ledger.due(evening, false).is_some());
}
