use super::*;
use crate::memory::summary::{Level, Summary};
use crate::memory::{Memory, Time};
use crate::summarize::extracted;

fn turn(nth: usize, speaker: &str, content: &str) -> Memory {
    let day = "2026-01-11T10:20:00Z";
    serde_json::from_value(serde_json::json!({
        "v": 1, "id": format!("{nth:016}"), "revision": 1, "state": "ready", "content": content, "session": "s",
        "speaker": speaker, "occurred_at": day, "recorded_at": day, "order": nth, "updated_at": day, "fingerprint": ""
    }))
    .expect("a memory")
}

fn summary(turns: &[Memory]) -> (Summary, HashMap<MemoryId, Memory>) {
    let now: Time = "2026-01-12T03:00:00Z".parse().expect("a time");
    let summary = extracted(turns, now).expect("turns");
    (summary, turns.iter().map(|turn| (turn.id, turn.clone())).collect())
}

const SAID: [(&str, &str); 9] = [
    ("Ana", "Good morning! Did you sleep well?"),
    ("Ben", "Morning. Like a stone, thanks."),
    ("Ana", "Big news: we signed the lease for the bakery in Setúbal on 4 May. The oven is from 1962."),
    ("Ben", "Wonderful! When do you open?"),
    (
        "Ana",
        "We open on 20 June if the oven passes inspection. Dr. Reis comes on Monday to inspect the oven and the chimney.",
    ),
    ("Ben", "And the rent?"),
    ("Ana", "The rent is 900 euros, and the landlord pays for the chimney."),
    ("Ben", "I promise to paint the sign for the bakery before the opening."),
    ("Ana", "Thank you! See you soon."),
];

fn turns() -> Vec<Memory> {
    SAID.iter().enumerate().map(|(nth, (who, what))| turn(nth, who, what)).collect()
}

#[test]
fn each_level_tells_more_than_the_one_before_and_keeps_to_its_length() {
    let (summary, memories) = summary(&turns());
    let texts = Level::ALL.map(|level| summary.extract(level, &memories));
    let tokens = texts.each_ref().map(|told| builtin::count_tokens(&told.text));
    assert_eq!(texts[0].memories.len(), 1);
    assert!(tokens[0] < tokens[1] && tokens[1] < tokens[2], "{tokens:?}");
    for (nth, (most, budget)) in MOST.into_iter().enumerate() {
        let spoken: usize = summary
            .of(Level::ALL[nth])
            .iter()
            .filter_map(|pick| pick.text(&memories[&pick.id]))
            .map(|text| builtin::count_tokens(&text))
            .sum();
        assert!(summary.of(Level::ALL[nth]).len() <= most && spoken <= budget, "{nth}: {spoken}");
    }
    assert!(texts[1].text.contains("lease for the bakery in Setúbal on 4 May"), "{}", texts[1].text);
    assert!(texts[2].text.contains("Ben: I promise to paint"), "{}", texts[2].text);
}

#[test]
fn greetings_and_questions_tell_nothing_unless_there_is_nothing_else() {
    let (made, memories) = summary(&turns());
    let all = made.extract(Level::Detailed, &memories).text;
    assert!(!all.contains("Good morning") && !all.contains('?'), "{all}");
    let idle = [turn(1, "Ana", "Hello?"), turn(2, "Ben", "Hi!")];
    let (summary, memories) = summary(&idle);
    assert!(!summary.extract(Level::Sentence, &memories).text.is_empty());
}

#[test]
fn what_is_gone_or_changed_is_told_no_more() {
    let (summary, mut memories) = summary(&turns());
    let first = summary.of(Level::Sentence)[0].id;
    assert!(summary.is_whole(&memories));
    memories.get_mut(&first).expect("it").revision = 2;
    assert!(!summary.is_whole(&memories));
    assert_eq!(summary.extract(Level::Sentence, &memories).text, "");
    memories.remove(&first);
    let told = summary.extract(Level::Detailed, &memories);
    assert!(!told.memories.contains(&first) && !told.text.is_empty());
}

#[test]
fn a_sentence_ends_where_it_ends() {
    let cut = |text: &str| sentences(text).into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>();
    assert_eq!(cut("One. Two!  Three?\nFour"), ["One.", "Two!", "Three?", "Four"]);
    assert_eq!(cut("Dr. Reis paid 1.50 to J. Smith."), ["Dr. Reis paid 1.50 to J. Smith."]);
    assert_eq!(cut("So did I. Then she left."), ["So did I.", "Then she left."]);
    assert_eq!(cut("朝です。行こう！"), ["朝です。", "行こう！"]);
    assert!(cut("  \n ").is_empty());
    let long = "ü".repeat(2_000);
    assert!(cut(&long)[0].len() <= MOST_BYTES);
}

#[test]
fn the_same_turns_give_the_same_picks_however_often() {
    let turns = turns();
    let once = picks(&turns);
    for _ in 0..5 {
        assert_eq!(picks(&turns), once);
    }
}
