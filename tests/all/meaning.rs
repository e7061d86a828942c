//! How memories stand to each other: links, the graph, insights and digests over a conversation written for it.

mod stored;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use memorable::memory::Time;
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{call, call_at, drain, house, store};
use crate::{support, support::Call};
use written::{Written, get, night, tell};

fn texts(lines: &Value) -> Vec<&str> {
    lines.as_array().into_iter().flatten().filter_map(|line| line["content"].as_str()).collect()
}

/// Every id that an answer holds, under whatever name.
fn cited(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text)
            if text.len() == 16 && text.bytes().all(|b| b"0123456789abcdefghjkmnpqrstvwxyz".contains(&b)) =>
        {
            found.insert(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| cited(value, found)),
        Value::Object(fields) => {
            // An insight's own name is not a memory's.
            fields
                .iter()
                .filter(|(name, _)| !(*name == "id" && fields.contains_key("finding")))
                .for_each(|(_, value)| cited(value, found));
        }
        _ => {}
    }
}

async fn all_answers(house: &House, written: &Written, ids: &[String]) -> Vec<Value> {
    let mut answers = vec![
        get(house, "/v1/graph?scope=user:alice&limit=50", written.end).await,
        get(house, "/v1/insights?scope=user:alice", written.end).await,
    ];
    for day in &written.days {
        answers.push(get(house, &format!("/v1/digests/{day}?scope=user:alice"), written.end).await);
    }
    for id in ids {
        answers.push(get(house, &format!("/v1/memories/{id}/links?scope=user:alice"), written.end).await);
    }
    answers
}

#[tokio::test]
async fn every_planted_commitment_is_listed_with_its_due_date_and_no_decoy_is() {
    let house = house().await;
    let written = Written::read();
    tell(&house, &written, true).await;
    let mut listed: BTreeMap<String, String> = BTreeMap::new();
    for day in &written.days {
        let digest = get(&house, &format!("/v1/digests/{day}?scope=user:alice"), written.end).await;
        for commitment in digest["commitments"].as_array().expect("commitments") {
            let due = commitment["due_date"].as_str().unwrap_or("none").to_owned();
            listed.insert(commitment["content"].as_str().expect("words").to_owned(), due);
        }
    }
    let planted: BTreeMap<String, String> = written.with("due").collect();
    assert!(planted.len() >= 15, "{}", planted.len());
    let wrong: Vec<_> = planted
        .iter()
        .filter(|(text, due)| listed.get(*text) != Some(due))
        .map(|(text, due)| (text, due, listed.get(text)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} are wrong: {wrong:#?}", wrong.len(), planted.len());
    let decoys: Vec<_> = written.with("decoy").map(|(text, _)| text).filter(|text| listed.contains_key(text)).collect();
    assert!(decoys.is_empty(), "{decoys:?}");
}

#[tokio::test]
async fn the_digest_tells_decisions_changes_open_questions_and_what_is_overdue() {
    let house = house().await;
    let written = Written::read();
    tell(&house, &written, true).await;
    let mut told: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut changes: Vec<(String, String)> = Vec::new();
    for day in &written.days {
        let digest = get(&house, &format!("/v1/digests/{day}?scope=user:alice"), written.end).await;
        for part in ["decisions", "questions"] {
            told.entry(part).or_default().extend(texts(&digest[part]).into_iter().map(str::to_owned));
        }
        for change in digest["changes"].as_array().expect("changes") {
            let said = |when: &str| change[when]["content"].as_str().expect("words").to_owned();
            changes.push((said("now"), said("before")));
        }
    }
    let all = |mark: &str| written.with(mark).map(|(text, _)| text).collect::<BTreeSet<String>>();
    assert_eq!(told["decisions"], all("decision"));
    assert_eq!(told["questions"], all("open"));
    let (now, before) = (written.marked("mind", "new"), written.marked("mind", "old"));
    assert!(changes.contains(&(now, before)), "{changes:#?}");

    let digest = get(&house, "/v1/digests/2026-03-09?scope=user:alice", written.end).await;
    let standing = |part: &str| {
        let commitments = digest["commitments"].as_array().expect("commitments").iter();
        let found = commitments.filter(|c| c["content"].as_str().is_some_and(|content| content.contains(part)));
        found.map(|commitment| commitment["standing"].clone()).next()
    };
    assert_eq!(standing("send Clara the keys"), Some(json!("overdue")), "{digest:#}");
    assert_eq!(standing("renew my passport"), Some(json!("open")));
    assert_eq!(standing("Ben's drill this weekend"), None, "it was brought back: {digest:#}");
    assert_eq!(standing("book the boiler"), None, "it was booked");
}

#[tokio::test]
async fn a_digest_is_read_as_a_page() {
    let house = house().await;
    let written = Written::read();
    tell(&house, &written, true).await;
    let path = "/v1/digests/2026-03-09?scope=user:alice";
    let page = support::page(&house, &format!("{path}&format=markdown"), &[]).await;
    assert_eq!(page, support::page(&house, path, &[("accept", "text/markdown, */*;q=0.1")]).await);
    for part in [
        "# 2026-03-09\n",
        "## What happened",
        "## Overdue\n\n- by 2026-03-06: Felix: I'll send Clara",
        "## Commitments",
        "## Changes of mind",
    ] {
        assert!(page.contains(part), "no {part:?} in\n{page}");
    }
    let (status, problem) = call(&house, "GET", &format!("{path}&format=pdf"), Value::Null).await;
    assert_eq!((status, &problem["field"]), (400, &json!("format")));
}

#[tokio::test]
async fn all_that_is_cited_exists_over_the_written_and_the_sample_conversation() {
    for sample in [false, true] {
        let house = house().await;
        let mut written = Written::read();
        if sample {
            written = Written::sample();
        }
        tell(&house, &written, true).await;
        let known: BTreeSet<String> =
            written::listed(&house, written.end).await.into_iter().map(|(id, _)| id).collect();
        let some: Vec<String> = known.iter().step_by(7).cloned().collect();
        let mut found = BTreeSet::new();
        all_answers(&house, &written, &some).await.iter().for_each(|answer| cited(answer, &mut found));
        assert!(found.len() > 40, "only {} are cited", found.len());
        let unknown: Vec<_> = found.difference(&known).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}

#[tokio::test]
async fn a_weekly_habit_is_found_and_none_in_the_same_texts_at_shuffled_times() {
    let habits = |answer: &Value| -> Vec<Value> {
        let all = answer["insights"].as_array().expect("insights").iter();
        all.filter(|insight| insight["finding"] == "habit").cloned().collect()
    };
    let house = house().await;
    let written = Written::read();
    tell(&house, &written, true).await;
    let found = habits(&get(&house, "/v1/insights?scope=user:alice", written.end).await);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0]["about"].to_string().contains("choir"), "{found:#?}");
    assert_eq!((&found[0]["rhythm"]["every"], &found[0]["rhythm"]["weekday"]), (&json!("week"), &json!(2)));
    assert!(found[0]["support"].as_u64() >= Some(8) && found[0]["confidence"].as_f64() >= Some(0.9), "{found:#?}");
    for seed in 1..=3 {
        let house = support::house().await;
        let shuffled = written.shuffled(seed);
        tell(&house, &shuffled, false).await;
        let found = habits(&get(&house, "/v1/insights?scope=user:alice", shuffled.end).await);
        assert!(found.is_empty(), "seed {seed}: {found:#?}");
    }
}

#[tokio::test]
async fn insights_tell_of_what_was_left_open_with_its_support() {
    let house = house().await;
    let written = Written::read();
    tell(&house, &written, true).await;
    let answer = get(&house, "/v1/insights?scope=user:alice", written.end).await;
    let insights = answer["insights"].as_array().expect("insights");
    let quoted = |finding: &str| -> BTreeSet<String> {
        let of_it = insights.iter().filter(|insight| insight["finding"] == finding);
        of_it.flat_map(|insight| texts(&insight["quotes"]).into_iter().map(str::to_owned).collect::<Vec<_>>()).collect()
    };
    let overdue = quoted("overdue");
    assert!(overdue.iter().any(|text| text.contains("send Clara the keys")), "{answer:#}");
    assert!(overdue.iter().any(|text| text.contains("fix his bike")), "{overdue:#?}");
    assert!(!overdue.iter().any(|text| text.contains("boiler") || text.contains("drill")), "{overdue:#?}");
    let asked = quoted("open_question");
    let early = written.with("open").map(|(text, _)| text).filter(|text| !text.contains("spare fuse"));
    assert_eq!(asked, early.collect(), "the fuse was asked for an hour ago");
    assert!(quoted("change_of_mind").contains(&written.marked("mind", "new")), "{answer:#}");
    for insight in insights {
        let cited = insight["memories"].as_array().map(Vec::len).unwrap_or_default();
        assert!(cited > 0 && insight["support"].as_u64() >= Some(cited as u64), "{insight:#}");
        assert!((0.5..1.0).contains(&insight["confidence"].as_f64().expect("a confidence")), "{insight:#}");
    }
}

#[tokio::test]
async fn the_graph_knows_people_their_relations_and_other_names() {
    let house = house().await;
    let at: Time = "2026-03-02T10:00:00Z".parse().expect("a time");
    let turns = [
        ("Alice", "My sister Ana Silva arrives from Porto on Friday."),
        ("Alice", "I met Ana at the station."),
        ("Ben", "Ana works at Siemens."),
        ("Ben", "I live in Ghent."),
        ("Alice", "ANA loves pottery."),
        ("Ben", "Yesterday Ana and Clara went to the pottery class."),
        ("Alice", "I saw Clara and Ana with a vase in the pottery class."),
    ];
    for (speaker, content) in turns {
        let body = json!({"scope": "user:alice", "content": content, "speaker": speaker});
        written::post(&house, at, body).await;
    }
    drain(&house).await;
    night(&house, at).await;
    let part = get(&house, "/v1/graph?scope=user:alice&entity=ana", at).await;
    assert_eq!((&part["entity"]["name"], &part["entity"]["kind"]), (&json!("Ana Silva"), &json!("person")), "{part:#}");
    let edges = part["edges"].as_array().expect("edges");
    let has = |from: &str, relation: &str, to: &str| {
        edges.iter().any(|edge| edge["from"] == from && edge["relation"] == relation && edge["to"] == to)
    };
    assert!(has("Alice", "sister", "Ana Silva"), "{part:#}");
    assert!(has("Ana Silva", "works at", "Siemens"), "{part:#}");
    assert!(has("Ana Silva", "named with", "Clara"), "{part:#}");
    assert!(edges.iter().all(|edge| !edge["evidence"].as_array().expect("evidence").is_empty()));
    let (whole, first) = (
        get(&house, "/v1/graph?scope=user:alice", at).await,
        get(&house, "/v1/graph?scope=user:alice&limit=2", at).await,
    );
    assert_eq!(whole["nodes"][0]["name"], "Ana Silva", "{whole:#}");
    assert_eq!((first["nodes"].as_array().map(Vec::len), &first["next_cursor"]), (Some(2), &json!("2")));
    let next = get(&house, "/v1/graph?scope=user:alice&limit=2&cursor=2", at).await;
    assert_eq!(next["nodes"][0], whole["nodes"][2]);
    let missing = Call {
        token: "local",
        method: "GET",
        path: "/v1/graph?scope=user:alice&entity=Zoe".to_owned(),
        key: None,
        body: Value::Null,
    };
    assert_eq!(call_at(&house, &house.app, at, &missing).await.0, 404);
}

#[tokio::test]
async fn links_name_their_reason_and_what_both_have() {
    let house = house().await;
    let written = Written::read();
    tell(&house, &written, true).await;
    let ids: BTreeMap<String, String> =
        written::listed(&house, written.end).await.into_iter().map(|(id, text)| (text, id)).collect();
    let reason = |answer: &Value, other: &str| {
        let links = answer["links"].as_array().expect("links").iter();
        links
            .filter(|link| link["memory"]["content"].as_str().is_some_and(|text| text.contains(other)))
            .map(|link| link["reason"].clone())
            .next()
    };
    let of = async |text: &str| {
        let id = ids.iter().find(|(known, _)| known.contains(text)).map(|(_, id)| id).expect("a memory");
        get(&house, &format!("/v1/memories/{id}/links?scope=user:alice"), written.end).await
    };
    let drill = of("bring back Ben's drill").await;
    assert_eq!(reason(&drill, "brought Ben's drill back"), Some(json!("follow_up")), "{drill:#}");
    let mind = of("I changed my mind about the summer holiday").await;
    assert_eq!(reason(&mind, "summer holiday in Norway"), Some(json!("contradiction")), "{mind:#}");
    let question = of("How long will the garage keep the car").await;
    assert_eq!(reason(&question, "Two days, the mechanic said"), Some(json!("answer")), "{question:#}");
    for link in drill["links"].as_array().expect("links") {
        assert!((0.35..=1.0).contains(&link["score"].as_f64().expect("a score")), "{link:#}");
    }
}

#[tokio::test]
async fn what_is_forgotten_is_gone_from_links_graph_insights_and_digests_at_once() {
    let house = house().await;
    let written = Written::read();
    tell(&house, &written, true).await;
    let ids: BTreeMap<String, String> =
        written::listed(&house, written.end).await.into_iter().map(|(id, text)| (text, id)).collect();
    // The only memory that tells of Ilse, an overdue promise, and one of two that make a change of mind.
    for part in ["My cousin Ilse", "send Clara the keys", "summer holiday in Norway"] {
        let (text, id) = ids.iter().find(|(text, _)| text.contains(part)).expect("a memory");
        let before = all_answers(&house, &written, &[]).await;
        assert!(json!(before).to_string().contains(id.as_str()), "{part} is cited before");
        let others: Vec<String> = ids.values().filter(|other| *other != id).cloned().collect();
        let forget = Call {
            token: "local",
            method: "DELETE",
            path: format!("/v1/memories/{id}?scope=user:alice"),
            key: None,
            body: Value::Null,
        };
        assert_eq!(call_at(&house, &house.app, written.end, &forget).await.0, 200);
        for when in ["at once", "after a night"] {
            let answers = json!(all_answers(&house, &written, &others[..20]).await).to_string();
            assert!(!answers.contains(id.as_str()) && !answers.contains(text.as_str()), "{part} is cited {when}");
            assert!(!(part.contains("Ilse") && answers.contains("Ilse")), "Ilse is in the graph {when}");
            let links = Call {
                token: "local",
                method: "GET",
                path: format!("/v1/memories/{id}/links?scope=user:alice"),
                key: None,
                body: Value::Null,
            };
            assert_eq!(call_at(&house, &house.app, written.end, &links).await.0, 404);
            night(&house, written.end).await;
        }
    }
}

#[tokio::test]
async fn a_change_takes_a_memory_out_of_what_was_made_of_it_until_the_next_night() {
    let house = house().await;
    let at: Time = support::now();
    let id = store(&house, json!({"content": "My cousin Ilse lives in Bruges.", "speaker": "Alice"})).await;
    drain(&house).await;
    night(&house, at).await;
    assert_eq!(get(&house, "/v1/graph?scope=user:alice&entity=Ilse", at).await["entity"]["name"], "Ilse");
    call(
        &house,
        "PATCH",
        &format!("/v1/memories/{id}?scope=user:alice"),
        json!({"content": "My cousin Vera lives in Bruges."}),
    )
    .await;
    let graph = get(&house, "/v1/graph?scope=user:alice", at).await;
    assert!(!graph.to_string().contains("Ilse"), "{graph:#}");
    drain(&house).await;
    night(&house, at).await;
    assert_eq!(get(&house, "/v1/graph?scope=user:alice&entity=Vera", at).await["entity"]["name"], "Vera");
}

#[tokio::test]
async fn nights_repeated_and_a_web_made_anew_change_nothing() {
    let house = house().await;
    let written = Written::read();
    tell(&house, &written, true).await;
    let scope = support::alice();
    let named = house.app.records.web(&scope).await.expect("a read").expect("a web");
    let before = all_answers(&house, &written, &[]).await;
    night(&house, written.end).await;
    let again = house.app.records.web(&scope).await.expect("a read").expect("a web");
    assert_eq!(named, again, "nothing changed, so nothing was written");
    let strip = |answers: Vec<Value>| -> Vec<Value> {
        let without = |mut answer: Value| {
            answer["receipt"] = Value::Null;
            answer["as_of"] = Value::Null;
            answer
        };
        answers.into_iter().map(without).collect()
    };
    assert_eq!(strip(before.clone()), strip(all_answers(&house, &written, &[]).await));
    // The same told at once, with one night at the end.
    let other = support::house().await;
    tell(&other, &written, false).await;
    let made = other.app.records.web(&scope).await.expect("a read").expect("a web");
    let (one, two) =
        (house.app.webs.get(&named.name).await.expect("a web"), other.app.webs.get(&made.name).await.expect("a web"));
    assert_eq!(one, two);
}

#[tokio::test]
async fn insights_are_no_memories() {
    let house = house().await;
    let written = Written::read();
    tell(&house, &written, true).await;
    let stored = written::listed(&house, written.end).await;
    // What was distilled from them stands beside the turns; insights do not.
    let (said, others): (Vec<_>, Vec<_>) = stored.iter().partition(|(_, content)| written.has(content));
    assert_eq!(said.len(), written.turns());
    for (id, _) in others {
        let fact = get(&house, &format!("/v1/memories/{id}?scope=user:alice"), written.end).await;
        assert!(fact["derived_from"].is_array(), "{fact}");
    }
    let what = Call {
        token: "local",
        method: "POST",
        path: "/v1/recall".to_owned(),
        key: None,
        body: json!({"query": "choir on Tuesdays", "scopes": ["user:alice"], "top_k": 10}),
    };
    let (_, answer) = call_at(&house, &house.app, written.end, &what).await;
    assert!(
        answer["memories"]
            .as_array()
            .expect("memories")
            .iter()
            .all(|memory| written.has(memory["content"].as_str().expect("words")))
    );
}
