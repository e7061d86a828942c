//! Who may see a text, by what it gives away. Better too high than too low from `secret` on.

mod credentials;
mod numbers;
mod personal;
mod wallet;

use super::rules::straight;
use crate::memory::Sensitivity;

/// The strictest sensitivity that a rule finds in the text.
pub fn sensitivity(text: &str) -> Sensitivity {
    let text = Text::new(text);
    if wallet::opened(&text) || credentials::of_everything(&text) {
        Sensitivity::UltraSecret
    } else if credentials::stated(&text) || numbers::identify(&text) {
        Sensitivity::Secret
    } else if personal::told(&text) {
        Sensitivity::Confidential
    } else {
        Sensitivity::General
    }
}

/// A text in the two forms the rules read. Offsets into one are offsets into the other.
struct Text {
    /// As written: values are told from words by their capitals.
    straight: String,
    /// In lower case, as far as ASCII goes.
    lower: String,
}

impl Text {
    fn new(text: &str) -> Text {
        let straight = straight(text);
        let lower = straight.to_ascii_lowercase();
        Text { straight, lower }
    }
}

#[cfg(test)]
mod tests;
