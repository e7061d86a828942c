use super::*;
use crate::summarize::extracted;

fn turn(nth: usize, session: &str, content: &str) -> Memory {
    let day = "2026-01-11T10:20:00Z";
    serde_json::from_value(serde_json::json!({
        "v": 1, "id": format!("{nth:016}"), "revision": 1, "state": "ready", "content": content, "session": session,
        "speaker": "Ana", "occurred_at": day, "recorded_at": day, "order": nth, "updated_at": day, "fingerprint": ""
    }))
    .expect("a memory")
}

const SAID: [&str; 5] = [
    "We signed the lease for the bakery in Setúbal on 4 May, and the oven is from 1962.",
    "The rent of the bakery is 900 euros, and the landlord pays for the chimney.",
    "Ben paints the sign for the bakery before the opening on 20 June.",
    "The inspector looks at the oven and the chimney on Monday morning.",
    "Clara bakes the first bread with rye flour from her uncle's mill.",
];

fn earlier() -> (Vec<Memory>, Earlier) {
    let turns: Vec<Memory> = SAID.iter().enumerate().map(|(nth, text)| turn(nth, "bakery", text)).collect();
    let summary = extracted(&turns, turns[0].recorded_at).expect("turns");
    let memories = turns.iter().map(|turn| (turn.id, turn.clone())).collect();
    let read = Read { summary, memories, words: None };
    (turns, Earlier { session: "bakery".to_owned(), chance: 0.8, read })
}

fn asks() -> QueryVector {
    builtin::embed_query("What about the bakery, its rent and its oven?")
}

#[test]
fn no_budget_is_ever_passed_and_more_of_it_tells_more() {
    let (turns, earlier) = earlier();
    let memories = vec![(turns[1].clone(), 0.8), (turn(77, "other", "The ferry leaves at nine."), 0.1)];
    let mut levels = std::collections::BTreeSet::new();
    let mut before = 0;
    for budget in 0..400 {
        let chosen = chosen(&memories, std::slice::from_ref(&earlier), Some(&asks()), budget);
        let whole: Vec<Memory> = chosen.memories.iter().map(|place| memories[*place].0.clone()).collect();
        let whole = context::pack(&whole, usize::MAX, builtin::count_tokens);
        let told: usize = chosen.given.iter().map(|given| given.summed.tokens).sum();
        assert_eq!(told, builtin::count_tokens(&chosen.text));
        assert!(whole.tokens + told <= budget, "{} + {told} of {budget}", whole.tokens);
        levels.extend(chosen.given.iter().map(|given| given.summed.level));
        before = before.max(whole.tokens + told);
    }
    assert!(levels.len() > 1, "how much is told depends on the budget: {levels:?}");
    assert!(before > 150, "{before}");
}

#[test]
fn what_is_shown_whole_is_not_told_again() {
    let (turns, earlier) = earlier();
    let memories: Vec<(Memory, f32)> = turns.iter().map(|turn| (turn.clone(), 0.8)).collect();
    let chosen = chosen(&memories, &[earlier], Some(&asks()), 2_000);
    assert_eq!(chosen.memories.len(), turns.len());
    assert!(chosen.given.is_empty(), "{}", chosen.text);
}

#[test]
fn the_likeliest_memory_comes_before_any_summary() {
    let (turns, earlier) = earlier();
    let memories = vec![(turns[1].clone(), 0.8)];
    let least = builtin::count_tokens(&context::line(&turns[1])) + builtin::count_tokens(&context::heading(&turns[1]));
    let chosen = chosen(&memories, &[earlier], Some(&asks()), least);
    assert_eq!((chosen.memories, chosen.given.len()), (vec![0], 0));
}

#[test]
fn what_is_too_closed_is_in_no_summary() {
    let (_, mut earlier) = earlier();
    let secret = turn(9, "bakery", "My bank password is Tr0ub4dor&3 for the bakery and its oven.");
    let turns: Vec<Memory> = earlier.read.memories.values().cloned().chain([secret.clone()]).collect();
    let mut turns = turns;
    turns.sort_by_key(|turn| turn.order);
    earlier.read.summary = extracted(&turns, secret.recorded_at).expect("turns");
    earlier.read.memories = turns.iter().map(|turn| (turn.id, turn.clone())).collect();
    let all = chosen(&[], &[earlier.clone()], Some(&asks()), 2_000);
    assert!(all.text.contains("Tr0ub4dor"));
    let open = chosen(&[], &[earlier.within(Sensitivity::Confidential)], Some(&asks()), 2_000);
    assert!(!open.text.is_empty() && !open.text.contains("Tr0ub4dor"), "{}", open.text);
    assert!(open.given.iter().all(|given| given.sensitivity <= Sensitivity::Confidential));
}
