//! Which scopes a tenant has, and how much each holds.

use futures_util::future::try_join_all;

use crate::app::App;
pub use crate::aws::listing::Extent;
use crate::aws::listing::Which;
use crate::aws::records::Page;
use crate::error::{Error, Result};
use crate::memory::{Scope, Tenant};

/// Most scopes of one page: each is counted by a query of its own, all of them at once.
pub const MOST_LISTED: usize = 100;

/// A page of the tenant's scopes in the order of their names, after the given one, with how much of `which` each holds. A
/// scope stays listed when all that was in it is forgotten.
pub async fn scopes(
    app: &App,
    tenant: &Tenant,
    which: Which,
    limit: usize,
    after: Option<&str>,
) -> Result<Page<(Scope, Extent)>> {
    if !(1..=MOST_LISTED).contains(&limit) {
        return Err(Error::invalid("limit", format!("this is {limit}"), format!("1 to {MOST_LISTED}")));
    }
    let page = app.records.scopes_of(tenant, limit, after).await?;
    let extents = try_join_all(page.items.iter().map(|scope| app.records.extent(scope, which))).await?;
    Ok(Page { items: page.items.into_iter().zip(extents).collect(), next: page.next })
}

/// How much of `which` the scope holds.
pub async fn extent(app: &App, scope: &Scope, which: Which) -> Result<Extent> {
    app.records.extent(scope, which).await
}
