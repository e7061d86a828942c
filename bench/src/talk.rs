//! Conversations with scripted models: what the two benchmarks of talking share.

use http::Request;
use memorable::error::{Error, Result};
use memorable::models::routes::{Backends, Route, Task};
use memorable_local::{House, Options, gateway};
use serde_json::{Value, json};

use crate::scripted::Scripted;

/// A house in memory without limits of messages, whose chat is answered by those models.
pub async fn house(route: &str, ollama: &Scripted, bedrock: &Scripted) -> Result<House> {
    let settings = [("MEMORABLE_CHAT_PER_MINUTE", "0"), ("MEMORABLE_CHAT_OVERALL", "0")];
    let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut house = House::open(Options { settings, ..Options::default() }).await?;
    let backends = Backends { bedrock: Some(bedrock.bedrock()), ollama_url: ollama.url.clone() };
    house.app.converse = Route::parse(Task::Converse, route, &backends)?.watched(&house.app.health);
    Ok(house)
}

/// One message: the status and the answer.
pub async fn say(house: &House, scope: &str, session: &str, message: &str) -> Result<(u16, Value)> {
    let body = json!({ "scope": scope, "session": session, "message": message });
    call(house, "POST", "/v1/chat", &body).await
}

/// One call.
pub async fn call(house: &House, method: &str, path: &str, body: &Value) -> Result<(u16, Value)> {
    let request = Request::builder().method(method).uri(path).header("authorization", "Bearer local");
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let request = request.body(body).map_err(|error| Error::internal(format!("no request: {error}")))?;
    let response = gateway::call(house, request).await;
    Ok((response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default()))
}

/// The value below which that part of them lies.
pub fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * part).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().unwrap_or_default()
}
