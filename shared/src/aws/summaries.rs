//! Sessions in short, in the scope's partition.

use std::collections::HashMap;

use crate::aws::errors::from_sdk;
use crate::aws::items;
use crate::aws::keys;
use crate::aws::records::Records;
use crate::error::{Error, Result};
use crate::memory::Scope;
use crate::memory::summary::{Summary, VERSION};

impl Records {
    /// What a night made of the session.
    pub async fn summary(&self, scope: &Scope, session: &str) -> Result<Option<Summary>> {
        self.get(scope, keys::summary(session)).await?.map(to_summary).transpose()
    }

    /// What nights made of the scope's sessions, by sort key.
    pub async fn summaries(&self, scope: &Scope) -> Result<HashMap<String, Summary>> {
        let mut found = HashMap::new();
        for item in self.all_with(scope, keys::SUMMARY, false).await? {
            let sort = item.get(keys::SK).and_then(|sort| sort.as_s().ok()).cloned().unwrap_or_default();
            found.insert(sort, to_summary(item)?);
        }
        Ok(found)
    }

    /// Writes a session's summary over an earlier one.
    pub async fn put_summary(&self, scope: &Scope, session: &str, summary: &Summary) -> Result<()> {
        self.put(from_summary(scope, session, summary)?).await
    }

    /// Removes the summary under that sort key.
    pub async fn remove_summary(&self, scope: &Scope, sort: &str) -> Result<()> {
        let call = self.client.delete_item().table_name(&self.table).set_key(Some(items::key(scope, sort)));
        call.send().await.map_err(|error| from_sdk("remove a summary", &error))?;
        Ok(())
    }
}

/// A summary, as an item.
pub fn from_summary(scope: &Scope, session: &str, summary: &Summary) -> Result<items::Item> {
    let mut item = items::fields(summary)?;
    item.extend(items::key(scope, keys::summary(session)));
    Ok(item)
}

/// A summary back.
pub fn to_summary(item: items::Item) -> Result<Summary> {
    let summary: Summary = items::from_fields("a summary", item)?;
    if summary.v != VERSION {
        return Err(Error::corrupt("a summary", format!("version {} is not known here", summary.v)));
    }
    Ok(summary)
}
