use super::*;
use crate::memory::id::Identity;
use crate::memory::{Scope, Tenant};

fn example(nth: usize, text: &str) -> Example {
    let scope = Scope::parse(&Tenant::parse("acme").expect("a tenant"), "org").expect("a scope");
    Example {
        id: MemoryId::derive(&scope, Identity::Key { key: "k", position: nth }),
        revision: 1,
        line: text.to_owned(),
        kind: Kind::Fact,
        importance: 0.5,
        closed: Sensitivity::General,
        vector: builtin::embed(text).expect("known words"),
    }
}

fn lines(examples: &[&Example]) -> Vec<String> {
    examples.iter().map(|example| example.line.clone()).collect()
}

#[test]
fn the_nearest_comes_first_and_then_what_is_unlike_it() {
    let all = [
        example(1, "The ferry to the island leaves at nine."),
        example(2, "The ferry to the island leaves at ten."),
        example(3, "I water the tomatoes before breakfast."),
        example(4, "Tax returns are due in spring."),
    ];
    let all: Vec<&Example> = all.iter().collect();
    let chosen = lines(&chosen(&all, &["When does the ferry to the island leave?", "The tomatoes need water."]));
    assert!(chosen[0].starts_with("The ferry") || chosen[0].starts_with("I water"), "{chosen:?}");
    let both = [chosen[0].as_str(), &chosen[1]];
    assert!(both.iter().any(|text| text.starts_with("The ferry")), "{chosen:?}");
    assert!(both.iter().any(|text| text.starts_with("I water")), "the second ferry is like the first: {chosen:?}");
}

#[test]
fn what_a_model_says_of_itself_is_worth_what_people_made_of_it() {
    let said = |nth: u64, by: &str, agrees: bool| {
        let right = if agrees { Kind::Fact } else { Kind::Insight };
        let said = serde_json::json!({"v": 1, "id": format!("{nth:016}"), "revision": 1, "text": "", "updated_at": "2026-05-01",
            "correction": {"kind": right}, "found": [Kind::Fact, 0.95], "found_by": by});
        serde_json::from_value(said).expect("what a person said")
    };
    let liked = (0..40).map(|nth| said(nth, "liked", true));
    let others = (40..80).map(|nth| said(nth, "boaster", nth % 10 == 0));
    let corrections = Corrections::of(liked.chain(others).collect());
    let near = |model: &str, expected: f32| (corrections.trust(model) - expected).abs() < 0.001;
    assert!(near("unknown", 0.8) && near("liked", 0.96) && near("boaster", 0.24));
}

#[test]
fn few_are_chosen_and_none_twice() {
    let all: Vec<Example> = (0..40).map(|nth| example(nth, &format!("Lunch number {nth} was soup."))).collect();
    let all: Vec<&Example> = all.iter().collect();
    let mut chosen = lines(&chosen(&all, &["Lunch was soup."]));
    assert_eq!(chosen.len(), MOST_EXAMPLES);
    chosen.sort();
    chosen.dedup();
    assert_eq!(chosen.len(), MOST_EXAMPLES);
    assert!(super::chosen(&[], &["Lunch was soup."]).is_empty());
}

#[test]
fn they_stay_within_their_tokens() {
    let long = "soup and bread ".repeat(60);
    let all: Vec<Example> = (0..8).map(|nth| example(nth, &format!("{nth} {long}"))).collect();
    let all: Vec<&Example> = all.iter().collect();
    let chosen = chosen(&all, &["Lunch was soup."]);
    let tokens: usize = chosen.iter().map(|example| builtin::count_tokens(&example.line)).sum();
    assert!(!chosen.is_empty() && tokens <= TOKENS, "{tokens}");
}
