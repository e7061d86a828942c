//! Sessions in short: made at night, or when they are asked for and what a night made is not there or no longer holds.

mod extract;
mod words;

use std::collections::HashMap;

use futures_util::future::join;

use crate::app::App;
use crate::error::{Error, Result};
use crate::memory::id::Fields;
use crate::memory::summary::{Level, Summary, Told, VERSION};
use crate::memory::{Memory, MemoryId, Scope, Time};
use crate::recall;

/// Turns of a session that are summed up, the latest: four reads of the table.
pub const MOST_TURNS: usize = 400;
/// Turns that a summary is made of while a conversation waits for it: one read of the table.
pub const HELD_TURNS: usize = 50;
/// How often models are asked about the same turns before that is given up.
pub const MOST_FAILURES: u32 = 3;

/// A session's summary with all that is needed to tell it.
#[derive(Debug, Clone)]
pub struct Read {
    /// The summary.
    pub summary: Summary,
    /// The memories that it shows, as they are.
    pub memories: HashMap<MemoryId, Memory>,
    /// In a model's words, where there are any that hold, from short to long.
    pub words: Option<Vec<Told>>,
}

impl Read {
    /// A level: in a model's words, or the speakers' own.
    pub fn told(&self, level: Level) -> Told {
        let words = self.words.iter().flatten().find(|told| told.level == level);
        words.cloned().unwrap_or_else(|| self.summary.extract(level, &self.memories))
    }
}

/// Tells turns with their revisions from others: what a summary is known to be of.
pub fn fingerprint(turns: &[(MemoryId, u32)]) -> String {
    let mut hash = Fields::new("memorable session summary v1");
    for (id, revision) in turns {
        hash.add(id.to_string()).add(revision.to_string());
    }
    hash.finish().to_hex()[..32].to_owned()
}

/// The summary of those turns, which are all of one session and in their order, in the speakers' own words. None where
/// there are none.
pub fn extracted(turns: &[Memory], now: Time) -> Option<Summary> {
    let (first, last) = (turns.first()?, turns.last()?);
    let known: Vec<(MemoryId, u32)> = turns.iter().map(|turn| (turn.id, turn.revision)).collect();
    let (picks, counts) = extract::picks(turns);
    Some(Summary {
        v: VERSION,
        turns: u32::try_from(turns.len()).unwrap_or(u32::MAX),
        from: first.time(),
        until: last.time(),
        order: last.order,
        fingerprint: fingerprint(&known),
        made_at: now,
        picks,
        counts,
        words: None,
        failed: 0,
    })
}

/// Makes the session's summary of those turns and keeps it: by a model of the route where one answers so that it holds.
/// `failed`: how often that was tried before. Gives whether it is in a model's words.
pub async fn make(app: &App, scope: &Scope, session: &str, turns: &[Memory], failed: u32, now: Time) -> Result<bool> {
    let Some(mut summary) = extracted(turns, now) else { return Ok(false) };
    summary.failed = failed;
    if !app.summarize.is_empty() && failed < MOST_FAILURES {
        summary.words = words::ask(app, scope, session, turns, &summary, now).await;
        summary.failed += u32::from(summary.words.is_none());
    }
    app.records.put_summary(scope, session, &summary).await?;
    Ok(summary.words.is_some())
}

/// What a night made of the session, so far as it is still to be read.
pub async fn read(app: &App, scope: &Scope, session: &str, now: Time) -> Result<Option<Read>> {
    let Some(summary) = app.records.summary(scope, session).await? else { return Ok(None) };
    let mut ids = summary.shown();
    ids.extend(summary.words.iter().flat_map(|kept| kept.made_from.iter().map(|(id, _)| *id)));
    ids.sort_unstable();
    ids.dedup();
    let kept = async {
        match &summary.words {
            Some(kept) => words::read(app, scope, kept, now).await,
            None => None,
        }
    };
    let (memories, words) = join(recall::several(app, scope, &ids, now), kept).await;
    let memories: HashMap<MemoryId, Memory> =
        memories?.into_iter().flatten().map(|memory| (memory.id, memory)).collect();
    let words = summary.words.as_ref().filter(|kept| summary.holds(kept, &memories)).and(words);
    Ok(Some(Read { summary, memories, words }))
}

/// The session's summary as it is now. Where more was said since the night, or what it names was changed or forgotten, it is
/// made anew from the turns, and kept nowhere. Not found where nothing was said in the session.
pub async fn session(app: &App, scope: &Scope, session: &str, now: Time) -> Result<Read> {
    let (held, made) = join(app.records.turns(scope, session, 1, now), read(app, scope, session, now)).await;
    // Of a session that short-term memory holds it holds the latest turn.
    let latest = held?.last().map(|turn| turn.order);
    let holds = |read: &Read, latest: i64| latest <= read.summary.order && read.summary.is_whole(&read.memories);
    let mut made = made?;
    if let Some(latest) = latest
        && let Some(read) = made.take_if(|read| holds(read, latest))
    {
        return Ok(read);
    }
    let named = recall::named(app, scope, session).await?;
    if let Some((latest, _)) = named.last()
        && let Some(read) = made.filter(|read| holds(read, *latest))
    {
        return Ok(read);
    }
    let ids: Vec<MemoryId> = named[named.len().saturating_sub(MOST_TURNS)..].iter().map(|(_, id)| *id).collect();
    let read = of(recall::shown(app, scope, session, &ids, now).await?, now);
    read.ok_or_else(|| Error::not_found(format!("nothing of that session is in {scope}")))
}

/// A summary of what short-term memory holds of the session from after that order on, in the speakers' own words; none where
/// that is nothing. Two requests at the most: for the names of the last [`HELD_TURNS`], and for these.
pub async fn fresh(app: &App, scope: &Scope, session: &str, after: i64, now: Time) -> Result<Option<Read>> {
    let held = app.records.turns(scope, session, HELD_TURNS, now).await?;
    let ids: Vec<MemoryId> = held.iter().filter(|turn| turn.order > after).map(|turn| turn.id).collect();
    Ok(of(recall::shown(app, scope, session, &ids, now).await?, now))
}

fn of(turns: Vec<Memory>, now: Time) -> Option<Read> {
    let summary = extracted(&turns, now)?;
    let memories = turns.into_iter().map(|turn| (turn.id, turn)).collect();
    Some(Read { summary, memories, words: None })
}
