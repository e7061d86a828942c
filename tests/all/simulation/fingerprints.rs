//! Vectors of two models: no answer mixes them.

use memorable::app::App;
use memorable::classify::rules;
use memorable::index::question::Question;
use memorable::index::ranking::{Background, Scored, Signals, Weights, rank};
use memorable::index::view::Source;
use memorable::index::{Embedding, Entry, Fingerprint, QueryVector, View};
use memorable::memory::{Memory, MemoryId, State};
use serde_json::{Value, json};

use super::seam::Rng;
use crate::support::{self, alice, house, store};

const OURS: Fingerprint = Fingerprint(1);
const THEIRS: Fingerprint = Fingerprint(2);
const DIMENSIONS: usize = 8;

fn vector(rng: &mut Rng, dimensions: usize) -> Vec<f32> {
    (0..dimensions).map(|_| rng.below(2001) as f32 / 1000.0 - 1.0).collect()
}

/// A row of a small view: which model embedded it, where any did, and in which session it stands.
type Row = (Option<Fingerprint>, usize);

fn entries(rows: &[Row], ours: &mut Rng, theirs: &mut Rng) -> Vec<Entry> {
    let entry = |(place, (model, session)): (usize, &Row)| {
        let memory = json!({
            "v": 1, "id": format!("{place:016}"), "revision": 1, "state": "pending", "content": "Soup again.",
            "session": format!("s{session}"), "recorded_at": "2026-01-02", "order": place, "updated_at": "2026-01-02",
            "fingerprint": "",
        });
        let memory: Memory = serde_json::from_value(memory).expect("a memory");
        let numbers = model.map(|model| vector(if model == OURS { ours } else { theirs }, DIMENSIONS));
        let embedding = model.zip(numbers).and_then(|(model, numbers)| Embedding::new(model, 1.0, &numbers));
        Entry::of(&memory, embedding)
    };
    rows.iter().enumerate().map(entry).collect()
}

fn scored(entries: &[Entry], vectors: &[QueryVector]) -> Vec<(usize, Signals)> {
    let view = View::new(&[Source { blocks: vec![entries], gone: &[] }]);
    let question = Question::new("soup", &std::collections::HashSet::new(), None);
    let scored: Vec<Scored> =
        rank(&view, &question, vectors, &Weights::default(), &Background::default(), |_| true).scored;
    let mut by_place: Vec<_> =
        scored.iter().map(|scored| (view.rows()[scored.row].entry.order as usize, scored.signals)).collect();
    by_place.sort_by_key(|(place, _)| *place);
    by_place
}

#[test]
fn the_vectors_of_another_model_change_no_cosine_of_this_one() {
    for seed in 0..300 {
        let mut rng = Rng::new(seed, 0);
        let models = [None, Some(OURS), Some(OURS), Some(THEIRS), Some(THEIRS)];
        let rows: Vec<Row> = (0..2 + rng.below(12)).map(|_| (models[rng.below(models.len())], rng.below(3))).collect();
        let asked = QueryVector::new(OURS, vector(&mut rng, DIMENSIONS));
        let [one, other] = [1, 2].map(|theirs| {
            let entries = entries(&rows, &mut Rng::new(seed, 7), &mut Rng::new(seed, theirs));
            let theirs = QueryVector::new(THEIRS, vector(&mut Rng::new(seed, 10 + theirs), DIMENSIONS));
            (scored(&entries, std::slice::from_ref(&asked)), scored(&entries, &[asked.clone(), theirs]))
        });
        for place in 0..rows.len() {
            let (one_alone, other_alone) = (one.0[place].1, other.0[place].1);
            assert_eq!(one_alone.semantic, other_alone.semantic, "seed {seed}, row {place} of {rows:?}");
            assert_eq!(one_alone.window, other_alone.window, "seed {seed}, row {place} of {rows:?}");
            if rows[place].0 == Some(OURS) {
                let (one, other) = (one.1[place].1, other.1[place].1);
                assert_eq!(one.semantic, other.semantic, "asked in both: seed {seed}, row {place} of {rows:?}");
            }
        }
    }
}

/// Gives each other memory of user:alice a vector of another model, as a route that changed would have left it.
async fn embed_elsewhere(house: &memorable_local::House, ids: &[MemoryId], rng: &mut Rng) {
    let memories = house.app.records.memories(&alice(), ids).await.expect("memories");
    for memory in memories.into_iter().flatten().step_by(2) {
        let classification = rules::classify(&memory.content, memory.speaker.as_deref(), memory.time());
        let memory = Memory { state: State::Ready, classification: Some(classification), ..memory };
        // As many numbers as ours have: only the fingerprint tells them apart.
        let entry = Entry::of(&memory, Embedding::new(THEIRS, 1.0, &vector(rng, 256)));
        house.app.records.classified(&alice(), &[(memory, entry)], support::now()).await.expect("a write");
    }
}

/// A night by a route whose model is away: it compacts, and embeds nothing anew.
async fn night_without_its_model(house: &memorable_local::House) {
    let mut config = house.app.config.clone();
    (config.route_embed, config.ollama_url) = ("ollama:away".to_owned(), "http://127.0.0.1:1".to_owned());
    let app = App::over(config, house.faults.http_client(), house.sdk.clone().into_builder()).expect("a container");
    let now = support::now();
    Box::pin(memorable::night::work(&app, &alice(), now.date(), now)).await.expect("a night");
}

#[tokio::test]
async fn a_scope_of_two_models_is_answered_as_if_the_other_had_said_nothing() {
    let mut answers: Vec<Vec<Value>> = Vec::new();
    for seed in 0..3 {
        let house = house().await;
        let mut ids = Vec::new();
        for n in 0..16 {
            let word = ["soup", "boats", "trains", "the garden"][n % 4];
            let turn =
                json!({ "content": format!("Note {n}: we talked of {word}."), "session": format!("s{}", n / 5) });
            ids.push(store(&house, turn).await.parse().expect("an id"));
        }
        embed_elsewhere(&house, &ids, &mut Rng::new(seed, 0)).await;
        support::drain(&house).await;
        night_without_its_model(&house).await;
        let entries = support::in_segments(&house.app, &support::index(&house).await).await;
        let foreign = entries.iter().filter(|e| e.embedding.as_ref().is_some_and(|e| e.fingerprint == THEIRS)).count();
        assert_eq!((foreign, entries.len()), (8, 16), "both models' vectors are in the segment");
        let body = json!({ "query": "What was said of the boat?", "scopes": ["user:alice"], "top_k": 16 });
        let (_, answer) = support::call(&house, "POST", "/v1/recall", body).await;
        let found = answer["memories"].as_array().expect("memories");
        let told = found.iter().map(|memory| json!([memory["id"], memory["score"], memory["signals"]])).collect();
        answers.push(told);
    }
    assert_eq!(answers[0].len(), 16);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}
