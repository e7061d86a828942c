//! The worker of an import: reads the file in ranges, makes frames and messages of it, stores them, and notes how far it is.

use std::time::Duration;

use crate::app::App;
use crate::error::{Error, Result};
use crate::memory::{Scope, Tenant, Time};
use crate::night::Budget;
use crate::transfer::Ended;
use crate::transfer::detect::{LOOKED_AT, detect};
use crate::transfer::job::{Format, Import, State};
use crate::transfer::read::frames::{Framer, Framing};
use crate::transfer::read::whatsapp::dates::Tally;
use crate::transfer::read::{Context, Found, Pass, Place, Reader, Setting, framing, zone};
use crate::transfer::store;

/// Bytes of one read of the file.
const CHUNK: u64 = 512 * 1024;
/// Messages that are embedded and stored together.
const TOGETHER: usize = 192;
/// Bytes or messages after which how far it is is noted: what a worker that stops does twice.
const NOTED_EVERY: (u64, u64) = (1024 * 1024, 1_000);
/// Messages after which is looked at how many names wait to be classified.
const LOOK_EVERY: u64 = 500;
/// Messages on the classify queue, of up to 25 names each, above which an import waits: what is not classified stays in
/// the tail, which each recall reads, and who writes today is not to queue behind years of chats.
const MOST_WAITING: u64 = 80;
/// How long a turn waits for them before it hands on, and how often it looks.
const WAITED: (Duration, Duration) = (Duration::from_secs(5), Duration::from_millis(250));
/// Turns that may end with waiting before one stores more all the same: if nobody classifies, the night will.
const MOST_WAITS: u32 = 12;

/// Goes on with an import, from its checkpoint, as far as the time goes.
pub async fn import(app: &App, tenant: &Tenant, id: &str, now: Time, budget: Budget) -> Result<Ended> {
    let Some(import) = app.records.import_job(tenant, id).await? else { return Ok(Ended::Whole) };
    if !matches!(import.state, State::Queued | State::Running) {
        return Ok(Ended::Whole);
    }
    let scope = import.scope(tenant)?;
    let looked = import.place.items;
    let mut worker = Worker { app, tenant, scope, noted: import.clone(), import, looked, has_read: false, now, budget };
    match worker.work().await {
        Ok(ended) => Ok(ended),
        // The queue brings it again, and it goes on from its checkpoint.
        Err(error) if error.is_transient() => Err(error),
        Err(error) => {
            tracing::warn!(%error, "an import failed");
            worker.import = worker.noted.clone();
            worker.import.state = State::Failed;
            let expected = error.expected.map(|expected| format!("; expected {expected}")).unwrap_or_default();
            worker.import.problem = Some(format!("{}{expected}", error.detail));
            worker.note().await?;
            Ok(Ended::Whole)
        }
    }
}

struct Worker<'a> {
    app: &'a App,
    tenant: &'a Tenant,
    scope: Scope,
    import: Import,
    /// As it was last noted.
    noted: Import,
    /// Messages before which it was looked at how many names wait.
    looked: u64,
    /// Whether this turn read any of the file: however little time there is, each gets on.
    has_read: bool,
    now: Time,
    budget: Budget,
}

impl Worker<'_> {
    async fn work(&mut self) -> Result<Ended> {
        self.import.state = State::Running;
        if !self.look_at_file().await? || !self.note().await? {
            return Ok(Ended::Whole);
        }
        self.app.register(&self.scope, self.now).await?;
        if self.import.waits < MOST_WAITS && self.is_ahead().await? {
            self.import.waits += 1;
            return Ok(if self.note().await? { Ended::Early } else { Ended::Whole });
        }
        self.import.waits = 0;
        if self.import.place.pass == Pass::Look
            && let Some(ended) = self.learn_dates().await?
        {
            return Ok(ended);
        }
        self.read().await
    }

    /// Learns the file's size and format, where they are not known; whether there is such a file.
    async fn look_at_file(&mut self) -> Result<bool> {
        let object = self.import.object();
        let size = self.app.objects.size(&object).await?;
        let Some(size) = size.filter(|size| *size > 0) else {
            return Err(Error::invalid("file", "there is no file, or nothing in it", "an upload by `PUT`"));
        };
        self.import.bytes = size;
        if self.import.format.is_none() {
            let begin = self.app.objects.get_range(&object, 0..LOOKED_AT.min(size)).await?;
            self.import.format = Some(detect(&begin)?);
        }
        if self.import.format == Some(Format::Whatsapp) && self.import.dates.is_none() {
            self.import.place.pass = Pass::Look;
        }
        Ok(true)
    }

    /// Goes through a chat for the order of its dates; how that ended where it is not to go on.
    async fn learn_dates(&mut self) -> Result<Option<Ended>> {
        let mut tally = match &self.import.place.context {
            Context::Dates(tally) => tally.clone(),
            _ => Tally::default(),
        };
        let mut framer = Framer::at(Framing::Lines, &self.import.place);
        loop {
            let is_last = framer.wants() >= self.import.bytes;
            while let Some(frame) = framer.next(is_last) {
                if let Ok(line) = std::str::from_utf8(&frame.bytes) {
                    tally.see(line);
                }
            }
            if is_last {
                break;
            }
            let is_spent = self.is_spent();
            if is_spent || framer.offset() >= self.noted.place.offset + 16 * NOTED_EVERY.0 {
                let place = &mut self.import.place;
                (place.offset, place.lines) = (framer.offset(), framer.lines());
                place.context = Context::Dates(tally.clone());
                if !self.note().await? {
                    return Ok(Some(Ended::Whole));
                }
            }
            if is_spent {
                return Ok(Some(Ended::Early));
            }
            self.fetch(&mut framer).await?;
        }
        if tally.heads == 0 {
            let expected = "`[31.12.23, 21:45:10] Name: text` or `12/31/23, 9:45 PM - Name: text`";
            return Err(Error::invalid("format", "no line of this file begins a message of a chat", expected));
        }
        self.import.dates = Some(tally.decide());
        self.import.place = Place::default();
        Ok((!self.note().await?).then_some(Ended::Whole))
    }

    async fn read(&mut self) -> Result<Ended> {
        let object = self.import.object();
        let format = self.import.format.unwrap_or(Format::Jsonl);
        let begin = self.app.objects.get_range(&object, 0..LOOKED_AT.min(self.import.bytes)).await?;
        let first = begin.iter().copied().find(|byte| !byte.is_ascii_whitespace() && *byte < 0x80);
        let mut framer = Framer::at(framing(format, first), &self.import.place);
        let setting = Setting {
            scope: self.scope.clone(),
            timezone: zone(&self.import.timezone)?,
            session: self.import.session.clone(),
            dates: self.import.dates,
        };
        let mut reader = Reader::of(format, setting, &self.import.place);
        let mut found: Vec<Found> = Vec::new();
        loop {
            let is_last = framer.wants() >= self.import.bytes;
            while let Some(frame) = framer.next(is_last) {
                reader.feed(&frame, &mut found);
                if found.len() >= TOGETHER {
                    self.store(&mut found).await?;
                    if let Some(ended) = self.pause(&framer, &reader).await? {
                        return Ok(ended);
                    }
                }
            }
            if is_last || framer.has_ended() {
                break;
            }
            self.store(&mut found).await?;
            if let Some(ended) = self.pause(&framer, &reader).await? {
                return Ok(ended);
            }
            self.fetch(&mut framer).await?;
        }
        reader.end(&mut found);
        self.store(&mut found).await?;
        self.import.place = Place { offset: self.import.bytes, lines: framer.lines(), ..self.import.place.clone() };
        self.import.place.context = Context::None;
        self.import.state = State::Done;
        if self.note().await? {
            // What it says is in the memories now; the file would outlive what is forgotten.
            self.app.objects.delete(&object).await?;
        }
        Ok(Ended::Whole)
    }

    async fn fetch(&mut self, framer: &mut Framer) -> Result<()> {
        let from = framer.wants();
        let until = (from + CHUNK).min(self.import.bytes);
        framer.push(&self.app.objects.get_range(&self.import.object(), from..until).await?);
        self.has_read = true;
        Ok(())
    }

    fn is_spent(&self) -> bool {
        self.has_read && self.budget.is_spent()
    }

    async fn store(&mut self, found: &mut Vec<Found>) -> Result<()> {
        while !found.is_empty() {
            let some = found.drain(..found.len().min(TOGETHER)).collect();
            Box::pin(store::store(self.app, &self.scope, &mut self.import, some, self.now)).await?;
        }
        Ok(())
    }

    /// Notes, where it is time to, that all is stored but the message under way; how the turn ends where it does.
    async fn pause(&mut self, framer: &Framer, reader: &Reader) -> Result<Option<Ended>> {
        let (bytes, messages) = NOTED_EVERY;
        let (noted, items) = (&self.noted.place, self.import.place.items);
        let is_due = framer.offset() >= noted.offset + bytes || items >= noted.items + messages;
        let mut is_spent = self.is_spent();
        if !is_spent && items >= self.looked + LOOK_EVERY {
            self.looked = items;
            is_spent = self.is_ahead().await?;
        }
        if !is_spent && !is_due {
            return Ok(None);
        }
        let place = &mut self.import.place;
        (place.offset, place.lines) = reader.unfinished().unwrap_or((framer.offset(), framer.lines()));
        place.inside = framer.is_inside();
        place.context = reader.context();
        if !self.note().await? {
            // Another worker is at it, and further.
            return Ok(Some(Ended::Whole));
        }
        Ok(is_spent.then_some(Ended::Early))
    }

    /// Whether it is too far ahead of those who classify, also after it waited for them.
    async fn is_ahead(&self) -> Result<bool> {
        let (most, pause) = WAITED;
        let mut waited = Duration::ZERO;
        while self.app.classify_queue()?.waiting().await? > MOST_WAITING {
            if self.budget.is_spent() || waited >= most {
                return Ok(true);
            }
            tokio::time::sleep(pause).await;
            waited += pause;
        }
        Ok(false)
    }

    /// Writes how far it is; whether nobody else did meanwhile.
    async fn note(&mut self) -> Result<bool> {
        self.import.updated_at = self.now;
        let noted = self.app.records.put_import(self.tenant, &mut self.import, self.now).await?;
        if noted {
            self.noted = self.import.clone();
        }
        Ok(noted)
    }
}
