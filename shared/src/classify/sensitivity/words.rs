//! What a single word looks like: of the language, or made up to open something.

/// `correct horse battery staple`: hardly a sentence has four such words in a row.
pub(super) fn is_phrase(text: &str) -> bool {
    let long = |word: &&str| word.len() > 4 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    text.split(' ').take(4).filter(long).count() == 4
}

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\n', '=', ',', ';']).map(trimmed).filter(|word| !word.is_empty())
}

pub(super) fn first_word(text: &str) -> &str {
    trimmed(text.trim_start().split([' ', '\n', ',', ';']).next().unwrap_or_default())
}

pub(super) fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| matches!(c, '"' | '\'' | '`' | '*' | '(' | ')' | '[' | ']' | '<' | '>'))
        .trim_end_matches(['.', ',', ';', '!', '?', ':', '"', '\'', '`', ')'])
}

pub(super) fn digits(word: &str) -> usize {
    word.bytes().filter(u8::is_ascii_digit).count()
}

pub(super) fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20")) && digits(word) == 4
}

/// Letters with digits or signs inside, as no word of the language has them.
pub(super) fn is_coded(word: &str, at_least: usize) -> bool {
    if is_placeholder(word) {
        return false;
    }
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let signs = word.chars().filter(|c| "_%$#!*+&^~?".contains(*c)).count();
    let outside = word.contains('@') && word.contains('.') || word.contains("://") || word.starts_with("www.");
    // COVID-19, PAY-1204: a name and its number.
    let numbered = word.split_once('-').is_some_and(|(name, number)| {
        name.chars().all(char::is_uppercase) && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let measure = word.starts_with(|c: char| c.is_ascii_digit()) && letters < 4 && signs == 0;
    word.len() >= at_least && letters >= 2 && digits(word) + signs > 0 && !outside && !numbered && !measure
}

/// `$DEPLOY_KEY`, `<token>`, `****`, `YOUR_API_KEY`, and names of methods: these stand for a value, or are none.
pub(super) fn is_placeholder(word: &str) -> bool {
    const METHODS: [&str; 12] = [
        "argon2id", "argon2", "sha256", "sha512", "oauth2", "bcrypt", "pbkdf2", "ed25519", "aes256", "aes-256", "2fa",
        "base64",
    ];
    let lower = word.to_ascii_lowercase();
    word.starts_with(['$', '<', '{', '%'])
        || word.starts_with(['*', '.', 'x', 'X']) && word.chars().all(|c| matches!(c, '*' | '.' | 'x' | 'X'))
        || ["your", "example_", "placeholder", "changeme", "os.environ", "process.env", "getenv", "env["]
            .iter()
            .any(|mark| lower.contains(mark))
        || METHODS.contains(&lower.as_str())
        || word.contains('_') && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Capitalised parts run together: `GreenTeapot`, `Heron-Tuesday`.
pub(super) fn is_joined(word: &str) -> bool {
    if is_placeholder(word) {
        return false;
    }
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    capitals > 1 && word.len() > 7 && word.chars().any(char::is_lowercase)
}

/// `Chalk+Dust+31`, `Gorse.And.Heather`, `Halcyon-over-Dogger-1953`, `demo:Radish.Parade`: words run together by signs, as
/// people make up passwords, and no name, file or address is.
pub(super) fn is_made_up(word: &str) -> bool {
    let outside = word.contains("://")
        || word.contains(['(', '/', '<', '[', '{', '\\', '|'])
        || word.contains('@') && word.contains('.');
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    if outside || word.len() < 8 || letters < 5 || is_placeholder(word) {
        return false;
    }
    // After the name of the user, or of the variable.
    let value = word.rsplit([':', '=']).next().unwrap_or(word);
    let signs = ['+', '&', '~', '#', '!', '?', '$', '%', '^', '*'];
    let inner = value.trim_matches(|c: char| !c.is_alphanumeric());
    let parts: Vec<&str> = value.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let capital = |part: &&str| part.starts_with(char::is_uppercase) && part.chars().skip(1).any(char::is_lowercase);
    let capitals = parts.iter().filter(|part| capital(part)).count();
    let numbered = parts.last().is_some_and(|last| last.len() > 1 && digits(last) == last.len());
    let signed = inner.contains(signs) && !inner.contains("&&") && inner.chars().count() >= 8;
    let dotted = inner.contains('.')
        && !inner.contains('-')
        && (parts.len() > 2 && capitals == parts.len() || value.len() < word.len() && capitals > 1);
    let dashed = inner.contains(['-', '_'])
        && parts.len() > 2
        && capitals > 0
        && (numbered || digits(value) > 0 || value.len() < word.len());
    signed && letters >= 5 || dotted || dashed
}

/// Long, of mixed letters and digits, and no address: nobody writes such a thing by hand. With a prefix, as services
/// give their tokens, it may be shorter; in parts it must be longer, since titles of files have such parts.
pub(super) fn is_random(word: &str) -> bool {
    let mixed =
        word.bytes().any(|byte| byte.is_ascii_uppercase()) && word.bytes().any(|byte| byte.is_ascii_lowercase());
    if word.ends_with('=') && word.len() >= 20 && mixed && !word.contains("==/") {
        return true;
    }
    let (rest, at_least) = match word.split_once('_') {
        Some((prefix, rest)) if !prefix.is_empty() && prefix.len() < 6 => (rest, 8),
        _ if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) => (word, 20),
        _ => (word, 32),
    };
    rest.len() >= at_least
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte))
        && digits(rest) > 1
        && rest.bytes().any(|byte| byte.is_ascii_uppercase())
        && rest.bytes().any(|byte| byte.is_ascii_lowercase())
}
