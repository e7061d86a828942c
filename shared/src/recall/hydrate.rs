//! The last wave: the memories themselves, read from the table, so that what is forgotten cannot be returned.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::try_join_all;

use crate::app::App;
use crate::aws::memories::{Hydrated, Version};
use crate::error::Result;
use crate::index::ranking::{Ranked, Scored};
use crate::index::view::Row;
use crate::index::{Entry, View};
use crate::memory::MemoryId;
use crate::recall::facts::{Known, Notes};
use crate::recall::search::{Found, Ranking};
use crate::recall::then::{self, Candidate};

/// Candidates read beyond those asked for, to make up for what was forgotten since the index was read.
const SPARE: usize = 2;
/// Most candidates read at once: one BatchGetItem.
const READ_TOGETHER: usize = 100;

/// The best of the view, ranked on what the index knows of them, and how all ranked. Read again where too many were forgotten or revised since.
pub async fn ranked(
    app: &App,
    ranking: &Ranking<'_>,
    view: &View<'_>,
    facts: &[&Row<'_>],
) -> Result<(Vec<Found>, Vec<Known>, Ranked)> {
    let (request, ranked) = (ranking.request, ranking.rank(view));
    let mut found = Vec::with_capacity(request.top_k.min(ranked.scored.len()));
    let mut known = None;
    let mut rest = ranked.scored.as_slice();
    while (found.len() < request.top_k && !rest.is_empty()) || (known.is_none() && !facts.is_empty()) {
        let wanted = (request.top_k - found.len() + SPARE).min(READ_TOGETHER);
        let (candidates, later) = rest.split_at(wanted.min(rest.len()));
        rest = later;
        let mut wanted = entries(ranking, view.rows(), candidates.iter().map(|scored| scored.row));
        if known.is_none() {
            // Facts come with the first candidates: they cost no read of their own.
            add(&mut wanted, entries(ranking, facts, 0..facts.len()));
        }
        let mut read = read(app, ranking, &wanted).await?;
        known.get_or_insert_with(|| read.known(ranking, facts));
        found.extend(read.take(ranking, view, candidates));
    }
    found.truncate(request.top_k);
    Ok((found, known.unwrap_or_default(), ranked))
}

/// In one wave: the best of the fresh memories, and the candidates of the large scopes.
pub async fn wave(
    app: &App,
    ranking: &Ranking<'_>,
    view: &View<'_>,
    fresh: &[Scored],
    facts: &[&Row<'_>],
    candidates: &[Vec<MemoryId>],
) -> Result<Memories> {
    let best = &fresh[..fresh.len().min(ranking.request.top_k + SPARE)];
    let mut wanted = entries(ranking, view.rows(), best.iter().map(|scored| scored.row));
    add(&mut wanted, entries(ranking, facts, 0..facts.len()));
    for ((wanted, more), atlas) in wanted.iter_mut().zip(candidates).zip(&ranking.atlases) {
        let version = Version::Mapped(atlas.as_deref().unwrap_or_default().into());
        let candidate = |id: &MemoryId| Candidate { id: *id, version: version.clone(), entry: None, is_late: false };
        wanted.extend(more.iter().map(candidate));
    }
    read(app, ranking, &wanted).await
}

/// Memories read, one map for each scope asked.
#[derive(Debug)]
pub struct Memories(Vec<HashMap<MemoryId, Arc<Hydrated>>>);

impl Memories {
    /// The candidates' entries, made of the memories themselves.
    pub fn entries(&self, candidates: &[Vec<MemoryId>]) -> Vec<Vec<Entry>> {
        let of_scope = |(ids, memories): (&Vec<MemoryId>, &HashMap<MemoryId, Arc<Hydrated>>)| {
            ids.iter().filter_map(|id| memories.get(id)).map(|hydrated| hydrated.entry().clone()).collect()
        };
        candidates.iter().zip(&self.0).map(of_scope).collect()
    }

    /// Those of the facts that were read and still are as the index has them.
    pub fn known(&mut self, ranking: &Ranking<'_>, facts: &[&Row<'_>]) -> Vec<Known> {
        let known = facts.iter().filter_map(|row| {
            let scope = ranking.request.scopes[row.source].subject().to_owned();
            Some(Known { scope, memory: self.0[row.source].remove(&row.entry.id)?.memory.clone() })
        });
        known.collect()
    }

    /// The best of the view among those read, and how all ranked.
    pub fn found(self, ranking: &Ranking<'_>, view: &View<'_>) -> (Vec<Found>, Ranked) {
        let ranked = ranking.rank(view);
        (self.take(ranking, view, &ranked.scored), ranked)
    }

    fn take(mut self, ranking: &Ranking<'_>, view: &View<'_>, ranked: &[Scored]) -> Vec<Found> {
        let mut found = Vec::new();
        // What has changed since is no news to who asks what was known before.
        let notes = match ranking.request.known_at {
            Some(_) => Notes::default(),
            None => Notes::new(view, ranking.request.as_of.unwrap_or(ranking.now)),
        };
        for scored in ranked {
            let row = &view.rows()[scored.row];
            let Some(hydrated) = self.0[row.source].remove(&row.entry.id) else { continue };
            if found.len() < ranking.request.top_k {
                let scope = ranking.request.scopes[row.source].subject().to_owned();
                let mut memory = hydrated.memory.clone();
                notes.write(row.source, &mut memory);
                found.push(Found { scope, score: scored.score, signals: scored.signals, memory });
            }
        }
        found
    }
}

/// Those rows, one list for each scope asked.
fn entries<'a, R: std::borrow::Borrow<Row<'a>>>(
    ranking: &Ranking<'_>,
    rows: &[R],
    places: impl Iterator<Item = usize>,
) -> Vec<Vec<Candidate<'a>>> {
    let mut wanted: Vec<Vec<Candidate<'a>>> = vec![Vec::new(); ranking.request.scopes.len()];
    for row in places.map(|place| rows[place].borrow()) {
        let is_late = ranking.late[row.source].contains(&row.entry.id);
        let (id, version) = (row.entry.id, Version::Revision(row.entry.revision));
        wanted[row.source].push(Candidate { id, version, entry: Some(row.entry), is_late });
    }
    wanted
}

fn add<'a>(wanted: &mut [Vec<Candidate<'a>>], more: Vec<Vec<Candidate<'a>>>) {
    wanted.iter_mut().zip(more).for_each(|(wanted, more)| wanted.extend(more));
}

async fn read(app: &App, ranking: &Ranking<'_>, wanted: &[Vec<Candidate<'_>>]) -> Result<Memories> {
    let scopes = ranking.request.scopes.iter().zip(wanted);
    let read = scopes.map(|(scope, wanted)| then::read(app, ranking.request, scope, wanted, ranking.now));
    Ok(Memories(try_join_all(read).await?))
}
