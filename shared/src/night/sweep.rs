//! Deletes segments that nobody can want any more: long retired, or never published.

use std::collections::HashSet;

use jiff::SignedDuration;

use crate::app::App;
use crate::error::Result;
use crate::index::manifest::KEEP_RETIRED_HOURS;
use crate::index::{atlas, sealed};
use crate::memory::{Scope, Time};
use crate::night::Worked;

/// Deletes them. An object goes only if it is older than the keeping time and the manifest, read again
/// after the listing, names it neither as live nor does a note tell that it was retired lately. Where one is too young to go, the scope is due when
/// it is old enough.
pub async fn sweep(app: &App, scope: &Scope, now: Time) -> Result<Worked> {
    let keep = SignedDuration::from_hours(KEEP_RETIRED_HOURS);
    let is_old = |at: Time| at.plus(keep) <= now;
    let listed = app.objects.list(&sealed::folder(scope)).await?;
    // The notes last: what is retired after the manifest was read stands in that manifest.
    let manifest = app.records.index(scope).await?.manifest;
    let (old, lately): (Vec<_>, Vec<_>) =
        app.records.retired(scope).await?.into_iter().partition(|(_, retired)| is_old(retired.at));
    let lately_at = lately.iter().map(|(_, retired)| retired.at).max();
    let lately = lately.iter().flat_map(|(_, retired)| &retired.names).map(String::as_str);
    let web = app.records.web(scope).await?.map(|web| web.name);
    let renewal = app.records.renewal(scope).await?.map(|renewal| renewal.objects).unwrap_or_default();
    let beside = web.as_deref().into_iter().chain(renewal.iter().map(String::as_str));
    let kept = kept(app, manifest.live().chain(lately).chain(beside)).await?;
    let (mut swept, mut kept_bytes) = (0, 0);
    let mut youngest: Option<Time> = None;
    for object in &listed {
        let is_kept = kept.contains(&object.name);
        if is_old(object.put_at) && !is_kept {
            app.objects.delete(&object.name).await?;
            swept += 1;
            continue;
        }
        kept_bytes += object.bytes;
        if !manifest.live().any(|live| live == object.name) && !is_kept {
            youngest = youngest.max(Some(object.put_at));
        }
    }
    // What was retired lately is listed among the kept: its note says when it may go.
    let noted = lately_at.into_iter().chain(youngest).max();
    let generations: Vec<u64> = old.iter().map(|(generation, _)| *generation).collect();
    app.records.remove_retired(scope, &generations).await?;
    let due = noted.map(|at| at.plus(keep));
    let worked = Worked::default().counted("swept", swept).counted("objects", listed.len() - swept);
    Ok(worked.counted("bytes", usize::try_from(kept_bytes).unwrap_or(usize::MAX)).due_at(due))
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
