//! A model of MiniLM's kind out of a folder, run in this process: stronger than the builtin table, and a thousand times
//! its work. Cargo's feature `minilm` turns it on.

mod bert;
mod files;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::{Mutex, oneshot};

use super::builtin::wordpiece::Vocabulary;
use super::{Purpose, checked};
use crate::error::{Error, Result};
use crate::index::Fingerprint;
use bert::Encoder;

/// Longest text that is read whole, in tokens with the two that stand around it: what all-MiniLM-L6-v2 was trained for.
/// Of a longer one the beginning counts.
const MOST_TOKENS: usize = 256;
/// Tokens encoded at a time: enough to keep the processor busy, and no more than a fraction of a second until it is
/// noticed that nobody waits any more.
const TOKENS_TOGETHER: usize = 512;
/// Bytes of query vectors that are kept: some 2,600 of MiniLM's.
const CACHE_BYTES: u64 = 4 * 1024 * 1024;
/// A guess at how many vectors that may be; sizes the cache's own tables only.
const CACHE_VECTORS: usize = 2_600;
/// What a vector takes in the cache beside its numbers.
const CACHED_OVERHEAD: u64 = 96;

/// The model. Cheap to clone.
#[derive(Clone)]
pub struct Folder {
    path: String,
    loaded: Arc<Loaded>,
    queries: Arc<Cache<[u8; 32], Arc<[f32]>, BySize>>,
    /// Held while storing: two calls at once would share the same processors, and both be late. A query does not wait.
    storing: Arc<Mutex<()>>,
}

struct Loaded {
    vocabulary: Vocabulary<Box<str>>,
    encoder: Encoder,
    fingerprint: Fingerprint,
    /// Tokens of a text, without the two around it.
    most_tokens: usize,
    begin: u32,
    end: u32,
}

#[derive(Debug, Clone)]
struct BySize;

impl Weighter<[u8; 32], Arc<[f32]>> for BySize {
    fn weight(&self, _: &[u8; 32], vector: &Arc<[f32]>) -> u64 {
        size_of_val::<[f32]>(vector) as u64 + CACHED_OVERHEAD
    }
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Folder").field(&self.path).finish()
    }
}

impl Folder {
    /// Reads the model. Takes a fraction of a second. Invalid, naming the file, where one is missing, torn, or of a model
    /// of another kind.
    pub fn open(path: &str) -> Result<Folder> {
        let files = files::read(Path::new(path))?;
        let number = |word: &str| {
            files.vocabulary.number(word).ok_or_else(|| {
                Error::invalid(
                    "folder",
                    format!("{path}/tokenizer.json has no token {word}"),
                    "BERT's uncased WordPiece",
                )
            })
        };
        let loaded = Loaded {
            begin: number("[CLS]")?,
            end: number("[SEP]")?,
            fingerprint: Fingerprint::of(&format!("folder {} {}", files.encoder.dimensions(), files.hash.to_hex())),
            most_tokens: files.encoder.longest().clamp(2, MOST_TOKENS) - 2,
            vocabulary: files.vocabulary,
            encoder: files.encoder,
        };
        Ok(Folder {
            path: path.to_owned(),
            loaded: Arc::new(loaded),
            queries: Arc::new(Cache::with_weighter(CACHE_VECTORS, CACHE_BYTES, BySize)),
            storing: Arc::default(),
        })
    }

    /// The folder, as it was named.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Names its vectors: by weights and tokens, so that a copy elsewhere has the same name.
    pub fn fingerprint(&self) -> Fingerprint {
        self.loaded.fingerprint
    }

    /// One vector of length 1 per text, in their order. The work is done on a thread of its own, and broken off when
    /// nobody waits for it any more. What was searched for lately costs nothing.
    pub async fn embed(&self, texts: &[&str], purpose: Purpose) -> Result<Vec<Vec<f32>>> {
        if purpose == Purpose::Store {
            let _storing = self.storing.lock().await;
            return self.encode(texts).await;
        }
        let keys: Vec<[u8; 32]> = texts.iter().map(|text| *blake3::hash(text.as_bytes()).as_bytes()).collect();
        let known: Option<Vec<Vec<f32>>> = keys.iter().map(|key| Some(self.queries.get(key)?.to_vec())).collect();
        if let Some(known) = known {
            return Ok(known);
        }
        let vectors = self.encode(texts).await?;
        for (key, vector) in keys.into_iter().zip(&vectors) {
            self.queries.insert(key, vector.as_slice().into());
        }
        Ok(vectors)
    }

    async fn encode(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        let loaded = Arc::clone(&self.loaded);
        let owned: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let (answer, answered) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let vectors = loaded.encode(&owned, || answer.is_closed());
            // Nobody waits any more: there is nobody to tell.
            let _ = answer.send(vectors);
        });
        let name = format!("folder:{}", self.path);
        let vectors = answered.await.map_err(|_| Error::internal(format!("{name} broke off")))?;
        checked(&name, texts.len(), vectors.map_err(|error| Error::internal(format!("{name} failed: {error}")))?)
    }
}

impl Loaded {
    /// Encodes in order, as many texts together as make a good batch, until all is done or it is no longer wanted.
    fn encode(&self, texts: &[String], is_unwanted: impl Fn() -> bool) -> candle_core::Result<Vec<Vec<f32>>> {
        let mut vectors = Vec::with_capacity(texts.len());
        let (mut batch, mut tokens) = (Vec::new(), 0);
        for (number, text) in texts.iter().enumerate() {
            let text = self.tokens(text);
            tokens += text.len();
            batch.push(text);
            if tokens >= TOKENS_TOGETHER || number + 1 == texts.len() {
                if is_unwanted() {
                    return Ok(Vec::new());
                }
                vectors.extend(self.encoder.encode(&batch)?);
                batch.clear();
                tokens = 0;
            }
        }
        Ok(vectors)
    }

    fn tokens(&self, text: &str) -> Vec<u32> {
        let mut tokens = vec![self.begin];
        self.vocabulary.tokens(text, |token| {
            if tokens.len() <= self.most_tokens {
                tokens.push(token);
            }
        });
        tokens.push(self.end);
        tokens
    }
}

#[cfg(test)]
mod tests;
