//! What opens a wallet: its seed phrase or its private key.

use std::sync::LazyLock;

use regex::Regex;

use super::super::rules::{Words, pattern, words_of};
use super::Text;

/// The shortest seed phrase there is.
const PHRASE: usize = 12;
/// As many in a row are one where the text says what they are, though some are misheard or left out.
const MOST_OF_ONE: usize = 8;
/// As many words right after `seed phrase` are a part of one: a sentence would have had a little word by then.
const PART: usize = 5;

static CONTEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:seed\b|mnemonic|wallet|ledger|trezor|metamask|bitcoin|btc|ethereum|crypto|bip-?39|bip-?44)|\b(?:12|24|twelve|twenty-four) words\b",
        r"|\b(?:recovery|backup|secret) (?:phrase|words?|sentence|key)",
    ))
});
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:seed(?: phrase| words?)?|(?:recovery|backup) (?:phrase|words?)|mnemonic(?: phrase)?)\b[^.!?\n]{0,40}?(?:\bis|\bare|:|=|\bwith) +",
    )
});
/// What such words are called.
static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bseed (?:phrase|words?)|\b(?:recovery|backup) (?:phrase|words)|\bmnemonic|\bbip-?39|\bwallet words|\b(?:12|24|twelve|twenty-four) words",
    )
});
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:0x)?[0-9a-fA-F]{64}\b|\b[5KL][1-9A-HJ-NP-Za-km-z]{50,51}\b|\b[xyz]prv[0-9A-Za-z]{20,}")
});
/// A shortened or misread key is one too where the text says what it is.
static NAMED_KEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:private|spending|signing) key\b[^.!?\n]{0,40}?\b(?:0x[0-9a-f]{6,}|[0-9a-f]{16,}|[5kl][1-9a-z]{20,})")
});
/// Sums of files have 64 hexadecimal digits too.
static CHECKSUM: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\bsha-?(?:2|256)|checksum|\bdigest\b|\bhash(?:es)?\b|\bcommit\b|\bblake"));

/// Words of nearly every sentence, none of which is in the list that seed phrases are drawn from.
static LITTLE: LazyLock<Words> = LazyLock::new(|| {
    words_of(
        "\
    the and for with that this you your are was were but not his her our its they them their she has have had will \
    would could should from into then than when where what which who whom how why there here been being did does don \
    can't because these those some very mine yours",
    )
});

/// Whether the text gives away a seed phrase or a private key.
pub(super) fn opened(text: &Text) -> bool {
    if KEY.is_match(&text.straight) && !CHECKSUM.is_match(&text.lower) {
        return true;
    }
    if !CONTEXT.is_match(&text.lower) {
        return false;
    }
    let enough = if CALLED.is_match(&text.lower) { MOST_OF_ONE } else { PHRASE };
    longest_run(&text.lower) >= enough
        || NAMED.find_iter(&text.lower).any(|named| leading_run(&text.lower[named.end()..]) >= PART)
        || NAMED_KEY.is_match(&text.lower)
}

/// How many words of the seed list's form the text begins with.
fn leading_run(text: &str) -> usize {
    candidates(text).take_while(|word| is_of_list(word)).count()
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for word in candidates(text) {
        run = match word {
            // Before the last of a list.
            "and" => run,
            word if is_of_list(word) => run + 1,
            _ => 0,
        };
        longest = longest.max(run);
    }
    longest
}

/// The words without their numbers and commas; the end of a sentence or a colon stays and ends a run.
fn candidates(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\n', ',', '/', '|', '"'])
        .map(|word| word.trim_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | '(' | '\'' | '-')))
        .filter(|word| !word.is_empty())
}

fn is_of_list(word: &str) -> bool {
    (3..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()) && !LITTLE.contains(word)
}
