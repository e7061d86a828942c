//! Asking a language model about what rules leave uncertain, where the text's sensitivity allows it: several texts a prompt,
//! beside examples of how people labelled others of the scope.

mod examples;
mod prompt;

use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use crate::app::App;
use crate::classify::closed::closed;
use crate::memory::feedback::PERSON;
use crate::memory::{Classification, Memory, Scope, Sensitivity, Time};
use crate::models::memo::Asking;
use crate::models::routes::Route;
use crate::models::{Place, Prompt, builtin};
use crate::receipt::meter;
use examples::{Corrections, Example};
use prompt::Label;

/// Below this confidence of the rules a model is asked, where the route has one.
const UNCERTAIN: f32 = 0.7;
/// Texts of one prompt: the rules and the examples are paid for once for all of them, and a small model loses count of more.
const TEXTS: usize = 8;
/// Tokens of the texts of one prompt: with rules, examples and an answer it fits into 4,096, which Ollama gives a model.
const TOKENS: usize = 1_500;
/// Prompts and memos that are waited for at a time.
const AT_ONCE: usize = 8;
/// How long the chain may take for one prompt: a batch of ten messages must end within the function's 120 seconds.
const WITHIN: Duration = Duration::from_secs(20);

/// Whether a model is asked about what is classified so, where its sensitivity allows that.
pub(super) fn is_unsure(class: &Classification) -> bool {
    class.by != PERSON && class.confidence < UNCERTAIN
}

/// A text that a model is asked about, for all memories that have it.
struct Open<'a> {
    memory: &'a Memory,
    /// What a model is shown of it: one line.
    line: String,
    closed: Sensitivity,
    /// What its label is known by.
    prompt: Prompt,
    places: Vec<usize>,
}

/// The rules' classifications, with a model's where the rules are unsure and a model is surer, by what its word is worth. Of
/// equal texts in a scope the first is asked about, and the others are labelled like it.
pub async fn improve(
    app: &App,
    scope: &Scope,
    memories: &[Memory],
    mut classes: Vec<Classification>,
    now: Time,
) -> Vec<Classification> {
    let route = app.paid(&app.classify, scope, now);
    if route.is_empty() || !classes.iter().any(is_unsure) {
        return classes;
    }
    let corrections = Corrections::read(app, scope).await;
    let open = open(memories, &classes, &corrections);
    let (known, open) = known(app, &route, scope, open, now).await;
    let asked = asked(app, &route, scope, open, &corrections, now).await;
    for (places, label, by) in known.into_iter().chain(asked) {
        let confidence = label.confidence * corrections.trust(&by);
        for place in places {
            let class = &mut classes[place];
            if confidence > class.confidence {
                (class.kind, class.importance, class.confidence) = (label.kind, label.importance, confidence);
                class.by.clone_from(&by);
            }
        }
    }
    classes
}

type Labelled = (Vec<usize>, Label, String);

/// The texts that the rules are unsure of and that some model may see.
fn open<'a>(memories: &'a [Memory], classes: &[Classification], corrections: &Corrections) -> Vec<Open<'a>> {
    let mut open: Vec<Open<'a>> = Vec::new();
    let mut by_text: HashMap<&str, usize> = HashMap::new();
    for (place, (memory, class)) in memories.iter().zip(classes).enumerate() {
        let closed = closed(memory).max(class.sensitivity);
        let line = prompt::line(&memory.content);
        if !is_unsure(class) || closed == Sensitivity::UltraSecret || line.is_empty() {
            continue;
        }
        if let Some(known) = by_text.get(memory.content.as_str()) {
            let same: &mut Open<'_> = &mut open[*known];
            same.places.push(place);
            same.closed = same.closed.max(closed);
            continue;
        }
        by_text.insert(&memory.content, open.len());
        let prompt = prompt::alone(&memory.content, corrections.fingerprint());
        open.push(Open { memory, line, closed, prompt, places: vec![place] });
    }
    open
}

fn asking<'a>(scope: &'a Scope, open: &'a Open<'a>, now: Time) -> Asking<'a> {
    Asking {
        scope,
        prompt: &open.prompt,
        depends: &[],
        source: Some((open.memory.id, open.memory.revision)),
        becomes: None,
        alike: None,
        sensitivity: open.closed,
        deadline: WITHIN,
        now,
    }
}

/// The labels that a model gave before, and what is left to ask.
async fn known<'a>(
    app: &App,
    route: &Route,
    scope: &Scope,
    open: Vec<Open<'a>>,
    now: Time,
) -> (Vec<Labelled>, Vec<Open<'a>>) {
    // Made before they are awaited: a lazy iterator of futures that borrow cannot be sent between threads.
    let mut looks = Vec::with_capacity(open.len());
    for open in open {
        looks.push(async move {
            let known = app.memos.known(route, &asking(scope, &open, now), Label::parse).await;
            (open, known)
        });
    }
    let looked: Vec<_> = stream::iter(looks).buffered(AT_ONCE).collect().await;
    let (mut known, mut left) = (Vec::new(), Vec::new());
    for (open, found) in looked {
        match found {
            Some((label, call)) => {
                known.push((open.places, label, call.model.clone()));
                meter().models(vec![call]);
            }
            None => left.push(open),
        }
    }
    (known, left)
}

/// The labels that models give now.
async fn asked(
    app: &App,
    route: &Route,
    scope: &Scope,
    open: Vec<Open<'_>>,
    corrections: &Corrections,
    now: Time,
) -> Vec<Labelled> {
    if open.is_empty() {
        return Vec::new();
    }
    let examples = corrections.examples(app, scope, now).await;
    meter().memos(0, open.len(), None);
    let batches = batches(open);
    let mut asked = Vec::with_capacity(batches.len());
    for batch in batches {
        asked.push(ask(app, route, scope, batch, &examples, now));
    }
    let labelled: Vec<Vec<Labelled>> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    labelled.into_iter().flatten().collect()
}

/// Whether models outside this machine may not see it. A prompt is as closed as the closed-most of it: what only few models
/// may see is asked about apart.
fn is_local(closed: Sensitivity) -> bool {
    !Place::Account.may_see(closed)
}

/// In batches that all models see alike, each of a few texts and tokens.
fn batches(open: Vec<Open<'_>>) -> Vec<Vec<Open<'_>>> {
    let (local, anywhere): (Vec<Open<'_>>, Vec<Open<'_>>) = open.into_iter().partition(|open| is_local(open.closed));
    let mut batches: Vec<Vec<Open<'_>>> = Vec::new();
    for group in [anywhere, local] {
        let mut tokens = usize::MAX;
        for open in group {
            let more = builtin::count_tokens(&open.line);
            match batches.last_mut() {
                Some(batch) if batch.len() < TEXTS && tokens.saturating_add(more) <= TOKENS => {
                    tokens += more;
                    batch.push(open);
                }
                _ => {
                    tokens = more;
                    batches.push(vec![open]);
                }
            }
        }
    }
    batches
}

/// Asks about the texts of a batch together. A label that is not as it must be is none; the others hold.
async fn ask(
    app: &App,
    route: &Route,
    scope: &Scope,
    batch: Vec<Open<'_>>,
    examples: &[Example],
    now: Time,
) -> Vec<Labelled> {
    let most = batch.iter().map(|open| open.closed).max().unwrap_or(Sensitivity::UltraSecret);
    let may_see: Vec<&Example> =
        examples.iter().filter(|example| is_local(most) || !is_local(example.closed)).collect();
    let lines: Vec<&str> = batch.iter().map(|open| open.line.as_str()).collect();
    let chosen = examples::chosen(&may_see, &lines);
    let prompt = prompt::prompt(&lines, &chosen);
    let closed = chosen.iter().map(|example| example.closed).fold(most, Sensitivity::max);
    let (labels, calls) = route.converse(&prompt, closed, WITHIN, |reply| prompt::parse(reply, &lines)).await;
    let answered = calls.iter().rev().find(|call| call.is_ok()).cloned();
    meter().models(calls);
    let (Some(labels), Some(call)) = (labels, answered) else { return Vec::new() };
    let among = u32::try_from(batch.len()).unwrap_or(u32::MAX);
    let made_from: Vec<_> = chosen.iter().map(|example| (example.id, example.revision)).collect();
    let mut labelled = Vec::with_capacity(batch.len());
    for (open, label) in batch.into_iter().zip(labels) {
        let Some(label) = label else { continue };
        app.memos.note(route, &asking(scope, &open, now), &made_from, (label.text(), &call, among)).await;
        labelled.push((open.places, label, call.model.clone()));
    }
    labelled
}

#[cfg(test)]
mod tests;
