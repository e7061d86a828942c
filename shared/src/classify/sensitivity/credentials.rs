//! Passwords, codes, keys and tokens that a text gives away. One that only speaks of them gives nothing away.

use std::sync::LazyLock;

use regex::Regex;

use super::super::rules::{Words, pattern, words_of};
use super::Text;
use super::words::{
    digits, first_word, is_coded, is_joined, is_made_up, is_phrase, is_placeholder, is_random, is_year, trimmed, words,
};

/// What is given away. Of the groups the first is of things whose value may be any word, the second of those whose
/// value has digits or signs.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:\b|_)(?:((?:password|passcode|passphrase|pass phrase|passwd|pwd|passwort|kennwort|contraseña|senha|mot de passe|wachtwoord|hasło|lösenord|salasana|parola|heslo|jelszó|adgangskode|passord|lozinka|clave|geheimzahl|losungswort)s?|(?:[a-z]+[ -])?code ?word|security (?:question|answer)|(?:master|encryption|private)[ _-]key|pw)",
        r"|((?:[a-z]+[ -])?codes?|pin(?: code| number)?s?|puk|cv[vc]|otp|combination|(?:log-?in|credential|secret)s?|(?:[a-z]+[ _-])?(?:key|token)s?|pass",
        r"|alarm|(?:front |back |side )?(?:door|gate)|safe|garage|(?:pad|bike |door )?lock|locker|lock ?box|key ?box|key ?pad|vault|intercom|unlock[a-z]*|get in|opens?",
        r"|wi-?fi|router|network|admin|user|apikey))(?:\b|_)",
    ))
});

/// What stands between a thing and its value: `is`, a colon, or a word that may lead to it.
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:(\b(?:is|was|are|be|remains|became|ist|est|es|jest)\b|[:=]|->|→| / )|\b(?:it's|that's|with|to|as|takes|using|try|by|number|says|reads)\b|,|\?)",
        r"(?: (?:still|now|currently|simply|just))?[ :]*",
    ))
});

/// `log in with the password marmalade`, `user admin, password marmalade`: the word after is the password.
static USED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:(?:with|using|under|try|use|type|enter|and|say|give) (?:the |my |your |our |his |her )?|user(?:name)? [^ ]+ )",
        r"(?:password|passphrase|passcode|code ?word) |\b(?:set|sets|change[ds]?|reset|switch(?:ed)?) [^.!?\n]{0,30}?\bpassword[^.!?\n]{0,20}? to ",
    ))
});

/// `nightingale is the password`, `"nightingale" is what the password`: the word stands before.
static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"([^ ,.]+) (?:is|was) (?:still )?(?:the|my|our|his|her|their) (?:[a-z-]+ )?(?:password|passcode|passphrase|pin|door code|code ?word)(?: (?:for|to|of|now|at|on)\b|[.,;!]|$)",
    )
});
/// A single quoted word in a text on passwords.
static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?:^|[ (])["']([^"' ]{4,})["']"#));
static PASSWORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:password|passcode|passphrase|code ?word)\b"));
/// A number as long as a PIN is, near the word.
static PIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:pin|passcode)\b[^\n]{0,60}?(?:, |[a-z] )([0-9]{4,6})(?:[ ,.;!?]|$)|\b([0-9]{4,6}) [^.\n]{0,30}\bpin\b",
    )
});

/// What a number of four to eight digits in the same text is the code of.
static CODED_THING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:(?:door|gate|entry|entrance|access|alarm|lock|security|garage|safe|unlock) codes?|pin|passcode|combination|key ?pad|padlock|bike lock|locker|lock ?box|key ?box)\b",
    )
});
/// `4 4 7 1`.
static SPACED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^0-9 ,-]|[a-z] )[0-9](?:[ ,-]{1,2}[0-9]){3,7}(?:[^0-9]|$)"));
/// `my dog's name as the password`: whoever knows us knows it.
static HINTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:my|our|his|her) (?:[a-z']+ ){0,4}?(?:name|birthday|birth ?date|birth year)[^.!?\n]{0,30} (?:as|for|is) (?:my|the|our|his|her|a) (?:[a-z-]+ )?(?:password|passcode|pin|code)\b",
    )
});

/// A number that is typed in to get in, and a number that serves as a code.
static TYPED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:use|press|pressed|typed?|types|enter|entered|enters|dial|dialled|buzz|key in|punch in|tap|with) (?:in )?(?:[0-9]{3,8}[#*]?|[0-9](?:[ -][0-9]){3,7})(?:[ ,.!]|$)",
        r"|\b[0-9]{4,8}[#*]? as (?:my|our|the|his|her|their|a) (?:[a-z]+ )?(?:pin|code|passcode|password)\b",
        r"|\b(?:wi-?fi|router|log-?in|network|admin|user)\b[^.!?\n]{0,25} / [^ ]{5,}",
        r"|\b(?:door|gate|lock|panel|key ?pad|alarm|entrance|safe|cellar|garage|downstairs|lift|barrier)\b[^.!?\n]{0,40}\b(?:wants|asks for|takes|needs|likes|is|reads) [0-9]{4,8}\b",
        r"|\b(?:door|gate|lock|panel|key ?pad|alarm|entrance|safe)\b[^.!?\n]{0,40}[0-9](?: [0-9]){3,7}\b|\b[0-9]{4,8} [^.!?\n]{0,12}\bcode (?:for|of|to)\b",
        r"|\b(?:left|right)\b[^.!?\n]{0,24}?\b[0-9]{1,2}\b[^.!?\n]{0,16}\b(?:left|right)\b[^.!?\n]{0,24}?\b[0-9]{1,2}\b[^.!?\n]{0,16}\b(?:left|right)\b",
    ))
});
static WAY_IN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:gate|door|alarm|lock|locker|get in|key ?pad|bell|entrance|garage|disarm|unlock|safe|buzz|entry|come up|turnstile|pin|passcode|wi-?fi|router|log-?in|admin|code|dial|panel|barrier|cellar|lift)",
    )
});

/// Codes that everybody may know.
static OPEN_CODES: LazyLock<Words> = LazyLock::new(|| {
    words_of(
        "\
    zip postal area post country dress error status exit source promo discount coupon voucher booking product colour \
    color qr bar dialling dialing airport currency language morse return order tracking reference this that some any",
    )
});

/// Words that follow `the password is` without being one.
static NO_VALUE: LazyLock<Words> = LazyLock::new(|| {
    words_of(
        "\
    a an the my your his her our their its not no in on at under with by for from to of so too very really still \
    always also never now wrong incorrect invalid correct right weak strong easy hard difficult impossible long \
    short old new due about what where how why when something anything nothing whatever likely probably only one \
    more better worse best worst enough useless important gone lost annoying ridiculous stupid that this it being \
    going kept hidden reset set safe secure unsafe written and or but if because as all everything broken stuck out \
    up case-sensitive different same fine good bad known there here unique empty blank complicated simple secret \
    like we they you i he she even already almost way much pretty quite rather usually then again",
    )
});

/// Words that follow `password` in the name of another thing.
static COMPOUND: LazyLock<Words> = LazyLock::new(|| {
    words_of(
        "\
    manager managers policy field hint generator box prompt sheet list change changes protection rules rule rotation \
    length again twice first carefully when before after please you every each",
    )
});

/// What a number counts when it opens nothing.
static UNITS: LazyLock<Words> = LazyLock::new(|| {
    words_of(
        "\
    euro dollar pound people person day hour minute year month week time kilo metre meter mile km kg percent lines \
    pages users files am pm o'clock",
    )
});

/// Keys whose form is known.
static KNOWN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+|\b(?:AKIA|ASIA)[0-9A-Z]{8,}",
        r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|xapp-|hf_|npm_|tok_|whsec_|AIza|ya29\.|dop_v1_|pypi-)[0-9A-Za-z_.-]{6,}",
        r"|\b[a-z]+://[^/ :@]+:[^/ :@]+@| -u [^ :]+:[^ ]+|hooks\.slack\.com/services/[A-Z]",
    ))
});

/// `sk-..`, which words like `sk-learn` resemble.
static SHORT_PREFIX: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:(?:sk|pk|rk)[-_][0-9A-Za-z_-]{3,}[0-9]|(?:key|api|SG)[-_.][0-9A-Za-z_-]*[0-9][0-9A-Za-z_.-]{5,}|(?:sk|pk|rk)[-_][0-9A-Za-z_-]*[0-9][0-9A-Za-z_-]{5,})",
    )
});

/// A text with one of these is about getting in somewhere, so a value anywhere in it counts.
static ABOUT_ACCESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"password|passcode|passphrase|\bpasswd|\bpwd\b|credential|\blog(?:s|ged|ging)? (?:in|on|into|onto)\b|\blog-?in\b",
        r"|\bsign in\b|user ?name|\brouter\b|\bwi-?fi\b|\broot\b|(?:api|access|secret|signing|encryption)[ _-]?key|client[ _-]secret|\bbearer\b|\bauth",
    ))
});

/// A text with one of these may hold a token, which is longer than a password.
static ABOUT_TOKENS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:token|key|secret|webhook)s?\b"));

/// What opens everything else.
static OF_EVERYTHING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:\b|_)(?:root|master|super-?user|break-?glass)(?:'s)?[ _-](?:(?:account|user)(?:'s)? )?(?:password|passphrase|passcode|pass|pw|pwd|key|credential|login|token|pin|secret|user|account|code)",
        r"|\b(?:as|be|is|user|username|login|account)[ :=]+root\b|\broot ?[:/@] ?[^ ]|\broot (?:on|for|access|with|of the (?:server|database|cluster|machine|box))\b|\broot\b[^.!?\n]{0,25}\b(?:password|pass|pw)\b|\b(?:password|pass|pw)\b[^.!?\n]{0,25}\broot\b|\bbreak-?glass\b",
        r"|(?:\b|_)unseal|\b(?:filevault|bitlocker|veracrypt|truecrypt|luks|dm-crypt)\b|\brecovery (?:key|code|kit)\b|\bemergency kit\b|master[_ -]?key",
        r"|\b(?:disk|drive|volume|nas|backups?|etcd|vault|kms|hsm)\b[^.!?\n]{0,40}\b(?:encryption key|passphrase|key material|pass)\b|\bencryption key\b[^.!?\n]{0,30}\b(?:disk|drive|volume|nas|backups?)\b|\bencryption[_ ]?(?:master)?[_ ]?key\b|\bkey material\b",
        r"|\bpassword (?:manager|vault|safe)\b|\b(?:all|whole|every|entire) (?:my |our |the |of my |of our )?(?:vaults?|passwords|keys|machines|servers)\b|\b(?:1password|bitwarden|keepass[a-z]*|lastpass)\b",
        r"|\bdomain admin|\badministrator\b|\bcertificate authority\b|\b(?:root|signing|internal) ca\b|\bca(?:'s)? (?:private )?key\b|\bkms\b|\bcloud root\b|\baws root\b|\broot account\b|\borg(?:anisation|anization)? owner\b",
    ))
});
/// What is said of a word that opens all the rest, in more tongues than one.
static ONE_FOR_ALL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:word|one|key|pw|m\.?p\.?w\.?)\b[^.!?\n]{0,30}\b(?:for|of|opens|to open|decrypts) (?:all|everything)\b|\bopen(?:s|ing)? (?:of )?(?:all|everything)\b|\bdecrypts everything\b|\btout ouvrir\b",
        r"|\bmaster (?:word|secret|phrase)\b|\bkey ?chain\b|\bcoffre-fort\b|\bfamily vault\b|\bsealed-secrets\b|\bage-secret-key\b|\bsops\b|\bcode[ -]signing\b|\bsigning (?:key|passphrase|root)\b|\brekey|\bhypervisor\b|\brecovery mode\b|\bdomain (?:controller|administrator)|\\\\?administrator\b|\broot(?: [^c]|[^ a-z]|$)|(?:\b|_)root_?ca\b|\bca passphrase\b|\bgrub\b|\bsingle user\b",
        r"|\badmin for (?:the )?(?:whole|entire|all)\b|\btop-?level admin",
    ))
});

/// Recovery keys of disks: eight groups of six digits; six groups of four signs.
static RECOVERY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b[0-9]{6}(?:[- ][0-9]{6}){5,7}\b|\b(?:[A-Z0-9]{4}-){5}[A-Z0-9]{4}\b"));
/// A passphrase without quotes.
static PHRASED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:passphrase|pass phrase):? (?:is |reads )?[a-z]{3,} [a-z]{3,} [a-z]{3,}"));
/// Words in quotes, as phrases that open something are written.
static PHRASE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"["'][^"'\n]{8,60}["']"#));

/// `four four seven one`.
static SPOKEN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double)\b[ ,-]*){3}"));

/// `the name of our first dog`: whoever knows us knows the password.
static HINT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:the|my|our|your|his|her) (?:[a-z']+ ){0,4}?(?:name|birthday|street|birth date)\b"));

/// How many things are mentioned or not.
pub(super) const MENTIONS: usize = 5;

/// Whether the text speaks of passwords, of getting in somewhere, of tokens, of coded things, of what opens everything.
pub(super) fn mentions(text: &Text) -> [bool; MENTIONS] {
    [&PASSWORD, &ABOUT_ACCESS, &ABOUT_TOKENS, &CODED_THING, &OF_EVERYTHING].map(|what| what.is_match(&text.lower))
}

/// Whether it holds what is a key by its form alone.
pub(super) fn is_known(text: &Text) -> bool {
    KNOWN.is_match(&text.straight) || SHORT_PREFIX.is_match(&text.straight)
}

/// Whether the text gives away a password, a code, a key or a token.
pub(super) fn stated(text: &Text) -> bool {
    // A public key is long and random, and there to be seen.
    if ["public key", "ssh-ed25519 aaaa", "ssh-rsa aaaa"].iter().any(|public| text.lower.contains(public)) {
        return KNOWN.is_match(&text.straight) || named(text);
    }
    is_known(text)
        || named(text)
        || TYPED.is_match(&text.lower) && WAY_IN.is_match(&text.lower)
        || HINTED.is_match(&text.lower)
        || CODED_THING.is_match(&text.lower) && holds_loose_code(&text.lower)
        || PIN.find_iter(&text.lower).any(|pin| !pin.as_str().contains(" in "))
        || BEFORE
            .captures_iter(&text.lower)
            .filter_map(|before| before.get(1))
            .any(|word| is_value(trimmed(word.as_str())))
        || PASSWORD.is_match(&text.lower)
            && QUOTED
                .captures_iter(&text.lower)
                .filter_map(|quoted| quoted.get(1))
                .any(|word| is_value(trimmed(word.as_str())))
        || USED.find_iter(&text.lower).any(|used| holds_password(text, used.end(), false, true))
        || ABOUT_ACCESS.is_match(&text.lower) && words(&text.straight).any(|word| is_coded(word, 7))
        || ABOUT_TOKENS.is_match(&text.lower)
            && words(&text.straight).any(|word| is_coded(word, 12) && digits(word) > 1)
        || words(&text.straight).any(is_random)
        || KEYED.is_match(&text.lower)
        || READ_OUT
            .find_iter(&text.lower)
            .any(|read| !read.as_str().contains("one two three") && !read.as_str().contains("one, two, three"))
        || ON_A_LINE.is_match(&text.straight)
        || QUOTED_CODE.is_match(&text.straight)
        || text.straight.split_whitespace().map(trimmed).any(is_made_up)
        || WATCHWORD.is_match(&text.lower)
            && PHRASE.find_iter(&text.straight).any(|word| word.as_str().contains(['-', '!', '+', '&']))
}

/// Whether a thing is named and its value follows at once or after a link in the same sentence.
fn named(text: &Text) -> bool {
    NAMED.captures_iter(&text.lower).any(|named| {
        let password = named.get(1);
        let Some(thing) = password.or(named.get(2)) else { return false };
        let first = thing.as_str().split([' ', '-', '_']).next().unwrap_or_default();
        if OPEN_CODES.contains(first) {
            return false;
        }
        let holds = |at, linked| match password {
            Some(_) => holds_password(text, at, linked, false),
            None => holds_code(text, at, thing.as_str(), linked || at == thing.end()),
        };
        let sentence = sentence(&text.lower[thing.end()..]);
        // The first `is` is the thing's own; a later one may be another's, so it tells less.
        let mut own = true;
        let mut links =
            LINK.captures_iter(sentence).filter_map(|link| Some((link.get(0)?.end(), link.get(1).is_some())));
        holds(thing.end(), false)
            || links.any(|(end, is)| {
                let held = holds(thing.end() + end, is && own);
                own &= !is;
                held
            })
            || password.is_none() && has_combination(thing.as_str(), sentence)
    })
}

/// Whether a number of a code's length stands anywhere, that counts nothing.
fn holds_loose_code(lower: &str) -> bool {
    if SPACED.is_match(lower) {
        return true;
    }
    let words: Vec<&str> = lower.split([' ', '\n']).collect();
    words.iter().enumerate().any(|(at, word)| {
        let bare = trimmed(word).trim_end_matches(['#', '*']);
        let counted = words.get(at + 1).is_some_and(|next| UNITS.iter().any(|unit| next.starts_with(unit)));
        (4..=8).contains(&bare.len()) && digits(bare) == bare.len() && !is_year(bare) && !counted
    })
}

/// `left 12, right 34, left 5`.
fn has_combination(thing: &str, sentence: &str) -> bool {
    let lock = ["lock", "combination", "safe", "vault"].iter().any(|lock| thing.contains(lock));
    lock && words(sentence).filter(|word| digits(word) > 0 && digits(word) == word.len()).count() >= 3
}

/// Up to the sentence's end, but not further than a person would look.
fn sentence(text: &str) -> &str {
    let near = &text[..text.floor_char_boundary(80)];
    let ends = [". ", "! ", "\n"];
    &near[..ends.iter().filter_map(|end| near.find(end)).min().unwrap_or(near.len())]
}

/// Whether it gives away what opens everything: root's password, a master key.
pub(super) fn of_everything(text: &Text) -> bool {
    RECOVERY.is_match(&text.straight)
        || ONE_FOR_ALL.is_match(&text.lower) && (opens(text) || stated(text))
        || OF_EVERYTHING.is_match(&text.lower)
            && (stated(text)
                || PHRASED.is_match(&text.lower)
                || PHRASE.find_iter(&text.straight).any(|phrase| phrase.as_str().contains(' '))
                || words(&text.straight).any(|word| is_coded(word, 10) && digits(word) > 1))
}

/// Whether a word or a phrase of the text looks like what opens something, whatever is said of it.
fn opens(text: &Text) -> bool {
    let quoted = |phrase: regex::Match<'_>| {
        let inner = phrase.as_str();
        inner.contains(' ') || digits(inner) > 1 || inner.contains(['-', '.', '&', '#', '~', '_'])
    };
    text.straight.split_whitespace().map(trimmed).any(is_made_up) || PHRASE.find_iter(&text.straight).any(quoted)
}

/// `6 4 0 9`, `7-4-1-1`, `2580#`, `7#3391`: digits as one types them.
static KEYED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:^|[^0-9.,:/ -]|[a-z,:;(] )[0-9](?:[ -][0-9]){3,7}(?:[^0-9:/-]|$)|\b[0-9]{3,6}#|\b[0-9]#[0-9]{3,}|\bpad [0-9]{4,6}\b|\bpad\b[^.!?\n]{0,30}[0-9]{4}|[0-9]{4}[a-z]? on the pad\b",
        r"|\b(?:code|pin|lock|chain|pad|flap|gate|door|safe|cellar|till|shutters?)\b[^.!?\n]{0,60}\b[0-9]{2} [0-9]{2}(?: [0-9]{2})?\b|\b(?:lock|flap|cellar|gate|door|safe)\b[^.!?\n]{0,40}\b[0-9](?:-[0-9]){2,5}\b|\b(?:lock|chain)\b[^!?\n]{0,60}\b[0-9]{4}(?:$|[.,])",
        r"|\b(?:card|thief|shutters?|burglar|alarm)\b[^.!?\n]{0,40}\b[0-9]{4}\b[^.!?\n]{0,40}\b(?:card|opens|for the|turns)\b",
    ))
});
/// Four digits or more in words, not counted up.
static READ_OUT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple)[ ,-]+){3,7}(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine)\b",
    )
});
/// `-p'Dunlin-Sieve-4'`, `scott/3VRilZ@//db4`.
static ON_A_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i) -p ?'?[a-z0-9][^ ']{7,}'?(?: |$)|:[a-z0-9_]+/[^ /@]{6,}@|://[^ /]*/[^ /@]{6,}@//|\b[a-z]+ pass ?phrase [\x22'][^\x22']{6,}",
    )
});
/// A word by which somebody is known to be the right one.
static WATCHWORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:word|pass ?word|pass ?phrase|code ?word|wi-?fi|network|key|identify|telephone banking)\b")
});
static QUOTED_CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"["'][A-Za-zÀ-ÿ]{4,}-?[0-9]{2,}["']"#));

/// Whether what stands at `at` is a password: after the thing's own `is` any word that cannot be said of a password,
/// where one is used any that makes no compound with it, else one that looks like none of the language.
fn holds_password(text: &Text, at: usize, linked: bool, used: bool) -> bool {
    let rest = &text.straight[at..];
    let quoted = rest.trim_start().starts_with(['"', '\'', '`', '*']);
    let word = first_word(rest);
    let lower = word.to_ascii_lowercase();
    if is_placeholder(word) {
        return false;
    }
    if word.is_empty() || NO_VALUE.contains(lower.as_str()) && !quoted && !(used && is_phrase(rest)) {
        return linked && HINT.is_match(text.lower[at..].trim_start());
    }
    let verb = word == lower && (lower.ends_with("ed") || lower.ends_with("ing"));
    is_coded(word, 4)
        || digits(word) >= 4 && !is_year(word)
        || is_joined(word)
        || linked && (quoted || !verb)
        || used && !verb && !COMPOUND.contains(lower.as_str())
        || SPOKEN.is_match(text.lower[at..].trim_start())
}

/// Whether what stands at `at` is a code or a key: it has digits, and of an amount or a time it lacks the signs. What
/// looks like a year is a code only right after the thing.
fn holds_code(text: &Text, at: usize, thing: &str, linked: bool) -> bool {
    let rest = &text.straight[at..];
    let word = first_word(rest);
    if word.contains(':') || word.contains("://") || word.contains('@') {
        return false;
    }
    if ["wi", "router", "network", "admin", "user"].iter().any(|net| thing.starts_with(net)) {
        return is_coded(word, 6) || is_joined(word) && digits(word) > 0;
    }
    if ["key", "token", "secret"].iter().any(|long| thing.trim_end_matches('s').ends_with(long)) {
        let parts = word.matches(['-', '_']).count() > 1 && word.len() > 9;
        return is_coded(word, 8) || parts || is_joined(word);
    }
    let after = rest.split_once(word).map_or("", |(_, after)| after.trim_start());
    let measured = UNITS.iter().any(|unit| after.starts_with(unit));
    digits(word) >= 3 && (linked || !is_year(word)) && !word.contains(['.', '/', ',', '%', '$', '€', '£']) && !measured
        || is_coded(word, 5)
        || SPOKEN.is_match(text.lower[at..].trim_start())
}

/// Whether a single word may be a password rather than a word about one.
fn is_value(word: &str) -> bool {
    let about =
        ["password", "passcode", "passphrase", "length", "pin", "username", "problem", "thing", "who", "which", "name"];
    word.len() > 3 && !NO_VALUE.contains(word) && !about.contains(&word)
}
