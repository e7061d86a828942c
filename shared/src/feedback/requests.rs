//! Which memories' labels would teach most: those that the classifier is least sure of, and no two of a kind.

use crate::app::App;
use crate::classify::head::Head;
use crate::classify::head::features::Features;
use crate::error::Result;
use crate::index::Embedding;
use crate::learned;
use crate::memory::feedback::PERSON;
use crate::memory::{Kind, Memory, Scope, Sensitivity, State, Time};
use crate::models::builtin;
use crate::recall::{self, Which};

/// Memories that are looked at, the latest: three reads of the table.
const LOOKED_AT: usize = 300;
/// Memories of one read.
const PAGE: usize = 100;
/// Kinds that are named beside the one that was found.
const ALTERNATIVES: usize = 3;
/// How sure a classification may be and still be asked about.
const SURE: f32 = 0.95;

/// A memory to ask a person about.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The memory, as it is classified.
    pub memory: Memory,
    /// Why its label would teach.
    pub reason: String,
    /// What the classifier thinks it may be, likeliest first.
    pub kinds: Vec<(Kind, f32)>,
}

struct Candidate {
    memory: Memory,
    unsure: f32,
    vector: Option<Embedding>,
}

/// Up to `limit` memories whose label would teach most, most first. What a person labelled already is not among them, nor
/// what no model may see.
pub async fn requests(app: &App, scope: &Scope, limit: usize, now: Time) -> Result<Vec<Request>> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..LOOKED_AT.div_ceil(PAGE) {
        let page = recall::list(app, scope, Which::All, PAGE, cursor.as_deref(), now).await?;
        candidates.extend(page.memories.into_iter().filter_map(candidate));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let mut chosen: Vec<Candidate> = Vec::new();
    while chosen.len() < limit {
        let worth = |candidate: &Candidate| candidate.unsure * (1.0 - nearest(candidate, &chosen));
        let best = (0..candidates.len()).max_by(|a, b| worth(&candidates[*a]).total_cmp(&worth(&candidates[*b])));
        let Some(best) = best else { break };
        chosen.push(candidates.swap_remove(best));
    }
    let others: Vec<f32> = (0..chosen.len()).map(|at| nearest(&chosen[at], &chosen[..at])).collect();
    let head = learned::head(app, scope.tenant(), now).await;
    Ok(chosen.into_iter().zip(others).map(|(candidate, near)| request(&head, candidate.memory, near)).collect())
}

fn candidate(memory: Memory) -> Option<Candidate> {
    let class = memory.classification.as_ref()?;
    let open = class.by != PERSON && class.sensitivity != Sensitivity::UltraSecret && class.confidence < SURE;
    if memory.state != State::Ready || !open {
        return None;
    }
    let (unsure, vector) = (1.0 - class.confidence, builtin::embed(&memory.content));
    Some(Candidate { memory, unsure, vector })
}

/// The cosine with the nearest of those, 0 where there is none.
fn nearest(candidate: &Candidate, chosen: &[Candidate]) -> f32 {
    let cosine = |other: &Candidate| candidate.vector.as_ref()?.cosine_between(other.vector.as_ref()?);
    chosen.iter().filter_map(cosine).fold(0.0, f32::max)
}

fn request(head: &Head, memory: Memory, near: f32) -> Request {
    let reading = head.read(&Features::of(&memory.content, memory.time()));
    let kinds: Vec<(Kind, f32)> = reading.kinds.into_iter().take(ALTERNATIVES).collect();
    let class = memory.classification.as_ref();
    let (found, confidence) = class.map_or((reading.kind, reading.confidence), |class| (class.kind, class.confidence));
    let other = kinds.iter().find(|(kind, _)| *kind != found).map_or(found, |(kind, _)| *kind);
    let reason = format!(
        "taken for {} with a confidence of {confidence:.2}; {} comes next. Likeness to those asked before it: {near:.2}",
        found.name(),
        other.name()
    );
    Request { memory, reason, kinds }
}
