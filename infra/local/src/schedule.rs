//! EventBridge Scheduler's part: starts the night; and of S3's own work what template.yaml asks for: files that lapse.

use std::time::Duration;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, Zoned};
use memorable::error::{Error, Result};
use memorable::memory::Time;
use memorable::transfer::FILES_KEPT;
use optimize::{Answer, Event, Schedule};

use crate::house::House;

/// When the night begins, in hours UTC, as template.yaml has it.
const HOUR: i8 = 3;
/// How long planning may take, as template.yaml has it.
const TIMEOUT: Duration = Duration::from_secs(900);

/// Starts every night at its hour, for good.
pub async fn run(house: &House) {
    loop {
        tokio::time::sleep(until_next(&clock())).await;
        if let Err(error) = start(house, None).await {
            tracing::error!(%error, "the night could not be planned");
        }
        if let Err(error) = lapse(house, now()).await {
            tracing::error!(%error, "old files of imports and exports could not be removed");
        }
    }
}

/// Starts a night now; gives for how many scopes. `date`: the day to sum up, yesterday where it is not given.
pub async fn start(house: &House, date: Option<Date>) -> Result<usize> {
    let event = Event::Schedule(Schedule { schedule: "night".to_owned(), date });
    match optimize::handle(&house.app, event, TIMEOUT).await? {
        Answer::Planned(planned) => Ok(planned.scopes),
        Answer::Worked(_) => Err(Error::internal("the schedule's event was taken for a queue's")),
    }
}

/// Removes what the bucket's lifecycle removes: files of imports and exports that are a week old. Gives how many.
pub async fn lapse(house: &House, now: Time) -> Result<usize> {
    let mut gone = 0;
    for file in house.app.objects.list("transfers/").await? {
        if file.put_at.plus(FILES_KEPT) <= now {
            house.app.objects.delete(&file.name).await?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// Today, UTC.
pub fn today() -> Date {
    clock().date()
}

/// The time it is.
pub fn now() -> Time {
    clock().timestamp().into()
}

fn clock() -> Zoned {
    #[expect(clippy::disallowed_methods, reason = "the schedule goes by the wall clock")]
    Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC)
}

fn until_next(now: &Zoned) -> Duration {
    let today = now.with().hour(HOUR).minute(0).second(0).subsec_nanosecond(0).build().unwrap_or_else(|_| now.clone());
    let next = if today > *now { today } else { today.checked_add(1.day()).unwrap_or(today) };
    Duration::try_from(now.duration_until(&next)).unwrap_or_default().max(Duration::from_secs(1))
}

#[cfg(test)]
mod tests;
