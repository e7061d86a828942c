//! Recall: one read of each scope's index, the segments not in the cache, one read of the candidates.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::{join, join_all, try_join_all};
use serde::Serialize;

use crate::app::App;
use crate::aws::records::IndexState;
use crate::classify::sensitivity::sensitivity;
use crate::error::{Kind, Result};
use crate::index::ranking::{self, Question, Scored, Signals, Weights};
use crate::index::view::{Source, View};
use crate::index::{Entry, QueryVector, context};
use crate::memory::{Memory, MemoryId, Time};
use crate::models::builtin;
use crate::recall::{Explanation, Request, then};
use crate::receipt::meter;

/// Candidates read beyond those asked for, to make up for what was forgotten since the index was read.
const SPARE: usize = 8;
/// Most candidates read at once: one BatchGetItem.
const READ_TOGETHER: usize = 100;

/// One memory that was found.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    /// Its scope.
    pub scope: String,
    /// How well it answers, 0 to 1, comparable within this recall.
    pub score: f32,
    /// What the score is made of.
    pub signals: Signals,
    /// The memory, read from the table after ranking.
    #[serde(skip)]
    pub memory: Memory,
}

/// What a recall found.
#[derive(Debug, Clone)]
pub struct Recalled {
    /// Best first.
    pub found: Vec<Found>,
    /// What goes into a prompt.
    pub context: String,
    /// How many tokens that has.
    pub tokens: usize,
    /// How the ranking came about, where that was asked for.
    pub explanation: Option<Explanation>,
}

/// Finds what answers the query.
pub async fn recall(app: &App, request: &Request, now: Time) -> Result<Recalled> {
    // Stage A: the index of each scope; a model that is not in this process is asked meanwhile.
    let read = try_join_all(request.scopes.iter().map(|scope| app.records.index(scope)));
    let (states, vectors) = if app.embed.is_in_process() {
        (read.await?, None)
    } else {
        let (states, vectors) = join(read, query_vectors(app, &request.query)).await;
        (states?, Some(vectors))
    };
    // Stage B: segments.
    let blocks = join_all(states.iter().map(|state| segments(app, state))).await;
    let blocks = blocks.into_iter().collect::<Result<Vec<_>>>()?;
    let sources: Vec<Source<'_>> = states.iter().zip(&blocks).map(|(state, blocks)| state.source(blocks)).collect();
    let view = View::new(&sources);
    let question = Question::new(&request.query, &view);
    let vectors = match vectors {
        Some(vectors) => vectors,
        None => query_vectors(app, &question.text).await,
    };
    let scored = ranking::score(&view, &question, &vectors, &Weights::default());
    let explanation = request.explain.then(|| Explanation::new(app, &question, &vectors, &scored));
    let ranked = best(&view, scored, request, now);
    let explanation = explanation.map(|explanation| explanation.admitting(ranked.len()));
    // Stage C: the candidates themselves.
    let found = hydrate(app, request, &view, &ranked, now).await?;
    let memories: Vec<Memory> = found.iter().map(|found| found.memory.clone()).collect();
    let packed = context::pack(&memories, request.max_tokens, builtin::count_tokens);
    Ok(Recalled { found, context: packed.text, tokens: packed.tokens, explanation })
}

async fn query_vectors(app: &App, query: &str) -> Vec<QueryVector> {
    let (vectors, calls) = app.embed.embed_query(query, sensitivity(query), app.config.embed_within).await;
    meter().models(calls);
    vectors
}

/// The scope's segments. One whose bytes are wrong is left out, and the receipt says so.
async fn segments(app: &App, state: &IndexState) -> Result<Vec<Arc<[Entry]>>> {
    let read = join_all(state.manifest.segments.iter().map(|segment| app.segments.get(&segment.name))).await;
    let mut blocks = Vec::with_capacity(read.len());
    for block in read {
        match block {
            Ok(block) => blocks.push(block),
            Err(error) if error.kind == Kind::Internal => {
                tracing::error!(%error, "recall goes on without a segment");
                meter().warn(format!("answered without a part of the index: {}", error.detail));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(blocks)
}

/// Those that may be returned, best first.
fn best(view: &View<'_>, mut scored: Vec<Scored>, request: &Request, now: Time) -> Vec<Scored> {
    scored.retain(|scored| scored.score >= request.min_score && request.admits(view.rows()[scored.row].entry, now));
    ranking::sort(&mut scored, view);
    scored
}

async fn hydrate(app: &App, request: &Request, view: &View<'_>, ranked: &[Scored], now: Time) -> Result<Vec<Found>> {
    let mut found = Vec::with_capacity(request.top_k.min(ranked.len()));
    let mut rest = ranked;
    while found.len() < request.top_k && !rest.is_empty() {
        let wanted = (request.top_k - found.len() + SPARE).min(READ_TOGETHER);
        let (candidates, later) = rest.split_at(wanted.min(rest.len()));
        rest = later;
        let mut read = read_candidates(app, request, view, candidates, now).await?;
        for scored in candidates {
            let row = &view.rows()[scored.row];
            let Some(memory) = read[row.source].remove(&row.entry.id) else { continue };
            if found.len() < request.top_k {
                let scope = request.scopes[row.source].subject().to_owned();
                found.push(Found { scope, score: scored.score, signals: scored.signals, memory });
            }
        }
    }
    Ok(found)
}

/// The candidates' memories that are to be shown, by id, one map for each scope asked.
async fn read_candidates(
    app: &App,
    request: &Request,
    view: &View<'_>,
    candidates: &[Scored],
    now: Time,
) -> Result<Vec<HashMap<MemoryId, Memory>>> {
    let mut entries: Vec<Vec<&Entry>> = vec![Vec::new(); request.scopes.len()];
    for scored in candidates {
        let row = &view.rows()[scored.row];
        entries[row.source].push(row.entry);
    }
    let read =
        request.scopes.iter().zip(&entries).map(|(scope, entries)| then::read(app, request, scope, entries, now));
    try_join_all(read).await
}
