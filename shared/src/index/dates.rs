//! Dates as a query names them: a year, a month, a day, or some of these. What is not named is left open: "in May" is
//! May of any year.

use jiff::civil::Date;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// What a word that is also a month must follow to be one.
const BEFORE_MONTH: [&str; 10] = ["in", "on", "of", "by", "during", "since", "last", "early", "late", "mid"];

/// A date as far as it is named; at least one part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The year.
    pub year: Option<i16>,
    /// The month, from 1.
    pub month: Option<i8>,
    /// The day of the month.
    pub day: Option<i8>,
}

impl Named {
    /// Whether that day is meant: all parts that are named are its own.
    pub fn agrees(&self, date: Date) -> bool {
        self.year.is_none_or(|year| year == date.year())
            && self.month.is_none_or(|month| month == date.month())
            && self.day.is_none_or(|day| day == date.day())
    }
}

/// The month of that name, in full or its first three letters, folded; from 1.
pub fn month(word: &str) -> Option<i8> {
    let place = MONTHS.iter().position(|month| *month == word || (word.len() == 3 && month.starts_with(word)))?;
    i8::try_from(place + 1).ok()
}

/// All dates that the text names by month ("May 2023", "7th of May", "August 14"); where there is none, the years.
pub fn named_dates(text: &str) -> Vec<Named> {
    let folded = text.to_lowercase();
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let at = |place: Option<usize>| place.and_then(|place| words.get(place)).copied().unwrap_or_default();
    let mut dates = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let Some(month) = month(word) else { continue };
        let before = at(place.checked_sub(1));
        let day_before = if before == "of" { day(at(place.checked_sub(2))) } else { day(before) };
        let day_after = day(at(Some(place + 1)));
        let mut next = place + 1 + usize::from(day_after.is_some());
        next += usize::from(at(Some(next)) == "of");
        let year = year(at(Some(next)));
        let is_word_too = matches!(*word, "may" | "mar" | "march");
        let is_month = !is_word_too
            || day_before.is_some()
            || day_after.is_some()
            || year.is_some()
            || BEFORE_MONTH.contains(&before);
        if is_month {
            dates.push(Named { year, month: Some(month), day: day_after.or(day_before) });
        }
    }
    if dates.is_empty() {
        let years = words.iter().filter_map(|word| year(word));
        dates.extend(years.map(|year| Named { year: Some(year), month: None, day: None }));
    }
    dates
}

fn year(word: &str) -> Option<i16> {
    let is_near = word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    word.parse().ok().filter(|_| is_near)
}

/// "7", "7th", "07".
fn day(word: &str) -> Option<i8> {
    let number = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = &word[number.len()..];
    let day: i8 = number.parse().ok().filter(|_| number.len() <= 2)?;
    ((1..=31).contains(&day) && matches!(ending, "" | "st" | "nd" | "rd" | "th")).then_some(day)
}

#[cfg(test)]
mod tests;
