use super::*;

fn felt(text: &str) -> Emotion {
    emotion(text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn words_of_feeling_tell_valence_arousal_and_the_feeling() {
    let glad = felt("I'm thrilled, we won!");
    assert!(glad.valence > 0.7 && glad.arousal > 0.6, "{glad:?}");
    assert_eq!(glad.feelings, [Joy, Pride]);
    let sad = felt("I cried all evening.");
    assert!(sad.valence < -0.5 && sad.arousal < 0.5, "{sad:?}");
    assert_eq!(sad.feelings, [Sadness]);
    let angry = felt("He was furious and shouted.");
    assert!(angry.valence < -0.5 && angry.arousal > 0.7, "{angry:?}");
    assert_eq!(angry.feelings, [Anger]);
}

#[test]
fn a_denied_feeling_is_not_named() {
    let denied = felt("I'm not happy about it.");
    assert!(denied.valence < 0.0 && denied.feelings.is_empty(), "{denied:?}");
}

#[test]
fn exclamation_marks_stir_up() {
    assert!(felt("That is great!!!").arousal > felt("That is great.").arousal);
}

#[test]
fn a_text_without_feeling_has_none() {
    for text in ["", "The shop opens at nine.", "12", "日本語のテキスト"] {
        assert_eq!(emotion(text), None, "{text}");
    }
}
