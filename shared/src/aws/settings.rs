//! What tenants set for themselves: one item each, beside what they spent.

use crate::aws::errors::from_sdk;
use crate::aws::items::{Item, number, text};
use crate::aws::keys;
use crate::aws::records::Records;
use crate::aws::writes::{Condition, Outcome, Part};
use crate::error::{Error, Result};
use crate::memory::{Tenant, Time};
use crate::night::Settings;
use crate::night::settings::VERSION;

/// A tenant's settings as they are stored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    /// The settings.
    pub settings: Settings,
    /// When they were changed; none where nobody did.
    pub changed_at: Option<Time>,
    /// As they stand in the table: what a change must find there.
    body: Option<String>,
}

impl Records {
    /// What the tenant set for itself; nothing where it never did.
    pub async fn settings(&self, tenant: &Tenant) -> Result<Settings> {
        Ok(self.kept_settings(tenant).await?.settings)
    }

    /// The same, with when it did.
    pub async fn kept_settings(&self, tenant: &Tenant) -> Result<Kept> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key(tenant))).consistent_read(true);
        let answer = Box::pin(call.send()).await.map_err(|error| from_sdk("read settings", &error))?;
        let Some(item) = answer.item else { return Ok(Kept::default()) };
        let corrupt = |why: &str| Error::corrupt("a tenant's settings", why.to_owned());
        let body = item.get(SETTINGS).and_then(|body| body.as_s().ok()).ok_or_else(|| corrupt("they have no body"))?;
        let settings: Settings = serde_json::from_str(body).map_err(|error| corrupt(&error.to_string()))?;
        if settings.v != VERSION {
            return Err(corrupt("of another version"));
        }
        let changed = item.get(CHANGED).and_then(|at| at.as_n().ok()?.parse().ok());
        Ok(Kept { settings, changed_at: changed.map(Time::from_micros), body: Some(body.clone()) })
    }

    /// Sets them in place of those that were read. Refused where somebody changed them meanwhile.
    pub async fn change_settings(
        &self,
        tenant: &Tenant,
        was: &Kept,
        settings: &Settings,
        now: Time,
    ) -> Result<Outcome> {
        let condition = was.body.clone().map_or(Condition::Absent, Condition::Settings);
        let mut item = item(tenant, settings)?;
        item.insert(CHANGED.to_owned(), number(now.micros()));
        self.transact("change settings", vec![Part::Put(item, Some(condition))]).await
    }

    /// Sets them, whatever is there, as from the beginning.
    pub async fn put_settings(&self, tenant: &Tenant, settings: &Settings) -> Result<()> {
        self.put(item(tenant, settings)?).await
    }
}

/// The attribute that holds them, as JSON.
const SETTINGS: &str = "settings";
/// The attribute that says since when.
const CHANGED: &str = "changed_at";

fn key(tenant: &Tenant) -> Item {
    let partition = (keys::PK.to_owned(), text(keys::tenant(tenant)));
    Item::from([partition, (keys::SK.to_owned(), text(keys::SETTINGS))])
}

fn item(tenant: &Tenant, settings: &Settings) -> Result<Item> {
    let body = serde_json::to_string(settings);
    let body = body.map_err(|error| Error::internal(format!("settings cannot be encoded: {error}")))?;
    let mut item = key(tenant);
    item.insert(SETTINGS.to_owned(), text(body));
    Ok(item)
}
