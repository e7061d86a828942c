use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::error::Kind;
use crate::models::scripted::{Answer, Scripted, Then, bedrock_at, event, nobody};

const TITAN: &str = "amazon.titan-embed-text-v2:0";
const COHERE: &str = "cohere.embed-multilingual-v3";
const CLAUDE: &str = "eu.anthropic.claude-haiku-4-5-20251001-v1:0";
const TEXT: &str = "Mira is allergic to peanuts";

fn prompt() -> Prompt {
    Prompt { system: "Classify.".to_owned(), user: TEXT.to_owned(), max_tokens: 300, json: true }
}

async fn embed(id: &str, texts: &[&str], answer: Answer) -> (Result<Vec<Vec<f32>>>, Scripted) {
    let server = Scripted::always(answer).await;
    (Bedrock::new(server.bedrock(), id).embed(texts, Purpose::Store).await, server)
}

async fn refused(answer: Answer) -> Error {
    let (embedded, server) = embed(TITAN, &[TEXT], answer.clone()).await;
    let error = embedded.expect_err("an error");
    let conversed = Bedrock::new(server.bedrock(), TITAN).converse(&prompt()).await;
    assert_eq!(conversed.expect_err("an error").kind, error.kind, "both calls map {answer:?} alike");
    assert!(!error.detail.contains("Mira"), "{error}");
    error
}

fn answered(content: &Value) -> Answer {
    Answer::json(&json!({
        "output": { "message": { "role": "assistant", "content": content } },
        "stopReason": "end_turn",
        "usage": { "inputTokens": 41, "outputTokens": 7, "totalTokens": 48 },
        "metrics": { "latencyMs": 5 },
    }))
}

#[tokio::test]
async fn titan_is_asked_one_text_a_call_and_answers_in_order() {
    let server = Scripted::start(|asked| {
        let text = asked.json()["inputText"].as_str().expect("a text").to_owned();
        let number: f32 = text.parse().expect("a number");
        Answer::json(&json!({ "embedding": [number, 1.0], "inputTextTokenCount": 1 }))
    })
    .await;
    let texts: Vec<String> = (1..=20).map(|i| i.to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let vectors = Bedrock::new(server.bedrock(), TITAN).embed(&texts, Purpose::Store).await.expect("vectors");
    let expected: Vec<Vec<f32>> = (1..=20_u8).map(|i| vec![f32::from(i), 1.0]).collect();
    assert_eq!(vectors, expected);
    let asked = server.asked();
    assert_eq!(asked.len(), 20);
    for request in asked {
        assert_eq!(request.what, "POST /model/amazon.titan-embed-text-v2%3A0/invoke");
        let body = request.json();
        assert_eq!((&body["dimensions"], &body["normalize"]), (&json!(256), &json!(true)));
    }
}

#[tokio::test]
async fn the_first_titan_is_sent_the_text_alone() {
    let answer = Answer::json(&json!({ "embedding": [1.0], "inputTextTokenCount": 1 }));
    let (vectors, server) = embed("amazon.titan-embed-text-v1", &[TEXT], answer).await;
    assert_eq!(vectors.expect("a vector"), [[1.0]]);
    assert_eq!(server.asked()[0].json(), json!({ "inputText": TEXT }));
}

#[tokio::test]
async fn cohere_is_asked_96_texts_a_call_and_told_what_for() {
    let server = Scripted::start(|asked| {
        let count = asked.json()["texts"].as_array().expect("texts").len();
        Answer::json(&json!({ "embeddings": { "float": vec![[0.6, 0.8]; count] }, "texts": [] }))
    })
    .await;
    let model = Bedrock::new(server.bedrock(), COHERE);
    assert_eq!(model.embed(&[TEXT; 97], Purpose::Store).await.expect("vectors").len(), 97);
    model.embed(&[TEXT], Purpose::Search).await.expect("a vector");
    let mut bodies: Vec<Value> = server.asked().iter().map(|asked| asked.json()).collect();
    bodies.sort_by_key(|body| body["texts"].as_array().map(Vec::len));
    let search = bodies.iter().filter(|body| body["input_type"] == "search_query").count();
    assert_eq!((bodies.len(), search), (3, 1));
    assert_eq!(bodies[2]["texts"].as_array().map(Vec::len), Some(96));
    assert_eq!(bodies[2]["input_type"], "search_document");
    assert_eq!((&bodies[2]["embedding_types"], &bodies[2]["truncate"]), (&json!(["float"]), &json!("END")));
}

#[tokio::test]
async fn coheres_plain_answer_is_read_too() {
    let (vectors, _) = embed(COHERE, &[TEXT, "b"], Answer::json(&json!({ "embeddings": [[1, 0], [0, 1]] }))).await;
    assert_eq!(vectors.expect("vectors"), [[1.0, 0.0], [0.0, 1.0]]);
}

#[tokio::test]
async fn the_fourth_cohere_is_asked_in_its_own_words() {
    let answer = Answer::json(&json!({ "embeddings": { "float": [[1.0]] } }));
    let (_, server) = embed("us.cohere.embed-v4:0", &[TEXT], answer).await;
    let body = server.asked()[0].json();
    assert_eq!((&body["output_dimension"], &body["truncate"]), (&json!(256), &json!("RIGHT")));
}

#[tokio::test]
async fn a_long_text_is_cut_to_what_the_model_takes_between_characters() {
    let long = "ä".repeat(9000);
    for (id, field, characters) in [(COHERE, "/texts/0", 2048), (TITAN, "/inputText", 8192)] {
        let (_, server) = embed(id, &[&long], Answer::Body(500, String::new())).await;
        let sent = server.asked()[0].json().pointer(field).and_then(Value::as_str).map(|text| text.chars().count());
        assert_eq!(sent, Some(characters), "{id}");
    }
}

#[tokio::test]
async fn an_unknown_embedding_model_is_invalid_and_the_known_are_named() {
    let (error, server) = embed("stability.sd3-5-large-v1:0", &[TEXT], Answer::Silence).await;
    let error = error.expect_err("an error");
    assert_eq!(error.kind, Kind::Invalid);
    assert!(error.expected.expect("what is right").contains("amazon.titan-embed-text-v2:0"));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn vectors_that_are_not_what_was_asked_for_are_an_error_that_repeats_no_text() {
    let cases = [
        ("answered 1 vectors for 2 texts", r#"{"embeddings": [[1, 2]]}"#),
        ("answered 3 vectors for 2 texts", r#"{"embeddings": {"float": [[1], [1], [1]]}}"#),
        ("answered vectors of 2 and of 1 numbers", r#"{"embeddings": [[1, 2], [1]]}"#),
        ("not finite", r#"{"embeddings": [[1, 2], [1e39, 1]]}"#),
        ("all zero", r#"{"embeddings": [[1, 2], [0, 0]]}"#),
        ("all zero", r#"{"embeddings": [[], []]}"#),
        ("not as documented", r#"{"embeddings": [[1, 2], [NaN, 1]]}"#),
        ("not as documented", r#"{"embeddings": [[1, 2], [null, 1]]}"#),
        ("not as documented", r#"{"embeddings": "Mira is allergic to peanuts"}"#),
        ("not as documented", r#"{"texts": ["Mira is allergic to peanuts"]}"#),
        ("not as documented", r#"{"embeddings": [[1, 2"#),
        ("not as documented", "Mira is allergic to peanuts"),
        ("not as documented", ""),
    ];
    for (expected, body) in cases {
        let (vectors, _) = embed(COHERE, &[TEXT, "b"], Answer::Body(200, body.to_owned())).await;
        let error = vectors.expect_err(body);
        assert_eq!(error.kind, Kind::Internal, "{body}: {error}");
        assert!(error.detail.contains("answered") && error.detail.contains(expected), "{body}: {error}");
        assert!(!error.detail.contains("Mira"), "{error}");
    }
}

#[tokio::test]
async fn titans_vectors_must_be_of_one_size() {
    let server = Scripted::start(|asked| {
        let size = if asked.body.contains("Mira") { 2 } else { 3 };
        Answer::json(&json!({ "embedding": vec![1.0; size] }))
    })
    .await;
    let vectors = Bedrock::new(server.bedrock(), TITAN).embed(&[TEXT, "b"], Purpose::Store).await;
    assert_eq!(vectors.expect_err("an error").kind, Kind::Internal);
}

#[tokio::test]
async fn a_conversation_is_asked_with_rules_limits_and_no_chance() {
    let parts = json!([{ "text": "{\"kind\":" }, { "text": "\"fact\"}" }]);
    let server = Scripted::always(answered(&parts)).await;
    let reply = Bedrock::new(server.bedrock(), CLAUDE).converse(&prompt()).await.expect("a reply");
    assert_eq!(reply, Reply { text: r#"{"kind":"fact"}"#.to_owned(), tokens_in: 41, tokens_out: 7 });
    let asked = server.asked();
    assert_eq!(asked[0].what, format!("POST /model/{}/converse", CLAUDE.replace(':', "%3A")));
    let body = asked[0].json();
    assert_eq!(body["system"], json!([{ "text": "Classify." }]));
    assert_eq!(body["messages"], json!([{ "role": "user", "content": [{ "text": TEXT }] }]));
    assert_eq!(body["inferenceConfig"]["maxTokens"], 300);
    assert_eq!(body["inferenceConfig"]["temperature"].as_f64(), Some(0.0));
}

#[tokio::test]
async fn an_answer_without_text_is_internal_and_a_withheld_one_unavailable() {
    let withheld = json!({
        "output": { "message": { "role": "assistant", "content": [{ "text": "Sorry, I cannot." }] } },
        "stopReason": "guardrail_intervened",
    });
    let cases = [
        (answered(&json!([])), Kind::Internal),
        (answered(&json!([{ "text": "  \n" }])), Kind::Internal),
        (Answer::json(&json!({ "stopReason": "end_turn" })), Kind::Internal),
        (Answer::Body(200, "{\"output\": {\"mess".to_owned()), Kind::Internal),
        (Answer::Body(200, "<html>".to_owned()), Kind::Internal),
        (Answer::json(&withheld), Kind::Unavailable),
        (Answer::HalfABody, Kind::Unavailable),
    ];
    for (answer, kind) in cases {
        let server = Scripted::always(answer.clone()).await;
        let error = Bedrock::new(server.bedrock(), CLAUDE).converse(&prompt()).await.expect_err("an error");
        assert_eq!(error.kind, kind, "{answer:?}: {error}");
    }
}

#[tokio::test]
async fn throttling_is_throttled_by_its_name_or_its_status() {
    let cases = [(429, "ThrottlingException"), (400, "ServiceQuotaExceededException"), (429, "SomethingNewException")];
    for (status, kind) in cases {
        assert_eq!(refused(Answer::Aws(status, kind, TEXT)).await.kind, Kind::Throttled, "{kind}");
    }
}

#[tokio::test]
async fn a_service_that_fails_is_unavailable() {
    let cases = [
        (408, "ModelTimeoutException"),
        (429, "ModelNotReadyException"),
        (424, "ModelErrorException"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
        (502, "SomethingNewException"),
    ];
    for (status, kind) in cases {
        assert_eq!(refused(Answer::Aws(status, kind, TEXT)).await.kind, Kind::Unavailable, "{kind}");
    }
    assert_eq!(refused(Answer::Body(502, "<html>Mira</html>".to_owned())).await.kind, Kind::Unavailable);
    assert_eq!(refused(Answer::HalfABody).await.kind, Kind::Unavailable);
}

#[tokio::test]
async fn a_model_that_is_missing_or_not_allowed_is_unavailable_and_says_what_to_do() {
    let on_demand =
        "Invocation of model ID x with on-demand throughput isn't supported. Retry with an inference profile.";
    let cases = [
        (404, "ResourceNotFoundException", "Mira", "model access"),
        (403, "AccessDeniedException", "Mira", "bedrock:InvokeModel"),
        (400, "ValidationException", "The provided model identifier is invalid.", "model access"),
        (400, "ValidationException", on_demand, "us.amazon.titan-embed-text-v2:0"),
        (403, "UnrecognizedClientException", "Mira", "credentials"),
    ];
    for (status, kind, message, hint) in cases {
        let error = refused(Answer::Aws(status, kind, message)).await;
        assert_eq!(error.kind, Kind::Unavailable, "{kind}");
        assert!(error.detail.contains(TITAN) && error.detail.contains(hint), "{error}");
    }
}

#[tokio::test]
async fn a_request_that_bedrock_finds_wrong_is_our_fault() {
    let error = refused(Answer::Aws(400, "ValidationException", "Malformed input request: Mira is allergic")).await;
    assert_eq!(error.kind, Kind::Internal);
    assert!(error.detail.contains("ValidationException"), "{error}");
}

#[tokio::test]
async fn nobody_listening_is_unavailable_and_says_why() {
    let model = Bedrock::new(bedrock_at(&nobody().await), TITAN);
    let error = model.embed(&[TEXT], Purpose::Store).await.expect_err("an error");
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.detail.contains("Connection refused"), "{error}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_unavailable_in_time() {
    let server = Scripted::always(Answer::Silence).await;
    let mut model = Bedrock::new(server.bedrock(), TITAN);
    model.timeout = Duration::from_millis(80);
    let error = model.embed(&[TEXT], Purpose::Store).await.expect_err("an error");
    assert_eq!((error.kind, server.asked().len()), (Kind::Unavailable, 1));
    assert!(error.detail.contains("80 ms"), "{error}");
}

#[tokio::test]
async fn calls_can_run_on_any_thread() {
    fn sendable<T: Send>(value: T) -> T {
        value
    }
    let model = Bedrock::new(bedrock_at("http://127.0.0.1:1"), TITAN);
    drop(sendable(model.embed(&[TEXT], Purpose::Store)));
    drop(sendable(model.converse(&prompt())));
}

/// What was told of a streamed answer, and what it came to.
async fn aloud(answer: Answer) -> (Vec<String>, Result<Reply>) {
    let server = Scripted::always(answer).await;
    let told = std::sync::Mutex::new(Vec::new());
    let say = |text: &str| told.lock().expect("the list").push(text.to_owned());
    let reply = Bedrock::new(server.bedrock(), CLAUDE).converse_aloud(&prompt(), &say).await;
    assert!(server.asked()[0].what.ends_with("/converse-stream"), "{}", server.asked()[0].what);
    let told = told.lock().expect("the list").clone();
    (told, reply)
}

#[tokio::test]
async fn a_streamed_answer_is_told_as_it_comes_and_is_whole_at_its_end() {
    let (told, reply) = aloud(Answer::events(&["To ", "P\u{f3}rto", "."], Then::End)).await;
    assert_eq!(told, ["To ", "P\u{f3}rto", "."]);
    let whole = Reply { text: "To P\u{f3}rto.".to_owned(), tokens_in: 41, tokens_out: 7 };
    assert_eq!(reply.expect("a reply"), whole);
}

#[tokio::test]
async fn a_streamed_answer_that_breaks_off_is_no_answer() {
    let part = || event("event", "contentBlockDelta", &json!({ "contentBlockIndex": 0, "delta": { "text": "To " } }));
    let stopped = |why: &str| event("event", "messageStop", &json!({ "stopReason": why }));
    let exception = |name: &str| event("exception", name, &json!({ "message": "Mira is too much" }));
    let stream = |pieces: Vec<Vec<u8>>| Answer::Pieces("application/vnd.amazon.eventstream", pieces, Then::End);
    let mut mangled = part();
    mangled[20] ^= 1;
    for (answer, kind) in [
        (Answer::events(&["To "], Then::Cut), Kind::Unavailable),
        (stream(vec![part()]), Kind::Unavailable),
        (stream(vec![part(), mangled]), Kind::Unavailable),
        (stream(vec![part(), stopped("guardrail_intervened")]), Kind::Unavailable),
        (stream(vec![part(), exception("modelStreamErrorException")]), Kind::Unavailable),
        (stream(vec![part(), exception("throttlingException")]), Kind::Throttled),
    ] {
        let (told, reply) = aloud(answer.clone()).await;
        let error = reply.expect_err("no reply");
        assert_eq!((told, error.kind), (vec!["To ".to_owned()], kind), "{answer:?}: {error}");
        assert!(!error.detail.contains("Mira"), "{error}");
    }
}

/// A client that tries again as a deployed function's does.
fn persistent(server: &Scripted) -> Client {
    Client::from_conf(server.bedrock().config().to_builder().retry_config(tries()).build())
}

#[tokio::test]
async fn what_is_busy_for_a_moment_is_asked_again() {
    let asked = AtomicUsize::new(0);
    let server = Scripted::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Answer::Aws(429, "ThrottlingException", "slow down"),
        1 => Answer::Aws(503, "ServiceUnavailableException", "in a moment"),
        _ => answered(&json!([{ "text": "note" }])),
    })
    .await;
    let reply = Bedrock::new(persistent(&server), CLAUDE).converse(&prompt()).await.expect("an answer");
    assert_eq!((reply.text.as_str(), server.asked().len()), ("note", 3));
}

#[tokio::test]
async fn what_stays_busy_is_asked_three_times_and_no_more() {
    let server = Scripted::always(Answer::Aws(429, "ThrottlingException", "slow down")).await;
    let error = Bedrock::new(persistent(&server), CLAUDE).converse(&prompt()).await.expect_err("an error");
    assert_eq!((error.kind, server.asked().len()), (Kind::Throttled, 3));
}

#[tokio::test]
async fn reaching_opens_a_connection_whatever_is_answered_and_asks_no_model() {
    for answer in [Answer::Aws(403, "AccessDeniedException", "no"), Answer::json(&json!({"asyncInvokeSummaries": []}))]
    {
        let server = Scripted::always(answer).await;
        Bedrock::new(server.bedrock(), CLAUDE).reach().await;
        let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.what).collect();
        assert_eq!(asked, ["GET /async-invoke?maxResults=1"]);
    }
}
