//! The written conversation, and how it is told to a house: at its own times, with a night after each day.

use jiff::SignedDuration;
use memorable::memory::Time;
use memorable_local::{House, sample};
use serde_json::{Value, json};

use crate::support::{Call, alice, call_at, drain};

/// A conversation: sessions with their times, the turns with what was planted in them.
pub struct Written {
    sessions: Vec<(Time, String, Vec<Value>)>,
    /// The days of which digests are read.
    pub days: Vec<jiff::civil::Date>,
    /// After the last of it.
    pub end: Time,
}

impl Written {
    /// The one beside this file.
    pub fn read() -> Written {
        let file: Value = serde_json::from_str(include_str!("two-weeks.json")).expect("JSON");
        let sessions = |part: &str| -> Vec<(Time, String, Vec<Value>)> {
            let all = file[part].as_array().expect("sessions").iter();
            all.map(|session| {
                let text = |name: &str| session[name].as_str().expect("a text").to_owned();
                (
                    text("at").parse().expect("a time"),
                    text("session"),
                    session["turns"].as_array().expect("turns").clone(),
                )
            })
            .collect()
        };
        let weeks = sessions("weeks");
        let days = weeks.iter().map(|(at, ..)| at.date()).collect();
        Written {
            sessions: [sessions("before"), weeks].concat(),
            days,
            end: "2026-03-15T18:30:00Z".parse().expect("a time"),
        }
    }

    /// The one that ships with the project.
    pub fn sample() -> Written {
        let mut sessions: Vec<(Time, String, Vec<Value>)> = Vec::new();
        let text = |turn: &Value, name: &str| turn[name].as_str().expect("a text").to_owned();
        for turn in sample::conversations().expect("the sample").iter().flat_map(|conversation| &conversation.turns) {
            let (at, session) = (text(turn, "occurred_at"), text(turn, "session"));
            let said = json!({"speaker": turn["speaker"], "text": turn["content"]});
            match sessions.last_mut() {
                Some((_, last, turns)) if *last == session => turns.push(said),
                _ => sessions.push((at.parse().expect("a time"), session, vec![said])),
            }
        }
        let days: Vec<jiff::civil::Date> = sessions.iter().map(|(at, ..)| at.date()).collect();
        let end = sessions.last().map(|(at, ..)| at.plus(SignedDuration::from_hours(2))).expect("sessions");
        Written { sessions, days, end }
    }

    /// The same turns, with the times of others. `seed`: which.
    pub fn shuffled(&self, seed: u64) -> Written {
        let times: Vec<Time> = self.sessions.iter().flat_map(|(at, _, turns)| turns.iter().map(|_| *at)).collect();
        let mut turns: Vec<Value> = self.sessions.iter().flat_map(|(.., turns)| turns.clone()).collect();
        let mut state = seed;
        for place in (1..turns.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            turns.swap(place, (state >> 33) as usize % (place + 1));
        }
        let mut sessions: Vec<(Time, String, Vec<Value>)> = Vec::new();
        for (at, turn) in times.into_iter().zip(turns) {
            match sessions.last_mut() {
                Some((last, _, turns)) if *last == at => turns.push(turn),
                _ => sessions.push((at, format!("at-{at}"), vec![turn])),
            }
        }
        Written { sessions, days: self.days.clone(), end: self.end }
    }

    fn all(&self) -> impl Iterator<Item = &Value> {
        self.sessions.iter().flat_map(|(.., turns)| turns)
    }

    /// How many turns there are.
    pub fn turns(&self) -> usize {
        self.all().count()
    }

    /// Whether one of the turns says exactly that.
    pub fn has(&self, text: &str) -> bool {
        self.all().any(|turn| turn["text"] == text)
    }

    /// The turns with that mark, and what it says.
    pub fn with<'a>(&'a self, mark: &'a str) -> impl Iterator<Item = (String, String)> + 'a {
        let text = |turn: &Value| turn["text"].as_str().expect("a text").to_owned();
        let marked = self.all().filter(move |turn| !turn[mark].is_null());
        marked.map(move |turn| (text(turn), turn[mark].as_str().unwrap_or_default().to_owned()))
    }

    /// The turn with that mark of that value.
    pub fn marked(&self, mark: &str, value: &str) -> String {
        self.with(mark).find(|(_, found)| found == value).map(|(text, _)| text).expect("a turn")
    }
}

/// Stores all of it, each session at its time; with `nights` a night follows each day of a digest, else one comes at the end.
pub async fn tell(house: &House, written: &Written, nights: bool) {
    for (place, (at, session, turns)) in written.sessions.iter().enumerate() {
        let message = |turn: &Value| json!({"role": "user", "name": turn["speaker"], "content": turn["text"]});
        let messages: Vec<Value> = turns.iter().map(message).collect();
        post(house, *at, json!({"scope": "user:alice", "session": session, "messages": messages})).await;
        let day_ends = written.sessions.get(place + 1).is_none_or(|(next, ..)| next.date() != at.date());
        if nights && day_ends && written.days.contains(&at.date()) {
            drain(house).await;
            night(house, Time::start_of(at.date()).plus(SignedDuration::from_hours(24))).await;
        }
    }
    drain(house).await;
    night(house, written.end).await;
}

/// One write at that time.
pub async fn post(house: &House, at: Time, body: Value) {
    let what = Call { token: "local", method: "POST", path: "/v1/memories".to_owned(), key: None, body };
    let (status, answer) = call_at(house, &house.app, at, &what).await;
    assert_eq!(status, 202, "{answer}");
}

/// One read at that time.
pub async fn get(house: &House, path: &str, at: Time) -> Value {
    let what = Call { token: "local", method: "GET", path: path.to_owned(), key: None, body: Value::Null };
    let (status, answer) = call_at(house, &house.app, at, &what).await;
    // The day of a forgotten memory has no digest until the next night.
    assert!(status == 200 || status == 404 && path.contains("/digests/"), "{path}: {status} {answer}");
    answer
}

/// The night that begins at that time, about the day that ends then or is under way.
pub async fn night(house: &House, at: Time) {
    let day = Time::from_micros(at.micros() - 1).date();
    memorable::night::work(&house.app, &alice(), day, at).await.expect("a night");
}

/// All memories, by id, with their texts.
pub async fn listed(house: &House, at: Time) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = get(house, &format!("/v1/memories?scope=user:alice&limit=100{cursor}"), at).await;
        for memory in page["memories"].as_array().expect("memories") {
            let text = |name: &str| memory[name].as_str().expect("a text").to_owned();
            all.push((text("id"), text("content")));
        }
        let Some(next) = page["next_cursor"].as_str() else { return all };
        let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        cursor = format!("&cursor={next}");
    }
}
