//! Storing and recalling in scopes of growing size, through the functions, over embedded AWS in memory.

use std::time::Instant;

use http::Request;
use memorable_local::{House, Options, gateway, queues, schedule};
use serde_json::{Value, json};

use crate::median;

const SIZES: [usize; 3] = [100, 1_000, 10_000];
const RECALLS: usize = 40;
/// Words that texts are made of: enough of them that texts differ as those of a diary do.
const WORDS: [&str; 24] = [
    "garden", "train", "letter", "doctor", "violin", "kitchen", "bridge", "winter", "brother", "market", "passport",
    "river", "painter", "lantern", "holiday", "engine", "bakery", "meeting", "island", "recipe", "window", "cousin",
    "ticket", "storm",
];

/// One row for each size.
pub async fn measure() -> Vec<Value> {
    let mut rows = Vec::new();
    for size in SIZES {
        rows.push(one(size).await);
    }
    rows
}

async fn one(size: usize) -> Value {
    let Ok(house) = House::open(Options::default()).await else { return Value::Null };
    let start = Instant::now();
    for from in (0..size).step_by(100) {
        let items: Vec<_> =
            (from..from + 100).map(|n| json!({ "content": text(n), "session": format!("s{}", n / 20) })).collect();
        call(&house, "/v1/memories", &json!({ "scope": "user:bench", "items": items })).await;
    }
    let stored = start.elapsed().as_secs_f64();
    let classified = queues::drain(&house).await.is_ok();
    let all = start.elapsed().as_secs_f64();
    let _ = schedule::start(&house, None).await;
    let slept = queues::drain(&house).await.is_ok();
    let (mut micros, mut receipt) = (Vec::new(), Value::Null);
    for n in 0..RECALLS {
        let body = json!({ "query": text(n * 7919), "scopes": ["user:bench"] });
        let start = Instant::now();
        receipt = call(&house, "/v1/recall", &body).await["receipt"].clone();
        micros.push(start.elapsed().as_secs_f64() * 1e6);
    }
    json!({
        "memories": size,
        "classified": classified && slept,
        "stored_per_s": (size as f64 / stored).round(),
        "classified_per_s": (size as f64 / all).round(),
        "recall_p50_micros": median(micros).round(),
        "stages": receipt["stages"],
        "requests": receipt["requests"],
        "bytes_received": receipt["bytes_received"],
    })
}

fn text(n: usize) -> String {
    let word = |k: usize| WORDS[(n / 24_usize.pow(k as u32) + k * n + k) % WORDS.len()];
    format!("Note {n}: the {} by the {} and a {} before the {}.", word(0), word(1), word(2), word(3))
}

async fn call(house: &House, path: &str, body: &Value) -> Value {
    let request = Request::post(path).header("authorization", "Bearer local").body(body.to_string().into_bytes());
    let Ok(request) = request else { return Value::Null };
    serde_json::from_slice(gateway::call(house, request).await.body()).unwrap_or_default()
}
