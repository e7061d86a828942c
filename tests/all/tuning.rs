//! Nights that learn from recalls: what was used decides, what was not fitted to judges.

use jiff::SignedDuration;
use jiff::civil::Date;
use memorable::index::ranking::Weights;
use memorable::index::tuning::Decision;
use memorable::memory::{MemoryId, Scope, Tenant, Time};
use memorable::night::{replay, tune};
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{Call, alice, call, call_at, drain, house, ids, now, recall, store};

/// What is noted twice: what it was, and what it is by now.
const THINGS: [&str; 60] = [
    "boiler",
    "garage",
    "piano",
    "bicycle",
    "passport",
    "kitchen",
    "balcony",
    "printer",
    "violin",
    "cellar",
    "garden",
    "freezer",
    "laptop",
    "carpet",
    "window",
    "toaster",
    "camera",
    "curtain",
    "bathtub",
    "chimney",
    "drawer",
    "fountain",
    "gutter",
    "hammock",
    "iron",
    "jacket",
    "kettle",
    "ladder",
    "mirror",
    "napkin",
    "oven",
    "pillow",
    "quilt",
    "radio",
    "sofa",
    "tent",
    "umbrella",
    "vase",
    "wardrobe",
    "xylophone",
    "yacht",
    "zipper",
    "anchor",
    "basket",
    "candle",
    "doorbell",
    "easel",
    "faucet",
    "globe",
    "heater",
    "inkwell",
    "juicer",
    "keyboard",
    "lantern",
    "mattress",
    "necklace",
    "orchid",
    "parasol",
    "rocker",
    "stove",
];

/// One of its owner's questions, with the note that answers it as things are.
struct Wanted {
    scope: Scope,
    question: String,
    id: MemoryId,
}

fn night(day: i8) -> Date {
    jiff::civil::date(2026, 11, day)
}

fn tenant() -> Tenant {
    Tenant::parse("local").expect("a tenant")
}

/// Two scopes in which each thing is noted twice, half a year apart, and whose owners always want the later note. The
/// earlier one has more of the question's words.
async fn kept_up_to_date(house: &House) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    for (things, subject) in THINGS.chunks(30).zip(["user:alice", "user:ben"]) {
        let notes = |thing: &&str| {
            [
                json!({"content": format!("Seen today, the state of the {thing} is fine."), "occurred_at": "2026-01-05"}),
                json!({"content": format!("Now the {thing} is broken."), "occurred_at": "2026-07-05"}),
            ]
        };
        let items: Vec<Value> = things.iter().flat_map(notes).collect();
        let (status, answer) = call(house, "POST", "/v1/memories", json!({"scope": subject, "items": items})).await;
        assert_eq!(status, 202, "{answer}");
        let scope = Scope::parse(&tenant(), subject).expect("a scope");
        wanted.extend(things.iter().zip(ids(&answer).chunks(2)).map(|(thing, pair)| Wanted {
            scope: scope.clone(),
            question: format!("What is the state of the {thing}?"),
            id: pair[1].parse().expect("an id"),
        }));
    }
    drain(house).await;
    wanted
}

/// The owners ask, and use what they want.
async fn asked_and_used(house: &House, wanted: &[Wanted], at: Time) {
    for Wanted { scope, question, id } in wanted {
        house.app.journal.used(scope, question, vec![*id], at);
    }
    for scope in [&wanted[0].scope, &wanted[wanted.len() - 1].scope] {
        let worked = replay::replay(&house.app, scope, at).await.expect("a replay");
        assert_eq!(worked.figures["replayed"], 30);
    }
}

/// In how many of the questions what is wanted comes first.
async fn wanted_first(house: &House, wanted: &[Wanted]) -> usize {
    let mut first = 0;
    for Wanted { scope, question, id } in wanted {
        let body = json!({ "query": question, "scopes": [scope.subject()] });
        let (_, answer) = call(house, "POST", "/v1/recall", body).await;
        first += usize::from(ids(&answer)[0] == id.to_string());
    }
    first
}

async fn roll_back(house: &House, night: Date) -> (u16, Value) {
    call(house, "POST", "/v1/tuning/rollback", json!({ "night": night })).await
}

#[tokio::test]
async fn who_always_wants_the_latest_gets_it_first_and_one_call_takes_that_back() {
    let house = house().await;
    let wanted = kept_up_to_date(&house).await;
    let before = wanted_first(&house, &wanted).await;
    assert!(before < 30, "{before} of 60: otherwise there is nothing to learn");
    let later = now().plus(SignedDuration::from_mins(1));
    asked_and_used(&house, &wanted, later).await;
    let proposal = tune::tune(&house.app, &tenant(), night(20), later).await.expect("a night").expect("a proposal");
    assert_eq!(proposal.decision, Decision::Promoted, "{proposal:?}");
    assert!(proposal.trial.passes() && proposal.weights.recency > 0.0, "{proposal:?}");
    let after = wanted_first(&house, &wanted).await;
    assert!(after >= 55, "{after} of 60, {before} before: {proposal:?}");
    let again = tune::tune(&house.app, &tenant(), night(20), later).await.expect("the same night");
    assert_eq!(again.as_ref(), Some(&proposal), "a night proposes once");

    let (_, told) = call(&house, "GET", "/v1/tuning", Value::Null).await;
    assert_eq!(told["ranking"]["night"], "2026-11-20");
    assert_eq!(told["proposals"][0]["trial"]["cases"], json!(proposal.trial.cases), "told with its numbers");

    assert_eq!(roll_back(&house, night(19)).await.0, 404);
    let (status, answer) = roll_back(&house, night(20)).await;
    assert_eq!((status, &answer["proposal"]["decision"]), (200, &json!("rolled_back")), "{answer}");
    assert_eq!(roll_back(&house, night(20)).await.0, 200, "twice is once");
    assert_eq!(wanted_first(&house, &wanted).await, before);
    let held = tune::tune(&house.app, &tenant(), night(21), later).await.expect("a night").expect("a proposal");
    assert_eq!(held.decision, Decision::Held, "what was taken back does not come again the next night");
    assert_eq!(wanted_first(&house, &wanted).await, before);
    let (status, problem) = roll_back(&house, night(21)).await;
    assert_eq!((status, &problem["field"]), (409, &json!("night")), "{problem}");
}

#[tokio::test]
async fn a_worse_ranking_is_refused_with_its_numbers_and_another_tenants_stays_as_it_was() {
    let house = house().await;
    let wanted = kept_up_to_date(&house).await;
    let later = now().plus(SignedDuration::from_mins(1));
    asked_and_used(&house, &wanted, later).await;
    let cases = house.app.records.replays(&tenant(), 100).await.expect("cases");
    let current = house.app.records.tuning(&tenant()).await.expect("a tuning");
    let worse = Weights { lexical: 0.01, semantic: 0.01, window: 0.01, question: -1.0, ..Weights::default() };
    let worse = Weights { recency: -2.0, ..worse };
    let refused = tune::propose(&house.app, &tenant(), &current, worse, &cases, night(18), later).await;
    let refused = refused.expect("a decision");
    assert_eq!(refused.decision, Decision::Refused);
    assert!(refused.trial.after < refused.trial.before, "{:?}", refused.trial);
    let promoted = tune::tune(&house.app, &tenant(), night(20), later).await.expect("a night").expect("a proposal");
    assert_eq!(promoted.decision, Decision::Promoted);
    let other = Tenant::parse("other").expect("a tenant");
    assert_eq!(house.app.records.tuning(&other).await.expect("a tuning"), Default::default());
    assert!(tune::tune(&house.app, &other, night(20), later).await.expect("a night").is_none());
}

#[tokio::test]
async fn what_was_asked_is_written_beside_a_later_recall_and_takes_no_stage() {
    let house = house().await;
    let id = store(&house, json!({"content": "The boiler is in the cellar."})).await;
    recall(&house, "Where is the boiler?").await;
    let later = Call {
        token: "local",
        method: "POST",
        path: "/v1/recall".to_owned(),
        key: None,
        body: json!({ "query": "And the ladder?", "scopes": ["user:alice"] }),
    };
    let at = now().plus(SignedDuration::from_mins(2));
    let (_, answer) = call_at(&house, &house.app, at, &later).await;
    assert_eq!(answer["receipt"]["stages"], 2, "{}", answer["receipt"]);
    assert_eq!(answer["receipt"]["requests"]["dynamodb.PutItem"], 1, "{}", answer["receipt"]);
    let asked = house.app.records.asked(&alice(), at).await.expect("what was asked");
    assert_eq!(asked.len(), 1, "the second question waits for the next");
    assert_eq!((asked[0].query.as_str(), asked[0].returned[0].to_string()), ("Where is the boiler?", id));
    assert!(
        house.app.records.asked(&alice(), at.plus(SignedDuration::from_hours(31 * 24))).await.expect("none").is_empty()
    );
}

#[tokio::test]
async fn a_body_that_names_no_night_is_refused_and_a_night_that_proposed_nothing_is_not_found() {
    let house = house().await;
    let (status, problem) = call(&house, "POST", "/v1/tuning/rollback", json!({})).await;
    assert_eq!((status, &problem["field"]), (400, &json!("night")), "{problem}");
    let (status, _) = call(&house, "POST", "/v1/tuning/rollback", json!({"night": "2026-11-20"})).await;
    assert_eq!(status, 404);
    let (status, told) = call(&house, "GET", "/v1/tuning", Value::Null).await;
    assert_eq!((status, &told["ranking"]["night"]), (200, &Value::Null));
    assert_eq!(told["ranking"]["weights"]["lexical"], json!(Weights::default().lexical));
}
