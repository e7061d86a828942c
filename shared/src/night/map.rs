//! Maps a large scope: takes what is fresh into its atlas, and leaves out what is forgotten or revised.
//!
//! One round goes through the leaves in their order and writes them anew, with what is fresh in its cells: bytes first,
//! pointer last. A round takes up so many fresh entries at most; a scope with more of them has several, each published.

use crate::app::App;
use crate::aws::records::IndexState;
use crate::aws::writes::Outcome;
use crate::error::Result;
use crate::index::cells::{self, Vectors};
use crate::index::manifest::{AtlasRef, VERSION};
use crate::index::{Atlas, Entry, Fingerprint, Manifest, SegmentRef, atlas};
use crate::memory::{Scope, Time};
use crate::night::each::Later;
use crate::night::fresh::{Fresh, Place};
use crate::night::leaves::Leaves;

/// Most fresh entries of one round: some 30 MB as they are stored, and as much again while postings are gathered.
pub const ROUND_MOST: usize = 65_536;
/// Vectors that the first cells are learned from.
const SAMPLE: usize = 20_000;
/// Memories of a cell, where there are few enough cells.
const CELL: usize = 64;
/// Most cells of an atlas: more make it too large to be read beside the manifest.
const MOST_CELLS: usize = 4_096;
/// How often publishing is tried again when flushes add segments meanwhile.
const ATTEMPTS: u32 = 4;

/// What a round came to.
#[derive(Debug)]
pub struct Mapped {
    /// The manifest that was published.
    pub manifest: Manifest,
    /// Entries that were left out.
    pub dropped: usize,
    /// Whether it took up all that was fresh.
    pub all: bool,
}

/// One round. None where somebody else mapped or compacted the scope meanwhile: what was written is swept later.
pub async fn round(app: &App, scope: &Scope, state: &IndexState, now: Time) -> Result<Option<Mapped>> {
    let manifest = &state.manifest;
    let old = match &manifest.atlas {
        Some(atlas) => Some(app.atlases.get(&atlas.name).await?),
        None => None,
    };
    let taken = taken(manifest);
    let mut fresh = Fresh::read(app, state, taken).await?;
    let before = fresh.entries + old.as_ref().map_or(0, |atlas| atlas.entries());
    let model = old.as_ref().map(|atlas| atlas.fingerprint).or_else(|| fresh.commonest());
    let others = fresh.without_place(model)?;
    let written = match model {
        Some(model) => {
            let entry = |place: &Place| fresh.entry(*place);
            write(app, scope, model, old.as_deref(), &fresh.live, entry, &fresh.later, now).await?
        }
        // Not one vector: nothing to map by.
        None => None,
    };
    let others: Vec<&Entry> = others.iter().collect();
    publish(app, scope, state, taken, written, &others, before, now).await
}

/// Whether an atlas of that model's vectors takes the entry.
pub fn takes(entry: &Entry, model: Fingerprint) -> bool {
    entry.derived_from.is_none() && entry.embedding.as_ref().is_some_and(|e| e.fingerprint == model)
}

/// Writes the old atlas's live entries and the fresh ones, cell by cell. `entry`: what a fresh one is.
#[expect(clippy::too_many_arguments, reason = "what is mapped, by what, over what; none of it belongs together")]
pub async fn write<P>(
    app: &App,
    scope: &Scope,
    model: Fingerprint,
    old: Option<&Atlas>,
    fresh: &[P],
    entry: impl Fn(&P) -> Result<Entry>,
    later: &Later,
    now: Time,
) -> Result<Option<Atlas>> {
    let (centres, mean) = match old {
        Some(atlas) => (atlas.centres(), atlas.mean.clone()),
        None => learned(fresh, &entry)?,
    };
    let entries = fresh.len() + old.map_or(0, Atlas::entries);
    let mut by_cell: Vec<Vec<&P>> = Vec::new();
    by_cell.resize_with(centres.len(), Vec::new);
    for place in fresh {
        let Some(embedding) = entry(place)?.embedding else { continue };
        by_cell[centres.nearest(&embedding.unit().collect::<Vec<f32>>())].push(place);
    }
    let mut leaves = Leaves::new(app, scope, now, model, mean, CELL.max(entries / MOST_CELLS));
    let mut cell = 0;
    let (old_leaves, old_cells) = old.map_or((&[][..], &[][..]), |atlas| (&atlas.leaves, &atlas.cells));
    for leaf in old_leaves {
        let mut held = app.segments.read(&leaf.name).await?.into_iter();
        while held.len() > 0 {
            let size = old_cells[cell].entries as usize;
            let mut members: Vec<Entry> = held.by_ref().take(size).filter(|e| !later.supersedes(e)).collect();
            for place in by_cell[cell].drain(..) {
                members.push(entry(place)?);
            }
            leaves.push(members).await?;
            cell += 1;
        }
    }
    for members in by_cell.into_iter().skip(cell) {
        let members = members.into_iter().map(&entry).collect::<Result<_>>()?;
        leaves.push(members).await?;
    }
    leaves.finish().await
}

/// How many of the oldest fresh segments one round takes.
fn taken(manifest: &Manifest) -> usize {
    let mut entries = 0;
    let fits = manifest.segments.iter().take_while(|segment| {
        entries += segment.entries as usize;
        entries <= ROUND_MOST
    });
    fits.count().max(1).min(manifest.segments.len())
}

/// The first cells' centres in line, and the mean of all vectors.
fn learned<P>(places: &[P], entry: impl Fn(&P) -> Result<Entry>) -> Result<(Vectors, Vec<f32>)> {
    let mut sample = Vectors::default();
    let step = places.len().div_ceil(SAMPLE).max(1);
    for place in places.iter().step_by(step) {
        let Some(embedding) = entry(place)?.embedding else { continue };
        if sample.is_empty() {
            sample = Vectors::new(embedding.dimensions());
        }
        sample.push(embedding.unit());
    }
    let centres = cells::centres(&sample, (places.len() / CELL).clamp(1, MOST_CELLS));
    let mut line = Vectors::new(centres.dimensions());
    cells::in_line(&centres).into_iter().for_each(|place| line.push(centres.get(place).iter().copied()));
    Ok((line, sample.mean()))
}

/// Makes that atlas, and one segment of what stands beside it, the scope's index in place of the oldest `taken` segments and
/// of its old atlas. None where somebody else changed these meanwhile.
#[expect(
    clippy::too_many_arguments,
    reason = "all of it is one unit of work, split where reading ends and writing begins"
)]
pub async fn publish(
    app: &App,
    scope: &Scope,
    state: &IndexState,
    taken: usize,
    atlas: Option<Atlas>,
    others: &[&Entry],
    before: usize,
    now: Time,
) -> Result<Option<Mapped>> {
    let mut plain: Vec<Entry> = others.iter().map(|entry| (*entry).clone()).collect();
    // What has become small again is read whole again.
    let atlas = match atlas {
        Some(atlas) if atlas.entries() + plain.len() <= app.config.atlas_from / 2 => {
            for leaf in &atlas.leaves {
                plain.extend(app.segments.read(&leaf.name).await?);
            }
            None
        }
        atlas => atlas,
    };
    let named = match &atlas {
        Some(atlas) => Some(put(app, scope, atlas, now).await?),
        None => None,
    };
    let plain: Option<SegmentRef> = if plain.is_empty() {
        None
    } else {
        plain.sort_unstable_by_key(|entry| (entry.order, entry.id));
        Some(app.segments.put(scope, &plain, now).await?)
    };
    let after = atlas.as_ref().map_or(0, Atlas::entries) + plain.as_ref().map_or(0, |plain| plain.entries as usize);
    let mut manifest = state.manifest.clone();
    for _ in 0..ATTEMPTS {
        let mut next = Manifest {
            v: VERSION,
            atlas: named.clone(),
            beside: plain.as_ref().filter(|_| named.is_some()).map(|plain| plain.name.clone()),
            ..manifest.clone()
        };
        next.segments.splice(..taken, plain.clone());
        let next = next.after(&manifest);
        if app.records.publish(scope, &manifest, &next, &[], now).await? == Outcome::Done {
            let hash = named.as_ref().map(|named| atlas::hash(&named.name));
            app.records.remove_atlases(scope, hash).await?;
            let all = next.segments.len() <= usize::from(plain.is_some());
            return Ok(Some(Mapped { manifest: next, dropped: before.saturating_sub(after), all }));
        }
        // A flush that only added segments leaves this work good; anything else does not.
        let now_there = app.records.index(scope).await?.manifest;
        let same = now_there.atlas == state.manifest.atlas
            && now_there.segments.get(..taken) == state.manifest.segments.get(..taken);
        if !same {
            return Ok(None);
        }
        manifest = now_there;
    }
    Ok(None)
}

/// Puts the atlas as an object, which counts, and beside the manifest, where a query finds it.
async fn put(app: &App, scope: &Scope, atlas: &Atlas, now: Time) -> Result<AtlasRef> {
    let bytes = atlas.encode()?;
    let size = bytes.len() as u64;
    let name = app.atlases.put(scope, bytes.clone(), atlas::FORMAT.extension, now).await?;
    app.records.put_atlas(scope, atlas::hash(&name), &bytes).await?;
    Ok(AtlasRef { name, entries: u32::try_from(atlas.entries()).unwrap_or(u32::MAX), bytes: size })
}
