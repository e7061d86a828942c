//! What a round of mapping takes up: the live entries of the oldest segments, kept as they are stored. Of so many, decoded
//! ones would take more memory than all the rest of a night.

use std::collections::HashMap;

use crate::app::App;
use crate::aws::records::IndexState;
use crate::error::Result;
use crate::index::segment::Packed;
use crate::index::{Entry, Fingerprint};
use crate::night::each::Later;
use crate::night::map::takes;

/// Where an entry stands: in which segment, and where in it.
#[derive(Debug, Clone, Copy)]
pub struct Place(u32, u32);

/// The live entries of some segments.
#[derive(Debug)]
pub struct Fresh {
    blocks: Vec<Packed>,
    /// Where the live ones stand, oldest segment first.
    pub live: Vec<Place>,
    /// How many entries the segments hold.
    pub entries: usize,
    /// What of older ones they make dead.
    pub later: Later,
    models: HashMap<Fingerprint, usize>,
}

impl Fresh {
    /// Of the `taken` oldest segments. What the tail revises or forgot is not live.
    pub async fn read(app: &App, state: &IndexState, taken: usize) -> Result<Fresh> {
        let mut later = Later::of_tail(state);
        let (mut blocks, mut live) = (Vec::with_capacity(taken), Vec::new());
        let (mut entries, mut models) = (0, HashMap::new());
        for (block, segment) in state.manifest.segments[..taken].iter().enumerate().rev() {
            let packed = app.segments.read_packed(&segment.name).await?;
            for nth in (0..packed.len()).rev() {
                let entry = packed.entry(nth)?;
                if !later.supersedes(&entry) {
                    live.push(Place(block as u32, nth as u32));
                }
                if let Some(embedding) = &entry.embedding {
                    *models.entry(embedding.fingerprint).or_default() += 1;
                }
                later.add(std::iter::once(&entry));
            }
            entries += packed.len();
            blocks.push(packed);
        }
        blocks.reverse();
        live.reverse();
        Ok(Fresh { blocks, live, entries, later, models })
    }

    /// The entry there.
    pub fn entry(&self, Place(block, nth): Place) -> Result<Entry> {
        self.blocks[block as usize].entry(nth as usize)
    }

    /// The model of most vectors.
    pub fn commonest(&self) -> Option<Fingerprint> {
        let most = self.models.iter().max_by_key(|(fingerprint, count)| (**count, fingerprint.0));
        most.map(|(fingerprint, _)| *fingerprint)
    }

    /// Takes out the live entries that an atlas of that model's vectors has no place for.
    pub fn without_place(&mut self, model: Option<Fingerprint>) -> Result<Vec<Entry>> {
        let mut others = Vec::new();
        let mut mapped = Vec::with_capacity(self.live.len());
        for place in std::mem::take(&mut self.live) {
            let entry = self.entry(place)?;
            match model {
                Some(model) if takes(&entry, model) => mapped.push(place),
                _ => others.push(entry),
            }
        }
        self.live = mapped;
        Ok(others)
    }
}
