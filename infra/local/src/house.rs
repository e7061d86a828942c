//! The whole service in one process: functions, AWS below them, tenants' tokens.

use std::collections::HashMap;
use std::path::PathBuf;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use memorable::app::App;
use memorable::config::{Config, ollama_url};
use memorable::error::{Error, Result};

use crate::aws::faults::Faults;
use crate::aws::{ACCESS_KEY, LocalAws, Storage};
use crate::lock::Lock;
use crate::machine::Machine;
use crate::resources;

/// The token that is there from the start, and its tenant.
pub const LOCAL: &str = "local";
/// Seconds after which an unfinished message is delivered again.
const REDELIVER_AFTER: u32 = 30;

/// How to set up a house.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the data lies; none for memory only.
    pub data: Option<PathBuf>,
    /// Tokens and their tenants, beside `local`.
    pub tokens: HashMap<String, String>,
    /// Settings that the functions would read from their environment: the routes of models and what they need.
    pub settings: HashMap<String, String>,
    /// Seconds after which an unfinished message is delivered again.
    pub redeliver_after: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options { data: None, tokens: HashMap::new(), settings: HashMap::new(), redeliver_after: REDELIVER_AFTER }
    }
}

/// The running service, without a socket: the gateway answers calls made in this process.
#[derive(Debug)]
pub struct House {
    /// What the functions are given.
    pub app: App,
    /// The seam between them and AWS, where faults can be put.
    pub faults: Faults,
    /// Its SDK configuration, for clients beside the functions' own.
    pub sdk: SdkConfig,
    /// Tokens and their tenants.
    pub tokens: HashMap<String, String>,
    /// The profile of models in use, where one is.
    pub profile: Option<String>,
    /// What plays AWS, below all of this.
    pub aws: LocalAws,
    _lock: Option<Lock>,
}

impl House {
    /// Opens it, with whatever its folder already holds.
    pub async fn open(options: Options) -> Result<House> {
        let lock = options.data.as_deref().map(Lock::take).transpose()?;
        let storage = options.data.map_or(Storage::Memory, Storage::Folder);
        let aws = LocalAws::open(&storage).map_err(|error| Error::unavailable(error.to_string()))?;
        let faults = Faults::new(aws.http_client());
        let sdk = sdk(aws.http_client(), aws.secret());
        let queues = resources::create(&sdk, options.redeliver_after).await?;
        let mut settings = options.settings;
        if settings.get("MEMORABLE_PROFILE").is_some_and(|profile| profile.trim() == "auto") {
            let found = Machine::look(&ollama_url(settings.get("OLLAMA_HOST").cloned())).await;
            // Removed, there is no profile; the functions would take `auto` for where they run.
            settings.remove("MEMORABLE_PROFILE");
            settings.extend(found.profile().map(|name| ("MEMORABLE_PROFILE".to_owned(), name.to_owned())));
        }
        let profile = settings.get("MEMORABLE_PROFILE").cloned();
        let config = Config::read(|name| match name {
            "MEMORABLE_TABLE" => Some(resources::TABLE.to_owned()),
            "MEMORABLE_BUCKET" => Some(resources::BUCKET.to_owned()),
            "MEMORABLE_TRANSFER_QUEUE_URL" => Some(queues.transfer.queue.clone()),
            // Signed URLs lead to the house's own port, where it has one.
            "MEMORABLE_FILES_URL" => Some(settings.get(name).cloned().unwrap_or_else(|| "http://127.0.0.1".to_owned())),
            "MEMORABLE_CLASSIFY_QUEUE_URL" => Some(queues.classify.queue.clone()),
            "MEMORABLE_NIGHT_QUEUE_URL" => Some(queues.night.queue.clone()),
            "MEMORABLE_DELIVER_QUEUE_URL" => Some(queues.deliver.queue.clone()),
            "MEMORABLE_CLASSIFY_DLQ_URL" => Some(queues.classify.dead.clone()),
            "MEMORABLE_NIGHT_DLQ_URL" => Some(queues.night.dead.clone()),
            "MEMORABLE_TRANSFER_DLQ_URL" => Some(queues.transfer.dead.clone()),
            "MEMORABLE_DELIVER_DLQ_URL" => Some(queues.deliver.dead.clone()),
            // In this process no read is late but by the machine being busy, and a second one would make it busier.
            "MEMORABLE_HEDGE_MS" => Some(settings.get(name).cloned().unwrap_or_else(|| "0".to_owned())),
            other => settings.get(other).cloned(),
        })?;
        // The functions go through the seam where faults can be put; the house itself does not.
        let app = App::over(config, faults.http_client(), sdk.clone().into_builder())?;
        let mut tokens = options.tokens;
        tokens.entry(LOCAL.to_owned()).or_insert_with(|| LOCAL.to_owned());
        Ok(House { app, faults, profile, sdk, tokens, aws, _lock: lock })
    }

    /// Another container of the functions, with nothing cached, over any client of this AWS.
    pub fn container(&self, http: SharedHttpClient) -> Result<App> {
        App::over(self.app.config.clone(), http, self.sdk.clone().into_builder())
    }
}

fn sdk(http: SharedHttpClient, secret: &str) -> SdkConfig {
    let credentials = Credentials::new(ACCESS_KEY, secret, None, None, "memorable-local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http)
        // Retries need a sleep, and a configuration built by hand brings none.
        .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(aws_smithy_async::rt::sleep::TokioSleep::new()))
        .retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::standard())
        .build()
}
