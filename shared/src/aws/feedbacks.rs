//! What people said of memories, in the scope's partition.

use crate::aws::errors::from_sdk;
use crate::aws::items;
use crate::aws::keys;
use crate::aws::records::Records;
use crate::error::{Error, Result};
use crate::memory::feedback::{Feedback, VERSION};
use crate::memory::{MemoryId, Scope};

/// So many are looked at before the latest of them are taken: two or three pages of the table.
const LOOKED_AT: usize = 8_000;

impl Records {
    /// What was said of that memory.
    pub async fn feedback(&self, scope: &Scope, id: MemoryId) -> Result<Option<Feedback>> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(items::key(scope, keys::feedback(id))));
        let answer = call.consistent_read(true).send().await.map_err(|error| from_sdk("read feedback", &error))?;
        answer.item.map(to_feedback).transpose()
    }

    /// What was said of any memory of the scope, the latest first; at most so many. The table has them in the order of their
    /// ids, which tells nothing: of more than some thousands the latest are those among the pages that are read.
    pub async fn feedbacks(&self, scope: &Scope, most: usize) -> Result<Vec<Feedback>> {
        let mut found: Vec<Feedback> = Vec::new();
        let mut start = None;
        while found.len() < most.max(LOOKED_AT) {
            let query = self.query(scope, keys::FEEDBACK).consistent_read(false).set_exclusive_start_key(start);
            let page = query.send().await.map_err(|error| from_sdk("find feedback", &error))?;
            for item in page.items.unwrap_or_default() {
                found.push(to_feedback(item)?);
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        found.sort_by(|a, b| b.updated_at.cmp(&a.updated_at).then(a.id.cmp(&b.id)));
        found.truncate(most);
        Ok(found)
    }
}

/// What was said, as an item.
pub(super) fn from_feedback(scope: &Scope, feedback: &Feedback) -> Result<items::Item> {
    let mut item = items::fields(feedback)?;
    item.extend(items::key(scope, keys::feedback(feedback.id)));
    Ok(item)
}

pub(super) fn to_feedback(item: items::Item) -> Result<Feedback> {
    let feedback: Feedback = items::from_fields("feedback", item)?;
    if feedback.v != VERSION {
        return Err(Error::corrupt("feedback", format!("version {} is not known here", feedback.v)));
    }
    Ok(feedback)
}
