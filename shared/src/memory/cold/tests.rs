use serde_json::json;

use super::*;
use crate::memory::id::Identity;
use crate::memory::{Classification, Kind, MemoryId, Role, Sensitivity, Tenant};

fn scope() -> Scope {
    Scope::parse(&Tenant::parse("acme").unwrap(), "user:zoë").unwrap()
}

fn full() -> Memory {
    let now: Time = "2026-11-20T12:00:00.000001Z".parse().unwrap();
    let classification = Classification {
        kind: Kind::Note,
        sensitivity: Sensitivity::General,
        importance: 0.25,
        confidence: 0.5,
        entities: Vec::new(),
        event_time: None,
        topics: vec!["bees".to_owned()],
        relevant_until: None,
        emotion: None,
        by: "rules".to_owned(),
    };
    let id = MemoryId::derive(&scope(), Identity::Key { key: "k", position: 0 });
    Memory {
        revision: 2,
        state: State::Ready,
        session: Some("s".to_owned()),
        role: Some(Role::User),
        occurred_at: Some("1969-12-31T00:00:00Z".parse().unwrap()),
        metadata: json!({"n": 0.1, "deep": [{"a": null}]}).as_object().unwrap().clone(),
        tags: vec!["a".to_owned()],
        classification: Some(classification),
        fingerprint: "f".to_owned(),
        ..Memory::new(id, "\"Até já\" 🚆".to_owned(), now)
    }
}

#[test]
fn a_memory_comes_back_from_its_row_as_it_went_and_from_a_blank_one_not_at_all() {
    let memory = full();
    let rows = [Row::of(&scope(), &memory).unwrap()];
    let read = decode("x", encode(&rows).unwrap().into()).unwrap();
    assert_eq!(read, rows);
    let at = ColdRef { object: name(&scope(), "2026-11", memory.recorded_at, 0), row: 0 };
    let stub = memory.cooled(at.clone());
    assert!(stub.is_cold() && !memory.is_cold());
    let back = stub.clone().thawed(&read[0]).unwrap().unwrap();
    assert_eq!(back, Memory { cold: Some(at), ..memory });
    assert_eq!(stub.clone().thawed(&read[0].blank()).unwrap(), None);
    assert_eq!(Memory { revision: 3, ..stub }.thawed(&read[0]).unwrap(), None, "another revision");
    let blank = encode(&[read[0].blank()]).unwrap();
    let said = ["Até", "já\""].iter().any(|word| blank.windows(word.len()).any(|bytes| bytes == word.as_bytes()));
    assert!(!said && decode("x", blank.into()).unwrap()[0].is_blank());
}

#[test]
fn what_is_no_object_of_ours_is_refused_without_repeating_it() {
    let bytes = encode(&[Row::of(&scope(), &full()).unwrap()]).unwrap();
    for wrong in [Vec::new(), b"PAR1 Raspberry PAR1".to_vec(), bytes[..bytes.len() / 2].to_vec()] {
        let error = decode("cold/x", wrong.into()).unwrap_err();
        assert!(error.to_string().contains("cold/x") && !error.to_string().contains("Raspberry"), "{error}");
    }
}
