//! The grammar of a text in a few signs: each word as the sort of word it is. What tells kinds apart is seldom what a text
//! is about: who does it, when, and whether it is told, ordered, wished or asked.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Sorts of words that are told apart, by the words themselves. Who stands in two lists is of the first.
const SORTS: &[(&str, &str)] = &[
    ("I", "i im i'm ive i've"),
    ("I'll", "i'll we'll ill i'd've we'd've"),
    ("I'd", "i'd we'd he'd she'd they'd you'd"),
    ("we", "we we're we've us ourselves"),
    ("you", "you you're you've u ya yourself y'all"),
    ("he", "he she he's she's him her himself herself who"),
    ("they", "they they're they've them themselves"),
    ("it", "it it's its itself that that's this these those there there's"),
    ("my", "my our mine ours"),
    ("your", "your yours"),
    ("his", "his hers their theirs"),
    ("the", "the a an"),
    ("is", "is are am isn't aren't isnt arent"),
    ("was", "was were wasn't weren't wasnt werent been"),
    ("has", "has have had hasn't haven't hadn't having"),
    ("do", "do does don't doesn't dont doesnt"),
    ("did", "did didn't didnt"),
    ("will", "will won't wont shall gonna going"),
    ("must", "must should ought need needs gotta"),
    ("can", "can could may might can't couldn't cannot cant"),
    ("would", "would wouldn't"),
    ("want", "want wants wish wishes hope hopes prefer prefers rather sooner ideally"),
    ("like", "like likes love loves hate hates enjoy enjoys adore adores dislike dislikes favourite favorite fan"),
    ("please", "please pls kindly"),
    ("let's", "let's lets let"),
    ("not", "not no never nothing nobody none without n't neither nor"),
    ("always", "always usually often every each daily weekly ever rarely seldom mostly normally generally sometimes"),
    ("past", "yesterday ago last earlier finally just already"),
    ("now", "now today tonight currently still moment again"),
    ("soon", "tomorrow next soon later until till by before upcoming"),
    (
        "day",
        "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays \
         mon tue wed thu fri sat sun morning afternoon evening noon midnight weekend week month year day night",
    ),
    (
        "month",
        "january february march april june july august september october november december jan feb mar apr jun jul aug sep \
         sept oct nov dec spring summer autumn winter christmas easter",
    ),
    ("what", "what which whose whom how why when where what's how's where's who's"),
    ("if", "if unless whenever whether once while because since so although though"),
    ("and", "and or but then nor yet plus"),
    ("first", "first second third finally step afterwards"),
    ("than", "than more less better worse most least best worst too"),
    ("all", "all everyone everybody people nobody anyone anybody one everything anything whoever those"),
    (
        "hi",
        "hi hello hey thanks thank thx cheers bye goodbye ok okay yes yeah yep nope wow haha lol omg sorry congrats hm hmm oh ugh",
    ),
    (
        "kin",
        "mother father mum mom dad sister brother son daughter wife husband partner girlfriend boyfriend parents cousin aunt \
         uncle niece nephew grandma grandpa grandmother grandfather friend friends colleague boss manager neighbour neighbor \
         roommate flatmate landlord teacher mentor doctor dentist lawyer therapist nurse coach client twin twins ex godfather \
         godmother stepsister stepbrother in-law mate assistant deputy lead team daughter's son's sister's brother's",
    ),
    (
        "learn",
        "learned learnt realise realize realised realized noticed notice understand understood suspect believe guess lesson moral turns seems think thought know hindsight",
    ),
    (
        "told",
        "went got saw came made took told said met ate bought gave found left lost won ran began broke brought built caught \
         chose drank drove fell felt flew forgot fought grew heard held hid hit kept knew led lent paid quit rang rode rose \
         sang sat sent shook slept sold spent spoke stole stood stuck swam taught threw woke wore wrote became cried put cut \
         read shut set beat burnt spilt hung sank tore",
    ),
    (
        "act",
        "open close press push pull click tap hold turn boil heat mix stir fold add pour chop slice peel rinse wash dry soak \
         bake fry season serve leave wait remove unscrew tighten replace insert attach connect unplug plug restart reboot reset \
         run type enter log sign select choose copy paste save delete export import upload download install update check make \
         put place take get go walk keep use start stop call fill send write clear clean wipe give show tell ask try rename \
         add list compare translate summarise summarize shorten draft explain find fix change move bring book remind count",
    ),
    ("of", "of for to with from at in on into onto over under about as after through off up down out near between"),
];

static WORDS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for (sort, list) in SORTS {
        for word in list.split_whitespace() {
            words.entry(word).or_insert(*sort);
        }
    }
    words
});

/// Sorts that name or measure something, and say little of what the sentence does with it.
const NAMING: [&str; 16] =
    ["x", "s", "Name", "the", "number", "of", "ly", "er", ",", "code", "'s", "day", "month", "my", "his", "your"];
/// Lists of words that tell less by themselves than as a sort.
const ALIKE: [&str; 5] = ["kin", "day", "month", "act", "told"];

/// The sorts of a text's words in their order, sentences apart. `straight` has straight quotes.
pub(super) fn sorts(straight: &str, most: usize) -> Vec<&'static str> {
    let mut sorts = vec!["."];
    each(straight, most, |found| match found {
        Found::Word(bare) => sorts.push(sort(bare, sorts.last() == Some(&"."))),
        Found::Sign(sign) => sorts.push(sign),
    });
    sorts
}

/// The same, with little words as they are: "she" and "he" are of one sort, "must" and "need" are not alike.
pub(super) fn mixed(straight: &str, most: usize) -> Vec<String> {
    let mut mixed = vec![".".to_owned()];
    each(straight, most, |found| {
        mixed.push(match found {
            Found::Sign(sign) => sign.to_owned(),
            Found::Word(bare) => {
                let sort = sort(bare, mixed.last().is_some_and(|last| last == "."));
                let lower = bare.to_lowercase();
                let little = WORDS.contains_key(lower.as_str()) && !ALIKE.contains(&sort);
                if little { lower } else { sort.to_owned() }
            }
        });
    });
    mixed
}

/// What is left of the sorts without those that only name things: who, verbs, and what joins them.
pub(super) fn spine(sorts: &[&'static str]) -> Vec<&'static str> {
    sorts.iter().copied().filter(|sort| !NAMING.contains(sort)).collect()
}

enum Found<'a> {
    Word(&'a str),
    Sign(&'static str),
}

/// Calls `take` with the text's words and with the signs that part them.
fn each<'a>(straight: &'a str, most: usize, mut take: impl FnMut(Found<'a>)) {
    for written in straight.split_whitespace().take(most) {
        let bare = written.trim_matches(|c: char| !c.is_alphanumeric());
        if bare.is_empty() {
            take(Found::Sign("-"));
            continue;
        }
        take(Found::Word(bare));
        match written.trim_end_matches(['"', '\'', ')', '”']).chars().next_back() {
            Some('.' | '!' | '?' | '…' | ';') => take(Found::Sign(".")),
            Some(':') => take(Found::Sign(":")),
            Some(',') => take(Found::Sign(",")),
            _ => {}
        }
    }
}

fn sort(bare: &str, opens: bool) -> &'static str {
    let lower = bare.to_lowercase();
    if let Some(sort) = WORDS.get(lower.as_str()) {
        return sort;
    }
    if bare.starts_with(|c: char| c.is_ascii_digit()) {
        return if bare.contains(':') { "time" } else { "number" };
    }
    if bare.chars().any(|c| c.is_ascii_digit() || matches!(c, '_' | '/' | '=' | '@')) {
        return "code";
    }
    if lower.ends_with("n't") {
        return "not";
    }
    if lower.ends_with("'ll") {
        return "will";
    }
    if !opens && bare.starts_with(char::is_uppercase) {
        return "Name";
    }
    let long = lower.len() > 4;
    match lower.as_str() {
        word if long && word.ends_with("ing") => "ing",
        word if long && word.ends_with("ed") => "ed",
        word if long && word.ends_with("ly") => "ly",
        word if word.ends_with("'s") => "'s",
        word if long && (word.ends_with("er") || word.ends_with("est")) => "er",
        word if long && word.ends_with('s') => "s",
        _ => "x",
    }
}
