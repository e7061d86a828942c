//! The night: its schedule plans it, one queue message per scope does it.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use jiff::SignedDuration;
use jiff::civil::Date;
use memorable::app::App;
use memorable::aws::queue::NightMessage;
use memorable::error::{Error, Result};
use memorable::memory::Time;
use memorable::night;
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
    Planned {
        /// Messages sent.
        scopes: usize,
    },
    /// To the queue: which messages are to be delivered again.
    Worked(SqsBatchResponse),
}

/// Answers one event, now.
pub async fn handle(app: &App, event: Event) -> Result<Answer> {
    #[expect(clippy::disallowed_methods, reason = "the door reads the clock, once per invocation")]
    let now = jiff::Timestamp::now();
    handle_at(app, event, now.into()).await
}

/// Answers one event at the given time.
pub async fn handle_at(app: &App, event: Event, now: Time) -> Result<Answer> {
    match event {
        Event::Schedule(schedule) if schedule.schedule == "night" => {
            let date = schedule.date.unwrap_or_else(|| now.plus(-SignedDuration::from_hours(24)).date());
            Ok(Answer::Planned { scopes: night::plan(app, date).await? })
        }
        Event::Schedule(schedule) => {
            Err(Error::invalid("schedule", format!("there is no schedule {}", schedule.schedule), "night"))
        }
        Event::Queue(event) => Ok(Answer::Worked(work(app, event, now).await)),
    }
}

async fn work(app: &App, event: SqsEvent, now: Time) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for message in event.records {
        let (result, receipt) = metered(one(app, message.body.as_deref(), now)).await;
        let requests: u32 = receipt.requests.values().sum();
        tracing::info!(ok = result.is_ok(), requests, micros = receipt.micros, "worked on a scope");
        if let Err(error) = result {
            tracing::warn!(id = message.message_id, %error, "a message failed");
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = message.message_id.unwrap_or_default();
            response.batch_item_failures.push(failure);
        }
    }
    response
}

async fn one(app: &App, body: Option<&str>, now: Time) -> Result<night::Report> {
    let (scope, date) = NightMessage::parse(body.ok_or_else(|| Error::corrupt("a message", "it has no body"))?)?;
    night::work(app, &scope, date, now).await
}
