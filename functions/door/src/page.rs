//! Memories, digests and settings as callers see them.

use memorable::aws::settings::Kept;
use memorable::classify::preview::Previewed;
use memorable::feedback::Request;
use memorable::memory::digest::Page;
use memorable::memory::webhook::{Delivery, Webhook};
use memorable::memory::{Kind, Memory, Scope};
use memorable::recall::{Explanation, Found, Known};
use serde_json::{Value, json};

/// One memory. What classifying found stands beside the rest; null while pending.
pub fn memory(scope: &Scope, memory: &Memory) -> Value {
    fields(scope.subject(), memory)
}

/// One memory that was found, with its score; and where that is asked for, with what the score is made of.
pub fn found(found: &Found, explanation: Option<&Explanation>) -> Value {
    let mut page = fields(&found.scope, &found.memory);
    page["score"] = json!(found.score);
    if let Some(explanation) = explanation {
        page["signals"] = json!(found.signals);
        page["contributions"] = json!(explanation.contributions(&found.signals));
    }
    page
}

/// One fact that answers.
pub fn known(known: &Known) -> Value {
    fields(&known.scope, &known.memory)
}

/// What holds for a tenant, and what of it the tenant set for itself.
pub fn settings(kept: &Kept) -> Value {
    let mut own = json!(kept.settings);
    if let Some(fields) = own.as_object_mut() {
        fields.remove("v");
    }
    json!({ "settings": kept.settings.in_force(), "own": own, "changed_at": kept.changed_at })
}

/// A digest, with the page a person reads.
pub fn digest(scope: &Scope, page: &Page) -> Value {
    json!({
        "scope": scope.subject(),
        "date": page.digest.date,
        "memories": page.digest.memories,
        "kinds": page.digest.kinds,
        "people": page.digest.people,
        "themes": page.digest.themes,
        "happened": page.happened,
        "decisions": page.decisions,
        "commitments": page.commitments,
        "changes": page.changes,
        "questions": page.questions,
        "markdown": page.markdown(),
    })
}

/// What would be found out about a text, with the chance of each kind.
pub fn previewed(previewed: &Previewed) -> Value {
    let class = &previewed.classification;
    json!({
        "kind": class.kind,
        "sensitivity": class.sensitivity,
        "importance": class.importance,
        "confidence": class.confidence,
        "entities": class.entities,
        "event_time": class.event_time,
        "topics": class.topics,
        "relevant_until": class.relevant_until,
        "emotion": class.emotion,
        "classified_by": class.by,
        "kinds": chances(&previewed.kinds),
        "unsure": previewed.is_unsure,
    })
}

/// A memory that a person is asked about, and why.
pub fn request(scope: &Scope, request: &Request) -> Value {
    let mut page = memory(scope, &request.memory);
    page["reason"] = json!(request.reason);
    page["kinds"] = chances(&request.kinds);
    page
}

/// A webhook, without its secret.
pub fn webhook(webhook: &Webhook) -> Value {
    json!({
        "id": webhook.id,
        "url": webhook.url,
        "events": webhook.events,
        "scopes": webhook.scopes,
        "description": webhook.description,
        "enabled": webhook.enabled,
        "created_at": webhook.created_at,
        "updated_at": webhook.updated_at,
        "failing_since": webhook.failing_since,
        "disabled_because": webhook.disabled_because,
    })
}

/// A delivery: names, times and outcomes.
pub fn delivery(delivery: &Delivery) -> Value {
    let mut page = delivery.event.payload();
    page["event"] = json!(delivery.event.id);
    page["status"] = json!(delivery.standing);
    page["attempts"] = json!(delivery.attempts);
    page["next_attempt_at"] = json!(delivery.next_at);
    page
}

fn chances(kinds: &[(Kind, f32)]) -> Value {
    kinds.iter().map(|(kind, chance)| json!({ "kind": kind, "chance": chance })).collect()
}

fn fields(scope: &str, memory: &Memory) -> Value {
    let class = memory.classification.as_ref();
    let mut page = json!({
        "id": memory.id,
        "scope": scope,
        "content": memory.content,
        "state": memory.state,
        "revision": memory.revision,
        "kind": class.map(|c| c.kind),
        "sensitivity": class.map(|c| c.sensitivity),
        "importance": class.map(|c| c.importance),
        "confidence": class.map(|c| c.confidence),
        "entities": class.map(|c| &c.entities),
        "event_time": class.and_then(|c| c.event_time),
        "session": memory.session,
        "speaker": memory.speaker,
        "role": memory.role,
        "occurred_at": memory.occurred_at,
        "recorded_at": memory.recorded_at,
        "updated_at": memory.updated_at,
        "expires_at": memory.expires_at,
        "metadata": memory.metadata,
        "tags": memory.tags,
    });
    page["topics"] = json!(class.map(|c| &c.topics));
    page["relevant_until"] = json!(class.and_then(|c| c.relevant_until));
    page["emotion"] = json!(class.and_then(|c| c.emotion.as_ref()));
    page["classified_by"] = json!(class.map(|c| &c.by));
    relate(&mut page, memory);
    page
}

/// What it has to do with other memories, as far as it has.
fn relate(page: &mut Value, memory: &Memory) {
    let lists =
        [("derived_from", &memory.derived_from), ("depends_on", &memory.depends_on), ("merged", &memory.merged)];
    for (name, ids) in lists.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        page[name] = json!(ids);
    }
    let others = [
        ("superseded_by", memory.superseded_by),
        ("stale_because", memory.stale_because),
        ("merged_into", memory.merged_into),
    ];
    for (name, id) in others.into_iter().filter(|(_, id)| id.is_some()) {
        page[name] = json!(id);
    }
    if let Some(at) = memory.superseded_at {
        page["superseded_at"] = json!(at);
    }
    if !memory.claims.is_empty() {
        page["claims"] = json!(memory.claims);
    }
    if memory.sources > 1 {
        page["sources"] = json!(memory.sources);
    }
}
