//! What hangs on what changed, though nobody said so; and what is said twice: a written conversation.

use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{call, drain, house, ids, listed, night, recall, store};

/// Who says what, with whether it hangs on something that changes.
const SAID: &[(&str, &str, bool)] = &[
    ("Ines", "I live in Lisbon.", false),
    ("Ines", "So I bought a yearly pass for the tram.", true),
    ("Ines", "I work at Acme.", false),
    ("Ines", "That's why I get up at six.", true),
    ("Ines", "Since I live in Lisbon, I go to Dr. Matos for my teeth.", true),
    ("Ines", "My gym is close to the Acme office.", true),
    ("Ines", "I meet Ana in Lisbon every Thursday.", true),
    ("Ines", "Because of Acme I have the blue health insurance.", true),
    ("Ines", "I always park behind Acme.", true),
    ("Ines", "My Acme phone plan is cheap, thanks to the Acme discount.", true),
    ("Ines", "It is twenty minutes from my Lisbon flat to the beach.", true),
    ("Ines", "I keep my boat near Lisbon.", true),
    ("Ines", "I vote in Lisbon, as I am registered there.", true),
    ("Ines", "For my Acme badge I need a new photo.", true),
    ("Ines", "Given that Acme pays for lunch, I never cook at noon.", true),
    ("Ines", "The bakery next to Acme knows my order.", true),
    ("Ines", "My Portuguese course is in Lisbon, so I go twice a week.", true),
    ("Ines", "My car has a Lisbon resident sticker.", true),
    ("Ines", "We use MySQL for billing.", false),
    ("Ines", "The backup script depends on MySQL dumps.", true),
    ("Ines", "Our dashboards are slow because MySQL has no columns.", true),
    ("Ines", "The on-call guide is written for MySQL.", true),
    ("Ines", "Whenever MySQL is full I call Jorge.", true),
    ("Ines", "I'm a vegetarian.", false),
    ("Ines", "So my sister cooks two dinners when I visit.", true),
    ("Ines", "Since I'm a vegetarian I take vitamin tablets.", true),
    // What hangs on nothing that changes.
    ("Bob", "I live in Lisbon as well, near the castle.", false),
    ("Bob", "Since I live in Lisbon, I know every hill.", false),
    ("Ines", "I read a book about the earthquake of Lisbon.", false),
    ("Ines", "My brother plays the guitar every evening.", false),
    ("Ines", "Acme was in the newspaper yesterday.", false),
    ("Ines", "Did you know that MySQL is Swedish?", false),
    ("Ines", "The weather is so good that I walk to the river.", false),
    ("Ines", "I bought lamps because the old ones were broken.", false),
    ("Ines", "A vegetarian restaurant opened in our street.", false),
];

/// What changes, weeks later.
const CHANGES: &[&str] = &[
    "I moved to Coimbra.",
    "I no longer work at Acme.",
    "We switched from MySQL to Postgres.",
    "I'm no longer vegetarian.",
    "Since I left Lisbon, I miss the sea.",
];

async fn tell(house: &House) {
    for (nth, (speaker, content, _)) in SAID.iter().enumerate() {
        let day = format!("2026-01-05T10:{nth:02}:00Z");
        store(house, json!({"content": content, "speaker": speaker, "session": "winter", "occurred_at": day})).await;
    }
    drain(house).await;
    for (nth, content) in CHANGES.iter().enumerate() {
        let day = format!("2026-03-{:02}", nth + 1);
        store(house, json!({"content": content, "speaker": "Ines", "session": "spring", "occurred_at": day})).await;
    }
    drain(house).await;
}

#[tokio::test]
async fn most_of_what_hangs_on_what_changed_is_flagged_and_little_else() {
    let house = house().await;
    tell(&house).await;
    let mut before = None;
    for step in ["after a night", "after another"] {
        night(&house).await;
        let all = listed(&house).await;
        let is_flagged = |content: &str| {
            let memory = all.iter().find(|memory| memory["content"] == content).expect("said");
            memory["stale_because"].is_string()
        };
        let planted: Vec<&str> = SAID.iter().filter(|(_, _, hangs)| *hangs).map(|(_, content, _)| *content).collect();
        let (found, missed): (Vec<&str>, Vec<&str>) = planted.iter().partition(|content| is_flagged(content));
        let others =
            SAID.iter().filter(|(_, _, hangs)| !hangs).map(|(_, content, _)| *content).chain(CHANGES.iter().copied());
        let wrong: Vec<&str> = others.filter(|content| is_flagged(content)).collect();
        let precision = found.len() as f32 / (found.len() + wrong.len()) as f32;
        let counts = (found.len(), planted.len(), precision);
        #[expect(clippy::disallowed_macros, reason = "figures, for who runs it with --nocapture")]
        {
            eprintln!("{step}: {counts:?} flagged, planted, precision; missed {missed:?}; wrong {wrong:?}");
        }
        assert!(planted.len() >= 20 && found.len() * 5 >= planted.len() * 4, "missed {missed:?}");
        assert!(precision >= 0.9, "wrong {wrong:?}");
        let before = before.get_or_insert(all.clone());
        assert_eq!(*before, all, "a second night changes nothing");
    }
}

#[tokio::test]
async fn what_stands_twice_is_merged_and_nothing_is_lost() {
    let house = house().await;
    let say = async |content: &str, day: &str, session: Value| {
        store(&house, json!({"content": content, "speaker": "Ines", "session": session, "occurred_at": day})).await
    };
    let note = "The gate of the garden opens with the code 4711.";
    let first = say(note, "2026-01-05", Value::Null).await;
    let again = say(note, "2026-01-09", Value::Null).await;
    let third = say("The gate of the garden opens with the code 4711!", "2026-02-01", Value::Null).await;
    let other = say("The gate of the garden opens with the code 4712.", "2026-02-02", Value::Null).await;
    let turn = "The plumber comes on Tuesday with a new pump.";
    let said = say(turn, "2026-01-05T10:00:00Z", json!("s")).await;
    let resent = say(turn, "2026-01-05T10:00:05Z", json!("s")).await;
    let next_week = say(turn, "2026-01-12T10:00:00Z", json!("t")).await;
    drain(&house).await;
    for _ in 0..2 {
        night(&house).await;
        let found = ids(&recall(&house, "Which code opens the gate of the garden?").await);
        assert!(found.contains(&first) && found.contains(&other), "{found:?}");
        assert!(!found.contains(&again) && !found.contains(&third), "{found:?}");
        let found = ids(&recall(&house, "When does the plumber come?").await);
        assert!(found.contains(&said) && found.contains(&next_week) && !found.contains(&resent), "{found:?}");
        let get =
            async |id: &str| call(&house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
        let (_, head) = get(&first).await;
        assert_eq!((&head["sources"], head["merged"].as_array().map(Vec::len)), (&json!(3), Some(2)), "{head}");
        for id in [&again, &third] {
            let (status, merged) = get(id).await;
            assert_eq!((status, &merged["merged_into"]), (200, &json!(first)), "{merged}");
        }
        assert_eq!(get(&resent).await.1["merged_into"], json!(said));
    }
    // The one that stood for them is forgotten: they stand for themselves, and the next night finds another head.
    call(&house, "DELETE", &format!("/v1/memories/{first}?scope=user:alice"), Value::Null).await;
    let found = ids(&recall(&house, "Which code opens the gate of the garden?").await);
    assert!(found.contains(&again) && found.contains(&third), "{found:?}");
    night(&house).await;
    let found = ids(&recall(&house, "Which code opens the gate of the garden?").await);
    assert!(found.contains(&again) && !found.contains(&third), "{found:?}");
}
