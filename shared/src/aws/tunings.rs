//! How tenants' recalls are weighted, what nights proposed, and the recalls they learn from, in each tenant's partition.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::aws::errors::from_sdk;
use crate::aws::items::{Item, number, text};
use crate::aws::keys;
use crate::aws::records::Records;
use crate::error::{Error, Result};
use crate::index::ranking::fit::Case;
use crate::index::tuning::{Proposal, Tuning, VERSION};
use crate::memory::{Scope, Tenant, Time};

/// How long replayed recalls of a scope are kept that nobody asks any more.
const REPLAYS_KEPT: SignedDuration = SignedDuration::from_hours(45 * 24);

impl Records {
    /// How the tenant's recalls are weighted, as of a moment ago.
    pub async fn tuning(&self, tenant: &Tenant) -> Result<Tuning> {
        let call = self.client.get_item().table_name(&self.table);
        let call = call.set_key(Some(key(tenant, keys::TUNING.to_owned())));
        let answer = call.send().await.map_err(|error| from_sdk("read how recalls are weighted", &error))?;
        answer.item.map_or_else(|| Ok(Tuning::default()), |item| read(&item))
    }

    /// Writes `next` over the tuning of the revision before. False where somebody else changed it meanwhile.
    pub async fn put_tuning(&self, tenant: &Tenant, next: &Tuning) -> Result<bool> {
        self.put_next(written(tenant, keys::TUNING.to_owned(), next)?, next.revision).await
    }

    /// Writes an item of that revision over the one of the revision before. False where somebody else changed it meanwhile.
    pub(super) async fn put_next(&self, mut item: Item, revision: u32) -> Result<bool> {
        item.insert("revision".to_owned(), number(revision));
        let call = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let call = call
            .condition_expression("attribute_not_exists(#pk) OR #revision = :before")
            .expression_attribute_names("#pk", keys::PK)
            .expression_attribute_names("#revision", "revision")
            .expression_attribute_values(":before", number(revision.saturating_sub(1)));
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(from_sdk("change what nights chose", &error)),
            },
        }
    }

    /// Writes what a night proposed over what it proposed before.
    pub async fn put_proposal(&self, tenant: &Tenant, proposal: &Proposal) -> Result<()> {
        self.put(written(tenant, keys::proposal(proposal.night), proposal)?).await
    }

    /// What nights proposed, the latest first.
    pub async fn proposals(&self, tenant: &Tenant) -> Result<Vec<Proposal>> {
        let items = self.all_of_tenant(tenant, keys::PROPOSALS).await?;
        items.iter().rev().map(read).collect()
    }

    /// What that night proposed.
    pub async fn proposal(&self, tenant: &Tenant, night: Date) -> Result<Option<Proposal>> {
        let call = self.client.get_item().table_name(&self.table).consistent_read(true);
        let call = call.set_key(Some(key(tenant, keys::proposal(night))));
        let answer = call.send().await.map_err(|error| from_sdk("read a proposal", &error))?;
        answer.item.as_ref().map(read).transpose()
    }

    /// Writes the replayed recalls of a scope over those of the night before.
    pub async fn put_replays(&self, scope: &Scope, cases: &[Case], now: Time) -> Result<()> {
        let unwritten = |error| Error::internal(format!("replayed recalls cannot be encoded: {error}"));
        let bytes = postcard::to_extend(cases, vec![VERSION]).map_err(unwritten)?;
        let mut item = key(scope.tenant(), keys::replays(scope));
        item.insert("cases".to_owned(), AttributeValue::B(Blob::new(bytes)));
        item.insert(keys::EXPIRES.to_owned(), number(now.plus(REPLAYS_KEPT).seconds()));
        self.put(item).await
    }

    /// Replayed recalls of all the tenant's scopes, `most` at the most.
    pub async fn replays(&self, tenant: &Tenant, most: usize) -> Result<Vec<Case>> {
        let mut cases = Vec::new();
        for item in self.all_of_tenant(tenant, keys::REPLAYS).await? {
            let corrupt = |why: String| Error::corrupt("replayed recalls", why);
            let Some(AttributeValue::B(bytes)) = item.get("cases") else {
                return Err(corrupt("there are none".into()));
            };
            match bytes.as_ref().split_first() {
                Some((&VERSION, rest)) => {
                    let read: Vec<Case> = postcard::from_bytes(rest).map_err(|error| corrupt(error.to_string()))?;
                    cases.extend(read);
                }
                version => return Err(corrupt(format!("version {:?} is not known here", version.map(|(v, _)| v)))),
            }
            if cases.len() >= most {
                cases.truncate(most);
                break;
            }
        }
        Ok(cases)
    }

    pub(super) async fn all_of_tenant(&self, tenant: &Tenant, prefix: &str) -> Result<Vec<Item>> {
        self.all_of(&keys::tenant(tenant), prefix, true).await
    }
}

pub(super) fn key(tenant: &Tenant, sort: String) -> Item {
    [(keys::PK.to_owned(), text(keys::tenant(tenant))), (keys::SK.to_owned(), text(sort))].into()
}

pub(super) fn written(tenant: &Tenant, sort: String, what: &impl Serialize) -> Result<Item> {
    let unwritten = |error| Error::internal(format!("a tuning cannot be encoded: {error}"));
    let mut item = key(tenant, sort);
    item.insert("v".to_owned(), number(VERSION));
    item.insert("json".to_owned(), text(serde_json::to_string(what).map_err(unwritten)?));
    Ok(item)
}

pub(super) fn read<T: DeserializeOwned>(item: &Item) -> Result<T> {
    let corrupt = |why: String| Error::corrupt("a tuning", why);
    let version = item.get("v").and_then(|v| v.as_n().ok());
    if version != Some(&VERSION.to_string()) {
        return Err(corrupt(format!("version {version:?} is not known here")));
    }
    let json = item.get("json").and_then(|json| json.as_s().ok()).ok_or_else(|| corrupt("it is empty".into()))?;
    serde_json::from_str(json).map_err(|error| corrupt(error.to_string()))
}
