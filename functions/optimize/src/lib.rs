//! The night: its schedule plans it, one queue message per scope does it.

use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use jiff::SignedDuration;
use jiff::civil::Date;
use memorable::app::App;
use memorable::aws::queue::NightMessage;
use memorable::error::{Error, Result};
use memorable::memory::Time;
use memorable::night::{self, Budget, Ended, Planned};
use memorable::receipt::metered;
use serde::{Deserialize, Serialize};

/// What starts this function.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// The schedule: plan the night.
    Schedule(Schedule),
    /// The night queue: go through scopes.
    Queue(SqsEvent),
}

/// The schedule's input, as template.yaml has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Always `night`.
    pub schedule: String,
    /// The day to sum up; yesterday where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
}

/// What it answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To the schedule: for how many scopes there is work.
    Planned(Planned),
    /// To the queue: which messages are to be delivered again.
    Worked(SqsBatchResponse),
}

/// What a worker may take where nobody says how long it has: Lambda's longest.
const LONGEST: Duration = Duration::from_secs(900);

/// Answers one event, now. `left`: how long the function may run.
pub async fn handle(app: &App, event: Event, left: Duration) -> Result<Answer> {
    #[expect(clippy::disallowed_methods, reason = "the door reads the clock, once per invocation")]
    let now = jiff::Timestamp::now();
    handle_within(app, event, now.into(), left).await
}

/// Answers one event at the given time.
pub async fn handle_at(app: &App, event: Event, now: Time) -> Result<Answer> {
    handle_within(app, event, now, LONGEST).await
}

/// Answers one event at the given time, within that long.
pub async fn handle_within(app: &App, event: Event, now: Time, left: Duration) -> Result<Answer> {
    match event {
        Event::Schedule(schedule) if schedule.schedule == "night" => {
            let date = schedule.date.unwrap_or_else(|| now.plus(-SignedDuration::from_hours(24)).date());
            Ok(Answer::Planned(Box::pin(night::plan(app, date, now)).await?))
        }
        Event::Schedule(schedule) => {
            Err(Error::invalid("schedule", format!("there is no schedule {}", schedule.schedule), "night"))
        }
        Event::Queue(event) => Ok(Answer::Worked(work(app, event, now, Budget::of(left)).await)),
    }
}

/// Until Lambda ends an invocation with that deadline, in milliseconds since 1970.
pub fn until(deadline: u64) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "the door reads the clock, once per invocation")]
    let now = jiff::Timestamp::now().as_millisecond();
    Duration::from_millis(deadline.saturating_sub(u64::try_from(now).unwrap_or(0)))
}

async fn work(app: &App, event: SqsEvent, now: Time, budget: Budget) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for message in event.records {
        let (result, receipt) = metered(one(app, message.body.as_deref(), now, budget)).await;
        let requests: u32 = receipt.requests.values().sum();
        let early = matches!(result, Ok(Ended::Early(_)));
        tracing::info!(ok = result.is_ok(), early, requests, micros = receipt.micros, "worked on a scope");
        if let Err(error) = result {
            tracing::warn!(id = message.message_id, %error, "a message failed");
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = message.message_id.unwrap_or_default();
            response.batch_item_failures.push(failure);
        }
    }
    response
}

async fn one(app: &App, body: Option<&str>, now: Time, budget: Budget) -> Result<Ended> {
    let message = NightMessage::parse(body.ok_or_else(|| Error::corrupt("a message", "it has no body"))?)?;
    Box::pin(night::take(app, &message, now, budget)).await
}
