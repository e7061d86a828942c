use serde_json::Value;
use tokenizers::Tokenizer;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;

use crate::models::builtin::{tokens, vocabulary};

/// How many random texts are compared.
const TEXTS: usize = 3_000;

/// Blocks of Unicode from which random characters are taken, with the unassigned ones among them.
///
/// `tokenizers` goes by the `unicode_categories` crate, whose tables are of 2015 and know only the ends of the private
/// use areas; ours are current. Where a character came later, or changed what it is, the two differ and ours is right.
/// In these blocks both tables agree on every character, and on every character that it decomposes to, whether it is an
/// accent, punctuation or control.
const BLOCKS: [(u32, u32); 32] = [
    (0x0000, 0x007F),   // ASCII, with its control characters
    (0x0080, 0x00FF),   // the other control characters; Latin-1
    (0x0100, 0x024F),   // Latin, extended
    (0x0250, 0x02FF),   // phonetic letters and spacing modifiers
    (0x0300, 0x036F),   // combining accents
    (0x0370, 0x03FF),   // Greek
    (0x0400, 0x04FF),   // Cyrillic
    (0x0530, 0x058F),   // Armenian
    (0x0591, 0x05C7),   // Hebrew points
    (0x05D0, 0x05EA),   // Hebrew letters
    (0x0620, 0x06FF),   // Arabic
    (0x0900, 0x097F),   // Devanagari
    (0x0E00, 0x0E7F),   // Thai
    (0x10A0, 0x10FF),   // Georgian
    (0x1100, 0x11FF),   // Hangul jamo
    (0x1E00, 0x1EFF),   // Latin, extended further: Vietnamese
    (0x1F00, 0x1FFF),   // Greek with more accents
    (0x2000, 0x206F),   // punctuation, wide and narrow spaces, what directs and joins
    (0x2070, 0x20CF),   // small figures, currencies
    (0x2100, 0x23FF),   // signs that look like letters, arrows, mathematics
    (0x2500, 0x27BF),   // boxes, shapes, dingbats
    (0x3000, 0x30FF),   // CJK punctuation, hiragana, katakana
    (0x3400, 0x4DBF),   // Chinese characters, extension A
    (0x4E00, 0x9FFF),   // Chinese characters
    (0xAC00, 0xD7A3),   // Hangul syllables
    (0xF900, 0xFAFF),   // Chinese characters, for compatibility
    (0xFE00, 0xFE2F),   // variation selectors, half accents
    (0xFF00, 0xFFEF),   // full and half width
    (0xFFF9, 0xFFFD),   // annotations, the replacement character
    (0x1F300, 0x1F64F), // emoji
    (0x1F680, 0x1F6FF), // emoji of transport
    (0x20000, 0x2A6DF), // Chinese characters, extension B
];

/// The reference: BERT's uncased WordPiece over the builtin vocabulary.
fn reference() -> Tokenizer {
    let vocabulary = WordPiece::read_bytes(vocabulary().join("\n").as_bytes()).expect("a vocabulary");
    let model = WordPiece::builder()
        .vocab(vocabulary)
        .unk_token("[UNK]".to_owned())
        .continuing_subword_prefix("##".to_owned())
        .max_input_chars_per_word(100)
        .build()
        .expect("a model");
    let mut tokenizer = Tokenizer::new(model);
    tokenizer.with_normalizer(Some(BertNormalizer::new(true, true, None, true))).expect("a normalizer");
    tokenizer.with_pre_tokenizer(Some(BertPreTokenizer));
    tokenizer
}

fn compare(reference: &Tokenizer, text: &str) {
    let expected = reference.encode(text, false).expect("tokens");
    assert_eq!(tokens(text), expected.get_tokens(), "of {text:?}");
}

/// The same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn one_of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len())]
    }

    fn character(&mut self, (first, last): (u32, u32)) -> char {
        let number = first + self.below((last - first + 1) as usize) as u32;
        char::from_u32(number).expect("a character of the block")
    }

    fn characters(&mut self, block: (u32, u32), most: usize) -> String {
        let count = 1 + self.below(most);
        (0..count).map(|_| self.character(block)).collect()
    }

    /// A word, a sign, or a run of characters of one block.
    fn piece(&mut self) -> String {
        match self.below(12) {
            0 | 1 => {
                // A token of the vocabulary, of whatever script, in one case or the other.
                let word = self.one_of(vocabulary());
                let word = word.strip_prefix("##").unwrap_or(word);
                if self.below(3) == 0 { word.to_uppercase() } else { word.to_owned() }
            }
            2 => self
                .one_of(&["I", "don't", "moved", "Lisbon", "unbelievably", "REHOMEABLE", "bookshelf", "isn\u{2019}t"])
                .to_owned(),
            3 => self.characters((0x61, 0x7A), 14),
            4 => self.characters((0x21, 0x40), 5),
            5 => self.characters((0xC0, 0x17F), 8),
            6 => {
                let letters: Vec<String> = (0..1 + self.below(6))
                    .map(|_| self.characters((0x41, 0x5A), 1) + &self.characters((0x300, 0x36F), 2))
                    .collect();
                letters.concat()
            }
            7 => self.characters((0x4E00, 0x9FFF), 4),
            8 => self
                .one_of(&[
                    " ", "\t", "\r\n", "\0", "\u{1b}", "\u{85}", "\u{a0}", "\u{ad}", "\u{200b}", "\u{2028}",
                    "\u{3000}", "\u{feff}", "\u{fffd}", "\u{378}",
                ])
                .to_owned(),
            9 => {
                // Around the longest word there can be.
                let length = 95 + self.below(12);
                let letter = self.one_of(&["a", "z", "\u{e9}", "e\u{301}", "\u{43f}", "\u{ac00}"]);
                letter.repeat(length)
            }
            _ => {
                let block = BLOCKS[self.below(BLOCKS.len())];
                self.characters(block, 6)
            }
        }
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..1 + self.below(10) {
            text.push_str(&self.piece());
            if self.below(2) == 0 {
                text.push(' ');
            }
        }
        text
    }
}

#[test]
fn tokens_of_the_checked_texts_are_those_of_the_tokenizers_crate() {
    let reference = reference();
    let checks: Vec<Value> = serde_json::from_str(include_str!("../../../../../infra/distill/check.json"))
        .expect("infra/distill/check.json");
    for check in &checks {
        compare(&reference, check["text"].as_str().expect("a text"));
    }
    assert!(checks.len() > 50);
}

#[test]
fn tokens_of_any_text_are_those_of_the_tokenizers_crate() {
    let reference = reference();
    let mut random = Random(1);
    for _ in 0..TEXTS {
        compare(&reference, &random.text());
    }
}

#[test]
fn every_character_of_the_blocks_is_treated_as_by_the_tokenizers_crate() {
    let reference = reference();
    for (first, last) in BLOCKS {
        // Each between letters that show whether it parts them, joins them or vanishes; the great blocks in steps.
        let step = if last - first > 0x400 { 97 } else { 1 };
        for number in (first..=last).step_by(step) {
            let c = char::from_u32(number).expect("a character of the block");
            compare(&reference, &format!("x{c}y {c}{c}"));
        }
    }
}
