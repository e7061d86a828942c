//! What was made of memories: links, the graph, insights, summaries of sessions.

use door::page::memory;
use door::{Answer, Call};
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::Time;
use memorable::memory::insight::Insight;
use memorable::memory::summary::{Level, Told};
use memorable::recall::{self, Asked, Insights};
use memorable::summarize;
use serde_json::{Value, json};

use crate::limit;

/// Links of one answer.
const DEFAULT_LINKS: usize = 20;
/// Most links of one answer: a memory's own, and those that newer memories have to it.
const MOST_LINKS: usize = 50;
/// Nodes of one page, or relationships of the entity.
const DEFAULT_NODES: usize = 20;
/// Most of one page: what they cite is read in a few batches.
const MOST_NODES: usize = 50;

/// `GET /v1/memories/{id}/links`
pub async fn links(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope", "limit"])?;
    let (scope, id) = (call.scope()?, call.id()?);
    let (as_of, links) = recall::links(app, &scope, id, limit(call, DEFAULT_LINKS, MOST_LINKS)?, now).await?;
    let links: Vec<Value> = links
        .iter()
        .map(|linked| {
            json!({
                "reason": linked.link.reason,
                "via": linked.link.via,
                "score": linked.link.score,
                "is": if linked.link.newer == id { "older" } else { "newer" },
                "memory": memory(&scope, &linked.memory),
            })
        })
        .collect();
    Ok((200, json!({ "id": id, "scope": scope.subject(), "as_of": as_of, "links": links })))
}

/// `GET /v1/graph`
pub async fn graph(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope", "entity", "limit", "cursor"])?;
    let scope = call.scope()?;
    let entity = call.query("entity");
    if entity.as_deref().is_some_and(|entity| entity.trim().is_empty()) {
        return Err(Error::invalid("entity", "this is no name", "a name such as Ana, or none for the strongest nodes"));
    }
    let wrong = || Error::invalid("cursor", "this is not a cursor", "`next_cursor` of an earlier answer, unchanged");
    let from = match call.query("cursor") {
        Some(cursor) => cursor.parse().ok().filter(|from| *from > 0).ok_or_else(wrong)?,
        None => 0,
    };
    let asked = Asked { entity, limit: limit(call, DEFAULT_NODES, MOST_NODES)?, from };
    let part = recall::graph(app, &scope, &asked, now).await?;
    let answer = json!({
        "scope": scope.subject(),
        "as_of": part.as_of,
        "entity": part.entity,
        "nodes": part.nodes,
        "edges": part.edges,
        "next_cursor": part.next.map(|next| next.to_string()),
    });
    Ok((200, answer))
}

/// `GET /v1/insights`
pub async fn insights(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope"])?;
    let scope = call.scope()?;
    let found = recall::insights(app, &scope, now).await?;
    let insights: Vec<Value> = found.insights.iter().map(|insight| one(insight, &found)).collect();
    Ok((200, json!({ "scope": scope.subject(), "as_of": found.as_of, "insights": insights })))
}

/// `GET /v1/sessions/{id}/summary`
pub async fn summary(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope", "level"])?;
    let (scope, session) = (call.scope()?, call.path("id")?);
    let level = call.query("level");
    let wanted = Level::ALL.into_iter().filter(|one| level.as_deref().is_none_or(|level| level == one.name()));
    let wanted: Vec<Level> = wanted.collect();
    if wanted.is_empty() {
        let expected = Level::ALL.map(Level::name).join(", ");
        return Err(Error::invalid("level", "there is no such level", format!("one of {expected}, or none for all")));
    }
    let read = summarize::session(app, &scope, &session, now).await?;
    let levels: Vec<Told> = wanted.into_iter().map(|level| read.told(level)).collect();
    let summary = &read.summary;
    let answer = json!({
        "session": session,
        "scope": scope.subject(),
        "turns": summary.turns,
        "from": summary.from,
        "until": summary.until,
        "made_at": summary.made_at,
        "levels": levels,
    });
    Ok((200, answer))
}

/// An insight with the words of the latest memories that it cites.
fn one(insight: &Insight, found: &Insights) -> Value {
    const QUOTED: usize = 3;
    let quoted = insight.memories.iter().take(QUOTED).filter_map(|id| found.memories.get(id));
    let quoted: Vec<Value> =
        quoted.map(|m| json!({ "id": m.id, "time": m.time(), "speaker": m.speaker, "content": m.content })).collect();
    let mut value = json!(insight);
    value["quotes"] = json!(quoted);
    value
}
