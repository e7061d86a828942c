//! The files of a model's folder, and what is wrong with them.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use candle_core::safetensors::SliceSafetensors;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::bert::{Encoder, Shaping};
use crate::error::{Error, Result};
use crate::models::builtin::wordpiece::Vocabulary;

/// What a folder has to hold.
const WHOLE: &str = "a folder with model.safetensors, tokenizer.json and config.json, such as that of all-MiniLM-L6-v2";
/// Of what is there, but not as it was published.
const UNBROKEN: &str = "the file as it was published: copy it again";
/// Of a model that computes something else.
const OF_ITS_KIND: &str =
    "a model of BERT's kind as all-MiniLM-L6-v2 is: uncased WordPiece, GELU, the mean over tokens";

/// What the files of a folder come to.
pub struct Files {
    /// The tokens.
    pub vocabulary: Vocabulary<Box<str>>,
    /// The weights.
    pub encoder: Encoder,
    /// Names the weights, the tokens and how they are used: whatever else changes, the vectors are the same.
    pub hash: blake3::Hash,
}

/// `config.json`, as far as the weights do not say it.
#[derive(Deserialize)]
#[serde(default)]
struct Config {
    model_type: String,
    hidden_act: String,
    position_embedding_type: String,
    num_attention_heads: Option<usize>,
    layer_norm_eps: f64,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            model_type: "bert".to_owned(),
            hidden_act: "gelu".to_owned(),
            position_embedding_type: "absolute".to_owned(),
            num_attention_heads: None,
            layer_norm_eps: 1e-12,
        }
    }
}

/// `1_Pooling/config.json` of sentence-transformers.
#[derive(Deserialize)]
struct Pooling {
    #[serde(default)]
    pooling_mode_mean_tokens: Option<bool>,
}

#[derive(Deserialize)]
struct Tokenizer {
    normalizer: Normalizer,
    pre_tokenizer: PreTokenizer,
    model: WordPiece,
}

#[derive(Deserialize)]
struct Normalizer {
    r#type: String,
    #[serde(default)]
    lowercase: bool,
    #[serde(default)]
    strip_accents: Option<bool>,
}

#[derive(Deserialize)]
struct PreTokenizer {
    r#type: String,
}

#[derive(Deserialize)]
struct WordPiece {
    unk_token: String,
    continuing_subword_prefix: String,
    max_input_chars_per_word: usize,
    vocab: HashMap<String, u32>,
}

/// Reads them all. Invalid, naming the file, for what is missing, torn, or of a model of another kind.
pub fn read(folder: &Path) -> Result<Files> {
    if !folder.is_dir() {
        return Err(wrong(folder, "is no folder", WHOLE));
    }
    let config: Config = optional(&folder.join("config.json"))?.unwrap_or_default();
    check_config(&folder.join("config.json"), &config)?;
    let pooling = folder.join("1_Pooling/config.json");
    if optional::<Pooling>(&pooling)?.is_some_and(|pooling| pooling.pooling_mode_mean_tokens == Some(false)) {
        return Err(wrong(&pooling, "takes something else than the mean over tokens", OF_ITS_KIND));
    }
    let words = words(&folder.join("tokenizer.json"))?;

    let path = folder.join("model.safetensors");
    let bytes = fs::read(&path).map_err(|error| wrong(&path, format!("cannot be read: {error}"), WHOLE))?;
    let shaping = Shaping { heads: config.num_attention_heads, epsilon: config.layer_norm_eps };
    let file = SliceSafetensors::new(&bytes).map_err(|error| torn(&path, &bytes, &error))?;
    let encoder = Encoder::read(file, shaping)
        .map_err(|error| wrong(&path, format!("does not hold the weights: {error}"), OF_ITS_KIND))?;
    if words.len() > encoder.vocabulary() {
        let detail = format!("has vectors for {} tokens, tokenizer.json has {}", encoder.vocabulary(), words.len());
        return Err(wrong(&path, detail, "the two files of one model"));
    }
    let mut hash = blake3::Hasher::new_derive_key("memorable folder model v1");
    hash.update(blake3::hash(&bytes).as_bytes());
    hash.update(blake3::hash(words.join("\n").as_bytes()).as_bytes());
    hash.update(format!("{} {:e}", encoder.heads(), config.layer_norm_eps).as_bytes());
    let vocabulary = Vocabulary::new(words.iter().map(String::as_str));
    Ok(Files { vocabulary, encoder, hash: hash.finalize() })
}

fn check_config(path: &Path, config: &Config) -> Result<()> {
    let is = |name: &str, value: &str, right: &str| {
        if value == right {
            return Ok(());
        }
        Err(wrong(path, format!("says {name} `{value}`, and only `{right}` is possible"), OF_ITS_KIND))
    };
    is("model_type", &config.model_type, "bert")?;
    is("hidden_act", &config.hidden_act, "gelu")?;
    is("position_embedding_type", &config.position_embedding_type, "absolute")
}

/// The tokens in order of their numbers.
fn words(path: &Path) -> Result<Vec<String>> {
    let text = fs::read(path).map_err(|error| wrong(path, format!("cannot be read: {error}"), WHOLE))?;
    let read: Tokenizer = json(path, &text)?;
    // What models/builtin/wordpiece.rs does; another tokenizer's numbers would be read as other words.
    let is_ours = read.normalizer.r#type == "BertNormalizer"
        && read.normalizer.lowercase
        && read.normalizer.strip_accents != Some(false)
        && read.pre_tokenizer.r#type == "BertPreTokenizer"
        && read.model.unk_token == "[UNK]"
        && read.model.continuing_subword_prefix == "##"
        && read.model.max_input_chars_per_word == 100;
    if !is_ours {
        return Err(wrong(path, "is not BERT's uncased WordPiece", OF_ITS_KIND));
    }
    let mut words = vec![String::new(); read.model.vocab.len()];
    for (word, number) in read.model.vocab {
        match words.get_mut(number as usize) {
            Some(place) if place.is_empty() => *place = word,
            _ => return Err(wrong(path, format!("its tokens are not numbered through: {number}"), UNBROKEN)),
        }
    }
    Ok(words)
}

fn optional<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    match fs::read(path) {
        Ok(text) => json(path, &text).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong(path, format!("cannot be read: {error}"), WHOLE)),
    }
}

fn json<T: DeserializeOwned>(path: &Path, text: &[u8]) -> Result<T> {
    serde_json::from_slice(text).map_err(|error| wrong(path, format!("is not as expected: {error}"), UNBROKEN))
}

/// Large files in Git come as a few lines that only name them, and a copy may have been cut short.
fn torn(path: &Path, bytes: &[u8], error: &candle_core::Error) -> Error {
    if bytes.starts_with(b"version https://git-lfs") {
        return wrong(path, "only points at the weights, as Git LFS left it", "the file itself: `git lfs pull`");
    }
    wrong(path, format!("is torn, or not of the format safetensors ({} bytes): {error}", bytes.len()), UNBROKEN)
}

fn wrong(path: &Path, detail: impl AsRef<str>, expected: &str) -> Error {
    let path: PathBuf = path.components().collect();
    Error::invalid("folder", format!("{} {}", path.display(), detail.as_ref()), expected)
}

#[cfg(test)]
mod tests;
