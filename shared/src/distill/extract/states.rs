//! What somebody is, has or does as a rule: where they live and work, what they like, use and cannot eat.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::subject::Subject;
use super::words::{HOUSE, OCCUPATIONS, is_known_place, may_be_something};
use super::{claim, no_longer};
use crate::classify::event_time::event_time;
use crate::classify::rules::pattern;
use crate::distill::fact::{Fact, Said};
use crate::memory::{Claim, Kind, Time};

/// How sure a form is that says outright how things are.
const PLAIN: f32 = 0.95;

/// A year and some, in microseconds.
const LATELY: i64 = 400 * 86_400 * 1_000_000;

/// Words that say nothing here.
const AS: &str = "(?:(?:now|currently|actually|still|just|recently|also|finally|really|both|already|officially|mostly|have|has|had to|am|is|are) )*";
/// A name of something: up to four words in capitals.
const NAME: &str = r"(\p{Lu}[\p{L}\d&'.-]*(?: (?:de|da|do|di|del|la|le|of|upon|am|der|den) \p{Lu}[\p{L}\d'-]*| \p{Lu}[\p{L}\d'-]*){0,3})";
/// What may follow a value; anything else would belong to it.
const END: &str = r"(?:[.,)!]|$| (?:now|with|and|but|since|for|because|near|these|at|again|so|this|last|in|on|as|after|where|which|too|right|anymore|from|instead|full|part|remotely|already|to be|by|not|about|every|during|than|since|then|together|a|two|three|until|permanently|almost|temporarily)\b)";

type Read = fn(&Captures<'_>, &Subject, &Case<'_>) -> Option<Fact>;

/// What a form is read with.
struct Case<'a> {
    sentence: &'a str,
    said: &'a Said<'a>,
    /// When something came about that the sentence tells of as past; none where it is still to come.
    since: Option<Time>,
}

fn rule(text: &str) -> Regex {
    pattern(&text.replace("{AS}", AS).replace("{NAME}", NAME).replace("{END}", END).replace("{OCC}", OCCUPATIONS))
}

static FORMS: LazyLock<Vec<(Regex, Read)>> = LazyLock::new(|| {
    vec![
        (rule(r"^{AS}(?:live|lives|living|lived) in (?:the city of )?{NAME}{END}"), lives as Read),
        (rule(r"^(?:no longer (?:live|lives)|(?:do|does) not live) in {NAME}{END}"), lives_no_longer),
        (rule(r"^{AS}(?:moved|relocated) (?:back )?(?:from {NAME} )?to {NAME}{END}"), moved),
        (
            rule(
                r"^{AS}(?:work|works|working) (?:part-time |full-time |remotely |again )*(?:at|for) (?:the )?{NAME}{END}",
            ),
            works,
        ),
        (rule(r"^{AS}joined {NAME} (?:as an? |last |this |in \p{Lu})"), works),
        (
            rule(
                r"^{AS}(?:started (?:work |working )?(?:at|for)|got (?:a |my )?(?:new )?job (?:at|with)|got hired (?:at|by)|was hired by) (?:the )?{NAME}{END}",
            ),
            works,
        ),
        (
            rule(
                r"^(?:no longer (?:work|works)|(?:do|does) not work|resigned|got fired|was fired|got laid off|was laid off|(?:quit|left) (?:my |his |her |the )?(?:old )?job) (?:at|for|from|by) (?:the )?{NAME}{END}",
            ),
            works_no_longer,
        ),
        (
            rule(r"^{AS}(?:work|works|working) as an? ([a-z]+(?: [a-z]+){0,2}?)(?: (?:at|for) (?:the )?{NAME})?{END}"),
            works_as,
        ),
        (
            rule(
                r"^(?:am|is) (?:now |currently |still )*an? (?:new |senior |junior |freelance )?({OCC})(?: (?:at|for) (?:the )?{NAME})?{END}",
            ),
            works_as,
        ),
        (rule(r"^(?:have been |has been |got )promoted to ([a-z]+(?: [a-z]+){0,2}?){END}"), works_as),
        (
            rule(
                r"^(?:am|is) (?:now |also |still )*(?:severely |badly |deathly |very |mildly )?allergic to ([a-z]+(?: [a-z]+)?(?:(?:, (?:and |or )?| and | or )[a-z]+(?: [a-z]+)?)*)(?:[.,)!]|$| (?:so|now|too|since|which)\b)",
            ),
            allergic,
        ),
        (
            rule(r"^(?:am|is) (?:no longer|not) allergic to ([a-z]+)(?:[.,)!]|$| (?:so|now|anymore|after)\b)"),
            allergic_no_longer,
        ),
        (
            rule(
                r"^(?:am|is|became|have gone|has gone|went|have become|has become|turned) (?:now |also |currently |a |an )*(vegetarian|vegan|pescatarian)(?:[.,)!]|$| (?:now|since|for|these|and|but|so|too)\b)",
            ),
            diet,
        ),
        (
            rule(r"^(?:am|is) (?:no longer|not) (?:a )?(vegetarian|vegan|pescatarian)(?:[.,)!]|$| (?:now|anymore)\b)"),
            diet_no_longer,
        ),
        (
            rule(
                r"^{AS}(?:switched|migrated|moved) (?:over )?from ([\p{L}\d.+#-]+(?: [\p{L}\d.+#-]+)?) to ([\p{L}\d.+#-]+(?: [\p{L}\d.+#-]+)?){END}",
            ),
            switched,
        ),
        (rule(r"^{AS}(?:use|uses|using) {NAME}{END}"), uses),
        (rule(r"^(?:no longer (?:use|uses)|(?:do|does) not use|stopped using) {NAME}{END}"), uses_no_longer),
        (
            rule(
                r"^(?:really |absolutely |just |truly |still |also )*(love|loves|like|likes|enjoy|enjoys|adore|adores) ([a-z]+(?: [a-z]+)??)(?:[.,!)]|$| (?:and|but|so|too|now)\b)",
            ),
            likes,
        ),
        (
            rule(
                r"^(?:really |absolutely |just |truly |still |also |now )*(hate|hates|dislike|dislikes|do not like|does not like|cannot stand|do not enjoy|no longer like|no longer enjoy) ([a-z]+(?: [a-z]+)??)(?:[.,!)]|$| (?:and|but|so|anymore|now)\b)",
            ),
            dislikes,
        ),
        (
            rule(
                r"^(?:generally |always |usually |now |really )*prefers? ([a-z]+(?: [a-z]+)?) (?:to|over) ([a-z]+(?: [a-z]+)?)(?:[.,!)]|$| (?:now|when|because|since|whenever|if|for)\b)",
            ),
            prefers,
        ),
        (
            rule(
                r"^(?:just )?turned (\d{1,3})(?:[.,!)]|$| (?:today|yesterday|last|this|on)\b)|^(?:am|is) (?:now )?(\d{1,3}) years old",
            ),
            aged,
        ),
        (rule(r"^(?:am|is|got|are) (?:now |happily |just )*(married|engaged) to {NAME}{END}"), married),
    ]
});

/// What the clause says of its subject. `sentence`: all of it, for what stands beside.
pub fn read(subject: &Subject, rest: &str, sentence: &str, said: &Said<'_>) -> Vec<Fact> {
    let told = event_time(sentence, said.at);
    // A moment before the stretch ends: `last week` was over by now, and after all that was said before it.
    let since = told.map(|span| Time::from_micros((span.until.micros() - 1_000_000).min(said.at.micros())));
    let is_to_come = told.is_some_and(|span| span.from > said.at);
    let case = Case { sentence, said, since: if is_to_come { None } else { since } };
    let mut facts = Vec::new();
    for (form, read) in FORMS.iter() {
        let Some(found) = form.captures(rest) else { continue };
        if is_to_come && form.as_str().contains("moved|") {
            continue;
        }
        facts.extend(read(&found, subject, &case));
        // `I live in Porto and work at Globex`: one subject for both.
        if let Some((_, joined)) = rest.split_once(" and ")
            && facts.len() == 1
        {
            let more = FORMS.iter().find_map(|(form, read)| read(&form.captures(joined)?, subject, &case));
            facts.extend(more);
        }
        break;
    }
    facts
}

fn fact(text: String, kind: Kind, claims: Vec<Claim>) -> Option<Fact> {
    Some(Fact { text, kind, claims, since: None, confidence: PLAIN, ends: Vec::new() })
}

fn place(name: &str) -> Option<&str> {
    let name = name.trim_end_matches(['.', '\'', '-']);
    (may_be_something(name) && !name.ends_with("'s")).then_some(name)
}

fn lives(found: &Captures<'_>, who: &Subject, case: &Case<'_>) -> Option<Fact> {
    // `I lived in Porto` is over; `I have lived in Porto for years` is not.
    let whole = &found[0];
    if whole.contains("lived in")
        && !(whole.starts_with("ha") && [" since ", " for "].iter().any(|w| case.sentence.contains(w)))
    {
        return None;
    }
    let place = place(&found[1])?;
    fact(format!("{} lives in {place}.", who.name), Kind::Fact, vec![claim(&who.key, "lives in", place)])
}

fn lives_no_longer(found: &Captures<'_>, who: &Subject, _: &Case<'_>) -> Option<Fact> {
    let place = place(&found[1])?;
    let claim = no_longer(claim(&who.key, "lives in", place));
    fact(format!("{} no longer lives in {place}.", who.name), Kind::Fact, vec![claim])
}

fn moved(found: &Captures<'_>, who: &Subject, case: &Case<'_>) -> Option<Fact> {
    let from = found.get(1).map(|from| from.as_str());
    let to = place(&found[2])?;
    let beside = case.sentence.to_lowercase();
    let of_house = beside.split(|c: char| !c.is_alphanumeric()).any(|word| HOUSE.contains(&word));
    let after = &case.sentence[case.sentence.find(&found[0]).map_or(0, |at| at + found[0].len())..];
    let is_team =
        ["team", "department", "office", "role", "project"].iter().any(|word| after.trim_start().starts_with(word));
    let known = is_known_place(to) || from.is_some_and(is_known_place);
    if !(known || of_house) || is_team || beside.contains(" then ") {
        return None;
    }
    let claims = vec![claim(&who.key, "lives in", to)];
    // Of a move long ago it says no more than that.
    let is_lately = case.since.is_none_or(|since| case.said.at.micros() - since.micros() < LATELY);
    let there = if is_lately { " and lives there" } else { "" };
    let text = match from {
        Some(from) => format!("{} moved from {from} to {to}{there}.", who.name),
        None => format!("{} moved to {to}{there}.", who.name),
    };
    Some(Fact { since: case.since, ..fact(text, Kind::Fact, claims)? })
}

fn works(found: &Captures<'_>, who: &Subject, case: &Case<'_>) -> Option<Fact> {
    let at = place(&found[1])?;
    if who.is_we && !case.said.scope.subject().starts_with("user:") {
        return None;
    }
    let since = if found[0].contains("work") && !found[0].contains("started") { None } else { case.since };
    let claims = vec![claim(&who.key, "works at", at)];
    Some(Fact { since, ..fact(format!("{} works at {at}.", who.name), Kind::Fact, claims)? })
}

fn works_no_longer(found: &Captures<'_>, who: &Subject, case: &Case<'_>) -> Option<Fact> {
    let at = place(&found[1])?;
    let claims = vec![no_longer(claim(&who.key, "works at", at))];
    Some(Fact { since: case.since, ..fact(format!("{} no longer works at {at}.", who.name), Kind::Fact, claims)? })
}

fn works_as(found: &Captures<'_>, who: &Subject, _: &Case<'_>) -> Option<Fact> {
    let role = &found[1];
    if who.is_we {
        return None;
    }
    let article = if role.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    let mut claims = vec![claim(&who.key, "works as", role)];
    let mut text = format!("{} works as {article} {role}", who.name);
    if let Some(at) = found.get(2).and_then(|at| place(at.as_str())) {
        claims.push(claim(&who.key, "works at", at));
        text = format!("{text} at {at}");
    }
    fact(format!("{text}."), Kind::Fact, claims)
}

fn allergic(found: &Captures<'_>, who: &Subject, _: &Case<'_>) -> Option<Fact> {
    let list = &found[1];
    let split: Vec<&str> =
        list.split(", ").flat_map(|part| part.split(" and ")).flat_map(|part| part.split(" or ")).collect();
    let things: Vec<&str> =
        split.into_iter().map(|part| part.trim_start_matches("and ").trim_start_matches("or ")).collect();
    let vague = ["it", "that", "this", "them", "everything", "nothing", "mornings", "work", "mondays", "you", "people"];
    if things.iter().any(|thing| vague.contains(thing) || thing.is_empty()) {
        return None;
    }
    let claims = things.iter().map(|thing| claim(&who.key, format!("is allergic to {thing}"), "yes")).collect();
    fact(format!("{} is allergic to {list}.", who.name), Kind::Fact, claims)
}

fn allergic_no_longer(found: &Captures<'_>, who: &Subject, _: &Case<'_>) -> Option<Fact> {
    let claims = vec![no_longer(claim(&who.key, format!("is allergic to {}", &found[1]), "yes"))];
    fact(format!("{} is not allergic to {}.", who.name, &found[1]), Kind::Fact, claims)
}

fn diet(found: &Captures<'_>, who: &Subject, _: &Case<'_>) -> Option<Fact> {
    fact(format!("{} is {}.", who.name, &found[1]), Kind::Preference, vec![claim(&who.key, "eats", &found[1])])
}

fn diet_no_longer(found: &Captures<'_>, who: &Subject, _: &Case<'_>) -> Option<Fact> {
    let claims = vec![no_longer(claim(&who.key, "eats", &found[1]))];
    fact(format!("{} is not {}.", who.name, &found[1]), Kind::Preference, claims)
}

fn of_things(who: &Subject, case: &Case<'_>) -> Option<(String, String)> {
    if who.is_we { case.said.ourselves() } else { Some((who.key.clone(), who.name.clone())) }
}

fn switched(found: &Captures<'_>, who: &Subject, case: &Case<'_>) -> Option<Fact> {
    let (old, new) = (&found[1], &found[2]);
    if found[0].contains("moved") {
        return None;
    }
    let vague = ["it", "that", "this", "one", "the", "a", "my", "our", "being", "working"];
    if [old, new].iter().any(|thing| thing.split(' ').any(|word| vague.contains(&word.to_lowercase().as_str()))) {
        return None;
    }
    let (key, name) = of_things(who, case)?;
    let uses = |thing: &str| claim(&key, format!("uses {thing}"), "yes");
    let claims = vec![uses(new), no_longer(uses(old))];
    Some(Fact { since: case.since, ..fact(format!("{name} switched from {old} to {new}."), Kind::Fact, claims)? })
}

fn uses(found: &Captures<'_>, who: &Subject, case: &Case<'_>) -> Option<Fact> {
    let thing = place(&found[1])?;
    let (key, name) = of_things(who, case)?;
    let verb = if name == "We" { "use" } else { "uses" };
    fact(format!("{name} {verb} {thing}."), Kind::Fact, vec![claim(&key, format!("uses {thing}"), "yes")])
}

fn uses_no_longer(found: &Captures<'_>, who: &Subject, case: &Case<'_>) -> Option<Fact> {
    let thing = place(&found[1])?;
    let (key, name) = of_things(who, case)?;
    let verb = if name == "We" { "use" } else { "uses" };
    let claims = vec![no_longer(claim(&key, format!("uses {thing}"), "yes"))];
    fact(format!("{name} no longer {verb} {thing}."), Kind::Fact, claims)
}

/// What a taste is for: an activity or a plain thing, not `it`, `the idea` or `you`.
fn taste(thing: &str) -> Option<&str> {
    const VAGUE: &[&str] = &[
        "it",
        "that",
        "this",
        "these",
        "those",
        "you",
        "him",
        "her",
        "them",
        "us",
        "me",
        "the",
        "a",
        "an",
        "my",
        "your",
        "his",
        "our",
        "their",
        "how",
        "when",
        "what",
        "where",
        "being",
        "having",
        "seeing",
        "hearing",
        "to",
        "both",
        "all",
        "every",
        "everything",
        "such",
        "some",
        "any",
        "one",
        "getting",
        "knowing",
        "spending",
        "watching",
        "making",
    ];
    (!thing.split(' ').any(|word| VAGUE.contains(&word))).then_some(thing)
}

fn likes(found: &Captures<'_>, who: &Subject, _: &Case<'_>) -> Option<Fact> {
    let thing = taste(&found[2])?;
    if who.is_we {
        return None;
    }
    let verb = if found[1].ends_with('s') { found[1].to_owned() } else { format!("{}s", &found[1]) };
    fact(
        format!("{} {verb} {thing}.", who.name),
        Kind::Preference,
        vec![claim(&who.key, format!("likes {thing}"), "yes")],
    )
}

fn dislikes(found: &Captures<'_>, who: &Subject, _: &Case<'_>) -> Option<Fact> {
    let thing = taste(&found[2])?;
    if who.is_we {
        return None;
    }
    let claims = vec![no_longer(claim(&who.key, format!("likes {thing}"), "yes"))];
    fact(format!("{} does not like {thing}.", who.name), Kind::Preference, claims)
}

fn prefers(found: &Captures<'_>, who: &Subject, _: &Case<'_>) -> Option<Fact> {
    let (better, worse) = (taste(&found[1])?, taste(&found[2])?);
    let mut pair = [better, worse];
    pair.sort_unstable();
    let claims = vec![claim(&who.key, format!("prefers of {} and {}", pair[0], pair[1]), better)];
    fact(format!("{} prefers {better} to {worse}.", who.name), Kind::Preference, claims)
}

fn aged(found: &Captures<'_>, who: &Subject, case: &Case<'_>) -> Option<Fact> {
    let age = found.get(1).or(found.get(2))?.as_str();
    let is_age = age.parse::<u32>().is_ok_and(|age| (1..120).contains(&age));
    if who.is_we || !is_age {
        return None;
    }
    let claims = vec![claim(&who.key, "age", age)];
    let since = if found.get(1).is_some() { case.since } else { None };
    Some(Fact { since, ..fact(format!("{} is {age} years old.", who.name), Kind::Fact, claims)? })
}

fn married(found: &Captures<'_>, who: &Subject, _: &Case<'_>) -> Option<Fact> {
    let (bond, name) = (&found[1], place(&found[2])?);
    let claims = vec![claim(&who.key, format!("{bond} to"), name)];
    fact(format!("{} is {bond} to {name}.", who.name), Kind::Relationship, claims)
}
