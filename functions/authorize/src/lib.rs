//! Who calls: API Gateway asks this function before a route that takes access keys, and passes on what it answers.

use std::collections::HashMap;

use memorable::access;
use memorable::app::App;
use memorable::error::Result;
use memorable::receipt::metered;
use serde::{Deserialize, Serialize};

/// What API Gateway asks, in payload format 2.0: all that decides are the headers, their names in lower case.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Question {
    /// The request's headers.
    #[serde(default)]
    pub headers: HashMap<String, String>,
}

/// A simple response: whether the request goes through, and what the route's function is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// Whether it goes through.
    pub is_authorized: bool,
    /// Comes to the function under `requestContext.authorizer.lambda`.
    pub context: Context,
}

/// What the function is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Whose call it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The scope of a call that names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// Answers one question. An error where the table does not answer, so that nobody is let in, or kept out for as long
/// as the gateway remembers an answer.
pub async fn handle(app: &App, question: &Question) -> Result<Answer> {
    let header = |name: &str| question.headers.get(name).map(String::as_str);
    let key = access::presented(header("authorization"), header("x-api-key"));
    let (granted, receipt) = metered(async {
        match key {
            Some(key) => access::grant(app, key).await,
            None => Ok(None),
        }
    })
    .await;
    tracing::info!(ok = granted.is_ok(), micros = receipt.micros, "asked who calls");
    Ok(match granted? {
        Some(grant) => Answer {
            is_authorized: true,
            context: Context {
                tenant: Some(grant.tenant.as_str().to_owned()),
                scope: grant.scope.map(|scope| scope.subject().to_owned()),
            },
        },
        None => Answer { is_authorized: false, context: Context::default() },
    })
}
