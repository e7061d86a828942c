use memorable::error::Kind;
use memorable::memory::{MemoryId, Scope, Tenant};
use serde_json::json;

use super::{event, export, memory, to_event, to_export, to_memory};

fn tenant() -> Tenant {
    Tenant::parse("acme").expect("a tenant")
}

fn scope() -> Scope {
    Scope::parse(&tenant(), "user:zoë@example.com").expect("a scope")
}

fn id(byte: u8) -> MemoryId {
    MemoryId::from_bytes([byte; 10])
}

#[test]
fn an_id_names_its_memory_and_its_scope_and_is_safe_in_a_path() {
    let name = memory(scope().subject(), id(7));
    assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{name}");
    assert_eq!(to_memory(&tenant(), &name).expect("a memory"), (scope(), id(7)));
}

#[test]
fn an_event_names_its_memories() {
    let ids = [id(1), id(2)];
    assert_eq!(to_event(&tenant(), &event(&scope(), &ids)).expect("an event"), (scope(), ids.to_vec()));
}

#[test]
fn an_export_names_its_filter() {
    let filters = json!({"AND": [{"user_id": "alice"}]});
    assert_eq!(to_export(&export(&filters)).expect("an export"), filters);
}

#[test]
fn a_name_of_somebody_elses_making_is_not_found() {
    for name in [
        "",
        ".",
        "9c5e8a4e-0b1d-4a57-8b0e-6d1f3f0f2f10",
        "0000000000000000",
        "0000000000000000.",
        "0000000000000000.!!!",
        "0000000000000000.YS9i", // a/b
        "short.dXNlcjphbGljZQ",
    ] {
        let refused = to_memory(&tenant(), name).expect_err(name);
        assert_eq!(refused.kind, Kind::NotFound, "{name}");
    }
    for name in ["", "AA", "_w", "BXVzZXI6", "not base64!"] {
        assert_eq!(to_event(&tenant(), name).expect_err(name).kind, Kind::NotFound, "{name}");
    }
    assert_eq!(to_export("e30x").expect_err("no JSON").kind, Kind::NotFound);
}
