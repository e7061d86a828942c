//! Cold objects on S3: written once, and rewritten in place where a row must go, by whoever saw the latest.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;

use crate::aws::objects::Objects;
use crate::error::{Error, Result};
use crate::memory::cold::{self, Row};
use crate::memory::{Memory, MemoryId, Scope};
use crate::receipt::meter;

/// How often a row is taken out again when somebody else rewrote the object meanwhile.
const ATTEMPTS: u32 = 8;

/// Recalls of cold memories that a container remembers to have marked; beyond that it starts over.
const MARKED: usize = 10_000;

/// The bucket's cold objects.
#[derive(Debug, Clone)]
pub struct Cold {
    objects: Objects,
    marked: Arc<Mutex<HashSet<(String, MemoryId)>>>,
}

impl Cold {
    /// Of those objects.
    pub fn new(objects: Objects) -> Cold {
        Cold { objects, marked: Arc::default() }
    }

    /// Puts the rows under a name that nobody has used; gives their bytes. Conflict where somebody has.
    pub async fn put(&self, name: &str, rows: &[Row]) -> Result<u64> {
        let bytes = cold::encode(rows)?;
        let size = bytes.len() as u64;
        match self.objects.put_if(name, bytes, None).await? {
            true => Ok(size),
            false => Err(Error::conflict(format!("object {name} is there already"))),
        }
    }

    /// Its rows; none where there is no such object.
    pub async fn rows(&self, name: &str) -> Result<Option<Vec<Row>>> {
        match self.objects.get_tagged(name).await? {
            Some((bytes, _)) => cold::decode(name, bytes).map(Some),
            None => Ok(None),
        }
    }

    /// Blanks all rows but those to keep, and deletes the object where none is left; gives how many are. Rows keep their
    /// places, so what points to others still holds.
    pub async fn keep(&self, name: &str, keeps: impl Fn(&Row) -> bool) -> Result<usize> {
        for _ in 0..ATTEMPTS {
            let Some((bytes, tag)) = self.objects.get_tagged(name).await? else { return Ok(0) };
            let rows = cold::decode(name, bytes)?;
            let next: Vec<Row> = rows.iter().map(|row| if keeps(row) { row.clone() } else { row.blank() }).collect();
            let left = next.iter().filter(|row| !row.is_blank()).count();
            if left == 0 {
                self.objects.delete(name).await?;
                return Ok(0);
            }
            if next == rows || self.objects.put_if(name, cold::encode(&next)?, Some(&tag)).await? {
                return Ok(left);
            }
        }
        Err(Error::throttled(format!("object {name} keeps changing")))
    }

    /// Those of the memories that this container has not marked as recalled yet; from now on it has.
    pub fn unmarked(&self, scope: &Scope, ids: Vec<MemoryId>) -> Vec<MemoryId> {
        let mut marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        if marked.len() >= MARKED {
            marked.clear();
        }
        ids.into_iter().filter(|id| marked.insert((scope.path(), *id))).collect()
    }

    /// The memory's row is blank from then on.
    pub async fn remove(&self, name: &str, id: MemoryId) -> Result<()> {
        let id = id.to_string();
        self.keep(name, |row| row.id != id).await.map(|_| ())
    }

    /// Those memories with their texts: stubs are filled from their objects, all at once. A stub whose row cannot be read is
    /// left as it is.
    pub async fn thaw(&self, memories: Vec<Memory>) -> Vec<Memory> {
        let named = |memory: &Memory| memory.cold.as_ref().filter(|_| memory.is_cold()).map(|at| at.object.clone());
        let mut names: Vec<String> = memories.iter().filter_map(named).collect();
        if names.is_empty() {
            return memories;
        }
        names.sort_unstable();
        names.dedup();
        let read = join_all(names.iter().map(|name| self.rows(name))).await;
        let mut objects: HashMap<&str, Vec<Row>> = HashMap::new();
        for (name, rows) in names.iter().zip(read) {
            match rows {
                Ok(rows) => {
                    objects.insert(name, rows.unwrap_or_default());
                }
                Err(error) => {
                    tracing::error!(%error, "a cold object cannot be read");
                    meter().warn("cold memories could not be read; they are left out");
                }
            }
        }
        let thawed = |memory: Memory| {
            let Some(name) = named(&memory) else { return memory };
            let at = memory.cold.as_ref().map_or(0, |at| at.row as usize);
            let row = objects.get(name.as_str()).and_then(|rows| rows.get(at));
            match row.map(|row| memory.clone().thawed(row)) {
                Some(Ok(Some(full))) => full,
                _ => memory,
            }
        };
        memories.into_iter().map(thawed).collect()
    }
}
