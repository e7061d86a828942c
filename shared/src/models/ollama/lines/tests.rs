use super::*;

#[test]
fn lines_are_the_same_wherever_the_pieces_break() {
    let text = "{\"a\":\"\u{fc}\"}\n\r\n\n{\"b\":1}\n{\"c\"".as_bytes();
    for size in 1..=text.len() {
        let mut lines = Lines::default();
        let mut whole = Vec::new();
        for piece in text.chunks(size) {
            whole.extend(lines.push(piece).expect("lines"));
        }
        assert_eq!(whole, ["{\"a\":\"\u{fc}\"}".as_bytes(), b"{\"b\":1}"], "in pieces of {size}");
    }
}

#[test]
fn a_line_without_end_is_refused() {
    let mut lines = Lines::default();
    let piece = vec![b'x'; 64 * 1024];
    assert!((0..16).all(|_| lines.push(&piece).is_ok()));
    assert!(lines.push(&piece).is_err());
}
