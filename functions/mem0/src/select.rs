//! The memories that a filter of mem0's selects: in which scopes, and by which filter of ours in each.

use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::index::{Entry, Filter as OurFilter};
use memorable::memory::{Memory, Scope, Tenant, Time};
use memorable::recall::{self, Which};
use serde_json::Value;

use crate::entities::Kind;
use crate::filters::{Filter, Within};

/// Most scopes of one call, as of one recall.
const MOST_SCOPES: usize = 16;
/// Most memories that one call goes through.
const MOST_WALKED: usize = 10_000;
/// Memories of one step on the way.
const STEP: usize = 100;

/// What mem0's clients see. What was distilled comes and goes with the turn it was made of: it is told beside turns, and
/// not for one.
pub const SHOWN: Which = Which::Stored;

/// Scopes that are asked the same, and what they are asked; none for everything.
pub type Part = (Vec<Scope>, Option<Value>);

/// What the filter selects. Invalid where it names nobody.
pub async fn parts(app: &App, tenant: &Tenant, filter: &Filter) -> Result<Vec<Part>> {
    let (mut scopes, any) = filter.named(tenant)?;
    let is_known = !scopes.is_empty() || !any.is_empty();
    for kind in any {
        // Not where the rest of the filter shuts them out anyway, as a user's memories of any run.
        if filter.within(kind, None) != Within::Nothing {
            scopes.extend(
                all_of(app, tenant, kind)
                    .await?
                    .into_iter()
                    .filter(|scope| !scopes.contains(scope))
                    .collect::<Vec<_>>(),
            );
        }
    }
    if !is_known {
        let expected = "at least one of user_id, agent_id, app_id and run_id in `filters`";
        return Err(Error::invalid("filters", "this does not say whose memories", expected));
    }
    let mut parts: Vec<Part> = Vec::new();
    for scope in scopes {
        let Some((kind, id)) = Kind::of_scope(scope.subject()) else { continue };
        let asked = match filter.within(kind, Some(id)) {
            Within::Nothing => continue,
            Within::Everything => None,
            Within::Filter(filter) => Some(filter),
        };
        match parts.iter_mut().find(|(_, same)| *same == asked) {
            Some((scopes, _)) => scopes.push(scope),
            None => parts.push((vec![scope], asked)),
        }
    }
    let count: usize = parts.iter().map(|(scopes, _)| scopes.len()).sum();
    if count > MOST_SCOPES {
        let detail = format!("this names {count} users, agents, apps and runs");
        return Err(Error::invalid("filters", detail, format!("at most {MOST_SCOPES} a call")));
    }
    Ok(parts)
}

async fn all_of(app: &App, tenant: &Tenant, kind: Kind) -> Result<Vec<Scope>> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = recall::scopes(app, tenant, SHOWN, recall::MOST_LISTED, after.as_deref()).await?;
        let of_kind = |scope: &Scope| Kind::of_scope(scope.subject()).is_some_and(|(own, _)| own == kind);
        found.extend(
            page.items.into_iter().filter(|(_, extent)| extent.memories > 0).map(|(scope, _)| scope).filter(of_kind),
        );
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// Goes through the selected memories, the latest of each scope first, until `each` says that it has enough. Invalid
/// where that is more than one call goes through.
pub async fn walk(app: &App, parts: &[Part], now: Time, mut each: impl FnMut(&Scope, Memory) -> bool) -> Result<()> {
    let mut walked = 0;
    for (scopes, filter) in parts {
        let filter = filter.as_ref().map(OurFilter::parse).transpose()?;
        for scope in scopes {
            let mut cursor = None;
            loop {
                let page = recall::list(app, scope, SHOWN, STEP, cursor.as_deref(), now).await?;
                walked += STEP;
                for memory in page.memories {
                    let passes = filter.as_ref().is_none_or(|filter| filter.accepts(&Entry::of(&memory, None)));
                    if passes && !each(scope, memory) {
                        return Ok(());
                    }
                }
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
                if walked >= MOST_WALKED {
                    let detail = format!("there are more than {MOST_WALKED} memories to go through");
                    return Err(Error::invalid("filters", detail, "fewer of user_id, agent_id, app_id and run_id"));
                }
            }
        }
    }
    Ok(())
}
