use std::time::Duration;

use serde_json::json;

use super::*;
use crate::error::Kind;
use crate::models::scripted::{Answer, Scripted, Then, nobody};

const TEXT: &str = "Mira is allergic to peanuts";

fn model(server: &Scripted) -> Ollama {
    Ollama::new(&server.url, "nomic-embed-text").expect("a model")
}

fn prompt(json: bool) -> Prompt {
    Prompt { system: "Classify.".to_owned(), user: TEXT.to_owned(), max_tokens: 300, json }
}

async fn refused(answer: Answer) -> Error {
    let server = Scripted::always(answer.clone()).await;
    let error = model(&server).embed(&[TEXT]).await.expect_err("an error");
    let conversed = model(&server).converse(&prompt(true)).await.expect_err("an error");
    assert_eq!(conversed.kind, error.kind, "both calls map {answer:?} alike");
    assert!(!error.detail.contains("Mira"), "{error}");
    error
}

#[tokio::test]
async fn texts_are_embedded_in_one_call_and_in_order() {
    let server = Scripted::always(Answer::json(&json!({ "embeddings": [[1.0, 0.0], [0.6, 0.8]] }))).await;
    let vectors = model(&server).embed(&[TEXT, "b"]).await.expect("vectors");
    assert_eq!(vectors, [[1.0, 0.0], [0.6, 0.8]]);
    let asked = server.asked();
    assert_eq!((asked.len(), asked[0].what.as_str()), (1, "POST /api/embed"));
    assert_eq!(
        asked[0].json(),
        json!({ "model": "nomic-embed-text", "input": [TEXT, "b"], "truncate": true, "keep_alive": "30m" })
    );
}

#[tokio::test]
async fn a_conversation_is_asked_with_rules_limits_and_no_chance() {
    let answer = json!({
        "message": { "role": "assistant", "content": "{}" },
        "done": true,
        "prompt_eval_count": 41,
        "eval_count": 2,
    });
    let server = Scripted::always(Answer::json(&answer)).await;
    let reply = model(&server).converse(&prompt(true)).await.expect("a reply");
    assert_eq!(reply, Reply { text: "{}".to_owned(), tokens_in: 41, tokens_out: 2 });
    model(&server).converse(&prompt(false)).await.expect("a reply");
    let asked = server.asked();
    let expected = json!({
        "model": "nomic-embed-text",
        "messages": [{ "role": "system", "content": "Classify." }, { "role": "user", "content": TEXT }],
        "stream": false,
        "think": false,
        "keep_alive": "30m",
        "format": "json",
        "options": { "num_ctx": 4_096, "num_predict": 300, "temperature": 0 },
    });
    assert_eq!((asked[0].what.as_str(), asked[0].json()), ("POST /api/chat", expected));
    assert_eq!(asked[1].json().get("format"), None);
}

#[tokio::test]
async fn counts_that_ollama_leaves_out_are_zero() {
    let server = Scripted::always(Answer::json(&json!({ "message": { "content": "yes" } }))).await;
    let reply = model(&server).converse(&prompt(false)).await.expect("a reply");
    assert_eq!((reply.tokens_in, reply.tokens_out), (0, 0));
}

#[tokio::test]
async fn answers_that_are_not_what_was_asked_for_are_an_error_that_repeats_no_text() {
    let cases = [
        r#"{"embeddings": [[1, 2], [3, 4]]}"#,
        r#"{"embeddings": []}"#,
        r#"{"embeddings": [[NaN, 1]]}"#,
        r#"{"embeddings": [[1e39, 1]]}"#,
        r#"{"embeddings": [["Mira is allergic to peanuts"]]}"#,
        r#"{"embedding": [1, 2]}"#,
        r#"{"message": {"role": "assistant", "content": " "}}"#,
        r#"{"message": {"role": "assistant"}}"#,
        "{\"embeddings\": [[1,",
        "Mira",
        "",
    ];
    for body in cases {
        let error = refused(Answer::Body(200, body.to_owned())).await;
        assert_eq!(error.kind, Kind::Internal, "{body}: {error}");
        assert!(error.detail.contains("answered"), "{body}: {error}");
    }
}

#[tokio::test]
async fn a_missing_model_says_how_to_get_it() {
    let body = r#"{"error": "model \"nomic-embed-text\" not found, try pulling it first"}"#;
    let error = refused(Answer::Body(404, body.to_owned())).await;
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.detail.contains("`ollama pull nomic-embed-text`"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_ollama_is_told_from_a_missing_model() {
    let error = refused(Answer::Body(404, "404 page not found".to_owned())).await;
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.detail.contains("is no Ollama server"), "{error}");
}

#[tokio::test]
async fn statuses_have_their_kinds() {
    let cases = [
        (429, "{}", Kind::Throttled),
        (500, r#"{"error": "Mira"}"#, Kind::Unavailable),
        (503, "busy", Kind::Unavailable),
        (400, r#"{"error": "\"nomic-embed-text\" does not support chat"}"#, Kind::Unavailable),
        (400, r#"{"error": "Mira"}"#, Kind::Internal),
        (307, "", Kind::Internal),
    ];
    for (status, body, kind) in cases {
        assert_eq!(refused(Answer::Body(status, body.to_owned())).await.kind, kind, "{status} {body}");
    }
    assert_eq!(refused(Answer::HalfABody).await.kind, Kind::Unavailable);
}

#[tokio::test]
async fn what_is_busy_or_broke_is_tried_again_and_nothing_else_is() {
    for (status, body, tries) in [(503, "busy", 3), (429, "{}", 3), (404, "{}", 1), (400, "{}", 1), (200, "{", 1)] {
        let server = Scripted::always(Answer::Body(status, body.to_owned())).await;
        model(&server).embed(&[TEXT]).await.expect_err("an error");
        assert_eq!(server.asked().len(), tries, "{status}");
    }
    let turn = std::sync::atomic::AtomicUsize::new(0);
    let server = Scripted::start(move |_| match turn.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Answer::Body(503, "busy".to_owned()),
        _ => Answer::json(&json!({ "embeddings": [[0.6, 0.8]] })),
    })
    .await;
    assert_eq!(model(&server).embed(&[TEXT]).await.expect("vectors").len(), 1);
}

#[tokio::test]
async fn nobody_listening_is_unavailable_and_says_what_to_start() {
    let model = Ollama::new(&nobody().await, "qwen3:4b").expect("a model");
    let error = model.embed(&[TEXT]).await.expect_err("an error");
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.detail.contains("ollama serve"), "{error}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_unavailable() {
    let server = Scripted::always(Answer::Silence).await;
    let mut model = model(&server);
    model.http = Client::builder().timeout(Duration::from_millis(80)).build().expect("a client");
    let error = model.embed(&[TEXT]).await.expect_err("an error");
    assert_eq!((error.kind, server.asked().len()), (Kind::Unavailable, 1));
    assert!(error.detail.contains("in time"), "{error}");
}

#[test]
fn only_loopback_counts_as_this_machine() {
    let place = |url: &str| Ollama::new(url, "qwen3:4b").expect("a model").place();
    for url in
        ["http://localhost:11434", "http://LOCALHOST", "http://127.0.0.1:1/", "http://127.8.9.1", "http://[::1]:1"]
    {
        assert_eq!(place(url), Place::Machine, "{url}");
    }
    let elsewhere =
        ["http://10.0.0.7:11434", "http://0.0.0.0:1", "http://localhost.example.com", "http://ollama:11434"];
    for url in elsewhere.into_iter().chain(["http://127.0.0.1.example.com", "http://[2001:db8::1]"]) {
        assert_eq!(place(url), Place::Account, "{url}");
    }
}

#[test]
fn urls_that_would_need_tls_or_carry_a_password_are_invalid() {
    for url in
        ["https://ollama.example.com", "ftp://localhost", "localhost:11434", "", "http://mira:pw@localhost:11434"]
    {
        let error = Ollama::new(url, "qwen3:4b").expect_err(url);
        assert_eq!((error.kind, error.field.as_deref()), (Kind::Invalid, Some("ollama_url")), "{url}");
        assert!(!error.detail.contains("pw"), "{error}");
    }
}

#[test]
fn models_in_ollamas_cloud_are_invalid_at_any_host() {
    for id in ["gpt-oss:120b-cloud", "kimi-k2:cloud"] {
        assert_eq!(Ollama::new("http://localhost:11434", id).expect_err(id).kind, Kind::Invalid);
    }
    Ollama::new("http://localhost:11434", "cloud-namer:7b").expect("a model");
}

#[tokio::test]
async fn a_path_before_the_api_is_kept() {
    let server = Scripted::always(Answer::json(&json!({ "done": true }))).await;
    let model = Ollama::new(&format!("{}/ollama/", server.url), "qwen3:4b").expect("a model");
    model.load(false).await.expect("loaded");
    assert_eq!(server.asked()[0].what, "POST /ollama/api/generate");
}

/// What was told of a streamed answer, and what it came to.
async fn aloud(answer: Answer) -> (Vec<String>, Result<Reply>) {
    let server = Scripted::always(answer).await;
    let told = std::sync::Mutex::new(Vec::new());
    let say = |text: &str| told.lock().expect("the list").push(text.to_owned());
    let reply = model(&server).converse_aloud(&prompt(false), &say).await;
    assert_eq!(server.asked()[0].json()["stream"], true);
    let told = told.lock().expect("the list").clone();
    (told, reply)
}

#[tokio::test]
async fn a_streamed_answer_is_told_as_it_comes_and_is_whole_at_its_end() {
    let (told, reply) = aloud(Answer::lines(&["To ", "P\u{f3}rto", "."], Then::End)).await;
    assert_eq!(told, ["To ", "P\u{f3}rto", "."]);
    let whole = Reply { text: "To P\u{f3}rto.".to_owned(), tokens_in: 7, tokens_out: 3 };
    assert_eq!(reply.expect("a reply"), whole);
}

#[tokio::test]
async fn a_streamed_answer_that_breaks_off_is_no_answer() {
    let error = b"{\"error\":\"out of memory\"}\n".to_vec();
    let line = |text: &str| format!("{}\n", json!({ "message": { "content": text } })).into_bytes();
    let ndjson = |pieces: Vec<Vec<u8>>| Answer::Pieces("application/x-ndjson", pieces, Then::End);
    for (answer, kind, part) in [
        (Answer::lines(&["To "], Then::Cut), Kind::Unavailable, "broke off"),
        (ndjson(vec![line("To ")]), Kind::Unavailable, "broke off"),
        (ndjson(vec![line("To "), error]), Kind::Unavailable, "in the middle"),
        (ndjson(vec![line("To "), b"{\"message\"\n".to_vec()]), Kind::Internal, "not as documented"),
    ] {
        let (told, reply) = aloud(answer.clone()).await;
        let error = reply.expect_err("no reply");
        assert_eq!((told, error.kind), (vec!["To ".to_owned()], kind), "{answer:?}");
        assert!(error.detail.contains(part), "{error}");
    }
    let (told, reply) = aloud(Answer::lines(&[], Then::End)).await;
    assert_eq!((told.len(), reply.expect_err("no text").kind), (0, Kind::Internal));
}
