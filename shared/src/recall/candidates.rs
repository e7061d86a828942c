//! Candidates of a large scope: one wave of ranged reads for what lies near the query and for its rarest terms.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::{join, join_all};

use crate::app::App;
use crate::error::{Error, Kind, Result};
use crate::index::code::Coder;
use crate::index::postings::{self, Shard};
use crate::index::terms::Term;
use crate::index::{Atlas, Entry, QueryVector, cell};
use crate::memory::MemoryId;
use crate::models::builtin;
use crate::receipt::meter;

/// Memories from which a scope counts as huge.
const HUGE: usize = 262_144;
/// Reads of a wave for a large and a huge scope: as many as are worth their cost.
const READS: (usize, usize) = (6, 32);
/// Least reads that go to the cells near the query.
const LEAST_NEAR: usize = 3;
/// Memories whose codes are read for a large and a huge scope: some 2.6 and 8 MB.
const NEAR: (usize, usize) = (35_000, 100_000);
/// Memories whose codes and columns one read brings where a filter asks for all of them.
const FILTERED_READ: usize = 16_384;
/// Terms whose postings are read: the rarest, which tell most.
const RAREST: usize = 2;
/// Candidates by codes beyond twice the memories asked for: thirty-six hold more than 99 % of the true ten nearest.
const BY_CODES: usize = 16;
/// The same where a filter holds: what passes it lies farther away, where codes tell less.
const BY_CODES_FILTERED: usize = 40;
/// Candidates by terms for each memory asked for.
const BY_TERMS: usize = 1;

/// What is looked for.
pub struct Wanted<'a> {
    /// The question's vectors, of different models.
    pub vectors: &'a [QueryVector],
    /// Its terms.
    pub terms: &'a [Term],
    /// How many memories the caller wants.
    pub top_k: usize,
    /// How many reads fetch other parts of the index in the same wave.
    pub reads_beside: usize,
    /// Which memories may be returned; none for all.
    pub filter: Option<&'a (dyn Fn(&Entry) -> bool + Sync)>,
    /// Whether a memory's entry in the atlas holds no more.
    pub is_dead: &'a (dyn Fn(&MemoryId) -> bool + Sync),
}

/// A memory that may answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Which.
    pub id: MemoryId,
    /// Its cosine with the question as its code tells it, in the model of the atlas; none where its code was not read.
    pub cosine: Option<f32>,
}

/// Memories that may answer, best first by codes, then by terms. A part that cannot be read is left out, and the receipt
/// says so.
pub async fn candidates(app: &App, atlas: &Atlas, wanted: &Wanted<'_>) -> Result<Vec<Candidate>> {
    let rarest = rarest(atlas, wanted.terms);
    let shards: HashSet<usize> = rarest.iter().map(|term| postings::shard(*term, atlas.shards.len())).collect();
    let is_huge = atlas.entries() > HUGE;
    let (reads, most) = if is_huge { (READS.1, NEAR.1) } else { (READS.0, NEAR.0) };
    let reads = reads.saturating_sub(shards.len() + wanted.reads_beside).max(LEAST_NEAR);
    let vector = wanted.vectors.iter().find(|vector| vector.fingerprint == atlas.fingerprint);
    let near = async {
        match (vector, wanted.filter) {
            (Some(vector), None) => by_codes(app, atlas, vector, reads, most, wanted).await,
            (vector, Some(filter)) => filtered(app, atlas, vector, filter, is_huge, wanted).await,
            (None, None) => Ok(Near::default()),
        }
    };
    let (near, by_terms) = join(near, by_terms(app, atlas, &rarest, shards, wanted)).await;
    let (near, by_terms) = (near?, by_terms?);
    let mut cosines: HashMap<MemoryId, f32> = HashMap::new();
    // The builtin model's are made of the texts themselves, exactly.
    if atlas.fingerprint != builtin::fingerprint() {
        let named: HashSet<MemoryId> = near.best.iter().chain(&by_terms).copied().collect();
        cosines.extend(near.scored.into_iter().filter(|(_, id)| named.contains(id)).map(|(cosine, id)| (id, cosine)));
    }
    let seen: HashSet<MemoryId> = near.best.iter().copied().collect();
    let ids = near.best.into_iter().chain(by_terms.into_iter().filter(|id| !seen.contains(id)));
    Ok(ids.map(|id| Candidate { id, cosine: cosines.get(&id).copied() }).collect())
}

/// What lies near the question.
#[derive(Default)]
struct Near {
    /// The nearest live ones, best first.
    best: Vec<MemoryId>,
    /// All whose codes were read.
    scored: Vec<(f32, MemoryId)>,
}

impl Near {
    fn of(scored: Vec<(f32, MemoryId)>, most: usize, wanted: &Wanted<'_>) -> Near {
        Near { best: best(scored.clone(), most, wanted), scored }
    }
}

/// The entries of all that the atlas maps, without terms and vectors.
pub async fn columns(app: &App, atlas: &Atlas) -> Result<Vec<Arc<[Entry]>>> {
    let stretches = atlas.whole(FILTERED_READ);
    let read = join_all(stretches.iter().map(|stretch| app.atlases.columns(atlas, stretch))).await;
    Ok(whole(read)?.into_iter().flatten().collect())
}

/// The rarest terms of the query that the scope holds.
fn rarest(atlas: &Atlas, terms: &[Term]) -> Vec<Term> {
    let mut known: Vec<(f32, Term)> = terms.iter().map(|term| (atlas.rarity.memories(*term), *term)).collect();
    known.retain(|(memories, _)| *memories > 0.0);
    known.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    known.dedup_by_key(|(_, term)| *term);
    known.truncate(RAREST);
    known.into_iter().map(|(_, term)| term).collect()
}

async fn by_codes(
    app: &App,
    atlas: &Atlas,
    vector: &QueryVector,
    reads: usize,
    most: usize,
    wanted: &Wanted<'_>,
) -> Result<Near> {
    let stretches = atlas.near(vector, reads, most);
    let read = join_all(stretches.iter().map(|stretch| app.atlases.codes(atlas, stretch))).await;
    let estimator = Coder::new(atlas.mean.clone()).estimator(&vector.unit);
    let mut scored: Vec<(f32, MemoryId)> = Vec::new();
    for codes in whole(read)?.iter().flatten() {
        scored.extend(cell::estimates(codes, atlas.mean.len(), &estimator).map(|(id, estimate)| (estimate, id)));
    }
    Ok(Near::of(scored, 2 * wanted.top_k + BY_CODES, wanted))
}

/// Where a filter holds: all columns and codes are read (of a huge scope those near the query), so that what passes is
/// found wherever it lies.
async fn filtered(
    app: &App,
    atlas: &Atlas,
    vector: Option<&QueryVector>,
    filter: &(dyn Fn(&Entry) -> bool + Sync),
    is_huge: bool,
    wanted: &Wanted<'_>,
) -> Result<Near> {
    let stretches = match vector {
        Some(vector) if is_huge => atlas.near(vector, READS.1, HUGE),
        _ => atlas.whole(FILTERED_READ),
    };
    let columns = join_all(stretches.iter().map(|stretch| app.atlases.columns(atlas, stretch)));
    let codes = join_all(stretches.iter().map(|stretch| app.atlases.codes(atlas, stretch)));
    let (columns, codes) = join(columns, codes).await;
    let passed: HashSet<MemoryId> = whole(columns)?
        .iter()
        .flatten()
        .flat_map(|cell| cell.iter())
        .filter(|entry| filter(entry))
        .map(|entry| entry.id)
        .collect();
    let Some(vector) = vector else {
        let best = passed.into_iter().take(2 * wanted.top_k + BY_CODES_FILTERED).collect();
        return Ok(Near { best, ..Near::default() });
    };
    let estimator = Coder::new(atlas.mean.clone()).estimator(&vector.unit);
    let mut scored: Vec<(f32, MemoryId)> = Vec::new();
    for codes in whole(codes)?.iter().flatten() {
        let estimates = cell::estimates(codes, atlas.mean.len(), &estimator);
        scored.extend(estimates.filter(|(id, _)| passed.contains(id)).map(|(id, estimate)| (estimate, id)));
    }
    Ok(Near::of(scored, 2 * wanted.top_k + BY_CODES_FILTERED, wanted))
}

async fn by_terms(
    app: &App,
    atlas: &Atlas,
    rarest: &[Term],
    shards: HashSet<usize>,
    wanted: &Wanted<'_>,
) -> Result<Vec<MemoryId>> {
    let numbers: Vec<usize> = shards.into_iter().collect();
    let read = join_all(numbers.iter().map(|number| app.atlases.shard(&atlas.shards[*number]))).await;
    let mut shards: HashMap<usize, Arc<Shard>> = HashMap::new();
    for (number, shard) in numbers.into_iter().zip(read) {
        if let Some(shard) = present(shard)? {
            shards.insert(number, shard);
        }
    }
    let all = atlas.entries() as f32;
    let mut sums: HashMap<MemoryId, f32> = HashMap::new();
    for term in rarest {
        let Some(shard) = shards.get(&postings::shard(*term, atlas.shards.len())) else { continue };
        let (count, best) = shard.find(*term);
        let rarity = (1.0 + (all - count as f32 + 0.5).max(0.0) / (count as f32 + 0.5)).ln();
        for posting in best {
            let times = f32::from(posting.times);
            let length = f32::from(posting.length) / atlas.mean_length.max(1.0);
            *sums.entry(posting.id).or_default() += rarity * times / (times + 0.5 + 0.5 * length);
        }
    }
    Ok(best(sums.into_iter().map(|(id, sum)| (sum, id)).collect(), BY_TERMS * wanted.top_k, wanted))
}

/// The best live ones.
fn best(mut scored: Vec<(f32, MemoryId)>, most: usize, wanted: &Wanted<'_>) -> Vec<MemoryId> {
    scored.retain(|(_, id)| !(wanted.is_dead)(id));
    let order = |a: &(f32, MemoryId), b: &(f32, MemoryId)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if scored.len() > most {
        scored.select_nth_unstable_by(most, order);
        scored.truncate(most);
    }
    scored.sort_unstable_by(order);
    scored.into_iter().map(|(_, id)| id).collect()
}

fn whole<T>(read: Vec<Result<T>>) -> Result<Vec<T>> {
    let parts: Result<Vec<Option<T>>> = read.into_iter().map(present).collect();
    Ok(parts?.into_iter().flatten().collect())
}

/// What was read; none where its bytes are wrong, which is told and does not fail the recall.
pub fn present<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(part) => Ok(Some(part)),
        Err(Error { kind: Kind::Internal, detail, .. }) => {
            tracing::error!(error = %detail, "recall goes on without a part of the index");
            meter().warn(format!("answered without a part of the index: {detail}"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
