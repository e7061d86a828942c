//! A tenant's own weights of ranking, and the record of every night that proposed some.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::index::ranking::Weights;
use crate::memory::Time;
use crate::memory::trial::Trial;

/// Version of the stored shapes.
pub const VERSION: u8 = 1;

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Better on what it was not fitted on: it ranks now.
    Promoted,
    /// Not surely better: what was there stays.
    Refused,
    /// Better, but somebody took a promotion back lately, so it waits.
    Held,
    /// It ranked for a while, and was taken back.
    RolledBack,
}

/// What one night proposed, and what was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// The night.
    pub night: Date,
    /// When it was decided.
    pub at: Time,
    /// What was decided.
    pub decision: Decision,
    /// Recalls that it was fitted to.
    pub fitted: u32,
    /// What it did on the others.
    pub trial: Trial,
    /// The weights that were proposed.
    pub weights: Weights,
    /// The weights that ranked before; what a rollback goes back to.
    pub replaced: Weights,
}

/// How a tenant's recalls are weighted now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tuning {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// One more with every change: two changes at once cannot both be made.
    pub revision: u32,
    /// The weights; none for those that everybody begins with.
    pub weights: Option<Weights>,
    /// The night whose proposal that is.
    pub night: Option<Date>,
    /// Until then nothing is promoted, since a promotion was taken back.
    pub held_until: Option<Time>,
}

impl Default for Tuning {
    fn default() -> Tuning {
        Tuning { v: VERSION, revision: 0, weights: None, night: None, held_until: None }
    }
}

impl Tuning {
    /// The weights that rank.
    pub fn weights(&self) -> Weights {
        self.weights.clone().unwrap_or_default()
    }
}
