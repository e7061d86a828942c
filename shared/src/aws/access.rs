//! Access keys in the table: one partition, by the hash of each.

use std::collections::HashMap;

use crate::access::AccessKey;
use crate::aws::errors::from_sdk;
use crate::aws::items::{Item, fields, from_fields, text};
use crate::aws::keys;
use crate::aws::records::Records;
use crate::error::Result;

impl Records {
    /// What is known of the key with that hash. Eventually consistent: whoever caches the answer is later still.
    pub async fn access_key(&self, hash: &str) -> Result<Option<AccessKey>> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key(hash)));
        let answer = call.send().await.map_err(|error| from_sdk("look up an access key", &error))?;
        answer.item.map(to_key).transpose()
    }

    /// Puts what is known of a key in place of what was.
    pub async fn put_access_key(&self, known: &AccessKey) -> Result<()> {
        let mut item = fields(known)?;
        item.extend(key(&known.hash));
        let call = self.client.put_item().table_name(&self.table).set_item(Some(item));
        call.send().await.map_err(|error| from_sdk("put an access key", &error))?;
        Ok(())
    }

    /// All keys.
    pub async fn access_keys(&self) -> Result<Vec<AccessKey>> {
        let mut found = Vec::new();
        let mut start = None;
        loop {
            let query = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("#pk = :pk")
                .expression_attribute_names("#pk", keys::PK)
                .expression_attribute_values(":pk", text(keys::ACCESS))
                .consistent_read(true)
                .set_exclusive_start_key(start);
            let page = query.send().await.map_err(|error| from_sdk("list access keys", &error))?;
            for item in page.items.unwrap_or_default() {
                found.push(to_key(item)?);
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(found);
            }
        }
    }
}

fn key(hash: &str) -> Item {
    HashMap::from([(keys::PK.to_owned(), text(keys::ACCESS)), (keys::SK.to_owned(), text(hash))])
}

/// The sort key is the hash, whether or not the item says so once more: one made by hand need not.
fn to_key(mut item: Item) -> Result<AccessKey> {
    if let Some(hash) = item.get(keys::SK).cloned() {
        item.insert("hash".to_owned(), hash);
    }
    from_fields("an access key", item)
}
