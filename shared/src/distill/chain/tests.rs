use serde_json::json;

use super::*;

/// A fact about where Alice lives, from that day of May.
fn fact(nth: u64, day: u8, value: &str, holds: bool) -> Memory {
    serde_json::from_value(json!({
        "v": 1, "id": format!("{nth:016}"), "revision": 1, "state": "ready", "content": value, "order": nth,
        "occurred_at": format!("2026-05-{day:02}"), "recorded_at": "2026-06-01", "updated_at": "2026-06-01", "fingerprint": "",
        "claims": [{"subject": "alice", "attribute": "lives in", "value": value, "holds": holds}]
    }))
    .expect("a fact")
}

/// Each fact's number, by whom it is superseded and into whom it is merged.
fn verdicts(facts: &[Memory]) -> Vec<(u64, Option<u64>, Option<u64>)> {
    let number = |id: MemoryId| id.to_string().parse::<u64>().expect("a number");
    let verdicts = chain(facts);
    let mut all: Vec<_> = (facts.iter())
        .map(|fact| {
            let verdict = &verdicts[&fact.id];
            (number(fact.id), verdict.superseded.map(|(by, _)| number(by)), verdict.merged_into.map(number))
        })
        .collect();
    all.sort_unstable();
    all
}

#[test]
fn the_later_value_holds_in_whichever_order_they_came() {
    let mut facts = vec![fact(1, 1, "lisbon", true), fact(2, 9, "porto", true), fact(3, 5, "braga", true)];
    let expected = vec![(1, Some(3), None), (2, None, None), (3, Some(2), None)];
    assert_eq!(verdicts(&facts), expected);
    facts.reverse();
    assert_eq!(verdicts(&facts), expected);
    let at = chain(&facts)[&facts[2].id].superseded.expect("superseded").1;
    assert_eq!(at, facts[0].time());
}

#[test]
fn saying_it_again_counts_and_a_value_in_between_parts_the_two() {
    let mut facts = vec![fact(1, 1, "lisbon", true), fact(2, 9, "lisbon", true)];
    assert_eq!(verdicts(&facts), [(1, None, None), (2, None, Some(1))]);
    facts.push(fact(3, 5, "porto", true));
    assert_eq!(verdicts(&facts), [(1, Some(3), None), (2, None, None), (3, Some(2), None)]);
}

#[test]
fn what_is_no_longer_so_ends_that_it_is_and_nothing_else() {
    let facts = [fact(1, 1, "lisbon", true), fact(2, 3, "porto", false), fact(3, 5, "lisbon", false)];
    assert_eq!(verdicts(&facts), [(1, Some(3), None), (2, None, None), (3, None, None)]);
}
