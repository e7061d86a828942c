//! The list by time: a scope's memories a page at a time, and how many there are. Both read keys only.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::aws::errors::from_sdk;
use crate::aws::items::{self, Item, text};
use crate::aws::keys;
use crate::aws::records::{Page, Records};
use crate::error::{Error, Result};
use crate::memory::{MemoryId, Scope, Time};

/// Which of a scope's memories are listed and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// What somebody stored, without what was derived from that.
    Stored,
}

impl Which {
    /// Whether a memory of that place is among them.
    fn has(self, listed: &str) -> bool {
        self == Which::All || !keys::is_derived(listed)
    }
}

/// How many memories a scope lists, and from when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Memories that are not forgotten. One past its end counts until the night removes it.
    pub memories: usize,
    /// The time of the earliest and of the latest; none where there are none.
    pub span: Option<(Time, Time)>,
}

impl Records {
    /// Ids of a scope's memories, latest first, after the given place. Eventually consistent, by milliseconds. `limit` is
    /// how many are looked at: a page may hold fewer.
    pub async fn list(&self, scope: &Scope, which: Which, limit: usize, after: Option<&str>) -> Result<Page<MemoryId>> {
        let query = self.in_order_of_time(scope).scan_index_forward(false).limit(most(limit));
        let start = after.map(|listed| start(scope, listed)).transpose()?;
        let page =
            query.set_exclusive_start_key(start).send().await.map_err(|error| from_sdk("list memories", &error))?;
        let places = page.items().iter().filter_map(place).filter(|listed| which.has(listed));
        let items = places.filter_map(keys::listed_id).collect();
        let next = page.last_evaluated_key().and_then(place).map(str::to_owned);
        Ok(Page { items, next })
    }

    /// A page of a scope's ids by time, earliest first, each with its place in the list. Eventually consistent.
    pub async fn by_time(&self, scope: &Scope, after: Option<&str>, limit: usize) -> Result<Vec<(String, MemoryId)>> {
        let start = after.map(|listed| start(scope, listed)).transpose()?;
        let query = self.in_order_of_time(scope).limit(most(limit)).set_exclusive_start_key(start);
        let page = Box::pin(query.send()).await.map_err(|error| from_sdk("list memories", &error))?;
        let listed = page.items().iter().filter_map(place);
        Ok(listed.filter_map(|listed| Some((listed.to_owned(), keys::listed_id(listed)?))).collect())
    }

    /// How many memories the scope lists. Reads their keys, a page for some eight thousand; eventually consistent.
    pub async fn extent(&self, scope: &Scope, which: Which) -> Result<Extent> {
        let mut extent = Extent { memories: 0, span: None };
        let mut start = None;
        loop {
            let query = self.in_order_of_time(scope).set_exclusive_start_key(start);
            let page = query.send().await.map_err(|error| from_sdk("count memories", &error))?;
            for listed in page.items().iter().filter_map(place).filter(|listed| which.has(listed)) {
                extent.memories += 1;
                if let Some(time) = keys::listed_time(listed) {
                    extent.span = Some((extent.span.map_or(time, |(first, _)| first), time));
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(extent);
            }
        }
    }

    /// A scope's memories in the list, earliest first.
    fn in_order_of_time(&self, scope: &Scope) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.table).index_name(keys::BY_TIME);
        let query = query.key_condition_expression("#pk = :pk").expression_attribute_names("#pk", keys::PK);
        query.expression_attribute_values(":pk", text(scope.path()))
    }
}

fn most(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}

fn place(item: &Item) -> Option<&str> {
    item.get(keys::LISTED)?.as_s().ok().map(String::as_str)
}

/// Where a page begins: its cursor names the last memory of the page before.
fn start(scope: &Scope, listed: &str) -> Result<HashMap<String, AttributeValue>> {
    let id = keys::listed_id(listed).ok_or_else(|| {
        Error::invalid("cursor", "this is not a cursor", "`next_cursor` of an earlier answer, unchanged")
    })?;
    let mut start = items::key(scope, keys::memory(id));
    start.insert(keys::LISTED.to_owned(), text(listed));
    Ok(start)
}
