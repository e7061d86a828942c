//! Answers of models that are kept in the scope's partition, each with the memories it was made from.

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem};
use futures_util::future::try_join_all;

use crate::aws::errors::from_sdk;
use crate::aws::items::{self, number, text};
use crate::aws::keys;
use crate::aws::records::Records;
use crate::aws::writes::TRANSACTION;
use crate::error::{Error, Result};
use crate::memory::{MemoryId, Scope};
use crate::models::memo::Memo;

impl Records {
    /// The answers kept under names that begin with that hash: a page of them, which is more than anybody needs.
    pub async fn memos(&self, scope: &Scope, hash: &str) -> Result<Vec<Memo>> {
        let page = self.query(scope, &keys::memo(hash)).send().await.map_err(|error| from_sdk("read memos", &error))?;
        page.items.unwrap_or_default().into_iter().map(items::to_memo).collect()
    }

    /// Keeps an answer under that name, if each memory it was made from still is as it was then. Gives whether it was kept: an answer made
    /// from a memory that was forgotten meanwhile must not outlive it.
    pub async fn keep_memo(&self, scope: &Scope, name: &str, memo: &Memo, depends: &[(MemoryId, u32)]) -> Result<bool> {
        if depends.len() >= TRANSACTION {
            return Ok(false);
        }
        let unbuilt = |error| Error::internal(format!("a transaction cannot be built: {error}"));
        let mut parts = Vec::with_capacity(depends.len() + 1);
        for (id, revision) in depends {
            let check = ConditionCheck::builder()
                .table_name(&self.table)
                .set_key(Some(items::key(scope, keys::memory(*id))))
                .condition_expression("#revision = :revision")
                .expression_attribute_names("#revision", "revision")
                .expression_attribute_values(":revision", number(revision));
            let check = check.build().map_err(unbuilt)?;
            parts.push(TransactWriteItem::builder().condition_check(check).build());
        }
        let put = Put::builder().table_name(&self.table).set_item(Some(items::from_memo(scope, name, memo)?));
        parts.push(TransactWriteItem::builder().put(put.build().map_err(unbuilt)?).build());
        match self.client.transact_write_items().set_transact_items(Some(parts)).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_transaction_canceled_exception()) => Ok(false),
            Err(error) => Err(from_sdk("keep a memo", &error)),
        }
    }

    /// Removes every answer that was made from that memory, and gives how many there were. Call it when the memory is
    /// gone or changed: from then on no new one is kept.
    pub async fn drop_memos(&self, scope: &Scope, id: MemoryId) -> Result<usize> {
        let mut doomed = Vec::new();
        let mut start = None;
        loop {
            let page = self
                .query(scope, keys::MEMO)
                .filter_expression("contains(#depends, :id)")
                .expression_attribute_names("#depends", "depends")
                .expression_attribute_values(":id", text(id))
                .set_exclusive_start_key(start);
            let page = page.send().await.map_err(|error| from_sdk("find memos", &error))?;
            let sorts = page.items().iter().filter_map(|item| item.get(keys::SK)?.as_s().ok());
            doomed.extend(sorts.map(|sort| items::key(scope, sort.as_str())));
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let count = doomed.len();
        let unbuilt = |error| Error::internal(format!("a transaction cannot be built: {error}"));
        let batches = doomed.chunks(TRANSACTION).map(async |keys| {
            let delete = |key: &items::Item| {
                let delete = Delete::builder().table_name(&self.table).set_key(Some(key.clone())).build();
                Ok(TransactWriteItem::builder().delete(delete.map_err(unbuilt)?).build())
            };
            let parts = keys.iter().map(delete).collect::<Result<Vec<_>>>()?;
            let call = self.client.transact_write_items().set_transact_items(Some(parts));
            call.send().await.map_err(|error| from_sdk("remove memos", &error))
        });
        try_join_all(batches).await?;
        Ok(count)
    }
}
