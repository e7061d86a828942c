//! Whom a clause is about: whoever speaks, somebody of theirs, or somebody named.

use std::sync::LazyLock;

use regex::Regex;

use super::words::{ONLY, SOME, may_be_a_name};
use crate::classify::rules::pattern;
use crate::distill::fact::Said;

/// Whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Known by this.
    pub key: String,
    /// Written so.
    pub name: String,
    /// Whether it is the speaker with others.
    pub is_we: bool,
    /// Whether it is the speaker.
    pub is_me: bool,
}

static MINE: LazyLock<Regex> = LazyLock::new(|| {
    let relations = ONLY.iter().chain(SOME).copied().collect::<Vec<_>>().join("|");
    pattern(&format!(r"^(?:My|my|Our|our) ({relations}),?(?: (\p{{Lu}}[\p{{L}}-]+),?)? "))
});
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)?) "));

/// The clause's subject, and the rest of it.
pub fn of<'a>(clause: &'a str, said: &Said<'_>) -> Option<(Subject, &'a str)> {
    let (my_key, my_name) = said.myself()?;
    if let Some(rest) = clause.strip_prefix("I ") {
        return Some((Subject { key: my_key, name: my_name, is_we: false, is_me: true }, rest));
    }
    if let Some(rest) = clause.strip_prefix("We ").or_else(|| clause.strip_prefix("we ")) {
        return Some((Subject { key: my_key, name: my_name, is_we: true, is_me: true }, rest));
    }
    if let Some(found) = MINE.captures(clause) {
        let (relation, rest) = (&found[1], &clause[found[0].len()..]);
        return match found.get(2) {
            Some(name) => Some((named(name.as_str()), rest)),
            // `My friend lives in Rome` may be any of several.
            None if ONLY.contains(&relation) => {
                let key = format!("{my_key}'s {relation}");
                let name = format!("{my_name}'s {relation}");
                Some((Subject { key, name, is_we: false, is_me: false }, rest))
            }
            None => None,
        };
    }
    let found = NAMED.captures(clause)?;
    let name = &found[1];
    name.split(' ').all(may_be_a_name).then(|| (named(name), &clause[found[0].len()..]))
}

fn named(name: &str) -> Subject {
    Subject { key: name.to_lowercase(), name: name.to_owned(), is_we: false, is_me: false }
}
