//! Whether a sentence tells of what was or of what will be.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::rules::pattern;

/// Which way a sentence looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::classify) enum Tense {
    /// It happened.
    Past,
    /// It is to happen.
    Future,
    /// It does not say.
    Unclear,
}

/// The first group is of the future, the second of the past.
static MARKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:(will|[a-z]+'ll|won't|shall|going to|gonna|plan(?:s|ning)? (?:to|on|for)|planned for|must|have to|has to|need to|needs to|let's|remind|should|ought to",
        r"|promised? (?:to|(?:[a-z]+ )?(?:i|we|he|she|they)(?:'d|'ll| would| will))|(?:agreed|volunteered|offered|signed up) to|want to|wants to|hop(?:e|ing) to|due|deadline|expire[sd]?|(?:is|are|am) (?:to|coming)|'[ms] (?:to|coming)|supposed to|scheduled|booked (?:in )?for|looking forward|can't wait|before|promise|intend",
        r"|meet(?:ing)? (?:up )?|come (?:over|by|to)|don't forget|[a-z]+'re [a-z]+ing|[a-z]+'m [a-z]+ing|(?:is|are) [a-z]+ing|starts|begins|opens|leaves|arrives)",
        r"|(was|were|wasn't|weren't|had|did|didn't|went|got|saw|came|made|took|told|said|met|ate|bought|gave|found|left|lost|won|ran|began|broke|brought|built|caught|chose|cut short|drank|drove|fell|felt|flew|forgot|fought",
        r"|grew|heard|held|hid|hit|kept|knew|led|lent|paid|quit|read about|rang|rode|rose|sang|sat|sent|shook|slept|sold|spent|spoke|stole|stood|stuck|swam|taught|thought|threw|understood|woke|wore|wrote|became|been",
        r"|ago|could|[a-z]+[b-df-z]ed|[a-z]{2,}ied|agreed|freed))\b",
    ))
});

/// Words that end like a past tense and are none.
const NO_PAST: &[&str] =
    &["hundred", "naked", "sacred", "wicked", "beloved", "kindred", "excited", "tired", "married", "interested"];

/// The tense by the mark nearest to the place within its sentence, marks before it first.
pub(in crate::classify) fn around(lower: &str, place: Range<usize>) -> Tense {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | ';' | '\n');
    let from = lower[..place.start].rfind(ends).map_or(0, |at| at + 1);
    let until = lower[place.end..].find(ends).map_or(lower.len(), |at| place.end + at);
    let before = marks(&lower[from..place.start]).last();
    before.or_else(|| marks(&lower[place.end..until]).next()).unwrap_or(Tense::Unclear)
}

/// The tense of a text by its first mark.
pub(in crate::classify) fn of(lower: &str) -> Tense {
    marks(lower).next().unwrap_or(Tense::Unclear)
}

fn marks(text: &str) -> impl Iterator<Item = Tense> {
    // `left-handed`, `well-cooked`: half a word has no tense.
    let half = |at: Range<usize>| text[at.end..].starts_with('-') || text[..at.start].ends_with('-');
    MARKS.captures_iter(text).filter_map(move |mark| match (mark.get(1), mark.get(2)) {
        (Some(_), _) => Some(Tense::Future),
        (_, Some(past)) if !NO_PAST.contains(&past.as_str()) && !half(past.range()) => Some(Tense::Past),
        _ => None,
    })
}
