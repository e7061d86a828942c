//! What an answer is given from: the session's last turns and what recall finds, within a budget of tokens.

use std::collections::HashSet;

use futures_util::future::join_all;

use crate::app::App;
use crate::chat::Request;
use crate::chat::architect::{Earlier, Summed, chosen};
use crate::chat::held::Held;
use crate::classify::closed::closed;
use crate::classify::sensitivity::sensitivity;
use crate::error::{Error, Result};
use crate::index::{QueryVector, context};
use crate::memory::{Memory, MemoryId, Role, Sensitivity, Time};
use crate::models::Place;
use crate::models::builtin;
use crate::models::memo::alike::is_alike;
use crate::recall::{self, Returned};
use crate::summarize::{self, Read};

/// Turns of the session that are looked at.
pub const TURNS: usize = 20;
/// Tokens of the session's turns and of memories together. With rules, a message of usual length and an answer this fits
/// into 4,096 tokens, the least that Ollama is asked for.
pub const TOKENS: usize = 2_000;
/// The same for the smallest models, which read and write 2,048 tokens at once.
pub const LESS_TOKENS: usize = 600;
/// Tokens of those that the session's turns may take.
const TOKENS_OF_TURNS: usize = 1_000;
/// Memories that are recalled.
const MEMORIES: usize = 12;
/// Memories that are recalled beside those, since as many may only be the same question, asked before, and its answers.
const ECHOES: usize = 8;
/// Other conversations that are looked at in short.
const SESSIONS: usize = 3;

/// All that there is to answer from, before it is cut to what a model may see.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The session's last turns, latest first.
    pub turns: Vec<Memory>,
    /// What recall found, best first, each with the chance that it is evidence.
    pub memories: Vec<(Memory, f32)>,
    /// The conversations that these are from, in short.
    pub earlier: Vec<Earlier>,
    /// Where the message lies among what was said.
    pub asks: Option<QueryVector>,
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
    /// Earlier conversations in short, as text.
    pub earlier: String,
    /// Which conversations these are, and how much of each is told.
    pub summaries: Vec<Summed>,
    /// Tokens of all three.
    pub tokens: usize,
    /// What stands in them: memories first, the best first, then turns, then what summaries show.
    pub ids: Vec<MemoryId>,
    /// The same, each with its revision.
    pub grounds: Vec<(MemoryId, u32)>,
    /// How closed the closed-most of them is.
    pub sensitivity: Sensitivity,
}

/// Reads it. `message`: the turn that is answered; it is in neither part.
pub async fn read(app: &App, request: &Request, held: &Held, message: MemoryId, now: Time) -> Result<Evidence> {
    let last = recall::last(app, &request.scope, &request.session, &held.turns, TURNS, now).await?;
    held.keep(app, request, &last, now).await;
    let mut turns = last.turns;
    turns.retain(|turn| turn.id != message);
    turns.reverse();
    // Only what stands in the prompt already is left out of the recall: a long turn may still be worth finding.
    let stands = match app.converse.is_empty() {
        true => Vec::new(),
        false => context::pack(&turns, TOKENS_OF_TURNS, builtin::count_tokens).packed,
    };
    let known = stands.into_iter().map(|place| turns[place].id).chain([message]).collect();
    let found = recall::recall(app, &without(request, known), now).await?;
    Ok(gathered(app, request, turns, found, now).await.0)
}

/// What no model was there to read: the turns stand in no prompt, and what was said in them is found like anything else. A
/// recall more, where models were to answer; what there was before where that fails.
pub async fn unread(app: &App, request: &Request, evidence: Evidence, message: MemoryId, now: Time) -> Evidence {
    if app.converse.is_empty() {
        return evidence;
    }
    match Box::pin(recall::replayed(app, &without(request, vec![message]), now)).await {
        Ok(found) => {
            let abstain = found.abstain();
            Evidence { memories: likely(request, found).0, abstain, ..evidence }
        }
        Err(error) => {
            tracing::warn!(%error, "what was said in the session was not sought");
            evidence
        }
    }
}

/// What the message asks of recall, without these.
fn without(request: &Request, known: Vec<MemoryId>) -> recall::Request {
    recall::Request {
        excluded: Returned::default().after(known),
        ..recall::Request::of(&request.scope, &request.message, MEMORIES + ECHOES, TOKENS)
    }
}

/// What the message would be answered from at that time as the first of a conversation, and the memories in which the same
/// was asked before. Leaves no trace.
pub async fn ahead(app: &App, request: &Request, at: Time) -> Result<(Evidence, Vec<Memory>)> {
    let asked = recall::Request::of(&request.scope, &request.message, MEMORIES + ECHOES, TOKENS);
    let found = Box::pin(recall::replayed(app, &asked, at)).await?;
    Ok(gathered(app, request, Vec::new(), found, at).await)
}

/// The evidence, with those turns, in what was found; and the echoes that it is not in.
async fn gathered(
    app: &App,
    request: &Request,
    turns: Vec<Memory>,
    found: recall::Recalled,
    now: Time,
) -> (Evidence, Vec<Memory>) {
    let abstain = found.abstain();
    let (memories, echoes) = likely(request, found);
    let may_be_read = Place::Process.may_see(sensitivity(&request.message));
    let asks = may_be_read.then(|| builtin::embed_query(&request.message));
    let earlier = if app.converse.is_empty() { Vec::new() } else { earlier(app, request, &memories, now).await };
    (Evidence { turns, memories, earlier, asks, abstain }, echoes)
}

/// The likeliest of what was found, and the echoes that are not among them.
fn likely(request: &Request, found: recall::Recalled) -> (Vec<(Memory, f32)>, Vec<Memory>) {
    let mut memories: Vec<(Memory, f32)> = found.found.into_iter().map(|found| (found.memory, found.score)).collect();
    let echoes = take_echoes(request, &mut memories);
    memories.truncate(MEMORIES);
    (memories, echoes)
}

/// Leaves out where the same was asked in another conversation, and what was answered there: neither is evidence, and an
/// answer that is kept would never fit again if asking changed what it was made from. In this conversation it matters:
/// who says "go on" twice wants to hear more. Gives where it was asked.
fn take_echoes(request: &Request, memories: &mut Vec<(Memory, f32)>) -> Vec<Memory> {
    let is_elsewhere = |memory: &Memory| memory.session.as_deref() != Some(request.session.as_str());
    let is_echo = |(memory, _): &&(Memory, f32)| {
        memory.role == Some(Role::User) && is_elsewhere(memory) && is_alike(&memory.content, &request.message)
    };
    let echoes: Vec<Memory> = memories.iter().filter(is_echo).map(|(memory, _)| memory.clone()).collect();
    let asked: HashSet<MemoryId> = echoes.iter().map(|memory| memory.id).collect();
    let answered: HashSet<MemoryId> = asked.iter().map(|id| super::reply_id(&request.scope, *id)).collect();
    memories.retain(|(memory, _)| !asked.contains(&memory.id) && !answered.contains(&memory.id));
    echoes
}

/// The other conversations that the memories are from in short, those of the likeliest first: what nights made of them, and
/// what was said since. Where one cannot be read it is answered without.
async fn earlier(app: &App, request: &Request, memories: &[(Memory, f32)], now: Time) -> Vec<Earlier> {
    let mut sessions: Vec<Other<'_>> = Vec::new();
    for (memory, chance) in memories {
        let Some(session) = memory.session.as_deref().filter(|session| *session != request.session) else { continue };
        match sessions.iter_mut().find(|known| known.session == session) {
            Some(known) => {
                known.chance = known.chance.max(*chance);
                known.order = known.order.max(memory.order);
            }
            None => sessions.push(Other { session, chance: *chance, order: memory.order }),
        }
    }
    sessions.sort_by(|a, b| b.chance.total_cmp(&a.chance));
    sessions.truncate(SESSIONS);
    let read = join_all(sessions.iter().map(|other| Box::pin(in_short(app, request, other, now)))).await;
    let mut earlier = Vec::new();
    for (other, parts) in sessions.into_iter().zip(read) {
        let of = |read| Earlier { session: other.session.to_owned(), chance: other.chance, read };
        earlier.extend(parts.into_iter().map(of));
    }
    earlier
}

/// A conversation that memories are from.
struct Other<'a> {
    session: &'a str,
    /// The chance that its likeliest memory is evidence.
    chance: f32,
    /// Where the latest of its memories stands among all that was stored.
    order: i64,
}

/// As a night summed it up, and what was said after that. What has left short-term memory and no night saw is in neither.
async fn in_short(app: &App, request: &Request, other: &Other<'_>, now: Time) -> Vec<Read> {
    let read = async {
        let made = summarize::read(app, &request.scope, other.session, now).await?;
        let until = made.as_ref().map_or(i64::MIN, |read| read.summary.order);
        let more = match other.order > until {
            true => summarize::fresh(app, &request.scope, other.session, until, now).await?,
            false => None,
        };
        Ok(made.into_iter().chain(more).collect())
    };
    read.await.unwrap_or_else(|error: Error| {
        tracing::warn!(%error, "an earlier conversation was not read");
        Vec::new()
    })
}

impl Evidence {
    /// What of it a model may see that may see texts up to that sensitivity, within the budget.
    pub fn pack(&self, most: Sensitivity) -> Packed {
        self.pack_within(most, TOKENS)
    }

    /// The same within so many tokens, of which the session's turns take half at most.
    pub fn pack_within(&self, most: Sensitivity, tokens: usize) -> Packed {
        let open = |memory: &&Memory| closed(memory) <= most;
        let turns: Vec<Memory> = self.turns.iter().filter(open).cloned().collect();
        let memories: Vec<(Memory, f32)> = self.memories.iter().filter(|(memory, _)| open(&memory)).cloned().collect();
        let earlier: Vec<Earlier> = self.earlier.iter().map(|earlier| earlier.within(most)).collect();
        let said = context::pack(&turns, TOKENS_OF_TURNS.min(tokens / 2), builtin::count_tokens);
        let left = tokens.saturating_sub(said.tokens);
        let chosen = chosen(&memories, &earlier, self.asks.as_ref(), left);
        let found: Vec<Memory> = chosen.memories.iter().map(|place| memories[*place].0.clone()).collect();
        let whole = context::pack(&found, usize::MAX, builtin::count_tokens);
        let shown: Vec<&Memory> = found.iter().chain(said.packed.iter().map(|place| &turns[*place])).collect();
        let mut ids: Vec<MemoryId> = shown.iter().map(|memory| memory.id).collect();
        let mut grounds: Vec<(MemoryId, u32)> = shown.iter().map(|memory| (memory.id, memory.revision)).collect();
        let mut sensitivity = shown.iter().map(|memory| closed(memory)).max().unwrap_or(Sensitivity::General);
        for given in &chosen.given {
            let others: Vec<MemoryId> = given.summed.memories.iter().filter(|id| !ids.contains(id)).copied().collect();
            ids.extend(others);
            grounds.extend(&given.made_from);
            sensitivity = sensitivity.max(given.sensitivity);
        }
        let summaries: Vec<Summed> = chosen.given.into_iter().map(|given| given.summed).collect();
        let tokens = said.tokens + whole.tokens + summaries.iter().map(|summed| summed.tokens).sum::<usize>();
        let (turns, memories, earlier) = (said.text, whole.text, chosen.text);
        Packed { turns, memories, earlier, summaries, tokens, ids, grounds, sensitivity }
    }
}

#[cfg(test)]
mod tests;
