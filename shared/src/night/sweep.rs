//! Deletes segments that nobody can want any more: long retired, or never published.

use std::collections::HashSet;

use jiff::SignedDuration;

use crate::app::App;
use crate::aws::writes::Outcome;
use crate::error::Result;
use crate::index::manifest::{KEEP_RETIRED_HOURS, VERSION};
use crate::index::{Manifest, atlas, sealed};
use crate::memory::{Scope, Time};

/// Deletes them; gives how many. An object goes only if it is older than the keeping time and the manifest, read again
/// after the listing, names it neither as live nor as lately retired.
pub async fn sweep(app: &App, scope: &Scope, now: Time) -> Result<usize> {
    let keep = SignedDuration::from_hours(KEEP_RETIRED_HOURS);
    let is_old = |at: Time| at.plus(keep) <= now;
    let listed = app.objects.list(&sealed::folder(scope)).await?;
    let manifest = app.records.index(scope).await?.manifest;
    let kept = kept(app, &manifest, is_old).await?;
    let mut swept = 0;
    for object in listed.iter().filter(|object| is_old(object.put_at) && !kept.contains(&object.name)) {
        app.objects.delete(&object.name).await?;
        swept += 1;
    }
    forget_retired(app, scope, &manifest, is_old).await?;
    Ok(swept)
}

/// What is live or lately retired, with all that such atlases map.
async fn kept(app: &App, manifest: &Manifest, is_old: impl Fn(Time) -> bool) -> Result<HashSet<String>> {
    let lately = manifest.retired.iter().filter(|retired| !is_old(retired.at)).map(|retired| retired.name.as_str());
    let mut kept: HashSet<String> = manifest.live().chain(lately).map(str::to_owned).collect();
    let atlases: Vec<String> = kept.iter().filter(|name| atlas::is_atlas(name)).cloned().collect();
    for name in atlases {
        kept.extend(app.atlases.get(&name).await?.objects().map(str::to_owned));
    }
    Ok(kept)
}

/// Takes the swept ones off the list of the retired. Where somebody else changes the manifest, the next night does it.
async fn forget_retired(app: &App, scope: &Scope, manifest: &Manifest, is_old: impl Fn(Time) -> bool) -> Result<()> {
    if !manifest.retired.iter().any(|retired| is_old(retired.at)) {
        return Ok(());
    }
    let mut next = Manifest { v: VERSION, generation: manifest.generation + 1, ..manifest.clone() };
    next.retired.retain(|retired| !is_old(retired.at));
    if app.records.publish(scope, manifest.generation, &next, &[]).await? != Outcome::Done {
        tracing::debug!(%scope, "the manifest changed under a sweep");
    }
    Ok(())
}
