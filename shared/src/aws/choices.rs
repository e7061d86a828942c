//! What nights chose for tenants beside rankings, what they proposed, and what that is judged by: in each tenant's partition.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::aws::errors::from_sdk;
use crate::aws::items::{Item, number, text};
use crate::aws::keys;
use crate::aws::records::{Records, sort_key};
use crate::aws::tunings::{key, read, written};
use crate::aws::writes::{Part, Update};
use crate::error::{Error, Result};
use crate::memory::choice::{Choices, Verdict};
use crate::memory::feedback::Feedback;
use crate::memory::standing::Standing;
use crate::memory::{Scope, Tenant, Time};
use crate::models::ledger::Standings;
use crate::models::routes::Task;

/// How long a day's standings are kept: a month and two weeks, to look back on.
const STANDINGS_KEPT: SignedDuration = SignedDuration::from_hours(45 * 24);
/// Models of one write: an expression of DynamoDB's has 4 KB.
const OF_ONE_WRITE: usize = 20;
/// Bytes of one part of a head, below the 400 KB of an item.
const PART_BYTES: usize = 350 * 1024;
/// Signs between task, model and figure. No name of a task or figure has it.
const BETWEEN: char = '|';

/// What people corrected in a scope: names, labels and hashes, no text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corrected {
    /// The scope's path.
    pub scope: String,
    /// What was said, without votes.
    pub feedback: Vec<Feedback>,
}

impl Records {
    /// What is chosen for the tenant, as of a moment ago.
    pub async fn choices(&self, tenant: &Tenant) -> Result<Choices> {
        let call = self.client.get_item().table_name(&self.table);
        let call = call.set_key(Some(key(tenant, keys::CHOICES.to_owned())));
        let answer = Box::pin(call.send()).await.map_err(|error| from_sdk("read what nights chose", &error))?;
        answer.item.map_or_else(|| Ok(Choices::default()), |item| read(&item))
    }

    /// Writes `next` over the choices of the revision before. False where somebody else changed them meanwhile.
    pub async fn put_choices(&self, tenant: &Tenant, next: &Choices) -> Result<bool> {
        self.put_next(written(tenant, keys::CHOICES.to_owned(), next)?, next.revision).await
    }

    /// Writes what a night proposed to choose over what it proposed before.
    pub async fn put_verdict(&self, tenant: &Tenant, verdict: &Verdict) -> Result<()> {
        self.put(written(tenant, keys::verdict(&verdict.what, verdict.night), verdict)?).await
    }

    /// What nights proposed to choose, the latest first.
    pub async fn verdicts(&self, tenant: &Tenant) -> Result<Vec<Verdict>> {
        let items = self.all_of_tenant(tenant, keys::VERDICTS).await?;
        items.iter().rev().map(read).collect()
    }

    /// What that night proposed to choose there.
    pub async fn verdict(&self, tenant: &Tenant, what: &str, night: Date) -> Result<Option<Verdict>> {
        let call = self.client.get_item().table_name(&self.table).consistent_read(true);
        let call = call.set_key(Some(key(tenant, keys::verdict(what, night))));
        let answer = call.send().await.map_err(|error| from_sdk("read a verdict", &error))?;
        answer.item.as_ref().map(read).transpose()
    }

    /// Adds to what models came to for the tenant on that day.
    pub async fn add_standings(&self, tenant: &Tenant, date: Date, standings: &Standings, now: Time) -> Result<()> {
        let all: Vec<_> = standings.iter().collect();
        for some in all.chunks(OF_ONE_WRITE) {
            let mut update = Update::of(keys::tenant(tenant), keys::standings(date));
            update.set(keys::EXPIRES, number(now.plus(STANDINGS_KEPT).seconds()));
            for ((task, model), standing) in some {
                for (figure, more) in (**standing).clone().parts() {
                    let more = i64::try_from(*more).unwrap_or(i64::MAX);
                    if more != 0 {
                        update.add(&format!("{}{BETWEEN}{model}{BETWEEN}{figure}", task.name()), more);
                    }
                }
            }
            self.transact("add up what models came to", vec![Part::Update(update)]).await?;
        }
        Ok(())
    }

    /// What models came to for the tenant, by day, from that day on.
    pub async fn standings(&self, tenant: &Tenant, from: Date) -> Result<BTreeMap<Date, Standings>> {
        let mut days = BTreeMap::new();
        for item in self.all_of_tenant(tenant, keys::STANDINGS).await? {
            let date = sort_key(&item).and_then(|sort| sort.strip_prefix(keys::STANDINGS)?.parse::<Date>().ok());
            if let Some(date) = date.filter(|date| *date >= from) {
                days.insert(date, to_standings(&item));
            }
        }
        Ok(days)
    }

    /// Writes what people corrected in a scope over what was there.
    pub async fn put_corrected(&self, scope: &Scope, feedback: Vec<Feedback>) -> Result<()> {
        let corrected = Corrected { scope: scope.path(), feedback };
        self.put(written(scope.tenant(), keys::corrections(scope), &corrected)?).await
    }

    /// What people corrected, scope by scope.
    pub async fn corrected(&self, tenant: &Tenant) -> Result<Vec<Corrected>> {
        self.all_of_tenant(tenant, keys::CORRECTIONS).await?.iter().map(read).collect()
    }

    /// Keeps a trained head. Before it is chosen: bytes first, pointer last.
    pub async fn put_head(&self, tenant: &Tenant, name: &str, bytes: &[u8]) -> Result<()> {
        for (part, bytes) in bytes.chunks(PART_BYTES).enumerate() {
            let mut item = key(tenant, keys::head_part(name, part));
            item.insert("bytes".to_owned(), AttributeValue::B(Blob::new(bytes)));
            self.put(item).await?;
        }
        Ok(())
    }

    /// The bytes of a trained head; none where there is no such head.
    pub async fn head(&self, tenant: &Tenant, name: &str) -> Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        for item in self.all_of_tenant(tenant, &keys::head(name)).await? {
            let part = item.get("bytes").and_then(|bytes| bytes.as_b().ok());
            let part = part.ok_or_else(|| Error::corrupt("a trained head", "a part of it is empty"))?;
            bytes.extend_from_slice(part.as_ref());
        }
        Ok((!bytes.is_empty()).then_some(bytes))
    }

    /// Removes the tenant's trained heads but for these.
    pub async fn remove_heads(&self, tenant: &Tenant, kept: &[String]) -> Result<()> {
        let kept: Vec<String> = kept.iter().map(|name| keys::head(name)).collect();
        for item in self.all_of_tenant(tenant, keys::HEADS).await? {
            let Some(sort) = sort_key(&item).filter(|sort| !kept.iter().any(|kept| sort.starts_with(kept))) else {
                continue;
            };
            let call = self.client.delete_item().table_name(&self.table);
            let call = call.key(keys::PK, text(keys::tenant(tenant))).key(keys::SK, text(sort));
            call.send().await.map_err(|error| from_sdk("remove a trained head", &error))?;
        }
        Ok(())
    }
}

fn to_standings(item: &Item) -> Standings {
    let mut standings = Standings::new();
    for (name, value) in item {
        let count = value.as_n().ok().and_then(|n| n.parse::<u64>().ok());
        // A model's name may hold the sign, too: what stands first and last is ours.
        let parts = name.split_once(BETWEEN).and_then(|(task, rest)| Some((task, rest.rsplit_once(BETWEEN)?)));
        let (Some(count), Some((task, (model, figure)))) = (count, parts) else { continue };
        let Some(task) = Task::ALL.into_iter().find(|known| known.name() == task) else { continue };
        let standing: &mut Standing = standings.entry((task, model.to_owned())).or_default();
        if let Some((_, sum)) = standing.parts().into_iter().find(|(known, _)| *known == figure) {
            *sum = count;
        }
    }
    standings
}
