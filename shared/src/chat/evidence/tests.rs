use serde_json::json;

use super::*;
use crate::classify::closed::{REPLY, SEEN};
use crate::memory::id::Identity;
use crate::memory::{Role, Scope, Tenant};

fn said(nth: usize, content: &str) -> Memory {
    let scope = Scope::parse(&Tenant::parse("acme").expect("a tenant"), "org").expect("a scope");
    let now: Time = "2026-11-20T12:00:00Z".parse().expect("a time");
    let id = MemoryId::derive(&scope, Identity::Key { key: "k", position: nth });
    Memory {
        session: Some("s".to_owned()),
        role: Some(Role::User),
        order: now.micros() + nth as i64,
        ..Memory::new(id, content.to_owned(), now)
    }
}

#[test]
fn what_is_too_closed_is_left_out_and_the_rest_stays() {
    let open = said(1, "The market is on Saturday.");
    let secret = said(2, "My password is Tr0ub4dor&3 at the bank.");
    assert!(closed(&secret) >= Sensitivity::Secret);
    let memories = vec![(secret.clone(), 0.9), (open.clone(), 0.5)];
    let evidence = Evidence { turns: vec![secret.clone()], memories, ..Evidence::default() };
    let packed = evidence.pack(Sensitivity::Confidential);
    assert_eq!((packed.ids, packed.turns.as_str()), (vec![open.id], ""));
    assert!(packed.sensitivity <= Sensitivity::Confidential);
    assert_eq!(evidence.pack(Sensitivity::UltraSecret).ids, [secret.id, open.id, secret.id]);
}

#[test]
fn a_reply_is_as_closed_as_what_its_model_had_seen() {
    let mut reply = said(1, "You told me the words.");
    assert_eq!(closed(&reply), Sensitivity::General);
    reply.metadata.insert(REPLY.to_owned(), json!({ SEEN: "secret" }));
    assert_eq!(closed(&reply), Sensitivity::Secret);
}

#[test]
fn a_secret_in_the_name_of_a_session_closes_its_memories() {
    let mut memory = said(1, "See above.");
    memory.session = Some("my password is Tr0ub4dor&3".to_owned());
    assert!(closed(&memory) >= Sensitivity::Secret);
}

#[test]
fn the_latest_turns_fill_at_most_half_of_the_budget() {
    let turns: Vec<Memory> = (0..40).rev().map(|nth| said(nth, &"spoken ".repeat(100))).collect();
    let memories: Vec<(Memory, f32)> = (100..140).map(|nth| (said(nth, &"written ".repeat(100)), 0.5)).collect();
    let packed = Evidence { turns: turns.clone(), memories, ..Evidence::default() }.pack(Sensitivity::Secret);
    let of_turns = builtin::count_tokens(&packed.turns);
    assert!(of_turns <= TOKENS_OF_TURNS && of_turns > TOKENS_OF_TURNS / 2, "{of_turns}");
    assert!(packed.tokens <= TOKENS && packed.tokens > TOKENS / 2, "{}", packed.tokens);
    assert!(packed.ids.contains(&turns[0].id), "the latest is among them");
}
