//! `feedback`: whether a memory helped, as people say it in mem0's words.

use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::feedback::{self, Said};
use memorable::memory::feedback::Correction;
use memorable::memory::{Tenant, Time};
use serde_json::{Value, json};

use crate::{names, text};

/// Keeps the verdict. Saying it again changes nothing, and a later one takes the place of an earlier one. The reason stays
/// with the caller: what is kept of a memory holds no text about it.
pub async fn give(app: &App, tenant: &Tenant, body: &Value, now: Time) -> Result<Value> {
    let name = text(body, "memory_id")?;
    let name = name.ok_or_else(|| Error::invalid("memory_id", "there is no id", "the id of a memory"))?;
    let verdict = text(body, "feedback")?;
    let reason = text(body, "feedback_reason")?;
    let helpful = match verdict {
        Some("POSITIVE") => true,
        Some("NEGATIVE" | "VERY_NEGATIVE") => false,
        _ => {
            let expected = "POSITIVE, NEGATIVE or VERY_NEGATIVE; what was said is not taken back";
            return Err(Error::invalid("feedback", "this is no verdict", expected));
        }
    };
    let (scope, id) = names::to_memory(tenant, name)?;
    let said = Said { correction: Correction::default(), vote: Some((helpful, None)) };
    // Boxed, as in our own door.
    Box::pin(feedback::give(app, &scope, id, &said, now)).await?;
    Ok(json!({ "id": name, "feedback": verdict, "feedback_reason": reason }))
}
