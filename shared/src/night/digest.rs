//! Writes the day's digest: counts by kind, people and themes; and by the scope's web what happened, what was decided,
//! promised and asked, and who changed their mind.

mod told;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use crate::app::App;
use crate::error::Result;
use crate::index::Entry;
use crate::index::terms::{Term, terms, words};
use crate::index::view::Gone;
use crate::memory::digest::Count;
use crate::memory::{Digest, Kind, MemoryId, Scope, Sensitivity, Time};
use crate::night::Worked;
use crate::night::each::each_live;

const MOST_PEOPLE: usize = 10;
const MOST_THEMES: usize = 10;
/// Least memories a theme stands in: once is a word, not a theme.
const THEME_SUPPORT: u32 = 2;

/// What one passage through the scope gathers for its digests.
#[derive(Default)]
struct Gathered {
    /// The entries of the days to be summed up.
    days: BTreeMap<Date, Vec<Entry>>,
    /// In how many memories of the whole scope each term stands.
    ever: HashMap<Term, u32>,
    /// How many memories there are.
    total: usize,
}

/// Writes the digest of what was stored on that day, and again those of earlier days of which something was forgotten
/// since; gives the marks of the forgotten that it and the web heeded. A day without any memory has none.
pub async fn digests(app: &App, scope: &Scope, date: Date, now: Time) -> Result<(Worked, Vec<Gone>)> {
    let state = app.records.index(scope).await?;
    let web = match app.records.web(scope).await? {
        Some(named) => app.webs.get(&named.name).await?,
        None => Arc::default(),
    };
    let living = web.living(&state.gone, now);
    let mut days: BTreeSet<Date> = state.gone.iter().map(|gone| gone.day).collect();
    days.insert(date);
    let mut gathered = Gathered::default();
    each_live(app, &state, |entry| gathered.add(entry, &days, now)).await?;
    let mut memories = 0;
    for (day, entries) in &gathered.days {
        let told = told::told(&living, &web.links, *day, now);
        let written = digest(app, scope, &gathered, told, entries, now).await?;
        memories = if *day == date { written } else { memories };
    }
    // A mark that the web does not heed yet stays until it does.
    let heeded = state.gone.into_iter().filter(|gone| !web.holds(gone)).collect();
    Ok((Worked::default().counted("memories", memories as usize).counted("digests", gathered.days.len()), heeded))
}

impl Gathered {
    fn add(&mut self, entry: &Entry, days: &BTreeSet<Date>, now: Time) {
        // What was derived from a memory, or stands for it, would count it twice.
        if entry.is_expired(now) || entry.derived_from.is_some() || entry.is_merged {
            return;
        }
        self.total += 1;
        for (term, _) in &entry.terms {
            *self.ever.entry(*term).or_default() += 1;
        }
        let day = entry.recorded_at.date();
        if days.contains(&day) {
            self.days.entry(day).or_default().push(Entry { embedding: None, ..entry.clone() });
        }
    }
}

/// Counts the day's memories and writes its digest with what is told of it.
async fn digest(app: &App, scope: &Scope, gathered: &Gathered, told: Digest, day: &[Entry], now: Time) -> Result<u32> {
    let mut kinds: BTreeMap<Kind, u32> = BTreeMap::new();
    for kind in day.iter().filter_map(|entry| entry.kind) {
        *kinds.entry(kind).or_default() += 1;
    }
    let people = people(day);
    let digest = Digest {
        memories: u32::try_from(day.len()).unwrap_or(u32::MAX),
        kinds,
        themes: themes(app, scope, day, gathered, &people, now).await?,
        people,
        ..told
    };
    app.records.put_digest(scope, &digest, now).await?;
    Ok(digest.memories)
}

fn people(day: &[Entry]) -> Vec<Count> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for entry in day {
        let mut names: Vec<&str> = entry.names.iter().map(String::as_str).chain(entry.speaker.as_deref()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
    }
    top(counts.into_iter().map(|(name, memories)| Count { name: name.to_owned(), memories }), MOST_PEOPLE)
}

fn top(counts: impl Iterator<Item = Count>, most: usize) -> Vec<Count> {
    let mut counts: Vec<Count> = counts.collect();
    counts.sort_by(|a, b| b.memories.cmp(&a.memories).then_with(|| a.name.cmp(&b.name)));
    counts.truncate(most);
    counts
}

/// Words that stand in more of the day's memories than chance would have it, less the names of people. The index knows
/// terms by hash only, so the words themselves come from the memories in which the terms stand.
async fn themes(
    app: &App,
    scope: &Scope,
    day: &[Entry],
    gathered: &Gathered,
    people: &[Count],
    now: Time,
) -> Result<Vec<Count>> {
    let mut today: BTreeMap<Term, (u32, MemoryId)> = BTreeMap::new();
    for entry in day.iter().filter(|entry| entry.sensitivity == Some(Sensitivity::General)) {
        for (term, _) in &entry.terms {
            today.entry(*term).or_insert((0, entry.id)).0 += 1;
        }
    }
    let names: Vec<Term> = people.iter().flat_map(|count| terms(&count.name)).collect();
    let total = gathered.total as f32;
    let mut strongest: Vec<(f32, Term, u32, MemoryId)> = today
        .into_iter()
        .filter(|(term, (n, _))| *n >= THEME_SUPPORT && !names.contains(term))
        .map(|(term, (n, id))| {
            let everywhere = gathered.ever.get(&term).copied().unwrap_or(n) as f32;
            // A word of every tenth memory and more is how people talk, not what they talk about.
            ((n as f32).ln_1p() * (total / (10.0 * everywhere)).ln_1p(), term, n, id)
        })
        .collect();
    strongest.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    strongest.truncate(MOST_THEMES);
    let ids: Vec<MemoryId> = strongest.iter().map(|(_, _, _, id)| *id).collect();
    let memories = app.records.memories(scope, &ids).await?;
    let named = strongest.into_iter().zip(memories).filter_map(|((_, term, n, _), memory)| {
        let memory = memory.filter(|memory| memory.is_visible(now))?;
        let word = words(&memory.content).find(|word| terms(word) == [term])?;
        Some(Count { name: word, memories: n })
    });
    Ok(named.collect())
}
