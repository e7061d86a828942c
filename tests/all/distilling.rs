//! Facts beside turns: a written conversation with planted contradictions, and what may not take another's place.

mod by_model;

use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{call, drain, house, ids, listed, night, store};

/// Who says what on which day, as it arrives: not always in the order in which it happened.
const SAID: &[(&str, &str, &str)] = &[
    ("Ines", "2026-01-05", "I live in Lisbon. It rains a lot."),
    ("Bob", "2026-01-05", "Funny, I live in Porto."),
    ("Ines", "2026-01-06", "I work at Acme, and the coffee is terrible."),
    ("Ines", "2026-01-07", "My favourite colour is blue."),
    ("Ines", "2026-01-08", "I'm allergic to peanuts."),
    ("Ines", "2026-01-09", "We use MySQL for the billing service."),
    ("Ines", "2026-01-10", "The deadline for the audit is 1 June 2026."),
    ("Ines", "2026-01-11", "I love hiking."),
    ("Ines", "2026-01-12", "I'm a vegetarian now."),
    ("Ines", "2026-01-13", "My boss is called Marta."),
    ("Ines", "2026-01-14", "I prefer trains to planes."),
    ("Bob", "2026-01-15", "I work as a nurse at Hospital Central."),
    ("Ines", "2026-01-16", "My rent is 900 euros."),
    ("Bob", "2026-01-17", "My birthday is on 3 May."),
    ("Ines", "2026-01-18", "Our budget for the launch is 5000 euros."),
    ("Bob", "2026-01-19", "I like spicy food."),
    // What takes their place.
    ("Ines", "2026-03-02", "Big news: I moved to Coimbra!"),
    ("Ines", "2026-03-03", "I no longer work at Acme."),
    ("Ines", "2026-03-04", "My favourite colour is green now."),
    ("Ines", "2026-03-05", "The doctor checked: I'm not allergic to peanuts anymore."),
    ("Ines", "2026-03-06", "We switched from MySQL to Postgres."),
    ("Ines", "2026-03-07", "The deadline for the audit has been moved to 15 June 2026."),
    ("Ines", "2026-03-08", "I don't like hiking anymore."),
    ("Ines", "2026-03-09", "I'm no longer vegetarian."),
    ("Ines", "2026-03-10", "My boss is called Pedro."),
    ("Ines", "2026-03-11", "I prefer planes to trains."),
    ("Bob", "2026-03-12", "I work as a teacher at Escola Nova."),
    ("Ines", "2026-03-13", "My rent is now 950 euros."),
    ("Bob", "2026-03-14", "Correction: my birthday is on 4 May."),
    ("Ines", "2026-03-15", "Our budget for the launch is now 7000 euros."),
    ("Bob", "2026-03-16", "I can't stand spicy food anymore."),
    // What comes late: older than what is known by then.
    ("Ines", "2025-06-01", "I live in Braga."),
    ("Ines", "2025-06-02", "My favourite colour is red."),
    ("Ines", "2026-02-01", "The deadline for the audit is 8 June 2026."),
    // What takes nobody's place.
    ("Ines", "2026-04-01", "If I live in Rome one day, you can visit."),
    ("Ines", "2026-04-02", "I used to live in Berlin."),
    ("Ines", "2026-04-03", "I moved to Faro when I was five."),
    ("Ines", "2026-04-04", "Bob said he lives in Madrid."),
    ("Ines", "2026-04-05", "I want to work at Globex."),
    ("Ines", "2026-04-06", "Is the deadline for the audit 20 June 2026?"),
    ("Ines", "2026-04-07", "Clara lives in Vienna."),
    ("Ines", "2026-04-08", "My friend lives in Oslo."),
    ("Ines", "2026-04-09", "The deadline for the tax return is 30 July 2026."),
    ("Ines", "2026-04-10", "I moved to Marketing last week."),
    ("Bob", "2026-04-11", "I love hiking."),
    ("Ines", "2026-04-12", "My sister's name is Clara. My sister's name is Joana, too, in the play."),
];

/// What gave way, and to what.
const SUPERSEDED: &[(&str, &str)] = &[
    ("Ines lives in Lisbon.", "Ines moved to Coimbra and lives there."),
    ("Ines works at Acme.", "Ines no longer works at Acme."),
    ("Ines's favourite colour is blue.", "Ines's favourite colour is green."),
    ("Ines is allergic to peanuts.", "Ines is not allergic to peanuts."),
    ("We use MySQL.", "We switched from MySQL to Postgres."),
    ("The audit deadline is on 1 June 2026.", "The audit deadline is on 8 June 2026."),
    ("The audit deadline is on 8 June 2026.", "The audit deadline is on 15 June 2026."),
    ("Ines loves hiking.", "Ines does not like hiking."),
    ("Ines is vegetarian.", "Ines is not vegetarian."),
    ("Ines's boss is named Marta.", "Ines's boss is named Pedro."),
    ("Ines prefers trains to planes.", "Ines prefers planes to trains."),
    ("Bob works as a nurse at Hospital Central.", "Bob works as a teacher at Escola Nova."),
    ("Ines's rent is 900 euros.", "Ines's rent is 950 euros."),
    ("Bob's birthday is on 3 May.", "Bob's birthday is on 4 May."),
    ("The launch budget is 5000 euros.", "The launch budget is 7000 euros."),
    ("Bob likes spicy food.", "Bob does not like spicy food."),
    ("Ines lives in Braga.", "Ines lives in Lisbon."),
    ("Ines's favourite colour is red.", "Ines's favourite colour is blue."),
];

/// All else that is found, and holds.
const OTHERS: &[&str] = &[
    "Bob lives in Porto.",
    "Clara lives in Vienna.",
    "The tax return deadline is on 30 July 2026.",
    "Bob loves hiking.",
    "Ines's sister is named Clara.",
];

/// What is found in the sample conversation.
const OF_THE_SAMPLE: &[&str] = &[
    "Ines is vegetarian.",
    "The interview is on 19 February 2026.",
    "Ines does not like liquorice.",
    "Ines is not vegetarian.",
];

async fn tell(house: &House, said: &[(&str, &str, &str)]) {
    for (nth, (speaker, day, content)) in said.iter().enumerate() {
        let memory = json!({"content": content, "speaker": speaker, "role": "user", "session": format!("s{}", nth / 8), "occurred_at": day});
        store(house, memory).await;
    }
    drain(house).await;
}

async fn facts(house: &House) -> Vec<Value> {
    let all = listed(house).await;
    all.into_iter().filter(|memory| memory["derived_from"].is_array()).collect()
}

fn text(memory: &Value) -> &str {
    memory["content"].as_str().expect("a text")
}

async fn ask(house: &House, query: &str, extra: Value) -> Value {
    let mut body = json!({"query": query, "scopes": ["user:alice"]});
    body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
    let (status, answer) = call(house, "POST", "/v1/recall", body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

fn known(answer: &Value) -> Vec<&str> {
    answer["facts"].as_array().expect("facts").iter().map(text).collect()
}

/// By the text of each fact that gave way, the text of what took its place.
fn given_way(facts: &[Value]) -> Vec<(String, String)> {
    let by_id = |id: &Value| facts.iter().find(|fact| fact["id"] == *id).map(text);
    let pair = |fact: &Value| Some((text(fact).to_owned(), by_id(fact.get("superseded_by")?)?.to_owned()));
    let mut pairs: Vec<(String, String)> = facts.iter().filter_map(pair).collect();
    pairs.sort();
    pairs
}

#[tokio::test]
async fn every_planted_contradiction_is_superseded_in_the_right_direction_and_nothing_else() {
    let house = house().await;
    tell(&house, SAID).await;
    let mut expected: Vec<(String, String)> =
        SUPERSEDED.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect();
    expected.sort();
    for step in ["once classified", "after a night", "after another"] {
        let facts = facts(&house).await;
        assert_eq!(given_way(&facts), expected, "{step}");
        let mut found: Vec<&str> = facts.iter().map(text).collect();
        let mut all: Vec<&str> =
            SUPERSEDED.iter().flat_map(|(old, new)| [*old, *new]).chain(OTHERS.iter().copied()).collect();
        found.sort_unstable();
        all.sort_unstable();
        all.dedup();
        assert_eq!(found, all, "{step}: precision is 1, and each stands once");
        for fact in &facts {
            assert_eq!(fact["superseded_by"].is_string(), fact["superseded_at"].is_string(), "{fact}");
        }
        night(&house).await;
    }
}

#[tokio::test]
async fn what_gave_way_is_left_out_of_the_present_and_found_in_its_time() {
    let house = house().await;
    tell(&house, SAID).await;
    let query = "Where does Ines live?";
    let answer = ask(&house, query, json!({})).await;
    assert_eq!(known(&answer), ["Ines moved to Coimbra and lives there."], "{answer}");
    let then = ask(&house, query, json!({"as_of": "2026-02-01"})).await;
    assert_eq!(known(&then), ["Ines lives in Lisbon."]);
    let before = ask(&house, query, json!({"as_of": "2025-07-01"})).await;
    assert_eq!(known(&before), ["Ines lives in Braga."]);
    let all = ask(&house, query, json!({"include_superseded": true})).await;
    assert!(known(&all).contains(&"Ines lives in Lisbon."), "{all}");
    // The turn stays where it was, with a note.
    let memories = answer["memories"].as_array().expect("memories");
    let turn = memories.iter().find(|memory| text(memory).starts_with("I live in Lisbon")).expect("the turn");
    assert!(
        turn["superseded_by"].is_string() && turn["superseded_at"].as_str() == Some("2026-03-02T00:00:00Z"),
        "{turn}"
    );
    let context = answer["context"].as_str().expect("a context");
    assert!(context.contains("It rains a lot. (until 2 March 2026) ["), "{context}");
    assert!(context.contains("fact: Ines moved to Coimbra and lives there. ["), "{context}");
    let id = turn["superseded_by"].as_str().expect("an id");
    let (status, fact) = call(&house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    assert_eq!((status, text(&fact)), (200, "Ines moved to Coimbra and lives there."));
    let source = fact["derived_from"][0].as_str().expect("a source");
    let (_, source) = call(&house, "GET", &format!("/v1/memories/{source}?scope=user:alice"), Value::Null).await;
    assert_eq!(text(&source), "Big news: I moved to Coimbra!");
}

#[tokio::test]
async fn facts_take_no_place_among_what_was_said() {
    let house = house().await;
    tell(&house, SAID).await;
    for query in ["Where does Ines live?", "deadline of the audit", "What does Bob like?", "hiking", "Acme"] {
        let answer = ask(&house, query, json!({"top_k": 100})).await;
        let memories = answer["memories"].as_array().expect("memories");
        assert_eq!(memories.len(), SAID.len(), "every turn, and nothing else");
        assert!(memories.iter().all(|memory| memory["derived_from"].is_null()), "{query}");
    }
}

#[tokio::test]
async fn telling_it_again_changes_nothing() {
    let house = house().await;
    tell(&house, SAID).await;
    let before = listed(&house).await;
    tell(&house, SAID).await;
    let of: Vec<memorable::memory::MemoryId> =
        before.iter().map(|memory| memory["id"].as_str().expect("an id").parse().expect("an id")).collect();
    memorable::classify::classify(&house.app, &crate::support::alice(), &of, crate::support::now())
        .await
        .expect("again");
    assert_eq!(listed(&house).await, before);
}

#[tokio::test]
async fn what_was_made_of_a_forgotten_turn_is_forgotten_and_what_it_had_superseded_holds_again() {
    let house = house().await;
    let first = store(&house, json!({"content": "I live in Lisbon.", "occurred_at": "2026-01-01"})).await;
    drain(&house).await;
    let second = store(&house, json!({"content": "I live in Porto.", "occurred_at": "2026-02-01"})).await;
    drain(&house).await;
    assert_eq!(known(&ask(&house, "Where do I live?", json!({})).await), ["The user lives in Porto."]);
    call(&house, "DELETE", &format!("/v1/memories/{second}?scope=user:alice"), Value::Null).await;
    let answer = ask(&house, "Where do I live?", json!({"include_superseded": true})).await;
    assert!(!answer.to_string().contains("Porto"), "{answer}");
    assert_eq!(known(&ask(&house, "Where do I live?", json!({})).await), ["The user lives in Lisbon."]);
    assert!(!json!(listed(&house).await).to_string().contains("Porto"));
    call(&house, "DELETE", &format!("/v1/memories/{first}?scope=user:alice"), Value::Null).await;
    assert_eq!(listed(&house).await, Vec::<Value>::new());
    night(&house).await;
    assert_eq!(known(&ask(&house, "Where do I live?", json!({"include_superseded": true})).await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_changed_turn_is_distilled_anew() {
    let house = house().await;
    let id = store(&house, json!({"content": "I live in Lisbon.", "occurred_at": "2026-01-01"})).await;
    drain(&house).await;
    let path = format!("/v1/memories/{id}?scope=user:alice");
    call(&house, "PATCH", &path, json!({"content": "I live in Porto."})).await;
    drain(&house).await;
    assert_eq!(known(&ask(&house, "Where do I live?", json!({})).await), ["The user lives in Porto."]);
    assert_eq!(
        given_way(&facts(&house).await),
        [("The user lives in Lisbon.".to_owned(), "The user lives in Porto.".to_owned())]
    );
}

#[tokio::test]
async fn what_depends_on_what_changed_says_so_at_once() {
    let house = house().await;
    let base = store(&house, json!({"content": "The office is in Lyon."})).await;
    let other = store(&house, json!({"content": "The team has nine people."})).await;
    let lunch = store(&house, json!({"content": "Lunch is at Chez Paul.", "depends_on": [base]})).await;
    let table = store(&house, json!({"content": "The table is for nine.", "depends_on": [lunch, other]})).await;
    drain(&house).await;
    let stale = async |id: &str| {
        let (_, memory) = call(&house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
        memory["stale_because"].as_str().map(str::to_owned)
    };
    assert_eq!((stale(&lunch).await, stale(&table).await), (None, None));
    call(
        &house,
        "PATCH",
        &format!("/v1/memories/{base}?scope=user:alice"),
        json!({"content": "The office is in Nantes."}),
    )
    .await;
    assert_eq!(
        (stale(&lunch).await, stale(&table).await, stale(&other).await),
        (Some(base.clone()), Some(base.clone()), None)
    );
    drain(&house).await;
    let found = ask(&house, "Where is lunch?", json!({})).await;
    assert!(
        found["context"].as_str().expect("a context").contains("Lunch is at Chez Paul. (may no longer hold) ["),
        "{found}"
    );
    // Who changes it has seen to it.
    call(
        &house,
        "PATCH",
        &format!("/v1/memories/{lunch}?scope=user:alice"),
        json!({"content": "Lunch is at Le Port."}),
    )
    .await;
    assert_eq!(stale(&lunch).await, None);
    // A note that is said to have given way is left out, and back in its time.
    let next = store(&house, json!({"content": "The team has ten people."})).await;
    call(&house, "PATCH", &format!("/v1/memories/{other}?scope=user:alice"), json!({"superseded_by": next})).await;
    let now = ask(&house, "How many people has the team?", json!({})).await;
    assert!(!ids(&now).contains(&other) && ids(&now).contains(&next), "{now}");
    let all = ask(&house, "How many people has the team?", json!({"include_superseded": true})).await;
    assert!(ids(&all).contains(&other));
    let (status, problem) = call(
        &house,
        "PATCH",
        &format!("/v1/memories/{other}?scope=user:alice"),
        json!({"superseded_by": "0123456789abcdef"}),
    )
    .await;
    assert_eq!((status, &problem["field"]), (400, &json!("superseded_by")), "{problem}");
}

#[test]
fn what_the_forms_find_in_the_sample_conversation_is_what_it_says() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/sample-conversation.json");
    let bytes = std::fs::read(file).expect("the sample");
    let scope = crate::support::alice();
    let mut found = Vec::new();
    for turn in memorable_local::conversation::parse(&bytes).expect("conversations").iter().flat_map(|c| &c.turns) {
        let said = memorable::distill::Said {
            text: text(turn),
            speaker: turn["speaker"].as_str(),
            role: None,
            scope: &scope,
            session: turn["session"].as_str(),
            at: turn["occurred_at"].as_str().expect("a time").parse().expect("a time"),
        };
        found.extend(memorable::distill::extract::facts(&said).into_iter().map(|fact| fact.text));
    }
    // Read by hand, each beside its turn: all of them are said.
    assert_eq!(found, OF_THE_SAMPLE);
}
