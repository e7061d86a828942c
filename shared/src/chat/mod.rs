//! A conversation: what somebody says is stored, answered from memory by a model, and the answer is stored, too.

pub mod ahead;
pub mod architect;
mod ask;
pub mod evidence;
pub mod held;
mod prompt;
mod rate;
mod request;

use futures_util::future::join;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;
use crate::classify::closed::REPLY;
use crate::error::{Error, Kind, Limit, Result};
use crate::ingest;
use crate::learned;
use crate::memory::id::Identity;
use crate::memory::{Memory, MemoryId, Scope, Sensitivity, State, Time};
use crate::receipt::meter;
use architect::Summed;
pub use ask::NoModel;
use ask::{Answered, Question, ask};
use evidence::Evidence;
use held::Held;
pub use request::{MOST_BODY_BYTES, Request, wants_stream};

/// A memory that an answer was given from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// Which.
    pub id: MemoryId,
    /// Whether the answer names it.
    pub cited: bool,
}

/// What came of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Chatted {
    /// The answer.
    pub reply: String,
    /// The message, as a memory.
    pub message_id: MemoryId,
    /// The answer, as a memory; none where no model gave it: what memory says alone is there already.
    pub reply_id: Option<MemoryId>,
    /// What it was given from.
    pub memories: Vec<Used>,
    /// Earlier conversations that it was given in short.
    pub summaries: Vec<Summed>,
    /// How many tokens all of that has.
    pub tokens: usize,
    /// The model, as routes write it.
    pub model: Option<String>,
    /// Why no model answered, where none did.
    pub no_model: Option<NoModel>,
    /// Whether an earlier call with the same key was answered so.
    pub repeated: bool,
    /// How many messages the scope may still send in this minute; none where there is no limit.
    pub limit: Option<Limit>,
}

/// What is heard of a message's answer before it is whole.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// The message is counted; none where there is no limit.
    Limit(Option<Limit>),
    /// More of the reply.
    Text(String),
    /// What was heard of the reply so far is void: that model failed, and another one is asked.
    Restart {
        /// Who said it, as routes write it.
        model: String,
        /// What went wrong, in one sentence.
        detail: String,
    },
}

/// Who hears an answer while it is made.
pub type Hear<'a> = &'a (dyn Fn(Heard) + Send + Sync);

/// How a reply came about, as its metadata keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    model: String,
    memories: Vec<Used>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    summaries: Vec<Summed>,
    tokens: usize,
    seen: Sensitivity,
}

/// Answers a message. Before anything else that may fail, it is stored like any other memory. The same message with the
/// same key is answered with the same reply. Throttled, with the limit, where too many come; conflict where the key was
/// used for another message, or what it stands for was forgotten.
pub async fn chat(app: &App, request: &Request, key: Option<&str>, now: Time) -> Result<Chatted> {
    chat_aloud(app, request, key, None, now).await
}

/// The same, while `hear` is told the reply as a model says it. What counts is what is returned: an earlier reply, a memo or
/// memory's own evidence is not told, and what was told may be void.
pub async fn chat_aloud(
    app: &App,
    request: &Request,
    key: Option<&str>,
    hear: Option<Hear<'_>>,
    now: Time,
) -> Result<Chatted> {
    let limit = rate::count(app, &request.scope, now).await?;
    if let Some(hear) = hear {
        hear(Heard::Limit(limit));
    }
    let turns = app.records.turns(&request.scope, &request.session, evidence::TURNS, now);
    let (turns, ()) = join(turns, Box::pin(learned::refresh(app, request.scope.tenant(), now))).await;
    let held = match turns {
        Ok(turns) => Held::of(turns, now),
        Err(error) => {
            // Nothing read may stand in the way of storing what was said.
            tracing::warn!(%error, "short-term memory was not read");
            Held::unknown(now)
        }
    };
    // Without a key, the time tells it from the same words said earlier. With one, a later try must say the same.
    let draft = request.draft(if key.is_none() { Some(now) } else { None });
    let stored = Box::pin(ingest::store_until(app, vec![draft], key, held.until, now)).await?;
    let message = stored.first().ok_or_else(|| Error::internal("a message was stored without an answer"))?;
    let id = message.id;
    if message.state == State::Forgotten {
        return Err(forgotten());
    }
    let answered = async {
        if message.repeated
            && let Some(earlier) = earlier(app, request, id, now).await?
        {
            return Ok(earlier);
        }
        answer(app, request, &held, id, hear, now).await
    };
    // Boxed, as below: a conversation holds whole writes and recalls, whose futures are large.
    let chatted = Box::pin(answered).await.map_err(|error| kept(error, request, id))?;
    Ok(Chatted { limit, ..chatted })
}

async fn answer(
    app: &App,
    request: &Request,
    held: &Held,
    id: MemoryId,
    hear: Option<Hear<'_>>,
    now: Time,
) -> Result<Chatted> {
    let evidence = Box::pin(evidence::read(app, request, held, id, now)).await?;
    let becomes = Some(reply_id(&request.scope, id));
    let question = Question { request, evidence: &evidence, source: (id, 1), becomes, at: now };
    match Box::pin(ask(app, &question, hear, now)).await {
        Ok(answered) => {
            let chatted = Box::pin(store_reply(app, request, answered, held, id, now)).await?;
            // What an answer was made from is what the question should have found first.
            let cited = chatted.memories.iter().filter(|used| used.cited).map(|used| used.id).collect();
            if app.config.journal {
                app.journal.used(&request.scope, &request.message, cited, now);
            }
            Ok(chatted)
        }
        Err(no_model) => {
            meter().warn(no_model.detail.clone());
            let evidence = Box::pin(evidence::unread(app, request, evidence, id, now)).await;
            Ok(from_memory(evidence, no_model, id))
        }
    }
}

/// Stores what a model said. Where another call with the same key was quicker, its reply stands.
async fn store_reply(
    app: &App,
    request: &Request,
    answered: Answered,
    held: &Held,
    id: MemoryId,
    now: Time,
) -> Result<Chatted> {
    let Answered { text, model, packed, seen, .. } = answered;
    let used = |id: &MemoryId| Used { id: *id, cited: text.contains(&id.to_string()) };
    let kept = Kept {
        model,
        memories: packed.ids.iter().map(used).collect(),
        summaries: packed.summaries,
        tokens: packed.tokens,
        seen,
    };
    let mut draft = request.reply(text);
    draft.metadata.insert(REPLY.to_owned(), json!(kept));
    // Right after what it answers, however long the model took: a conversation is read in this order.
    let said = now.plus(SignedDuration::from_micros(1));
    let text = draft.content.clone();
    let stored = ingest::store_until(app, vec![draft], Some(&reply_key(id)), held.until, said).await;
    let reply_id = match stored {
        Ok(stored) if stored.iter().all(|reply| !reply.repeated) => stored.first().map(|reply| reply.id),
        Ok(_) | Err(Error { kind: Kind::Conflict, .. }) => {
            return earlier(app, request, id, now).await?.ok_or_else(forgotten);
        }
        Err(error) => return Err(error),
    };
    Ok(Chatted {
        reply: text,
        message_id: id,
        reply_id,
        memories: kept.memories,
        summaries: kept.summaries,
        tokens: kept.tokens,
        model: Some(kept.model),
        no_model: None,
        repeated: false,
        limit: None,
    })
}

/// What was answered to the message earlier; none where nothing was yet. Conflict where it was forgotten.
async fn earlier(app: &App, request: &Request, id: MemoryId, now: Time) -> Result<Option<Chatted>> {
    let reply_id = reply_id(&request.scope, id);
    let Some(reply) = app.records.memory(&request.scope, reply_id).await? else { return Ok(None) };
    if !reply.is_visible(now) {
        return Err(forgotten());
    }
    let kept: Option<Kept> = reply.metadata.get(REPLY).and_then(|kept| serde_json::from_value(kept.clone()).ok());
    let Memory { content, .. } = reply;
    Ok(Some(Chatted {
        reply: content,
        message_id: id,
        reply_id: Some(reply_id),
        memories: kept.as_ref().map(|kept| kept.memories.clone()).unwrap_or_default(),
        summaries: kept.as_ref().map(|kept| kept.summaries.clone()).unwrap_or_default(),
        tokens: kept.as_ref().map_or(0, |kept| kept.tokens),
        model: kept.map(|kept| kept.model),
        no_model: None,
        repeated: true,
        limit: None,
    }))
}

/// A model reads past what is beside the point; a person is shown what is at least this part as likely to answer as the likeliest.
const NEAR_THE_LIKELIEST: f32 = 0.25;

/// The evidence itself, where no model answers: all of it may be shown to whose it is.
fn from_memory(mut evidence: Evidence, no_model: NoModel, id: MemoryId) -> Chatted {
    let least = evidence.memories.iter().map(|(_, chance)| chance * NEAR_THE_LIKELIEST).fold(0.0, f32::max);
    evidence.memories.retain(|(_, chance)| *chance >= least);
    (evidence.turns, evidence.earlier) = (Vec::new(), Vec::new());
    let packed = evidence.pack(Sensitivity::UltraSecret);
    let reply = if packed.memories.is_empty() {
        "No model answered, and memory holds nothing about this beyond the conversation itself.".to_owned()
    } else if evidence.abstain {
        format!(
            "No model answered, and memory most likely does not hold this. The nearest it holds:\n\n{}",
            packed.memories
        )
    } else {
        format!("No model answered. This is what memory holds about it:\n\n{}", packed.memories)
    };
    Chatted {
        reply: reply.trim_end().to_owned(),
        message_id: id,
        reply_id: None,
        memories: packed.ids.into_iter().map(|id| Used { id, cited: true }).collect(),
        summaries: Vec::new(),
        tokens: packed.tokens,
        model: None,
        no_model: Some(no_model),
        repeated: false,
        limit: None,
    }
}

/// The key under which the answer to a message is stored: there is one, whoever asks how often.
fn reply_key(message: MemoryId) -> String {
    format!("chat reply to {message}")
}

/// The memory that the answer to a message is stored as.
fn reply_id(scope: &Scope, message: MemoryId) -> MemoryId {
    MemoryId::derive(scope, Identity::Key { key: &reply_key(message), position: 0 })
}

/// The error, with what became of the message.
fn kept(error: Error, request: &Request, id: MemoryId) -> Error {
    if !error.is_transient() {
        return error;
    }
    let scope = &request.scope;
    let again = "sent again with the same Idempotency-Key it is answered";
    let detail = format!("{}; the message is kept in {scope} as memory {id}: {again}", error.detail);
    Error { detail, ..error }
}

fn forgotten() -> Error {
    Error {
        field: Some("Idempotency-Key".to_owned()),
        expected: Some("a new key".to_owned()),
        ..Error::conflict("the message under this key, or its answer, was forgotten")
    }
}

impl Chatted {
    /// Why no model answered, as answers write it; null where one did.
    pub fn no_model(&self) -> Value {
        self.no_model.as_ref().map_or(Value::Null, |no| json!({ "reason": no.reason, "detail": no.detail }))
    }
}
