//! How much a model is to read and write at once.
//!
//! Ollama cuts off the beginning of what is longer than the context it was given, rules first, without a word; and it loads a
//! model anew where it is asked with another context. So each call asks for enough, in a few steps, and never for less than
//! one before.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::models::{Prompt, builtin, profiles};

/// The first step, which holds a message of usual length; each next one is twice as large.
const STEP: u32 = 4_096;
/// Tokens that the model's own form of a conversation takes beside the texts.
const FORM: u32 = 48;
/// Bytes of a token at least, in languages that the builtin vocabulary does not know.
const BYTES_PER_TOKEN: usize = 4;

/// What a model reads and writes at once, and the most that it was asked for. Clones share it.
#[derive(Debug, Clone)]
pub struct Context {
    most: u32,
    asked: Arc<AtomicU32>,
}

impl Context {
    /// Of the model of that name.
    pub fn of(id: &str) -> Context {
        let most = profiles::context(id);
        Context { most, asked: Arc::new(AtomicU32::new(STEP.min(most))) }
    }

    /// What to ask for where nobody knows yet what will be said.
    pub fn first(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }

    /// What to ask for, so that the prompt and its answer have room: all that there is where that is too little.
    pub fn for_prompt(&self, prompt: &Prompt) -> u32 {
        let needed = needed(prompt);
        let mut context = STEP;
        while context < needed && context < self.most {
            context = context.saturating_mul(2);
        }
        let context = context.min(self.most);
        self.asked.fetch_max(context, Ordering::Relaxed).max(context)
    }

    /// Why the prompt is not for this model, where it and its answer have no room.
    pub fn lacks_room(&self, prompt: &Prompt) -> Option<String> {
        let needed = needed(prompt);
        (needed > self.most).then(|| {
            let most = self.most;
            format!("it reads and writes {most} tokens at once, and this prompt with its answer has some {needed}")
        })
    }
}

/// Tokens of the prompt and its answer, in the tokens of whatever model: a quarter more than the builtin vocabulary counts,
/// which is one for people's names and codes where others have several.
fn needed(prompt: &Prompt) -> u32 {
    let texts = [&prompt.system, &prompt.user];
    let counted: usize = texts.iter().map(|text| builtin::count_tokens(text)).sum();
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let read = (counted + counted / 4).max(bytes / BYTES_PER_TOKEN);
    u32::try_from(read).unwrap_or(u32::MAX).saturating_add(prompt.max_tokens).saturating_add(FORM)
}

#[cfg(test)]
mod tests;
