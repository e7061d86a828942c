use serde_json::Value;

use super::*;

/// Texts, their tokens by the model's own tokenizer, and the first numbers of their vectors: infra/distill made them.
fn checks() -> Vec<Value> {
    let text = include_str!("../../../../infra/distill/check.json");
    serde_json::from_str(text).expect("infra/distill/check.json")
}

#[test]
fn tokens_are_those_of_the_models_own_tokenizer() {
    for check in checks() {
        let text = check["text"].as_str().expect("a text");
        let expected: Vec<&str> =
            check["tokens"].as_array().expect("tokens").iter().filter_map(Value::as_str).collect();
        assert_eq!(tokens(text), expected, "of {text:?}");
        assert_eq!(count_tokens(text), expected.len());
    }
}

#[test]
fn vectors_are_those_that_were_distilled() {
    let mut compared = 0;
    for check in checks() {
        let text = check["text"].as_str().expect("a text");
        let query = embed_query(text);
        let expected = check["first8"].as_array().expect("numbers");
        for (x, expected) in query.unit.iter().zip(expected) {
            assert!((f64::from(*x) - expected.as_f64().expect("a number")).abs() < 1e-5, "of {text:?}");
            compared += 1;
        }
        if let Some(stored) = embed(text) {
            assert!(stored.cosine(&query).expect("one model") > 0.999, "of {text:?}");
        }
    }
    assert!(compared > 100);
}

#[test]
fn a_text_of_unknown_signs_has_no_vector() {
    assert!(embed("").is_none());
    assert!(embed(" \u{7}\u{0} ").is_none());
}
