use memorable::index::Filter as OurFilter;
use memorable::memory::Tenant;
use serde_json::{Value, json};

use super::{Filter, Within};
use crate::entities::Kind;

fn tenant() -> Tenant {
    Tenant::parse("acme").expect("a tenant")
}

fn parsed(filter: &Value) -> Filter {
    Filter::parse(&tenant(), filter).unwrap_or_else(|error| panic!("{filter}: {error}"))
}

/// What the filter asks for: each scope with what is left to ask there.
#[expect(clippy::needless_pass_by_value, reason = "filters are written where they are asked")]
fn asked(filter: Value) -> Vec<(String, Within)> {
    let filter = parsed(&filter);
    let (scopes, _) = filter.named(&tenant()).expect("scopes");
    let within = |subject: &str| {
        let (kind, id) = Kind::of_scope(subject).expect("a scope of mem0's");
        filter.within(kind, Some(id))
    };
    scopes.iter().map(|scope| (scope.subject().to_owned(), within(scope.subject()))).collect()
}

#[test]
fn one_id_is_all_of_its_scope() {
    assert_eq!(asked(json!({"user_id": "alice"})), [("user:alice".to_owned(), Within::Everything)]);
    assert_eq!(asked(json!({"AND": [{"agent_id": "a"}]})), [("agent:a".to_owned(), Within::Everything)]);
}

#[test]
fn a_second_id_narrows_down_the_scope_of_the_first() {
    assert_eq!(
        asked(json!({"AND": [{"user_id": "alice"}, {"agent_id": "planner"}, {"run_id": "r1"}]})),
        [
            (
                "user:alice".to_owned(),
                Within::Filter(
                    json!({"AND": [{"metadata.agent_id": {"in": ["planner"]}}, {"session": {"in": ["r1"]}}]})
                )
            ),
            ("agent:planner".to_owned(), Within::Nothing),
            ("run:r1".to_owned(), Within::Nothing),
        ]
    );
}

#[test]
fn either_of_two_ids_is_both_of_their_scopes() {
    assert_eq!(
        asked(json!({"OR": [{"user_id": "alice"}, {"agent_id": {"in": ["a", "b"]}}]})),
        [
            ("user:alice".to_owned(), Within::Everything),
            ("agent:a".to_owned(), Within::Everything),
            ("agent:b".to_owned(), Within::Everything),
        ]
    );
}

#[test]
fn an_id_under_not_names_no_scope_and_shuts_out_its_own() {
    assert_eq!(
        asked(json!({"user_id": {"in": ["alice", "bob"]}, "NOT": [{"user_id": "bob"}]})),
        [("user:alice".to_owned(), Within::Everything), ("user:bob".to_owned(), Within::Nothing)]
    );
    assert_eq!(asked(json!({"NOT": {"user_id": "bob"}})), []);
}

#[test]
fn any_run_is_any_session_and_any_user_is_every_scope_of_a_user() {
    let filter = parsed(&json!({"AND": [{"user_id": "alice"}, {"run_id": "*"}]}));
    assert_eq!(filter.within(Kind::User, Some("alice")), Within::Filter(json!({"session": {"exists": true}})));
    assert_eq!(filter.within(Kind::Run, None), Within::Nothing, "a user's memories are in no scope of a run");
    let filter = parsed(&json!({"user_id": "*"}));
    assert_eq!(filter.named(&tenant()).expect("kinds"), (vec![], vec![Kind::User]));
    assert_eq!(filter.within(Kind::User, None), Within::Everything);
}

#[test]
fn all_other_conditions_are_ones_that_our_filters_take() {
    for (theirs, ours) in [
        (
            json!({"created_at": {"gte": "2026-01-01", "lt": 1_780_000_000}}),
            json!({"AND": [{"occurred_at": {"gte": "2026-01-01"}}, {"occurred_at": {"lt": "2026-05-28T20:26:40Z"}}]}),
        ),
        (
            json!({"metadata": {"team": "a", "n": {"gt": 3}}}),
            json!({"AND": [{"metadata.n": {"gt": 3}}, {"metadata.team": "a"}]}),
        ),
        (json!({"team": {"icontains": "A"}}), json!({"metadata.team": {"contains": "A"}})),
        (json!({"team": {"nin": ["a"]}}), json!({"NOT": {"metadata.team": {"in": ["a"]}}})),
        (json!({"team": "*"}), json!({"metadata.team": {"exists": true}})),
        (
            json!({"categories": {"contains": "fact"}}),
            json!({"OR": [{"tags": {"in": ["fact"]}}, {"kind": {"in": ["fact"]}}]}),
        ),
        (json!({"categories": ["food"]}), json!({"tags": {"in": ["food"]}})),
        (json!({"actor_id": "Ann"}), json!({"speaker": "Ann"})),
        (json!({"memory_ids": ["0000000000000000.dXNlcjphbGljZQ"]}), json!({"id": {"in": ["0000000000000000"]}})),
    ] {
        assert_eq!(parsed(&theirs).within(Kind::User, Some("x")), Within::Filter(ours.clone()), "{theirs}");
        OurFilter::parse(&ours).unwrap_or_else(|error| panic!("{ours}: {error}"));
    }
}

#[test]
fn what_cannot_be_asked_is_refused_by_its_path() {
    let mut deep = json!({"user_id": "a"});
    for _ in 0..8 {
        deep = json!({"AND": [deep]});
    }
    for (filter, field) in [
        (json!([]), "filters"),
        (json!({"AND": [7]}), "filters.AND[0]"),
        (json!({"user_id": {"gt": "a"}}), "filters.user_id"),
        (json!({"user_id": []}), "filters.user_id"),
        (json!({"updated_at": "2026-01-01"}), "filters.updated_at"),
        (json!({"metadata": "x"}), "filters.metadata"),
        (json!({"team": {"like": "x"}}), "filters.team.like"),
        (json!({"created_at": 1e300}), "filters.created_at"),
        (deep, "filters.AND[0].AND[0].AND[0].AND[0].AND[0].AND[0]"),
    ] {
        let refused = Filter::parse(&tenant(), &filter).expect_err("no filter");
        assert_eq!(refused.field.as_deref(), Some(field), "{filter}");
    }
    let unusable = parsed(&json!({"user_id": "a/b"})).named(&tenant()).expect_err("no scope");
    assert_eq!(unusable.field.as_deref(), Some("user_id"));
}
