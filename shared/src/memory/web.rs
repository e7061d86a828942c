//! How the memories of a scope stand to each other: their gists and links, in one sealed object that a night makes.
//!
//! Nothing in it is shown without a look at what was forgotten since: see [`Web::living`].

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::index::sealed::{self, Format};
use crate::index::view::Gone;
use crate::memory::gist::Gist;
use crate::memory::link::Link;
use crate::memory::{MemoryId, Time};

/// Version of the stored shape of a pointer to a web.
pub const VERSION: u8 = 1;
/// The object's frame.
pub const FORMAT: Format = Format { magic: b"MEMORWEB", version: 1, extension: "web" };

/// Names the scope's web.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebRef {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// One more with each change.
    pub generation: u64,
    /// The object's name.
    pub name: String,
    /// How many memories it holds.
    pub memories: u32,
    /// How many links.
    pub links: u32,
    /// When it was made.
    pub made_at: Time,
}

/// Gists in the order of storing, and the links between them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Web {
    /// What is kept of each memory.
    pub gists: Vec<Gist>,
    /// What connects them.
    pub links: Vec<Link>,
}

impl Web {
    /// As bytes.
    pub fn encode(&self) -> Result<Vec<u8>> {
        sealed::seal(FORMAT, self)
    }

    /// Back from bytes. Corrupt, with the name, where they are not what [`Web::encode`] wrote.
    pub fn decode(name: &str, bytes: &[u8]) -> Result<Web> {
        sealed::open(FORMAT, name, bytes)
    }

    /// What may be spoken of at `now`, in the order of storing: neither forgotten since, nor past its end.
    pub fn living(&self, gone: &[Gone], now: Time) -> Vec<&Gist> {
        let gone: HashMap<MemoryId, u32> = gone.iter().map(|gone| (gone.id, gone.revision)).collect();
        let lives = |gist: &&Gist| {
            gone.get(&gist.id).is_none_or(|revision| gist.revision > *revision)
                && gist.expires_at.is_none_or(|expires| expires > now)
        };
        self.gists.iter().filter(lives).collect()
    }

    /// Whether it holds something of a memory that this mark says is forgotten.
    pub fn holds(&self, gone: &Gone) -> bool {
        self.gists.iter().any(|gist| gist.id == gone.id && gist.revision <= gone.revision)
    }

    /// A memory's links, the strongest first.
    pub fn links_of(&self, id: MemoryId) -> Vec<&Link> {
        let mut links: Vec<&Link> = self.links.iter().filter(|link| link.other(id).is_some()).collect();
        links.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (b.newer, b.older).cmp(&(a.newer, a.older))));
        links
    }
}

#[cfg(test)]
mod tests;
