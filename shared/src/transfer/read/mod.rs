//! From bytes to what can be stored: frames (lines, or elements of a JSON array), and of these, by format, messages.
//!
//! A reader holds one unfinished message at the most. Where that begins is where the next worker goes on, so a checkpoint
//! holds no text.

mod chatgpt;
mod claude;
pub mod frames;
mod jsonl;
mod markdown;
mod mem0;
mod moment;
mod pieces;
pub mod whatsapp;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::ingest::Draft;
use crate::memory::{Scope, Time};
use crate::transfer::job::{Dates, Format, LineError};
use crate::transfer::line::Line;
use frames::{Fit, Frame, Framing};

/// Which time a file is gone through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// To learn how its dates are written.
    Look,
    /// To store what it says.
    #[default]
    Read,
}

/// Where reading goes on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Which pass.
    #[serde(default)]
    pub pass: Pass,
    /// The first byte that is not done.
    pub offset: u64,
    /// Lines before it.
    pub lines: u64,
    /// Messages before it.
    pub items: u64,
    /// Whether it is within the array whose elements are read.
    #[serde(default)]
    pub inside: bool,
    /// What of the lines before it matters to those after it.
    #[serde(default)]
    pub context: Context,
}

/// What a reader has to know of what it read before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Context {
    /// Nothing.
    #[default]
    None,
    /// How dates looked so far.
    Dates(whatsapp::dates::Tally),
    /// Of a chat.
    Whatsapp(whatsapp::Context),
    /// Of notes.
    Markdown(markdown::Context),
}

/// What a reader finds.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Something said.
    Said {
        /// What.
        draft: Box<Draft>,
        /// The line it begins on.
        line: u64,
        /// Which it is of equal ones at one time.
        nth: usize,
    },
    /// A line of our own.
    Own {
        /// The line.
        own: Box<Line>,
        /// Its number.
        line: u64,
    },
    /// Something that is no memory, and why.
    Skipped(&'static str),
    /// A line that cannot be taken.
    Wrong(LineError),
}

/// What readers have to know beside the file.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Where it goes.
    pub scope: Scope,
    /// The zone of times that name none.
    pub timezone: TimeZone,
    /// The conversation that lines without one belong to.
    pub session: Option<String>,
    /// How dates are to be read, where the file has such.
    pub dates: Option<Dates>,
}

impl Setting {
    /// That time in the zone; of two or none, at a change of clocks, as calendars have it.
    fn time(&self, civil: DateTime) -> Option<Time> {
        civil.to_zoned(self.timezone.clone()).ok().map(|zoned| zoned.timestamp().into())
    }
}

/// The zone of that name. Invalid where there is none.
pub fn zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|_| {
        Error::invalid("timezone", "there is no such time zone", "a name of the IANA's, such as Europe/Vienna, or UTC")
    })
}

/// Reads one format.
#[derive(Debug)]
pub struct Reader {
    setting: Setting,
    of: Of,
}

#[derive(Debug)]
enum Of {
    Jsonl,
    Markdown(markdown::Reader),
    Whatsapp(whatsapp::Reader),
    Chatgpt,
    Claude,
    Mem0,
}

impl Reader {
    /// Of that format, from that place on.
    pub fn of(format: Format, setting: Setting, place: &Place) -> Reader {
        let of = match (format, &place.context) {
            (Format::Jsonl, _) => Of::Jsonl,
            (Format::Markdown, Context::Markdown(context)) => Of::Markdown(markdown::Reader::of(context.clone())),
            (Format::Markdown, _) => Of::Markdown(markdown::Reader::default()),
            (Format::Whatsapp, Context::Whatsapp(context)) => Of::Whatsapp(whatsapp::Reader::of(context.clone())),
            (Format::Whatsapp, _) => Of::Whatsapp(whatsapp::Reader::default()),
            (Format::Chatgpt, _) => Of::Chatgpt,
            (Format::Claude, _) => Of::Claude,
            (Format::Mem0, _) => Of::Mem0,
        };
        Reader { setting, of }
    }

    /// Takes a frame, and gives what is finished by it.
    pub fn feed(&mut self, frame: &Frame, found: &mut Vec<Found>) {
        let Some(text) = whole(frame, found) else { return };
        let setting = &self.setting;
        match &mut self.of {
            Of::Jsonl => jsonl::read(setting, text, frame.line, found),
            Of::Markdown(reader) => reader.feed(setting, text, frame, found),
            Of::Whatsapp(reader) => reader.feed(setting, text, frame, found),
            Of::Chatgpt => chatgpt::read(setting, text, frame.line, found),
            Of::Claude => claude::read(setting, text, frame.line, found),
            Of::Mem0 => mem0::read(setting, text, frame.line, found),
        }
    }

    /// What the last frame leaves unfinished.
    pub fn end(&mut self, found: &mut Vec<Found>) {
        match &mut self.of {
            Of::Markdown(reader) => reader.end(&self.setting, found),
            Of::Whatsapp(reader) => reader.end(&self.setting, found),
            Of::Jsonl | Of::Chatgpt | Of::Claude | Of::Mem0 => {}
        }
    }

    /// Where the unfinished message begins: its first byte and the lines before it.
    pub fn unfinished(&self) -> Option<(u64, u64)> {
        match &self.of {
            Of::Markdown(reader) => reader.unfinished(),
            Of::Whatsapp(reader) => reader.unfinished(),
            Of::Jsonl | Of::Chatgpt | Of::Claude | Of::Mem0 => None,
        }
    }

    /// What who goes on has to know.
    pub fn context(&self) -> Context {
        match &self.of {
            Of::Markdown(reader) => Context::Markdown(reader.context.clone()),
            Of::Whatsapp(reader) => Context::Whatsapp(reader.context.clone()),
            Of::Jsonl | Of::Chatgpt | Of::Claude | Of::Mem0 => Context::None,
        }
    }
}

/// How a file of that format falls into frames. `first`: its first byte that is no space.
pub fn framing(format: Format, first: Option<u8>) -> Framing {
    match format {
        Format::Jsonl | Format::Markdown | Format::Whatsapp => Framing::Lines,
        Format::Chatgpt | Format::Claude if first == Some(b'{') => Framing::One,
        Format::Chatgpt | Format::Claude | Format::Mem0 => Framing::Elements,
    }
}

fn whole<'a>(frame: &'a Frame, found: &mut Vec<Found>) -> Option<&'a str> {
    let wrong = |wrong: &str, expected: &str| {
        Found::Wrong(LineError { line: frame.line, wrong: wrong.to_owned(), expected: expected.to_owned() })
    };
    match frame.fit {
        Fit::TooLong => {
            found.push(wrong("this is too long to be read", &format!("at most {} bytes", frames::MOST_FRAME)));
            None
        }
        Fit::Cut => {
            found.push(wrong("the file ends within this element", "a whole file, as it was exported"));
            None
        }
        Fit::Whole => match std::str::from_utf8(&frame.bytes) {
            Ok(text) => Some(text),
            Err(_) => {
                found.push(wrong("this is not UTF-8", "text in UTF-8"));
                None
            }
        },
    }
}

#[cfg(test)]
mod tests;
