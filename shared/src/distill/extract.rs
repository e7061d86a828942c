//! Finding facts without a model: a few forms of English that leave no doubt, and silence on everything else.
//!
//! A sentence is read only if it states something of now: no question, no `if`, no wish, plan or memory of how it once
//! was, nothing that somebody else is said to have said. Its subject must stand in it, and its value be one that the form
//! allows. So most sentences with facts in them say nothing here; what is said can be relied on.

mod sentences;
mod states;
mod subject;
mod things;
mod words;

use crate::distill::fact::{Fact, Said};
use crate::memory::Claim;

/// Facts of one text are few; a list of more is a form letter.
pub const MOST: usize = 6;

/// The facts that it states, in its order.
pub fn facts(said: &Said<'_>) -> Vec<Fact> {
    if said.myself().is_none() {
        return Vec::new();
    }
    let mut found: Vec<Fact> = Vec::new();
    for sentence in sentences::statements(said.text) {
        for clause in sentences::clauses(&sentence) {
            let more = match subject::of(clause, said) {
                Some((subject, rest)) => states::read(&subject, rest, &sentence, said),
                None => Vec::new(),
            };
            let more = if more.is_empty() { things::read(clause, &sentence, said) } else { more };
            for fact in more {
                if !found.iter().any(|known| known.claims == fact.claims || known.text == fact.text) {
                    found.push(fact);
                }
            }
        }
    }
    found.truncate(MOST);
    found
}

/// A claim that holds.
fn claim(subject: &str, attribute: impl Into<String>, value: impl Into<String>) -> Claim {
    Claim {
        subject: subject.to_lowercase(),
        attribute: attribute.into().to_lowercase(),
        value: value.into().to_lowercase(),
        holds: true,
    }
}

/// The same, no longer.
fn no_longer(claim: Claim) -> Claim {
    Claim { holds: false, ..claim }
}

#[cfg(test)]
mod tests;
