//! The scopes of one tenant.

use std::collections::HashMap;

use crate::aws::errors::from_sdk;
use crate::aws::items::{Item, text};
use crate::aws::keys;
use crate::aws::records::{Page, Records};
use crate::error::Result;
use crate::memory::{Scope, Tenant};

impl Records {
    /// A tenant's scopes in the order of their names, after the given one.
    pub async fn scopes_of(&self, tenant: &Tenant, limit: usize, after: Option<&str>) -> Result<Page<Scope>> {
        let path = |subject: &str| format!("{}/{subject}", tenant.as_str());
        let start = after.map(|subject| {
            HashMap::from([(keys::PK.to_owned(), text(keys::REGISTRY)), (keys::SK.to_owned(), text(path(subject)))])
        });
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#pk", keys::PK)
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_values(":pk", text(keys::REGISTRY))
            .expression_attribute_values(":prefix", text(path("")))
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| from_sdk("list a tenant's scopes", &error))?;
        let scope = |item: &Item| Some(Scope::from_path(item.get(keys::SK)?.as_s().ok()?));
        let items: Result<Vec<Scope>> = page.items().iter().filter_map(scope).collect();
        let items = items?;
        let more = page.last_evaluated_key().is_some();
        let next = items.last().filter(|_| more).map(|scope| scope.subject().to_owned());
        Ok(Page { items, next })
    }
}
