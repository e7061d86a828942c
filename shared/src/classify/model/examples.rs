//! Examples for a prompt: how people labelled texts of the scope, those that are near what is asked and unlike each other.
//!
//! Of the scope only: what one subject of a tenant said is in no prompt about another's.

use crate::app::App;
use crate::classify::closed::closed;
use crate::index::Embedding;
use crate::memory::feedback::Feedback;
use crate::memory::id::Fields;
use crate::memory::{Kind, MemoryId, Scope, Sensitivity, Time};
use crate::models::{builtin, marks};

/// Corrections that are looked at, the latest.
const MOST_CORRECTIONS: usize = 200;
/// Examples of a prompt, tokens of all of them, and bytes of one.
const MOST_EXAMPLES: usize = 6;
const TOKENS: usize = 400;
const MOST_BYTES: usize = 300;
/// What a model's own word is worth before people spoke of its labels: as if they had of ten, and agreed with eight.
const AGREED_BEFORE: f32 = 8.0;
const SPOKEN_BEFORE: f32 = 10.0;
/// What nearness to the texts weighs; the rest weighs unlikeness to the examples chosen before.
const NEARNESS: f32 = 0.7;

/// What people said of the kinds of a scope's memories. Names only: what they said it of is read when it is shown.
pub struct Corrections {
    said: Vec<Feedback>,
    fingerprint: String,
}

/// A text that a person labelled.
#[derive(Debug, Clone)]
pub struct Example {
    /// The memory, and its revision when it was read.
    pub id: MemoryId,
    pub revision: u32,
    /// The text, in one line.
    pub line: String,
    /// What the person says it is.
    pub kind: Kind,
    /// How much it matters, 0 to 1.
    pub importance: f32,
    /// Who may see it.
    pub closed: Sensitivity,
    vector: Embedding,
}

impl Corrections {
    /// Of what was said, so far as it is about kinds.
    pub fn of(mut said: Vec<Feedback>) -> Corrections {
        said.retain(|feedback| feedback.correction.kind.is_some());
        let mut hash = Fields::new("memorable corrections v1");
        for feedback in &said {
            hash.add(feedback.id.to_string()).add(feedback.revision.to_string());
        }
        Corrections { said, fingerprint: hash.finish().to_hex()[..32].to_owned() }
    }

    /// Those of the scope. Where they cannot be read it is asked without examples.
    pub async fn read(app: &App, scope: &Scope) -> Corrections {
        let said = app.records.feedbacks(scope, MOST_CORRECTIONS).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "what people said of memories was not read");
            Vec::new()
        });
        Corrections::of(said)
    }

    /// Tells one set of corrections from another: what was labelled without the latest is labelled anew.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// How often people agree with what that model says of kinds, as far as is known: a model says how sure it is, and some
    /// say 0.95 of everything.
    pub fn trust(&self, model: &str) -> f32 {
        let spoken = self.said.iter().filter(|said| said.found_by.as_deref() == Some(model));
        let (mut agreed, mut count) = (AGREED_BEFORE, SPOKEN_BEFORE);
        for said in spoken {
            let Some((found, _)) = said.found else { continue };
            agreed += if said.correction.kind == Some(found) { 1.0 } else { 0.0 };
            count += 1.0;
        }
        agreed / count
    }

    /// The texts, as they are now: without what is forgotten, was changed since, or no model may see.
    pub async fn examples(&self, app: &App, scope: &Scope, now: Time) -> Vec<Example> {
        if self.said.is_empty() {
            return Vec::new();
        }
        let ids: Vec<MemoryId> = self.said.iter().map(|feedback| feedback.id).collect();
        let memories = app.records.memories(scope, &ids).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "corrected memories were not read");
            Vec::new()
        });
        let read = memories.into_iter().zip(&self.said).filter_map(|(memory, said)| {
            let memory = memory.filter(|memory| memory.is_visible(now) && said.is_of(memory))?;
            Some(Example {
                id: memory.id,
                revision: memory.revision,
                line: marks::line(&memory.content, MOST_BYTES),
                kind: said.correction.kind?,
                importance: memory.classification.as_ref().map_or(0.5, |class| class.importance),
                closed: closed(&memory),
                vector: builtin::embed(&memory.content)?,
            })
        });
        read.filter(|example| example.closed < Sensitivity::UltraSecret).collect()
    }
}

/// Those that teach most about these lines (maximal marginal relevance): each near one of them, and unlike those before it.
pub fn chosen<'a>(examples: &[&'a Example], lines: &[&str]) -> Vec<&'a Example> {
    let asked: Vec<Embedding> = lines.iter().filter_map(|line| builtin::embed(line)).collect();
    let mut left: Vec<(&'a Example, f32)> =
        examples.iter().map(|example| (*example, nearest(&example.vector, asked.iter()))).collect();
    let (mut chosen, mut tokens): (Vec<&'a Example>, usize) = (Vec::new(), 0);
    while chosen.len() < MOST_EXAMPLES {
        let worth = |(example, near): &(&Example, f32)| {
            let alike = nearest(&example.vector, chosen.iter().map(|other| &other.vector));
            NEARNESS * near - (1.0 - NEARNESS) * alike
        };
        let worths: Vec<f32> = left.iter().map(worth).collect();
        let Some(best) = (0..left.len()).max_by(|a, b| worths[*a].total_cmp(&worths[*b])) else { break };
        let (example, _) = left.swap_remove(best);
        let more = builtin::count_tokens(&example.line);
        if tokens + more <= TOKENS {
            tokens += more;
            chosen.push(example);
        }
    }
    chosen
}

/// The cosine with the nearest of those, 0 where there is none.
fn nearest<'a>(one: &Embedding, others: impl Iterator<Item = &'a Embedding>) -> f32 {
    others.filter_map(|other| one.cosine_between(other)).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests;
