//! Who may see a text, by what it gives away. Better too high than too low from `secret` on.

mod credentials;
mod numbers;
mod personal;
mod shapes;
mod spoken;
mod wallet;
mod words;

use super::head::Head;
use super::head::features::Features;
use super::rules::straight;
use crate::memory::Sensitivity;

/// Who may see the text: what the rules hold for secret, and else what the builtin head says.
pub fn sensitivity(text: &str) -> Sensitivity {
    Head::builtin().sensitivity(&Features::of_sensitivity(text))
}

/// The same of the name that an application gives a session or a speaker. One of letters and digits in one word is an id,
/// however random it looks, unless keys are known to look so.
pub fn of_name(name: &str) -> Sensitivity {
    let is_id = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'));
    if is_id && !credentials::is_known(&Text::new(name)) { Sensitivity::General } else { sensitivity(name) }
}

/// What the rules found out about a text's sensitivity. The head weighs it.
pub(super) struct Signs {
    /// The strictest sensitivity that a rule finds in the text.
    pub by_rules: Sensitivity,
    /// What the text speaks of, by topic; whether it names what is kept secret; and the shapes it holds.
    pub hits: [bool; HITS],
}

/// Those of [`personal::topics`], then of [`credentials::mentions`], then of [`shapes::shapes`].
const HITS: usize = SHAPES_FROM + shapes::SHAPES;
const SHAPES_FROM: usize = personal::TOPICS + credentials::MENTIONS;

/// What the rules say of the text.
pub(super) fn signs(text: &str) -> Signs {
    let text = Text::new(text);
    let topics = personal::topics(&text);
    let by_rules = if wallet::opened(&text) || credentials::of_everything(&text) {
        Sensitivity::UltraSecret
    } else if credentials::stated(&text) || spoken::said(&text) || numbers::identify(&text) {
        Sensitivity::Secret
    } else if topics[..personal::DECIDING].contains(&true) {
        Sensitivity::Confidential
    } else {
        Sensitivity::General
    };
    let mut hits = [false; HITS];
    hits[..personal::TOPICS].copy_from_slice(&topics);
    hits[personal::TOPICS..SHAPES_FROM].copy_from_slice(&credentials::mentions(&text));
    hits[SHAPES_FROM..].copy_from_slice(&shapes::shapes(&text));
    Signs { by_rules, hits }
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
