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

/// A segment no longer live, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// The object's name.
    pub name: String,
    /// When it was taken out of the manifest.
    pub at: Time,
}

/// The scope's live segments, oldest first, and those that wait to be swept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// One more with every change; a change holds only if nobody else changed it meanwhile.
    pub generation: u64,
    /// Live segments, oldest first. Names only segments that exist.
    pub segments: Vec<SegmentRef>,
    /// Segments to delete once [`KEEP_RETIRED_HOURS`] have passed.
    #[serde(default)]
    pub retired: Vec<Retired>,
}

impl Default for Manifest {
    fn default() -> Manifest {
        Manifest { v: VERSION, generation: 0, segments: Vec::new(), retired: Vec::new() }
    }
}

impl Manifest {
    /// How many of the newest segments a flush of `fresh` entries takes up into the one it writes: as long as the next
    /// older one is at most twice what has been gathered. So a scope of n memories has about log2(n / [`FLUSH_AT`])
    /// segments, and each memory is written again about as often.
    pub fn merged_by_flush(&self, fresh: usize) -> usize {
        let mut gathered = fresh;
        let mut taken = 0;
        for segment in self.segments.iter().rev() {
            if segment.entries as usize > 2 * gathered {
                break;
            }
            gathered += segment.entries as usize;
            taken += 1;
        }
        taken
    }

    /// The manifest after `taken` of the newest segments gave way to `new` (none where nothing was left of them).
    #[must_use]
    pub fn with(&self, taken: usize, new: Option<SegmentRef>, now: Time) -> Manifest {
        let keep = self.segments.len().saturating_sub(taken);
        let mut next = self.clone();
        next.v = VERSION;
        next.generation += 1;
        let gone = next.segments.split_off(keep);
        next.segments.extend(new);
        let live = |name: &str| next.segments.iter().any(|segment| segment.name == name);
        // The same content put again has the same name: it is live, not retired.
        let newly: Vec<_> = gone.into_iter().filter(|segment| !live(&segment.name)).collect();
        // And content that is put again comes back from retirement.
        next.retired.retain(|retired| !next.segments.iter().any(|segment| segment.name == retired.name));
        next.retired.extend(newly.into_iter().map(|segment| Retired { name: segment.name, at: now }));
        next
    }
}

#[cfg(test)]
mod tests;
