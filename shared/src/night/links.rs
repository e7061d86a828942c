//! Makes the scope's web anew where something came, changed or went: a gist of each memory, and the links between them.
//!
//! Of a scope too large for all pairs only what came since is compared, with what is there.

use std::collections::{HashMap, HashSet};

use crate::app::App;
use crate::aws::records::IndexState;
use crate::aws::writes::Outcome;
use crate::classify::gist::gist;
use crate::error::{Kind, Result};
use crate::index::{Embedding, Entry};
use crate::memory::gist::Gist;
use crate::memory::link::Link;
use crate::memory::web::{VERSION, Web, WebRef};
use crate::memory::{MemoryId, Scope, Time};
use crate::night::each::each_live;
use crate::night::step::{Worked, next_night};
use crate::night::weave::Loom;

/// Most memories of a web, the latest ones: some 20 MB with their vectors.
const MOST_MEMORIES: usize = 20_000;
/// Up to so many memories all pairs are compared whenever something changed, so that the links do not depend on which
/// night saw what.
const ALL_PAIRS: usize = 1_500;
/// Most pairs of one night beyond that: some ten seconds.
const MOST_PAIRS: usize = 20_000_000;
/// Memories read at a time.
const READ_TOGETHER: usize = 500;

/// Makes the web, or leaves it where nothing changed. Doing it again changes nothing.
pub async fn links(app: &App, scope: &Scope, now: Time) -> Result<Worked> {
    let before = app.records.web(scope).await?;
    let state = app.records.index(scope).await?;
    let old = match &before {
        Some(before) => held(app, before).await?,
        None => Web::default(),
    };
    let latest = latest(app, &state, now).await?;
    let (kept, fresh) = sorted(old.gists, &latest);
    let all = fresh.len();
    let fresh = within_a_night(fresh, latest.len());
    let rest = (fresh.len() < all).then(|| next_night(now));
    let gone = before.as_ref().map_or(0, |before| before.memories as usize) != kept.len();
    if fresh.is_empty() && !gone {
        return Ok(Worked::default());
    }
    let made = read(app, scope, &fresh).await?;
    if made.is_empty() && !gone {
        // All of it was forgotten meanwhile, or is being classified anew.
        return Ok(Worked::default());
    }
    let is_fresh: HashSet<MemoryId> = made.iter().map(|gist| gist.id).collect();
    let gists = in_order([kept, made].concat());
    let vectors: HashMap<MemoryId, Embedding> =
        latest.into_iter().filter_map(|(id, entry)| Some((id, entry.embedding?))).collect();
    let links = woven(&gists, &vectors, &is_fresh, old.links);
    let web = Web { gists, links };
    publish(app, scope, before.as_ref(), &web, now).await?;
    let worked = Worked::default().counted("fresh", is_fresh.len()).counted("memories", web.gists.len());
    Ok(worked.counted("links", web.links.len()).due_at(rest))
}

/// What that web holds. One that is torn, or that another version of the code wrote, is made anew.
async fn held(app: &App, named: &WebRef) -> Result<Web> {
    match app.webs.get(&named.name).await {
        Ok(web) => Ok(Web::clone(&web)),
        Err(error) if error.kind == Kind::Internal => {
            tracing::warn!(%error, "a web is made anew");
            Ok(Web::default())
        }
        Err(error) => Err(error),
    }
}

/// The entries of the latest memories that are classified and not past their end.
async fn latest(app: &App, state: &IndexState, now: Time) -> Result<HashMap<MemoryId, Entry>> {
    let mut found: Vec<Entry> = Vec::new();
    each_live(app, state, |entry| {
        if entry.is_complete() && !entry.is_expired(now) {
            // Terms and metadata are of no use here and most of the bytes.
            found.push(Entry { terms: Vec::new(), metadata: String::new(), ..entry.clone() });
        }
        if found.len() >= 2 * MOST_MEMORIES {
            shorten(&mut found);
        }
    })
    .await?;
    shorten(&mut found);
    Ok(found.into_iter().map(|entry| (entry.id, entry)).collect())
}

fn shorten(found: &mut Vec<Entry>) {
    found.sort_unstable_by_key(|entry| std::cmp::Reverse((entry.order, entry.id)));
    found.truncate(MOST_MEMORIES);
}

/// The gists that still hold, and the memories that have none, the latest first.
fn sorted(gists: Vec<Gist>, latest: &HashMap<MemoryId, Entry>) -> (Vec<Gist>, Vec<MemoryId>) {
    let kept: Vec<Gist> =
        gists.into_iter().filter(|gist| latest.get(&gist.id).is_some_and(|entry| gist.is_of(entry))).collect();
    let known: HashSet<MemoryId> = kept.iter().map(|gist| gist.id).collect();
    let mut fresh: Vec<&Entry> = latest.values().filter(|entry| !known.contains(&entry.id)).collect();
    fresh.sort_unstable_by_key(|entry| std::cmp::Reverse((entry.order, entry.id)));
    (kept, fresh.into_iter().map(|entry| entry.id).collect())
}

/// As many of them as one night compares with all others; the rest has another night.
fn within_a_night(mut fresh: Vec<MemoryId>, all: usize) -> Vec<MemoryId> {
    if all > ALL_PAIRS {
        fresh.truncate((MOST_PAIRS / all).max(1));
    }
    fresh
}

/// Gists of those memories, from their texts. What was forgotten meanwhile has none.
async fn read(app: &App, scope: &Scope, ids: &[MemoryId]) -> Result<Vec<Gist>> {
    let mut gists = Vec::with_capacity(ids.len());
    for ids in ids.chunks(READ_TOGETHER) {
        let memories = app.records.memories(scope, ids).await?;
        gists.extend(memories.iter().flatten().filter_map(gist));
    }
    Ok(gists)
}

fn in_order(mut gists: Vec<Gist>) -> Vec<Gist> {
    gists.sort_unstable_by_key(|gist| (gist.order, gist.id));
    gists
}

/// All links anew, or those that still hold and those of what is fresh.
fn woven(
    gists: &[Gist],
    vectors: &HashMap<MemoryId, Embedding>,
    fresh: &HashSet<MemoryId>,
    old: Vec<Link>,
) -> Vec<Link> {
    let loom = Loom::new(gists, vectors);
    let all: HashSet<MemoryId> = gists.iter().map(|gist| gist.id).collect();
    if gists.len() <= ALL_PAIRS {
        return loom.weave(&all);
    }
    let holds = |id: &MemoryId| all.contains(id) && !fresh.contains(id);
    let mut links: Vec<Link> = old.into_iter().filter(|link| holds(&link.newer) && holds(&link.older)).collect();
    links.extend(loom.weave(fresh));
    links
}

/// Bytes first, pointer last. Where another night was quicker, its web holds as well as this one.
async fn publish(app: &App, scope: &Scope, before: Option<&WebRef>, web: &Web, now: Time) -> Result<()> {
    let name = app.webs.put(scope, web.encode()?, now).await?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let next = WebRef {
        v: VERSION,
        generation: before.map_or(0, |before| before.generation) + 1,
        name,
        memories: count(web.gists.len()),
        links: count(web.links.len()),
        made_at: now,
    };
    if app.records.publish_web(scope, before, &next).await? != Outcome::Done {
        tracing::debug!(%scope, "another night made the web");
    }
    Ok(())
}
