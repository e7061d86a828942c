use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::*;
use crate::index::Fingerprint;
use crate::models::Place;
use crate::models::scripted::{Answer, Asked, Scripted, Then, nobody};
use crate::receipt::metered;

const TITAN: &str = "bedrock:amazon.titan-embed-text-v2:0";
const COHERE: &str = "bedrock:cohere.embed-english-v3";
const NOMIC: &str = "ollama:nomic-embed-text";
const CLAUDE: &str = "bedrock:anthropic.claude-3-haiku-20240307-v1:0";
const LONG: Duration = Duration::from_secs(20);
const ALL: [Sensitivity; 4] =
    [Sensitivity::General, Sensitivity::Confidential, Sensitivity::Secret, Sensitivity::UltraSecret];

/// What a model in good health answers, by any of the interfaces.
fn healthy(asked: &Asked) -> Answer {
    let body = asked.json();
    let vectors = |field: &str| vec![json!([0.6, 0.8]); body[field].as_array().map_or(0, Vec::len)];
    let said = r#"{"kind":"fact"}"#;
    Answer::json(&match asked.what.as_str() {
        "POST /api/embed" => json!({ "embeddings": vectors("input") }),
        "POST /api/chat" => json!({ "message": { "content": said }, "prompt_eval_count": 9, "eval_count": 3 }),
        what if what.ends_with("/converse") => json!({
            "output": { "message": { "role": "assistant", "content": [{ "text": said }] } },
            "stopReason": "end_turn",
            "usage": { "inputTokens": 41, "outputTokens": 7, "totalTokens": 48 },
        }),
        _ if body.get("texts").is_some() => json!({ "embeddings": { "float": vectors("texts") } }),
        _ => json!({ "embedding": [0.8, 0.6] }),
    })
}

fn route(task: Task, text: &str, bedrock: &Scripted, ollama_url: &str) -> Route {
    let backends = Backends { bedrock: Some(bedrock.bedrock()), ollama_url: ollama_url.to_owned() };
    Route::parse(task, text, &backends).expect("a route")
}

fn general(text: &str) -> Text<'_> {
    Text { text, sensitivity: Sensitivity::General }
}

fn outcomes(calls: &[ModelCall]) -> Vec<(&str, &str, usize)> {
    calls.iter().map(|call| (call.model.as_str(), call.outcome, call.texts)).collect()
}

fn prompt(user: &str) -> Prompt {
    Prompt { system: "Classify.".to_owned(), user: user.to_owned(), max_tokens: 100, json: true }
}

fn kind(reply: &Reply) -> Result<String> {
    let value: Value = serde_json::from_str(&reply.text).map_err(|_| Error::internal("the reply is not JSON"))?;
    value["kind"].as_str().map(str::to_owned).ok_or_else(|| Error::internal("the reply names no kind"))
}

#[tokio::test]
async fn the_first_model_that_answers_embeds_all_and_the_rest_are_not_asked() {
    let server = Scripted::start(healthy).await;
    let route = route(Task::Embed, &format!("{NOMIC},{TITAN}"), &server, &server.url);
    let embedded = route.embed(&[general("I moved to Lisbon"), general("and bought a cat")], LONG).await;
    let nomic = Fingerprint::of(NOMIC);
    let expected = Embedding::new(nomic, 1.0, &[0.6, 0.8]).expect("an embedding");
    for embedding in embedded.embeddings.iter().flatten() {
        assert_eq!((embedding.fingerprint, embedding.dimensions()), (nomic, 2));
        assert!(embedding.cosine_between(&expected).expect("one model") > 0.999);
    }
    assert_eq!(outcomes(&embedded.calls), [(NOMIC, "ok", 2)]);
    assert_eq!(embedded.embeddings.iter().flatten().count(), 2);
    assert!(embedded.calls[0].tokens_in >= 6 && embedded.calls[0].micros > 0, "{:?}", embedded.calls);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_longer_text_weighs_the_root_of_its_tokens() {
    let server = Scripted::start(healthy).await;
    let texts = ["cat", "the cat sat on the warm mat again and"];
    let embedded = route(Task::Embed, COHERE, &server, "").embed(&texts.map(general), LONG).await;
    for (text, embedding) in texts.iter().zip(&embedded.embeddings) {
        let weight = embedding.as_ref().expect("an embedding").weight;
        assert!((weight.powi(2) - builtin::count_tokens(text) as f32).abs() < 1e-3, "{text}: {weight}");
    }
}

#[tokio::test]
async fn a_missing_model_falls_through_and_says_how_to_get_it() {
    let missing = r#"{"error": "model \"nomic-embed-text\" not found, try pulling it first"}"#;
    let ollama = Scripted::always(Answer::Body(404, missing.to_owned())).await;
    let bedrock = Scripted::always(Answer::Aws(403, "AccessDeniedException", "no")).await;
    let route = route(Task::Embed, &format!("{NOMIC},{TITAN}"), &bedrock, &ollama.url);
    let embedded = route.embed(&[general("I moved to Lisbon")], LONG).await;
    assert_eq!(embedded.embeddings, [builtin::embed("I moved to Lisbon")]);
    let expected = [(NOMIC, "unavailable", 1), (TITAN, "unavailable", 1), ("builtin", "ok", 1)];
    assert_eq!(outcomes(&embedded.calls), expected);
    let detail = |i: usize| embedded.calls[i].detail.clone().unwrap_or_default();
    assert!(detail(0).contains("ollama pull nomic-embed-text"), "{}", detail(0));
    assert!(detail(1).contains("bedrock:InvokeModel"), "{}", detail(1));
    let written = serde_json::to_value(&embedded.calls[2]).expect("JSON");
    assert_eq!((&written["task"], &written["outcome"], written.get("detail")), (&json!("embed"), &json!("ok"), None));
}

#[tokio::test]
async fn every_way_to_fail_falls_through_to_the_builtin_model() {
    let cases = [
        (Answer::Aws(429, "ThrottlingException", "slow down"), "throttled"),
        (Answer::Body(500, "{}".to_owned()), "unavailable"),
        (Answer::HalfABody, "unavailable"),
        (Answer::Body(200, "{".to_owned()), "internal"),
        (Answer::Body(200, r#"{"embeddings": [[NaN]], "embedding": [NaN]}"#.to_owned()), "internal"),
        (Answer::Body(200, r#"{"embeddings": [], "embedding": []}"#.to_owned()), "internal"),
    ];
    for (answer, outcome) in cases {
        let server = Scripted::always(answer.clone()).await;
        let route = route(Task::Embed, &format!("{TITAN},{COHERE},{NOMIC}"), &server, &server.url);
        let embedded = route.embed(&[general("I moved to Lisbon")], LONG).await;
        let expected = [(TITAN, outcome, 1), (COHERE, outcome, 1), (NOMIC, outcome, 1), ("builtin", "ok", 1)];
        assert_eq!(outcomes(&embedded.calls), expected, "{answer:?}");
        assert_eq!(embedded.embeddings, [builtin::embed("I moved to Lisbon")]);
    }
}

#[tokio::test]
async fn past_the_deadline_only_the_builtin_model_answers() {
    let (silent, lively) = (Scripted::always(Answer::Silence).await, Scripted::start(healthy).await);
    let route = route(Task::Embed, &format!("{TITAN},{NOMIC}"), &silent, &lively.url);
    let begun = Instant::now();
    let embedded = route.embed(&[general("I moved to Lisbon")], Duration::from_millis(120)).await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    let expected = [(TITAN, "unavailable", 1), (NOMIC, "unavailable", 1), ("builtin", "ok", 1)];
    assert_eq!(outcomes(&embedded.calls), expected);
    assert!(embedded.calls[0].micros >= 100_000, "{:?}", embedded.calls[0]);
    assert_eq!(embedded.calls[1].detail.as_deref(), Some("no time was left to ask it"));
    assert_eq!((silent.asked().len(), lively.asked().len()), (1, 0), "with no time left nobody is asked");
    assert!(embedded.embeddings[0].is_some());

    let (vectors, calls) = route.embed_query("Lisbon", Sensitivity::General, Duration::ZERO).await;
    assert_eq!((vectors, calls.len()), (vec![builtin::embed_query("Lisbon")], 3));
    assert_eq!(lively.asked().len(), 0);
}

#[tokio::test]
async fn texts_that_one_model_may_not_see_go_on_to_the_next() {
    let (bedrock, ollama) = (Scripted::start(healthy).await, Scripted::start(healthy).await);
    let route = route(Task::Embed, &format!("{COHERE},{NOMIC}"), &bedrock, &ollama.url);
    let texts = ALL.map(|sensitivity| Text { text: "I moved to Lisbon", sensitivity });
    let embedded = route.embed(&texts, LONG).await;
    assert_eq!(outcomes(&embedded.calls), [(COHERE, "ok", 2), (NOMIC, "ok", 1)]);
    let made: Vec<_> = embedded.embeddings.iter().map(|e| e.as_ref().map(|e| e.fingerprint)).collect();
    let (cohere, nomic) = (Fingerprint::of(COHERE), Fingerprint::of(NOMIC));
    assert_eq!(made, [Some(cohere), Some(cohere), Some(nomic), None]);
}

#[tokio::test]
async fn a_text_of_nothing_is_sent_to_nobody() {
    let server = Scripted::start(healthy).await;
    let route = route(Task::Embed, TITAN, &server, "");
    let embedded = route.embed(&[general(""), general(" \n")], LONG).await;
    assert_eq!((embedded.embeddings, embedded.calls), (vec![None, None], vec![]));
    assert_eq!(route.embed(&[], LONG).await.embeddings, []);
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_query_is_embedded_by_the_first_that_answers_and_by_the_builtin_model() {
    let server = Scripted::start(|asked| match asked.what.as_str() {
        "POST /api/embed" => Answer::Body(500, String::new()),
        _ => healthy(asked),
    })
    .await;
    let route = route(Task::Embed, &format!("{NOMIC},{COHERE},{TITAN}"), &server, &server.url);
    let (vectors, calls) = route.embed_query("Lisbon", Sensitivity::Confidential, LONG).await;
    let expected = [QueryVector::new(Fingerprint::of(COHERE), vec![0.6, 0.8]), builtin::embed_query("Lisbon")];
    assert_eq!(vectors, expected);
    assert_eq!(outcomes(&calls), [(NOMIC, "unavailable", 1), (COHERE, "ok", 1), ("builtin", "ok", 1)]);
    assert_eq!(server.asked().last().expect("a request").json()["input_type"], "search_query");
}

#[tokio::test]
async fn a_query_to_the_builtin_model_first_asks_no_other() {
    let server = Scripted::start(healthy).await;
    let route = route(Task::Embed, &format!("builtin,{TITAN}"), &server, "");
    let (vectors, calls) = route.embed_query("Lisbon", Sensitivity::General, LONG).await;
    assert_eq!((vectors.len(), calls.len(), server.asked().len()), (1, 1, 0));
}

#[tokio::test]
async fn a_reply_that_does_not_parse_falls_through_and_is_counted() {
    let babbling = json!({ "message": { "content": "Sure! Here is it:" }, "prompt_eval_count": 9, "eval_count": 5 });
    let ollama = Scripted::always(Answer::json(&babbling)).await;
    let bedrock = Scripted::start(healthy).await;
    let route = route(Task::Classify, &format!("ollama:qwen3:4b,{CLAUDE}"), &bedrock, &ollama.url);
    let (found, calls) = route.converse(&prompt("I moved"), Sensitivity::General, LONG, kind).await;
    assert_eq!(found.as_deref(), Some("fact"));
    assert_eq!(outcomes(&calls), [("ollama:qwen3:4b", "internal", 1), (CLAUDE, "ok", 1)]);
    assert_eq!(calls[0].detail.as_deref(), Some("the reply is not JSON"));
    assert_eq!((calls[0].tokens_in, calls[0].tokens_out), (9, 5), "what was paid for is counted");
    assert_eq!((calls[1].tokens_in, calls[1].tokens_out), (41, 7));
    assert!(calls[1].is_ok() && !calls[0].is_ok());
}

#[tokio::test]
async fn where_no_model_answers_there_is_no_reply() {
    let bedrock = Scripted::always(Answer::Silence).await;
    let route_text = format!("ollama:qwen3:4b,{CLAUDE}");
    let all_down = route(Task::Summarize, &route_text, &bedrock, &nobody().await);
    let (found, calls) = all_down.converse(&prompt("x"), Sensitivity::General, Duration::from_millis(100), kind).await;
    assert_eq!(found, None);
    assert_eq!(outcomes(&calls), [("ollama:qwen3:4b", "unavailable", 1), (CLAUDE, "unavailable", 1)]);
    let none = route(Task::Summarize, "", &bedrock, "");
    let (found, calls) = none.converse(&prompt("x"), Sensitivity::General, LONG, kind).await;
    assert_eq!((found, calls), (None, vec![]));
}

#[tokio::test]
async fn a_model_that_keeps_failing_is_skipped_and_tried_once_after_a_pause() {
    let is_up = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&is_up);
    let server = Scripted::start(move |asked| match switch.load(Ordering::SeqCst) {
        true => healthy(asked),
        false => Answer::Aws(503, "ServiceUnavailableException", "no"),
    })
    .await;
    let health = Health::default();
    let classify = route(Task::Classify, CLAUDE, &server, "").watched(&health);
    let converse = route(Task::Converse, CLAUDE, &server, "").watched(&health);
    let ask = async |route: &Route| {
        let (found, calls) = route.converse(&prompt("I moved"), Sensitivity::General, LONG, kind).await;
        (found.is_some(), calls[0].outcome)
    };
    for _ in 0..5 {
        assert_eq!(ask(&classify).await, (false, "unavailable"));
    }
    assert_eq!((ask(&classify).await, ask(&converse).await), ((false, "open"), (false, "open")), "for every task");
    assert_eq!(server.asked().len(), 5);
    let state = || health.report(&[&classify, &converse])[0].clone();
    assert_eq!((state().state, state().calls, state().errors), (crate::models::health::State::Open, 5, 5));

    is_up.store(true, Ordering::SeqCst);
    later(crate::models::breaker::FIRST_PAUSE).await;
    assert_eq!((ask(&converse).await, ask(&classify).await), ((true, "ok"), (true, "ok")));
    assert_eq!((state().state, state().calls, state().tokens_in), (crate::models::health::State::Ready, 7, 82));
}

/// Lets the runtime's clock go on without waiting. Only while no request is under way: paused, its timers run out at once.
async fn later(wait: Duration) {
    tokio::time::pause();
    tokio::time::advance(wait).await;
    tokio::time::resume();
}

#[tokio::test]
async fn an_open_model_gives_way_without_a_word_to_it() {
    let server = Scripted::always(Answer::Aws(429, "ThrottlingException", "slow down")).await;
    let route = route(Task::Embed, TITAN, &server, "");
    for n in 0..7 {
        let outcome = if n < 5 { "throttled" } else { "open" };
        let embedded = route.embed(&[general("I moved to Lisbon")], LONG).await;
        assert_eq!(outcomes(&embedded.calls), [(TITAN, outcome, 1), ("builtin", "ok", 1)]);
        let (vectors, calls) = route.embed_query("Lisbon", Sensitivity::General, Duration::ZERO).await;
        assert_eq!((vectors.len(), calls[0].outcome), (1, "unavailable"), "no time left is no failure of the model");
    }
    assert_eq!(server.asked().len(), 5);
}

#[tokio::test]
async fn answers_that_make_no_sense_do_not_open_the_circuit() {
    let server = Scripted::start(healthy).await;
    let route = route(Task::Classify, CLAUDE, &server, "");
    for _ in 0..8 {
        let nothing = |_: &Reply| Err::<(), _>(Error::internal("it made no sense"));
        let (_, calls) = route.converse(&prompt("I moved"), Sensitivity::General, LONG, nothing).await;
        assert_eq!(calls[0].outcome, "internal");
    }
    assert_eq!(server.asked().len(), 8);
}

#[tokio::test]
async fn equal_texts_are_embedded_once() {
    let server = Scripted::start(healthy).await;
    let route = route(Task::Embed, COHERE, &server, "");
    let texts = ["a cat", "a dog", "a cat"].map(general);
    let (embedded, receipt) = metered(route.embed(&texts, LONG)).await;
    assert_eq!(server.asked()[0].json()["texts"], json!(["a cat", "a dog"]));
    assert_eq!((embedded.embeddings.iter().flatten().count(), receipt.memo_hits, receipt.memo_misses), (3, 0, 2));
    assert_eq!(embedded.embeddings[0], embedded.embeddings[2]);

    let (again, receipt) = metered(route.embed(&texts, LONG)).await;
    assert_eq!((again.embeddings, outcomes(&again.calls)), (embedded.embeddings, vec![(COHERE, "memo", 3)]));
    assert_eq!((receipt.memo_hits, receipt.memo_misses), (3, 0));
    let mixed = route.embed(&["a cat", "a bird"].map(general), LONG).await;
    assert_eq!(mixed.embeddings.iter().flatten().count(), 2);
    assert_eq!(server.asked()[1].json()["texts"], json!(["a bird"]));

    for _ in 0..2 {
        let (vectors, _) = route.embed_query("a cat", Sensitivity::General, LONG).await;
        assert_eq!(vectors.len(), 2);
    }
    let searched: Vec<_> = server.asked().iter().map(|asked| asked.json()["input_type"].clone()).collect();
    assert_eq!(searched, ["search_document", "search_document", "search_query"]);
}

#[tokio::test]
async fn what_a_call_cost_is_known_or_null() {
    let server = Scripted::start(healthy).await;
    let nova = "bedrock:amazon.nova-lite-v1:0";
    let route = route(Task::Converse, &format!("{nova},{CLAUDE},ollama:qwen3:4b"), &server, &server.url);
    let mut costs = Vec::new();
    for skipped in 0..3 {
        let turn = std::sync::atomic::AtomicUsize::new(0);
        let nth = |_: &Reply| match turn.fetch_add(1, Ordering::SeqCst) {
            n if n < skipped => Err(Error::internal("not this one")),
            _ => Ok(()),
        };
        let (_, calls) = route.converse(&prompt("I moved"), Sensitivity::General, LONG, nth).await;
        costs.push(calls.last().expect("a call").dollars.map(|dollars| dollars.nanos()));
    }
    // 41 tokens at 0.06 dollars a million, and 7 at 0.24; one that prices.json does not name; one on this machine.
    assert_eq!(costs, [Some(41 * 60 + 7 * 240), None, Some(0)]);
}

#[tokio::test]
async fn routes_can_run_on_any_thread() {
    fn sendable<T: Send>(value: T) -> T {
        value
    }
    let server = Scripted::start(healthy).await;
    let route = route(Task::Embed, TITAN, &server, "");
    drop(sendable(route.embed(&[general("x")], LONG)));
    drop(sendable(route.embed_query("x", Sensitivity::General, LONG)));
    drop(sendable(route.converse(&prompt("x"), Sensitivity::General, LONG, kind)));
}

/// A generator good enough to choose cases with: xorshift, so that a failure comes again with its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }
}

#[tokio::test]
async fn whatever_the_chain_no_text_reaches_a_place_that_may_not_see_it() {
    // Every third request fails, so that texts fall through to the models behind.
    let sometimes = |asked: &Asked| match asked.body.len() % 3 {
        0 => Answer::Body(503, "{}".to_owned()),
        _ => healthy(asked),
    };
    let (account, machine) = (Scripted::start(sometimes).await, Scripted::start(sometimes).await);
    for seed in 1..=60_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let ollama_url = if dice.roll(2) == 0 { machine.url.clone() } else { account.url_elsewhere() };
        let mut names = vec![TITAN, COHERE, NOMIC, "builtin"];
        let mut chain = Vec::new();
        for _ in 0..=dice.roll(4) {
            chain.push(names.swap_remove(dice.roll(names.len())));
        }
        let embed = route(Task::Embed, &chain.join(","), &account, &ollama_url);
        let task = Task::ALL[1 + dice.roll(Task::ALL.len() - 1)];
        let converse = route(task, &format!("{CLAUDE},ollama:qwen3:4b"), &account, &ollama_url);

        let sensitivities: Vec<Sensitivity> = (0..dice.roll(9)).map(|_| ALL[dice.roll(4)]).collect();
        let marked: Vec<String> = sensitivities.iter().map(|s| format!("marked-{} {seed}", s.name())).collect();
        let texts: Vec<Text<'_>> =
            marked.iter().zip(&sensitivities).map(|(text, s)| Text { text, sensitivity: *s }).collect();
        let embedded = embed.embed(&texts, LONG).await;
        for (text, embedding) in texts.iter().zip(&embedded.embeddings) {
            assert_eq!(embedding.is_some(), text.sensitivity != Sensitivity::UltraSecret, "seed {seed}");
            let Some(embedding) = embedding else { continue };
            let maker = embed.chain().iter().find(|model| model.fingerprint() == embedding.fingerprint);
            assert!(maker.expect("of the chain").place().may_see(text.sensitivity), "seed {seed}");
        }
        if let Some(text) = texts.first() {
            let (vectors, _) = embed.embed_query(text.text, text.sensitivity, LONG).await;
            assert_eq!(vectors.is_empty(), text.sensitivity == Sensitivity::UltraSecret, "seed {seed}");
            let distinct: std::collections::HashSet<_> = vectors.iter().map(|vector| vector.fingerprint).collect();
            assert_eq!(distinct.len(), vectors.len(), "seed {seed}");
            converse.converse(&prompt(text.text), text.sensitivity, LONG, kind).await;
        }
    }
    for (place, server) in [(Place::Account, &account), (Place::Machine, &machine)] {
        let bodies: Vec<String> = server.asked().into_iter().map(|asked| asked.body).collect();
        assert!(bodies.len() > 20, "{place:?} was asked {} times", bodies.len());
        for sensitivity in ALL {
            let mark = format!("marked-{} ", sensitivity.name());
            let seen = bodies.iter().any(|body| body.contains(&mark));
            assert_eq!(seen, place.may_see(sensitivity), "{place:?} and {sensitivity:?}");
        }
    }
}

#[tokio::test]
async fn a_route_in_another_order_is_the_same_models_by_the_same_rules() {
    let server = Scripted::start(healthy).await;
    let health = Health::default();
    let usual = route(Task::Converse, &format!("ollama:a,ollama:b,{CLAUDE}"), &server, &server.url).watched(&health);
    let names = |route: &Route| route.chain().iter().map(Model::name).collect::<Vec<_>>();
    let turned = usual.ordered(&[CLAUDE, "ollama:unknown", "ollama:b"]);
    assert_eq!(names(&turned), [CLAUDE, "ollama:b", "ollama:a"]);
    assert_eq!(names(&usual.ordered(&[])), names(&usual));

    let (_, calls) = turned.converse(&prompt("marked"), Sensitivity::General, LONG, kind).await;
    assert_eq!(outcomes(&calls), [(CLAUDE, "ok", 1)]);
    let (_, calls) = turned.converse(&prompt("marked"), Sensitivity::Secret, LONG, kind).await;
    assert_eq!(outcomes(&calls), [("ollama:b", "ok", 1)], "first or not, it may not see this");
    assert_eq!(health.record(CLAUDE, Task::Converse).expect("a record").calls, 1, "the same health");
    for _ in 0..5 {
        health.begin(CLAUDE).expect("a turn").failed();
    }
    let (_, calls) = turned.converse(&prompt("marked"), Sensitivity::General, LONG, kind).await;
    assert_eq!(outcomes(&calls), [(CLAUDE, "open", 1), ("ollama:b", "ok", 1)]);

    let embed = route(Task::Embed, &format!("{NOMIC},{COHERE},builtin,{TITAN}"), &server, &server.url);
    assert_eq!(names(&embed.ordered(&[TITAN, COHERE])), [COHERE, NOMIC, "builtin", TITAN]);
}

#[tokio::test]
async fn what_a_model_said_before_it_failed_is_void_and_the_next_one_answers() {
    let ollama = Scripted::always(Answer::lines(&["{\"kind\":", "\"no"], Then::Cut)).await;
    let bedrock = Scripted::always(Answer::events(&["{\"kind\":", "\"fact\"}"], Then::End)).await;
    let route = route(Task::Converse, &format!("ollama:a,{CLAUDE}"), &bedrock, &ollama.url);
    let heard = std::sync::Mutex::new(Vec::new());
    let hear = |what: Heard| heard.lock().expect("the list").push(what);
    let (found, calls) = route.converse_aloud(&prompt("I moved"), Sensitivity::General, LONG, Some(&hear), kind).await;
    assert_eq!(found.as_deref(), Some("fact"));
    assert_eq!(outcomes(&calls), [("ollama:a", "unavailable", 1), (CLAUDE, "ok", 1)]);
    let heard = heard.lock().expect("the list").clone();
    let text = |text: &str| Heard::Text(text.to_owned());
    let void = Heard::Void { model: "ollama:a".to_owned(), detail: "ollama:a broke off its answer".to_owned() };
    assert_eq!(heard, [text("{\"kind\":"), text("\"no"), void, text("{\"kind\":"), text("\"fact\"}")]);
}

#[tokio::test]
async fn a_stream_that_stands_still_ends_at_the_deadline() {
    let server = Scripted::always(Answer::lines(&["{"], Then::Silence)).await;
    let route = route(Task::Converse, "ollama:a", &server, &server.url);
    let heard = std::sync::Mutex::new(Vec::new());
    let hear = |what: Heard| heard.lock().expect("the list").push(what);
    let within = Duration::from_millis(300);
    let (found, calls) =
        route.converse_aloud(&prompt("I moved"), Sensitivity::General, within, Some(&hear), kind).await;
    assert_eq!((found, outcomes(&calls)), (None, vec![("ollama:a", "unavailable", 1)]));
    assert!(matches!(heard.lock().expect("the list").last(), Some(Heard::Void { .. })));
}

#[tokio::test]
async fn a_vector_that_takes_long_from_afar_is_asked_for_twice_and_counted_twice() {
    let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let server = Scripted::start(move |asked| match count.fetch_add(1, Ordering::SeqCst) {
        0 => Answer::Silence,
        _ => healthy(asked),
    })
    .await;
    let health = Health::default();
    let route = route(Task::Embed, TITAN, &server, "").watched(&health);
    let embedded = route.embed(&[general("I moved to Lisbon")], LONG).await;
    assert_eq!((outcomes(&embedded.calls), embedded.calls[0].hedged), (vec![(TITAN, "ok", 1)], true));
    assert_eq!(embedded.calls[0].tokens_in as usize, 2 * builtin::count_tokens("I moved to Lisbon"));
    assert_eq!((server.asked().len(), health.report(&[&route])[0].hedges), (2, 1));
    let here = Scripted::always(Answer::Silence).await;
    let local = super::tests::route(Task::Embed, NOMIC, &server, &here.url);
    local.embed(&[general("I moved to Lisbon")], Duration::from_millis(400)).await;
    assert_eq!(here.asked().len(), 1, "a second call would make this machine slower still");
}

#[tokio::test]
async fn a_model_that_its_server_does_not_have_is_skipped_until_it_may_be_there() {
    let missing = r#"{"error": "model \"a\" not found, try pulling it first"}"#;
    let server = Scripted::start(move |asked| match asked.body.contains("\"ollama-has-it\"") {
        true => healthy(asked),
        false => Answer::Body(404, missing.to_owned()),
    })
    .await;
    let health = Health::default();
    let route = route(Task::Classify, "ollama:a,ollama:ollama-has-it", &server, &server.url).watched(&health);
    let ask = async || {
        let (found, calls) = route.converse(&prompt("I moved"), Sensitivity::General, LONG, kind).await;
        assert_eq!(found.as_deref(), Some("fact"));
        (calls[0].outcome, calls[0].detail.clone().unwrap_or_default())
    };
    assert_eq!(ask().await.0, "unavailable");
    let (outcome, detail) = ask().await;
    assert!(outcome == "missing" && detail.contains("ollama pull a"), "{detail}");
    assert_eq!(health.report(&[&route])[0].available, Some(false));
    health.is_there("ollama:a", Some(5));
    let report = &health.report(&[&route])[0];
    assert_eq!((report.available, report.loaded, report.vram_bytes), (Some(true), Some(true), Some(5)));
    assert_eq!(ask().await.0, "unavailable", "it is asked again");
    later(Duration::from_secs(61)).await;
    assert_eq!(ask().await.0, "unavailable", "and after a minute");
}
