//! Users, agents, apps and runs: the scopes that mem0 can name.

use door::Call;
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::{Tenant, Time};
use memorable::recall;
use serde_json::{Value, json};

use crate::change::forget_selected;
use crate::entities::Kind;
use crate::search::number;
use crate::select::SHOWN;

/// Entities of one page.
const DEFAULT_PAGE: u64 = 100;
/// Most scopes that are looked at for one list.
const MOST_LOOKED_AT: usize = 2_000;

/// A page of those that have memories, in the order of their scopes' names.
pub async fn users(app: &App, call: &Call) -> Result<Value> {
    let tenant = call.tenant()?;
    let asked = json!({ "page": call.query("page"), "page_size": call.query("page_size") });
    let page = number(&asked, "page")?.unwrap_or(1);
    let size = number(&asked, "page_size")?.unwrap_or(DEFAULT_PAGE).min(DEFAULT_PAGE);
    let (from, to) = ((page - 1).saturating_mul(size), page.saturating_mul(size));
    let (mut count, mut looked_at, mut results) = (0_u64, 0, Vec::new());
    let mut after = None;
    loop {
        let scopes = recall::scopes(app, &tenant, SHOWN, recall::MOST_LISTED, after.as_deref()).await?;
        looked_at += scopes.items.len();
        for (scope, extent) in scopes.items {
            let (Some((kind, id)), Some((first, last))) = (Kind::of_scope(scope.subject()), extent.span) else {
                continue;
            };
            if (from..to).contains(&count) {
                results.push(json!({
                    "id": scope.subject(),
                    "name": id,
                    "type": kind.name(),
                    "total_memories": extent.memories,
                    "created_at": first,
                    "updated_at": last,
                    "owner": tenant.as_str(),
                    "metadata": {},
                }));
            }
            count += 1;
        }
        after = scopes.next;
        if after.is_none() {
            break;
        }
        if looked_at >= MOST_LOOKED_AT {
            return Err(Error::invalid(
                "page",
                format!("there are more than {MOST_LOOKED_AT} scopes"),
                "names you know",
            ));
        }
    }
    let link = |page: u64| format!("/mem0/v1/entities/?page={page}&page_size={size}");
    Ok(json!({
        "count": count,
        "next": (to < count).then(|| link(page + 1)),
        "previous": (page > 1).then(|| link(page - 1)),
        "results": results,
    }))
}

/// Forgets all of one user, agent, app or run. Not found where there is nothing of it.
pub async fn delete(app: &App, tenant: &Tenant, kind: &str, name: &str, now: Time) -> Result<Value> {
    let known = Kind::named(kind);
    let kind =
        known.ok_or_else(|| Error::not_found("there are users, agents, apps and runs, and nothing of that type"))?;
    let scope = kind.scope(tenant, name)?;
    if recall::extent(app, &scope, SHOWN).await?.memories == 0 {
        return Err(Error::not_found(format!("there is no {} of that name", kind.name())));
    }
    forget_selected(app, &[(vec![scope], None)], now).await?;
    Ok(json!({ "message": "Entity deleted successfully!" }))
}
