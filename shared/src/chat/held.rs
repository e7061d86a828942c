//! A session's short-term memory, as a message finds it, and how long it goes on.
//!
//! Turns never end before earlier ones of their session: so while any is held, all that were said after it are, too, and
//! what is held has no gap that would go for the whole session.

use jiff::SignedDuration;

use crate::app::App;
use crate::aws::turns::Turn;
use crate::chat::Request;
use crate::memory::{Memory, MemoryId, Presence, Time};
use crate::recall::Last;

/// Turns that end sooner than this are kept longer while somebody is there: so each is written again once in half a day.
const ENDS_SOON: SignedDuration = SignedDuration::from_hours(12);

/// What short-term memory holds of a session.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its last turns, oldest first.
    pub turns: Vec<Turn>,
    /// When what is said now ends there.
    pub until: Time,
    presence: Presence,
}

impl Held {
    /// Those turns, as of now.
    pub fn of(turns: Vec<Turn>, now: Time) -> Held {
        let presence = Presence::of(turns.last().map(|turn| Time::from_micros(turn.order)), now);
        let latest = turns.iter().map(|turn| Time::from_micros(turn.until.saturating_mul(1_000_000))).max();
        let until = now.plus(presence.keeps());
        Held { until: latest.map_or(until, |latest| latest.max(until)), turns, presence }
    }

    /// Of a session whose turns could not be read: as long as any of them may stay.
    pub fn unknown(now: Time) -> Held {
        Held { turns: Vec::new(), until: now.plus(Presence::Active.keeps()), presence: Presence::Active }
    }

    fn ends(&self, id: MemoryId) -> Option<i64> {
        self.turns.iter().find(|turn| turn.id == id).map(|turn| turn.until)
    }

    /// Who writes is there: where something ends soon all is kept for longer, and what was gone is put back.
    pub(super) async fn keep(&self, app: &App, request: &Request, last: &Last, now: Time) {
        let soon = now.plus(ENDS_SOON).seconds();
        let ends_soon = self.presence == Presence::Active && self.turns.iter().any(|turn| turn.until < soon);
        if !ends_soon && !last.rebuilt {
            return;
        }
        let first = if last.is_whole { last.turns.first().map(|memory| memory.id) } else { None };
        let is_news = |memory: &&Memory| last.rebuilt && first == Some(memory.id);
        let ends_before = |memory: &&Memory| self.ends(memory.id).is_none_or(|until| until < self.until.seconds());
        let kept: Vec<&Memory> = last.turns.iter().filter(|memory| ends_before(memory) || is_news(memory)).collect();
        let put = app.records.keep_turns(&request.scope, &request.session, &kept, first, self.until);
        if let Err(error) = put.await {
            // Short-term memory only spares reads: the next message makes the session again from the index.
            tracing::warn!(%error, turns = kept.len(), "turns were not kept in short-term memory");
        }
    }
}

#[cfg(test)]
mod tests;
