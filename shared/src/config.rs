//! Settings, read from the environment once. Nothing else reads the environment.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::models::budgets::Limits;
use crate::models::profiles::Profile;
use crate::models::routes::Task;

/// Memories that are read whole at less cost than by way of an atlas: some 2.5 MB.
const ATLAS_FROM: usize = 6_000;

/// Where the functions find their table, bucket, queues and models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `MEMORABLE_TABLE`: the DynamoDB table.
    pub table: String,
    /// `MEMORABLE_BUCKET`: the S3 bucket.
    pub bucket: String,
    /// `MEMORABLE_CLASSIFY_QUEUE_URL`: needed by `ingest` and `optimize`.
    pub classify_queue_url: Option<String>,
    /// `MEMORABLE_NIGHT_QUEUE_URL`: needed by `optimize`.
    pub night_queue_url: Option<String>,
    /// `MEMORABLE_TRANSFER_QUEUE_URL`: needed by `transfer`.
    pub transfer_queue_url: Option<String>,
    /// `MEMORABLE_FILES_URL`: where URLs for files of imports and exports lead, in place of the bucket itself: the local house.
    pub files_url: Option<String>,
    /// `MEMORABLE_DELIVER_QUEUE_URL`: needed by `deliver`.
    pub deliver_queue_url: Option<String>,
    /// `MEMORABLE_EVENT_BUS`: the EventBridge bus that is told of all that happens; none where unset.
    pub event_bus: Option<String>,
    /// `MEMORABLE_LOCAL_WEBHOOKS`: `on` lets webhooks reach this machine, by http as well. For the local house.
    pub local_webhooks: bool,
    /// `MEMORABLE_CLASSIFY_DLQ_URL`: where `optimize` finds what could not be classified, to send it back.
    pub classify_dlq_url: Option<String>,
    /// `MEMORABLE_NIGHT_DLQ_URL`: the same of scopes whose night failed.
    pub night_dlq_url: Option<String>,
    /// `MEMORABLE_TRANSFER_DLQ_URL`: the same of imports and exports.
    pub transfer_dlq_url: Option<String>,
    /// `MEMORABLE_DELIVER_DLQ_URL`: the same of what webhooks and the bus are to be told.
    pub deliver_dlq_url: Option<String>,
    /// `MEMORABLE_TENANT_CLAIM`: the claim of the token that names the tenant.
    pub tenant_claim: String,
    /// `MEMORABLE_ROUTE_EMBED`: chain of embedding models, best first: `bedrock:ID,ollama:NAME,builtin`, or
    /// `folder:PATH,builtin` for a model that lies in a folder (in a build with Cargo's feature `minilm`).
    pub route_embed: String,
    /// `MEMORABLE_ROUTE_CLASSIFY`: chain of language models for what rules leave uncertain; empty for none.
    pub route_classify: String,
    /// `MEMORABLE_ROUTE_DISTILL`: language models that find facts; empty for none.
    pub route_distill: String,
    /// `MEMORABLE_ROUTE_SUMMARIZE`: language models that sum up sessions; empty for none.
    pub route_summarize: String,
    /// `MEMORABLE_ROUTE_CONVERSE`: language models that answer people; empty for none.
    pub route_converse: String,
    /// `MEMORABLE_ROUTE_DECOMPOSE`: language models that take questions apart; empty for none.
    pub route_decompose: String,
    /// `MEMORABLE_ROUTE_JUDGE`: language models that compare answers; empty for none.
    pub route_judge: String,
    /// `MEMORABLE_BUDGETS`: what tenants may spend on each task, as JSON; no bounds where unset.
    pub budgets: Limits,
    /// `MEMORABLE_CHAT_PER_MINUTE`: messages that one scope may send in a minute; 0 for any number.
    pub chat_per_minute: u32,
    /// `MEMORABLE_CHAT_OVERALL`: messages that all scopes together may send in a minute; 0 for any number.
    pub chat_overall: u32,
    /// `MEMORABLE_JOURNAL`: `off` keeps no questions; nights then have nothing to tune by.
    pub journal: bool,
    /// `OLLAMA_HOST`, as Ollama's own tools read it.
    pub ollama_url: String,
    /// `MEMORABLE_ATLAS_FROM`: memories from which the night makes an atlas of a scope, so that a recall reads a part of it.
    pub atlas_from: usize,
    /// `MEMORABLE_CACHE_DIR`: a folder for objects that memory has no room for, such as `/tmp/memorable`; none where unset.
    pub cache_folder: Option<PathBuf>,
    /// `MEMORABLE_HEDGE_MS`: how long a read from S3 is waited for before the same is asked once more; 0 for never.
    pub hedge_after: Option<Duration>,
    /// `MEMORABLE_EMBED_MS`: how long storing or recalling waits for an embedding model before the next in the chain.
    pub embed_within: Duration,
}

impl Config {
    /// From the process's environment.
    pub fn from_env() -> Result<Config> {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
        Config::read(|name| std::env::var(name).ok())
    }

    /// From any source of named texts. Invalid, naming the variable, where one is missing or wrong.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Config> {
        let filled = |name: &str| get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let needed = |name: &str| {
            filled(name)
                .ok_or_else(|| Error::invalid(name, "this environment variable is not set", "as template.yaml sets it"))
        };
        let milliseconds = |name: &str, otherwise: u64| match filled(name) {
            None => Ok(otherwise),
            Some(text) => {
                text.parse().map_err(|_| Error::invalid(name, "this is not a number", "whole milliseconds, as 300"))
            }
        };
        let messages = |name: &str, otherwise: u32| match filled(name) {
            None => Ok(otherwise),
            Some(text) => {
                text.parse().map_err(|_| Error::invalid(name, "this is not a number", "messages a minute, as 30"))
            }
        };
        let switch = |name: &str, otherwise: bool| match filled(name).as_deref() {
            None => Ok(otherwise),
            Some("on") => Ok(true),
            Some("off") => Ok(false),
            Some(other) => Err(Error::invalid(name, format!("this is {other}"), "on or off")),
        };
        // `MEMORABLE_PROFILE`: routes for all tasks under one name. One that is set by itself goes before it.
        // `auto` looks where this runs: Lambda has Bedrock. What a machine has the local house finds out beforehand.
        let profile = match filled("MEMORABLE_PROFILE") {
            Some(auto) if auto == "auto" => filled("AWS_LAMBDA_FUNCTION_NAME").map(|_| "aws".to_owned()),
            named => named,
        };
        let profile = profile.map(|name| Profile::named(&name)).transpose()?.unwrap_or_default();
        let route = |name: &str, task: Task| match filled(name) {
            Some(none) if none == "none" => String::new(),
            Some(route) => route,
            None => profile.route(task),
        };
        let hedge = milliseconds("MEMORABLE_HEDGE_MS", 60)?;
        let embed = milliseconds("MEMORABLE_EMBED_MS", 300)?;
        let atlas_from = match filled("MEMORABLE_ATLAS_FROM") {
            None => ATLAS_FROM,
            Some(text) => text.parse().map_err(|_| {
                Error::invalid("MEMORABLE_ATLAS_FROM", "this is not a number", "a number of memories, as 6000")
            })?,
        };
        Ok(Config {
            table: needed("MEMORABLE_TABLE")?,
            bucket: needed("MEMORABLE_BUCKET")?,
            classify_queue_url: filled("MEMORABLE_CLASSIFY_QUEUE_URL"),
            night_queue_url: filled("MEMORABLE_NIGHT_QUEUE_URL"),
            transfer_queue_url: filled("MEMORABLE_TRANSFER_QUEUE_URL"),
            files_url: filled("MEMORABLE_FILES_URL"),
            deliver_queue_url: filled("MEMORABLE_DELIVER_QUEUE_URL"),
            event_bus: filled("MEMORABLE_EVENT_BUS"),
            local_webhooks: switch("MEMORABLE_LOCAL_WEBHOOKS", false)?,
            classify_dlq_url: filled("MEMORABLE_CLASSIFY_DLQ_URL"),
            night_dlq_url: filled("MEMORABLE_NIGHT_DLQ_URL"),
            transfer_dlq_url: filled("MEMORABLE_TRANSFER_DLQ_URL"),
            deliver_dlq_url: filled("MEMORABLE_DELIVER_DLQ_URL"),
            tenant_claim: filled("MEMORABLE_TENANT_CLAIM").unwrap_or_else(|| "custom:tenant".to_owned()),
            route_embed: Some(route("MEMORABLE_ROUTE_EMBED", Task::Embed))
                .filter(|route| !route.is_empty())
                .unwrap_or_else(|| "builtin".to_owned()),
            route_classify: route("MEMORABLE_ROUTE_CLASSIFY", Task::Classify),
            route_distill: route("MEMORABLE_ROUTE_DISTILL", Task::Distill),
            route_summarize: route("MEMORABLE_ROUTE_SUMMARIZE", Task::Summarize),
            route_converse: route("MEMORABLE_ROUTE_CONVERSE", Task::Converse),
            route_decompose: route("MEMORABLE_ROUTE_DECOMPOSE", Task::Decompose),
            route_judge: route("MEMORABLE_ROUTE_JUDGE", Task::Judge),
            budgets: filled("MEMORABLE_BUDGETS").map(|text| Limits::parse(&text)).transpose()?.unwrap_or_default(),
            chat_per_minute: messages("MEMORABLE_CHAT_PER_MINUTE", 30)?,
            chat_overall: messages("MEMORABLE_CHAT_OVERALL", 10_000)?,
            journal: switch("MEMORABLE_JOURNAL", true)?,
            ollama_url: ollama_url(filled("OLLAMA_HOST")),
            atlas_from,
            cache_folder: filled("MEMORABLE_CACHE_DIR").map(PathBuf::from),
            hedge_after: (hedge > 0).then(|| Duration::from_millis(hedge)),
            embed_within: Duration::from_millis(embed),
        })
    }
}

/// The URL of what `OLLAMA_HOST` says. Ollama's own tools take `host`, `host:port` or a URL.
pub fn ollama_url(host: Option<String>) -> String {
    let host = host.unwrap_or_else(|| "127.0.0.1:11434".to_owned());
    if host.contains("://") {
        return host.trim_end_matches('/').to_owned();
    }
    if host.contains(':') { format!("http://{host}") } else { format!("http://{host}:11434") }
}

#[cfg(test)]
mod tests;
