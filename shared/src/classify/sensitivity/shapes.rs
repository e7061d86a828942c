//! The shapes that what opens something has, whatever is said of it: numbers, quotes, words with signs inside, lists.

use std::sync::LazyLock;

use regex::Regex;

use super::super::rules::pattern;
use super::Text;

/// How many shapes are told apart.
pub(super) const SHAPES: usize = 12;

static PATTERNS: LazyLock<[Regex; SHAPES]> = LazyLock::new(|| {
    [
        r#"["'`][^"'`\n]{4,60}["'`]"#,
        r"(?:^|[ (])[0-9]{4,8}[#*]?(?:[ ,.;:!?)]|$)",
        r"\b[0-9](?:[ -][0-9]){2,}\b",
        r"(?:^|[ (:=])[0-9]{2,4}(?:[ .-][0-9]{2,4}){2,}(?:[ ,.;:!?)]|$)",
        r"\b[0-9]{9,}\b",
        r"\b[A-Za-z]+[0-9]+[A-Za-z0-9]*\b|\b[0-9]+[A-Za-z]{2,}[A-Za-z0-9]*\b",
        r"[A-Za-z0-9][+&~#!?$%^*_=][A-Za-z0-9]",
        r"[A-Za-z]+[.-][A-Za-z0-9]+[.-][A-Za-z0-9]+",
        r"[A-Za-z0-9+/_=-]{16,}",
        r"\b[a-z]{3,8}(?:, [a-z]{3,8}){4,}\b",
        r"\b[A-Z]{1,3}[0-9]{5,}[A-Z]?\b",
        r"[a-z]: ?[^ ]*[0-9A-Z!#$%&*+-]",
    ]
    .map(pattern)
});

/// Which shapes the text holds.
pub(super) fn shapes(text: &Text) -> [bool; SHAPES] {
    std::array::from_fn(|shape| PATTERNS[shape].is_match(&text.straight))
}
