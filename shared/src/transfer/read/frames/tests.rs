use super::*;

/// The frames of a file that comes in pieces of that size.
fn frames(framing: Framing, file: &[u8], piece: usize) -> Vec<Frame> {
    let mut framer = Framer::at(framing, &Place::default());
    let mut found = Vec::new();
    for bytes in file.chunks(piece) {
        framer.push(bytes);
        while let Some(frame) = framer.next(framer.wants() == file.len() as u64) {
            found.push(frame);
        }
    }
    found
}

fn told(frames: &[Frame]) -> Vec<(u64, u64, &str)> {
    frames.iter().map(|frame| (frame.at, frame.line, std::str::from_utf8(&frame.bytes).unwrap())).collect()
}

#[test]
fn lines_are_the_same_however_the_bytes_come() {
    let file = b"\xef\xbb\xbfone\r\n\ntwo\nend";
    for piece in 1..=file.len() {
        let frames = frames(Framing::Lines, file, piece);
        assert_eq!(told(&frames), [(0, 1, "one"), (8, 2, ""), (9, 3, "two"), (13, 4, "end")], "in pieces of {piece}");
    }
}

#[test]
fn elements_are_the_same_however_the_bytes_come() {
    let file = br#"{"results": [
 {"a": "]}\"{[", "b": [1, {"c": 2}]},
 17 , "text, with ]", [3],
 {}
], "more": [{"not": "ours"}]}"#;
    for piece in 1..=file.len() {
        let frames = frames(Framing::Elements, file, piece);
        let expected = [
            (15, 2, r#"{"a": "]}\"{[", "b": [1, {"c": 2}]}"#),
            (53, 3, "17 "),
            (58, 3, r#""text, with ]""#),
            (74, 3, "[3]"),
            (80, 4, "{}"),
        ];
        let told = told(&frames);
        assert_eq!(told.iter().map(|frame| frame.2).collect::<Vec<_>>(), expected.map(|frame| frame.2), "{piece}");
        assert_eq!(told.iter().map(|frame| frame.1).collect::<Vec<_>>(), expected.map(|frame| frame.1), "{piece}");
        for (at, _, text) in told {
            assert!(file[at as usize..].starts_with(text.as_bytes()), "{text} is not at {at}");
        }
    }
}

#[test]
fn reading_goes_on_from_any_frame() {
    let file = br#"[{"a": 1}, {"b": 2},
{"c": 3}]"#;
    let all = frames(Framing::Elements, file, 4);
    for done in 0..all.len() {
        let mut framer = Framer::at(Framing::Elements, &Place::default());
        framer.push(file);
        for _ in 0..done {
            framer.next(true).unwrap();
        }
        let place =
            Place { offset: framer.offset(), lines: framer.lines(), inside: framer.is_inside(), ..Place::default() };
        let mut other = Framer::at(Framing::Elements, &place);
        other.push(&file[place.offset as usize..]);
        let rest: Vec<Frame> = std::iter::from_fn(|| other.next(true)).collect();
        assert_eq!(rest, all[done..], "after {done}");
    }
}

#[test]
fn one_object_is_one_frame() {
    let file = b" {\"mapping\": {\"x\": [1]}}\n";
    assert_eq!(told(&frames(Framing::One, file, 3)), [(1, 1, "{\"mapping\": {\"x\": [1]}}")]);
}

#[test]
fn what_is_too_long_is_told_and_not_kept() {
    let mut file = b"first\n".to_vec();
    file.extend(std::iter::repeat_n(b'x', MOST_FRAME + 100_000));
    file.extend(b"\nlast\n");
    let found = frames(Framing::Lines, &file, 100_000);
    let told: Vec<_> = found.iter().map(|frame| (frame.at, frame.line, frame.bytes.len(), frame.fit)).collect();
    let last = file.len() as u64 - 5;
    assert_eq!(told, [(0, 1, 5, Fit::Whole), (6, 2, 0, Fit::TooLong), (last, 3, 4, Fit::Whole)]);

    let mut file = b"[{\"a\": 1},\n{\"b\": \"".to_vec();
    file.extend(std::iter::repeat_n(b'x', MOST_FRAME + 100_000));
    file.extend(b"\"},\n{\"c\": 3}]");
    let found = frames(Framing::Elements, &file, 100_000);
    let told: Vec<_> = found.iter().map(|frame| (frame.line, frame.fit)).collect();
    assert_eq!(told, [(1, Fit::Whole), (2, Fit::TooLong), (3, Fit::Whole)]);
}

#[test]
fn what_the_file_ends_within_is_told() {
    let found = frames(Framing::Elements, b"[{\"a\": 1}, {\"b\": ", 5);
    assert_eq!(found.iter().map(|frame| frame.fit).collect::<Vec<_>>(), [Fit::Whole, Fit::Cut]);
}

#[test]
fn a_long_file_takes_no_more_room_than_a_piece_of_it() {
    const PIECE: usize = 512 * 1024;
    let mut framer = Framer::at(Framing::Lines, &Place::default());
    let piece: Vec<u8> =
        b"a line of some hundred signs, as chats have them\n".iter().copied().cycle().take(PIECE).collect();
    let (mut most, mut frames) = (0, 0_u64);
    for _ in 0..64 {
        framer.push(&piece);
        frames += std::iter::from_fn(|| framer.next(false)).count() as u64;
        most = most.max(framer.buffer.capacity());
    }
    assert_eq!(frames, framer.lines());
    assert!(most <= 2 * PIECE, "{most} bytes for a file of {}", 64 * PIECE);
}
