//! Each call to AWS fails once, in each way a call can fail; the caller tries again, and all is as if nothing had been.

use memorable_local::House;
use memorable_local::aws::faults::Fault;
use serde_json::{Value, json};

use crate::support::{call, house, index, index_entries, listed};

const FAULTS: [Fault; 4] = [Fault::Before, Fault::After, Fault::Throttle, Fault::Status500];
/// A client gives up after this many tries; one fault must never need so many.
const TRIES: usize = 4;

/// What a patient client does: the same call again where the service says that trying again may help.
async fn patient(house: &House, method: &str, path: &str, body: Value) -> (u16, Value) {
    for _ in 0..TRIES {
        let (status, answer) = call(house, method, path, body.clone()).await;
        if status != 503 && status != 429 {
            return (status, answer);
        }
    }
    panic!("{method} {path} failed {TRIES} times");
}

/// Lets the functions work on the queues until they are empty; a failed batch is delivered again.
async fn drained(house: &House) {
    for _ in 0..TRIES {
        if memorable_local::queues::drain(house).await.is_ok() {
            return;
        }
    }
    panic!("the queues do not run empty");
}

/// Everything a caller does in a memory's life: what is left of it, and how many calls to AWS it took.
async fn life(house: &House) -> (Value, u64) {
    let items: Vec<_> = (0..66)
        .map(|n| json!({"content": format!("Page {n} of the diary."), "session": "s", "occurred_at": format!("2026-01-01T00:{:02}:00Z", n % 60), "speaker": format!("{}", n / 60)}))
        .collect();
    let (status, stored) = patient(house, "POST", "/v1/memories", json!({"scope": "user:alice", "items": items})).await;
    assert_eq!(status, 202, "{stored}");
    drained(house).await;
    let id = |n: usize| stored["memories"][n]["id"].as_str().expect("an id").to_owned();
    let path = |n: usize| format!("/v1/memories/{}?scope=user:alice", id(n));
    assert_eq!(patient(house, "PATCH", &path(3), json!({"content": "Page 3 was torn out."})).await.0, 202);
    drained(house).await;
    assert_eq!(patient(house, "DELETE", &path(5), Value::Null).await.0, 200);
    for _ in 0..TRIES {
        if memorable_local::schedule::start(house, Some(memorable_local::schedule::today())).await.is_ok() {
            break;
        }
    }
    drained(house).await;
    let (status, found) =
        patient(house, "POST", "/v1/recall", json!({"query": "torn", "scopes": ["user:alice"]})).await;
    assert_eq!((status, &found["memories"][0]["id"]), (200, &json!(id(3))), "{found}");

    let calls = house.faults.calls();
    house.faults.reset();
    let counts = index_entries(house).await;
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    let state = index(house).await;
    let mut kept: Vec<_> = listed(house)
        .await
        .iter()
        .map(|m| json!([m["id"], m["content"], m["state"], m["revision"], m["kind"]]))
        .collect();
    kept.sort_by_key(Value::to_string);
    let segments = state.manifest.segments.len();
    (json!({ "kept": kept, "indexed": counts.len(), "gone": state.gone.len(), "segments": segments }), calls)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_call_may_fail_once_in_each_way() {
    let calm = house().await;
    calm.faults.reset();
    let (expected, calls) = life(&calm).await;
    assert_eq!(expected["indexed"], 65);
    assert!(calls > 25, "only {calls} calls");
    let mut runs = tokio::task::JoinSet::new();
    for nth in 1..=calls {
        for fault in FAULTS {
            let expected = expected.clone();
            runs.spawn(async move {
                let house = house().await;
                house.faults.reset();
                house.faults.fail_nth(nth, fault);
                let (left, _) = life(&house).await;
                assert_eq!(left, expected, "after call {nth} failed as {fault:?}");
            });
        }
        while runs.len() > 24 {
            runs.join_next().await.expect("a run").expect("as if nothing had been");
        }
    }
    while let Some(run) = runs.join_next().await {
        run.expect("as if nothing had been");
    }
}
