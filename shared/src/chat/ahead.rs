//! A question that is likely to be asked, asked before: the answer is a memo by the time that somebody asks.

use crate::app::App;
use crate::chat::ask::{Question, ask};
use crate::chat::{Request, evidence};
use crate::error::Result;
use crate::memory::{Memory, Scope, Time};

/// No session has this name: a conversation that begins.
const NEW_SESSION: &str = "";

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// A model was asked.
    Asked,
    /// The answer was there.
    Known,
    /// No model may see it, or none answered; or nobody asked it any more, since where that was said was forgotten.
    Left,
}

/// Asks it for that time, at the tenant's expense now. The memo goes with the message in which it was asked last, and with
/// all that it is answered from; who asks in the morning on other grounds is not given it.
pub async fn ahead(app: &App, scope: &Scope, question: &str, at: Time, now: Time) -> Result<Ahead> {
    let request = Request { scope: scope.clone(), session: NEW_SESSION.to_owned(), message: question.to_owned() };
    let (evidence, mut echoes) = evidence::ahead(app, &request, at).await?;
    echoes.sort_by_key(|memory: &Memory| memory.order);
    let Some(last) = echoes.last() else { return Ok(Ahead::Left) };
    let source = (last.id, last.revision);
    let question = Question { request: &request, evidence: &evidence, source, becomes: None, at };
    Ok(match Box::pin(ask(app, &question, None, now)).await {
        Ok(answered) if answered.was_known => Ahead::Known,
        Ok(_) => Ahead::Asked,
        Err(_) => Ahead::Left,
    })
}
