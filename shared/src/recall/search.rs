//! Recall: one read of each scope's index, the segments not in the cache, one read of the candidates.

use std::collections::HashSet;

use futures_util::future::{join, join_all, try_join_all};
use serde::Serialize;

use crate::app::App;
use crate::classify::sensitivity::sensitivity;
use crate::error::Result;
use crate::index::question::{Question, without_capitals};
use crate::index::ranking::{self, ABSTAIN_BELOW, Background, Ranked, Signals, Weights};
use crate::index::view::{Source, View};
use crate::index::{Entry, QueryVector, context};
use crate::memory::{Memory, MemoryId, Time};
use crate::models::builtin;
use crate::recall::candidates::{Candidate, Wanted, candidates};
use crate::recall::index::Read;
use crate::recall::{Explanation, Known, Request, again, facts, hydrate, index, journal, tunings, when};
use crate::receipt::meter;

/// One memory that was found.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    /// Its scope.
    pub scope: String,
    /// The chance that it is evidence for what is asked, 0 to 1.
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
    /// Facts that answer, beside what was said: none of them takes a place among `found`.
    pub known: Vec<Known>,
    /// What goes into a prompt.
    pub context: String,
    /// How many tokens that has.
    pub tokens: usize,
    /// The chance that the evidence is among the best ten.
    pub confidence: f32,
    /// How the ranking came about, where that was asked for.
    pub explanation: Option<Explanation>,
}

impl Recalled {
    /// Whether whoever asked does better to say that it is not known.
    pub fn abstain(&self) -> bool {
        self.confidence < ABSTAIN_BELOW
    }
}

/// Finds what answers the query, and notes that it was asked.
pub async fn recall(app: &App, request: &Request, now: Time) -> Result<Recalled> {
    // Boxed: what is under way in a recall is large. Earlier questions are written down while this one reads.
    let written = join(journal::write_due(app, now), app.budgets.write_due(now));
    let (recalled, _) = join(Box::pin(replayed(app, request, now)), Box::pin(written)).await;
    let recalled = recalled?;
    Box::pin(again::mark(app, request, &recalled.found, now)).await;
    if app.config.journal {
        app.journal.note(request, &recalled, now);
    }
    Ok(recalled)
}

/// Finds what answers the query, and leaves no trace of it.
pub async fn replayed(app: &App, request: &Request, now: Time) -> Result<Recalled> {
    // Stage A: the index of each scope, and how the tenant weights; a model that is not in this process is asked meanwhile.
    let read =
        join(try_join_all(request.scopes.iter().map(|scope| index::read(app, scope))), weights(app, request, now));
    let ((reads, weights), vectors) = if app.embed.is_in_process() {
        (read.await, None)
    } else {
        let (read, vectors) = join(read, query_vectors(app, request, &without_capitals(&request.query), now)).await;
        (read, Some(vectors))
    };
    let reads = reads?;
    // Stage B: segments, and of large scopes what lies near the query.
    let segments = join_all(reads.iter().map(|read| index::segments(app, read)));
    let (blocks, near) = join(segments, near(app, request, &reads, vectors, now)).await;
    let blocks = blocks.into_iter().collect::<Result<Vec<_>>>()?;
    let (mut near, vectors) = near?;
    let mut background = index::background(&reads);
    for ((read, blocks), candidates) in reads.iter().zip(&blocks).zip(&mut near) {
        let Some(atlas) = &read.atlas else { continue };
        let later = read.later(blocks);
        candidates.retain(|found| !later.contains(&found.id));
        let coded = |found: &Candidate| Some((found.id, (atlas.fingerprint, found.cosine?)));
        background.coded.extend(candidates.iter().filter_map(coded));
    }
    let candidates: Vec<Vec<MemoryId>> =
        near.into_iter().map(|found| found.into_iter().map(|found| found.id).collect()).collect();
    let sources: Vec<Source<'_>> = reads.iter().zip(&blocks).map(|(read, blocks)| read.source(blocks, &[])).collect();
    let view = View::new(&sources);
    let question = Question::new(
        &request.query,
        &background.speakers(&view),
        when::asked_time(&request.query, request.as_of.unwrap_or(now)),
    );
    let vectors = match vectors {
        Some(vectors) => vectors,
        None => query_vectors(app, request, &question.text, now).await,
    };
    let late = reads.iter().map(|read| read.state.tail.iter().map(|entry| entry.id).collect()).collect();
    let atlas = |read: &Read| read.state.manifest.atlas.as_ref().map(|atlas| atlas.name.clone());
    let atlases = reads.iter().map(atlas).collect();
    let ranking = Ranking {
        request,
        question: &question,
        vectors: &vectors,
        weights: &weights,
        background: &background,
        late,
        atlases,
        now,
    };
    // Stage C: the candidates themselves.
    let facts = facts::answering(&ranking, &view);
    let (found, known, ranked) = if candidates.iter().all(Vec::is_empty) {
        hydrate::ranked(app, &ranking, &view, &facts).await?
    } else {
        let fresh = ranking.rank(&view).scored;
        let mut memories = hydrate::wave(app, &ranking, &view, &fresh, &facts, &candidates).await?;
        let entries = memories.entries(&candidates);
        let sources: Vec<Source<'_>> = (reads.iter().zip(&blocks).zip(&entries))
            .map(|((read, blocks), entries)| read.source(blocks, entries))
            .collect();
        let known = memories.known(&ranking, &facts);
        let (found, ranked) = memories.found(&ranking, &View::new(&sources));
        (found, known, ranked)
    };
    let explanation = request.explain.then(|| Explanation::new(app, &question, &vectors, &weights, &ranked));
    // Facts come last: they stand in the context where the turns leave room.
    let facts = known.iter().map(|known| known.memory.clone());
    let memories: Vec<Memory> = found.iter().map(|found| found.memory.clone()).chain(facts).collect();
    let packed = context::pack(&memories, request.max_tokens, builtin::count_tokens);
    Ok(Recalled {
        found,
        known,
        context: packed.text,
        tokens: packed.tokens,
        confidence: ranked.confidence,
        explanation,
    })
}

/// Candidates of the large scopes, and the question's vectors where those were needed for it. Who speaks in the fresh
/// segments is not known yet; an atlas knows who speaks in most of the scope.
async fn near(
    app: &App,
    request: &Request,
    reads: &[Read],
    vectors: Option<Vec<QueryVector>>,
    now: Time,
) -> Result<(Vec<Vec<Candidate>>, Option<Vec<QueryVector>>)> {
    if reads.iter().all(|read| read.atlas.is_none()) {
        return Ok((vec![Vec::new(); reads.len()], vectors));
    }
    let sources: Vec<Source<'_>> = reads.iter().map(|read| read.source(&[], &[])).collect();
    let speakers = index::background(reads).speakers(&View::new(&sources));
    let question = Question::new(&request.query, &speakers, None);
    let vectors = match vectors {
        Some(vectors) => vectors,
        None => query_vectors(app, request, &question.text, now).await,
    };
    let passes = |entry: &Entry| request.admits(entry, now);
    let each = reads.iter().map(|read| {
        let (vectors, terms) = (&vectors, &question.terms);
        async move {
            let Some(atlas) = &read.atlas else { return Ok(Vec::new()) };
            let later = read.later(&[]);
            let wanted = Wanted {
                vectors,
                terms,
                top_k: request.top_k,
                reads_beside: read.state.manifest.segments.len(),
                filter: if request.is_selective() { Some(&passes) } else { None },
                is_dead: &|id| later.contains(id),
            };
            candidates(app, atlas, &wanted).await
        }
    });
    Ok((try_join_all(each).await?, Some(vectors)))
}

async fn query_vectors(app: &App, request: &Request, query: &str, now: Time) -> Vec<QueryVector> {
    // All scopes of a recall are one tenant's.
    let paid = request.scopes.first().map(|scope| app.paid(&app.embed, scope, now));
    let route = paid.as_ref().unwrap_or(&app.embed);
    // What is left of a secret without its names is still part of one.
    let closed = sensitivity(query).max(sensitivity(&request.query));
    let (vectors, calls) = route.embed_query(query, closed, app.config.embed_within).await;
    meter().models(calls);
    vectors
}

/// How whoever asks weights: all scopes of a recall are one tenant's.
async fn weights(app: &App, request: &Request, now: Time) -> Weights {
    match request.scopes.first() {
        Some(scope) => tunings::weights(app, scope.tenant(), now).await,
        None => Weights::default(),
    }
}

/// What ranks the memories of a view.
pub struct Ranking<'a> {
    /// What was asked.
    pub request: &'a Request,
    /// The question in it.
    pub question: &'a Question,
    /// Its vectors.
    pub vectors: &'a [QueryVector],
    /// What each signal counts.
    pub weights: &'a Weights,
    /// What the view's collection holds beside the view.
    pub background: &'a Background<'a>,
    /// For each scope asked, the memories in its tail.
    pub late: Vec<HashSet<MemoryId>>,
    /// For each scope asked, the name of its atlas, where it is large.
    pub atlases: Vec<Option<String>>,
    /// The time of the recall.
    pub now: Time,
}

impl Ranking<'_> {
    /// The view's memories that may be returned, best first.
    pub fn rank(&self, view: &View<'_>) -> Ranked {
        let passes = |entry: &Entry| self.request.admits(entry, self.now);
        let least = self.request.min_score;
        let mut ranked = ranking::rank(view, self.question, self.vectors, self.weights, self.background, passes);
        ranked.scored.retain(|scored| scored.score >= least);
        ranked
    }
}
