//! Texts longer than a memory may be, in pieces that are not.

use crate::ingest::MOST_CONTENT_BYTES;

/// The pieces of a text, cut at the ends of lines or at spaces where there are any; none of them without text.
pub fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_end();
    while rest.len() > MOST_CONTENT_BYTES {
        let most = (0..=MOST_CONTENT_BYTES).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or(0);
        let head = &rest[..most];
        let end = head.rfind('\n').or_else(|| head.rfind(' ')).filter(|end| *end > 0).unwrap_or(most);
        pieces.push(rest[..end].trim_end());
        rest = rest[end..].trim_start();
    }
    pieces.push(rest);
    pieces.retain(|piece| piece.chars().any(|c| !c.is_whitespace() && !c.is_control()));
    pieces
}

/// A name as a memory may have it, or none where nothing is left of it.
pub fn name(name: &str) -> Option<String> {
    const MOST_BYTES: usize = 256;
    let clean: String = name.chars().filter(|c| !c.is_control()).collect();
    let clean = clean.trim();
    let end = (0..=clean.len().min(MOST_BYTES)).rev().find(|end| clean.is_char_boundary(*end)).unwrap_or(0);
    let clean = clean[..end].trim_end();
    (!clean.is_empty()).then(|| clean.to_owned())
}
