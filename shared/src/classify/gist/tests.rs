use super::*;
use crate::classify::rules;
use crate::memory::Time;

fn of(text: &str) -> Gist {
    let at: Time = "2026-06-17T12:00:00Z".parse().unwrap();
    let memory = serde_json::json!({
        "v": 1, "id": "0123456789abcdef", "revision": 1, "state": "ready", "content": text, "speaker": "Alice",
        "recorded_at": at.to_string(), "order": 1, "updated_at": at.to_string(), "fingerprint": "",
    });
    let mut memory: Memory = serde_json::from_value(memory).unwrap();
    memory.classification = Some(rules::classify(text, Some("Alice"), at));
    gist(&memory).unwrap()
}

fn said(text: &str) -> Vec<String> {
    of(text).words.into_iter().map(|word| word.word).collect()
}

#[test]
fn words_are_what_a_text_is_about_without_names_and_common_ones() {
    assert_eq!(said("I went to the pottery class with Ana yesterday."), ["pottery", "class"]);
    assert_eq!(said("We should do that again soon!"), Vec::<String>::new());
}

#[test]
fn a_question_is_one_that_wants_an_answer() {
    for text in ["Does anyone know a good plumber in Porto?", "Which colour do we paint the kitchen?"] {
        assert!(of(text).marks.question, "{text}");
    }
    for text in ["How are you?", "Really?", "Isn't it lovely?", "Ok?", "We painted the kitchen.", "Guess what?"] {
        assert!(!of(text).marks.question, "{text}");
    }
}

#[test]
fn what_merely_will_be_is_no_promise() {
    for text in [
        "I'll send Clara the keys.",
        "She will call the bank.",
        "I'm cooking dinner for Ben on Saturday.",
        "The report is due on Friday.",
    ] {
        assert!(of(text).is_commitment(), "{text}");
    }
    for text in [
        "It will be a relief.",
        "Will you send the keys on Friday?",
        "I was cooking when he came.",
        "The keys are green.",
    ] {
        assert!(!of(text).is_commitment(), "{text}");
    }
}

#[test]
fn decisions_and_changes_of_mind_are_told_apart_from_talk_of_them() {
    for text in ["We decided to paint it blue.", "Let's go with the blue paint.", "I've settled on the blue one."] {
        assert!(of(text).marks.decision, "{text}");
    }
    for text in ["I changed my mind about the sofa.", "On second thought, the red one.", "We no longer want the dog."] {
        assert!(of(text).marks.change, "{text}");
    }
    for text in ["Did you decide on the paint?", "The paint is blue.", "I can't decide."] {
        let marks = of(text).marks;
        assert!(!marks.decision && !marks.change, "{text}");
    }
}

#[test]
fn of_what_is_closed_only_the_place_is_kept() {
    let gist = of("My password for the bank is Heron-Tuesday-5, my sister Ana has it, too.");
    assert!(!gist.is_open());
    assert!(gist.words.is_empty() && gist.entities.is_empty() && gist.relations.is_empty());
}
