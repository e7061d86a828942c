//! Codes, words and pairs of names that let somebody in, as people say and jot them rather than as programs print them.

use std::sync::LazyLock;

use regex::Regex;

use super::super::rules::pattern;
use super::Text;

/// A word or phrase in quotes or after "the word" that is said, typed or sealed with, to get in.
static PASSWORD_SAID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r#"\b(?:locked|unlocked|unlocks|opens?|protected|sealed|encrypted|decrypted|unsealed|secured) (?:with|by) (?:the )?(?:(?:word|phrase|pass ?phrase|pass ?word|name)s? [^ .,]{3,}|["'][^"'\n]{3,60}["'])"#,
        r#"|\b(?:say|says|type|types|enter|whisper|give) (?:the (?:word|phrase)[^"'.!?\n]{0,30})?["'][^"'\n]{3,60}["'][^.!?\n]{0,40}\b(?:lets? (?:you|me|us|him|her|them|anyone|people)|opens?|unlocks?|everything else)\b"#,
        r#"|\b(?:uses?|with|using|by) ["'][^"'\n]{3,60}["'] to (?:get|log|sign|let)\b|\b(?:get|gets|getting|log|logs) (?:on ?to|into|in|on)\b[^.!?\n]{0,30}\b(?:with|using|as) (?:["'][^"'\n]{3,}|[a-z]+-[a-z]+-[a-z]+)"#,
        r#"|\b(?:word|phrase) (?:for|at|of) the (?:gate|door|babysitter|sitter|porter|pick-?up|nursery|school|week|day|vault|safe|list|club)\b[^.!?\n]{0,20}(?:\bis\b|'s|:|,|now) ?(?:now )?["'][^"'\n]{3,}"#,
        r#"|\b(?:verification|verify|security word|call-?back word|telephone word)\b[^.!?\n]{0,40}(?:\bis\b|'s|:|=) ?["'][^"'\n]{3,}"#,
        r#"|\bpass ?phrase ["'][^"'\n]{4,}["']|\b(?:say the|week's|today's|secret) word,? (?:is |at present |for now |now )?["'][^"'\n]{3,}["']"#,
        r"|\bpass(?: ?word| ?phrase)? (?:for|to|of|on) (?:the |my |our |that |this )?[a-z-]+(?: (?:is|was|stays)|:| =) ?(?:the (?:street|name|year|month|town|village|dog|cat|first|last)|[^ ]*[0-9&!#+_][^ ]*|[a-z]+$)",
    ))
});

/// Digits that are keyed in, read out or sent, by what is done with them and to what.
static KEYED_IN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:unless|until|then|to|you|and|must|just) (?:key|punch|tap|dial|press|type|enter)(?: in)? [0-9]{3,8}\b",
        r"|\b(?:voice ?mail|mailbox|copier|printer|terminal|barrier|boom|keypad|key ?pad|pads?|shutters?|meter|locker|tablet|sim|till|turnstile|intercom)\b[^.!?\n]{0,50}\b(?:with|after|wants|takes|needs|enter|type|key|on|it's|is) [0-9]{4,8}\b",
        r"|\b[0-9]{3}[ -]?[0-9]{3,5} (?:is|was) your\b|\byour (?:[a-z-]+ )?(?:code|pin) (?:is|was) [0-9]{3}|\b(?:got a|the|one-time) (?:text|code|sms)[^.!?\n]{0,20}: ?[0-9]{3} ?[0-9]{3}\b",
        r"|\b(?:lock|locker|pad|code|pin|gate|door|alarm|safe|shed|tablet|phone)\b[^.!?\n]{0,30}\b(?:two|three|four|five|six|double|triple) (?:zeros?|zeroes|noughts|ones|twos|threes|fours|fives|sixes|sevens|eights|nines)\b",
        r"|\b(?:stays?|leave it|keep it|tablets?) (?:on|at) [0-9]{4,6}\b|\b(?:door|gate|lock|alarm|panel|pad|terminal|till)\b[^.!?\n]{0,40}\b(?:will |would )?(?:want|take|need|put in) [0-9]{4,8}\b|\b(?:type|enter|key in|dial|code is|pin is|password is|code's|pin's) (?:in )?(?:the|my|our|his|her) (?:year|birth ?year|birthday|date)\b",
        r"|\b[0-9]{4}\b[^.!?\n]{0,30}\b(?:on the back of|next to|behind|beside|under|with) (?:the|my|his|her|a|your) card\b",
        r"|\b(?:one|same|single) code for (?:all|every)[^.!?\n]{0,20}[0-9]{4}\b|\bis it [0-9]{4} or [0-9]{4}\b|\bor [0-9]{4} for the (?:garage|gate|door|barrier|shed|alarm)\b",
    ))
});

/// `admin/0000`, `demo/Radish1`, `postgres:Sandcastle88@db`: a name and what goes with it.
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:[Ll]og(?:s|ged|ging)?(?: [a-z]+)? (?:in|on)|[Ss]igns?(?: [a-z]+)? in|log-?ins?|credentials?|default|admin|root|[Ss]taff|viewer|user|account)\b[^.!?\n]{0,40}?\b[a-z][a-z0-9._-]{1,20} ?//? ?(?:[A-Z0-9][^ /]{3,}|[^ /]*[0-9!#&+_~][^ /]*)",
        r"|\b(?:root|admin|viewer|guest|demo|staff|administrator) ?//? ?(?:[A-Z][^ /]{3,}|[^ /]*[0-9!#&+_][^ /]{3,})",
        r"|(?:^|[ (])[a-z][a-z0-9_.-]{1,20}:[^ :@/]{5,}@[a-z0-9][a-z0-9.-]*\b",
    ))
});

/// Disks and root, and the words that open them, jotted down.
static JOTTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:luks|root|filevault|bitlocker|veracrypt|keepass|bitwarden|1password|master|vault)(?: pw| pass| key)? ?(?::|=|//?) ?[^ ]{3,}",
    )
});

/// What a bank asks to know somebody by.
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:mother|mum|mom)'s [Mm]aiden name\b[^.!?\n]{0,24}?(?:\bis|'s|\bwas|:|,| and mine's| ) ?[A-Z][a-zà-ÿ]+|\b(?:[Ss]ecurity|[Ss]ecret) (?:question|answer)\b[^.!?\n]{0,60}(?:\bis|'s|\bwas|:) ?[A-Z][a-zà-ÿ]+",
        r"|\b[Cc]ode ?word(?: is|'s|:|,)? ?[A-Z][a-zà-ÿ]+",
    ))
});

/// Whether the text gives away a code or a word in one of these ways.
pub(super) fn said(text: &Text) -> bool {
    [&PASSWORD_SAID, &KEYED_IN, &JOTTED].iter().any(|said| said.is_match(&text.lower))
        || [&PAIR, &ASKED].iter().any(|said| said.is_match(&text.straight))
}
