//! The head of a message in WhatsApp's export: date and time as the phone's language has them.

use jiff::civil::DateTime;

use crate::transfer::job::DateOrder;

/// The first year that two digits may stand for is this one: there was no WhatsApp before.
const CENTURY: i16 = 2000;

/// Date and time in front of a message, as numbers whose order is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'a> {
    /// The three numbers of the date.
    pub numbers: [u32; 3],
    /// Whether the first of them has four digits and is the year.
    pub is_year_first: bool,
    hour: u32,
    minute: u32,
    second: u32,
    is_afternoon: Option<bool>,
    /// What follows: a name and a text, or what happened.
    pub rest: &'a str,
}

impl<'a> Head<'a> {
    /// Of a line that begins with one: `[31.12.23, 21:45:10] ...` or `12/31/23, 9:45 PM - ...`.
    pub fn of(line: &'a str) -> Option<Head<'a>> {
        let mut at = Cursor { rest: line };
        at.space();
        let is_bracketed = at.takes('[');
        at.space();
        let (first, digits) = at.number(4)?;
        let sign = at.one_of(&['.', '/', '-'])?;
        at.space();
        let (second, _) = at.number(2)?;
        at.one_of(&[sign])?;
        at.space();
        let (third, _) = at.number(4)?;
        at.takes('.');
        at.one_of(&[',', '،']);
        at.space();
        let mut is_afternoon = at.half();
        if is_afternoon.is_none() {
            at.word();
        }
        at.space();
        let (hour, _) = at.number(2)?;
        let sign = at.one_of(&[':', '.'])?;
        let (minute, _) = at.number(2)?;
        let second_of_minute = if at.takes(sign) { at.number(2)?.0 } else { 0 };
        let before = at.rest;
        at.space();
        is_afternoon = is_afternoon.or_else(|| at.half());
        if is_afternoon.is_none() {
            at.rest = before;
        }
        at.space();
        if is_bracketed {
            at.one_of(&[']'])?;
        } else {
            at.one_of(&['-', '–'])?;
        }
        let rest = at.rest.strip_prefix(' ').unwrap_or(at.rest);
        Some(Head {
            numbers: [first, second, third],
            is_year_first: digits == 4,
            hour,
            minute,
            second: second_of_minute,
            is_afternoon,
            rest,
        })
    }

    /// The date and time, if there is such.
    pub fn civil(&self, order: DateOrder) -> Option<DateTime> {
        let [first, second, third] = self.numbers;
        let (year, month, day) = match order {
            _ if self.is_year_first => (first, second, third),
            DateOrder::DayFirst => (third, second, first),
            DateOrder::MonthFirst => (third, first, second),
            // Two digits in front cannot be told from a day.
            DateOrder::YearFirst => (first, second, third),
        };
        let year = i16::try_from(year).ok().map(|year| if year < 100 { year + CENTURY } else { year })?;
        let hour = match self.is_afternoon {
            None => self.hour,
            Some(_) if !(1..=12).contains(&self.hour) => return None,
            Some(is_afternoon) => self.hour % 12 + if is_afternoon { 12 } else { 0 },
        };
        let part = |number: u32| i8::try_from(number).ok();
        DateTime::new(year, part(month)?, part(day)?, part(hour)?, part(self.minute)?, part(self.second)?, 0).ok()
    }
}

/// Marks of direction and joiners, which WhatsApp strews in.
pub fn is_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    fn space(&mut self) {
        // U+202F and U+00A0 are white space to Rust as well.
        self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || is_mark(c));
    }

    fn marks(&mut self) {
        self.rest = self.rest.trim_start_matches(is_mark);
    }

    fn takes(&mut self, wanted: char) -> bool {
        self.one_of(&[wanted]).is_some()
    }

    fn one_of(&mut self, wanted: &[char]) -> Option<char> {
        self.marks();
        let first = self.rest.chars().next().filter(|c| wanted.contains(c))?;
        self.rest = &self.rest[first.len_utf8()..];
        Some(first)
    }

    /// A number of one to so many digits, and how many it has.
    fn number(&mut self, most: usize) -> Option<(u32, usize)> {
        self.marks();
        let (mut number, mut digits) = (0, 0);
        while let Some(c) = self.rest.chars().next() {
            let Some(digit) = digit(c) else { break };
            if digits == most {
                return None;
            }
            number = number * 10 + digit;
            digits += 1;
            self.rest = &self.rest[c.len_utf8()..];
        }
        (digits > 0).then_some((number, digits))
    }

    /// Which half of the day, if it says so: false before noon.
    fn half(&mut self) -> Option<bool> {
        const WORDS: [(&str, bool); 8] = [
            ("上午", false),
            ("下午", true),
            ("午前", false),
            ("午後", true),
            ("오전", false),
            ("오후", true),
            ("ص", false),
            ("م", true),
        ];
        self.marks();
        if let Some((word, is_afternoon)) = WORDS.iter().find(|(word, _)| self.rest.starts_with(word)) {
            self.rest = &self.rest[word.len()..];
            return Some(*is_afternoon);
        }
        // AM, pm, a.m., p. m.
        let mut at = Cursor { rest: self.rest };
        let letter = at.one_of(&['a', 'A', 'p', 'P'])?;
        at.takes('.');
        at.space();
        at.one_of(&['m', 'M'])?;
        at.takes('.');
        if at.rest.chars().next().is_some_and(char::is_alphanumeric) {
            return None;
        }
        self.rest = at.rest;
        Some(letter.eq_ignore_ascii_case(&'p'))
    }

    /// A word between date and time, such as Finnish `klo`.
    fn word(&mut self) {
        let end = self.rest.find(|c: char| !c.is_alphabetic()).unwrap_or(self.rest.len());
        if self.rest[..end].chars().count() <= 4 {
            self.rest = &self.rest[end..];
        }
    }
}

/// The value of a decimal digit of the scripts that phones write numbers in.
fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        _ => return None,
    };
    Some(u32::from(c) - u32::from(zero))
}
