//! Notes in Markdown: each item of a list and each paragraph is one; a heading with a date says when, and so does a time
//! of day in front of an item. Reads back the days that exports write.

use jiff::civil::{Date, Time as Clock};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use crate::ingest::Draft;
use crate::transfer::diary::NOTES;
use crate::transfer::job::LineError;
use crate::transfer::read::frames::Frame;
use crate::transfer::read::moment::Moment;
use crate::transfer::read::pieces::{name, pieces};
use crate::transfer::read::{Found, Setting};

/// Most bytes of one note under way.
const MOST_BYTES: usize = 512 * 1024;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// What of the lines before matters to those after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The day that the last heading with a date names.
    #[serde(default)]
    day: Option<Date>,
    /// The heading below it.
    #[serde(default)]
    heading: Option<String>,
    /// Whether the front matter has not ended yet.
    #[serde(default)]
    is_in_front: bool,
    /// What was said last.
    #[serde(flatten)]
    moment: Moment,
}

#[derive(Debug)]
struct Unfinished {
    at: u64,
    line: u64,
    clock: Option<Clock>,
    speaker: Option<String>,
    text: String,
    is_item: bool,
    /// Empty lines since the last one with a text.
    gap: usize,
    is_fenced: bool,
}

/// Puts lines together to notes.
#[derive(Debug, Default)]
pub struct Reader {
    /// See [`Context`].
    pub context: Context,
    unfinished: Option<Unfinished>,
}

impl Reader {
    /// Going on.
    pub fn of(context: Context) -> Reader {
        Reader { context, unfinished: None }
    }

    /// Takes a line.
    pub fn feed(&mut self, setting: &Setting, text: &str, frame: &Frame, found: &mut Vec<Found>) {
        if frame.line == 1 && text.trim_end() == "---" || self.context.is_in_front {
            self.context.is_in_front = frame.line == 1 || text.trim_end() != "---";
            return;
        }
        let is_indented = text.starts_with("  ") || text.starts_with('\t');
        if let Some(note) = &mut self.unfinished {
            let is_inner = note.is_item && is_indented;
            if text.trim().is_empty() {
                note.gap += 1;
                if !note.is_item && !note.is_fenced {
                    self.end(setting, found);
                }
                return;
            }
            let is_new = !is_inner && (note.gap > 0 || heading(text).is_some() || item(text).is_some());
            if note.is_fenced || !is_new {
                let inner = if is_inner { text.strip_prefix("  ").unwrap_or(text.trim_start()) } else { text };
                if note.text.len() + inner.len() <= MOST_BYTES {
                    note.text.extend(std::iter::repeat_n('\n', note.gap + 1));
                    note.text.push_str(inner);
                }
                note.gap = 0;
                note.is_fenced ^= inner.trim_start().starts_with("```");
                return;
            }
        }
        self.end(setting, found);
        if text.trim().is_empty() {
            return;
        }
        if let Some(heading) = heading(text) {
            self.head(heading);
            return;
        }
        let is_item = item(text).is_some();
        let rest = item(text).unwrap_or(text);
        let (clock, rest) = match clock(rest) {
            Some((clock, rest)) if self.context.day.is_some() => (Some(clock), rest),
            _ => (None, rest),
        };
        let (speaker, said) = speaker(rest);
        self.unfinished = Some(Unfinished {
            at: frame.at,
            line: frame.line,
            clock,
            speaker,
            text: said.to_owned(),
            is_item,
            gap: 0,
            is_fenced: said.trim_start().starts_with("```"),
        });
    }

    fn head(&mut self, heading: &str) {
        match date(heading) {
            Some(day) => (self.context.day, self.context.heading) = (Some(day), None),
            None => self.context.heading = name(heading),
        }
    }

    /// Ends the note under way.
    pub fn end(&mut self, setting: &Setting, found: &mut Vec<Found>) {
        let Some(note) = self.unfinished.take() else { return };
        let day = self.context.day;
        let at = day.map(|day| day.to_datetime(note.clock.unwrap_or(Clock::midnight())));
        let occurred_at = at.and_then(|at| setting.time(at));
        if at.is_some() && occurred_at.is_none() {
            let wrong = "this time is out of range".to_owned();
            found.push(Found::Wrong(LineError { line: note.line, wrong, expected: "a date of a calendar".to_owned() }));
            return;
        }
        // Below a day a heading names a conversation; elsewhere it is what the notes are about.
        let heading = self.context.heading.clone();
        let (session, about) = if day.is_some() { (heading.filter(|h| h != NOTES), None) } else { (None, heading) };
        let mut metadata = Map::new();
        if let Some(about) = about {
            metadata.insert("heading".to_owned(), json!(about));
        }
        for piece in pieces(&note.text) {
            let draft = Draft {
                session: session.clone().or_else(|| setting.session.clone()),
                speaker: note.speaker.clone(),
                occurred_at,
                metadata: metadata.clone(),
                ..Draft::of(&setting.scope, piece.to_owned())
            };
            let nth = self.context.moment.nth(at, &draft);
            found.push(Found::Said { draft: Box::new(draft), line: note.line, nth });
        }
    }

    /// Where the note under way begins.
    pub fn unfinished(&self) -> Option<(u64, u64)> {
        self.unfinished.as_ref().map(|note| (note.at, note.line - 1))
    }
}

/// The text of a heading.
fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    ((1..=6).contains(&level) && rest.starts_with(' ')).then(|| rest.trim().trim_end_matches('#').trim_end())
}

/// The text of an item of a list that is not within another.
fn item(line: &str) -> Option<&str> {
    let bullet = ["- ", "* ", "+ "].iter().find_map(|bullet| line.strip_prefix(bullet));
    bullet.or_else(|| {
        let (number, rest) = line.split_once(['.', ')'])?;
        let is_number = !number.is_empty() && number.len() <= 4 && number.bytes().all(|b| b.is_ascii_digit());
        rest.strip_prefix(' ').filter(|_| is_number)
    })
}

/// A time of day in front of a note.
fn clock(text: &str) -> Option<(Clock, &str)> {
    let (first, rest) = text.split_once(' ')?;
    let mut parts = first.split(':').map(|part| part.parse::<i8>().ok().filter(|_| part.len() == 2));
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    Clock::new(hour, minute, second, 0).ok().map(|clock| (clock, rest))
}

/// Who says it: `**Name**: text`.
fn speaker(text: &str) -> (Option<String>, &str) {
    let split = text.strip_prefix("**").and_then(|rest| rest.split_once("**: "));
    match split.and_then(|(who, said)| Some((name(who)?, said))) {
        Some((who, said)) => (Some(who), said),
        None => (None, text),
    }
}

/// The date in a heading: `2026-05-08`, `8 May 2026`, `May 8, 2026`.
fn date(heading: &str) -> Option<Date> {
    let words: Vec<&str> =
        heading.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect();
    if let Some(day) = words.iter().find_map(|word| word.parse::<Date>().ok().filter(|_| word.len() == 10)) {
        return Some(day);
    }
    let month = |word: &str| {
        let word = word.to_lowercase();
        let place = MONTHS.iter().position(|month| word.starts_with(month) && word.len() <= 9)?;
        i8::try_from(place + 1).ok()
    };
    let day = |word: &str| {
        word.trim_end_matches(|c: char| c.is_alphabetic() || c == '.').parse::<i8>().ok().filter(|_| word.len() <= 4)
    };
    words.windows(3).find_map(|three| {
        let year = three[2].parse::<i16>().ok().filter(|year| *year >= 1000)?;
        let (day, month) = match (day(three[0]), month(three[1])) {
            (Some(day), Some(month)) => (day, month),
            _ => (day(three[1])?, month(three[0])?),
        };
        Date::new(year, month, day).ok()
    })
}
