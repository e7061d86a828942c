//! What something is: names of one's people and animals, birthdays, favourites, deadlines, prices.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::claim;
use super::words::{ONLY, SOME};
use crate::classify::event_time::dated;
use crate::classify::rules::pattern;
use crate::distill::fact::{Fact, Said};
use crate::memory::{Claim, Kind};

const PLAIN: f32 = 0.95;
const MONTHS: &str = "January|February|March|April|May|June|July|August|September|October|November|December";

type Read = fn(&Captures<'_>, &Case<'_>) -> Option<Fact>;

/// What a form is read with.
struct Case<'a> {
    clause: &'a str,
    said: &'a Said<'a>,
    /// The speaker's key and name.
    me: (String, String),
}

fn rule(text: &str) -> Regex {
    let relations = ONLY.iter().chain(SOME).copied().collect::<Vec<_>>().join("|");
    pattern(
        &text
            .replace("{REL}", &relations)
            .replace("{MONTH}", MONTHS)
            .replace("{NAME}", r"(\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)?)"),
    )
}

static FORMS: LazyLock<Vec<(Regex, Read)>> = LazyLock::new(|| {
    vec![
        (
            rule(
                r"^(?:My|my|Our|our) ({REL})(?:'s name is|(?: is|,)? (?:called|named)) {NAME}(?:[.,!)]|$| (?:and|now|not)\b)",
            ),
            named as Read,
        ),
        (rule(r"^(?:My|my) (?:full )?name is {NAME}(?:[.,!)]|$| (?:and)\b)"), my_name),
        (rule(r"^{NAME} is (?:my|our) (?:older |younger |little |big )?({REL})(?:[.,!)]|$| (?:and|who)\b)"), is_my),
        (
            rule(
                r"^(?:(My|my)|(?:My|my) ({REL})'s|{NAME}'s) birthday is (?:on )?(?:the )?(?:(\d{1,2})(?:st|nd|rd|th)?(?: of)? ({MONTH})|({MONTH}) (\d{1,2}))(?:st|nd|rd|th)?\b",
            ),
            birthday,
        ),
        (
            rule(
                r"^(I|we|We) (?:was|were) born on (?:the )?(?:(\d{1,2})(?:st|nd|rd|th)?(?: of)? ({MONTH})|({MONTH}) (\d{1,2}))(?:st|nd|rd|th)?\b",
            ),
            born,
        ),
        (
            rule(
                r"^(?:My|my) (?:new |current |all-time |absolute |number one )*(?:favou?rite) ([a-z]+(?: [a-z]+){0,3}?) is (?:now |still |definitely |actually )*(?:the |a |an )?([\p{L}\d][\p{L}\d '&-]{1,40}?)(?:[.,!)]|$| (?:because|now|and|but|since|these|right|by)\b)",
            ),
            favourite,
        ),
        (
            rule(
                r"^(?:(?:The|the|Our|our) |(My|my) )((?:[\p{L}\d]+ ){0,3}?)(deadline|due date|launch|release|release date|wedding|demo|exam|interview|appointment|flight|kickoff|go-live|review|move|trip|meeting|party)((?: (?:for|of|with) (?:the |our |my )?[\p{L}\d]+(?: [\p{L}\d]+){0,2}?)?) (?:is now |is still |is |has been |was |got |has )(?:now |just |been )*(moved |pushed |pushed back |postponed |rescheduled |brought forward |extended |changed |shifted )?(?:to |due |due on |set for |scheduled for |on |for )*(.+)$",
            ),
            due,
        ),
        (
            rule(
                r"^(?:(?:The|the|Our|our) |(My|my) )((?:[\p{L}\d]+ ){0,2}?)(budget|rent|monthly rent|price)((?: (?:for|of) (?:the |our |my )?[\p{L}\d]+(?: [\p{L}\d]+){0,2}?)?) (?:is now |is |has been (?:raised|cut|reduced|increased|lowered|set) to |went (?:up|down) to |was (?:raised|cut|reduced|increased|lowered) to )([€$£]? ?\d[\d.,]*(?: ?(?:k|m|million|thousand|euros?|dollars|pounds|€|EUR|USD|GBP))*)",
            ),
            costs,
        ),
    ]
});

/// What the clause says of something.
pub fn read(clause: &str, _sentence: &str, said: &Said<'_>) -> Vec<Fact> {
    let Some(me) = said.myself() else { return Vec::new() };
    let case = Case { clause, said, me };
    let found = FORMS.iter().find_map(|(form, read)| read(&form.captures(clause)?, &case));
    found.into_iter().collect()
}

fn fact(text: String, kind: Kind, claims: Vec<Claim>) -> Option<Fact> {
    Some(Fact { text, kind, claims, since: None, confidence: PLAIN, ends: Vec::new() })
}

/// `My sister's name is Clara`: of whom one has several the name is part of what is claimed, so that two sisters do not
/// take each other's place.
fn named(found: &Captures<'_>, case: &Case<'_>) -> Option<Fact> {
    let (relation, name) = (&found[1], &found[2]);
    let (key, me) = &case.me;
    let whose = format!("{key}'s {relation}");
    let claims = if ONLY.contains(&relation) {
        vec![claim(&whose, "name", name)]
    } else {
        vec![claim(&whose, format!("is named {name}"), "yes")]
    };
    fact(format!("{me}'s {relation} is named {name}."), Kind::Relationship, claims)
}

fn my_name(found: &Captures<'_>, case: &Case<'_>) -> Option<Fact> {
    let (key, me) = &case.me;
    fact(format!("{me} is named {}.", &found[1]), Kind::Fact, vec![claim(key, "name", &found[1])])
}

fn is_my(found: &Captures<'_>, case: &Case<'_>) -> Option<Fact> {
    let (name, relation) = (&found[1], &found[2]);
    if !super::words::may_be_a_name(name.split(' ').next().unwrap_or_default()) {
        return None;
    }
    let (key, me) = &case.me;
    let claims = vec![claim(format!("{key}'s {relation}").as_str(), format!("is named {name}"), "yes")];
    fact(format!("{name} is {me}'s {relation}."), Kind::Relationship, claims)
}

fn day_of(day: &str, month: &str) -> Option<String> {
    let day: u8 = day.parse().ok()?;
    (1..=31).contains(&day).then(|| format!("{day} {month}"))
}

fn birthday(found: &Captures<'_>, case: &Case<'_>) -> Option<Fact> {
    let (key, me) = &case.me;
    let (key, whose) = match (found.get(1), found.get(2), found.get(3)) {
        (Some(_), ..) => (key.clone(), format!("{me}'s")),
        (_, Some(relation), _) if ONLY.contains(&relation.as_str()) => {
            (format!("{key}'s {}", relation.as_str()), format!("{me}'s {}'s", relation.as_str()))
        }
        (_, _, Some(name)) => (name.as_str().to_owned(), format!("{}'s", name.as_str())),
        _ => return None,
    };
    let day = match (found.get(4), found.get(5), found.get(6), found.get(7)) {
        (Some(day), Some(month), ..) | (_, _, Some(month), Some(day)) => day_of(day.as_str(), month.as_str())?,
        _ => return None,
    };
    fact(format!("{whose} birthday is on {day}."), Kind::Fact, vec![claim(&key, "birthday", day)])
}

fn born(found: &Captures<'_>, case: &Case<'_>) -> Option<Fact> {
    if &found[1] != "I" {
        return None;
    }
    let (key, me) = &case.me;
    let day = match (found.get(2), found.get(3), found.get(4), found.get(5)) {
        (Some(day), Some(month), ..) | (_, _, Some(month), Some(day)) => day_of(day.as_str(), month.as_str())?,
        _ => return None,
    };
    fact(format!("{me}'s birthday is on {day}."), Kind::Fact, vec![claim(key, "birthday", day)])
}

fn favourite(found: &Captures<'_>, case: &Case<'_>) -> Option<Fact> {
    let (what, value) = (&found[1], found[2].trim());
    let vague = [
        "when",
        "how",
        "what",
        "that",
        "it",
        "this",
        "to",
        "watching",
        "seeing",
        "being",
        "probably",
        "definitely",
        "getting",
        "where",
        "still",
    ];
    let vague_thing = ["part", "thing", "memory", "moment", "bit", "way", "time", "one"];
    let first = value.split(' ').next().unwrap_or_default().to_lowercase();
    if vague.contains(&first.as_str())
        || what.split(' ').any(|word| vague_thing.contains(&word))
        || value.split(' ').count() > 5
    {
        return None;
    }
    let (key, me) = &case.me;
    let claims = vec![claim(key, format!("favourite {what}"), value)];
    fact(format!("{me}'s favourite {what} is {value}."), Kind::Preference, claims)
}

/// What a date or a price is of: `the audit report deadline`, `the deadline for the audit report`.
fn topic(found: &Captures<'_>, case: &Case<'_>) -> Option<(String, String)> {
    let lead = found[2].trim();
    let after = found[4].trim();
    let after = after.split_once(' ').map_or("", |(_, of)| of);
    let after = ["the ", "our ", "my "].iter().find_map(|word| after.strip_prefix(word)).unwrap_or(after);
    let words = ["new", "final", "next", "old", "actual", "original", "revised", "current", "first", "last"];
    let lead: Vec<&str> = lead.split(' ').filter(|word| !words.contains(&word.to_lowercase().as_str())).collect();
    let of = format!("{} {after}", lead.join(" ")).trim().to_owned();
    let noun = &found[3];
    let name = if of.is_empty() { noun.to_owned() } else { format!("{of} {noun}") };
    let (me, my_name) = &case.me;
    if found.get(1).is_some() {
        return Some((format!("{me}'s {name}"), format!("{my_name}'s {name}")));
    }
    if of.is_empty() {
        // `The deadline is now Friday`: that of what this conversation is about.
        let session = case.said.session?;
        return Some((format!("{name} in {session}"), format!("The {name}")));
    }
    Some((name.clone(), format!("The {name}")))
}

fn due(found: &Captures<'_>, case: &Case<'_>) -> Option<Fact> {
    let verb_is_past = case.clause.contains(" was ") && found.get(5).is_none();
    let rest = found.get(6)?;
    let (span, words) = dated(case.clause, case.said.at)?;
    // The date is the value, with nothing before it but how it is said.
    let lead = case.clause.get(rest.start()..words.start).unwrap_or("?");
    let is_value = words.start >= rest.start() && ["", "the ", "at ", "by "].contains(&lead);
    let spans_a_day = span.until.micros() - span.from.micros() <= 86_400_000_000;
    if verb_is_past || !is_value || !spans_a_day || case.clause.contains(" not ") {
        return None;
    }
    let (key, name) = topic(found, case)?;
    let day = span.from.civil().strftime("%-d %B %Y").to_string();
    fact(format!("{name} is on {day}."), Kind::Fact, vec![claim(&key, "is on", span.from.date().to_string())])
}

fn costs(found: &Captures<'_>, case: &Case<'_>) -> Option<Fact> {
    let (key, name) = topic(found, case)?;
    let value = found[5].trim().trim_end_matches(['.', ',']);
    fact(format!("{name} is {value}."), Kind::Fact, vec![claim(&key, "is", value)])
}
