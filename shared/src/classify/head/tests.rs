use super::*;
use crate::memory::Time;

fn said_at() -> Time {
    "2026-06-17T12:00:00Z".parse().unwrap()
}

fn read(text: &str) -> Reading {
    Head::builtin().read(&Features::of(text, said_at()))
}

#[test]
fn the_likeliest_kind_comes_first_with_its_confidence() {
    let reading = read("I promise I'll call you tomorrow.");
    assert_eq!((reading.kind, reading.kinds[0]), (Kind::Commitment, (Kind::Commitment, reading.confidence)));
    assert_eq!(reading.kinds.len(), KINDS);
    assert!(reading.confidence > 0.8, "{reading:?}");
}

#[test]
fn what_the_rules_hold_for_secret_no_head_opens() {
    let head = Head::empty();
    let sensitivity = |text| head.sensitivity(&Features::of_sensitivity(text));
    assert_eq!(sensitivity("my card: 4111 1111 1111 1111"), Sensitivity::Secret);
    assert_eq!(sensitivity("the root password is Quill_and_Ink"), Sensitivity::UltraSecret);
}

#[test]
fn a_head_comes_back_from_its_bytes() {
    let bytes = Head::builtin().encode();
    let back = Head::decode(&bytes).unwrap();
    assert_eq!(back.encode(), bytes);
    for text in ["", "I love olives.", "First boil the water, then add the rice.", "router: admin / Teapot_5"] {
        let features = Features::of(text, said_at());
        assert_eq!(back.read(&features).kind, Head::builtin().read(&features).kind, "{text}");
    }
}

#[test]
fn bytes_that_are_no_head_are_refused() {
    let bytes = Head::builtin().encode();
    let mut other_layout = bytes.clone();
    other_layout[8] ^= 0x40;
    let mut longer = bytes.clone();
    longer.push(0);
    for broken in [&bytes[..0], &bytes[..7], &bytes[..200], &bytes[..bytes.len() - 1], &other_layout, &longer] {
        assert!(Head::decode(broken).is_err(), "{} bytes", broken.len());
    }
}

#[test]
fn the_file_is_small() {
    assert!(BYTES.len() < 3 * 1024 * 1024, "{} bytes", BYTES.len());
}
