//! Whether two questions are one in other words, so that an answer to the first answers the second.
//!
//! Likeness of vectors alone would not do: who asks whether Ben lent Clara the car and who asks whether Clara lent it to Ben
//! use the same words, and one digit hardly moves a vector. So what tells must be equal, in its order; what two questions
//! may differ in is how they are written, and words that ask nothing.

use crate::index::terms::words;
use crate::models::builtin;

/// Least cosine of the builtin vectors of two questions that are one.
pub const LEAST: f32 = 0.98;

/// Words that are said to be polite or by habit, and ask for nothing.
const IDLE: [&str; 14] =
    ["a", "an", "the", "please", "kindly", "hey", "hi", "hello", "ok", "okay", "so", "well", "thanks", "just"];

/// Whether they are.
pub fn is_alike(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let (telling, others) = (telling(one), telling(other));
    !telling.is_empty() && telling == others && cosine(one, other) >= LEAST
}

/// The words that tell, in their order.
fn telling(text: &str) -> Vec<String> {
    said(text).into_iter().filter(|word| !IDLE.contains(&word.as_str())).collect()
}

/// All words, with "what's" as "what is".
fn said(text: &str) -> Vec<String> {
    let asks = |word: &str| matches!(word, "what" | "where" | "who" | "when" | "how" | "that" | "it");
    let mut said: Vec<String> = Vec::new();
    for word in words(text) {
        let is_short_for_is = word == "s" && said.last().is_some_and(|before| asks(before));
        said.push(if is_short_for_is { "is".to_owned() } else { word });
    }
    said
}

/// Of the words alone: a question mark weighs as much as a word in the builtin vectors.
fn cosine(one: &str, other: &str) -> f32 {
    let (one, other) = (said(one).join(" "), said(other).join(" "));
    builtin::embed(&one).and_then(|one| one.cosine(&builtin::embed_query(&other))).unwrap_or(0.0)
}

#[cfg(test)]
mod tests;
