//! The last turns of a session: from short-term memory, and what is gone from it from the scope's index.

use std::collections::HashSet;

use futures_util::future::join;

use crate::app::App;
use crate::aws::turns::Turn;
use crate::error::Result;
use crate::index::Entry;
use crate::index::view::live;
use crate::memory::{Memory, MemoryId, Scope, Time};
use crate::recall::{candidates, index};

/// Turns of a session that are returned to who reads it.
const SESSION_TURNS: usize = 50;

/// The last turns of a session.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Last {
    /// Oldest first.
    pub turns: Vec<Memory>,
    /// Whether short-term memory did not hold them all.
    pub rebuilt: bool,
    /// Whether the session has no earlier one.
    pub is_whole: bool,
}

/// The last turns of a session, oldest first.
pub async fn session(app: &App, scope: &Scope, session: &str, now: Time) -> Result<Vec<Memory>> {
    let held = app.records.turns(scope, session, SESSION_TURNS, now).await?;
    Ok(last(app, scope, session, &held, SESSION_TURNS, now).await?.turns)
}

/// The session's last turns, at most `most`. `held`: those that short-term memory holds. Where these are fewer, and do not
/// reach back to the session's first, the index is read: it names the session of every memory and the order in which they
/// were stored.
pub async fn last(app: &App, scope: &Scope, session: &str, held: &[Turn], most: usize, now: Time) -> Result<Last> {
    let is_held_whole = held.first().is_some_and(|turn| turn.is_first);
    let rebuilt = held.len() < most && !is_held_whole;
    let (ids, is_whole): (Vec<MemoryId>, bool) = if rebuilt {
        let all = named(app, scope, session).await?;
        let ids = all[all.len().saturating_sub(most)..].iter().map(|(_, id)| *id).collect();
        (ids, all.len() <= most)
    } else {
        (held.iter().map(|turn| turn.id).collect(), is_held_whole)
    };
    Ok(Last { turns: shown(app, scope, session, &ids, now).await?, rebuilt, is_whole })
}

/// Of these memories those of the session that are to be read, in their order.
pub async fn shown(app: &App, scope: &Scope, session: &str, ids: &[MemoryId], now: Time) -> Result<Vec<Memory>> {
    let turns = app.records.memories(scope, ids).await?;
    let is_shown = |memory: &Memory| memory.is_visible(now) && memory.session.as_deref() == Some(session);
    Ok(turns.into_iter().flatten().filter(is_shown).collect())
}

/// All memories of the session by the index, each with its [`Memory::order`], in that order. Of a large scope all columns are
/// read, as where a filter asks for them.
pub async fn named(app: &App, scope: &Scope, session: &str) -> Result<Vec<(i64, MemoryId)>> {
    let read = index::read(app, scope).await?;
    let mapped = async {
        match &read.atlas {
            Some(atlas) => candidates::columns(app, atlas).await,
            None => Ok(Vec::new()),
        }
    };
    let (blocks, columns) = join(index::segments(app, &read), mapped).await;
    let (blocks, columns) = (blocks?, columns?);
    let later: HashSet<MemoryId> = read.later(&blocks);
    let mapped = columns.iter().flat_map(|cell| cell.iter()).filter(|entry| !later.contains(&entry.id));
    let source = read.source(&blocks, &[]);
    let is_of_session = |entry: &&Entry| entry.session.as_deref() == Some(session);
    let mut found: Vec<(i64, MemoryId)> =
        (live(&source).into_iter().chain(mapped)).filter(is_of_session).map(|entry| (entry.order, entry.id)).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
