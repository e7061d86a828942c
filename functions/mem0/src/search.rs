//! `search`: one recall for all scopes that are asked the same, the best of all of them together.

use futures_util::future::try_join_all;
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::{Tenant, Time};
use memorable::recall;
use serde_json::{Value, json};

use crate::action::Shape;
use crate::entities::Kind;
use crate::filters::{self, Filter};
use crate::{page, select, text};

/// Memories where the caller does not say how many.
const DEFAULT_TOP_K: u64 = 10;
/// Most memories of one recall.
const MOST_TOP_K: u64 = 100;

/// Finds what answers the query.
pub async fn search(app: &App, tenant: &Tenant, body: Value, shape: Shape, now: Time) -> Result<Value> {
    let query = text(&body, "query")?.unwrap_or_default();
    let top_k = number(&body, "top_k")?.or(number(&body, "limit")?).unwrap_or(DEFAULT_TOP_K).clamp(1, MOST_TOP_K);
    let parts = select::parts(app, tenant, &filter(tenant, &body)?).await?;
    let as_of = match body.get("reference_date") {
        None | Some(Value::Null) => None,
        Some(time) => Some(filters::time(time, "reference_date")?),
    };
    let mut requests = Vec::with_capacity(parts.len());
    for (scopes, filter) in &parts {
        let scopes: Vec<&str> = scopes.iter().map(memorable::memory::Scope::subject).collect();
        let native = json!({
            "query": query,
            "scopes": scopes,
            "top_k": top_k,
            "min_score": body.get("threshold").unwrap_or(&Value::Null),
            "filters": filter,
            "as_of": as_of,
        });
        requests.push(recall::Request::parse(tenant, native.to_string().as_bytes()).map_err(in_their_words)?);
    }
    let recalls = requests.iter().map(|request| recall::recall(app, request, now));
    let mut found: Vec<_> = try_join_all(recalls).await?.into_iter().flat_map(|recalled| recalled.found).collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(top_k as usize);
    let results = found.iter().map(|found| {
        let page = page::memory(&found.scope, &found.memory, Some(found.score));
        only(page, body.get("fields"))
    });
    let results: Vec<Value> = results.collect();
    Ok(match shape {
        Shape::List if text(&body, "output_format")? != Some("v1.1") => Value::Array(results),
        _ => json!({ "results": results }),
    })
}

/// The filter of a body: `filters`, and what stands beside it. Ids may stand there, too, as in mem0's first version.
pub fn filter(tenant: &Tenant, body: &Value) -> Result<Filter> {
    let mut parts = Vec::new();
    match body.get("filters") {
        None | Some(Value::Null) => {}
        Some(filters) => parts.push(Filter::parse(tenant, filters)?),
    }
    for field in Kind::ALL.map(Kind::field) {
        if let Some(id) = body.get(field).filter(|id| !id.is_null()) {
            parts.push(Filter::parse(tenant, &json!({ field: id }))?);
        }
    }
    for (field, filter) in [("metadata", "metadata"), ("categories", "categories")] {
        if let Some(wanted) = body.get(field).filter(|wanted| !wanted.is_null()) {
            parts.push(Filter::parse(tenant, &json!({ filter: wanted }))?);
        }
    }
    for (field, operator) in [("start_date", "gte"), ("end_date", "lte")] {
        if let Some(time) = body.get(field).filter(|time| !time.is_null()) {
            parts.push(Filter::parse(tenant, &json!({ "created_at": { operator: filters::time(time, field)? } }))?);
        }
    }
    Ok(Filter::All(parts))
}

/// A whole number; none where it is not there.
pub fn number(body: &Value, field: &str) -> Result<Option<u64>> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_u64()
            .or_else(|| value.as_str()?.parse().ok())
            .filter(|n| *n > 0)
            .map(Some)
            .ok_or_else(|| Error::invalid(field, "this is not a usable number", "a whole number from 1")),
    }
}

/// Only the fields that were asked for, and always the id, the text and the score.
fn only(page: Value, fields: Option<&Value>) -> Value {
    let (Value::Object(mut page), Some(fields)) = (page.clone(), fields.and_then(Value::as_array)) else { return page };
    page.retain(|name, _| {
        ["id", "memory", "score"].contains(&name.as_str()) || fields.iter().any(|field| field == name)
    });
    Value::Object(page)
}

fn in_their_words(error: Error) -> Error {
    let field = error.field.as_deref().map(|field| if field == "min_score" { "threshold" } else { field }.to_owned());
    Error { field, ..error }
}
