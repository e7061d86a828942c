use super::*;
use crate::classify::head::features::COMMON;
use crate::memory::Time;

fn example(text: &str, kind: Kind, sensitivity: Sensitivity) -> Example {
    let said_at: Time = "2026-06-17T12:00:00Z".parse().unwrap();
    Example { features: Features::of(text, said_at), kind: Some(kind), sensitivity: Some(sensitivity), weight: 1.0 }
}

/// Twelve texts, by turns of three kinds.
fn examples() -> Vec<Example> {
    let texts = [
        ("I love olives.", Kind::Preference),
        ("We missed the ferry yesterday.", Kind::Episodic),
        ("Good morning!", Kind::Note),
        ("She prefers tea.", Kind::Preference),
        ("I dropped my phone in the lake.", Kind::Episodic),
        ("Haha, nice one!", Kind::Note),
        ("I can't stand cold soup.", Kind::Preference),
        ("Last night the power went out.", Kind::Episodic),
        ("Thanks a lot!", Kind::Note),
        ("My favourite month is May.", Kind::Preference),
        ("He fell off his bike.", Kind::Episodic),
        ("What do you think?", Kind::Note),
    ];
    texts.map(|(text, kind)| example(text, kind, Sensitivity::General)).to_vec()
}

fn right(head: &Head, examples: &[Example]) -> usize {
    examples.iter().filter(|example| Some(head.read(&example.features).kind) == example.kind).count()
}

#[test]
fn a_head_learns_what_it_is_shown_and_the_same_each_time() {
    let (examples, settings) = (examples(), Settings { hold_kind: 0.1, ..Settings::default() });
    let head = train(&examples, &Head::empty(), &settings);
    assert_eq!(right(&head, &examples), examples.len());
    assert_eq!(train(&examples, &Head::empty(), &settings), head);
}

#[test]
fn corrections_change_what_they_are_about_and_little_else() {
    let settings = Settings::default();
    let before = Head::builtin();
    // A house where what is said of the greenhouse is a fact.
    let corrected: Vec<Example> =
        ["The greenhouse was cold today.", "The greenhouse was full yesterday.", "Greenhouse: nobody came in."]
            .map(|text| example(text, Kind::Fact, Sensitivity::General))
            .into_iter()
            .cycle()
            .take(12)
            .collect();
    let after = train(&corrected, before, &settings);
    assert_eq!(right(&after, &corrected), corrected.len());
    let others = examples();
    assert!(right(&after, &others) + 1 >= right(before, &others));
}

#[test]
fn no_examples_leave_a_head_as_it_was() {
    let before = Head::builtin();
    let after = train(&[], before, &Settings::default());
    assert_eq!(after, *before);
    assert_eq!(fit(&[], before, &Settings::default()).0, *before);
}

#[test]
fn each_example_is_judged_by_a_head_that_had_not_seen_it() {
    // One text, and every label said of it once: who had seen it would know.
    let all: Vec<Example> =
        Kind::ALL.map(|kind| example("Marmalade again", kind, Sensitivity::General)).into_iter().collect();
    let scores = held_out(&all, &Head::empty(), &Settings { hold_kind: 0.01, ..Settings::default() });
    for (scores, example) in scores.iter().zip(&all) {
        let kind = example.kind.map(|kind| kind as usize).unwrap_or_default();
        let best = scores.kinds.iter().copied().fold(f32::MIN, f32::max);
        assert!(scores.kinds[kind] < best, "{scores:?}");
    }
}

#[test]
fn walking_the_places_of_the_examples_finds_what_walking_all_places_does() {
    let (texts, start) = (examples(), Head::builtin());
    let rows: Vec<Row<'_>> = texts
        .iter()
        .map(|one| (one.features.common(), one.kind.map_or(0, |kind| kind as usize % 4), 1.0, NOTHING))
        .collect();
    // A row that weighs nothing, and touches every place.
    let everywhere: Vec<(u32, f32)> = (0..COMMON as u32).map(|place| (place, 1.0)).collect();
    let all = [rows.clone(), vec![(&everywhere[..], 0, 0.0, NOTHING)]].concat();
    let learned = |rows: &[Row<'_>]| {
        let mut linear = start.sensitivities.clone();
        learn(rows, &mut linear, 0.5, 30);
        linear.weights
    };
    let (some, all) = (learned(&rows), learned(&all));
    let apart = some.iter().zip(&all).map(|(some, all)| (some - all).abs()).fold(0.0, f32::max);
    assert!(apart < 1e-6, "they lie {apart} apart");
    let moved = some.iter().zip(&start.sensitivities.weights).filter(|(now, before)| now != before).count();
    assert!(moved > 0 && moved < some.len() / 10, "{moved} of {} weights moved", some.len());
}
