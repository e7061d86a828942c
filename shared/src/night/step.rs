//! The steps of a scope's night, in their order, and what each came to.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::memory::Time;

/// A step. Each is safe to repeat, and to interrupt anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Queues again what stayed pending.
    Requeue,
    /// Forgets what is past its end.
    Expire,
    /// Settles what memories say of each other: validity, duplicates, what hangs on what changed.
    Supersede,
    /// Finds which memories belong together. Before the digests, which tell of it.
    Links,
    /// Writes digests. Before compaction, which removes the marks that tell which days' digests must be written again.
    Digest,
    /// Sums up the sessions that changed. Before compaction, so that it need not read what that wrote.
    Summaries,
    /// Makes the index small, without what is forgotten or revised.
    Compact,
    /// Makes vectors anew where a better model may see a text. After compaction, which leaves little in the tail.
    Reembed,
    /// Asks again what was asked and answered, for tuning. After compaction, so that it reads what the next day reads.
    Replay,
    /// Lists what people corrected, for training.
    Corrections,
    /// Learns from questions that failed.
    Hindsight,
    /// Moves what is old to the cold tier, and back what was recalled from there.
    Tier,
    /// Asks ahead what is likely to be asked the next day. After all that changes what it is answered from.
    Ahead,
    /// Deletes objects that nobody can want any more.
    Sweep,
}

impl Step {
    /// All of them, in the order in which they are done.
    pub const ALL: [Step; 14] = [
        Step::Requeue,
        Step::Expire,
        Step::Supersede,
        Step::Links,
        Step::Digest,
        Step::Summaries,
        Step::Compact,
        Step::Reembed,
        Step::Replay,
        Step::Corrections,
        Step::Hindsight,
        Step::Tier,
        Step::Ahead,
        Step::Sweep,
    ];

    /// Its name, as reports and checkpoints have it. Does not change: a checkpoint written by an earlier release is read.
    pub fn name(self) -> &'static str {
        match self {
            Step::Requeue => "requeue",
            Step::Expire => "expire",
            Step::Supersede => "supersede",
            Step::Links => "links",
            Step::Digest => "digest",
            Step::Summaries => "summaries",
            Step::Compact => "compact",
            Step::Reembed => "reembed",
            Step::Replay => "replay",
            Step::Corrections => "corrections",
            Step::Hindsight => "hindsight",
            Step::Tier => "tier",
            Step::Ahead => "ahead",
            Step::Sweep => "sweep",
        }
    }
}

/// A time by which this night is over and the next has not begun: for what that one is to see again.
pub fn next_night(now: Time) -> Time {
    now.plus(SignedDuration::from_hours(12))
}

/// What a step came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Worked {
    /// What it counted, by name; nothing that is zero.
    pub figures: BTreeMap<&'static str, u64>,
    /// When the scope needs this step again though nobody writes to it; none for never.
    pub due: Option<Time>,
    /// Whether it stopped for lack of time, and goes on where it stopped when it is called again.
    pub more: bool,
}

impl Worked {
    /// Counted so many.
    #[must_use]
    pub fn counted(mut self, name: &'static str, count: usize) -> Worked {
        if count > 0 {
            *self.figures.entry(name).or_default() += count as u64;
        }
        self
    }

    /// The scope needs this step again at that time, or sooner where something else says so.
    #[must_use]
    pub fn due_at(mut self, at: Option<Time>) -> Worked {
        self.due = self.due.into_iter().chain(at).min();
        self
    }
}
