//! The worker of an export: goes through the scope in pages, puts a file whenever one is full, then notes how far it is.
//!
//! Files first, note last: a worker that stops has its last file put again under the same name.

use jiff::tz::TimeZone;

use crate::app::App;
use crate::error::Result;
use crate::memory::cold::{self, Row};
use crate::memory::{Memory, MemoryId, Scope, Sensitivity, Tenant, Time};
use crate::night::Budget;
use crate::transfer::Ended;
use crate::transfer::diary::{self, Page};
use crate::transfer::job::{Export, Stage, State, Written};
use crate::transfer::line::Line;
use crate::transfer::read::zone;

/// Memories of one page.
const PAGE: usize = 32;
/// Bytes of texts after which a file is put.
const FILE: usize = 4 * 1024 * 1024;

/// Goes on with an export, from its checkpoint, as far as the time goes.
pub async fn export(app: &App, tenant: &Tenant, id: &str, now: Time, budget: Budget) -> Result<Ended> {
    let Some(export) = app.records.export_job(tenant, id).await? else { return Ok(Ended::Whole) };
    if !matches!(export.state, State::Queued | State::Running) {
        return Ok(Ended::Whole);
    }
    let scope = export.scope(tenant)?;
    let timezone = zone(&export.timezone)?;
    let mut worker = Worker { app, tenant, scope, timezone, noted: export.clone(), export, now, budget };
    let worked = match worker.export.format {
        Written::Jsonl | Written::Parquet => worker.write_parts().await,
        Written::Markdown => worker.write_days().await,
    };
    match worked {
        Ok(ended) => Ok(ended),
        Err(error) if error.is_transient() => Err(error),
        Err(error) => {
            tracing::warn!(%error, "an export failed");
            // Where it is begun again, it goes on behind the last file that was noted.
            worker.export = worker.noted.clone();
            worker.export.state = State::Failed;
            worker.export.problem = Some(error.detail);
            worker.note().await?;
            Ok(Ended::Whole)
        }
    }
}

struct Worker<'a> {
    app: &'a App,
    tenant: &'a Tenant,
    scope: Scope,
    timezone: TimeZone,
    export: Export,
    /// As it was last noted.
    noted: Export,
    now: Time,
    budget: Budget,
}

/// A file under way.
#[derive(Default)]
struct Part {
    lines: Vec<u8>,
    rows: Vec<Row>,
    row_bytes: usize,
    memories: u64,
    secrets: u64,
}

impl Part {
    fn is_full(&self) -> bool {
        self.lines.len() + self.row_bytes >= FILE
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.rows.is_empty()
    }

    fn count(&mut self, memory: &Memory) {
        self.memories += 1;
        self.secrets += u64::from(is_secret(memory));
    }
}

impl Worker<'_> {
    /// Lines or columns: the whole scope by id, then what belongs to its memories.
    async fn write_parts(&mut self) -> Result<Ended> {
        self.export.state = State::Running;
        let mut part = Part::default();
        loop {
            let next = self.page(&mut part).await?;
            let is_over = next.is_none() && self.next_stage().is_none();
            match next {
                Some(after) => self.export.after = Some(after),
                None => {
                    self.export.after = None;
                    self.export.stage = self.next_stage().unwrap_or(self.export.stage);
                }
            }
            if is_over {
                self.export.state = State::Done;
            }
            let is_spent = self.budget.is_spent();
            if (part.is_full() || is_over || is_spent) && !self.put(std::mem::take(&mut part)).await? {
                return Ok(Ended::Whole);
            }
            if is_over {
                return Ok(Ended::Whole);
            }
            if is_spent {
                return Ok(Ended::Early);
            }
        }
    }

    fn next_stage(&self) -> Option<Stage> {
        match (self.export.format, self.export.stage) {
            (Written::Jsonl, Stage::Memories) if self.export.history => Some(Stage::Histories),
            (Written::Jsonl, Stage::Memories | Stage::Histories) => Some(Stage::Feedback),
            (Written::Jsonl, Stage::Feedback) => Some(Stage::Files),
            _ => None,
        }
    }

    /// Adds a page to the file under way; gives where the next one begins.
    async fn page(&self, part: &mut Part) -> Result<Option<String>> {
        let (records, scope, after) = (&self.app.records, &self.scope, self.export.after.as_deref());
        Ok(match self.export.stage {
            Stage::Memories => {
                let page = records.page_of_stubs(scope, after, PAGE).await?;
                for memory in self.whole(page.items).await? {
                    part.count(&memory);
                    match self.export.format {
                        Written::Parquet => {
                            part.row_bytes += memory.content.len();
                            part.rows.push(Row::of(scope, &Memory { cold: None, ..memory })?);
                        }
                        _ => part.lines.extend(Line::of_memory(memory).encode()?),
                    }
                }
                page.next
            }
            Stage::Histories => {
                let page = records.page_of_histories(scope, after, PAGE).await?;
                let seen = self.visible(page.items.iter().map(|memory| memory.id).collect()).await?;
                for memory in page.items.into_iter().filter(|memory| seen.contains(&memory.id)) {
                    part.lines.extend(Line::of_history(memory).encode()?);
                }
                page.next
            }
            Stage::Feedback => {
                let page = records.page_of_feedback(scope, after, PAGE).await?;
                let seen = self.visible(page.items.iter().map(|said| said.id).collect()).await?;
                for said in page.items.into_iter().filter(|said| seen.contains(&said.id)) {
                    part.lines.extend(Line::of_feedback(said).encode()?);
                }
                page.next
            }
            Stage::Files => {
                let mut paths = records.files(scope).await?.paths;
                let seen = self.visible(paths.values().copied().collect()).await?;
                paths.retain(|_, id| seen.contains(id));
                if !paths.is_empty() {
                    part.lines.extend(Line::of_files(paths).encode()?);
                }
                None
            }
        })
    }

    /// Those of the memories that may be seen, with their texts.
    async fn whole(&self, stubs: Vec<Memory>) -> Result<Vec<Memory>> {
        let cold: Vec<MemoryId> = stubs.iter().filter(|memory| memory.is_cold()).map(|memory| memory.id).collect();
        let mut thawed = self.app.records.memories(&self.scope, &cold).await?.into_iter().flatten();
        let whole = stubs.into_iter().filter_map(|memory| if memory.is_cold() { thawed.next() } else { Some(memory) });
        Ok(whole.filter(|memory| memory.is_visible(self.now) && !memory.content.is_empty()).collect())
    }

    /// Those of the ids whose memories may be seen.
    async fn visible(&self, mut ids: Vec<MemoryId>) -> Result<Vec<MemoryId>> {
        ids.dedup();
        let stubs = self.app.records.stubs(&self.scope, &ids).await?.into_iter().flatten();
        Ok(stubs.filter(|memory| memory.is_visible(self.now)).map(|memory| memory.id).collect())
    }

    /// Puts the file under way, where there is anything in it, and notes that; whether nobody else did meanwhile.
    async fn put(&mut self, part: Part) -> Result<bool> {
        if !part.is_empty() {
            let (bytes, ending) = match self.export.format {
                Written::Parquet => (cold::encode(&part.rows)?, "parquet"),
                _ => (part.lines, "jsonl"),
            };
            self.put_file(&format!("memories-{:05}.{ending}", self.export.files + 1), bytes).await?;
            self.export.memories += part.memories;
            self.export.secrets += part.secrets;
        }
        self.note().await
    }

    async fn put_file(&mut self, name: &str, bytes: Vec<u8>) -> Result<()> {
        self.export.files += 1;
        self.export.bytes += bytes.len() as u64;
        self.app.objects.put(&format!("{}{name}", self.export.prefix()), bytes).await
    }

    /// A diary: the scope by time, a page a day, or several of a day that has much.
    async fn write_days(&mut self) -> Result<Ended> {
        self.export.state = State::Running;
        let mut page: Option<Page> = None;
        let mut last = self.export.after.clone();
        // Of the page under way: counted with it.
        let (mut memories, mut secrets) = (0, 0);
        loop {
            let listed = self.app.records.by_time(&self.scope, last.as_deref(), PAGE).await?;
            let Some((end, _)) = listed.last().cloned() else { break };
            let ids: Vec<MemoryId> = listed.iter().map(|(_, id)| *id).collect();
            let found = self.app.records.memories(&self.scope, &ids).await?;
            for ((place, _), memory) in listed.into_iter().zip(found) {
                let Some(memory) = memory.filter(|memory| memory.is_visible(self.now)) else { continue };
                let day = diary::day(memory.time(), &self.timezone);
                let is_spent = self.budget.is_spent();
                let is_over = page.as_ref().is_some_and(|page| page.day != day || page.text.len() >= FILE || is_spent);
                if is_over && let Some(full) = page.take() {
                    self.export.memories += std::mem::take(&mut memories);
                    self.export.secrets += std::mem::take(&mut secrets);
                    self.export.after.clone_from(&last);
                    self.put_page(full).await?;
                    if !self.note().await? {
                        return Ok(Ended::Whole);
                    }
                    if is_spent {
                        return Ok(Ended::Early);
                    }
                }
                page.get_or_insert_with(|| Page::of(day)).add(&memory, &self.timezone);
                memories += 1;
                secrets += u64::from(is_secret(&memory));
                last = Some(place);
            }
            last = Some(end);
        }
        if let Some(page) = page {
            self.put_page(page).await?;
        }
        self.export.memories += memories;
        self.export.secrets += secrets;
        self.export.state = State::Done;
        self.note().await?;
        Ok(Ended::Whole)
    }

    async fn put_page(&mut self, page: Page) -> Result<()> {
        let day = page.day;
        let nth = self.export.page.filter(|(last, _)| *last == day).map_or(1, |(_, nth)| nth + 1);
        self.export.page = Some((day, nth));
        let name = if nth == 1 { format!("{day}.md") } else { format!("{day}.{nth}.md") };
        self.put_file(&name, page.text.into_bytes()).await
    }

    async fn note(&mut self) -> Result<bool> {
        self.export.updated_at = self.now;
        let noted = self.app.records.put_export(self.tenant, &mut self.export, self.now).await?;
        if noted {
            self.noted = self.export.clone();
        }
        Ok(noted)
    }
}

fn is_secret(memory: &Memory) -> bool {
    memory.classification.as_ref().is_some_and(|class| class.sensitivity >= Sensitivity::Secret)
}
