use super::*;
use crate::memory::classification::EntityKind;

fn now() -> Time {
    "2026-06-17T12:00:00Z".parse().unwrap()
}

#[test]
fn a_greeting_matters_least_and_a_promise_most() {
    let importance = |text| classify(text, None, now()).importance;
    let greeting = importance("Good morning, how are you?");
    assert!(greeting <= 0.15, "{greeting}");
    let promise = importance("I'll send Ana the contract on Friday.");
    assert!(promise > importance("I like marmalade.") && promise <= 1.0, "{promise}");
}

#[test]
fn a_classification_holds_all_that_the_rules_find() {
    let found = classify("I'll meet my sister Ana in Porto on 20 June, she's at the oncologist.", None, now());
    assert_eq!(found.kind, Kind::Commitment);
    assert_eq!(found.sensitivity, Sensitivity::Confidential);
    assert_eq!(found.by, "rules");
    assert_eq!(found.event_time.map(|span| span.from.to_string()), Some("2026-06-20T00:00:00Z".to_owned()));
    let names: Vec<(&str, EntityKind)> =
        found.entities.iter().map(|entity| (entity.name.as_str(), entity.kind)).collect();
    assert_eq!(names, [("Ana", EntityKind::Person), ("Porto", EntityKind::Place)]);
}

#[test]
fn any_text_is_classified_without_a_panic() {
    let texts = [
        "",
        " ",
        ".",
        "?",
        "é",
        "\u{0}",
        "’s",
        "— — —",
        "password",
        "password is",
        "password is \u{1f511}",
        "the code is é",
        "in ٣ days",
        "0",
        "99999999999999999999 years ago",
        "in 999 years",
        "31/02/2026",
        "on the 99th",
        "PIN：１２３４",
        "Dr. ",
        "A. B. C.",
        "🎉🎉🎉",
        "seed phrase:",
        "card 4",
        "IBAN",
        "日本語のテキスト",
        "in 9999",
        "in 0000",
        "last",
        "İstanbul'da ŞIMDI",
        "account ,1",
        "iban €5 ,é",
    ];
    for text in texts {
        for said_at in [now(), Time::from_micros(i64::MIN), Time::from_micros(i64::MAX)] {
            let found = classify(text, Some(text), said_at);
            assert!((0.0..=1.0).contains(&found.importance) && (0.0..=1.0).contains(&found.confidence), "{text}");
        }
        let long = text.repeat(500);
        classify(&long, None, now());
    }
}
