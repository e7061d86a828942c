//! `night`: what a night does, at once; or what one did.

use std::time::Duration;

use clap::Args;
use http::Method;
use jiff::civil::Date;
use memorable::error::{Error, Result};
use memorable_local::house::House;
use memorable_local::{console, queues, schedule};
use serde_json::Value;

use super::ended::Ended;
use super::output::{self, Output};
use super::place::{Opened, Where};

/// How often the bar is drawn.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Run a night now for all scopes of the folder; or say what a night did.
///
/// A night links memories, writes the day's digest and tidies up. It runs by itself where the service does; here it runs
/// over the folder, which no service may have meanwhile.
#[derive(Args)]
pub struct Night {
    /// Say what the night of that day did, instead: 2026-11-20.
    #[arg(long, value_name = "DATE")]
    report: Option<Date>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: Where,
}

impl Night {
    pub async fn run(self) -> Result<Ended> {
        let opened = self.place.open().await?;
        if let Some(date) = self.report {
            let path = format!("/v1/nights/{date}");
            let report = opened.service().ask(Method::GET, &path, None).await?;
            if self.output.json {
                output::json(&report)
            } else {
                show(&report)
            }
            return Ok(Ended::Done);
        }
        match &opened {
            Opened::House(house) => run(house).await,
            Opened::Remote(remote) => Err(Error::conflict(format!(
                "a night is not run over HTTP: the service at {} runs it on its own schedule; --report DATE says what it did",
                remote.url()
            ))),
        }
    }
}

/// Runs tonight's night for all scopes of the house.
pub async fn run(house: &House) -> Result<Ended> {
    let scopes = schedule::start(house, Some(schedule::today())).await?;
    let bar = console::bar(scopes as u64, "scopes");
    let work = queues::drain(house);
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                done?;
                break;
            }
            () = tokio::time::sleep(LOOK_EVERY) => {
                let left = queues::waiting(house, queues::Source::Night).await?;
                bar.set_position((scopes as u64).saturating_sub(left));
                if let Some((scope, step)) = house.app.progress.last() {
                    bar.set_message(format!("{scope} {}", step.name()));
                }
            }
        }
    }
    bar.finish();
    let left = queues::waiting(house, queues::Source::Night).await?;
    console::say(format!(
        "the night of {} went through {} of {scopes} scopes",
        schedule::today(),
        scopes as u64 - left.min(scopes as u64)
    ));
    if left == 0 {
        Ok(Ended::Done)
    } else {
        Err(Error::unavailable(format!("{left} scopes failed and will be tried again; the log says why")))
    }
}

fn show(report: &Value) {
    let scopes = &report["scopes"];
    let count = |name: &str| output::text(scopes, name);
    console::say(format!(
        "the night of {}: {} scopes planned, {} done, {} pending, {} failed; {} dollars\n",
        output::text(report, "date"),
        count("planned"),
        count("done"),
        count("pending"),
        count("failed"),
        output::text(report, "dollars"),
    ));
    let steps = report["steps"].as_object().into_iter().flatten();
    output::table(&["STEP", "MS", "REQUESTS", "DID"], steps.map(|(name, step)| row(name, step)));
}

fn row(name: &str, step: &Value) -> Vec<String> {
    let costs = ["micros", "requests", "dollars"];
    let figures = step.as_object().into_iter().flatten().filter(|(name, _)| !costs.contains(&name.as_str()));
    let did = figures.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
    let millis = step["micros"].as_u64().unwrap_or_default() / 1_000;
    vec![name.to_owned(), millis.to_string(), output::text(step, "requests"), did]
}
