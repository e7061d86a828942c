//! A text in sentences that state something, and those in clauses.

use std::sync::LazyLock;

use regex::Regex;

use crate::classify::rules::{pattern, straight};

/// Dots after these end no sentence.
const ABBREVIATIONS: &[&str] =
    &["st", "dr", "mr", "mrs", "ms", "prof", "inc", "ltd", "co", "vs", "jr", "sr", "mt", "ft", "no", "e.g", "i.e"];

/// Signs that a sentence says something else than how things are now.
static UNCERTAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r#"(?i)["“”«»]|\b(?:if|unless|whether|would|could|should|might|maybe|perhaps|possibly|probably|apparently|supposedly|allegedly|"#,
        r"wish|wishes|hope|hopes|hoping|imagine|imagining|suppose|supposing|pretend|pretending|dream|dreamt|dreamed|dreaming|",
        r"want|wants|wanted|plan|plans|planned|planning|gonna|will|shall|intend|intends|thinking|considering|considered|",
        r"almost|nearly|used to|kidding|joking|joke|sarcasm|novel|fiction|character|movie|film|episode|series|lyrics|",
        r"said|says|told|tells|asked|asks|heard|thought|thinks?|believes?|claims?|claimed|according|guess|suspect|wonder|",
        r"not sure|unsure|don't know|do not know|not certain|as though|as if|once|one day|someday|ever since i was|",
        r"when i was|when we were|growing up|as a (?:kid|child|teenager|student|boy|girl)|back then|back when|back in|originally|",
        r"temporarily|for now|for the time being|let's say|say,|example|hypothetically|theory|in the (?:play|game|story|book|show|opera|musical)|theoretically|",
        r"in my (?:past|previous|former|old) (?:life|job)|lie|lied|lying|rumou?r)\b|(?:i|we|they|he|she|you)'(?:ll|d)\b",
    ))
});
/// What goes before a statement and changes nothing of it.
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?i:(?:(?:well|oh|hey|hi|hello|so|yes|yeah|yep|ok|okay|also|and|but|plus|actually|btw|by the way|fyi|update|news|big news|good news|great news|bad news|",
        r"correction|no|nope|sorry|right|anyway|anyways|honestly|frankly|turns out|guess what|finally|these days|nowadays|currently|",
        r"now|today|yesterday|recently|lately|last (?:week|month|year|night|spring|summer|autumn|fall|winter|weekend|[a-z]+day)|",
        r"this (?:week|month|year|morning|spring|summer|autumn|fall|winter)|(?:a|an|one|two|three|four|five|six|few|a few|\d+) (?:day|week|month|year)s? ago|",
        r"as of (?:today|now|yesterday|monday|this week)|(?:since|in) (?:january|february|march|april|may|june|july|august|september|october|november|december|\d{4})|",
        r"on [a-z]+day|thanks|thank you|true|indeed|for the record|just so you know|quick update|reminder|note|note to self|important)",
        r"(?:[,:!-]+ *| +))*)(?:\p{Lu}\p{Ll}+, )?",
    ))
});
static JOINTS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r", (?:and|but|so) |; |: | - | (?:and|but) (?:I|we|my|our|the) "));

/// The sentences that state something, with straight quotes and short forms written out.
pub fn statements(text: &str) -> Vec<String> {
    let text = written_out(&straight(text));
    let joke = ["just kidding", "only joking", "jk", "april fool"].iter().any(|sign| has_word(&text, sign));
    if joke {
        return Vec::new();
    }
    let mut sentences = Vec::new();
    let mut begin = 0;
    let bytes = text.as_bytes();
    for (at, sign) in text.char_indices() {
        let ends = match sign {
            '!' | '?' | ';' | '\n' => true,
            '.' => bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace) && !is_abbreviation(&text[begin..at]),
            _ => false,
        };
        if ends {
            let sentence = text[begin..at].trim();
            if sign != '?' && !sentence.is_empty() {
                sentences.push(sentence.to_owned());
            }
            begin = at + sign.len_utf8();
        }
    }
    sentences.push(text[begin..].trim().to_owned());
    sentences.retain(|sentence| !sentence.is_empty() && sentence.len() <= 400 && !UNCERTAIN.is_match(sentence));
    sentences
}

/// The sentence's clauses, each without what leads up to it.
pub fn clauses(sentence: &str) -> Vec<&str> {
    let mut clauses = Vec::new();
    let mut begin = 0;
    for joint in JOINTS.find_iter(sentence) {
        clauses.push(&sentence[begin..joint.start()]);
        // A joint that begins the next clause with its subject gives that back.
        let whole = joint.as_str();
        let subject = ["I ", "we ", "my ", "our ", "the "].iter().find(|word| whole.ends_with(*word));
        begin = joint.end() - subject.map_or(0, |word| word.len());
    }
    clauses.push(&sentence[begin..]);
    clauses.into_iter().map(|clause| &clause[LEAD.find(clause).map_or(0, |lead| lead.end())..]).collect()
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default().to_lowercase();
    word.chars().count() == 1 && word.chars().all(char::is_alphabetic) && word != "i"
        || ABBREVIATIONS.contains(&word.as_str())
}

fn has_word(text: &str, word: &str) -> bool {
    let lower = text.to_lowercase();
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    lower
        .match_indices(word)
        .any(|(at, _)| is_edge(lower[..at].chars().next_back()) && is_edge(lower[at + word.len()..].chars().next()))
}

/// `I'm` as `I am`, `don't` as `do not`, so that one form is to be known.
fn written_out(text: &str) -> String {
    const FORMS: &[(&str, &str)] = &[
        ("I'm ", "I am "),
        ("I've ", "I have "),
        ("we're ", "we are "),
        ("We're ", "We are "),
        ("we've ", "we have "),
        ("We've ", "We have "),
        ("don't ", "do not "),
        ("doesn't ", "does not "),
        ("isn't ", "is not "),
        ("aren't ", "are not "),
        ("can't stand", "cannot stand"),
        ("name's ", "name is "),
        (" any more", " anymore"),
    ];
    FORMS.iter().fold(text.to_owned(), |text, (short, long)| text.replace(short, long))
}
