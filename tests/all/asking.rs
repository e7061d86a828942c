//! What a recall may be asked beside its query: what to leave out, why, and what must hold; and how long it may be.

use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{call, drain, house, ids, night, send, store};

const PATH: &str = "/v1/recall";

fn asking(extra: &Value) -> Value {
    let mut body = json!({"query": "Who sails the boat?", "scopes": ["user:alice"]});
    body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
    body
}

async fn ask(house: &House, extra: Value) -> Value {
    let (status, answer) = call(house, "POST", PATH, asking(&extra)).await;
    assert_eq!(status, 200, "{extra}: {answer}");
    answer
}

async fn stored(house: &House, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    for n in 0..count {
        all.push(store(house, json!({"content": format!("The boat has sail {n}."), "speaker": "Mira"})).await);
    }
    all
}

fn receipt_id(answer: &Value) -> String {
    answer["receipt"]["id"].as_str().expect("the receipt's id").to_owned()
}

#[tokio::test]
async fn each_recall_gives_what_the_ones_before_did_not() {
    let house = house().await;
    let mut all = stored(&house, 7).await;
    let mut seen = Vec::new();
    let mut extra = json!({"top_k": 3});
    for (turn, count) in [3, 3, 1, 0].into_iter().enumerate() {
        let answer = ask(&house, extra.clone()).await;
        let found = ids(&answer);
        assert_eq!(found.len(), count, "{turn}");
        assert!(found.iter().all(|id| !seen.contains(id)), "{turn}");
        let context = answer["context"].as_str().expect("a context");
        assert!(seen.iter().all(|id: &String| !context.contains(id.as_str())), "{turn}: {context}");
        seen.extend(found);
        extra["exclude_receipt"] = json!(receipt_id(&answer));
        if turn == 1 {
            drain(&house).await;
            night(&house).await;
        }
    }
    all.sort();
    seen.sort();
    assert_eq!(seen, all);
}

#[tokio::test]
async fn several_receipts_exclude_together() {
    let house = house().await;
    let all = stored(&house, 4).await;
    let one = ask(&house, json!({"filters": {"id": [all[0]]}})).await;
    let two = ask(&house, json!({"filters": {"id": [all[1]]}})).await;
    let rest = ask(&house, json!({"exclude_receipt": [receipt_id(&one), receipt_id(&two)]})).await;
    let mut rest = ids(&rest);
    rest.sort();
    let mut expected = all[2..].to_vec();
    expected.sort();
    assert_eq!(rest, expected);
}

#[tokio::test]
async fn a_receipt_that_is_mangled_or_another_tenants_is_refused() {
    let house = house().await;
    stored(&house, 1).await;
    let good = receipt_id(&ask(&house, json!({})).await);
    let cases = [
        (json!(good[..good.len() - 1]), "exclude_receipt"),
        (json!(format!("{good}x")), "exclude_receipt"),
        (json!(""), "exclude_receipt"),
        (json!(5), "exclude_receipt"),
        (json!({}), "exclude_receipt"),
        (json!([]), "exclude_receipt"),
        (json!(vec![good.as_str(); 17]), "exclude_receipt"),
        (json!([good, "x"]), "exclude_receipt[1]"),
    ];
    for (receipt, field) in cases {
        let (status, problem) = call(&house, "POST", PATH, asking(&json!({"exclude_receipt": receipt}))).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{receipt}: {problem}");
        assert!(problem["expected"].as_str().expect("a text").contains("receipt.id"), "{problem}");
    }
    let body = asking(&json!({"exclude_receipt": good})).to_string().into_bytes();
    let (status, problem) = send(&house, "POST", PATH, &[("authorization", "Bearer other")], body).await;
    assert_eq!((status, &problem["field"]), (400, &json!("exclude_receipt")), "{problem}");
    assert!(problem["detail"].as_str().expect("a text").contains("another tenant"), "{problem}");
    assert_eq!(ids(&ask(&house, json!({"exclude_receipt": vec![good.as_str(); 16]})).await).len(), 0);
}

#[tokio::test]
async fn an_answer_is_explained_only_where_it_is_asked_for() {
    let house = house().await;
    stored(&house, 5).await;
    store(&house, json!({"content": "Is the boat sailing?", "speaker": "Ben", "session": "s"})).await;
    store(&house, json!({"content": "The soup is hot.", "speaker": "Ben", "session": "s"})).await;
    let lean = ask(&house, json!({})).await;
    assert!(lean["explain"].is_null() && lean["memories"][0]["signals"].is_null(), "{lean}");
    assert!(lean["memories"][0]["contributions"].is_null());

    let body = json!({"query": "Does Mira sail the boat?", "explain": true, "filters": {"speaker": {"exists": true}}});
    let answer = ask(&house, body).await;
    let explain = &answer["explain"];
    assert_eq!(explain["names"], json!(["mira"]), "{explain}");
    assert!(explain["question"].as_str().is_some_and(|text| text.contains("boat") && !text.contains("Mira")));
    assert_eq!(explain["models"], json!(["builtin"]));
    assert_eq!(explain["candidates"], json!({"considered": 7, "admitted": 7}));
    let mut last = f64::MAX;
    for memory in answer["memories"].as_array().expect("memories") {
        let parts = memory["contributions"].as_object().expect("parts");
        assert_eq!(parts.len(), memory["signals"].as_object().expect("signals").len() + 1, "one of each, and the sum");
        let of_signals = parts.iter().filter(|(name, _)| *name != "sum");
        let sum: f64 = of_signals.map(|(_, part)| part.as_f64().expect("a number")).sum();
        assert!((sum - parts["sum"].as_f64().expect("a sum")).abs() < 1e-4, "{memory}");
        assert!(last >= sum - 1e-4, "the order goes by the sum");
        last = sum;
    }
    assert_eq!(ask(&house, json!({"explain": true, "min_score": 1.0})).await["explain"]["candidates"]["admitted"], 0);
}

#[tokio::test]
async fn filters_reach_what_classifying_found() {
    let house = house().await;
    let at = "2026-03-01T10:00:00Z";
    let clara =
        store(&house, json!({"content": "My sister Clara moves to Porto in May 2026.", "occurred_at": at})).await;
    let other = store(&house, json!({"content": "soup", "occurred_at": at, "metadata": {"team": null}})).await;
    let pending = json!({"event_time": {"exists": true}});
    assert_eq!(ids(&ask(&house, json!({ "filters": pending })).await).len(), 0, "nothing is known of it yet");
    drain(&house).await;
    let cases = [
        (json!({"entities": "clara"}), vec![&clara]),
        (json!({"entities": {"contains": "ORT"}}), vec![&clara]),
        (json!({"NOT": {"entities": "Clara"}}), vec![&other]),
        (json!({"event_time": {"gte": "2026-05-31", "lt": "2026-07-01"}}), vec![&clara]),
        (json!({"event_time": {"gte": "2026-06-01"}}), vec![]),
        (json!({"event_time": {"exists": false}}), vec![&other]),
        (json!({"importance": {"gt": 0.4}}), vec![&clara]),
        (json!({"importance": {"lte": 0.4}}), vec![&other]),
        (json!({"id": {"in": [other]}}), vec![&other]),
        (json!({"id": {"ne": other}}), vec![&clara]),
        (json!({"metadata.team": {"exists": true}}), vec![&other]),
        (json!({"metadata.team": {"exists": false}}), vec![&clara]),
    ];
    for (filter, expected) in cases {
        let answer = ask(&house, json!({ "filters": filter })).await;
        assert_eq!(ids(&answer).iter().collect::<Vec<_>>(), expected, "{filter}: {answer}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_named() {
    let house = house().await;
    let cases = [
        (json!({"known_at": "soon"}), "known_at"),
        (json!({"known_at": 5}), "known_at"),
        (json!({"explain": "yes"}), "explain"),
        (json!({"filters": {"event_time": {"gte": "soon"}}}), "filters.event_time.gte"),
        (json!({"filters": {"importance": {"gte": "high"}}}), "filters.importance.gte"),
        (json!({"filters": {"id": {"in": ["x"]}}}), "filters.id.in"),
        (json!({"filters": {"metadata.team": {"exists": 1}}}), "filters.metadata.team.exists"),
        (json!({"filters": {"kind": {"gt": "fact"}}}), "filters.kind.gt"),
    ];
    for (extra, field) in cases {
        let (status, problem) = call(&house, "POST", PATH, asking(&extra)).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{extra}: {problem}");
        assert!(problem["expected"].is_string(), "{problem}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_or_too_deep_is_refused() {
    let house = house().await;
    let local = [("authorization", "Bearer local")];
    let id = store(&house, json!({"content": "The boat is blue."})).await;
    let memory = format!("/v1/memories/{id}?scope=user:alice");
    let padded = |mut body: Vec<u8>, bytes: usize| {
        body.resize(bytes, b' ');
        body
    };
    let question = asking(&json!({})).to_string().into_bytes();
    let change = json!({"tags": ["boat"]}).to_string().into_bytes();
    let cases = [("POST", PATH, question, 64 * 1024, 200), ("PATCH", memory.as_str(), change, 256 * 1024, 202)];
    for (method, path, body, most, status) in cases {
        let (longest, _) = send(&house, method, path, &local, padded(body.clone(), most)).await;
        assert_eq!(longest, status, "{method} {path}");
        let (status, problem) = send(&house, method, path, &local, padded(body, most + 1)).await;
        assert_eq!((status, &problem["field"]), (413, &json!("body")), "{problem}");
        assert_eq!(problem["type"], "urn:memorable:problem:too_large");
        assert_eq!(problem["expected"], format!("at most {most} bytes a call"));
        let (status, problem) = send(&house, method, path, &local, "[".repeat(most).into_bytes()).await;
        assert_eq!((status, &problem["field"]), (400, &json!("body")), "{problem}");
    }
    // The longest content there is, as a client sends it that escapes what is not ASCII.
    let escaped = format!("{{\"content\": \"{}\"}}", "\\u00e9".repeat(16 * 1024)).into_bytes();
    let (status, answer) = send(&house, "PATCH", &memory, &local, escaped).await;
    assert_eq!(status, 202, "{answer}");
}
