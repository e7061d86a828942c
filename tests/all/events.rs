//! Every file of events/ goes through the function it is for, as Lambda would hand it over, at its own time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use lambda_http::request::LambdaRequest;
use memorable::access;
use memorable::memory::{State, Tenant, Time};
use memorable_local::House;
use memorable_local::gateway::{self, Function};
use optimize::Answer;
use serde_json::{Value, json};

use crate::support::{alice, house};

/// Stands in the files for a memory's id.
const PLACEHOLDER: &str = "0000000000000000";

/// HTTP events in an order in which they can follow each other, with the status each is answered with on a new house.
const HTTP: [(&str, u16); 48] = [
    ("health.json", 200),
    ("openapi.json", 200),
    ("docs.json", 200),
    ("ingest-one.json", 202),
    ("ingest-items.json", 202),
    ("ingest-messages.json", 202),
    ("recall.json", 200),
    ("recall-list.json", 200),
    ("recall-session.json", 200),
    ("recall-summary.json", 200),
    ("recall-digest.json", 404),
    ("recall-night.json", 404),
    ("recall-models.json", 200),
    ("recall-tuning.json", 200),
    ("ingest-settings.json", 200),
    ("recall-settings.json", 200),
    ("ingest-rollback.json", 404),
    ("recall-get.json", 404),
    ("recall-history.json", 404),
    ("recall-links.json", 404),
    ("recall-graph.json", 200),
    ("recall-insights.json", 200),
    ("ingest-patch.json", 404),
    ("ingest-feedback.json", 404),
    ("recall-classify.json", 200),
    ("recall-feedback-requests.json", 200),
    ("ingest-delete.json", 404),
    ("chat.json", 200),
    ("mem0-search.json", 200),
    ("mcp.json", 200),
    ("mcp-stream.json", 405),
    ("mcp-token.json", 200),
    ("mcp-token-stream.json", 405),
    ("ingest-files.json", 200),
    ("transfer-import.json", 202),
    ("transfer-get-import.json", 404),
    ("transfer-start.json", 404),
    ("transfer-start-export.json", 404),
    ("transfer-export.json", 202),
    ("transfer-get-export.json", 404),
    ("ingest-webhook.json", 201),
    ("ingest-webhook-patch.json", 404),
    ("ingest-webhook-delete.json", 404),
    ("ingest-webhook-test.json", 404),
    ("ingest-webhook-redeliver.json", 404),
    ("recall-webhooks.json", 200),
    ("recall-webhook.json", 404),
    ("recall-webhook-deliveries.json", 404),
];
/// Those of them that name a memory, with the status once it is there. Forgetting it comes last.
const NAMING: [(&str, u16); 6] = [
    ("ingest-feedback.json", 200),
    ("recall-get.json", 200),
    ("recall-history.json", 200),
    ("recall-links.json", 200),
    ("ingest-patch.json", 202),
    ("ingest-delete.json", 200),
];
/// Those that name a webhook, with the status once it is there. Removing it comes last.
const NAMING_A_WEBHOOK: [(&str, u16); 5] = [
    ("recall-webhook.json", 200),
    ("recall-webhook-deliveries.json", 200),
    ("ingest-webhook-patch.json", 200),
    ("ingest-webhook-test.json", 202),
    ("ingest-webhook-delete.json", 200),
];
const STREAM: &str = "deliver-stream.json";
const DELIVER: &str = "deliver-batch.json";
const CLASSIFY: &str = "classify.json";
const AUTHORIZE: &str = "authorize.json";
const SCHEDULE: &str = "optimize-schedule.json";
const SCOPE: &str = "optimize-scope.json";
const TURN: &str = "transfer-turn.json";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

fn event(file: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(file)).expect("an event");
    serde_json::from_str(&text).expect("JSON")
}

/// The event with another id in place of the placeholder. Headers stay: a trace id has as many zeros.
fn with_id(event: &Value, id: &str) -> Value {
    match event {
        Value::String(text) => Value::String(text.replace(PLACEHOLDER, id)),
        Value::Array(values) => Value::Array(values.iter().map(|value| with_id(value, id)).collect()),
        Value::Object(fields) => {
            let mut changed = fields.clone();
            for (name, value) in &mut changed {
                if name != "headers" {
                    *value = with_id(value, id);
                }
            }
            Value::Object(changed)
        }
        other => other.clone(),
    }
}

fn milliseconds(since_1970: i64) -> Time {
    Time::from_micros(since_1970 * 1_000)
}

/// What the function behind the event's route answers, at the time the event tells.
async fn answered(house: &House, event: &Value) -> (u16, Value) {
    let route = event["routeKey"].as_str().expect("a route");
    let known = gateway::routes().into_iter().find(|(known, _)| *known == route);
    let (_, function) = known.expect("a route of the gateway");
    let now = milliseconds(event["requestContext"]["timeEpoch"].as_i64().expect("a time"));
    let request: lambda_http::Request =
        serde_json::from_value::<LambdaRequest>(event.clone()).expect("an event of API Gateway").into();
    let response = match function {
        Function::Ingest => Box::pin(ingest::handle_at(&house.app, request, now)).await,
        Function::Recall => Box::pin(recall::handle_at(&house.app, request, now)).await,
        Function::Chat => Box::pin(chat::handle_at(&house.app, request, now)).await,
        Function::Mem0 => Box::pin(mem0::handle_at(&house.app, request, now)).await,
        Function::Mcp => Box::pin(mcp::handle_at(&house.app, request, now)).await,
        Function::Transfer => Box::pin(transfer::handle_at(&house.app, request, now)).await,
    };
    let status = response.status().as_u16();
    let content_type = response.headers()["content-type"].to_str().expect("text");
    if route == "GET /docs" {
        assert_eq!(content_type, "text/html; charset=utf-8");
        return (status, Value::Null);
    }
    let answer: Value = serde_json::from_slice(response.body()).expect("a JSON answer");
    let expected = if status < 400 { "application/json" } else { "application/problem+json" };
    assert_eq!(content_type, expected, "of {route}: {answer}");
    (status, answer)
}

/// When SQS took the first message of the event.
fn sent_at(event: &Value) -> Time {
    let text = event["Records"][0]["attributes"]["SentTimestamp"].as_str().expect("a time");
    milliseconds(text.parse().expect("milliseconds"))
}

fn failures(response: &SqsBatchResponse) -> Vec<&str> {
    response.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect()
}

/// Takes in the three files that store: one memory, three and four.
async fn stored_all(house: &House) {
    for file in ["ingest-one.json", "ingest-items.json", "ingest-messages.json"] {
        let (status, answer) = answered(house, &event(file)).await;
        assert_eq!(status, 202, "{file}: {answer}");
    }
}

#[test]
fn every_file_in_events_is_covered() {
    let mut covered: BTreeSet<String> = HTTP.iter().map(|(file, _)| (*file).to_owned()).collect();
    covered.extend([CLASSIFY, AUTHORIZE, SCHEDULE, SCOPE, TURN, STREAM, DELIVER].map(str::to_owned));
    let entries = std::fs::read_dir(folder()).expect("the folder events");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let there: BTreeSet<String> = names.filter(|name| name.ends_with(".json")).collect();
    assert_eq!(there, covered, "each event of the folder is in a list above, and each of the lists is a file");
}

#[tokio::test]
async fn every_http_event_is_answered_as_its_route_promises() {
    let house = house().await;
    let mut answers: BTreeMap<&str, Value> = BTreeMap::new();
    for (file, expected) in HTTP {
        let (status, answer) = answered(&house, &event(file)).await;
        assert_eq!(status, expected, "{file}: {answer}");
        if status == 404 {
            assert_eq!(answer["type"], "urn:memorable:problem:not_found", "{file}");
        }
        answers.insert(file, answer);
    }
    let memories = |file: &str| answers[file]["memories"].as_array().map_or(0, Vec::len);
    let stored = ["ingest-one.json", "ingest-items.json", "ingest-messages.json"].map(memories);
    assert_eq!(stored, [1, 3, 4]);
    assert_eq!((memories("recall-list.json"), memories("recall-session.json")), (8, 4));
    assert!((1..=5).contains(&memories("recall.json")), "{}", answers["recall.json"]);
    assert!(answers["recall.json"]["context"].as_str().is_some_and(|context| !context.is_empty()));
    assert_eq!(answers["health.json"]["status"], "ok");
}

#[tokio::test]
async fn an_event_that_names_a_stored_memory_finds_it() {
    let house = house().await;
    let (status, stored) = answered(&house, &event("ingest-one.json")).await;
    assert_eq!(status, 202, "{stored}");
    let id = stored["memories"][0]["id"].as_str().expect("an id").to_owned();
    for (file, expected) in NAMING {
        let (status, answer) = answered(&house, &with_id(&event(file), &id)).await;
        assert_eq!(status, expected, "{file}: {answer}");
        assert!(answer.to_string().contains(&id), "{file}: {answer}");
    }
    let (status, answer) = answered(&house, &with_id(&event("recall-get.json"), &id)).await;
    assert_eq!(status, 404, "it is forgotten: {answer}");
}

#[tokio::test]
async fn an_event_that_names_a_webhook_finds_it() {
    let house = house().await;
    let (_, made) = answered(&house, &event("ingest-webhook.json")).await;
    let id = made["id"].as_str().expect("an id").to_owned();
    for (file, expected) in NAMING_A_WEBHOOK {
        let (status, answer) = answered(&house, &with_id(&event(file), &id)).await;
        assert_eq!(status, expected, "{file}: {answer}");
    }
}

#[tokio::test]
async fn the_events_of_deliver_leave_nothing_to_be_delivered_again() {
    let house = house().await;
    stored_all(&house).await;
    for file in [STREAM, DELIVER] {
        let event: deliver::Event = serde_json::from_value(event(file)).expect("an event of deliver");
        assert_eq!(matches!(event, deliver::Event::Stream(_)), file == STREAM);
        let response = deliver::handle_at(&house.app, event, sent()).await;
        assert_eq!(failures(&response), Vec::<&str>::new(), "{file}");
    }
}

#[tokio::test]
async fn storing_an_event_again_changes_nothing() {
    let house = house().await;
    stored_all(&house).await;
    for file in ["ingest-one.json", "ingest-items.json", "ingest-messages.json"] {
        let (_, answer) = answered(&house, &event(file)).await;
        let memories = answer["memories"].as_array().expect("memories");
        assert!(memories.iter().all(|memory| memory["repeated"] == json!(true)), "{file}: {answer}");
    }
}

#[tokio::test]
async fn the_classify_event_leaves_nothing_to_be_delivered_again() {
    let house = house().await;
    let (_, stored) = answered(&house, &event("ingest-one.json")).await;
    let id = stored["memories"][0]["id"].as_str().expect("an id").to_owned();
    let file = event(CLASSIFY);
    // The placeholder first: a memory that its expiry took away meanwhile is no failure.
    for named in [PLACEHOLDER, id.as_str()] {
        let batch: SqsEvent = serde_json::from_value(with_id(&file, named)).expect("an event of SQS");
        assert_eq!(batch.records.len(), 2);
        let response = classify::handle_at(&house.app, batch, sent_at(&file)).await;
        assert_eq!(failures(&response), Vec::<&str>::new(), "{named}");
    }
    let memory = house.app.records.memory(&alice(), id.parse().expect("an id")).await.expect("a read");
    assert_eq!(memory.map(|memory| memory.state), Some(State::Ready));
}

#[tokio::test]
async fn the_authorizers_event_lets_in_whoever_holds_its_key() {
    let house = house().await;
    let question: authorize::Question = serde_json::from_value(event(AUTHORIZE)).expect("an event of API Gateway");
    let answer = authorize::handle(&house.app, &question).await.expect("an answer");
    assert_eq!(json!(answer), json!({"isAuthorized": false, "context": {}}));
    let tenant = Tenant::parse("acme").expect("a tenant");
    let (key, known) = access::make([0; 20], &tenant, None, "", sent()).expect("a key");
    assert!(question.headers["authorization"].ends_with(&key));
    access::keep(&house.app, &known).await.expect("it is kept");
    let answer = authorize::handle(&house.app, &question).await.expect("an answer");
    assert_eq!(json!(answer), json!({"isAuthorized": true, "context": {"tenant": "acme"}}));
}

fn sent() -> Time {
    milliseconds(event(AUTHORIZE)["requestContext"]["timeEpoch"].as_i64().expect("a time"))
}

#[tokio::test]
async fn the_schedules_event_plans_one_message_for_each_scope() {
    let house = house().await;
    for expected in [0, 1] {
        let start: optimize::Event = serde_json::from_value(event(SCHEDULE)).expect("an event of the schedule");
        assert!(matches!(start, optimize::Event::Schedule(_)), "{start:?}");
        let now: Time = "2026-11-21T03:00:00Z".parse().expect("a time");
        let answer = optimize::handle_at(&house.app, start, now).await.expect("an answer");
        assert!(matches!(&answer, Answer::Planned(planned) if planned.scopes == expected), "{answer:?}");
        stored_all(&house).await;
    }
}

#[tokio::test]
async fn the_night_queues_event_writes_the_digest_that_the_digest_event_reads() {
    let house = house().await;
    stored_all(&house).await;
    let file = event(SCOPE);
    let batch: optimize::Event = serde_json::from_value(file.clone()).expect("an event of SQS");
    assert!(matches!(batch, optimize::Event::Queue(_)), "{batch:?}");
    match optimize::handle_at(&house.app, batch, sent_at(&file)).await.expect("an answer") {
        Answer::Worked(response) => assert_eq!(failures(&response), Vec::<&str>::new()),
        Answer::Planned { .. } => panic!("the queue's event was taken for the schedule's"),
    }
    let (status, digest) = answered(&house, &event("recall-digest.json")).await;
    assert_eq!((status, &digest["memories"]), (200, &json!(8)), "{digest}");
}

#[tokio::test]
async fn the_transfer_queues_event_does_an_import_and_is_done_with_one_that_is_over() {
    let house = house().await;
    let (status, import) = answered(&house, &event("transfer-import.json")).await;
    assert_eq!((status, &import["state"]), (202, &json!("queued")), "{import}");
    let id = import["id"].as_str().expect("an id");
    let file = event(TURN);
    let name = file["Records"][0]["body"].as_str().expect("a body").split('"').nth(13).expect("an id").to_owned();
    // The file's own names a job that is not there.
    for text in [file.to_string(), file.to_string().replace(&name, id), file.to_string().replace(&name, id)] {
        let batch: transfer::Event = serde_json::from_str(&text).expect("an event of SQS");
        let transfer::Event::Queue(batch) = batch else { panic!("the queue's event was taken for a call") };
        let left = std::time::Duration::from_secs(120);
        let response = Box::pin(transfer::handle_queue_at(&house.app, batch, sent_at(&file), left)).await;
        assert_eq!(failures(&response), Vec::<&str>::new());
    }
    let asked = event("transfer-get-import.json").to_string().replace(&name, id);
    let (_, import) = answered(&house, &serde_json::from_str(&asked).expect("an event")).await;
    assert_eq!((&import["state"], &import["counts"]["stored"]), (&json!("done"), &json!(2)), "{import}");
}

#[tokio::test]
async fn a_function_of_calls_and_messages_tells_them_apart_and_answers_a_call_as_the_gateway_takes_it() {
    let house = house().await;
    let call: transfer::Event = serde_json::from_value(event("transfer-get-import.json")).expect("an event");
    assert!(matches!(call, transfer::Event::Http(_)), "{call:?}");
    let reply = Box::pin(transfer::handle_event(&house.app, call, std::time::Duration::from_secs(120))).await;
    let reply = json!(reply);
    assert_eq!((&reply["statusCode"], &reply["isBase64Encoded"]), (&json!(404), &json!(false)), "{reply}");
    assert_eq!(reply["headers"]["content-type"], "application/problem+json");
    assert!(reply["body"].as_str().is_some_and(|body| body.contains("not_found")), "{reply}");
}
