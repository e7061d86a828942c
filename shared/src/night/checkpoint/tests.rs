use super::*;
use crate::error::Error;

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn begun() -> Checkpoint {
    let round = Some(at("2026-11-21T03:00:00Z"));
    Checkpoint::begin("2026-11-20".parse().unwrap(), round, at("2026-11-21T03:00:05Z"))
}

fn cost() -> Done {
    Done { requests: 2, micros: 30, nanodollars: 4, ..Done::default() }
}

#[test]
fn a_worker_of_the_same_round_goes_on_and_another_round_begins_anew() {
    let mut checkpoint = begun();
    checkpoint.note(Step::Requeue, &Ok(Worked::default().counted("requeued", 3)), &cost());
    checkpoint.counted = Counted::Failed;
    let later = at("2026-11-21T04:30:00Z");
    let same = checkpoint.clone().resume(checkpoint.round, later);
    assert_eq!(same, checkpoint);
    for round in [Some(later), None] {
        let next = checkpoint.clone().resume(round, later);
        assert_eq!((next.started, next.steps.len(), next.counted), (later, 0, Counted::Failed));
    }
    let ended = Checkpoint { is_done: true, ..checkpoint.clone() };
    assert!(
        ended.resume(checkpoint.round, later).steps.is_empty(),
        "what is done is done again when it is asked again"
    );
}

#[test]
fn a_step_that_stops_on_its_way_adds_up_and_one_that_fails_costs_what_it_cost() {
    let mut checkpoint = begun();
    let due = at("2026-12-01T00:00:00Z");
    let half = Worked { more: true, ..Worked::default().counted("swept", 2).due_at(Some(due)) };
    checkpoint.note(Step::Sweep, &Ok(half), &cost());
    assert!(!checkpoint.has(Step::Sweep));
    checkpoint.note(Step::Sweep, &Err(Error::internal("a fault")), &cost());
    checkpoint.note(Step::Sweep, &Ok(Worked::default().counted("swept", 5)), &cost());
    assert!(checkpoint.has(Step::Sweep));
    let done = &checkpoint.steps["sweep"];
    assert_eq!((done.figures["swept"], done.requests, done.micros, done.nanodollars), (7, 6, 90, 12));
    assert_eq!(checkpoint.due, Some(due));
}

#[test]
fn two_workers_of_a_round_count_each_step_once() {
    let (mut a, mut b) = (begun(), begun());
    a.note(Step::Requeue, &Ok(Worked::default().counted("requeued", 3)), &cost());
    a.note(Step::Expire, &Ok(Worked::default()), &cost());
    b.note(Step::Requeue, &Ok(Worked::default()), &cost());
    b.generation = 1;
    let joined = a.joined(b);
    assert!(joined.has(Step::Requeue) && joined.has(Step::Expire));
    assert_eq!((joined.generation, joined.steps["requeue"].requests), (1, 2));
    assert!(joined.steps["requeue"].figures.is_empty(), "the one that was written first counts");
}
