//! What opens a wallet: its seed phrase or its private key.

use std::sync::LazyLock;

use regex::Regex;

use super::super::rules::{Words, pattern, words_of};
use super::Text;

/// The shortest seed phrase there is.
const PHRASE: usize = 12;
/// As many in a row are one where the text says what they are, though some are misheard or left out.
const MOST_OF_ONE: usize = 8;
/// As many are one wherever they stand: sentences have little words, and lists seldom are that long.
const ANYWHERE: usize = 11;
/// As many more of such words than twice the others: a phrase that is read out with stops and slips.
const DENSE: i32 = 9;
/// As many words right after `seed phrase` are a part of one: a sentence would have had a little word by then.
const PART: usize = 5;

static CONTEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:seed\b|mnemonic|wallet|multisig|treasury|ledger|trezor|metamask|bitcoin|btc|ethereum|crypto|bip-?39|bip-?44)|\b(?:12|24|twelve|twenty-four) words\b",
        r"|\b(?:recovery|backup|secret) (?:phrase|words?|sentence|key)|\b(?:my|the|your|his|her|our) phrase\b|\bhal(?:f|ves)\b|\bin the list\b|\bphrase\b|\binheritance\b|\bwords (?:so far|(?:one|seven|1|7) (?:to|through))\b",
    ))
});
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:seed(?: phrase| words?)?|(?:recovery|backup) (?:phrase|words?)|mnemonic(?: phrase)?|words (?:so far|(?:one|seven|1|7) (?:to|through) [a-z0-9]+))\b[^.!?\n]{0,40}?(?:\bis|\bare|:|=|\bwith) +",
    )
});
/// Words in brackets: halves of a phrase are written so.
static SPLIT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\([^()\n]{20,80}\)"));
/// What such words are called.
static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bseed (?:phrase|words?)|\b(?:recovery|backup) (?:phrase|words)|\bmnemonic|\bbip-?39|\bwallet words|\b(?:12|24|twelve|twenty-four) words",
    )
});
static KEY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:0x)?[0-9a-fA-F]{64}\b|\b[5KL][0-9A-Za-z]{49,51}\b|\b[xyz]prv[0-9A-Za-z]{20,}"));
/// A shortened or misread key is one too where the text says what it is.
static NAMED_KEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:private|spending|signing|secret|wallet|deployer'?s?) (?:wallet )?key\b[^.!?\n]{0,60}?\b(?:0x[0-9a-f]{6,}|[0-9a-f]{16,}|[5kl][1-9a-z]{20,}|[a-z0-9+/]{40,})",
        r"|\b(?:0x[0-9a-f]{16,}|[0-9a-f]{16,}|[5kl][1-9a-z]{20,})\b[^.!?\n]{0,60}?\b(?:private|spending|wallet's|wallet) (?:private )?key\b",
        r"|\b(?:old|cold|hot|treasury|multisig|wallet|coins?|btc|eth)\b[^.!?\n]{0,60}\bkey\b[^.!?\n]{0,20}?\b(?:[5kl][0-9a-z]{30,}|[0-9a-f]{32,})",
    ))
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
    can't because these those some very mine yours \
    after before both down even ever get got how into last made make many most new out per still take too via went while \
    within without yet see says said going been",
    )
});

/// Whether the text gives away a seed phrase or a private key.
pub(super) fn opened(text: &Text) -> bool {
    if KEY.is_match(&text.straight) && !CHECKSUM.is_match(&text.lower) {
        return true;
    }
    if longest_list(&text.lower) >= ANYWHERE {
        return true;
    }
    if !CONTEXT.is_match(&text.lower) {
        return false;
    }
    let enough = if CALLED.is_match(&text.lower) { MOST_OF_ONE } else { PHRASE };
    longest_run(&text.lower) >= enough
        || densest(&text.lower) >= DENSE
        || SPLIT.find_iter(&text.lower).map(|part| leading_run(part.as_str())).filter(|run| *run >= PART).count() > 1
        || NAMED.find_iter(&text.lower).any(|named| leading_run(&text.lower[named.end()..]) >= PART)
        || NAMED_KEY.is_match(&text.lower)
}

/// How many words of the seed list's form the text begins with.
fn leading_run(text: &str) -> usize {
    candidates(text).take_while(|word| is_of_list(word)).count()
}

/// The longest run of words that either all stand between commas or all do not: phrases between commas are prose.
fn longest_list(text: &str) -> usize {
    let pieces = text.split(['.', '!', '?', ':', ';', '(', ')']);
    pieces
        .map(|piece| piece.split(',').map(longest_run).fold(longest_between_commas(piece), usize::max))
        .max()
        .unwrap_or(0)
}

fn longest_between_commas(piece: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for part in piece.split([',', '\n']) {
        let words: Vec<&str> = candidates(part).filter(|word| *word != "and").collect();
        run = match words[..] {
            [word] if is_of_list(word) => run + 1,
            // The first word may end a sentence, and the last begin one.
            [.., last] if is_of_list(last) => 1,
            _ => 0,
        };
        longest = longest.max(run);
    }
    longest
}

/// The most that a stretch of the text has of such words, less twice the others in it.
fn densest(text: &str) -> i32 {
    let (mut most, mut sum) = (0, 0);
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()) {
        sum = (sum + if is_of_list(word) { 1 } else { -2 }).max(0);
        most = most.max(sum);
    }
    most
}

/// A word that comes again begins anew: a phrase has hardly one twice, and who repeats a word gives nothing away.
fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run: Vec<&str> = Vec::new();
    for word in candidates(text) {
        match word {
            // Before the last of a list.
            "and" => {}
            word if is_of_list(word) => {
                if let Some(before) = run.iter().rposition(|earlier| *earlier == word) {
                    run.drain(..=before);
                }
                run.push(word);
            }
            _ => run.clear(),
        }
        longest = longest.max(run.len());
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
