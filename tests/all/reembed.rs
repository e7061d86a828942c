//! Vectors made anew: the route to embed changes, and a night gives every memory what its best model makes of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use memorable::app::App;
use memorable::error::Result;
use memorable::index::{Entry, Fingerprint};
use memorable::memory::Time;
use memorable::models::budgets::{Budgets, Limits};
use memorable::models::builtin;
use memorable::models::routes::{Backends, Route, Task};
use memorable::night::{self, Checkpoint};
use memorable::recall::Request;
use memorable_local::House;
use memorable_local::aws::faults::Fault;
use serde_json::{Value, json};

use crate::scripted::{Answer, Asked, Scripted};
use crate::support::{alice, call, drain, house_with, in_segments, index, now};

/// Words that no table knows, each with another that means the same to the scripted model alone.
const PAIRS: [(&str, &str); 12] = [
    ("zorvex", "plimtang"),
    ("quandro", "hebbuk"),
    ("fjelmit", "ostrawe"),
    ("brumpol", "yikseth"),
    ("dwaskin", "lufquor"),
    ("xentubo", "marpild"),
    ("grolpha", "snewick"),
    ("tibbert", "zhaquol"),
    ("wumferd", "kepsilo"),
    ("jastrix", "nuddlow"),
    ("vobnick", "ethrupa"),
    ("pwiglen", "corzash"),
];
const NEW: &str = "ollama:meaning";
/// What only a model on this machine may see.
const SECRET: &str = "The password of the safe is Tr0ub4dor&3, remember it.";

/// A vector by what a text speaks of: one axis for each pair, and a little of the text itself.
fn vector(text: &str) -> Vec<f32> {
    let text = text.to_lowercase();
    let about = |(a, b): &(&str, &str)| if text.contains(a) || text.contains(b) { 1.0 } else { 0.0 };
    let mut vector: Vec<f32> = PAIRS.iter().map(about).collect();
    vector.extend((0..4).map(|i| 0.01 + f32::from(text.as_bytes().get(i).copied().unwrap_or_default()) / 4_000.0));
    vector
}

/// As Ollama and as Titan on Bedrock, each text its vector.
fn embeds(asked: &Asked) -> Answer {
    if asked.what.contains("/invoke") {
        let text = asked.json()["inputText"].as_str().unwrap_or_default().to_owned();
        return Answer::json(&json!({ "embedding": vector(&text), "inputTextTokenCount": 9 }));
    }
    Answer::json(&json!({ "embeddings": texts(asked).iter().map(|text| vector(text)).collect::<Vec<_>>() }))
}

fn texts(asked: &Asked) -> Vec<String> {
    let body = asked.json();
    let inputs = body["input"].as_array().cloned().unwrap_or_default();
    inputs.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// A container of the functions whose route to embed is this one.
fn container(house: &House, route: &str, url: &str) -> App {
    let mut config = house.app.config.clone();
    (config.route_embed, config.ollama_url) = (route.to_owned(), url.to_owned());
    App::over(config, house.faults.http_client(), house.sdk.clone().into_builder()).expect("a container")
}

/// Stores `count` memories, the first of which speak of the pairs' first words, and lets a night make them segments.
async fn filled(house: &House, count: usize) -> Vec<String> {
    let content = |n: usize| match PAIRS.get(n) {
        Some((word, _)) => format!("Yesterday the {word} stood by the door again."),
        None => format!("Line {n} of the ledger was copied by hand."),
    };
    // Turns, that none is taken for a repeat of another; what is looked for stands alone.
    let item = |n: usize| json!({ "content": content(n), "session": (n >= PAIRS.len()).then_some("ledger") });
    let items: Vec<Value> = (0..count).map(item).collect();
    let mut ids = Vec::new();
    for items in items.chunks(100) {
        let (status, stored) =
            call(house, "POST", "/v1/memories", json!({ "scope": "user:alice", "items": items })).await;
        assert_eq!(status, 202, "{stored}");
        let stored = stored["memories"].as_array().expect("memories").clone();
        ids.extend(stored.iter().map(|memory| memory["id"].as_str().expect("an id").to_owned()));
    }
    drain(house).await;
    night_of(&house.app, now()).await.expect("a night");
    ids
}

async fn night_of(app: &App, when: Time) -> Result<Checkpoint> {
    Box::pin(night::work(app, &alice(), when.date(), when)).await
}

fn later(days: i64) -> Time {
    now().plus(SignedDuration::from_hours(24 * days))
}

/// How many memories each model's vectors stand for, in segments and atlas; 0 for none. Facts are not counted.
async fn makers(house: &House) -> BTreeMap<u64, usize> {
    let mut makers = BTreeMap::new();
    let entries = in_segments(&house.app, &index(house).await).await;
    for entry in entries.into_iter().filter(|entry| entry.derived_from.is_none()) {
        *makers.entry(maker(&entry)).or_default() += 1;
    }
    makers
}

fn maker(entry: &Entry) -> u64 {
    entry.embedding.as_ref().map_or(0, |embedding| embedding.fingerprint.0)
}

async fn found(app: &App, query: &str) -> Vec<String> {
    let body = json!({ "query": query, "scopes": ["user:alice"], "top_k": 5 });
    let request = Request::parse(alice().tenant(), body.to_string().as_bytes()).expect("a request");
    let recalled = Box::pin(memorable::recall::recall(app, &request, now())).await.expect("an answer");
    recalled.found.iter().map(|found| found.memory.id.to_string()).collect()
}

/// Of the pairs' second words, how many find first what speaks of the first ones.
async fn hits(app: &App, ids: &[String]) -> usize {
    let mut hits = 0;
    for ((_, other), id) in PAIRS.iter().zip(ids) {
        hits += usize::from(found(app, other).await.first() == Some(id));
    }
    hits
}

/// That each memory is still found by its own words.
async fn all_are_found(app: &App, ids: &[String]) {
    for ((word, _), id) in PAIRS.iter().zip(ids) {
        assert_eq!(found(app, &format!("the {word} by the door")).await.first(), Some(id), "{word}");
    }
}

#[expect(clippy::disallowed_macros, reason = "figures, for whoever runs it with --nocapture")]
fn told(figures: &str) {
    eprintln!("{figures}");
}

fn new() -> u64 {
    Fingerprint::of(NEW).0
}

fn old() -> u64 {
    builtin::fingerprint().0
}

#[tokio::test]
async fn after_a_change_of_the_route_a_night_gives_every_memory_a_vector_by_which_the_new_model_finds_it() {
    // A small scope, and one that is mapped: of its candidates the codes tell how near they lie.
    for (atlas_from, count) in [("6000", 80), ("200", 420)] {
        let house = house_with(&[("MEMORABLE_ATLAS_FROM", atlas_from)]).await;
        let ids = filled(&house, count).await;
        assert_eq!(makers(&house).await, BTreeMap::from([(old(), count)]));
        let server = Scripted::start(embeds).await;
        let app = container(&house, NEW, &server.url);
        let before = hits(&app, &ids).await;
        all_are_found(&app, &ids).await;

        let done = night_of(&app, now()).await.expect("a night");
        let figures = (done.figure("reembed", "embedded"), done.figure("reembed", "replaced"));
        assert_eq!(figures, (count as u64, count as u64), "{done:?}");
        assert_eq!(makers(&house).await, BTreeMap::from([(new(), count)]));
        let after = hits(&container(&house, NEW, &server.url), &ids).await;
        told(&format!("{count} memories: {before} of {} by meaning before the night, {after} after it", PAIRS.len()));
        assert!(before <= 3 && after == PAIRS.len(), "{before} before, {after} after");
        all_are_found(&app, &ids).await;

        // It is done once.
        let asked = server.asked().len();
        let again = night_of(&app, later(1)).await.expect("a night");
        assert_eq!((again.figure("reembed", "embedded"), server.asked().len()), (0, asked));
        // And back: the model leaves the route, and the builtin one takes its place.
        night_of(&container(&house, "builtin", &server.url), later(2)).await.expect("a night");
        assert_eq!(makers(&house).await, BTreeMap::from([(old(), count)]));
        // What was gathered is swept once it is a day old.
        night_of(&container(&house, "builtin", &server.url), later(5)).await.expect("a night");
        let listed = house.app.objects.list("segments/").await.expect("objects");
        assert!(!listed.iter().any(|object| object.name.ends_with(".vectors")), "{listed:?}");
    }
}

#[tokio::test]
async fn what_a_model_may_not_see_keeps_its_vector_and_is_never_shown_nor_asked_about_again() {
    let house = house_with(&[]).await;
    crate::support::store(&house, json!({ "content": SECRET })).await;
    filled(&house, 30).await;
    let server = Scripted::start(embeds).await;
    // On another machine: what is secret stays here.
    let app = container(&house, NEW, &server.url_elsewhere());
    night_of(&app, now()).await.expect("a night");
    assert_eq!(makers(&house).await, BTreeMap::from([(new(), 30), (old(), 1)]));
    let asked = server.asked();
    assert!(!asked.iter().any(|asked| asked.body.contains("Tr0ub4dor")), "it went to a model elsewhere");
    for day in 1..4 {
        let done = night_of(&app, later(day)).await.expect("a night");
        assert_eq!(done.figure("reembed", "embedded") + done.figure("reembed", "waiting"), 0);
    }
    assert_eq!(server.asked().len(), asked.len());
}

#[tokio::test]
async fn old_vectors_hold_until_there_is_a_new_one_for_each_and_nothing_is_embedded_twice() {
    let house = house_with(&[]).await;
    let ids = filled(&house, 150).await;
    let server = Scripted::start(|asked: &Asked| {
        // It takes the first batch, and is away from then on.
        if texts(asked).iter().any(|text| text.contains("Line 149")) {
            Answer::Body(503, "{}".to_owned())
        } else {
            embeds(asked)
        }
    })
    .await;
    let app = container(&house, NEW, &server.url);
    let first = night_of(&app, now()).await.expect("a night");
    let embedded = first.figure("reembed", "embedded");
    assert!((64..150).contains(&embedded) && first.figure("reembed", "waiting") == 1, "{first:?}");
    assert!(first.due.is_some_and(|due| due < later(1)), "the next night goes on");
    assert_eq!(makers(&house).await, BTreeMap::from([(old(), 150)]), "half a scope is not switched");
    all_are_found(&app, &ids).await;
    // Sweeps leave alone what was gathered, however old.
    let better = Scripted::start(embeds).await;
    night_of(&container(&house, NEW, "http://127.0.0.1:1"), later(3)).await.expect("a night without the model");
    let second = night_of(&container(&house, NEW, &better.url), later(4)).await.expect("a night");
    assert_eq!(second.figure("reembed", "embedded"), 150 - embedded);
    assert_eq!(makers(&house).await, BTreeMap::from([(new(), 150)]));
    let again: BTreeSet<String> = better.asked().iter().flat_map(texts).collect();
    assert_eq!(again.len() as u64, 150 - embedded);
    assert_eq!(hits(&container(&house, NEW, &better.url), &ids).await, PAIRS.len());
}

#[tokio::test]
async fn a_text_that_the_model_refuses_keeps_its_vector_and_holds_up_nobody() {
    let house = house_with(&[]).await;
    crate::support::store(&house, json!({ "content": "A text that breaks the model, it seems." })).await;
    filled(&house, 20).await;
    let server = Scripted::start(|asked: &Asked| {
        if asked.body.contains("breaks the model") { Answer::Body(400, "{}".to_owned()) } else { embeds(asked) }
    })
    .await;
    let app = container(&house, NEW, &server.url);
    let done = night_of(&app, now()).await.expect("a night");
    assert_eq!((done.figure("reembed", "embedded"), done.figure("reembed", "left")), (20, 1), "{done:?}");
    assert_eq!(makers(&house).await, BTreeMap::from([(new(), 20), (old(), 1)]));
    let asked = server.asked().len();
    night_of(&app, later(1)).await.expect("a night");
    assert_eq!(server.asked().len(), asked, "it is not asked about again");
}

#[tokio::test]
async fn a_model_that_refuses_everything_marks_nothing_and_is_asked_more_and_more_seldom() {
    let house = house_with(&[]).await;
    filled(&house, 20).await;
    let server = Scripted::always(Answer::Body(400, "{}".to_owned())).await;
    let app = container(&house, NEW, &server.url);
    let mut tries = Vec::new();
    for day in 0..4 {
        let done = night_of(&app, later(day)).await.expect("a night");
        assert_eq!(done.figure("reembed", "waiting"), 1);
        tries.push(house.app.records.renewal(&alice()).await.expect("a read").expect("a note").tries);
    }
    assert_eq!(tries, [1, 2, 3, 4]);
    let better = Scripted::start(embeds).await;
    night_of(&container(&house, NEW, &better.url), later(5)).await.expect("a night");
    assert_eq!(makers(&house).await, BTreeMap::from([(new(), 20)]));
}

#[tokio::test]
async fn a_budget_that_is_spent_stops_it_until_the_next_day() {
    let house = house_with(&[]).await;
    filled(&house, 150).await;
    let server = Scripted::start(embeds).await;
    let model = "bedrock:amazon.titan-embed-text-v2:0";
    let app = || {
        let mut app = house.app.clone();
        let backends = Backends { bedrock: Some(server.bedrock()), ollama_url: server.url.clone() };
        app.embed = Route::parse(Task::Embed, model, &backends).expect("a route");
        let limits = Limits::parse(r#"{"default": {"embed": {"day": 0.000001}}}"#).expect("limits");
        app.budgets = Budgets::new(limits, house.app.records.clone());
        app
    };
    let mut embedded = Vec::new();
    for day in 0..4 {
        let done = night_of(&app(), later(day)).await.expect("a night");
        embedded.push(done.figure("reembed", "embedded"));
    }
    assert_eq!(embedded, [64, 64, 22, 0], "one batch a day, then all is done");
    assert_eq!(makers(&house).await, BTreeMap::from([(Fingerprint::of(model).0, 150)]));
}

/// A night after a change of the route in which three calls from that one on fail, so that the SDK gives up, and as many
/// nights after it as it takes. Gives the calls that were made, and how many nights stopped.
async fn stopped_at(url: String, first: Option<u64>) -> (u64, u64) {
    let house = house_with(&[("MEMORABLE_ATLAS_FROM", "40")]).await;
    let ids = filled(&house, 60).await;
    let app = container(&house, NEW, &url);
    house.faults.reset();
    let failing = first.map_or(0..0, |first| first..first + 3);
    failing.for_each(|nth| house.faults.fail_nth(nth, Fault::After));
    let mut stopped = 0;
    while night_of(&app, now()).await.is_err() {
        stopped += 1;
        assert!(stopped < 4, "it comes to no end");
    }
    let calls = house.faults.calls();
    house.faults.reset();
    assert_eq!(makers(&house).await, BTreeMap::from([(new(), 60)]), "after call {first:?} failed");
    all_are_found(&container(&house, NEW, &url), &ids).await;
    (calls, stopped)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_stops_at_any_call_is_followed_by_one_that_comes_to_the_same() {
    let server = Scripted::start(embeds).await;
    let (calls, _) = stopped_at(server.url.clone(), None).await;
    let mut runs = tokio::task::JoinSet::new();
    let mut stops = 0;
    for first in 1..=calls {
        runs.spawn(stopped_at(server.url.clone(), Some(first)));
        while runs.len() > 16 {
            stops += runs.join_next().await.expect("a run").expect("the same state").1;
        }
    }
    while let Some(run) = runs.join_next().await {
        stops += run.expect("the same state").1;
    }
    told(&format!("{calls} calls, {stops} nights stopped"));
    assert!(stops > calls / 2, "of {calls} calls only {stops} stopped a worker");
}

#[tokio::test]
async fn two_workers_at_once_come_to_the_same_as_one() {
    let house = house_with(&[]).await;
    let ids = filled(&house, 150).await;
    let server = Scripted::start(embeds).await;
    let (one, other) = (container(&house, NEW, &server.url), container(&house, NEW, &server.url));
    let (a, b) = tokio::join!(night_of(&one, now()), night_of(&other, now()));
    assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
    assert_eq!(makers(&house).await, BTreeMap::from([(new(), 150)]));
    assert_eq!(hits(&one, &ids).await, PAIRS.len());
}
