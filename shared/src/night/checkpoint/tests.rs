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

/// A checkpoint of the same round after one step that counted so many.
fn after(step: Step, name: &'static str, count: usize) -> Checkpoint {
    let mut checkpoint = begun();
    checkpoint.note(step, &Ok(Worked::default().counted(name, count)), &cost());
    checkpoint
}

#[test]
fn two_workers_of_a_round_count_once_what_both_saw_and_pay_for_both() {
    let mut a = after(Step::Digest, "memories", 3);
    a.note(Step::Expire, &Ok(Worked::default()), &cost());
    let b = Checkpoint { generation: 1, ..after(Step::Digest, "memories", 3) };
    let joined = a.joined(&begun(), b);
    assert!(joined.has(Step::Digest) && joined.has(Step::Expire));
    let digest = &joined.steps["digest"];
    assert_eq!((joined.generation, digest.figures["memories"], digest.requests), (1, 3, 4));
}

#[test]
fn of_what_happens_once_each_worker_counts_its_part_whoever_writes_first() {
    for (one, other) in [(60, 0), (0, 60), (40, 20)] {
        let b = Checkpoint { generation: 1, ..after(Step::Tier, "cooled", other) };
        let joined = after(Step::Tier, "cooled", one).joined(&begun(), b);
        assert_eq!(joined.figure("tier", "cooled"), 60, "{one} and {other}");
    }
}

#[test]
fn what_the_other_had_from_this_worker_is_not_counted_again() {
    // One wrote down that it had cooled 40; the other went on from there with 20; the first meanwhile swept.
    let known = Checkpoint { generation: 1, ..after(Step::Tier, "cooled", 40) };
    let mut other = Checkpoint { generation: 2, ..known.clone() };
    other.note(Step::Tier, &Ok(Worked::default().counted("cooled", 20)), &cost());
    let mut first = known.clone();
    first.note(Step::Sweep, &Ok(Worked::default().counted("swept", 5)), &cost());
    let joined = first.joined(&known, other);
    assert_eq!((joined.figure("tier", "cooled"), joined.figure("sweep", "swept")), (60, 5));
    assert_eq!(joined.steps["tier"].requests, 4);
}
