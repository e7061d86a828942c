//! What a session held, in short: a sentence, a paragraph, or in detail.
//!
//! A summary holds names of memories and places in their texts, never the texts: they are read with it, so that what is
//! forgotten is gone from it, too. What a model said of them is kept apart, as answers of models are, and goes with each
//! memory that it was made from.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::memory::{Memory, MemoryId, Role, Sensitivity, Time};

/// Version of the stored shape.
pub const VERSION: u8 = 1;
/// How many levels there are.
pub const LEVELS: usize = 3;

/// How much of a session is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One sentence.
    Sentence,
    /// A few.
    Paragraph,
    /// All that matters.
    Detailed,
}

impl Level {
    /// All of them, from short to long.
    pub const ALL: [Level; LEVELS] = [Level::Sentence, Level::Paragraph, Level::Detailed];

    /// The name, as in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Level::Sentence => "sentence",
            Level::Paragraph => "paragraph",
            Level::Detailed => "detailed",
        }
    }
}

/// A sentence of a memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// The memory.
    pub id: MemoryId,
    /// The revision that has it there.
    pub revision: u32,
    /// Where it begins in the text, in bytes.
    pub from: u32,
    /// Where it ends.
    pub until: u32,
}

/// Where what a model said of a session is kept, and what it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The memo's name.
    pub memo: String,
    /// All that the model was shown, each with its revision then. Where one of them is another now, the words are void.
    pub made_from: Vec<(MemoryId, u32)>,
    /// How closed the closed-most of them is.
    pub sensitivity: Sensitivity,
}

/// A session in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// How many turns it sums up.
    pub turns: u32,
    /// When the first of them was said, and the last.
    pub from: Time,
    /// As [`Memory::time`].
    pub until: Time,
    /// Where the last of them stands among all that was stored: what came later is not in it.
    pub order: i64,
    /// A hash of the turns and their revisions: of other turns it is made anew.
    pub fingerprint: String,
    /// When it was made.
    pub made_at: Time,
    /// The sentences that tell most, first.
    pub picks: Vec<Pick>,
    /// How many of them each level has.
    pub counts: [u32; LEVELS],
    /// What a model said, where one was asked and answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Kept>,
    /// How often models were asked about these turns without an answer that holds.
    #[serde(default)]
    pub failed: u32,
}

/// What a model says of a session at one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The text.
    pub text: String,
    /// The memories that say so.
    pub memories: Vec<MemoryId>,
}

/// One level, as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Which.
    pub level: Level,
    /// The text: what was said itself, or in a model's words.
    pub text: String,
    /// The memories that say so, in the order they were said.
    pub memories: Vec<MemoryId>,
    /// Who put it so: `extract`, or a model as routes write it.
    pub by: String,
}

/// Who put together what nobody but the speakers put into words.
pub const EXTRACT: &str = "extract";

impl Summary {
    /// The names of all memories that its picks show.
    pub fn shown(&self) -> Vec<MemoryId> {
        let mut ids: Vec<MemoryId> = self.picks.iter().map(|pick| pick.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The picks of a level.
    pub fn of(&self, level: Level) -> &[Pick] {
        let count = self.counts[level as usize] as usize;
        &self.picks[..count.min(self.picks.len())]
    }

    /// Whether all of its picks still stand there.
    pub fn is_whole(&self, memories: &HashMap<MemoryId, Memory>) -> bool {
        self.picks.iter().all(|pick| memories.get(&pick.id).is_some_and(|memory| pick.text(memory).is_some()))
    }

    /// Whether what a model was shown still is what it was.
    pub fn holds(&self, kept: &Kept, memories: &HashMap<MemoryId, Memory>) -> bool {
        kept.made_from.iter().all(|(id, revision)| memories.get(id).is_some_and(|memory| memory.revision == *revision))
    }

    /// A level in the speakers' own words, so far as they are still to be read: a line for each memory, in the order they were
    /// said.
    pub fn lines(&self, level: Level, memories: &HashMap<MemoryId, Memory>) -> Vec<(MemoryId, String)> {
        let mut shown: Vec<(&Memory, Pick)> =
            self.of(level).iter().filter_map(|pick| Some((memories.get(&pick.id)?, *pick))).collect();
        shown.sort_by_key(|(memory, pick)| (memory.order, memory.id, pick.from));
        let mut lines: Vec<(MemoryId, String)> = Vec::new();
        for (memory, pick) in shown {
            let Some(text) = pick.text(memory) else { continue };
            match lines.last_mut().filter(|(id, _)| *id == memory.id) {
                Some((_, line)) => {
                    line.push(' ');
                    line.push_str(&text);
                }
                None => {
                    let voice = memory.speaker.as_deref().or(memory.role.map(Role::name));
                    let voice = voice.map(|voice| format!("{voice}: ")).unwrap_or_default();
                    lines.push((memory.id, format!("{voice}{text}")));
                }
            }
        }
        lines
    }

    /// The same as one text.
    pub fn extract(&self, level: Level, memories: &HashMap<MemoryId, Memory>) -> Told {
        let (ids, lines): (Vec<MemoryId>, Vec<String>) = self.lines(level, memories).into_iter().unzip();
        Told { level, text: lines.join("\n"), memories: ids, by: EXTRACT.to_owned() }
    }
}

impl Pick {
    /// The sentence in one line; none where the memory is another now.
    pub fn text(&self, memory: &Memory) -> Option<String> {
        let text = memory.content.get(self.from as usize..self.until as usize)?;
        (memory.id == self.id && memory.revision == self.revision)
            .then(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}
