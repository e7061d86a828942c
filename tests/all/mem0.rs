//! mem0's clients find what they store: the paths and bodies that they send, as they send them. `.ci/clients` drives the
//! clients themselves.

use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{call, drain, house, send};

const KEY: (&str, &str) = ("authorization", "Token local");

async fn mem0(house: &House, method: &str, path: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    send(house, method, &format!("/mem0{path}"), &[KEY], body).await
}

/// The same, where it must be answered with 200.
async fn done(house: &House, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = mem0(house, method, path, body).await;
    assert_eq!(status, 200, "{method} {path}: {answer}");
    answer
}

/// Stores one message, gives its id.
async fn added(house: &House, body: Value) -> String {
    let answer = done(house, "POST", "/v3/memories/add/", body).await;
    answer["results"][0]["id"].as_str().expect("an id").to_owned()
}

fn said(text: &str) -> Value {
    json!([{"role": "user", "content": text}])
}

fn texts(answer: &Value) -> Vec<&str> {
    let results = answer["results"].as_array().expect("results");
    results.iter().map(|memory| memory["memory"].as_str().expect("a text")).collect()
}

#[tokio::test]
async fn what_is_added_is_found_listed_changed_and_deleted() {
    let house = house().await;
    let body = json!({
        "messages": [
            {"role": "system", "content": "You are helpful."},
            {"role": "user", "content": "I am allergic to walnuts.", "name": "Alice"},
            {"role": "assistant", "content": [{"type": "text", "text": "Noted: no walnuts."}]},
        ],
        "user_id": "alice", "agent_id": "cook", "run_id": "lunch", "metadata": {"source": "chat"},
        "timestamp": 1_763_600_000, "expiration_date": "2099-01-31", "infer": false,
    });
    let answer = done(&house, "POST", "/v3/memories/add/", body.clone()).await;
    assert_eq!(texts(&answer), ["I am allergic to walnuts.", "Noted: no walnuts."], "no system message");
    let again = done(&house, "POST", "/v3/memories/add/", body).await;
    assert_eq!(
        (&again["results"][0]["id"], &again["results"][0]["event"]),
        (&answer["results"][0]["id"], &json!("NOOP"))
    );

    let found = done(
        &house,
        "POST",
        "/v3/memories/search/",
        json!({"query": "Which nuts must Alice avoid?", "filters": {"user_id": "alice"}, "top_k": 1}),
    )
    .await;
    let memory = &found["results"][0];
    assert_eq!(memory["memory"], "I am allergic to walnuts.");
    for (field, expected) in [
        ("user_id", json!("alice")),
        ("agent_id", json!("cook")),
        ("app_id", Value::Null),
        ("run_id", json!("lunch")),
        ("metadata", json!({"source": "chat"})),
        ("created_at", json!("2025-11-20T00:53:20Z")),
        ("expiration_date", json!("2099-01-31")),
        ("actor_id", json!("Alice")),
    ] {
        assert_eq!(memory[field], expected, "{field}: {memory}");
    }
    let path = format!("/v1/memories/{}/", memory["id"].as_str().expect("an id"));
    assert_eq!(done(&house, "GET", &path, Value::Null).await["memory"], memory["memory"]);

    let changed = done(
        &house,
        "PUT",
        &path,
        json!({"text": "I am allergic to all nuts.", "metadata": {"source": "form"}, "expiration_date": null}),
    )
    .await;
    assert_eq!((&changed["memory"], &changed["agent_id"]), (&json!("I am allergic to all nuts."), &json!("cook")));
    assert_eq!((&changed["metadata"], &changed["expiration_date"]), (&json!({"source": "form"}), &Value::Null));
    let history = done(&house, "GET", &format!("{path}history/"), Value::Null).await;
    let events: Vec<_> = history
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (&one["event"], &one["old_memory"], &one["new_memory"]))
        .collect();
    let [first, second] = ["I am allergic to walnuts.", "I am allergic to all nuts."].map(|text| json!(text));
    assert_eq!(events, [(&json!("ADD"), &Value::Null, &first), (&json!("UPDATE"), &first, &second)]);

    let event = format!("/v1/event/{}/", answer["event_id"].as_str().expect("an event"));
    assert_eq!(done(&house, "GET", &event, Value::Null).await["status"], "RUNNING");
    drain(&house).await;
    assert_eq!(done(&house, "GET", &event, Value::Null).await["status"], "SUCCEEDED");

    done(&house, "DELETE", &path, Value::Null).await;
    for (method, path) in [("GET", path.clone()), ("DELETE", path.clone()), ("GET", format!("{path}history/"))] {
        assert_eq!(mem0(&house, method, &path, Value::Null).await.0, 404, "{method} {path}");
    }
}

#[tokio::test]
async fn our_own_routes_and_mem0s_share_their_memories() {
    let house = house().await;
    added(&house, json!({"messages": "Tea is better than coffee.", "user_id": "alice", "agent_id": "barista"})).await;
    crate::support::store(&house, json!({"content": "Coffee keeps me awake."})).await;
    let all = done(&house, "POST", "/v3/memories/", json!({"filters": {"user_id": "alice"}})).await;
    assert_eq!(all["count"], 2, "{all}");
    let (_, ours) = call(&house, "GET", "/v1/memories?scope=user:alice", Value::Null).await;
    let tea = ours["memories"]
        .as_array()
        .expect("memories")
        .iter()
        .find(|memory| memory["content"] != "Coffee keeps me awake.");
    assert_eq!(tea.expect("the tea")["metadata"], json!({"agent_id": "barista"}));
}

#[tokio::test]
async fn filters_say_whose_memories_and_which_of_them() {
    let house = house().await;
    for (text, ids) in [
        ("The red bicycle is Alice's.", json!({"user_id": "alice", "agent_id": "a1", "run_id": "r1"})),
        ("The blue bicycle is Alice's.", json!({"user_id": "alice", "agent_id": "a2"})),
        ("The green bicycle is Bob's.", json!({"user_id": "bob", "metadata": {"kept": "shed"}})),
        ("The planner has no bicycle.", json!({"agent_id": "a1"})),
    ] {
        let mut body = ids;
        body["messages"] = said(text);
        added(&house, body).await;
    }
    let red = "The red bicycle is Alice's.";
    let blue = "The blue bicycle is Alice's.";
    let green = "The green bicycle is Bob's.";
    let planner = "The planner has no bicycle.";
    for (filters, mut expected) in [
        (json!({"user_id": "alice"}), vec![red, blue]),
        (json!({"AND": [{"user_id": "alice"}, {"agent_id": "a1"}]}), vec![red]),
        (json!({"AND": [{"user_id": "alice"}, {"run_id": "*"}]}), vec![red]),
        (json!({"OR": [{"user_id": "alice"}, {"user_id": "bob"}]}), vec![red, blue, green]),
        (json!({"user_id": {"in": ["alice", "bob"]}, "NOT": [{"agent_id": "a2"}]}), vec![red, green]),
        (json!({"user_id": "*", "metadata": {"kept": "shed"}}), vec![green]),
        (
            json!({"OR": [{"agent_id": "a1"}, {"AND": [{"user_id": "alice"}, {"agent_id": "a2"}]}]}),
            vec![red, blue, planner],
        ),
        (json!({"AND": [{"user_id": "bob"}, {"created_at": {"lt": "2001-01-01"}}]}), vec![]),
    ] {
        expected.sort_unstable();
        for (path, body) in [
            ("/v3/memories/search/", json!({"query": "bicycle", "filters": filters, "top_k": 50, "threshold": 0.0})),
            ("/v3/memories/", json!({"filters": filters})),
        ] {
            let answer = done(&house, "POST", path, body).await;
            let mut found = texts(&answer);
            found.sort_unstable();
            assert_eq!(found, expected, "{path} {filters}");
        }
    }
}

#[tokio::test]
async fn pages_hold_each_memory_once() {
    let house = house().await;
    for n in 0..7 {
        added(&house, json!({"messages": said(&format!("Note {n}.")), "user_id": "alice"})).await;
    }
    let mut seen = Vec::new();
    for page in 1..=3 {
        let answer = done(
            &house,
            "POST",
            &format!("/v3/memories/?page={page}&page_size=3"),
            json!({"filters": {"user_id": "alice"}}),
        )
        .await;
        assert_eq!(
            (&answer["count"], answer["next"].is_null(), answer["previous"].is_null()),
            (&json!(7), page == 3, page == 1)
        );
        seen.extend(texts(&answer).into_iter().map(str::to_owned));
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..7).map(|n| format!("Note {n}.")).collect::<Vec<_>>());
}

#[tokio::test]
async fn earlier_versions_list_what_later_ones_wrap() {
    let house = house().await;
    let stored =
        done(&house, "POST", "/v1/memories/", json!({"messages": said("I collect stamps."), "user_id": "alice"})).await;
    assert_eq!(stored[0]["event"], "ADD");
    for (method, path, body) in [
        ("POST", "/v1/memories/search/", json!({"query": "stamps", "user_id": "alice"})),
        ("POST", "/v2/memories/search/", json!({"query": "stamps", "filters": {"user_id": "alice"}})),
        ("POST", "/v2/memories/", json!({"filters": {"user_id": "alice"}})),
        ("GET", "/v1/memories/?user_id=alice", Value::Null),
    ] {
        assert_eq!(done(&house, method, path, body).await[0]["memory"], "I collect stamps.", "{method} {path}");
    }
    let wrapped = json!({"query": "stamps", "filters": {"user_id": "alice"}, "output_format": "v1.1"});
    assert_eq!(texts(&done(&house, "POST", "/v2/memories/search/", wrapped).await), ["I collect stamps."]);
}

#[tokio::test]
async fn batches_change_all_that_they_name_or_nothing() {
    let house = house().await;
    let mut ids = Vec::new();
    for text in ["One.", "Two."] {
        ids.push(added(&house, json!({"messages": text, "user_id": "alice"})).await);
    }
    let unknown = "0000000000000000.dXNlcjphbGljZQ";
    let bad = json!({"memories": [{"memory_id": ids[0], "text": "Changed."}, {"memory_id": unknown, "text": "x"}]});
    let (status, problem) = mem0(&house, "PUT", "/v1/batch/", bad).await;
    assert_eq!((status, &problem["field"]), (404, &json!("memories[1]")), "{problem}");
    let listing = || done(&house, "POST", "/v3/memories/", json!({"filters": {"user_id": "alice"}}));
    assert_eq!(texts(&listing().await), ["Two.", "One."]);
    done(
        &house,
        "PUT",
        "/v1/batch/",
        json!({"memories": [{"memory_id": ids[0], "text": "First."}, {"memory_id": ids[1], "metadata": {"n": 2}}]}),
    )
    .await;
    assert_eq!(texts(&listing().await), ["Two.", "First."]);
    let (status, _) =
        mem0(&house, "DELETE", "/v1/batch/", json!({"memories": [{"memory_id": ids[0]}, {"memory_id": unknown}]}))
            .await;
    assert_eq!((status, listing().await["count"].clone()), (404, json!(2)));
    done(&house, "DELETE", "/v1/batch/", json!({"memories": [{"memory_id": ids[0]}, {"memory_id": ids[1]}]})).await;
    assert_eq!(listing().await["count"], 0);
}

#[tokio::test]
async fn deleting_all_takes_what_its_ids_name_and_leaves_the_rest() {
    let house = house().await;
    for (text, user, run) in [("A.", "alice", "r1"), ("B.", "alice", "r2"), ("C.", "bob", "r1"), ("D.", "carl", "r1")] {
        added(&house, json!({"messages": text, "user_id": user, "run_id": run})).await;
    }
    let left = || async {
        let all = done(&house, "POST", "/v3/memories/", json!({"filters": {"user_id": "*"}})).await;
        let mut left: Vec<String> = texts(&all).into_iter().map(str::to_owned).collect();
        left.sort_unstable();
        left.join(" ")
    };
    for (query, status, expected) in [
        ("", 400, "A. B. C. D."),
        ("?user=alice", 400, "A. B. C. D."),
        ("?user_id=alice&metadata=x", 400, "A. B. C. D."),
        ("?user_id=alice&run_id=r1", 200, "B. C. D."),
        // As mem0's Python client writes a filter into a query.
        ("?filters=%7B%27user_id%27%3A%20%27bob%27%7D", 200, "B. D."),
        ("?filters=%7B%27user_id%27%3A%20%22bob%27s%22%7D", 400, "B. D."),
        ("?user_id=alice", 200, "D."),
    ] {
        assert_eq!(mem0(&house, "DELETE", &format!("/v1/memories/{query}"), Value::Null).await.0, status, "{query}");
        assert_eq!(left().await, expected, "{query}");
    }
    assert_eq!(mem0(&house, "DELETE", "/v2/entities/user/carl/", Value::Null).await.0, 200);
    assert_eq!(mem0(&house, "DELETE", "/v2/entities/user/carl/", Value::Null).await.0, 404);
    assert_eq!(done(&house, "GET", "/v1/entities/", Value::Null).await["count"], 0);
}

#[tokio::test]
async fn users_are_those_that_have_memories() {
    let house = house().await;
    for ids in [
        json!({"user_id": "alice"}),
        json!({"agent_id": "planner"}),
        json!({"app_id": "shop"}),
        json!({"run_id": "r1"}),
    ] {
        let mut body = ids;
        body["messages"] = said("Something.");
        added(&house, body).await;
    }
    call(&house, "POST", "/v1/memories", json!({"scope": "team:payments", "content": "mem0 has no teams"})).await;
    let users = done(&house, "GET", "/v1/entities/?page=1&page_size=3", Value::Null).await;
    let named: Vec<_> = users["results"]
        .as_array()
        .expect("users")
        .iter()
        .map(|user| (user["type"].as_str(), user["name"].as_str(), user["total_memories"].as_u64()))
        .collect();
    assert_eq!(
        named,
        [
            (Some("agent"), Some("planner"), Some(1)),
            (Some("app"), Some("shop"), Some(1)),
            (Some("run"), Some("r1"), Some(1))
        ]
    );
    assert_eq!((&users["count"], users["next"].is_string()), (&json!(4), true));
}

#[tokio::test]
async fn what_was_distilled_is_neither_listed_nor_counted() {
    let house = house().await;
    let told = "I live in Lisbon. It rains a lot.";
    let id = added(&house, json!({"messages": said(told), "user_id": "alice"})).await;
    drain(&house).await;
    let all = crate::support::listed(&house).await;
    let derived = all.iter().filter(|memory| memory["derived_from"].is_array()).count();
    assert!(derived > 0 && all.len() == derived + 1, "our own list has facts beside the turn: {all:?}");

    let listed = done(&house, "POST", "/v3/memories/", json!({"filters": {"user_id": "alice"}})).await;
    assert_eq!((texts(&listed), &listed["count"]), (vec![told], &json!(1)));
    let users = done(&house, "GET", "/v1/entities/", Value::Null).await;
    assert_eq!(users["results"][0]["total_memories"], 1, "{users}");
    let export = done(&house, "POST", "/v1/exports/get/", json!({"filters": {"user_id": "alice"}})).await;
    assert_eq!(export["memories"].as_array().map(Vec::len), Some(1), "{export}");

    // Nothing of it is left when the turn is gone, so nobody is left either.
    done(&house, "DELETE", &format!("/v1/memories/{id}/"), Value::Null).await;
    assert_eq!(done(&house, "GET", "/v1/entities/", Value::Null).await["count"], 0);
    assert_eq!(crate::support::listed(&house).await, Vec::<Value>::new());
}

#[tokio::test]
async fn feedback_is_kept_where_our_own_is() {
    let house = house().await;
    let id = added(&house, json!({"messages": said("I play the cello."), "user_id": "alice"})).await;
    for (verdict, helpful) in [("POSITIVE", true), ("NEGATIVE", false), ("VERY_NEGATIVE", false), ("POSITIVE", true)] {
        let body = json!({"memory_id": id, "feedback": verdict, "feedback_reason": "because"});
        let answer = done(&house, "POST", "/v1/feedback/", body).await;
        assert_eq!((&answer["id"], &answer["feedback"]), (&json!(id), &json!(verdict)));
        let scope = crate::support::alice();
        let ours = id[..16].parse().expect("our id");
        let kept = house.app.records.feedback(&scope, ours).await.expect("it is read").expect("it is kept");
        assert_eq!(kept.votes.iter().map(|vote| vote.helpful).collect::<Vec<_>>(), [helpful], "{verdict}");
    }
    let unknown = json!({"memory_id": "0000000000000000.dXNlcjphbGljZQ", "feedback": "POSITIVE"});
    assert_eq!(mem0(&house, "POST", "/v1/feedback/", unknown).await.0, 404);
}

#[tokio::test]
async fn an_export_is_found_by_its_id_and_by_its_filter() {
    let house = house().await;
    added(&house, json!({"messages": "I play the cello.", "user_id": "alice"})).await;
    added(&house, json!({"messages": "I play chess.", "user_id": "bob"})).await;
    let asked = json!({"schema": {"type": "object"}, "filters": {"user_id": "alice"}});
    let (status, export) = mem0(&house, "POST", "/v1/exports/", asked.clone()).await;
    assert_eq!(status, 201, "{export}");
    for body in [json!({"memory_export_id": export["id"]}), json!({"filters": {"user_id": "alice"}})] {
        let got = done(&house, "POST", "/v1/exports/get/", body).await;
        assert_eq!(got["memories"].as_array().map(Vec::len), Some(1), "{got}");
        assert_eq!(got["memories"][0]["memory"], "I play the cello.");
    }
}

#[tokio::test]
async fn bad_input_names_the_field_in_mem0s_words() {
    let house = house().await;
    let id = added(&house, json!({"messages": "x", "user_id": "alice"})).await;
    let path = format!("/v1/memories/{id}/");
    for (method, path, body, field) in [
        ("POST", "/v3/memories/add/", json!({"user_id": "alice"}), "messages"),
        ("POST", "/v3/memories/add/", json!({"messages": "x"}), "user_id"),
        ("POST", "/v3/memories/add/", json!({"messages": "x", "user_id": "a/b"}), "user_id"),
        ("POST", "/v3/memories/add/", json!({"messages": "x", "user_id": []}), "user_id"),
        ("POST", "/v3/memories/add/", json!({"messages": [], "user_id": "alice"}), "messages"),
        (
            "POST",
            "/v3/memories/add/",
            json!({"messages": [{"role": "user"}], "user_id": "alice"}),
            "messages[0].content",
        ),
        (
            "POST",
            "/v3/memories/add/",
            json!({"messages": [{"role": "user", "content": {"type": "image_url"}}], "user_id": "alice"}),
            "messages[0].content",
        ),
        (
            "POST",
            "/v3/memories/add/",
            json!({"messages": [{"role": "boss", "content": "x"}], "user_id": "alice"}),
            "messages[0].role",
        ),
        (
            "POST",
            "/v3/memories/add/",
            json!({"messages": "x", "user_id": "alice", "expiration_date": "2001-01-01"}),
            "messages[0].expiration_date",
        ),
        ("POST", "/v3/memories/add/", json!({"messages": "x", "user_id": "alice", "timestamp": "soon"}), "timestamp"),
        ("POST", "/v3/memories/add/", json!({"messages": "x", "user_id": "alice", "metadata": 7}), "metadata"),
        ("POST", "/v3/memories/search/", json!({"query": "x"}), "filters"),
        ("POST", "/v3/memories/search/", json!({"query": " ", "filters": {"user_id": "alice"}}), "query"),
        (
            "POST",
            "/v3/memories/search/",
            json!({"query": "x", "filters": {"user_id": "alice"}, "threshold": 7}),
            "threshold",
        ),
        ("POST", "/v3/memories/search/", json!({"query": "x", "filters": {"user_id": "alice"}, "top_k": 0}), "top_k"),
        ("POST", "/v3/memories/?page=0", json!({"filters": {"user_id": "alice"}}), "page"),
        ("POST", "/v3/memories/?page=1", json!([null]), "body"),
        ("POST", "/v3/memories/add/", json!("x"), "body"),
        ("POST", "/v1/feedback/", json!({"feedback": "POSITIVE"}), "memory_id"),
        ("POST", "/v1/feedback/", json!({"memory_id": id, "feedback": null}), "feedback"),
        ("POST", "/v1/feedback/", json!({"memory_id": id, "feedback": "GREAT"}), "feedback"),
        (
            "POST",
            "/v1/feedback/",
            json!({"memory_id": id, "feedback": "POSITIVE", "feedback_reason": 7}),
            "feedback_reason",
        ),
        ("PUT", path.as_str(), json!({}), "body"),
        ("PUT", path.as_str(), json!({"text": ""}), "text"),
        ("PUT", path.as_str(), json!({"timestamp": 1}), "timestamp"),
        ("PUT", "/v1/batch/", json!({"memories": []}), "memories"),
        (
            "PUT",
            "/v1/batch/",
            json!({"memories": [{"memory_id": id, "text": "a"}, {"memory_id": id, "text": "b"}]}),
            "memories[1].memory_id",
        ),
    ] {
        let (status, problem) = mem0(&house, method, path, body.clone()).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{method} {path} {body}: {problem}");
        assert!(problem["detail"].is_string() && problem["expected"].is_string(), "{problem}");
    }
    for (method, path) in [
        ("GET", "/v1/memories/9c5e8a4e-0b1d-4a57-8b0e-6d1f3f0f2f10/"),
        ("GET", "/v1/nothing/"),
        ("PATCH", "/v1/memories/"),
        ("DELETE", "/v2/entities/cat/tom/"),
        ("GET", "/v1/event/x/"),
    ] {
        assert_eq!(mem0(&house, method, path, Value::Null).await.0, 404, "{method} {path}");
    }
}
