//! What an answer is given from: the session's last turns and what recall finds, within a budget of tokens.

use std::collections::HashSet;

use jiff::SignedDuration;

use crate::app::App;
use crate::aws::turns::Turn;
use crate::chat::Request;
use crate::classify::sensitivity::sensitivity;
use crate::error::Result;
use crate::index::{Filter, context};
use crate::memory::{Memory, MemoryId, Presence, Role, Sensitivity, Time};
use crate::models::builtin;
use crate::models::memo::alike::is_alike;
use crate::recall::{self, Returned};

/// Turns of the session that are looked at.
pub const TURNS: usize = 20;
/// Tokens of the session's turns and of memories together. With rules, a message of usual length and an answer this fits
/// into 4,096 tokens: what Ollama gives a model unless told otherwise, cutting off the beginning of what is longer.
const TOKENS: usize = 2_000;
/// Tokens of those that the session's turns may take.
const TOKENS_OF_TURNS: usize = 1_000;
/// Memories that are recalled.
const MEMORIES: usize = 12;
/// Memories that are recalled beside those, since as many may only be the same question, asked before, and its answers.
const ECHOES: usize = 8;
/// Turns that end sooner than this are kept longer while somebody is there: so each is written again once in half a day.
const ENDS_SOON: SignedDuration = SignedDuration::from_hours(12);
/// In a reply's metadata, how closed the closed-most text was that its model had seen.
pub const SEEN: &str = "seen";

/// All that there is to answer from, before it is cut to what a model may see.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The session's last turns, latest first.
    pub turns: Vec<Memory>,
    /// What recall found, best first.
    pub memories: Vec<Memory>,
    /// Whether memory most likely does not hold what is asked.
    pub abstain: bool,
}

/// What of it goes into a prompt.
#[derive(Debug, Clone)]
pub struct Packed {
    /// The session's turns as text.
    pub turns: String,
    /// Memories as text.
    pub memories: String,
    /// Tokens of both.
    pub tokens: usize,
    /// What stands in them, memories first, the best first.
    pub ids: Vec<MemoryId>,
    /// The same, each with its revision.
    pub grounds: Vec<(MemoryId, u32)>,
    /// How closed the closed-most of them is.
    pub sensitivity: Sensitivity,
}

/// Reads it. `message`: the turn that is answered; it is in neither part.
pub async fn read(app: &App, request: &Request, held: &[Turn], message: MemoryId, now: Time) -> Result<Evidence> {
    let last = recall::last(app, &request.scope, &request.session, held, TURNS, now).await?;
    keep(app, request, held, &last, now).await;
    let mut turns = last.turns;
    turns.retain(|turn| turn.id != message);
    turns.reverse();
    // Only what stands in the prompt already is left out of the recall: a long turn may still be worth finding.
    // Where no model is there to read the turns, what was said in them is found like anything else.
    let stands = match app.converse.is_empty() {
        true => Vec::new(),
        false => context::pack(&turns, TOKENS_OF_TURNS, builtin::count_tokens).packed,
    };
    let known = stands.into_iter().map(|place| turns[place].id).chain([message]);
    let asked = recall::Request {
        query: request.message.clone(),
        scopes: vec![request.scope.clone()],
        top_k: MEMORIES + ECHOES,
        max_tokens: TOKENS,
        filter: Filter::everything(),
        min_score: 0.0,
        as_of: None,
        known_at: None,
        include_superseded: false,
        excluded: Returned::default().after(known),
        explain: false,
    };
    let found = recall::recall(app, &asked, now).await?;
    let abstain = found.abstain();
    let mut memories: Vec<Memory> = found.found.into_iter().map(|found| found.memory).collect();
    drop_echoes(request, &mut memories);
    memories.truncate(MEMORIES);
    Ok(Evidence { turns, memories, abstain })
}

/// Leaves out where the same was asked in another conversation, and what was answered there: neither is evidence, and an
/// answer that is kept would never fit again if asking changed what it was made from. In this conversation it matters:
/// who says "go on" twice wants to hear more.
fn drop_echoes(request: &Request, memories: &mut Vec<Memory>) {
    let is_elsewhere = |memory: &Memory| memory.session.as_deref() != Some(request.session.as_str());
    let is_echo = |memory: &&Memory| {
        memory.role == Some(Role::User) && is_elsewhere(memory) && is_alike(&memory.content, &request.message)
    };
    let asked: HashSet<MemoryId> = memories.iter().filter(is_echo).map(|memory| memory.id).collect();
    let answered: HashSet<MemoryId> = asked.iter().map(|id| super::reply_id(&request.scope, *id)).collect();
    memories.retain(|memory| !asked.contains(&memory.id) && !answered.contains(&memory.id));
}

/// Who writes is there: what ends soon is kept for longer, and what was gone from short-term memory is put back.
async fn keep(app: &App, request: &Request, held: &[Turn], last: &recall::Last, now: Time) {
    let presence = presence(held, now);
    let soon = now.plus(ENDS_SOON).seconds();
    let stays = |memory: &&Memory| {
        let turn = held.iter().find(|turn| turn.id == memory.id);
        match turn {
            Some(turn) => presence == Presence::Active && turn.until < soon,
            None => true,
        }
    };
    let first = if last.is_whole { last.turns.first().map(|memory| memory.id) } else { None };
    let is_news = |memory: &&Memory| last.rebuilt && first == Some(memory.id);
    let kept: Vec<&Memory> = last.turns.iter().filter(|memory| stays(memory) || is_news(memory)).collect();
    let until = now.plus(presence.keeps());
    if let Err(error) = app.records.keep_turns(&request.scope, &request.session, &kept, first, until).await {
        // Short-term memory only spares reads: the next message makes the session again from the index.
        tracing::warn!(%error, turns = kept.len(), "turns were not kept in short-term memory");
    }
}

/// Whether somebody is in the middle of the session with those turns.
pub fn presence(held: &[Turn], now: Time) -> Presence {
    Presence::of(held.last().map(|turn| Time::from_micros(turn.order)), now)
}

impl Evidence {
    /// What of it a model may see that may see texts up to that sensitivity, within the budget.
    pub fn pack(&self, most: Sensitivity) -> Packed {
        let open = |memories: &[Memory]| -> Vec<Memory> {
            memories.iter().filter(|memory| closed(memory) <= most).cloned().collect()
        };
        let (turns, memories) = (open(&self.turns), open(&self.memories));
        let said = context::pack(&turns, TOKENS_OF_TURNS, builtin::count_tokens);
        let found = context::pack(&memories, TOKENS.saturating_sub(said.tokens), builtin::count_tokens);
        let shown: Vec<&Memory> = (found.packed.iter().map(|place| &memories[*place]))
            .chain(said.packed.iter().map(|place| &turns[*place]))
            .collect();
        Packed {
            ids: shown.iter().map(|memory| memory.id).collect(),
            grounds: shown.iter().map(|memory| (memory.id, memory.revision)).collect(),
            sensitivity: shown.iter().map(|memory| closed(memory)).max().unwrap_or(Sensitivity::General),
            turns: said.text,
            memories: found.text,
            tokens: said.tokens + found.tokens,
        }
    }
}

/// How closed a memory is, with all of it that a prompt shows: by its text as it is read now, by what classifying found,
/// and of a reply by what its model had seen, since it may tell that in other words.
pub fn closed(memory: &Memory) -> Sensitivity {
    let texts = [Some(memory.content.as_str()), memory.session.as_deref(), memory.speaker.as_deref()];
    let by_text = texts.into_iter().flatten().map(sensitivity).max().unwrap_or(Sensitivity::General);
    let classified = memory.classification.as_ref().map_or(Sensitivity::General, |class| class.sensitivity);
    let seen = memory.metadata.get(super::FIELD).and_then(|chat| chat.get(SEEN));
    let seen = seen.and_then(|seen| serde_json::from_value(seen.clone()).ok()).unwrap_or(Sensitivity::General);
    by_text.max(classified).max(seen)
}

#[cfg(test)]
mod tests;
