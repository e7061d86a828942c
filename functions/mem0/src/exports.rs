//! Exports: what a filter selects, in one answer. Nothing is made ahead: the id holds the filter, and asking for it reads.

use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::{Tenant, Time};
use serde_json::{Value, json};

use crate::filters::Filter;
use crate::{names, page, select, text};

/// Most memories of one export: an answer of Lambda's has 6 MB at the most.
const MOST_EXPORTED: usize = 1_000;

/// Takes an export to mind: by its filter, which its id will say again.
pub fn create(tenant: &Tenant, body: &Value) -> Result<Value> {
    let filters = filters_of(body);
    Filter::parse(tenant, &filters)?.named(tenant)?;
    Ok(json!({ "message": "Memory export request received.", "id": names::export(&filters) }))
}

/// The memories of an export, by its id or once more by its filter. Invalid where there are more than one answer holds.
pub async fn get(app: &App, tenant: &Tenant, body: &Value, now: Time) -> Result<Value> {
    let filters = match text(body, "memory_export_id")? {
        Some(name) => names::to_export(name)?,
        None => filters_of(body),
    };
    let parts = select::parts(app, tenant, &Filter::parse(tenant, &filters)?).await?;
    let (mut memories, mut more) = (Vec::new(), false);
    select::walk(app, &parts, now, |scope, memory| {
        more = memories.len() == MOST_EXPORTED;
        if !more {
            memories.push(page::memory(scope.subject(), &memory, None));
        }
        !more
    })
    .await?;
    if more {
        let detail = format!("this selects more than {MOST_EXPORTED} memories");
        return Err(Error::invalid("filters", detail, "a filter that selects fewer, such as by created_at"));
    }
    Ok(json!({ "memories": memories }))
}

/// The filter of a request: `filters`, or the ids that stand beside it.
fn filters_of(body: &Value) -> Value {
    match body.get("filters") {
        Some(filters) if !filters.is_null() => filters.clone(),
        _ => {
            let ids = ["user_id", "agent_id", "app_id", "run_id"].iter();
            ids.filter_map(|field| Some(((*field).to_owned(), body.get(field)?.clone())))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
    }
}
