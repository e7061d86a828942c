//! Who stands how to whom by what a text says: `my sister Ana`, `Ben works at Siemens`, `I love pottery`.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::rules::{pattern, straight};
use crate::memory::gist::Relation;

/// A name: up to three words with capitals.
const NAME: &str = r"([A-Z][\p{L}'-]+(?: [A-Z][\p{L}-]+){0,2})";
/// Who somebody is to somebody.
const KIN: &str = concat!(
    "((?:(?:older|younger|elder|little|big|twin|best|old|new|late) )?(?:grand|step|half-)?(?:mother|father|mum|mom|dad|sister|brother|son|daughter)(?:-in-law)?|wife|husband|partner|girlfriend|boyfriend|fianc.e?e?|cousin|aunt|uncle|niece|nephew|grandma|grandpa",
    "|(?:best |old |close |new )?friend|colleague|coworker|boss|manager|mentor|teacher|coach|neighbou?r|roommate|flatmate|landlord|landlady|doctor|dentist|therapist|lawyer|accountant|dog|cat|godmother|godfather|goddaughter|godson|ex-wife|ex-husband|ex)",
);
/// What names cannot be: capitals that begin a sentence or a day.
const NO_NAME: &[&str] = &[
    "I",
    "I'm",
    "I'll",
    "I've",
    "I'd",
    "The",
    "This",
    "That",
    "It",
    "We",
    "He",
    "She",
    "They",
    "My",
    "Our",
    "Yes",
    "No",
    "And",
    "But",
    "So",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Who",
    "What",
    "When",
    "If",
    "You",
    "Her",
    "His",
    "Their",
    "Well",
    "Oh",
    "Ok",
    "Okay",
    "Then",
    "There",
    "Everyone",
    "Everybody",
    "Nobody",
    "Somebody",
    "Someone",
    "Actually",
    "Today",
    "Tomorrow",
    "Yesterday",
    "Also",
];

/// How a relation is found and which parts of the match it is made of.
type Rule = (Regex, fn(&Captures<'_>, &str) -> Option<Relation>);

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let with = |text: &str| pattern(&text.replace("NAME", NAME).replace("KIN", KIN));
    vec![
        (with(r"\b[Mm]y KIN,? (?:is (?:called |named )?)?NAME"), |found, voice| made(voice, &found[1], &found[2])),
        (with(r"\b[Mm]y KIN's name is NAME"), |found, voice| made(voice, &found[1], &found[2])),
        (with(r"\bNAME(?: is|,|'s) (?:actually |still )?my KIN\b"), |found, voice| made(voice, &found[2], &found[1])),
        (with(r"\bNAME's KIN,? (?:is (?:called |named )?)?NAME"), |found, _| made(&found[1], &found[2], &found[3])),
        (with(r"\bNAME is NAME's KIN\b"), |found, _| made(&found[2], &found[3], &found[1])),
        (with(r"\bNAME is (?:now )?(married|engaged) to NAME"), |found, _| {
            made(&found[1], &format!("{} to", &found[2]), &found[3])
        }),
        (
            with(
                r"\bNAME (?:now |still |also |currently )?(?:works|worked|is working|started|starts|has started|got a job) (?:for|at|with) (?:the )?NAME",
            ),
            |found, _| made(&found[1], "works at", &found[2]),
        ),
        (
            with(
                r"\bI (?:now |still |also |currently )?(?:work|started|start|got a job) (?:for|at|with) (?:the )?NAME",
            ),
            |found, voice| made(voice, "works at", &found[1]),
        ),
        (with(r"\bI'm (?:now |still )?(?:working|employed) (?:for|at|by) (?:the )?NAME"), |found, voice| {
            made(voice, "works at", &found[1])
        }),
        (
            with(
                r"\bNAME (?:now |still |has |also )?(?:lives|lived|is living|moved|has moved|is moving) (?:back )?(?:in|to) (?:the )?NAME",
            ),
            |found, _| made(&found[1], "lives in", &found[2]),
        ),
        (
            with(
                r"\bI(?:'ve| have|'m)? (?:now |still |just )?(?:live|moved|living|moving) (?:back )?(?:in|to) (?:the )?NAME",
            ),
            |found, voice| made(voice, "lives in", &found[1]),
        ),
        (with(r"\bNAME (?:studies|studied|is studying) (?:[a-z]+ ){0,3}(?:at|in) (?:the )?NAME"), |found, _| {
            made(&found[1], "studies at", &found[2])
        }),
        (with(r"\bNAME (?:is|comes|came) (?:originally )?from NAME"), |found, _| {
            made(&found[1], "comes from", &found[2])
        }),
        (with(r"\bI(?:'m| am| come) (?:originally )?from NAME"), |found, voice| made(voice, "comes from", &found[1])),
        (
            with(
                r"\bI (?:really |also |still |just |absolutely )?(like|love|enjoy|adore|prefer|hate|dislike|can't stand|don't like) ((?:[a-z]+ ){0,2}[a-z]{3,})\b",
            ),
            |found, voice| made(voice, liking(&found[1]), thing(&found[2])?),
        ),
        (
            with(
                r"\bNAME (?:really |also |still |just |absolutely )?(likes|loves|enjoys|adores|prefers|hates|dislikes|can't stand|doesn't like) ((?:[a-z]+ ){0,2}[a-z]{3,})\b",
            ),
            |found, _| made(&found[1], liking(&found[2]), thing(&found[3])?),
        ),
        (with(r"\bNAME (?:plays|played|is learning|learns) (?:the )?([a-z]{3,})\b"), |found, _| {
            made(&found[1], "plays", &found[2])
        }),
    ]
});

/// The relations that a text of `voice` tells, each once.
pub fn relations(text: &str, voice: &str) -> Vec<Relation> {
    let text = straight(text);
    // A question tells nothing, and what somebody would or might do is not so.
    if text.trim_end().ends_with('?') {
        return Vec::new();
    }
    let mut found: Vec<Relation> = Vec::new();
    for (pattern, resolve) in RULES.iter() {
        for captures in pattern.captures_iter(&text) {
            let relation = resolve(&captures, voice);
            found.extend(relation.filter(|relation| !relation.subject.is_empty()));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn made(subject: &str, word: &str, object: &str) -> Option<Relation> {
    let (subject, object) = (name(subject)?, name(object)?);
    (subject != object).then(|| Relation { subject, word: word.to_lowercase(), object })
}

/// The name without what is none at its beginning.
fn name(name: &str) -> Option<String> {
    let name = name.trim_end_matches("'s").trim_matches(['\'', '-']);
    let name = match name.split_once(' ') {
        Some((first, rest)) if NO_NAME.contains(&first) => rest,
        _ => name,
    };
    (!name.is_empty() && !NO_NAME.contains(&name)).then(|| name.to_owned())
}

fn liking(word: &str) -> &'static str {
    match word {
        "hate" | "hates" | "dislike" | "dislikes" | "can't stand" | "don't like" | "doesn't like" => "dislikes",
        "prefer" | "prefers" => "prefers",
        _ => "likes",
    }
}

/// What is liked, by its first words that name something; none where they do not.
fn thing(words: &str) -> Option<&str> {
    const NOT: &[&str] = &[
        "that",
        "this",
        "these",
        "those",
        "you",
        "your",
        "him",
        "her",
        "them",
        "the",
        "how",
        "what",
        "when",
        "being",
        "having",
        "seeing",
        "doing",
        "getting",
        "going",
        "living",
        "working",
        "talking",
        "hearing",
        "our",
        "and",
        "but",
        "too",
        "about",
        "more",
        "very",
        "much",
        "some",
        "all",
        "everything",
        "anything",
        "nothing",
        "one",
        "ones",
        "here",
        "there",
        "his",
        "their",
        "not",
        "its",
        "with",
        "from",
        "for",
        "than",
    ];
    const END: &[&str] = &[
        "and", "but", "with", "when", "because", "since", "for", "from", "too", "very", "more", "than", "in", "on",
        "at", "to", "as", "so", "now", "again", "every", "that", "who", "if", "after", "before", "almost", "even",
        "is", "are",
    ];
    let words =
        words.trim_start_matches("the ").trim_start_matches("a ").trim_start_matches("an ").trim_start_matches("my ");
    let end = words
        .split(' ')
        .scan(0, |at, word| {
            let from = *at;
            *at += word.len() + 1;
            Some((from, word))
        })
        .find(|(_, word)| END.contains(word))
        .map_or(words.len(), |(from, _)| from);
    let thing = words[..end].trim();
    let first = thing.split(' ').next().unwrap_or_default();
    (thing.len() > 2 && !NOT.contains(&first)).then_some(thing)
}

#[cfg(test)]
mod tests;
