//! Deletes segments that nobody can want any more: long retired, or never published.

use std::collections::HashSet;

use jiff::SignedDuration;

use crate::app::App;
use crate::error::Result;
use crate::index::manifest::KEEP_RETIRED_HOURS;
use crate::index::{atlas, sealed};
use crate::memory::{Scope, Time};

/// Deletes them; gives how many. An object goes only if it is older than the keeping time and the manifest, read again
/// after the listing, names it neither as live nor does a note tell that it was retired lately.
pub async fn sweep(app: &App, scope: &Scope, now: Time) -> Result<usize> {
    let keep = SignedDuration::from_hours(KEEP_RETIRED_HOURS);
    let is_old = |at: Time| at.plus(keep) <= now;
    let listed = app.objects.list(&sealed::folder(scope)).await?;
    // The notes last: what is retired after the manifest was read stands in that manifest.
    let manifest = app.records.index(scope).await?.manifest;
    let (old, lately): (Vec<_>, Vec<_>) =
        app.records.retired(scope).await?.into_iter().partition(|(_, retired)| is_old(retired.at));
    let lately = lately.iter().flat_map(|(_, retired)| &retired.names).map(String::as_str);
    let kept = kept(app, manifest.live().chain(lately)).await?;
    let mut swept = 0;
    for object in listed.iter().filter(|object| is_old(object.put_at) && !kept.contains(&object.name)) {
        app.objects.delete(&object.name).await?;
        swept += 1;
    }
    let generations: Vec<u64> = old.iter().map(|(generation, _)| *generation).collect();
    app.records.remove_retired(scope, &generations).await?;
    Ok(swept)
}

/// Those, with all that the atlases among them map.
async fn kept(app: &App, names: impl Iterator<Item = &str>) -> Result<HashSet<String>> {
    let mut kept: HashSet<String> = names.map(str::to_owned).collect();
    let atlases: Vec<String> = kept.iter().filter(|name| atlas::is_atlas(name)).cloned().collect();
    for name in atlases {
        kept.extend(app.atlases.get(&name).await?.objects().map(str::to_owned));
    }
    Ok(kept)
}
