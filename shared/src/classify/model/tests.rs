use super::*;
use crate::classify::rules;
use crate::memory::id::Identity;
use crate::memory::{MemoryId, State, Tenant, memory};

fn said(nth: usize, content: &str) -> Memory {
    let scope = Scope::parse(&Tenant::parse("acme").expect("a tenant"), "org").expect("a scope");
    let now: Time = "2026-11-20T12:00:00Z".parse().expect("a time");
    let id = MemoryId::derive(&scope, Identity::Key { key: "k", position: nth });
    let memory = serde_json::json!({
        "v": memory::VERSION, "id": id, "revision": 1, "state": State::Pending, "content": content, "recorded_at": now,
        "order": nth, "updated_at": now, "fingerprint": "",
    });
    serde_json::from_value(memory).expect("a memory")
}

fn unsure(memory: &Memory) -> Classification {
    Classification { confidence: 0.2, ..rules::classify(&memory.content, None, memory.time()) }
}

fn corrections() -> Corrections {
    Corrections::of(Vec::new())
}

#[test]
fn batches_hold_few_texts_and_few_tokens_and_what_all_models_may_see_alike() {
    let mut texts: Vec<String> = (0..11).map(|nth| format!("Sideways and green, number {nth}.")).collect();
    texts.push("My bank password is Tr0ub4dor&3 for the account.".to_owned());
    texts.extend((0..4).map(|nth| format!("{nth} {}", "sideways ".repeat(150))));
    let memories: Vec<Memory> = texts.iter().enumerate().map(|(nth, text)| said(nth, text)).collect();
    let classes: Vec<Classification> = memories.iter().map(unsure).collect();
    let batches = batches(open(&memories, &classes, &corrections()));
    assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), texts.len());
    for batch in &batches {
        let tokens: usize = batch.iter().map(|open| builtin::count_tokens(&open.line)).sum();
        assert!(
            batch.len() <= TEXTS && (batch.len() == 1 || tokens <= TOKENS),
            "{} texts, {tokens} tokens",
            batch.len()
        );
        let local = batch.iter().filter(|open| is_local(open.closed)).count();
        assert!(local == 0 || local == batch.len());
    }
    assert!(batches.iter().any(|batch| batch.len() == TEXTS), "the rules are paid for once for several");
    assert!(batches.iter().any(|batch| is_local(batch[0].closed)));
}

#[test]
fn equal_texts_are_asked_about_once_as_closed_as_the_closed_most_and_ultra_secrets_never() {
    let seed = "My seed phrase is legal winner thank year wave sausage worth useful legal winner thank yellow.";
    let memories = [said(1, "Sideways."), said(2, seed), said(3, "Sideways."), said(4, " ")];
    let mut classes: Vec<Classification> = memories.iter().map(unsure).collect();
    classes[2].sensitivity = Sensitivity::Secret;
    let open = open(&memories, &classes, &corrections());
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].places.clone(), open[0].closed), (vec![0, 2], Sensitivity::Secret));
}
