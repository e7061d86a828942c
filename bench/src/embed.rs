//! The builtin embedder: microseconds a text, beside the `tokenizers` crate's WordPiece alone.

use std::hint::black_box;
use std::time::Instant;

use memorable::models::builtin;
use serde_json::{Value, json};
use tokenizers::Tokenizer;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;

use crate::median;

const ROUNDS: usize = 15;
const TEXTS_A_ROUND: usize = 400;

/// A text of 30 tokens in the builtin vocabulary.
const TEXT: &str = "My sister Clara moves to Porto in May, and before that we want to spend two long weekends \
hiking in the hills near the old mill.";

/// One row each for our tokens, our embedding and the crate's tokens.
pub fn measure() -> Vec<Value> {
    let tokens = builtin::count_tokens(TEXT);
    let peer = tokenizers_crate();
    let ours = time(|| black_box(builtin::count_tokens(black_box(TEXT))));
    let embed = time(|| black_box(builtin::embed(black_box(TEXT)).is_some() as usize));
    let theirs = time(|| black_box(peer.encode(black_box(TEXT), false).map_or(0, |encoding| encoding.get_ids().len())));
    let row = |what: &str, micros: f64| json!({ "what": what, "tokens": tokens, "micros": round(micros), "ratio_to_embed": round(micros / embed) });
    vec![row("wordpiece, ours", ours), row("whole embedding", embed), row("wordpiece, tokenizers crate", theirs)]
}

fn time(mut work: impl FnMut() -> usize) -> f64 {
    work();
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        for _ in 0..TEXTS_A_ROUND {
            work();
        }
        start.elapsed().as_secs_f64() * 1e6 / TEXTS_A_ROUND as f64
    });
    median(rounds.collect())
}

/// The crate's WordPiece over the same vocabulary.
fn tokenizers_crate() -> Tokenizer {
    let words = builtin::vocabulary();
    let vocabulary = WordPiece::read_bytes(words.join("\n").as_bytes());
    let model = WordPiece::builder().vocab(vocabulary.unwrap_or_default()).unk_token("[UNK]".to_owned()).build();
    let mut tokenizer = Tokenizer::new(model.unwrap_or_default());
    let normal = tokenizer.with_normalizer(Some(BertNormalizer::default())).is_ok();
    debug_assert!(normal);
    tokenizer.with_pre_tokenizer(Some(BertPreTokenizer));
    tokenizer
}

fn round(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}
