//! New vectors of a scope's memories, gathered beside the old ones until there is one for each that shall have one.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::index::Embedding;
use crate::index::sealed::{self, Format};
use crate::memory::MemoryId;

/// Version of the stored shape of [`Renewal`].
pub const VERSION: u8 = 1;
/// The objects' frame.
pub const FORMAT: Format = Format { magic: b"MEMVECTS", version: 1, extension: "vectors" };
/// Most memories that are noted as left: some 100 KB of an item that may have 400.
pub const MOST_LEFT: usize = 1_024;

/// The new vector of a revision of a memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Renewed {
    /// Which memory.
    pub id: MemoryId,
    /// Which revision of it.
    pub revision: u32,
    /// The vector.
    pub embedding: Embedding,
}

/// A memory that keeps the vector it has, since its best model gives it none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Left {
    /// Which memory.
    pub id: MemoryId,
    /// Which revision of it.
    pub revision: u32,
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// One more with each change.
    pub generation: u64,
    /// The signature of the route whose best models these vectors are of.
    pub route: String,
    /// The objects that hold them; none once they took their place.
    pub objects: Vec<String>,
    /// What is not asked about again under this route.
    pub left: Vec<Left>,
    /// An atlas that stays as it is under this route: most of what it maps may not be seen by a better model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<String>,
    /// Nights in a row in which no model gave a vector.
    pub tries: u32,
}

impl Renewal {
    /// Of a route under which nothing was done yet, in place of that one.
    pub fn begin(route: String, generation: u64) -> Renewal {
        Renewal { v: VERSION, generation, route, objects: Vec::new(), left: Vec::new(), settled: None, tries: 0 }
    }

    /// Together with what another worker noted under the same route; what it noted under another one is void.
    #[must_use]
    pub fn joined(mut self, other: Renewal) -> Renewal {
        self.generation = other.generation;
        if other.route != self.route {
            return self;
        }
        self.objects.extend(other.objects);
        self.objects.sort_unstable();
        self.objects.dedup();
        self.left.extend(other.left);
        self.bounded()
    }

    /// With more that is left as it is.
    #[must_use]
    pub fn leaving(mut self, left: impl IntoIterator<Item = Left>) -> Renewal {
        self.left.extend(left);
        self.bounded()
    }

    fn bounded(mut self) -> Renewal {
        self.left.sort_unstable();
        self.left.dedup();
        self.left.truncate(MOST_LEFT);
        self
    }
}

/// Vectors as an object's bytes.
pub fn encode(vectors: &[Renewed]) -> Result<Vec<u8>> {
    sealed::seal_all(FORMAT, vectors)
}

/// An object's bytes back as vectors. Corrupt, with the name, where they are torn, changed or of another version.
pub fn decode(name: &str, bytes: &[u8]) -> Result<Vec<Renewed>> {
    sealed::open_all(FORMAT, name, bytes)
}

#[cfg(test)]
mod tests;
