//! Moves what is old, matters little and is not recalled to the cold tier, and brings back what was recalled from there.
//!
//! Bytes first, pointer last: an object is noted, put, and only then do stubs name its rows, each if the memory is as it was
//! written. A row that nobody names any more is stale; the object's note counts such, and the next night blanks them.

use std::collections::{BTreeMap, HashMap};

use jiff::SignedDuration;

use crate::app::App;
use crate::aws::tiers::ColdObject;
use crate::aws::writes::Outcome;
use crate::error::{Kind, Result};
use crate::index::Entry;
use crate::memory::cold::{self, ColdRef, MOST_ROWS, Row};
use crate::memory::{Memory, MemoryId, Scope, Sensitivity, State, Time};
use crate::night::each::each_live;
use crate::night::{Night, Settings, Worked};

/// Stubs put in one transaction.
const TOGETHER: usize = 50;
/// How long an object that was not finished is left to whoever writes it.
const UNFINISHED: SignedDuration = SignedDuration::from_hours(24);
/// How much older than need be memories become before a scope is due for them alone: so they go a month at a time.
const TOGETHER_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Cleans objects, warms what was recalled, then cools what is due.
pub async fn tier(night: &Night<'_>, settings: &Settings) -> Result<Worked> {
    let Night { app, scope, now, .. } = *night;
    let mut worked = Worked::default();
    let objects = app.records.cold_objects(scope).await?;
    let bytes: u64 = objects.iter().map(|object| object.bytes).sum();
    worked = worked.counted("bytes", usize::try_from(bytes).unwrap_or(usize::MAX));
    for object in objects.iter().filter(|object| object.cleaned < object.changes) {
        if object.cleaned == 0 && object.at.plus(UNFINISHED) > now {
            worked = worked.due_at(Some(object.at.plus(UNFINISHED)));
            continue;
        }
        worked = worked.counted("cleaned", clean(app, scope, object).await?);
    }
    worked = worked.counted("warmed", warm(app, scope).await?);
    let Some(after) = settings.cold_after_hours() else { return Ok(worked) };
    cool(night, now.plus(-SignedDuration::from_hours(after)), settings.cold_below(), worked).await
}

/// Blanks the rows that no stub names; gives how many rows are left.
async fn clean(app: &App, scope: &Scope, object: &ColdObject) -> Result<usize> {
    let rows = app.cold.rows(&object.name).await?.unwrap_or_default();
    let ids: Vec<MemoryId> = rows.iter().filter(|row| !row.is_blank()).filter_map(|row| row.id.parse().ok()).collect();
    let named: HashMap<String, u32> = (app.records.stubs(scope, &ids).await?.into_iter().flatten())
        .filter(|memory| memory.is_cold() && memory.cold.as_ref().is_some_and(|at| at.object == object.name))
        .map(|memory| (memory.id.to_string(), memory.revision))
        .collect();
    let left = app.cold.keep(&object.name, |row| named.get(&row.id) == Some(&row.revision)).await?;
    if left == 0 {
        app.records.drop_cold(scope, &object.name).await?;
    } else {
        let cleaned = ColdObject { cleaned: object.changes, ..object.clone() };
        app.records.note_cleaned(scope, &cleaned).await?;
    }
    Ok(left)
}

/// Brings back what was recalled; gives how many.
async fn warm(app: &App, scope: &Scope) -> Result<usize> {
    let ids = app.records.recalled(scope).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let mut warmed = 0;
    for memory in app.records.memories(scope, &ids).await?.into_iter().flatten() {
        if memory.state == State::Ready && memory.cold.is_some() {
            warmed += usize::from(app.records.warm(scope, &memory).await? == Outcome::Done);
        }
    }
    app.records.unmark_recalled(scope, &ids).await?;
    Ok(warmed)
}

/// Cools what was stored before that time and is less important than that.
async fn cool(night: &Night<'_>, before: Time, below: f32, mut worked: Worked) -> Result<Worked> {
    let Night { app, scope, now, .. } = *night;
    let upto = app.records.tiered_up_to(scope).await?;
    let is_new = |entry: &Entry| upto.is_none_or(|upto| entry.recorded_at >= upto);
    let mut due: BTreeMap<String, Vec<(i64, MemoryId)>> = BTreeMap::new();
    let (mut next, mut seen): (Option<Time>, bool) = (None, false);
    let state = app.records.index(scope).await?;
    each_live(app, &state, |entry| {
        if entry.recorded_at >= before {
            next = next.into_iter().chain([entry.recorded_at]).min();
            return;
        }
        if !is_new(entry) {
            return;
        }
        seen = true;
        if may_cool(entry, below, now) {
            let date = entry.recorded_at.date();
            let month = format!("{:04}-{:02}", date.year(), date.month());
            due.entry(month).or_default().push((entry.order, entry.id));
        }
    })
    .await?;
    let mut nth = 0;
    for (month, mut memories) in due {
        memories.sort_unstable();
        for chunk in memories.chunks(MOST_ROWS) {
            if night.budget.is_spent() {
                worked.more = true;
                return Ok(worked);
            }
            let ids: Vec<MemoryId> = chunk.iter().map(|(_, id)| *id).collect();
            worked = worked.counted("cooled", cool_chunk(night, &month, &ids, nth).await?);
            nth += 1;
        }
    }
    if seen {
        app.records.put_tiered(scope, before).await?;
    }
    let age = SignedDuration::from_micros(now.micros() - before.micros());
    Ok(worked.due_at(next.map(|oldest| oldest.plus(age).plus(TOGETHER_FOR))))
}

/// What a text gives away keeps it out of files that are read by other tools; what ends soon is not worth the way.
fn may_cool(entry: &Entry, below: f32, now: Time) -> bool {
    let is_open = entry.sensitivity.is_some_and(|sensitivity| sensitivity <= Sensitivity::Confidential);
    let is_ahead = entry.event_time.is_some_and(|span| span.until > now);
    // A fact is small, and found by what it says now.
    entry.derived_from.is_none() && is_open && !is_ahead && entry.importance < below && entry.expires_at.is_none()
}

/// Writes those that are as they should be into one object, and puts stubs in their place; gives how many.
async fn cool_chunk(night: &Night<'_>, month: &str, ids: &[MemoryId], nth: usize) -> Result<usize> {
    let Night { app, scope, now, .. } = *night;
    let found = app.records.stubs(scope, ids).await?;
    let fits = |memory: &Memory| {
        let is_open =
            (memory.classification.as_ref()).is_some_and(|class| class.sensitivity <= Sensitivity::Confidential);
        memory.state == State::Ready && !memory.content.is_empty() && is_open
    };
    let memories: Vec<Memory> = found.into_iter().flatten().filter(fits).collect();
    if memories.is_empty() {
        return Ok(0);
    }
    let rows: Result<Vec<Row>> = memories.iter().map(|memory| Row::of(scope, memory)).collect();
    let name = cold::name(scope, month, now, nth);
    app.records.note_cold(scope, &name, now).await?;
    let bytes = match app.cold.put(&name, &rows?).await {
        // Another worker of this moment is at the same memories.
        Err(error) if error.kind == Kind::Conflict => return Ok(0),
        put => put?,
    };
    let stubs: Vec<Memory> =
        (0..).zip(&memories).map(|(row, memory)| memory.cooled(ColdRef { object: name.clone(), row })).collect();
    let mut cooled = 0;
    for chunk in stubs.chunks(TOGETHER) {
        let mut chunk = chunk.to_vec();
        while let Outcome::Refused(places) = app.records.cool(scope, &chunk).await? {
            // Those were changed, forgotten or cooled elsewhere since they were read: their rows are stale from the start.
            let mut place = 0..;
            chunk.retain(|_| place.next().is_some_and(|place| !places.contains(&place)));
            if chunk.is_empty() {
                break;
            }
        }
        cooled += chunk.len();
    }
    let whole = |count: usize| count as u64;
    // With a row that nobody names it is not clean: an early change stays to be seen to.
    let cleaned = u64::from(cooled == memories.len());
    let object = ColdObject { name, at: now, changes: 1, cleaned, rows: whole(memories.len()), bytes };
    if cleaned == 1 {
        app.records.note_cleaned(scope, &object).await?;
    } else {
        clean(app, scope, &object).await?;
    }
    Ok(cooled)
}
