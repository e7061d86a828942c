//! The item that names a scope's files, and the writes that go with it.

use crate::aws::items;
use crate::aws::keys;
use crate::aws::records::Records;
use crate::aws::writes::{Condition, NewMemory, Outcome, Part};
use crate::error::Result;
use crate::memory::Scope;
use crate::memory::event::{Event, Happening};
use crate::memory::files::Files;

impl Records {
    /// The files of a scope; none where there never was one.
    pub async fn files(&self, scope: &Scope) -> Result<Files> {
        let item = self.get(scope, keys::FILES.to_owned()).await?;
        Ok(item.map(items::to_files).transpose()?.unwrap_or_default())
    }

    /// Writes the next state of a scope's files. Whether nobody had changed them meanwhile.
    pub async fn put_files(&self, scope: &Scope, before: &Files, next: &Files) -> Result<bool> {
        Ok(self.transact("write files", vec![files(scope, before, next)?]).await? == Outcome::Done)
    }

    /// Stores a new file's memory with its tail entry and its path, all or none. Refused where the files changed meanwhile.
    pub async fn create_file(&self, scope: &Scope, new: &NewMemory, before: &Files, next: &Files) -> Result<Outcome> {
        let parts = vec![
            Part::Put(items::from_memory(scope, &new.memory)?, Some(Condition::Absent)),
            Part::Put(items::from_entry(scope, &new.entry)?, None),
            files(scope, before, next)?,
        ];
        let at = new.memory.updated_at;
        let event = Event::of(Happening::Created, scope, &new.memory, at);
        self.happen("create a file", scope, parts, vec![event], at).await
    }
}

fn files(scope: &Scope, before: &Files, next: &Files) -> Result<Part> {
    let generation = before.generation;
    let condition = if generation == 0 { Condition::Absent } else { Condition::Generation(generation) };
    Ok(Part::Put(items::from_files(scope, next)?, Some(condition)))
}
