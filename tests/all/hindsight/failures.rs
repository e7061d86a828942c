//! Nights that learn from imports, exports, models, messages and nights that failed: what helped is told to whoever meets the like.

use aws_sdk_dynamodb::types::AttributeValue;
use memorable::memory::Tenant;
use memorable::memory::standing::Standing;
use memorable::models::ledger::Standings;
use memorable::models::routes::Task;
use memorable::night::{self, failures};
use memorable::transfer::job::{Counts, Format, Import, LineError, State, VERSION};

use super::*;

fn tenant() -> Tenant {
    Tenant::parse("local").expect("a tenant")
}

/// An import of the same file, begun so many hours ago.
fn import(id: &str, hours: i64, format: Format, state: State) -> Import {
    Import {
        v: VERSION,
        generation: 0,
        id: id.to_owned(),
        scope: "user:alice".to_owned(),
        format: Some(format),
        timezone: "Europe/Lisbon".to_owned(),
        session: None,
        state,
        created_at: at(hours, 0),
        updated_at: at(hours, 1),
        bytes: 1_000,
        dates: None,
        place: memorable::transfer::read::Place::default(),
        counts: Counts { stored: u64::from(state == State::Done), ..Counts::default() },
        errors: Vec::new(),
        waits: 0,
        asked: None,
        problem: None,
        failed: Vec::new(),
    }
}

async fn put(house: &House, mut import: Import) {
    assert!(house.app.records.put_import(&tenant(), &mut import, now()).await.expect("a job"));
}

/// An import failed so many hours ago, and worked an hour later in another format.
async fn failed_and_worked(house: &House, nth: usize, hours: i64, problem: &str) {
    let failed = import(&format!("{nth:031}a"), hours, Format::Whatsapp, State::Failed);
    put(house, Import { problem: Some(problem.to_owned()), ..failed }).await;
    put(house, import(&format!("{nth:031}b"), hours - 1, Format::Jsonl, State::Done)).await;
}

async fn learn(house: &House) -> (u64, u64) {
    let date = now().date();
    let figure = async |name: &str| {
        let report = house.app.records.night(&tenant(), date).await.expect("a report").unwrap_or_default();
        let sum = report.sums.get(&format!("failures.figures.{name}")).copied().unwrap_or(0);
        u64::try_from(sum).expect("a count")
    };
    let before = (figure("candidates").await, figure("procedures").await);
    Box::pin(failures::learn(&house.app, &tenant(), date, now())).await.expect("learned");
    (figure("candidates").await - before.0, figure("procedures").await - before.1)
}

/// What the tenant's org holds.
async fn kept(house: &House) -> Vec<Value> {
    let (status, page) = call(house, "GET", "/v1/memories?scope=org&limit=100", Value::Null).await;
    assert_eq!(status, 200, "{page}");
    page["memories"].as_array().expect("memories").clone()
}

async fn known_of(house: &House, query: &str) -> Vec<Value> {
    let (_, answer) = call(house, "POST", "/v1/recall", json!({ "query": query, "scopes": ["org"] })).await;
    answer["facts"].as_array().cloned().unwrap_or_default()
}

const ASKED: &str = "An import fails: the dates of the chat in line 9 cannot be read";

#[tokio::test]
async fn what_helped_against_a_failed_import_is_a_candidate_first_and_found_once_it_recurs() {
    let house = house().await;
    failed_and_worked(&house, 1, 90, "the dates of the chat \"Zoë & Ben.txt\" in line 3 cannot be read").await;
    assert_eq!(learn(&house).await, (1, 0));
    let all = kept(&house).await;
    assert!(!format!("{all:?}").contains("Zo") && !format!("{all:?}").contains("Lisbon"), "{all:?}");
    assert_eq!(all.len(), 2, "the note of what failed, and the lesson: {all:?}");
    assert!(known_of(&house, ASKED).await.is_empty(), "once is an accident");
    assert_eq!(learn(&house).await, (0, 0), "doing it again changes nothing");

    failed_and_worked(&house, 2, 30, "the dates of the chat \"Team.txt\" in line 12 cannot be read").await;
    assert_eq!(learn(&house).await, (0, 1));
    let known = known_of(&house, ASKED).await;
    assert_eq!((known.len(), &known[0]["kind"], &known[0]["tags"]), (1, &json!("procedure"), &json!(["hindsight"])));
    let content = known[0]["content"].as_str().expect("a text");
    assert!(content.ends_with("what helped is: the same again with format set to jsonl."), "{content}");

    // It goes with the note that it stands on, and does not come back.
    let note = known[0]["derived_from"][0].as_str().expect("a note").to_owned();
    assert_eq!(call(&house, "DELETE", &format!("/v1/memories/{note}?scope=org"), Value::Null).await.0, 200);
    assert!(kept(&house).await.is_empty());
    assert_eq!(learn(&house).await, (0, 0));
}

#[tokio::test]
async fn of_lines_that_were_not_taken_what_was_expected_is_learned_and_no_secret() {
    let house = house().await;
    for (nth, wrong) in ["the line is no JSON", "the password is hunter2-Fw9! here"].into_iter().enumerate() {
        let mut failed = import(&format!("{nth:031}c"), 60 - 10 * nth as i64, Format::Jsonl, State::Done);
        failed.counts.errors = 1;
        let expected = "an object on a line of its own".to_owned();
        failed.errors = vec![LineError { line: 7, wrong: wrong.to_owned(), expected }];
        put(&house, failed).await;
        put(&house, import(&format!("{nth:031}d"), 59 - 10 * nth as i64, Format::Jsonl, State::Done)).await;
    }
    learn(&house).await;
    let all = format!("{:?}", kept(&house).await);
    assert!(all.contains("a file that has what is expected: an object on a line of its own"), "{all}");
    assert!(!all.contains("hunter2"), "{all}");
}

/// An item of user:alice that nothing can read.
fn torn(sort: &str) -> std::collections::HashMap<String, AttributeValue> {
    let pairs = [("pk", "local/user:alice"), ("sk", sort)];
    pairs.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned()))).into()
}

async fn tear(house: &House, sort: &str) {
    let put = aws_sdk_dynamodb::Client::new(&house.sdk).put_item().table_name(&house.app.config.table);
    put.set_item(Some(torn(sort))).send().await.expect("it is there");
}

async fn mend(house: &House, sort: &str) {
    let delete = aws_sdk_dynamodb::Client::new(&house.sdk).delete_item().table_name(&house.app.config.table);
    delete.set_key(Some(torn(sort))).send().await.expect("it is gone");
}

/// Begins that job and has it worked on; gives how it ended.
async fn begun(house: &House, path: &str) -> Value {
    let (status, answer) = call(house, "POST", &format!("{path}/start"), Value::Null).await;
    assert_eq!(status, 202, "{answer}");
    drain(house).await;
    call(house, "GET", path, Value::Null).await.1["state"].clone()
}

#[tokio::test]
async fn an_import_that_failed_and_was_begun_again_teaches_what_helped() {
    let house = house().await;
    let asked = json!({ "scope": "user:alice", "format": "whatsapp" });
    let (status, job) = call(&house, "POST", "/v1/imports", asked).await;
    assert_eq!((status, &job["state"]), (202, &json!("waiting")), "{job}");
    let id = job["id"].as_str().expect("an id");
    let path = format!("/v1/imports/{id}");
    let object = format!("transfers/imports/{id}");
    house.app.objects.put(&object, b"Dear diary, today I met Zo\xc3\xab.\n".to_vec()).await.expect("a file");
    for _ in 0..2 {
        assert_eq!(begun(&house, &path).await, "failed");
    }
    assert_eq!(learn(&house).await, (0, 0), "as long as nothing helped there is nothing to learn");
    let chat = b"[31.12.23, 21:45:10] Ben: The ferry leaves at nine.\n".to_vec();
    house.app.objects.put(&object, chat).await.expect("another file");
    assert_eq!(begun(&house, &path).await, "done");
    assert_eq!(learn(&house).await, (1, 0), "two failures within an hour are one occasion");
    let all = format!("{:?}", kept(&house).await);
    assert!(all.contains("An import failed: no line of this file begins a message of a chat"), "{all}");
    assert!(all.contains("what helped is: beginning it again, with another file."), "{all}");
    assert!(!all.contains("Zo") && !all.contains("Ben"), "{all}");
    assert_eq!(learn(&house).await, (0, 0), "doing it again changes nothing");
}

#[tokio::test]
async fn an_export_that_failed_and_was_begun_again_teaches_what_helped() {
    let house = house().await;
    store(&house, json!({ "content": "The bees swarmed on Sunday." })).await;
    drain(&house).await;
    tear(&house, "memory#~").await;
    let (status, job) = call(&house, "POST", "/v1/exports", json!({ "scope": "user:alice" })).await;
    assert_eq!(status, 202, "{job}");
    drain(&house).await;
    mend(&house, "memory#~").await;
    let path = format!("/v1/exports/{}", job["id"].as_str().expect("an id"));
    assert_eq!(begun(&house, &path).await, "done");
    assert_eq!(learn(&house).await, (1, 0));
    let all = format!("{:?}", kept(&house).await);
    assert!(all.contains("When an export fails") && all.contains("is corrupt"), "{all}");
    assert!(all.contains("what helped is: beginning it again, later."), "{all}");
}

#[tokio::test]
async fn a_step_of_a_night_that_failed_is_learned_with_its_message() {
    let house = house().await;
    store(&house, json!({ "content": "The bees swarmed on Sunday." })).await;
    drain(&house).await;
    let date = |back: i64| now().plus(-SignedDuration::from_hours(24 * back)).date();
    let work = async |back: i64| Box::pin(night::work(&house.app, &alice(), date(back), now())).await;
    tear(&house, "index#3manifest").await;
    let error = work(3).await.expect_err("no step can read the index");
    assert!(error.detail.contains("manifest"), "{error}");
    let failed = house.app.records.night(&tenant(), date(3)).await.expect("a report").expect("a night");
    let (step, why) = failed.problems.first_key_value().expect("a problem");
    assert!(why.starts_with("a manifest is corrupt"), "{why}");
    mend(&house, "index#3manifest").await;
    work(2).await.expect("a night");
    assert_eq!(learn(&house).await, (1, 0));
    let all = format!("{:?}", kept(&house).await);
    assert!(all.contains(&format!("When the step {step} of a scope's night fails with ")), "{all}");
    assert!(all.contains(why) && all.contains("the next night, which goes through it again"), "{all}");

    // What failed and was done in the same night is no longer told of.
    tear(&house, "index#3manifest").await;
    work(1).await.expect_err("torn again");
    mend(&house, "index#3manifest").await;
    work(1).await.expect("the same night");
    let mended = house.app.records.night(&tenant(), date(1)).await.expect("a report").expect("a night");
    assert!(mended.problems.is_empty() && mended.sums.get("failed") == Some(&0), "{mended:?}");
}

#[tokio::test]
async fn dead_letters_and_failed_nights_that_were_over_the_night_after_teach_so() {
    let house = house().await;
    let date = |back: i64| now().plus(-SignedDuration::from_hours(24 * back)).date();
    let counts: [(i64, &[(&str, usize)]); 6] = [
        (7, &[("redrive.figures.sent_back", 2), ("done", 1)]),
        (6, &[("done", 1)]),
        (5, &[("redrive.figures.sent_back", 1), ("failed", 3)]),
        (4, &[("done", 4)]),
        // It came back too often, and somebody took it away: who knows what helped.
        (3, &[("redrive.figures.left", 1), ("done", 4)]),
        (2, &[("done", 4)]),
    ];
    for (back, counts) in counts {
        house.app.records.add_to_report(&tenant(), date(back), counts, now()).await.expect("a report");
    }
    assert_eq!(learn(&house).await, (1, 1), "a night failed once, letters came twice");
    let known = known_of(&house, "a message of a queue became a dead letter and is not done").await;
    assert!(known[0]["content"].as_str().is_some_and(|text| text.contains("sending it back")), "{known:?}");
}

#[tokio::test]
async fn a_model_that_kept_failing_teaches_what_was_done_about_it() {
    let house = house().await;
    let day = |days: i64| now().plus(-SignedDuration::from_hours(24 * days)).date();
    for (days, errors) in [(9, 9), (8, 8), (7, 0), (5, 10), (4, 1)] {
        let standing = Standing { calls: 10, errors, ..Standing::default() };
        let standings: Standings = [((Task::Converse, "ollama:tiny".to_owned()), standing)].into();
        house.app.records.add_standings(&tenant(), day(days), &standings, now()).await.expect("counted");
    }
    assert_eq!(learn(&house).await, (0, 1), "two days in a row are one failure, and it came twice");
    let known = known_of(&house, "most calls of the model ollama:tiny had no answer").await;
    assert!(known[0]["content"].as_str().is_some_and(|text| text.contains("waiting until it answers")), "{known:?}");
}
