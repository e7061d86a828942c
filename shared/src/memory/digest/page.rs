//! A digest with its texts, as it is read.

use std::collections::HashMap;
use std::fmt::Write;

use serde::Serialize;

use super::{Commitment, Count, Digest, Standing};
use crate::memory::{Memory, MemoryId, Time};

/// A memory in a few fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Which.
    pub id: MemoryId,
    /// When it was said.
    pub time: Time,
    /// Who said it.
    pub speaker: Option<String>,
    /// Its words.
    pub content: String,
}

/// What was told in one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Which; none for what stands by itself.
    pub session: Option<String>,
    /// Whom and what these memories name.
    pub about: Vec<String>,
    /// The memories.
    pub memories: Vec<Line>,
}

/// What is said now, and what was said before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Now.
    pub now: Line,
    /// Before.
    pub before: Line,
}

/// A digest with the texts of what it names, as far as they are still to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The digest.
    pub digest: Digest,
    /// What mattered most that day.
    pub happened: Vec<Told>,
    /// What was decided.
    pub decisions: Vec<Line>,
    /// What was promised or planned.
    pub commitments: Vec<Commitment>,
    /// Minds that changed.
    pub changes: Vec<Changed>,
    /// What nobody answered.
    pub questions: Vec<Line>,
}

/// Most names over the memories of a conversation.
const MOST_ABOUT: usize = 4;

impl Line {
    fn of(memory: &Memory) -> Line {
        Line { id: memory.id, time: memory.time(), speaker: memory.speaker.clone(), content: memory.content.clone() }
    }

    fn markdown(&self) -> String {
        format!("{}{} [{}]", said_by(self.speaker.as_deref()), one_line(&self.content), self.id)
    }
}

impl Page {
    /// Of the digest and of those memories that it names and that may be read.
    pub fn new(digest: Digest, memories: &HashMap<MemoryId, Memory>, now: Time) -> Page {
        let now = digest.as_of(now);
        let line = |id: &MemoryId| memories.get(id).map(Line::of);
        let lines = |ids: &[MemoryId]| ids.iter().filter_map(line).collect::<Vec<Line>>();
        let happened = digest.happened.iter().map(|group| Told {
            session: group.session.clone(),
            about: about(group.memories.iter().filter_map(|id| memories.get(id))),
            memories: lines(&group.memories),
        });
        let happened = happened.filter(|told| !told.memories.is_empty()).collect();
        let commitment = |id: &MemoryId| {
            let memory = memories.get(id)?.clone();
            Some(Commitment::of(memory, digest.followed_up.contains(id), now))
        };
        let commitments = digest.commitments.iter().filter_map(commitment).collect();
        let changes = digest
            .changes
            .iter()
            .filter_map(|change| Some(Changed { now: line(&change.newer)?, before: line(&change.older)? }));
        Page {
            happened,
            commitments,
            changes: changes.collect(),
            decisions: lines(&digest.decisions),
            questions: lines(&digest.questions),
            digest,
        }
    }

    /// The page as a person reads it.
    pub fn markdown(&self) -> String {
        let digest = &self.digest;
        let mut page = format!("# {}\n\n{} memories", digest.date, digest.memories);
        let kinds: Vec<_> = digest.kinds.iter().map(|(kind, n)| format!("{n} {}", kind.name())).collect();
        if !kinds.is_empty() {
            let _ = write!(page, ": {}", kinds.join(", "));
        }
        page.push_str(".\n");
        for (title, counts) in [("People", &digest.people), ("Themes", &digest.themes)] {
            if !counts.is_empty() {
                let names: Vec<_> =
                    counts.iter().map(|Count { name, memories }| format!("{name} ({memories})")).collect();
                let _ = write!(page, "\n**{title}:** {}\n", names.join(", "));
            }
        }
        if !self.happened.is_empty() {
            page.push_str("\n## What happened\n");
        }
        for told in &self.happened {
            let title = if told.about.is_empty() { told.session.clone() } else { Some(told.about.join(", ")) };
            let _ = write!(page, "\n{}", title.map(|title| format!("### {title}\n\n")).unwrap_or_default());
            told.memories.iter().for_each(|line| {
                let _ = writeln!(page, "- {}", line.markdown());
            });
        }
        section(&mut page, "Decisions", self.decisions.iter().map(Line::markdown));
        let commitments = |wanted: &[Standing]| {
            let of_it = self.commitments.iter().filter(|commitment| wanted.contains(&commitment.standing));
            of_it.map(promised).collect::<Vec<String>>()
        };
        section(&mut page, "Overdue", commitments(&[Standing::Overdue]).into_iter());
        section(&mut page, "Commitments", commitments(&[Standing::Open, Standing::FollowedUp]).into_iter());
        let changed = |change: &Changed| format!("{}\n  - before: {}", change.now.markdown(), change.before.markdown());
        section(&mut page, "Changes of mind", self.changes.iter().map(changed));
        section(&mut page, "Questions left open", self.questions.iter().map(Line::markdown));
        page
    }
}

fn section(page: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        let _ = write!(page, "\n## {title}\n\n");
    }
    for line in lines {
        let _ = writeln!(page, "- {line}");
    }
}

fn promised(commitment: &Commitment) -> String {
    let Commitment { id, content, speaker, due_date, standing, .. } = commitment;
    let due = due_date.map(|date| format!("by {date}: ")).unwrap_or_default();
    let mark = if *standing == Standing::FollowedUp { " (followed up)" } else { "" };
    format!("{due}{}{}{mark} [{id}]", said_by(speaker.as_deref()), one_line(content))
}

fn said_by(speaker: Option<&str>) -> String {
    speaker.map(|name| format!("{name}: ")).unwrap_or_default()
}

/// The text without breaks, which would end its line of the list.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The names that most of these memories name.
fn about<'a>(memories: impl Iterator<Item = &'a Memory>) -> Vec<String> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for entity in memories.filter_map(|memory| memory.classification.as_ref()).flat_map(|class| &class.entities) {
        match counts.iter_mut().find(|(name, _)| *name == entity.name) {
            Some((_, n)) => *n += 1,
            None => counts.push((&entity.name, 1)),
        }
    }
    counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    counts.into_iter().take(MOST_ABOUT).map(|(name, _)| name.to_owned()).collect()
}
