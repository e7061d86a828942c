//! Numbers that stand for a person or their money: cards, accounts, identity papers.

use std::sync::LazyLock;

use regex::Regex;

use super::super::rules::pattern;
use super::Text;

/// Thirteen to nineteen digits in groups, not after a plus, which begins a telephone number.
static CARD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[^0-9+.,])([0-9](?:[ -]?[0-9]){12,18})(?:[^0-9]|$)"));
static CARD_WORD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:card|visa|mastercard|amex|debit|credit|maestro)\b"));
/// The form of most cards. A number misread in one digit is still one.
static FOURS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^0-9+-])[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}(?:[^0-9-]|$)"));
static IBAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{2,4}){3,8}\b"));
/// Numbers of things that are no card, though they may look like one.
static NO_CARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:order|tracking|voucher|parcel|shipment|booking|ticket|invoice|serial|article|customer|case|barcode|imei|isbn|reference)\b",
    )
});
/// Numbers whose form alone says what they are: American social security, British national insurance.
static FORM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:^|[^0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?:[^0-9-]|$)",
        r"|\b[0-9]{6}-[0-9]{4}\b|\b[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]\b|\b[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b|\b[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\b",
        r"|\b756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}\b|\b[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}\b|\b[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}\b|\b[12] [0-9]{2} [0-9]{2} [0-9]{2} [0-9]{3} [0-9]{3}(?: [0-9]{2})?\b",
        r"|\b[XYZ][0-9]{7}[A-Z]\b|\bP<[A-Z]{3}[A-Z<]{5}|\b[0-9]{16} [0-9]{2} ?/?[0-9]{2} ?/? ?[0-9]{3}\b|\b[0-9]{16}\b[^.\n]{0,4}\b[0-9]{2}[ /][0-9]{2}\b",
    ))
});
static PESEL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[^0-9+.-])([0-9]{11})(?:[^0-9]|$)"));
/// Papers and accounts, each followed by its number within a few words.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:passport|social security|ssn|national insurance|nino|nhs(?: number| no)?|driv(?:er'?s?|ing) licen[cs]e|identity (?:card|number)",
        r"|(?:national |personal |citizen |tax |voter |alien )?id(?:entification)?(?: card)?(?: (?:number|no\.?|nr\.?))|id card|tax(?:payer)? (?:number|id)s?|tax file numbers?|utr|id numbers?|(?:savings )?bank|branch code",
        r"|(?:identity|identification|registration|citizen|insurance|licen[cs]e|permit|social|tax file) (?:card )?(?:number|no\b)|pesel|steuernummer|steuer-?nr|perso|führerschein|ausweis|cpf|nif|dni|nie|bsn|aadhaar|pan card|steuer-?id|codice fiscale|personnummer|curp|tin|itin|medicare|health card|military id|ein|nin|green card|residence permit|visa number",
        r"|(?:national|personal|fiscal|civil|resident|citizen|document) (?:id |identity |registration |insurance )?(?:number|no\b|code)|passnummer|personalausweis|ausweisnummer|passeport|passaporte|personal code|(?:my|his|her|their|'s|national) id|social(?: is|:)|giro|konto|iban|sort code|routing(?: number)?|(?:bank|checking|savings|current|giro) account|account(?: (?:number|no\.?|nr\.?))?|acct|bank details)\b",
        r"((?:\b(?:no|nr)\.|[^.!?\n]){0,80})",
    ))
});
/// A number of a paper: five digits or more in groups, letters allowed around them.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9a-z]*[0-9](?:[ -]?[0-9a-z]*[0-9])*[0-9a-z]*"));

/// Whether the text gives such a number away.
pub(super) fn identify(text: &Text) -> bool {
    is_card(text)
        || FORM.is_match(&text.straight)
        || PESEL.captures_iter(&text.straight).filter_map(|pesel| pesel.get(1)).any(|pesel| is_pesel(pesel.as_str()))
        || IBAN.find_iter(&text.straight).any(|iban| is_iban(iban.as_str()))
        || NAMED
            .captures_iter(&text.lower)
            .filter_map(|named| named.get(1))
            .any(|rest| holds_number(text, rest.range()))
}

fn is_card(text: &Text) -> bool {
    let card = CARD_WORD.is_match(&text.lower);
    if !card && NO_CARD.is_match(&text.lower) {
        return false;
    }
    let named = card || FOURS.is_match(&text.lower);
    CARD.captures_iter(&text.straight).filter_map(|card| card.get(1)).any(|card| {
        let digits: Vec<u32> = card.as_str().chars().filter_map(|c| c.to_digit(10)).collect();
        named || (2..=6).contains(&digits[0]) && luhn(&digits)
    })
}

/// A number of five digits or more, that is not a date, an amount or a telephone number.
fn holds_number(text: &Text, range: std::ops::Range<usize>) -> bool {
    NUMBER.find_iter(&text.lower[range.clone()]).any(|number| {
        let digits = number.as_str().bytes().filter(u8::is_ascii_digit).count();
        let before = text.lower[..range.start + number.start()].chars().next_back();
        let after = &text.lower[range.start + number.end()..];
        let amount = matches!(before, Some('$' | '€' | '£' | ',' | '.' | '+'))
            || after.starts_with(['€', '$', '%'])
            || after.starts_with(',') && after[1..].starts_with(|c: char| c.is_ascii_digit())
            || [" euro", " dollar", " pound", " usd", " eur", " zl", " k "].iter().any(|unit| after.starts_with(unit));
        let date = (number.as_str().starts_with("19") || number.as_str().starts_with("20"))
            && number.as_str().as_bytes().get(4) == Some(&b'-');
        (digits >= 5 || digits == 4 && number.as_str().len() > 6) && !amount && !date
    })
}

/// The check digit of Polish personal numbers, and a month in its place.
fn is_pesel(text: &str) -> bool {
    const WEIGHTS: [u32; 11] = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1];
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let month = (10 * digits[2] + digits[3]) % 20;
    let day = 10 * digits[4] + digits[5];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    sum.is_multiple_of(10) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// The check digit of card numbers.
fn luhn(digits: &[u32]) -> bool {
    let doubled = |(place, digit): (usize, &u32)| match place % 2 {
        0 => *digit,
        _ if *digit > 4 => 2 * digit - 9,
        _ => 2 * digit,
    };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

/// The check digits of account numbers, modulo 97.
fn is_iban(text: &str) -> bool {
    let bare: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    if bare.len() < 15 || bare.len() > 34 {
        return false;
    }
    let rotated = bare[4..].iter().chain(&bare[..4]);
    let rest = rotated.fold(0_u32, |rest, byte| match char::from(*byte).to_digit(36) {
        Some(value) if value > 9 => (rest * 100 + value) % 97,
        Some(value) => (rest * 10 + value) % 97,
        None => rest,
    });
    // As long a run of digits in this form is an account though one digit be misread.
    rest == 1 || text.bytes().filter(u8::is_ascii_digit).count() >= 16
}
