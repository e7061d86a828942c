//! What goes into the prompt: the best memories that fit the caller's budget of tokens, as a conversation reads.

use std::collections::HashMap;
use std::fmt::Write;

use crate::memory::lesson::is_lesson;
use crate::memory::{Memory, Role};

/// Tokens of a context where the caller names no budget.
pub const DEFAULT_TOKENS: usize = 2_000;
/// Most tokens a caller may ask for.
pub const MOST_TOKENS: usize = 32_000;

/// The packed text, what it costs and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Conversations in the order they happened, each under its date, each line cited by memory id.
    pub text: String,
    /// How many tokens it has by the counter it was packed with.
    pub tokens: usize,
    /// Places, in the list given, of the memories that stand in it.
    pub packed: Vec<usize>,
}

/// Packs the memories, best first, into `budget` tokens as `count` counts them. One that does not fit is passed over
/// for a shorter one after it.
pub fn pack(memories: &[Memory], budget: usize, count: impl Fn(&str) -> usize) -> Context {
    let mut headings: HashMap<String, usize> = HashMap::new();
    let mut packed = Vec::new();
    let mut tokens = 0;
    for (place, memory) in memories.iter().enumerate() {
        let heading = heading(memory);
        let new_heading = if headings.contains_key(&heading) { 0 } else { count(&heading) };
        let cost = count(&line(memory)) + new_heading;
        if tokens + cost <= budget {
            tokens += cost;
            headings.entry(heading).or_insert(place);
            packed.push(place);
        }
    }
    let mut in_time = packed.clone();
    in_time.sort_by_key(|place| {
        let memory = &memories[*place];
        // All of one heading together, in the order they were stored.
        (memory.time().date(), memory.session.clone(), heading(memory), memory.order)
    });
    let mut text = String::new();
    let mut under = String::new();
    for place in in_time {
        let heading = heading(&memories[place]);
        if heading != under {
            text.push_str(&heading);
            under = heading;
        }
        text.push_str(&line(&memories[place]));
    }
    Context { text, tokens, packed }
}

/// What memories of its day and conversation stand under.
pub fn heading(memory: &Memory) -> String {
    let when = memory.time().civil().strftime("%A %-d %B %Y");
    match &memory.session {
        Some(session) => format!("## {when} ({session})\n"),
        None => format!("## {when}\n"),
    }
}

/// The memory in a line, with its name.
pub fn line(memory: &Memory) -> String {
    let mut line = String::from("- ");
    if is_lesson(memory) {
        line.push_str("learned: ");
    } else if !memory.derived_from.is_empty() {
        line.push_str("fact: ");
    } else if let Some(speaker) = memory.speaker.as_deref().or(memory.role.map(Role::name)) {
        let _ = write!(line, "{speaker}: ");
    }
    let one_line = memory.content.split_whitespace().collect::<Vec<_>>().join(" ");
    line.push_str(&one_line);
    if let Some(at) = memory.superseded_at {
        let _ = write!(line, " (until {})", at.civil().strftime("%-d %B %Y"));
    }
    if memory.stale_because.is_some() {
        line.push_str(" (may no longer hold)");
    }
    let _ = writeln!(line, " [{}]", memory.id);
    line
}

#[cfg(test)]
mod tests;
