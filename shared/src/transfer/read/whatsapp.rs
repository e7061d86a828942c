//! WhatsApp's export of a chat: heads with a name and a text, texts of several lines, lines of what happened.

pub mod dates;
pub mod head;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::ingest::Draft;
use crate::transfer::job::{DateOrder, LineError};
use crate::transfer::read::frames::Frame;
use crate::transfer::read::moment::Moment;
use crate::transfer::read::pieces::{name, pieces};
use crate::transfer::read::{Found, Setting};
use head::{Head, is_mark};

/// Most bytes of a message under way: WhatsApp itself takes 65,536 signs.
const MOST_BYTES: usize = 512 * 1024;
/// The session of a chat that was given no name.
const SESSION: &str = "whatsapp";
const EXPECTED: &str = "`[31.12.23, 21:45:10] Name: text` or `12/31/23, 9:45 PM - Name: text`";

/// What stands where a message was taken back.
const DELETED: [&str; 13] = [
    "this message was deleted",
    "you deleted this message",
    "diese nachricht wurde gelöscht",
    "du hast diese nachricht gelöscht",
    "se eliminó este mensaje",
    "eliminaste este mensaje",
    "este mensaje fue eliminado",
    "ce message a été supprimé",
    "vous avez supprimé ce message",
    "mensagem apagada",
    "essa mensagem foi apagada",
    "você apagou esta mensagem",
    "questo messaggio è stato eliminato",
];

/// What of the lines before matters to those after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Whether the message that lines would go on is one that could not be taken.
    #[serde(default)]
    orphaned: bool,
    /// What was said last.
    #[serde(flatten)]
    moment: Moment,
}

#[derive(Debug)]
struct Unfinished {
    at: u64,
    line: u64,
    civil: DateTime,
    /// None of what happened.
    speaker: Option<String>,
    text: String,
    is_too_long: bool,
}

/// Puts lines together to messages.
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
        let wrong = |wrong: &str, expected: &str| {
            Found::Wrong(LineError { line: frame.line, wrong: wrong.to_owned(), expected: expected.to_owned() })
        };
        let Some(head) = Head::of(text) else {
            match &mut self.unfinished {
                Some(message) if message.text.len() + text.len() <= MOST_BYTES => {
                    message.text.push('\n');
                    message.text.push_str(text);
                }
                Some(message) => message.is_too_long = true,
                None if self.context.orphaned || text.trim().is_empty() => {}
                None => found.push(wrong("this line belongs to no message", EXPECTED)),
            }
            return;
        };
        self.end(setting, found);
        let order = setting.dates.map_or(DateOrder::DayFirst, |dates| dates.order);
        let Some(civil) = head.civil(order) else {
            self.context.orphaned = true;
            found.push(wrong("there is no such date or time", &expected_date(order)));
            return;
        };
        let (speaker, said) = match head.rest.split_once(": ").or_else(|| Some((head.rest.strip_suffix(':')?, ""))) {
            Some((speaker, said)) => (Some(speaker), said),
            None => (None, head.rest),
        };
        let speaker =
            speaker.map(|speaker| speaker.trim_matches(|c: char| is_mark(c) || c.is_whitespace() || c == '~'));
        let speaker = match speaker.map(name) {
            Some(None) => {
                self.context.orphaned = true;
                found.push(wrong("this message has no name", EXPECTED));
                return;
            }
            Some(Some(name)) => Some(name),
            None => None,
        };
        self.context.orphaned = false;
        self.unfinished = Some(Unfinished {
            at: frame.at,
            line: frame.line,
            civil,
            speaker,
            text: said.to_owned(),
            is_too_long: false,
        });
    }

    /// Ends the message under way.
    pub fn end(&mut self, setting: &Setting, found: &mut Vec<Found>) {
        let Some(message) = self.unfinished.take() else { return };
        if message.is_too_long {
            let wrong = format!("this message has more than {MOST_BYTES} bytes; what is beyond them is left out");
            let expected = "a shorter message".to_owned();
            found.push(Found::Wrong(LineError { line: message.line, wrong, expected }));
        }
        let Some(speaker) = message.speaker else {
            found.push(Found::Skipped("system"));
            return;
        };
        let text = match said(&message.text) {
            Ok(text) => text,
            Err(reason) => {
                found.push(Found::Skipped(reason));
                return;
            }
        };
        let Some(time) = setting.time(message.civil) else {
            let expected = "a date of the last decades".to_owned();
            found.push(Found::Wrong(LineError {
                line: message.line,
                wrong: "this time is out of range".to_owned(),
                expected,
            }));
            return;
        };
        let session = setting.session.as_deref().unwrap_or(SESSION);
        // A day of a chat is a conversation; all of it would be one without an end.
        let session = format!("{session} {}", message.civil.date());
        for piece in pieces(&text) {
            let draft = Draft {
                session: Some(session.clone()),
                speaker: Some(speaker.clone()),
                occurred_at: Some(time),
                ..Draft::of(&setting.scope, piece.to_owned())
            };
            let nth = self.context.moment.nth(Some(message.civil), &draft);
            found.push(Found::Said { draft: Box::new(draft), line: message.line, nth });
        }
    }

    /// Where the message under way begins.
    pub fn unfinished(&self) -> Option<(u64, u64)> {
        self.unfinished.as_ref().map(|message| (message.at, message.line - 1))
    }
}

/// What is said in a message, without WhatsApp's own words; or why it says nothing.
fn said(text: &str) -> Result<String, &'static str> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if is_media(first) {
        // What follows is what was written beneath the picture.
        let caption = clean(rest);
        return if caption.trim().is_empty() { Err("media") } else { Ok(caption) };
    }
    if text.starts_with('\u{200e}') {
        return Err("system");
    }
    let text = clean(text);
    let plain = text.trim().trim_end_matches('.').to_lowercase();
    if DELETED.contains(&plain.as_str()) {
        return Err("deleted");
    }
    if plain.is_empty() { Err("empty") } else { Ok(text) }
}

/// `<Media omitted>` in any language, `image omitted` behind a mark, `IMG-1.jpg (file attached)`.
fn is_media(line: &str) -> bool {
    const OMITTED: [&str; 9] =
        ["omitted", "weggelassen", "omitid", "omess", "omis", "absent", "ocult", "weggelaten", "udeladt"];
    let plain = line.trim_matches(|c: char| is_mark(c) || c.is_whitespace());
    if plain.starts_with('<') && plain.ends_with('>') && plain.len() <= 128 && !plain[1..].contains('<') {
        return true;
    }
    if line.starts_with('\u{200e}') && OMITTED.iter().any(|word| plain.to_lowercase().contains(word)) {
        return true;
    }
    let Some((file, note)) = plain.split_once(" (") else { return false };
    let ending = file.rsplit_once('.').map(|(_, ending)| ending);
    let is_file =
        ending.is_some_and(|ending| (2..=5).contains(&ending.len()) && ending.chars().all(char::is_alphanumeric));
    is_file && !file.contains(' ') && note.ends_with(')') && !note.contains('(')
}

/// Without marks, and without the note that it was edited.
fn clean(text: &str) -> String {
    let text = match text.rfind('<') {
        Some(at) if text.trim_end().ends_with('>') && text[..at].ends_with(['\u{200e}', ' ']) => {
            let note = text[at..].to_lowercase();
            let is_edit = ["edit", "bearbeitet", "modifi", "bewerkt", "redig"].iter().any(|word| note.contains(word));
            if is_edit { &text[..at] } else { text }
        }
        _ => text,
    };
    let clean: String = text.chars().filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{feff}')).collect();
    clean.trim_end().to_owned()
}

fn expected_date(order: DateOrder) -> String {
    let order = match order {
        DateOrder::DayFirst => "day, month, year",
        DateOrder::MonthFirst => "month, day, year",
        DateOrder::YearFirst => "year, month, day",
    };
    format!("{order}, as the other lines have them, and a time of day")
}
