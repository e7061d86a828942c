//! Makes vectors anew where a better model may see a text than the one whose vector it has: since the route changed, or
//! that model was away or the budget spent when the memory was stored.
//!
//! New vectors are gathered beside the old ones, in objects that one item names, over as many nights as time, budget and
//! models allow. Once there is one for each memory, all take their place in one change of the manifest. Until then recall
//! goes by the old ones; a crash leaves objects that nobody names, or what is gathered and named.

mod gather;
mod switch;
mod wanted;

use std::collections::HashSet;

use jiff::SignedDuration;

use crate::app::App;
use crate::aws::writes::Outcome;
use crate::error::{Error, Kind, Result};
use crate::index::renewal::{self, Renewal, Renewed};
use crate::memory::{MemoryId, Scope, Time};
use crate::night::step::next_night;
use crate::night::{Night, Worked};
use gather::{Gathered, Why};

/// How often a note is tried again that another worker changed meanwhile.
const ATTEMPTS: u32 = 6;
/// Nights, as a power of two, that are let pass at most after one in which no model gave anything.
const MOST_PATIENCE: u32 = 5;

/// One night's part of it.
pub async fn reembed(night: &Night<'_>) -> Result<Worked> {
    let Night { app, scope, now, .. } = *night;
    let state = app.records.index(scope).await?;
    let kept = app.records.renewal(scope).await?;
    let route = app.embed.signature();
    let mut at = match &kept {
        Some(kept) if kept.route == route => kept.clone(),
        kept => Renewal::begin(route, kept.as_ref().map_or(0, |kept| kept.generation)),
    };
    let wanted = wanted::wanted(app, &state, &at).await?;
    if wanted.settles.is_some() {
        at = noted(app, scope, Renewal { settled: wanted.settles, ..at }).await?;
    }
    if wanted.entries.is_empty() {
        // Gathered for what is gone since, or for another route.
        if kept.is_some_and(|kept| !kept.objects.is_empty()) {
            noted(app, scope, Renewal { objects: Vec::new(), tries: 0, ..at }).await?;
        }
        return Ok(Worked::default());
    }
    let Gathered { at, embedded, left, why } = gather::gather(night, at, wanted.entries).await?;
    let worked = Worked::default().counted("embedded", embedded).counted("left", left);
    match why {
        Why::All => {}
        Why::Time => return Ok(Worked { more: true, ..worked }),
        Why::Models => {
            let tries = if embedded > 0 { 0 } else { at.tries + 1 };
            noted(app, scope, Renewal { tries, ..at }).await?;
            // The next night; later each time that nothing came of it.
            let patience = SignedDuration::from_hours(24 * ((1 << tries.saturating_sub(1).min(MOST_PATIENCE)) - 1));
            return Ok(worked.counted("waiting", 1).due_at(Some(next_night(now).plus(patience))));
        }
    }
    let replaced = if at.objects.is_empty() { 0 } else { switch::switch(app, scope, &at, now).await? };
    let done: HashSet<String> = at.objects.iter().cloned().collect();
    cleared(app, scope, at, &done).await?;
    Ok(worked.counted("replaced", replaced))
}

/// Writes it down, with what another worker noted meanwhile.
async fn noted(app: &App, scope: &Scope, mut at: Renewal) -> Result<Renewal> {
    for _ in 0..ATTEMPTS {
        if app.records.put_renewal(scope, &at).await? == Outcome::Done {
            return Ok(Renewal { generation: at.generation + 1, ..at });
        }
        if let Some(other) = app.records.renewal(scope).await? {
            at = at.joined(other);
        }
    }
    Err(Error::conflict(format!("the note of {scope}'s new vectors keeps changing under its worker")))
}

/// Takes those objects off the note: their vectors have taken their place.
async fn cleared(app: &App, scope: &Scope, mut at: Renewal, done: &HashSet<String>) -> Result<()> {
    for _ in 0..ATTEMPTS {
        at.objects.retain(|name| !done.contains(name));
        at.tries = 0;
        if app.records.put_renewal(scope, &at).await? == Outcome::Done {
            return Ok(());
        }
        if let Some(other) = app.records.renewal(scope).await? {
            at = at.joined(other);
        }
    }
    Err(Error::conflict(format!("the note of {scope}'s new vectors keeps changing under its worker")))
}

/// Puts vectors as an object of the scope; gives its name.
async fn put(app: &App, scope: &Scope, vectors: &[Renewed], now: Time) -> Result<String> {
    app.atlases.put(scope, renewal::encode(vectors)?, renewal::FORMAT.extension, now).await
}

/// Shows all vectors that were gathered to `take`, an object at a time. Gives the names of those that cannot be read:
/// what they held is embedded again.
async fn each(app: &App, at: &Renewal, mut take: impl FnMut(Renewed)) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for name in &at.objects {
        let read = app.objects.get(name).await.and_then(|bytes| renewal::decode(&format!("vectors {name}"), &bytes));
        match read {
            Ok(vectors) => vectors.into_iter().for_each(&mut take),
            Err(error) if error.kind == Kind::Internal => {
                tracing::error!(%error, "vectors are made once more");
                broken.push(name.clone());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(broken)
}

/// A revision of a memory.
type Known = (MemoryId, u32);
