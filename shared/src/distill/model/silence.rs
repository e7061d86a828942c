//! Turns of which a model said that nothing lasts of them: delivered again, they are not asked about again. Those of which
//! something lasts are known by their facts.
//!
//! It is kept of the turn itself, not of its text: what lasts hangs on what is known, and that changes while the turn's
//! neighbours are distilled.

use std::collections::HashMap;

use futures_util::stream::{self, StreamExt};

use super::{MOST_TOKENS, WITHIN, rules};
use crate::app::App;
use crate::classify::closed::closed;
use crate::error::{Error, Result};
use crate::memory::{Memory, MemoryId, Scope, Time};
use crate::models::memo::Asking;
use crate::models::routes::{ModelCall, Route};
use crate::models::{Prompt, Reply};
use crate::receipt::meter;

/// Memos that are waited for at a time.
const AT_ONCE: usize = 8;
/// What is kept: it repeats nothing of any text.
const NOTHING: &str = "{\"facts\":[]}";

/// What it is known by.
fn prompt(turn: &Memory) -> Prompt {
    let user = format!("{} {}", turn.id, turn.revision);
    Prompt { system: rules(""), user, max_tokens: MOST_TOKENS, json: true }
}

fn asking<'a>(scope: &'a Scope, turn: &Memory, prompt: &'a Prompt, now: Time) -> Asking<'a> {
    Asking {
        scope,
        prompt,
        depends: &[],
        source: Some((turn.id, turn.revision)),
        becomes: None,
        alike: None,
        sensitivity: closed(turn),
        deadline: WITHIN,
        now,
    }
}

fn parse(reply: &Reply) -> Result<()> {
    if reply.text == NOTHING { Ok(()) } else { Err(Error::internal("a kept answer is of another form")) }
}

/// Those of the turns of which that was said before, and who said it.
pub async fn known(app: &App, scope: &Scope, route: &Route, turns: &[&Memory], now: Time) -> HashMap<MemoryId, String> {
    // Made before they are awaited: a lazy iterator of futures that borrow cannot be sent between threads.
    let mut looks = Vec::with_capacity(turns.len());
    for turn in turns.iter().copied() {
        looks.push(async move {
            let prompt = prompt(turn);
            let ((), call) = app.memos.known(route, &asking(scope, turn, &prompt, now), parse).await?;
            Some((turn.id, call))
        });
    }
    let looked: Vec<Option<(MemoryId, ModelCall)>> = stream::iter(looks).buffered(AT_ONCE).collect().await;
    let mut known = HashMap::new();
    for (id, call) in looked.into_iter().flatten() {
        known.insert(id, call.model.clone());
        meter().models(vec![call]);
    }
    known
}

/// Keeps that a model said so of that turn, one of `among` that it was asked about together.
pub async fn keep(
    app: &App,
    scope: &Scope,
    route: &Route,
    turn: &Memory,
    (call, among): (&ModelCall, usize),
    now: Time,
) {
    let prompt = prompt(turn);
    let among = u32::try_from(among).unwrap_or(u32::MAX);
    app.memos.note(route, &asking(scope, turn, &prompt, now), &[], (NOTHING.to_owned(), call, among)).await;
}
