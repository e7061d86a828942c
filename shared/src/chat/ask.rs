//! Asking the route's models, each with what it may see, at the expense of the scope's tenant.
//!
//! What was answered before is answered again where the same is asked on the same grounds: rules, date, and all that the
//! prompt shows of session and memory, at the same revisions. The message itself is a new memory each time, so a memo is not
//! known by it; but it names the one that it came from and the reply that it became, and goes with either.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::app::App;
use crate::chat::evidence::{Evidence, LESS_TOKENS, Packed, TOKENS};
use crate::chat::prompt::{plain, printable, prompt, rules};
use crate::chat::{Hear, Heard, Request};
use crate::classify::sensitivity::sensitivity;
use crate::memory::{MemoryId, Sensitivity, Time};
use crate::models::Place;
use crate::models::memo::{Alike, Asking};
use crate::models::routes::{self, ModelCall};
use crate::receipt::meter;

/// How long all models together may take. API Gateway waits for 30 seconds; what is left is for reading and storing.
const WITHIN: Duration = Duration::from_secs(22);
/// From closed to open.
const SENSITIVITIES: [Sensitivity; 4] =
    [Sensitivity::UltraSecret, Sensitivity::Secret, Sensitivity::Confidential, Sensitivity::General];

/// What a model answered.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Plain text.
    pub text: String,
    /// Who said it, as routes write it.
    pub model: String,
    /// What it was given.
    pub packed: Packed,
    /// How closed the closed-most of all that it saw is.
    pub seen: Sensitivity,
    /// Whether it was at hand, and no model was asked.
    pub was_known: bool,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The message.
    pub request: &'a Request,
    /// What it is answered from.
    pub evidence: &'a Evidence,
    /// The message as a memory, at the revision that it has now.
    pub source: (MemoryId, u32),
    /// The memory that the answer is to be stored as, where it is.
    pub becomes: Option<MemoryId>,
    /// For when it is answered.
    pub at: Time,
}

/// Why no model answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoModel {
    /// `not_configured`, `not_allowed` or `failed`.
    pub reason: &'static str,
    /// One sentence, with what to do about it.
    pub detail: String,
}

/// The answer of the first model that gives one.
///
/// What a model may see depends on where it runs. The message is what it is: models that may not see it are not asked.
/// Of the evidence that which is too closed for the first allowed model is left out, rather than that model silenced.
/// Where that model fails, and what it was given is too closed for those after it, they are asked with less.
///
/// `hear`: is told what a model says as it says it.
pub async fn ask(
    app: &App,
    question: &Question<'_>,
    hear: Option<Hear<'_>>,
    now: Time,
) -> std::result::Result<Answered, NoModel> {
    let Question { request, evidence, source, becomes, at } = *question;
    if app.converse.is_empty() {
        return Err(not_configured());
    }
    let route = app.paid(&app.converse, &request.scope, now);
    let message = request.message.as_str();
    let said = sensitivity(message);
    let most = route.chain().iter().filter_map(|model| most_closed(model.place()));
    let allowed: Vec<Sensitivity> = most.filter(|most| said <= *most).collect();
    let has_begun = AtomicBool::new(false);
    let pass_on = |heard: routes::Heard| pass_on(hear, &has_begun, heard);
    let aloud: Option<routes::Hear<'_>> = if hear.is_some() { Some(&pass_on) } else { None };
    let rules = rules("", at);
    let begun = Instant::now();
    let mut asked: Option<Sensitivity> = None;
    let mut failures = Vec::new();
    for most in allowed {
        // All models that may see what was asked before have been asked.
        if asked.is_some_and(|asked| asked <= most) {
            continue;
        }
        // What a small model has no room for it is asked again with less of the evidence.
        for tokens in [TOKENS, LESS_TOKENS] {
            let packed = evidence.pack_within(most, tokens);
            let seen = packed.sensitivity.max(said);
            asked = Some(asked.map_or(seen, |before| before.min(seen)));
            let left = WITHIN.saturating_sub(begun.elapsed());
            let asking = Asking {
                scope: &request.scope,
                prompt: &prompt(message, &packed, at),
                depends: &packed.grounds,
                source: Some(source),
                becomes,
                alike: Some(Alike { question: message, rules: &rules }),
                sensitivity: seen,
                deadline: left,
                now: at,
            };
            let (text, calls) = app.memos.converse_aloud(&route, &asking, aloud, plain).await;
            let answered = calls.iter().rev().find(|call| call.is_ok());
            let model = answered.map(|call| call.model.clone());
            let was_known = answered.is_some_and(ModelCall::is_memo);
            let lacked_room = calls.iter().any(ModelCall::lacked_room);
            failures.extend(calls.iter().filter(|call| !call.is_ok()).map(|call| {
                let detail = call.detail.as_deref().unwrap_or(call.outcome);
                format!("{}: {detail}", call.model)
            }));
            meter().models(calls);
            if let Some(text) = text {
                return Ok(Answered { text, model: model.unwrap_or_default(), packed, seen, was_known });
            }
            if !lacked_room {
                break;
            }
        }
    }
    Err(if asked.is_none() { not_allowed(said) } else { failed(&failures) })
}

/// Tells who hears the conversation what a model said, as plain text that does not begin with white space.
fn pass_on(hear: Option<Hear<'_>>, has_begun: &AtomicBool, heard: routes::Heard) {
    let Some(hear) = hear else { return };
    match heard {
        routes::Heard::Text(text) => {
            let text = printable(&text);
            let text = if has_begun.load(Ordering::Relaxed) { text.as_str() } else { text.trim_start() };
            if !text.is_empty() {
                has_begun.store(true, Ordering::Relaxed);
                hear(Heard::Text(text.to_owned()));
            }
        }
        routes::Heard::Void { model, detail } => {
            if has_begun.swap(false, Ordering::Relaxed) {
                hear(Heard::Restart { model, detail });
            }
        }
    }
}

/// The closed-most text that a model there may see; none where it may see nothing.
fn most_closed(place: Place) -> Option<Sensitivity> {
    SENSITIVITIES.into_iter().find(|sensitivity| place.may_see(*sensitivity))
}

fn not_configured() -> NoModel {
    let detail = "no language model is configured: set MEMORABLE_ROUTE_CONVERSE, for example to ollama:qwen3:4b";
    NoModel { reason: "not_configured", detail: detail.to_owned() }
}

fn not_allowed(said: Sensitivity) -> NoModel {
    let name = said.name();
    let what = match said {
        Sensitivity::UltraSecret => "no model is ever shown such a text".to_owned(),
        _ => "only models on the same machine may see it: put one into MEMORABLE_ROUTE_CONVERSE".to_owned(),
    };
    NoModel { reason: "not_allowed", detail: format!("the message is {name}: {what}") }
}

fn failed(failures: &[String]) -> NoModel {
    let told = if failures.is_empty() { "none was asked".to_owned() } else { failures.join("; ") };
    let detail = format!("no model answered ({told}); sent again with the same Idempotency-Key, they are asked again");
    NoModel { reason: "failed", detail }
}
