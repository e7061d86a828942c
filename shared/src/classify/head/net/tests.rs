use super::*;
use crate::memory::Kind;

/// Texts and what torch makes of them by the same file: infra/kinds wrote them.
#[derive(serde::Deserialize)]
struct Check {
    text: String,
    scores: [f32; KINDS],
}

#[test]
fn scores_are_those_that_torch_makes() {
    let checks: Vec<Check> = serde_json::from_str(include_str!("../../../../../infra/kinds/check.json")).unwrap();
    assert!(checks.len() >= 20);
    for Check { text, scores: expected } in checks {
        let found = scores(&text);
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 2e-3, "{found} instead of {expected} of {text:?}");
        }
    }
}

#[test]
fn any_text_has_scores() {
    for text in ["", " ", "[SEP]", "\u{0}", "😀", "日本", &"so ".repeat(10_000)] {
        assert!(scores(text).iter().all(|score| score.is_finite()), "{text:?}");
    }
}

#[test]
fn the_order_of_words_tells() {
    let ahead = |text| scores(text)[Kind::Commitment as usize];
    assert!(ahead("I will call you when I am home") > ahead("you will call when I am home, I am"));
    assert_ne!(scores("the dog bit the man"), scores("the man bit the dog"));
}

#[test]
fn a_file_that_is_torn_or_of_other_tokens_is_refused() {
    let leaked = |bytes: Vec<u8>| -> &'static [u8] { bytes.leak() };
    let mut turned = BYTES.to_vec();
    *turned.last_mut().unwrap() ^= 1;
    let longer = [BYTES, &[0]].concat();
    for torn in [&BYTES[..0], &BYTES[..7], &BYTES[..20], &BYTES[..BYTES.len() - 1], leaked(turned), leaked(longer)] {
        assert!(Net::decode(torn).is_err(), "{} bytes", torn.len());
    }
    // Whole, but made for one token less.
    let head = MAGIC_AND_HASH;
    let mut other = BYTES[head..].to_vec();
    other[0] ^= 1;
    let hash = blake3::hash(&other);
    let whole = [&BYTES[..8], &hash.as_bytes()[..head - 8], &other].concat();
    assert!(Net::decode(leaked(whole)).is_err());
}

/// Where the hashed part of the file begins.
const MAGIC_AND_HASH: usize = 24;

#[test]
fn the_file_is_small() {
    assert!(BYTES.len() < 5 * 512 * 1024, "{} bytes", BYTES.len());
}
