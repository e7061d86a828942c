//! Marks between which the parts of a prompt stand, and that no text can forge.
//!
//! A mark is made of a hash of all parts: whoever writes a text cannot know the mark that it will stand between, since the
//! mark changes with the text.

use crate::memory::id::Fields;

/// Letters of a mark.
const LETTERS: usize = 12;

/// The mark for these texts in a prompt of that purpose.
pub fn mark<'a>(purpose: &str, texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Fields::new(purpose);
    for text in texts {
        hash.add(text);
    }
    hash.finish().to_hex()[..LETTERS].to_owned()
}

/// The text as the part of that name; nothing where it is empty.
pub fn part(name: &str, mark: &str, text: &str) -> String {
    match text.trim_end() {
        "" => String::new(),
        text => format!("<{name} {mark}>\n{text}\n</{name} {mark}>\n"),
    }
}

/// The text in one line, and not longer than so many bytes: no text can begin a line of its own among numbered ones.
pub fn line(text: &str, most_bytes: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line[..line.floor_char_boundary(most_bytes)].to_owned()
}
