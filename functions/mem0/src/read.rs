//! Plain reads: one memory, all that a filter selects by pages, what a memory said.

use door::Call;
use memorable::app::App;
use memorable::error::Result;
use memorable::memory::{Tenant, Time};
use memorable::recall;
use serde_json::{Map, Value, json};

use crate::action::Shape;
use crate::entities::Kind;
use crate::search::{filter, number};
use crate::{names, page, select, text};

/// Memories of one page.
const DEFAULT_PAGE: u64 = 100;
/// Most memories of one page: an answer of Lambda's has 6 MB at the most.
const MOST_PAGE: u64 = 200;

/// One memory by the id that an answer gave.
pub async fn get(app: &App, tenant: &Tenant, name: &str, now: Time) -> Result<Value> {
    let (scope, id) = names::to_memory(tenant, name)?;
    let memory = recall::get(app, &scope, id, now).await?;
    Ok(page::memory(scope.subject(), &memory, None))
}

/// A page of what a filter selects, and how much that is. Without a body, ids and paging stand in the query.
pub async fn all(app: &App, call: &Call, body: Option<Value>, shape: Shape, now: Time) -> Result<Value> {
    let tenant = call.tenant()?;
    let in_query = body.is_none();
    let mut body = body.unwrap_or_else(|| Value::Object(Map::new()));
    let ids: &[&str] = if in_query { &["user_id", "agent_id", "app_id", "run_id"] } else { &[] };
    for name in ["page", "page_size"].iter().chain(ids) {
        if let Some(value) = call.query(name) {
            body[*name] = json!(value);
        }
    }
    let is_paged = body.get("page").is_some() || body.get("page_size").is_some();
    let number_of_page = number(&body, "page")?.unwrap_or(1);
    let size = number(&body, "page_size")?.unwrap_or(DEFAULT_PAGE).min(MOST_PAGE);
    let parts = select::parts(app, &tenant, &filter(&tenant, &body)?).await?;
    let (from, to) = ((number_of_page - 1).saturating_mul(size), number_of_page.saturating_mul(size));
    let (mut count, mut results) = (0_u64, Vec::new());
    select::walk(app, &parts, now, |scope, memory| {
        if (from..to).contains(&count) {
            results.push(page::memory(scope.subject(), &memory, None));
        }
        count += 1;
        true
    })
    .await?;
    let wants_list = shape == Shape::List && !is_paged && text(&body, "output_format")? != Some("v1.1");
    if wants_list {
        return Ok(Value::Array(results));
    }
    let version = if in_query {
        "v1"
    } else if shape == Shape::List {
        "v2"
    } else {
        "v3"
    };
    let link = |page: u64| format!("/mem0/{version}/memories/?page={page}&page_size={size}");
    Ok(json!({
        "count": count,
        "next": (to < count).then(|| link(number_of_page + 1)),
        "previous": (number_of_page > 1).then(|| link(number_of_page - 1)),
        "results": results,
    }))
}

/// What a memory said, the first first.
pub async fn history(app: &App, tenant: &Tenant, name: &str, now: Time) -> Result<Value> {
    let (scope, id) = names::to_memory(tenant, name)?;
    let mut revisions = recall::history(app, &scope, id, now).await?;
    revisions.sort_by_key(|revision| revision.revision);
    let user = Kind::of_scope(scope.subject()).filter(|(kind, _)| *kind == Kind::User).map(|(_, id)| id);
    let mut before: Option<String> = None;
    let mut events = Vec::with_capacity(revisions.len());
    let created_at = revisions.first().map(|first| first.from);
    for revision in revisions {
        events.push(json!({
            "id": format!("{name}.{}", revision.revision),
            "memory_id": name,
            "event": if before.is_none() { "ADD" } else { "UPDATE" },
            "old_memory": before,
            "new_memory": revision.content,
            "input": [],
            "metadata": revision.metadata,
            "categories": revision.tags,
            "user_id": user,
            "created_at": created_at,
            "updated_at": revision.from,
        }));
        before = Some(revision.content);
    }
    Ok(Value::Array(events))
}
