//! What goes into a prompt: of the memories that recall found, and of the conversations they are from in short, that which
//! promises most for its tokens. How much is told of a conversation, a sentence or all that matters, is decided so, too.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::classify::closed::closed;
use crate::index::{QueryVector, context};
use crate::memory::summary::{EXTRACT, Level, Pick};
use crate::memory::{Memory, MemoryId, Sensitivity};
use crate::models::builtin;
use crate::summarize::Read;

/// What a sentence of a conversation promises, against the likeliest memory of it, where it is like the message in all: what
/// recall did not find itself is evidence less often.
const UNFOUND: f32 = 0.5;
/// How much of what it promises a memory keeps once a sentence of it is told.
const TOLD: f32 = 0.5;
/// Length counts by its root: of two that promise alike a short one comes first, and yet no crowd of short ones hides a long
/// one that answers.
const LENGTH: f32 = 0.5;

/// Another conversation, in short.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// Which.
    pub session: String,
    /// The chance that its likeliest memory is evidence.
    pub chance: f32,
    /// What a night made of it.
    pub read: Read,
}

/// How much was told of a conversation, as answers say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summed {
    /// Which.
    pub session: String,
    /// How much.
    pub level: Level,
    /// Who put it so: `extract`, or a model as routes write it.
    pub by: String,
    /// How many tokens that has.
    pub tokens: usize,
    /// The memories that say so.
    pub memories: Vec<MemoryId>,
}

/// A conversation in short, as it is given.
#[derive(Debug, Clone)]
pub struct Given {
    /// What is said of it.
    pub summed: Summed,
    /// All memories that the text rests on, each with its revision.
    pub made_from: Vec<(MemoryId, u32)>,
    /// How closed the closed-most of these is.
    pub sensitivity: Sensitivity,
}

/// What was chosen.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// Places of the memories that are shown whole, in the order they were given in.
    pub memories: Vec<usize>,
    /// Conversations in short, as text.
    pub text: String,
    /// Which these are.
    pub given: Vec<Given>,
}

impl Earlier {
    /// Without what is closer than that.
    #[must_use]
    pub fn within(&self, most: Sensitivity) -> Earlier {
        let mut earlier = self.clone();
        earlier.read.memories.retain(|_, memory| closed(memory) <= most);
        if self.read.summary.words.as_ref().is_some_and(|kept| kept.sensitivity > most) {
            earlier.read.words = None;
        }
        earlier
    }

    fn heading(&self) -> String {
        let when = self.read.summary.until.civil().strftime("%A %-d %B %Y");
        format!("## {when} ({})\n", self.session)
    }

    /// The level's lines, each with the memory that it shows a part of; of a model's words there is one, of no memory.
    fn lines(&self, level: Level) -> Vec<(Option<MemoryId>, String)> {
        let words = self.read.words.iter().flatten().find(|told| told.level == level);
        match words {
            Some(told) => {
                let names: String = told.memories.iter().map(|id| format!(" [{id}]")).collect();
                vec![(None, format!("- {}{names}\n", told.text))]
            }
            None => {
                let lines = self.read.summary.lines(level, &self.read.memories);
                lines.into_iter().map(|(id, line)| (Some(id), format!("- {line} [{id}]\n"))).collect()
            }
        }
    }
}

/// What may be taken next.
#[derive(Clone, Copy)]
enum Next {
    Memory(usize),
    Level(usize, Level),
}

/// A conversation while it is weighed.
struct Weighed<'a> {
    earlier: &'a Earlier,
    heading: usize,
    /// Of each level its lines with their tokens.
    lines: Vec<Vec<(Option<MemoryId>, String, usize)>>,
    /// What each of its sentences promises.
    promises: Vec<(Pick, f32)>,
    taken: Option<Level>,
}

impl Weighed<'_> {
    fn new<'a>(earlier: &'a Earlier, asks: Option<&QueryVector>) -> Weighed<'a> {
        let lines = Level::ALL.map(|level| {
            let counted = |(id, line): (Option<MemoryId>, String)| {
                let tokens = builtin::count_tokens(&line);
                (id, line, tokens)
            };
            earlier.lines(level).into_iter().map(counted).collect::<Vec<_>>()
        });
        let promise = |pick: &Pick| {
            let text = earlier.read.memories.get(&pick.id).and_then(|memory| pick.text(memory))?;
            let likeness = asks.and_then(|asks| builtin::embed(&text)?.cosine(asks)).unwrap_or(0.0).max(0.0);
            Some((*pick, UNFOUND * earlier.chance * likeness * likeness))
        };
        Weighed {
            earlier,
            heading: builtin::count_tokens(&earlier.heading()),
            lines: lines.into(),
            promises: earlier.read.summary.picks.iter().filter_map(promise).collect(),
            taken: None,
        }
    }

    /// What a level costs, without what is shown whole anyway.
    fn tokens(&self, level: Level, whole: &HashSet<MemoryId>) -> usize {
        let lines = &self.lines[level as usize];
        let left = lines.iter().filter(|(id, ..)| id.is_none_or(|id| !whole.contains(&id)));
        let sum: usize = left.map(|(_, _, tokens)| tokens).sum();
        if sum == 0 { 0 } else { sum + self.heading }
    }

    fn promises(&self, level: Level, whole: &HashSet<MemoryId>) -> f32 {
        let of_level = self.earlier.read.summary.of(level);
        let left = self.promises.iter().filter(|(pick, _)| of_level.contains(pick) && !whole.contains(&pick.id));
        left.map(|(_, promise)| promise).sum()
    }

    fn tells(&self, id: MemoryId) -> bool {
        self.taken.is_some_and(|level| self.earlier.read.summary.of(level).iter().any(|pick| pick.id == id))
    }
}

/// Takes, one after the other, what promises most for its tokens and still fits.
pub fn chosen(memories: &[(Memory, f32)], earlier: &[Earlier], asks: Option<&QueryVector>, budget: usize) -> Chosen {
    let lines: Vec<usize> = memories.iter().map(|(memory, _)| builtin::count_tokens(&context::line(memory))).collect();
    let headings: Vec<String> = memories.iter().map(|(memory, _)| context::heading(memory)).collect();
    let mut headed: HashMap<&str, usize> = HashMap::new();
    let mut taken: Vec<usize> = Vec::new();
    let mut whole: HashSet<MemoryId> = HashSet::new();
    let mut weighed: Vec<Weighed<'_>> = earlier.iter().map(|earlier| Weighed::new(earlier, asks)).collect();
    loop {
        let used = |whole: &HashSet<MemoryId>, weighed: &[Weighed<'_>]| -> usize {
            let told = weighed.iter().filter_map(|one| Some(one.tokens(one.taken?, whole))).sum::<usize>();
            taken.iter().map(|place| lines[*place]).sum::<usize>() + headed.values().sum::<usize>() + told
        };
        let left = budget.saturating_sub(used(&whole, &weighed));
        let mut best: Option<(f32, Next)> = None;
        let mut offer = |promise: f32, cost: usize, option: Next| {
            let worth = promise / (cost.max(1) as f32).powf(LENGTH);
            if promise > 0.0 && cost <= left && best.is_none_or(|(most, _)| worth > most) {
                best = Some((worth, option));
            }
        };
        for (place, (memory, chance)) in memories.iter().enumerate() {
            if taken.contains(&place) {
                continue;
            }
            let is_headed = headed.contains_key(headings[place].as_str());
            let heading = if is_headed { 0 } else { builtin::count_tokens(&headings[place]) };
            let is_told = weighed.iter().any(|one| one.tells(memory.id));
            let promise = chance.max(f32::MIN_POSITIVE) * if is_told { TOLD } else { 1.0 };
            offer(promise, lines[place] + heading, Next::Memory(place));
        }
        for (place, one) in weighed.iter().enumerate() {
            let (promised, spent) = match one.taken {
                Some(level) => (one.promises(level, &whole), one.tokens(level, &whole)),
                None => (0.0, 0),
            };
            for level in Level::ALL.into_iter().filter(|level| Some(*level) > one.taken) {
                let more = one.promises(level, &whole) - promised;
                let cost = one.tokens(level, &whole);
                if cost > spent {
                    offer(more, cost - spent, Next::Level(place, level));
                }
            }
        }
        match best {
            Some((_, Next::Memory(place))) => {
                let heading = headings[place].as_str();
                headed.entry(heading).or_insert_with(|| builtin::count_tokens(heading));
                taken.push(place);
                whole.insert(memories[place].0.id);
            }
            Some((_, Next::Level(place, level))) => weighed[place].taken = Some(level),
            None => break,
        }
    }
    taken.sort_unstable();
    let mut chosen = Chosen { memories: taken, ..Chosen::default() };
    weighed.sort_by_key(|one| one.earlier.read.summary.order);
    for one in &weighed {
        if let Some((text, given)) = one.taken.and_then(|level| given(one, level, &whole)) {
            chosen.text.push_str(&text);
            chosen.given.push(given);
        }
    }
    chosen
}

/// The conversation at that level, without what is shown whole; none where nothing is left.
fn given(one: &Weighed<'_>, level: Level, whole: &HashSet<MemoryId>) -> Option<(String, Given)> {
    let lines = &one.lines[level as usize];
    let left: Vec<_> = lines.iter().filter(|(id, ..)| id.is_none_or(|id| !whole.contains(&id))).collect();
    if left.is_empty() {
        return None;
    }
    let Read { summary, memories, words } = &one.earlier.read;
    let words = words.iter().flatten().find(|told| told.level == level);
    let (shown, made_from, sensitivity, by) = match (words, &summary.words) {
        (Some(told), Some(kept)) => (told.memories.clone(), kept.made_from.clone(), kept.sensitivity, told.by.clone()),
        _ => {
            let shown: Vec<&Memory> = left.iter().filter_map(|(id, ..)| memories.get(&(*id)?)).collect();
            let made_from = shown.iter().map(|memory| (memory.id, memory.revision)).collect();
            let most = shown.iter().map(|memory| closed(memory)).max().unwrap_or(Sensitivity::General);
            (shown.iter().map(|memory| memory.id).collect(), made_from, most, EXTRACT.to_owned())
        }
    };
    let text: String =
        std::iter::once(one.earlier.heading()).chain(left.iter().map(|(_, line, _)| line.clone())).collect();
    let tokens = one.tokens(level, whole);
    let summed = Summed { session: one.earlier.session.clone(), level, by, tokens, memories: shown };
    Some((text, Given { summed, made_from, sensitivity }))
}

#[cfg(test)]
mod tests;
