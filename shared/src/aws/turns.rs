//! Short-term memory: the last turns of a session, by name, each until its end.

use std::collections::HashSet;

use crate::aws::errors::from_sdk;
use crate::aws::items;
use crate::aws::keys;
use crate::aws::records::Records;
use crate::aws::writes::{Part, TRANSACTION};
use crate::error::Result;
use crate::memory::{Memory, MemoryId, Scope, Time};

/// A turn of a session that short-term memory still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The memory.
    pub id: MemoryId,
    /// When it was stored, in microseconds, as [`Memory::order`].
    pub order: i64,
    /// When it ends, in seconds since 1970.
    pub until: i64,
    /// Whether the session is known to begin with it.
    pub is_first: bool,
}

impl Records {
    /// The last turns of a session that short-term memory still holds, oldest first.
    pub async fn turns(&self, scope: &Scope, session: &str, most: usize, now: Time) -> Result<Vec<Turn>> {
        let query = self.query(scope, &keys::turns(session)).scan_index_forward(false);
        // An item past its end may still be there for days: DynamoDB removes it when it has time.
        let query = query
            .filter_expression("#expires > :now")
            .expression_attribute_names("#expires", keys::EXPIRES)
            .expression_attribute_values(":now", items::number(now.seconds()))
            .limit(i32::try_from(most).unwrap_or(i32::MAX));
        let page = query.send().await.map_err(|error| from_sdk("read a session", &error))?;
        let mut turns: Vec<Turn> = page.items().iter().filter_map(items::to_turn).collect();
        // One that took the place of an ended one has two turns for a while: the latest stands.
        let mut seen = HashSet::new();
        turns.retain(|turn| seen.insert(turn.id));
        turns.reverse();
        Ok(turns)
    }

    /// Keeps the session's turns in short-term memory until then. `first`: the one that the session begins with, where it
    /// is among them. A turn of what is forgotten meanwhile names nothing that a reader could see.
    pub async fn keep_turns(
        &self,
        scope: &Scope,
        session: &str,
        turns: &[&Memory],
        first: Option<MemoryId>,
        until: Time,
    ) -> Result<()> {
        let items = turns.iter().map(|memory| {
            let mut item = items::from_turn(scope, memory, session, until);
            if first == Some(memory.id) {
                item.insert(items::FIRST.to_owned(), items::number(1));
            }
            item
        });
        self.put_all("keep turns", items.collect()).await
    }

    /// Takes the session out of short-term memory: what was stored beside it is in the index only, and whoever wants the
    /// session's turns makes it again from there.
    pub async fn let_go_turns(&self, scope: &Scope, session: &str) -> Result<()> {
        let turns = self.all_with(scope, &keys::turns(session), true).await?;
        let turns: Vec<Turn> = turns.iter().filter_map(items::to_turn).collect();
        for turns in turns.chunks(TRANSACTION) {
            let key = |turn: &Turn| items::key(scope, keys::turn(session, turn.order, turn.id));
            let parts = turns.iter().map(|turn| Part::Delete(key(turn), None)).collect();
            self.transact("let go of turns", parts).await?;
        }
        Ok(())
    }
}
