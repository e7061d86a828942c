use super::*;
use Kind::{Commitment, Episodic, Fact, Insight, Note, Preference, Procedure, Relationship};

fn found(text: &str) -> (Kind, f32) {
    let said_at = "2026-06-17T12:00:00Z".parse().unwrap();
    let found = super::super::rules::classify(text, None, said_at);
    (found.kind, found.confidence)
}

fn all_are(expected: Kind, texts: &[&str]) {
    for text in texts {
        assert_eq!(found(text).0, expected, "{text}");
    }
}

#[test]
fn what_happened_is_episodic() {
    all_are(
        Episodic,
        &[
            "We missed the ferry yesterday.",
            "I dropped my phone in the lake.",
            "Last summer we walked across the island.",
        ],
    );
}

#[test]
fn a_state_is_a_fact() {
    all_are(Fact, &["The shop opens at nine.", "I work as a baker in Ghent.", "Our flat is on the third floor."]);
}

#[test]
fn likes_and_dislikes_are_preferences() {
    all_are(
        Preference,
        &["I love olives.", "I can't stand horror films.", "She prefers tea to coffee.", "My favourite month is May."],
    );
}

#[test]
fn instructions_are_procedures() {
    all_are(
        Procedure,
        &[
            "To reset it, hold the button for ten seconds.",
            "First boil the water, then add the rice.",
            "If the light is red, unplug it and wait a minute.",
            "Open the lid, remove the filter and rinse it.",
        ],
    );
}

#[test]
fn promises_and_plans_are_commitments() {
    all_are(
        Commitment,
        &[
            "I'll send it tomorrow.",
            "Remind me to call the bank.",
            "The rent is due on Friday.",
            "We have to leave at six tomorrow.",
        ],
    );
}

#[test]
fn who_is_who_is_a_relationship() {
    all_are(
        Relationship,
        &["Ana is my sister.", "We have three children.", "My boss is called Otto.", "They are cousins."],
    );
}

#[test]
fn lessons_are_insights() {
    all_are(
        Insight,
        &[
            "I've learned that naps are work.",
            "It turns out that less is more.",
            "Failure taught me patience.",
            "In hindsight it was too early.",
        ],
    );
}

#[test]
fn questions_greetings_and_jottings_are_notes() {
    all_are(Note, &["Good morning!", "Where did you go yesterday?", "Thanks a lot!", "eggs, milk, bread", "Haha", ""]);
}

#[test]
fn the_confidence_grows_with_the_margin() {
    let (sure, unsure) = (
        found("I promise I'll call you tomorrow.").1,
        found("By sea, if I must choose, and then the long way round.").1,
    );
    assert!(unsure < sure && (0.0..=1.0).contains(&unsure) && (0.0..=1.0).contains(&sure), "{unsure} {sure}");
}
