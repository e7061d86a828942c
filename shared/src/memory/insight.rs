//! What can be said of a scope beyond its single memories: habits, what is talked of more or less, what was left open.
//!
//! Made of gists and links when it is asked for. Each names the memories it rests on; none is a memory.

pub mod chance;
pub mod loops;
mod recurring;
mod trends;

use serde::Serialize;

use crate::memory::gist::Gist;
use crate::memory::id::Fields;
use crate::memory::link::Link;
use crate::memory::{MemoryId, Time};

pub use recurring::Rhythm;

/// Memories that an insight cites, the latest ones.
pub const MOST_CITED: usize = 10;
/// Memories that are compared with one another.
pub const MOST_COMPARED: usize = 4_000;
/// Least confidence of what is said.
const LEAST_CONFIDENCE: f32 = 0.5;

/// What an insight says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Something promised whose day is past, and of which nothing was heard.
    Overdue,
    /// Something promised without a day, and of which nothing was heard.
    OpenPromise,
    /// A question that nobody answered.
    OpenQuestion,
    /// Somebody says otherwise than before.
    ChangeOfMind,
    /// It comes again at its time.
    Habit,
    /// More of it this week than before.
    Rising,
    /// Less of it this week than before.
    Falling,
    /// Somebody who was not named before this week.
    NewPerson,
}

/// One thing that can be said, and what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Insight {
    /// A name that stays the same as long as it says the same.
    pub id: String,
    /// What it says.
    pub finding: Finding,
    /// Of what: names and words.
    pub about: Vec<String>,
    /// When it comes again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rhythm: Option<Rhythm>,
    /// By when it was to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Time>,
    /// How sure it is, 0 to 1.
    pub confidence: f32,
    /// How many memories stand for it.
    pub support: usize,
    /// The latest of them; all must still be there for it to be said.
    pub memories: Vec<MemoryId>,
    /// When the first of them was said.
    pub first: Time,
    /// When the last of them was.
    pub last: Time,
}

impl Insight {
    /// Of those gists, at least one.
    pub(crate) fn of(finding: Finding, about: Vec<String>, confidence: f32, gists: &[&Gist]) -> Insight {
        let mut gists = gists.to_vec();
        gists.sort_by_key(|gist| std::cmp::Reverse((gist.at, gist.id)));
        let time = |gist: Option<&&Gist>| gist.map_or(Time::from_micros(0), |gist| gist.at);
        let mut insight = Insight {
            id: String::new(),
            finding,
            about,
            rhythm: None,
            due: None,
            confidence: (confidence.clamp(0.0, 0.99) * 100.0).round() / 100.0,
            support: gists.len(),
            memories: gists.iter().take(MOST_CITED).map(|gist| gist.id).collect(),
            first: time(gists.last()),
            last: time(gists.first()),
        };
        insight.name(None);
        insight
    }

    /// Gives it its name: by what it says, and where that is of one memory, by which.
    pub(crate) fn name(&mut self, memory: Option<MemoryId>) {
        let mut hash = Fields::new("memorable insight id v1");
        hash.add(format!("{:?}", self.finding)).add(memory.map(|id| id.to_string()).unwrap_or_default());
        self.about.iter().for_each(|about| {
            hash.add(about);
        });
        self.id = hash.finish().to_hex()[..16].to_owned();
    }
}

/// All that can be said at `now` of those gists, what matters most first.
pub fn insights(gists: &[&Gist], links: &[Link], now: Time) -> Vec<Insight> {
    let open: Vec<&Gist> = gists.iter().copied().filter(|gist| gist.is_open() && gist.at <= now).collect();
    // What was left open is looked for among the latest: each is compared with all that came after it.
    let latest = &open[open.len().saturating_sub(MOST_COMPARED)..];
    let mut found = loops::promises(latest, now);
    found.extend(loops::questions(latest, now));
    found.extend(loops::changes(latest, links, now));
    found.extend(recurring::habits(&open));
    found.extend(trends::trends(&open, now));
    found.retain(|insight| insight.confidence >= LEAST_CONFIDENCE);
    found.sort_by(|a, b| {
        let order = |insight: &Insight| (insight.finding, std::cmp::Reverse(insight.last));
        order(a).cmp(&order(b)).then_with(|| a.id.cmp(&b.id))
    });
    found
}

#[cfg(test)]
mod tests;
