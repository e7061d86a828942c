//! Who may embed a memory is judged by all that is known of it, wherever its vector is made.

use memorable::classify::head::Head;
use memorable::classify::trained::Trained;
use memorable::memory::choice::{Choices, Chosen, HEAD};
use memorable_local::House;
use serde_json::{Value, json};

use super::{EMBEDDERS, house, line, obliging, restarted};
use crate::scripted::Scripted;
use crate::support::{alice, call, drain, listed, night, store};
use crate::transfer::import;

/// How often a server was shown those words.
fn shown(server: &Scripted, words: &str) -> usize {
    server.asked().iter().filter(|asked| asked.body.contains(words)).count()
}

/// One call about a memory of user:alice, by a container that made no vectors yet.
async fn ask(house: &mut House, servers: (&Scripted, &Scripted), (method, path): (&str, &str), body: Value) -> Value {
    restarted(house, EMBEDDERS[0], servers.0, servers.1);
    let (status, answer) = call(house, method, &format!("/v1/memories/{path}?scope=user:alice"), body).await;
    assert!(matches!(status, 200 | 202), "{answer}");
    restarted(house, EMBEDDERS[0], servers.0, servers.1);
    answer
}

/// A night after the model that embeds was changed.
async fn embedded_anew(house: &mut House, machine: &Scripted, account: &Scripted) {
    // What lies in the tail is put into a segment first.
    night(house).await;
    restarted(house, EMBEDDERS[1], machine, account);
    night(house).await;
}

#[tokio::test]
async fn what_a_person_closes_is_shown_to_no_model_any_more() {
    let (machine, account) = (Scripted::start(obliging).await, Scripted::start(obliging).await);
    let servers = (&machine, &account);
    let mut house = house(&machine, &account).await;
    for (words, label, is_ready) in [
        ("Wumferd", "ultra_secret", false),
        ("Jastrix", "ultra_secret", true),
        ("Vobnick", "secret", false),
        ("Pwiglen", "secret", true),
    ] {
        let id = store(&house, json!({ "content": format!("{words} opens it?") })).await;
        if is_ready {
            drain(&house).await;
        }
        let before = (shown(&machine, words), shown(&account, words));
        assert!(before.1 > 0, "until then it was open");
        let feedback = format!("{id}/feedback");
        ask(&mut house, servers, ("POST", &feedback), json!({ "sensitivity": label })).await;
        drain(&house).await;
        for change in
            [json!({ "tags": ["b"] }), json!({ "metadata": { "c": 1 } }), json!({ "expires_at": "2099-01-01" })]
        {
            ask(&mut house, servers, ("PATCH", &id), change).await;
            drain(&house).await;
        }
        embedded_anew(&mut house, &machine, &account).await;
        assert_eq!(shown(&account, words), before.1, "{words}, {label}");
        assert!(label == "secret" || shown(&machine, words) == before.0, "{words}, {label}");
    }
}

#[tokio::test]
async fn a_reply_stays_as_closed_as_what_its_model_had_seen() {
    let (machine, account) = (Scripted::start(obliging).await, Scripted::start(obliging).await);
    let mut house = house(&machine, &account).await;
    let body =
        json!({ "scope": "user:alice", "session": "s", "message": "My bank password is Tr0ub4dor&3. marked-secret" });
    let (status, answer) = call(&house, "POST", "/v1/chat", body).await;
    assert_eq!((status, &answer["reply"]), (200, &json!("So it is kept, marked-secret.")), "{answer}");
    let reply = answer["reply_id"].as_str().expect("an id").to_owned();
    drain(&house).await;
    for metadata in [json!({ "rating": 5 }), json!({ "chat": { "seen": "general" } }), json!({ "chat": null })] {
        ask(&mut house, (&machine, &account), ("PATCH", &reply), json!({ "metadata": metadata })).await;
        drain(&house).await;
    }
    embedded_anew(&mut house, &machine, &account).await;
    let told = ask(&mut house, (&machine, &account), ("GET", &reply), Value::Null).await;
    assert_eq!(told["metadata"]["chat"]["seen"], "secret", "{told}");
    assert_eq!(shown(&account, "marked-secret"), 0);
}

#[tokio::test]
async fn what_is_made_of_a_secret_stays_secret() {
    let (machine, account) = (Scripted::start(obliging).await, Scripted::start(obliging).await);
    let mut house = house(&machine, &account).await;
    store(&house, json!({ "content": "My bank password is Tr0ub4dor&3. I live in Porto, marked-secret" })).await;
    drain(&house).await;
    let facts = || async { listed(&house).await.into_iter().find(|memory| memory["derived_from"][0].is_string()) };
    let fact = facts().await.expect("a fact");
    assert_eq!(fact["content"], "user has it so, marked-secret.");
    assert_eq!(fact["sensitivity"], "secret");
    let id = fact["id"].as_str().expect("an id").to_owned();
    ask(&mut house, (&machine, &account), ("PATCH", &id), json!({ "tags": ["b"] })).await;
    drain(&house).await;
    let told = ask(&mut house, (&machine, &account), ("GET", &id), Value::Null).await;
    assert_eq!((&told["sensitivity"], &told["tags"]), (&json!("secret"), &json!(["b"])), "{told}");
    embedded_anew(&mut house, &machine, &account).await;
    assert_eq!(shown(&account, "marked-secret"), 0);
}

#[tokio::test]
async fn what_is_imported_keeps_its_label_and_what_its_model_had_seen() {
    let (machine, account) = (Scripted::start(obliging).await, Scripted::start(obliging).await);
    let mut house = house(&machine, &account).await;
    let lines = [("secret", "general"), ("general", "secret")].into_iter().enumerate();
    let lines: Vec<String> =
        lines.map(|(n, closing)| line(n as u64 + 1, &format!("So it is, marked-secret {n}"), closing)).collect();
    let done = import(&house, json!({ "scope": "user:alice", "content": lines.join("\n") })).await;
    assert_eq!((&done["counts"]["stored"], &done["counts"]["errors"]), (&json!(2), &json!(0)), "{done}");
    embedded_anew(&mut house, &machine, &account).await;
    assert_eq!(shown(&account, "marked-secret"), 0);
    assert!(shown(&machine, "marked-secret") > 0, "a model on this machine embeds them");
}

#[tokio::test]
async fn what_the_tenants_own_head_holds_for_secret_is_embedded_as_such() {
    for is_strict in [false, true] {
        let (machine, account) = (Scripted::start(obliging).await, Scripted::start(obliging).await);
        let mut house = house(&machine, &account).await;
        if is_strict {
            let mut head = Head::builtin().clone();
            // Every text is as likely the one as the other, and so too likely a secret.
            head.calibration.closeness = 1e6;
            let bytes = Trained { head, learned: Vec::new() }.encode().expect("bytes");
            let (tenant, records) = (alice().tenant().clone(), &house.app.records);
            records.put_head(&tenant, "strict", &bytes).await.expect("a head");
            let chosen = Chosen { names: vec!["strict".to_owned()], ..Chosen::default() };
            let choices = Choices::default().with(HEAD, chosen);
            assert!(records.put_choices(&tenant, &choices).await.expect("a choice"));
        }
        // Stored while the model in the account was away: it is asked when the text is classified.
        restarted(&mut house, "ollama:here", &machine, &account);
        let id = store(&house, json!({ "content": "Wumferd opens it?" })).await;
        restarted(&mut house, EMBEDDERS[0], &machine, &account);
        drain(&house).await;
        let told = ask(&mut house, (&machine, &account), ("GET", &id), Value::Null).await;
        assert_eq!(told["sensitivity"], if is_strict { "secret" } else { "general" }, "{told}");
        let embedded = account.asked().iter().filter(|asked| asked.what.ends_with("/invoke")).count();
        assert_eq!(embedded, usize::from(!is_strict));
    }
}
