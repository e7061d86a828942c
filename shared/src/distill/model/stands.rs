//! What of a model's answer holds: nobody's words write down what somebody else said, and nobody's put an end to what is known
//! of somebody else.

use std::collections::HashSet;

use super::Row;
use crate::index::terms::{Term, terms, words};
use crate::memory::Memory;

/// Who speaks without a name, as prompts call them.
pub const USER: &str = "user";
/// Words that stand for who speaks.
const MYSELF: [&str; 3] = ["i", "me", "myself"];
/// Words that stand for somebody whom only the turns around tell.
const SOMEBODY: [&str; 16] = [
    "he", "him", "his", "she", "her", "it", "its", "they", "them", "their", "we", "us", "our", "you", "your", "someone",
];

/// Whether the turn holds the quote word for word, and the value; and every name and number of the text was said by or
/// around it.
pub fn stands_in(row: &Row, turn: &Memory, turns: &[&Memory]) -> bool {
    let said: Vec<String> = words(&turn.content).collect();
    let quoted: Vec<String> = words(&row.quote).collect();
    let is_quote = !quoted.is_empty() && said.windows(quoted.len()).any(|window| window == quoted);
    let own: HashSet<Term> =
        terms(&turn.content).into_iter().chain(terms(turn.speaker.as_deref().unwrap_or_default())).collect();
    let holds_value = row.value == "yes" || terms(&row.value).iter().all(|term| own.contains(term));
    let mut around: HashSet<String> = [USER.to_owned(), "the".to_owned()].into();
    for other in turns {
        around.extend(words(&other.content));
        around.extend(words(other.speaker.as_deref().unwrap_or_default()));
    }
    let is_name = |word: &&str| word.chars().any(|c| c.is_uppercase() || c.is_ascii_digit());
    let named = row.text.split_whitespace().skip(1).filter(is_name).flat_map(words).all(|word| around.contains(&word));
    let first = words(&row.text).next().is_some_and(|word| around.contains(&word));
    is_quote && holds_value && named && first
}

/// Whom it is about, as claims know them: who speaks, or somebody whom the turn names. None where it is neither, or the text
/// is about others.
pub fn subject(row: &Row, turn: &Memory) -> Option<String> {
    let told: HashSet<String> = words(&row.text).collect();
    whom(row, turn).filter(|subject| named(subject).iter().any(|word| told.contains(word)))
}

fn whom(row: &Row, turn: &Memory) -> Option<String> {
    let named: Vec<String> = named(&row.subject);
    let speaker: Vec<String> = words(turn.speaker.as_deref().unwrap_or(USER)).collect();
    let is_speaker = |word: &String| speaker.contains(word) || MYSELF.contains(&word.as_str());
    if named.is_empty() || named.iter().all(|word| SOMEBODY.contains(&word.as_str())) {
        return None;
    }
    if named.iter().all(is_speaker) {
        return Some(turn.speaker.as_deref().unwrap_or(USER).to_lowercase());
    }
    let said: HashSet<String> = words(&turn.content).chain(speaker).collect();
    named.iter().all(|word| said.contains(word)).then(|| row.subject.trim().to_lowercase())
}

/// Whether it may put an end to that fact: one about the same subject, and of the same matter by attribute or by a telling
/// word of the turn.
pub fn may_end(row: &Row, subject: &str, turn: &Memory, known: &Memory) -> bool {
    let attribute = row.attribute.trim().to_lowercase();
    let claimed = || known.claims.iter().filter(|claim| claim.subject == subject);
    let names = named(subject);
    let begins = named(&known.content).starts_with(&names);
    if claimed().next().is_none() && !begins {
        return false;
    }
    let told: HashSet<Term> = terms(&known.content).into_iter().collect();
    let of_attribute = terms(&attribute);
    let names_it = !of_attribute.is_empty() && of_attribute.iter().all(|term| told.contains(term));
    let who: HashSet<Term> = terms(subject).into_iter().collect();
    let said: HashSet<Term> = terms(&turn.content).into_iter().filter(|term| !who.contains(term)).collect();
    let shares = || terms(&row.text).iter().any(|term| said.contains(term) && told.contains(term));
    claimed().any(|claim| claim.attribute == attribute) || names_it || shares()
}

/// The words, without possessive endings and an article before them.
fn named(text: &str) -> Vec<String> {
    let all: Vec<String> = words(text).filter(|word| word != "s").collect();
    let article = all.first().is_some_and(|first| first == "the");
    all[usize::from(article && all.len() > 1)..].to_vec()
}
