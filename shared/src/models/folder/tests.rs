use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::*;

fn fixture() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/models/folder/fixture"))
}

fn open() -> Folder {
    Folder::open(&fixture().display().to_string()).expect("the fixture")
}

/// Texts and their vectors, as `transformers` has them: fixture/make.py made them.
fn reference() -> Vec<(String, Vec<f32>)> {
    let read: Vec<Value> = serde_json::from_str(include_str!("fixture/vectors.json")).expect("vectors.json");
    let number = |x: &Value| x.as_f64().expect("a number") as f32;
    read.iter()
        .map(|line| {
            let vector = line["vector"].as_array().expect("numbers").iter().map(number).collect();
            (line["text"].as_str().expect("a text").to_owned(), vector)
        })
        .collect()
}

fn furthest(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[tokio::test]
async fn vectors_are_those_of_another_implementation() {
    let model = open();
    let (texts, expected): (Vec<String>, Vec<Vec<f32>>) = reference().into_iter().unzip();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for purpose in [Purpose::Store, Purpose::Search] {
        let vectors = model.embed(&texts, purpose).await.expect("vectors");
        for ((text, vector), expected) in texts.iter().zip(&vectors).zip(&expected) {
            let apart = furthest(vector, expected);
            assert!(apart < 1e-5, "{text:?} is {apart} apart");
        }
    }
}

#[tokio::test]
async fn a_batch_keeps_its_order_and_a_text_its_vector_whatever_stands_beside_it() {
    let model = open();
    let known = reference();
    // Far more tokens than go together.
    let many: Vec<&(String, Vec<f32>)> = known.iter().cycle().take(203).collect();
    let texts: Vec<&str> = many.iter().map(|(text, _)| text.as_str()).collect();
    let vectors = model.embed(&texts, Purpose::Store).await.expect("vectors");
    assert_eq!(vectors.len(), 203);
    for ((text, expected), vector) in many.iter().zip(&vectors) {
        assert!(furthest(vector, expected) < 1e-5, "{text:?}");
    }
}

#[tokio::test]
async fn a_text_of_nothing_known_has_a_vector_all_the_same() {
    let vectors = open().embed(&["", "\u{7}", "☃"], Purpose::Store).await.expect("vectors");
    assert_eq!(vectors.len(), 3);
}

#[tokio::test]
async fn a_query_is_encoded_once() {
    let model = open();
    let first = model.embed(&["where does Clara live?"], Purpose::Search).await.expect("a vector");
    let key = *blake3::hash(b"where does Clara live?").as_bytes();
    assert_eq!(model.queries.get(&key).map(|vector| vector.to_vec()).as_ref(), first.first());
    // What is in the cache is what is answered, also by a copy of the model's handle; what is stored does not go there.
    model.queries.insert(key, [0.6, 0.8].as_slice().into());
    let again = model.clone().embed(&["where does Clara live?"], Purpose::Search).await.expect("a vector");
    assert_eq!(again, [[0.6, 0.8]]);
    assert_eq!(model.embed(&["where does Clara live?"], Purpose::Store).await.expect("a vector"), first);
    assert_eq!(model.queries.len(), 1);
}

#[test]
fn kept_queries_are_bounded_in_bytes() {
    let model = open();
    for number in 0_u32..40_000 {
        let vector: Arc<[f32]> = vec![0.5; 384].into();
        model.queries.insert(*blake3::hash(&number.to_le_bytes()).as_bytes(), vector);
    }
    assert!(model.queries.weight() <= CACHE_BYTES && model.queries.len() > 1_000, "{}", model.queries.len());
}

#[test]
fn what_nobody_waits_for_is_broken_off() {
    let texts: Vec<String> = reference().into_iter().map(|(text, _)| text).cycle().take(500).collect();
    let asked = std::cell::Cell::new(0);
    let unwanted_later = || {
        asked.set(asked.get() + 1);
        asked.get() > 2
    };
    let vectors = open().loaded.encode(&texts, unwanted_later).expect("no error");
    assert_eq!((vectors.len(), asked.get()), (0, 3));
}

#[test]
fn the_fingerprint_is_of_the_model_and_not_of_its_place() {
    let copy = tempfile::tempdir().expect("a folder");
    for name in ["model.safetensors", "tokenizer.json", "config.json"] {
        fs::copy(fixture().join(name), copy.path().join(name)).expect("a copy");
    }
    let elsewhere = || Folder::open(&copy.path().display().to_string()).expect("the copy").fingerprint();
    assert_eq!(elsewhere(), open().fingerprint());
    let weights = copy.path().join("model.safetensors");
    let mut bytes = fs::read(&weights).expect("the weights");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&weights, bytes).expect("other weights");
    assert_ne!(elsewhere(), open().fingerprint());
}
