//! Asks models for the vectors that are wanted, and keeps them beside the old ones.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::wanted::Want;
use super::{Known, each, noted, put};
use crate::classify::closed;
use crate::error::Result;
use crate::index::renewal::{Left, Renewal, Renewed};
use crate::index::{Embedding, Fingerprint};
use crate::memory::{Memory, MemoryId, State};
use crate::models::routes::{Route, Text};
use crate::night::Night;
use crate::receipt::meter;

/// Memories whose texts are read and embedded together.
const TOGETHER: usize = 64;
/// How long a model has for them: nobody waits, and a slow machine embeds some ten texts a second.
const WITHIN: Duration = Duration::from_secs(60);
/// Vectors of one object, some 2 MB: a crash costs no more than these.
const OBJECT: usize = 2_048;

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// There is a vector for each memory that can have one.
    All,
    /// The worker's time is over.
    Time,
    /// A model does not answer, or the tenant's budget is spent.
    Models,
}

/// What was gathered.
pub struct Gathered {
    /// As it is noted.
    pub at: Renewal,
    /// Vectors that models gave now.
    pub embedded: usize,
    /// Memories that keep what they have.
    pub left: usize,
    /// Why it ended.
    pub why: Why,
}

/// What a model said to some texts.
enum Answer {
    /// A vector each, or none for a text that it has none for.
    Vectors(Vec<Option<Embedding>>),
    /// It refuses these texts together; alone each may do.
    Refused,
    /// It does not answer now.
    Away,
}

/// Goes on gathering.
pub async fn gather(night: &Night<'_>, mut at: Renewal, wanted: Vec<Want>) -> Result<Gathered> {
    let Night { app, scope, now, .. } = *night;
    let mut have: HashSet<Known> = HashSet::new();
    let broken = each(app, &at, |renewed| {
        have.insert((renewed.id, renewed.revision));
    })
    .await?;
    at.objects.retain(|name| !broken.contains(name));
    let wanted: Vec<Want> = wanted.into_iter().filter(|want| !have.contains(&want.known)).collect();
    let mut asking = Asking { route: app.paid(&app.embed, scope, now), proven: HashSet::new(), left: Vec::new() };
    let (mut fresh, mut embedded, mut why) = (Vec::new(), 0, Why::All);
    for chunk in wanted.chunks(TOGETHER) {
        if night.budget.is_spent() {
            why = Why::Time;
            break;
        }
        let ids: Vec<MemoryId> = chunk.iter().map(|want| want.known.0).collect();
        let memories = app.records.memories(scope, &ids).await?;
        let pairs: Vec<(&Want, &Memory)> = chunk.iter().zip(&memories).filter_map(as_indexed).collect();
        let is_done = asking.ask(&pairs, &mut fresh).await;
        if fresh.len() >= OBJECT {
            embedded += fresh.len();
            at = kept(night, at, &mut fresh, &mut asking.left).await?;
        }
        if !is_done {
            why = Why::Models;
            break;
        }
    }
    embedded += fresh.len();
    if !fresh.is_empty() || !asking.left.is_empty() {
        at = kept(night, at, &mut fresh, &mut asking.left).await?;
    }
    Ok(Gathered { left: at.left.len(), at, embedded, why })
}

/// Those that are as the index has them: what changed since has another entry, and a vector with it.
fn as_indexed<'a>((want, memory): (&'a Want, &'a Option<Memory>)) -> Option<(&'a Want, &'a Memory)> {
    let memory = memory.as_ref()?;
    (memory.state == State::Ready && memory.revision == want.known.1).then_some((want, memory))
}

/// Bytes first, then the note that names them.
async fn kept(night: &Night<'_>, mut at: Renewal, fresh: &mut Vec<Renewed>, left: &mut Vec<Left>) -> Result<Renewal> {
    if !fresh.is_empty() {
        at.objects.push(put(night.app, night.scope, fresh, night.now).await?);
        fresh.clear();
    }
    noted(night.app, night.scope, at.leaving(left.drain(..))).await
}

/// So many texts are refused one by one before a model is taken to refuse all.
const REFUSED_FIRST: usize = 3;

struct Asking {
    route: Route,
    /// Models that gave a vector: what such a one refuses is the text's fault.
    proven: HashSet<Fingerprint>,
    left: Vec<Left>,
}

impl Asking {
    /// Asks about these memories, each its best model. Whether all of those answered.
    async fn ask(&mut self, pairs: &[(&Want, &Memory)], fresh: &mut Vec<Renewed>) -> bool {
        let mut by_model: BTreeMap<u64, Vec<(Known, Text<'_>)>> = BTreeMap::new();
        for (want, memory) in pairs {
            // By whatever is closer: what is known of the memory, as when it was stored, or what the index has of it.
            let text = closed::text(memory);
            let text = Text { sensitivity: text.sensitivity.max(want.sensitivity), ..text };
            match self.route.best(text.sensitivity) {
                Some(best) if Some(best) != want.has => {
                    by_model.entry(best.0).or_default().push((want.known, text));
                }
                // It has that already, or nobody may see it.
                _ => self.left.push(left(want.known)),
            }
        }
        let mut all = true;
        for (model, texts) in by_model {
            all &= self.ask_model(Fingerprint(model), &texts, fresh).await;
        }
        all
    }

    async fn ask_model(&mut self, model: Fingerprint, texts: &[(Known, Text<'_>)], fresh: &mut Vec<Renewed>) -> bool {
        match self.asked(model, texts).await {
            Answer::Vectors(vectors) => self.take(model, texts, vectors, fresh),
            Answer::Away => return false,
            Answer::Refused => {
                let mut refused = Vec::new();
                for one in texts.chunks(1) {
                    match self.asked(model, one).await {
                        Answer::Vectors(vectors) => self.take(model, one, vectors, fresh),
                        Answer::Refused => refused.extend(one.iter().map(|(known, _)| left(*known))),
                        Answer::Away => return false,
                    }
                    // One that refuses everything is not set up as it should be.
                    if refused.len() >= REFUSED_FIRST && !self.proven.contains(&model) {
                        return false;
                    }
                }
                if !self.proven.contains(&model) {
                    return false;
                }
                self.left.append(&mut refused);
            }
        }
        true
    }

    async fn asked(&self, model: Fingerprint, texts: &[(Known, Text<'_>)]) -> Answer {
        let texts: Vec<Text<'_>> = texts.iter().map(|(_, text)| *text).collect();
        let embedded = self.route.only(model).embed(&texts, WITHIN).await;
        let failed = embedded.calls.iter().find(|call| !call.is_ok()).map(|call| call.outcome);
        meter().models(embedded.calls);
        match failed {
            None => Answer::Vectors(embedded.embeddings),
            Some("internal" | "invalid") => Answer::Refused,
            Some(_) => Answer::Away,
        }
    }

    fn take(
        &mut self,
        model: Fingerprint,
        texts: &[(Known, Text<'_>)],
        vectors: Vec<Option<Embedding>>,
        fresh: &mut Vec<Renewed>,
    ) {
        for ((known, _), vector) in texts.iter().zip(vectors) {
            match vector {
                Some(embedding) => {
                    self.proven.insert(model);
                    fresh.push(Renewed { id: known.0, revision: known.1, embedding });
                }
                None => self.left.push(left(*known)),
            }
        }
    }
}

fn left((id, revision): Known) -> Left {
    Left { id, revision }
}
