//! Vectors of memories: the one way on which their texts go to a model that embeds, other than a night's.

use std::time::Duration;

use crate::app::App;
use crate::classify::closed::text;
use crate::index::Embedding;
use crate::memory::{Memory, Scope, Time};
use crate::models::routes::Text;
use crate::receipt::meter;

/// The vector of each, where a model gave one in time. Give them as they are about to be stored: who may see one is judged by
/// all that is known of it, not by its text alone. All are of the scope's tenant, who pays.
pub async fn embed(
    app: &App,
    scope: &Scope,
    memories: &[&Memory],
    within: Duration,
    now: Time,
) -> Vec<Option<Embedding>> {
    let texts: Vec<Text<'_>> = memories.iter().map(|memory| text(memory)).collect();
    let embedded = app.paid(&app.embed, scope, now).embed(&texts, within).await;
    meter().models(embedded.calls);
    embedded.embeddings
}
