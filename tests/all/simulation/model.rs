//! What must be true of each memory, as a plain table: what was acknowledged, and where an answer was lost, all that
//! may have become of it.

use memorable::memory::Time;
use serde_json::{Value, json};

/// What may have become of a memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Life {
    /// It was never stored.
    Absent,
    /// It says its `text`th text.
    Live {
        text: usize,
        expires: Option<Time>,
        /// What it said before, oldest first.
        past: Vec<usize>,
    },
    Forgotten,
}

impl Life {
    pub fn is_visible(&self, now: Time) -> bool {
        matches!(self, Life::Live { expires, .. } if expires.is_none_or(|expires| now < expires))
    }
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Stored, changed or forgotten as asked.
    Done,
    /// It was so before.
    Repeated,
    /// Stored before and forgotten since, and it stays so.
    StaysForgotten,
    /// There is no such memory.
    NotFound,
    /// Nothing, or that something failed: it may be done or not.
    Unknown,
}

/// What was asked about one memory, and what was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Store { expires: Option<Time>, returns: bool, said: Said },
    Revise { text: usize, expires: Option<Option<Time>>, said: Said },
    Forget { said: Said },
    Night { ended: bool },
}

/// What the memory may be after the event; nothing where the answer cannot have been given.
pub fn after(life: &Life, event: &Event, now: Time) -> Vec<Life> {
    let (answer, changed, said) = match event {
        Event::Store { expires, returns, said } => {
            let told = Life::Live { text: 0, expires: *expires, past: Vec::new() };
            let (answer, life) = match life {
                life if life.is_visible(now) => (Said::Repeated, life.clone()),
                Life::Forgotten if !returns => (Said::StaysForgotten, Life::Forgotten),
                _ => (Said::Done, told),
            };
            (answer, life, *said)
        }
        Event::Revise { text, expires, said } => match life {
            Life::Live { text: old, expires: end, .. }
                if life.is_visible(now) && old == text && expires.is_none_or(|new| new == *end) =>
            {
                (Said::Repeated, life.clone(), *said)
            }
            Life::Live { text: old, expires: end, past } if life.is_visible(now) => {
                let past = past.iter().copied().chain([*old]).collect();
                (Said::Done, Life::Live { text: *text, expires: expires.unwrap_or(*end), past }, *said)
            }
            _ => (Said::NotFound, life.clone(), *said),
        },
        Event::Forget { said } => match life {
            Life::Absent => (Said::NotFound, Life::Absent, *said),
            _ => (Said::Done, Life::Forgotten, *said),
        },
        Event::Night { ended } => {
            let is_past = matches!(life, Life::Live { .. }) && !life.is_visible(now);
            let after = if is_past { Life::Forgotten } else { life.clone() };
            (Said::Done, after, if *ended { Said::Done } else { Said::Unknown })
        }
    };
    match said {
        Said::Unknown if changed == *life => vec![changed],
        Said::Unknown => vec![life.clone(), changed],
        said if said == answer => vec![changed],
        _ => Vec::new(),
    }
}

/// What the memory may be after all of the events, in whatever order they happened.
pub fn after_all(lives: &[Life], events: &[Event], now: Time) -> Vec<Life> {
    if events.is_empty() {
        return lives.to_vec();
    }
    let mut found: Vec<Life> = Vec::new();
    for first in 0..events.len() {
        let mut others = events.to_vec();
        let event = others.remove(first);
        let next: Vec<Life> = lives.iter().flat_map(|life| after(life, &event, now)).collect();
        for life in after_all(&next, &others, now) {
            if !next.is_empty() && !found.contains(&life) {
                found.push(life);
            }
        }
    }
    found
}

/// One memory that was asked to be stored.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Its number: its words name it.
    pub number: usize,
    /// Place among the world's scopes.
    pub scope: usize,
    /// As the service calls it; none until it was seen.
    pub id: Option<String>,
    /// What it may be.
    pub may_be: Vec<Life>,
    /// Whether telling it again after it was forgotten makes it known again.
    pub returns: bool,
    /// How many texts it was given.
    pub texts: usize,
    pub occurred_at: Option<String>,
    pub session: Option<String>,
}

impl Slot {
    /// What it is, where that is known; an ended one counts as live until it is known to be forgotten.
    pub fn is_surely_visible(&self, now: Time) -> bool {
        !self.may_be.is_empty() && self.may_be.iter().all(|life| life.is_visible(now))
    }

    pub fn may_be_visible(&self, now: Time) -> bool {
        self.may_be.iter().any(|life| life.is_visible(now))
    }

    pub fn word(&self, text: usize) -> String {
        format!("zq{}r{text}", self.number)
    }

    pub fn content(&self, text: usize) -> String {
        let word = self.word(text);
        match (self.number + text) % 4 {
            0 => format!("The crate {word} went to Porto on Monday."),
            1 => format!("I promise to send Clara the {word} by next Friday."),
            2 => format!("Does anybody know where {word} is?"),
            _ => format!("Ben prefers {word} to tea, and always did."),
        }
    }

    pub fn metadata(&self, text: usize) -> Value {
        json!({ "number": self.number, "text": text })
    }

    pub fn item(&self, subject: &str, expires: Option<Time>) -> Value {
        let speaker = ["Ana", "Ben"][self.number % 2];
        json!({
            "scope": subject, "content": self.content(0), "speaker": speaker, "session": self.session,
            "occurred_at": self.occurred_at, "expires_at": expires.map(|end| end.to_string()),
            "metadata": self.metadata(0),
        })
    }
}

/// All words of memories in a text: number of the memory, number of its text.
pub fn words(text: &str) -> Vec<(usize, usize)> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
    let named = parts.filter_map(|part| part.strip_prefix("zq")?.split_once('r'));
    named.filter_map(|(number, text)| Some((number.parse().ok()?, text.parse().ok()?))).collect()
}
