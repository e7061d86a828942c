use super::*;

fn prompt(words: usize) -> Prompt {
    Prompt { system: "Answer.".to_owned(), user: "word ".repeat(words), max_tokens: 500, json: false }
}

#[test]
fn a_context_holds_the_prompt_and_its_answer_and_has_few_sizes() {
    let asked = |words| Context::of("qwen3:4b").for_prompt(&prompt(words));
    assert_eq!([asked(10), asked(2_500), asked(3_000), asked(8_000)], [4_096, 4_096, 8_192, 16_384]);
    // In letters that the builtin vocabulary does not know, too.
    let khmer =
        Prompt { user: "\u{1787}\u{17c6}\u{179a}\u{17b6}\u{1794}\u{179f}\u{17bd}\u{179a} ".repeat(1_000), ..prompt(0) };
    assert!(Context::of("qwen3:4b").for_prompt(&khmer) >= 8_192);
}

#[test]
fn a_context_never_shrinks_as_that_would_load_the_model_anew() {
    let context = Context::of("qwen3:4b");
    assert_eq!([10, 3_000, 10].map(|words| context.clone().for_prompt(&prompt(words))), [4_096, 8_192, 8_192]);
    assert_eq!(context.first(), 8_192);
}

#[test]
fn what_a_model_cannot_hold_it_is_not_asked() {
    let small = Context::of("tinyllama:1.1b");
    assert_eq!((small.lacks_room(&prompt(1_000)), small.for_prompt(&prompt(1_000))), (None, 2_048));
    let why = small.lacks_room(&prompt(2_000)).expect("no room");
    assert!(why.contains("2048 tokens"), "{why}");
    assert_eq!(Context::of("mistral:7b").lacks_room(&prompt(20_000)), None);
}
