//! The published document is true: its routes, its bodies, its examples and their answers.

mod shape;

use std::collections::{BTreeMap, BTreeSet};

use memorable::memory::Tenant;
use memorable::memory::event::Event;
use memorable::memory::webhook::{Attempt, Delivery};
use memorable_local::{House, gateway, schedule};
use openapi::route::{PLACEHOLDER, Route, Security};
use serde_json::{Value, json};

use crate::openapi::shape::misfits;
use crate::support::{call, drain, house, night, now, send};

/// Behind one greedy route of the gateway stand several of the document.
const GREEDY: [(&str, &str); 1] = [("/mem0/", "ANY /mem0/{proxy+}")];
/// The day that examples name.
const DAY: &str = "2026-11-18";

/// `is_closed`: no field may stand there that the document does not name.
fn must_fit(schema: &Value, value: &Value, is_closed: bool, what: &str) {
    let wrong = misfits(schema, value, is_closed);
    assert!(wrong.is_empty(), "{what}: {wrong:#?}\n{value:#}");
}

/// Puts what the route's examples name into the house, beside memories of user:alice.
async fn prepare(house: &House, route: &Route) {
    let memory = json!({"content": "Alice told of the night train.", "session": "travel", "speaker": "Alice"});
    crate::support::store(house, memory).await;
    drain(house).await;
    if ["{date}", "links", "graph", "insights"].iter().any(|part| route.key.contains(part)) {
        night(house).await;
    }
}

/// A webhook that was told of something, and of what.
async fn webhook(house: &House) -> (String, String) {
    let (status, made) = call(house, "POST", "/v1/webhooks", json!({ "url": "https://example.com" })).await;
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().expect("an id").to_owned();
    let tenant = Tenant::parse("local").expect("a tenant");
    let webhook = house.app.records.webhook(&tenant, &id).await.expect("a read").expect("a webhook");
    let attempt = Attempt { at: now(), status: Some(500), error: Some("no".to_owned()), ms: 7 };
    let told = Delivery::of(&webhook, &Event::ping(&id, now())).after(attempt);
    house.app.records.put_delivery(&tenant, &told, now()).await.expect("a write");
    (id, told.event.id)
}

/// The path of an example, with its query.
fn path(route: &Route, id: &str, event: &str) -> String {
    let mut path = route.path();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for parameter in &route.parameters {
        let name = parameter["name"].as_str().expect("a name");
        let example = match &parameter["example"] {
            Value::String(text) if text == "event" => event.to_owned(),
            // A night sums up the day on which it is asked to, and that is today.
            Value::String(text) if text == DAY => schedule::today().to_string(),
            Value::String(text) => text.replace(PLACEHOLDER, id),
            Value::Null => continue,
            other => other.to_string(),
        };
        match parameter["in"].as_str() {
            Some("path") => path = path.replace(&format!("{{{name}}}"), &example),
            _ => drop(query.append_pair(name, &example)),
        }
    }
    let query = query.finish();
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

#[test]
fn the_document_has_the_routes_of_the_gateway() {
    let served: BTreeSet<&str> = gateway::routes().into_iter().map(|(route, _)| route).collect();
    let routes = openapi::routes();
    let documented: BTreeSet<&str> = routes
        .iter()
        .map(|route| {
            let greedy = GREEDY.iter().find(|(prefix, _)| route.path().starts_with(prefix));
            greedy.map_or(route.key, |(_, greedy)| greedy)
        })
        .collect();
    assert_eq!(documented, served, "describe a route in functions/openapi/src/routes/");
    for route in &routes {
        let greedy = GREEDY.iter().find(|(prefix, _)| route.path().starts_with(prefix));
        let key = greedy.map_or(route.key, |(_, greedy)| greedy);
        let (_, function) = gateway::routes().into_iter().find(|(known, _)| *known == key).expect("a route");
        let expected = match gateway::authorizer(key, function) {
            gateway::Authorizer::None => Security::Open,
            gateway::Authorizer::Jwt => Security::Token,
            gateway::Authorizer::Keys => Security::Key,
        };
        assert_eq!(route.security, expected, "{}", route.key);
    }
}

#[test]
fn no_two_routes_share_a_name_and_each_says_what_it_does() {
    let mut names = BTreeSet::new();
    for route in openapi::routes() {
        assert!(names.insert(route.name), "{}: {} is the name of another route, too", route.key, route.name);
        assert!(!route.summary.is_empty(), "{}", route.key);
        let tags = openapi::document()["tags"].as_array().expect("tags");
        assert!(tags.iter().any(|tag| tag["name"] == route.tag), "{}: there is no heading {}", route.key, route.tag);
        assert!(route.body.is_none() || !route.examples.is_empty(), "{}: a body without an example", route.key);
    }
}

#[test]
fn each_example_fits_its_own_schema() {
    for route in openapi::routes() {
        for (name, example) in &route.examples {
            let schema = route.body.as_ref().expect("a body");
            must_fit(schema, example, true, &format!("{} {name}", route.key));
        }
        for parameter in route.parameters.iter().filter(|parameter| !parameter["example"].is_null()) {
            must_fit(&parameter["schema"], &parameter["example"], true, route.key);
        }
    }
}

#[tokio::test]
async fn each_example_is_answered_as_documented_and_with_no_field_beside() {
    let house = house().await;
    let mut answered: BTreeMap<&str, usize> = BTreeMap::new();
    for route in openapi::routes() {
        prepare(&house, &route).await;
        let none = [("no body", Value::Null)];
        let bodies = if route.examples.is_empty() { &none[..] } else { &route.examples };
        for (name, body) in bodies {
            let what = format!("{} {name}", route.key);
            // One of its own for each: some examples forget it.
            let content = json!({"content": format!("For {what}."), "session": "travel", "occurred_at": DAY});
            let mut id = crate::support::store(&house, content).await;
            let added = json!({"messages": "x", "user_id": "alice"}).to_string().into_bytes();
            let key = [("authorization", "Token local")];
            let (_, added) = send(&house, "POST", "/mem0/v3/memories/add/", &key, added).await;
            let mut event = added["event_id"].as_str().expect("an event").to_owned();
            if route.key.contains("/v1/webhooks/") {
                (id, event) = webhook(&house).await;
            }
            let path = path(&route, &id, &event);
            let body =
                if body.is_null() { Vec::new() } else { body.to_string().replace(PLACEHOLDER, &id).into_bytes() };
            let with_body = [("content-type", "application/json"), ("accept", "application/json")];
            let headers = with_body.iter().chain(if route.security == Security::Open { &[][..] } else { &key });
            let request = headers
                .fold(http::Request::builder().method(route.method()).uri(&path), |request, (name, value)| {
                    request.header(*name, *value)
                });
            let response = gateway::call(&house, request.body(body).expect("a request")).await;
            let text = String::from_utf8_lossy(response.body()).into_owned();
            let (status, _, schema) = &route.answer;
            if let Some(refused) = route.on_a_fresh_house {
                assert_eq!(response.status().as_u16(), refused, "{what} {path}: {text}");
                *answered.entry(route.key).or_default() += 1;
                continue;
            }
            assert_eq!(response.status().as_u16(), *status, "{what} {path}: {text}");
            let operation = &openapi::document()["paths"][route.path()][route.method().to_lowercase()];
            let content = operation["responses"][status.to_string()]["content"].as_object().expect("content");
            let media = response.headers()["content-type"].to_str().expect("text");
            assert!(content.contains_key(media), "{what}: {media}");
            if media == "application/json" {
                let answer = serde_json::from_str(&text).expect("JSON");
                must_fit(schema, &answer, true, &what);
            }
            *answered.entry(route.key).or_default() += 1;
        }
    }
    assert_eq!(answered.len(), openapi::routes().len());
}

/// The names in backquotes of what a problem expects: the fields that the code reads.
fn fields_in(problem: &Value) -> BTreeSet<String> {
    let expected = problem["expected"].as_str().expect("what would be right");
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The fields of an object's schema, which may stand in the one part of an `allOf`.
fn fields_of(schema: &Value) -> BTreeSet<String> {
    let object = if schema["allOf"].is_array() { &schema["allOf"][0] } else { schema };
    object["properties"].as_object().expect("properties").keys().cloned().collect()
}

#[tokio::test]
async fn each_body_has_the_fields_that_the_code_reads() {
    let house = house().await;
    let mut checked = 0;
    for route in openapi::routes().iter().filter(|route| !route.path().starts_with("/mem0/")) {
        let Some(body) = &route.body else { continue };
        if body["additionalProperties"] != false && !body["oneOf"].is_array() && !body["allOf"].is_array() {
            // It takes whatever it is given, such as another protocol's messages.
            continue;
        }
        let id = crate::support::store(&house, json!({"content": route.key})).await;
        let path = path(route, &id, "");
        for (place, (name, example)) in route.examples.iter().enumerate() {
            let schema = if body["oneOf"].is_array() { &body["oneOf"][place] } else { body };
            let mut with = example.clone();
            with["no_such_field"] = json!(1);
            let (status, problem) = call(&house, route.method(), &path, with).await;
            assert_eq!(status, 400, "{} {name}: {problem}", route.key);
            assert_eq!(fields_in(&problem), fields_of(schema), "{} {name}: {problem}", route.key);
            checked += 1;
            for (field, rows) in example.as_object().expect("an object") {
                let items = &schema["properties"][field]["items"];
                if !rows[0].is_object() || !items["properties"].is_object() {
                    continue;
                }
                let mut with = example.clone();
                with[field][0]["no_such_field"] = json!(1);
                let (_, problem) = call(&house, route.method(), &path, with).await;
                assert_eq!(fields_in(&problem), fields_of(items), "{} {name} {field}: {problem}", route.key);
            }
        }
    }
    assert!(checked >= 6, "{checked}");
}

#[tokio::test]
async fn a_problem_has_the_documented_shape() {
    let house = house().await;
    let problem = json!({"$ref": "#/components/schemas/Problem"});
    for (method, path, key) in [
        ("GET", "/v1/memories", "Bearer local"),
        ("GET", "/v1/memories", "Bearer unknown"),
        ("GET", "/v1/memories/0000000000000000?scope=user:alice", "Bearer local"),
        ("GET", "/mem0/v1/nothing", "Token local"),
        ("PUT", "/v1/recall", "Bearer local"),
    ] {
        let (status, answer) = send(&house, method, path, &[("authorization", key)], Vec::new()).await;
        assert!(status >= 400);
        must_fit(&problem, &answer, true, path);
    }
}
