use serde_json::json;

use super::*;
use crate::index::view::Source;
use crate::index::{Embedding, Entry, Fingerprint};
use crate::memory::Memory;
use crate::models::builtin;

/// A memory of that place in the order of storing; its id is the place as well.
fn memory(place: usize, session: Option<&str>, speaker: Option<&str>, content: &str) -> Memory {
    serde_json::from_value(json!({
        "v": 1, "id": format!("{place:016}"), "revision": 1, "state": "pending", "content": content, "session": session,
        "speaker": speaker, "recorded_at": "2026-01-02", "order": place, "updated_at": "2026-01-02", "fingerprint": ""
    }))
    .expect("a memory")
}

fn entry(place: usize, session: Option<&str>, speaker: Option<&str>, content: &str) -> Entry {
    Entry::of(&memory(place, session, speaker, content), builtin::embed(content))
}

fn view(entries: &[Entry]) -> View<'_> {
    View::new(&[Source { blocks: vec![entries], gone: &[] }])
}

fn ask(entries: &[Entry], query: &str, vectors: &[QueryVector]) -> Ranked {
    let (view, background) = (view(entries), Background::default());
    let question = Question::new(query, &background.speakers(&view), None);
    rank(&view, &question, vectors, &Weights::default(), &background, |_| true)
}

/// Which entries, by their place in the order of storing, with their scores, best first.
fn ranked(entries: &[Entry], query: &str, vectors: &[QueryVector]) -> Vec<(i64, Scored)> {
    let view = view(entries);
    let scored = ask(entries, query, vectors).scored;
    scored.into_iter().map(|scored| (view.rows()[scored.row].entry.order, scored)).collect()
}

fn places(ranked: &[(i64, Scored)]) -> Vec<i64> {
    ranked.iter().map(|(place, _)| *place).collect()
}

fn of(ranked: &[(i64, Scored)], place: i64) -> Scored {
    ranked.iter().find(|(other, _)| *other == place).expect("a row of that place").1
}

#[test]
fn a_lone_memory_that_shares_words_scores_above_nothing() {
    let lone = [entry(1, None, None, "The boiler was repaired on Monday.")];
    for vectors in [vec![], vec![builtin::embed_query("boiler")]] {
        let found = ranked(&lone, "boiler", &vectors);
        assert!(found[0].1.score > 0.0, "{found:?}");
        assert_eq!(found[0].1.signals.lexical, 1.0);
    }
    let stranger = ranked(&lone, "hazelnuts", &[]);
    assert_eq!((stranger.len(), stranger[0].1.sum), (1, 0.0), "what shares nothing is listed, and has nothing");
    assert!(stranger[0].1.score < 0.05, "{stranger:?}");
}

#[test]
fn what_was_said_by_whom_the_question_names_comes_first() {
    // Stored before the other, so that order alone would put it last.
    let entries =
        [entry(1, None, Some("Ana Souza"), "The bike is red."), entry(2, None, Some("Ben"), "The bike is red.")];
    for vectors in [vec![], vec![builtin::embed_query("What did say about the bike?")]] {
        let found = ranked(&entries, "What did Ana say about the bike?", &vectors);
        assert_eq!(places(&found), [1, 2]);
        assert_eq!((found[0].1.signals.speaker, found[1].1.signals.speaker), (1.0, 0.0));
        assert!(found[0].1.score > found[1].1.score, "{found:?}");
        assert_eq!(places(&ranked(&entries, "What is said about the bike?", &vectors)), [2, 1], "nobody is named");
    }
}

#[test]
fn a_match_lifts_what_stands_next_to_it() {
    let entries = [
        entry(1, Some("a"), None, "My bike was stolen in Porto."),
        entry(2, Some("a"), None, "It was quite a day."),
        entry(3, Some("b"), None, "I had soup for lunch."),
        entry(4, Some("b"), None, "It was quite a day."),
    ];
    for vectors in [vec![], vec![builtin::embed_query("bike stolen Porto")]] {
        let found = ranked(&entries, "bike stolen Porto", &vectors);
        assert_eq!(places(&found)[0], 1);
        let (near, far) = (of(&found, 2), of(&found, 4));
        assert_eq!(near.signals.semantic, far.signals.semantic);
        assert!(near.signals.lexical > far.signals.lexical, "{near:?} and {far:?}");
        assert!(near.signals.window >= far.signals.window, "{near:?} and {far:?}");
        assert!(near.signals.session > far.signals.session, "{near:?} and {far:?}");
        assert!(near.score > far.score, "{near:?} and {far:?}");
        assert!(near.score < of(&found, 1).score, "but not above the match itself");
    }
}

#[test]
fn without_a_session_nothing_is_next_to_anything() {
    let entries = [entry(1, None, None, "My bike was stolen."), entry(2, None, None, "It was quite a day.")];
    let found = ranked(&entries, "bike stolen", &[]);
    assert_eq!((of(&found, 2).sum, of(&found, 2).signals.lexical), (0.0, 0.0));
}

#[test]
fn a_question_ranks_under_the_statement_of_equal_words() {
    let entries = [entry(1, None, None, "The bike is red."), entry(2, None, None, "The bike is red?")];
    let found = ranked(&entries, "red bike", &[]);
    assert_eq!(places(&found), [1, 2]);
    assert_eq!((found[0].1.signals.question, found[1].1.signals.question), (0.0, 1.0));
    assert!(found[0].1.score > found[1].1.score && found[1].1.score > 0.0, "{found:?}");
}

#[test]
fn what_another_model_embedded_is_found_by_its_words_and_never_compared() {
    let query = "boiler repaired";
    let vector = builtin::embed_query(query);
    let other = Fingerprint::of("another model");
    // The query's own vector, but of another model: compared, it would be the nearest there can be.
    let misplaced = Embedding::new(other, 1.0, &vector.unit);
    let entries = [
        Entry::of(&memory(1, Some("s"), None, "The boiler was repaired."), misplaced),
        entry(2, Some("s"), None, "The old boiler leaks."),
        Entry::of(&memory(3, Some("s"), None, "The boiler was repaired."), None),
    ];
    let found = ranked(&entries, query, std::slice::from_ref(&vector));
    for place in [1, 3] {
        assert!(of(&found, place).signals.lexical > 0.9 && of(&found, place).signals.semantic == 0.0, "{found:?}");
        assert!(of(&found, place).sum > 0.0);
    }
    assert_eq!(of(&found, 2).signals.semantic, 1.0);

    // Asked with a vector of each model, each row is compared with that of its own.
    let both = [vector.clone(), QueryVector::new(other, vector.unit)];
    let found = ranked(&entries, query, &both);
    let semantic = [1, 2, 3].map(|place| of(&found, place).signals.semantic);
    assert_eq!(semantic, [1.0, 1.0, 0.0]);
}

#[test]
fn every_score_is_between_nothing_and_one() {
    let words = ["bike", "red", "boiler", "Ana", "soup", "Porto", "the", "stolen", "?", "7", "Ünï", "café"];
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for round in 0..60 {
        let entries: Vec<Entry> = (0..random(40))
            .map(|place| {
                let content: Vec<&str> = (0..1 + random(8)).map(|_| words[random(words.len())]).collect();
                let session = [None, Some("a"), Some("b")][random(3)];
                let speaker = [None, Some("Ana"), Some("Ben Soup")][random(3)];
                entry(place, session, speaker, &content.join(" "))
            })
            .collect();
        let query: Vec<&str> = (0..1 + random(4)).map(|_| words[random(words.len())]).collect();
        let query = query.join(" ");
        let found = ranked(&entries, &query, &[builtin::embed_query(&query)]);
        assert_eq!(found.len(), entries.len());
        for (place, scored) in &found {
            let Signals { lexical, semantic, window, session, speaker, question, asked_time, date, .. } =
                scored.signals;
            let parts = [scored.score, lexical, semantic, window, session, speaker, question, asked_time, date];
            assert!(parts.iter().all(|part| (0.0..=1.0).contains(part)), "{place} in round {round}: {scored:?}");
        }
        assert!(found.windows(2).all(|pair| pair[0].1.score >= pair[1].1.score), "round {round}");
    }
}

#[test]
fn equal_scores_are_in_the_same_order_every_time_latest_first() {
    let text = "The bike is red.";
    let mut entries: Vec<Entry> = (1..=6).map(|place| entry(place, None, None, text)).collect();
    // Two of one moment: their ids decide.
    entries[4].order = 4;
    let by_id = |entries: &[Entry]| -> Vec<String> {
        let view = view(entries);
        let scored = ask(entries, "red bike", &[builtin::embed_query("red bike")]).scored;
        scored.iter().map(|scored| view.rows()[scored.row].entry.id.to_string()).collect()
    };
    let expected = [6, 5, 4, 3, 2, 1].map(|place: usize| format!("{place:016}"));
    for _ in 0..entries.len() {
        entries.rotate_left(1);
        assert_eq!(by_id(&entries), expected);
    }
    entries.reverse();
    assert_eq!(by_id(&entries), expected);
}

#[test]
fn an_empty_view_gives_nothing() {
    let ranked = ask(&[], "What did Ana say?", &[builtin::embed_query("bike")]);
    assert_eq!((ranked.scored, ranked.confidence, ranked.considered), (vec![], 0.0, 0));
}

#[test]
fn a_word_said_next_to_it_counts_half_and_beyond_a_quarter() {
    let texts = ["Quite a day.", "Quite a day.", "My bike was stolen.", "Quite a day.", "Quite a day.", "Quite a day."];
    let entries: Vec<Entry> =
        texts.iter().enumerate().map(|(place, text)| entry(place, Some("s"), None, text)).collect();
    let found = ranked(&entries, "bike", &[]);
    let lexical = [2, 1, 0, 5].map(|place| of(&found, place).signals.lexical);
    assert!(lexical[0] == 1.0 && lexical[1] > 0.5 && lexical[1] > lexical[2] && lexical[2] > 0.2, "{lexical:?}");
    assert_eq!(lexical[3], 0.0, "three away is too far");
}

#[test]
fn a_time_that_the_question_names_lifts_what_was_said_then_or_is_about_it() {
    let at = |place: usize, time: &str| {
        let mut memory = memory(place, None, None, "We went to the lake.");
        memory.occurred_at = Some(time.parse().expect("a time"));
        Entry::of(&memory, None)
    };
    let entries = [at(1, "2023-05-07"), at(2, "2023-06-01"), at(3, "2022-05-20")];
    assert_eq!(places(&ranked(&entries, "Where did we go in May 2023?", &[]))[0], 1);
    let found = ranked(&entries, "Where did we go in May?", &[]);
    assert_eq!([1, 2, 3].map(|place| of(&found, place).signals.date), [1.0, 0.0, 1.0]);
    assert_eq!(places(&ranked(&entries, "Where did we go on 1 June?", &[]))[0], 2);
}

#[test]
fn a_question_that_is_answered_is_told_from_one_that_is_not() {
    let texts = [
        "My sister Clara moves to Porto in May.",
        "The boiler was repaired on Monday.",
        "I had soup for lunch.",
        "The meeting is at three.",
        "Rex needs his vaccination.",
        "We painted the kitchen green.",
        "The train was late again.",
        "Grandmother plays the violin.",
        "I lost my umbrella.",
        "The recipe needs two eggs.",
        "Our island holiday is booked.",
        "The engine makes a noise.",
    ];
    let entries: Vec<Entry> = texts.iter().enumerate().map(|(place, text)| entry(place, None, None, text)).collect();
    let confidence = |query: &str| ask(&entries, query, &[builtin::embed_query(query)]).confidence;
    for query in
        ["Where does my sister move to?", "When was the boiler repaired?", "What colour is the kitchen painted?"]
    {
        assert!(confidence(query) > ABSTAIN_BELOW, "{query}: {}", confidence(query));
    }
    for query in ["What is the capital of Mongolia?", "How do I prune apple trees?"] {
        assert!(confidence(query) < ABSTAIN_BELOW, "{query}: {}", confidence(query));
    }
}
