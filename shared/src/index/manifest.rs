//! The scope's one item that names its live segments.

use serde::{Deserialize, Serialize};

use crate::memory::Time;

/// Version of the stored shape.
pub const VERSION: u8 = 1;

/// How many classified entries make a tail long enough to flush: few enough that the strongly consistent read of
/// the tail stays near 10 read units, many enough that segments are not put for a handful.
pub const FLUSH_AT: usize = 64;
/// Most entries one publishing transaction moves: DynamoDB takes 100 items a transaction, one is the manifest.
pub const FLUSH_MOST: usize = 96;
/// Entries that are one small object, read whole: some 0.4 MB. A flush keeps so small a scope in one segment, and so writes
/// each of its memories some eight times.
pub const WHOLE: usize = 1_024;
/// Most entries that a flush writes as one segment: some 15 MB while they are merged.
pub const MERGED_MOST: usize = 8_192;
/// How long an unpublished segment is kept for readers that still hold the manifest that named it.
pub const KEEP_RETIRED_HOURS: i64 = 24;

/// One live segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentRef {
    /// The object's name.
    pub name: String,
    /// How many entries it holds.
    pub entries: u32,
    /// Its size.
    pub bytes: u64,
}

/// The live atlas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtlasRef {
    /// The object's name.
    pub name: String,
    /// How many entries it maps.
    pub entries: u32,
    /// Its size.
    pub bytes: u64,
}

/// Segments and atlases that one change took out of the manifest. They wait beside it, not in it: every recall reads the
/// manifest, and only the night reads these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// The objects' names.
    pub names: Vec<String>,
    /// When they were taken out.
    pub at: Time,
}

/// The scope's live segments, oldest first, and the map of what is in none of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// One more with every change; a change holds only if nobody else changed it meanwhile.
    pub generation: u64,
    /// Live segments, oldest first. Names only segments that exist.
    pub segments: Vec<SegmentRef>,
    /// The atlas of a scope too large to be read whole: it maps all that is in none of the segments above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub atlas: Option<AtlasRef>,
    /// The segment of what an atlas does not map: another model's vectors, and what was derived. As long as it is the only
    /// one, a night has nothing to map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
}

impl Default for Manifest {
    fn default() -> Manifest {
        Manifest { v: VERSION, generation: 0, segments: Vec::new(), atlas: None, beside: None }
    }
}

impl Manifest {
    /// How many of the newest segments a flush of `fresh` entries takes up into the one it writes: all while together they
    /// are few enough to be one small object, so that a small scope is one; then as long as the next older one is at most
    /// twice what has been gathered, up to what one function holds with ease. So a scope of n memories has some
    /// log2(n / [`WHOLE`]) segments, and what is more than [`MERGED_MOST`] waits for the night.
    pub fn merged_by_flush(&self, fresh: usize) -> usize {
        let mut gathered = fresh;
        let mut taken = 0;
        for segment in self.segments.iter().rev() {
            let together = gathered + segment.entries as usize;
            let small = together <= WHOLE;
            let alike = segment.entries as usize <= 2 * gathered && together <= MERGED_MOST;
            if !small && !alike {
                break;
            }
            gathered = together;
            taken += 1;
        }
        taken
    }

    /// How many entries stand in segments that are read whole.
    pub fn fresh(&self) -> usize {
        self.segments.iter().map(|segment| segment.entries as usize).sum()
    }

    /// The manifest after `taken` of the newest segments gave way to `new` (none where nothing was left of them).
    #[must_use]
    pub fn with(&self, taken: usize, new: Option<SegmentRef>) -> Manifest {
        let mut next = self.clone();
        next.segments.truncate(self.segments.len().saturating_sub(taken));
        next.segments.extend(new);
        next.after(self)
    }

    /// This manifest as the one after `before`.
    #[must_use]
    pub fn after(self, before: &Manifest) -> Manifest {
        Manifest { v: VERSION, generation: before.generation + 1, ..self }
    }

    /// What `before` named and this manifest does not, if anything: to be deleted, with all that only it maps, once
    /// [`KEEP_RETIRED_HOURS`] have passed.
    pub fn retired(&self, before: &Manifest, now: Time) -> Option<Retired> {
        let names: Vec<String> = before.live().filter(|name| !self.is_live(name)).map(str::to_owned).collect();
        (!names.is_empty()).then_some(Retired { names, at: now })
    }

    /// The names of what is live.
    pub fn live(&self) -> impl Iterator<Item = &str> {
        let segments = self.segments.iter().map(|segment| segment.name.as_str());
        segments.chain(self.atlas.iter().map(|atlas| atlas.name.as_str()))
    }

    fn is_live(&self, name: &str) -> bool {
        self.live().any(|live| live == name)
    }
}

#[cfg(test)]
mod tests;
