use super::*;
use crate::classify::head::features::Features;
use crate::classify::head::train::{Example, Settings, train};
use crate::memory::{Kind, Time};

/// A head that was taught ten texts.
fn taught() -> Head {
    let said_at: Time = "2026-06-17T12:00:00Z".parse().unwrap();
    let of = |nth: usize| Example {
        features: Features::of(&format!("Ticket {nth}: the lamp in room {nth} flickers."), said_at),
        kind: Some(Kind::Commitment),
        sensitivity: None,
        weight: 1.0,
    };
    let examples: Vec<Example> = (0..10).map(of).collect();
    train(&examples, Head::builtin(), &Settings::default())
}

#[test]
fn a_head_that_was_read_is_written_as_the_same_again_and_says_the_same() {
    let head = taught();
    let read = head.rounded().unwrap();
    assert_ne!(read, *Head::builtin());
    assert_eq!(read.rounded().unwrap(), read);
    assert_eq!(read.encode_moved().unwrap(), head.encode_moved().unwrap());
    let said_at: Time = "2026-06-17T12:00:00Z".parse().unwrap();
    for text in ["Ticket 12: the tap drips.", "I love olives.", "We missed the ferry yesterday."] {
        let features = Features::of(text, said_at);
        let pairs = head.scores(&features).kinds.into_iter().zip(read.scores(&features).kinds);
        let apart = pairs.map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
        assert!(apart < 0.1, "scores of {text:?} lie {apart} apart");
    }
}

#[test]
fn the_builtin_head_differs_from_itself_in_nothing() {
    let bytes = Head::builtin().encode_moved().unwrap();
    assert!(bytes.len() < 200, "{} bytes", bytes.len());
    assert_eq!(Head::decode_moved(&bytes).unwrap(), *Head::builtin());
}

#[test]
fn what_is_torn_or_moves_places_that_there_are_not_is_refused() {
    let bytes = taught().encode_moved().unwrap();
    assert!(Head::decode_moved(&bytes[..bytes.len() / 2]).is_err() && Head::decode_moved(&[]).is_err());
    let whole = miniz_oxide::inflate::decompress_to_vec(&bytes).unwrap();
    let packed = |bytes: &[u8]| Head::decode_moved(&miniz_oxide::deflate::compress_to_vec(bytes, PACK_LEVEL));
    assert!(packed(&whole).is_ok() && packed(&whole[..whole.len() / 2]).is_err());
    assert!(packed(&[&whole[..], &[0]].concat()).is_err());
    let moved = |gaps: Vec<u32>, steps: Vec<i16>, temperature: f32| {
        let kinds = Moves { gaps, steps };
        let moved = Moved { calibration: (temperature, 1.0, Vec::new()), kinds, sensitivities: Moves::default() };
        packed(&postcard::to_allocvec(&moved).unwrap())
    };
    assert!(moved(vec![3], vec![1; 8], 1.0).is_ok());
    assert!(moved(vec![3], vec![1; 7], 1.0).is_err());
    assert!(moved(vec![3, u32::MAX], vec![1; 16], 1.0).is_err());
    assert!(moved(vec![1_000_000], vec![1; 8], 1.0).is_err());
    assert!(moved(vec![3], vec![1; 8], f32::NAN).is_err());
}
