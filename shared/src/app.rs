//! Configuration and clients, built once per process and handed to every use case.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use futures_util::future::join3;
use jiff::civil::Date;

use crate::aws::atlases::Atlases;
use crate::aws::bus::Bus;
use crate::aws::cache::Cache;
use crate::aws::cold::Cold;
use crate::aws::dead::DeadLetters;
use crate::aws::disk::Disk;
use crate::aws::memories::Memories;
use crate::aws::objects::Objects;
use crate::aws::outbox::Listeners;
use crate::aws::queue::Queue;
use crate::aws::records::Records;
use crate::aws::segments::Segments;
use crate::aws::webs::Webs;
use crate::classify::Pace;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http;
use crate::http::outside::Outside;
use crate::learned::Learned;
use crate::memory::{Scope, Tenant, Time};
use crate::models::Model;
use crate::models::bedrock;
use crate::models::budgets::Budgets;
use crate::models::health::{Health, Report};
use crate::models::memo::Memos;
use crate::models::ollama::{Ollama, Served};
use crate::models::routes::{Backends, Route, Task};
use crate::models::told::{self, Told};
use crate::night::Progress;
use crate::recall::journal::Journal;
use crate::recall::tunings::Tunings;
use crate::receipt::meter;

/// Scopes a container remembers to have registered; beyond that it starts over, which costs one write each.
const REMEMBERED_SCOPES: usize = 10_000;

/// Everything a use case needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// Settings.
    pub config: Config,
    /// The table.
    pub records: Records,
    /// What was read of it lately.
    pub memories: Memories,
    /// The bucket.
    pub objects: Objects,
    /// The segments in it.
    pub segments: Segments,
    /// The atlases of large scopes in it.
    pub atlases: Atlases,
    /// The records of the cold tier in it.
    pub cold: Cold,
    /// How the memories of scopes stand to each other, in it.
    pub webs: Webs,
    /// Models that embed.
    pub embed: Route,
    /// Models that classify what rules leave uncertain.
    pub classify: Route,
    /// Models that find facts.
    pub distill: Route,
    /// Models that sum up.
    pub summarize: Route,
    /// Models that answer people.
    pub converse: Route,
    /// Models that take questions apart.
    pub decompose: Route,
    /// Models that compare answers.
    pub judge: Route,
    /// How all of these did lately.
    pub health: Health,
    /// What tenants may spend on them.
    pub budgets: Budgets,
    /// What language models answered before.
    pub memos: Memos,
    /// When a scope's tail is looked at again.
    pub pace: Pace,
    /// What the night's worker in this process is at.
    pub progress: Progress,
    /// What was asked and is not written down yet.
    pub journal: Journal,
    /// How tenants' recalls are weighted.
    pub tunings: Tunings,
    /// Where all that happens is told as well.
    pub bus: Option<Bus>,
    /// Calls to addresses that tenants chose.
    pub outside: Outside,
    /// What nights chose for tenants beside that.
    pub learned: Learned,
    classify_queue: Option<Queue>,
    night_queue: Option<Queue>,
    transfer_queue: Option<Queue>,
    deliver_queue: Option<Queue>,
    dead_letters: Vec<DeadLetters>,
    registered: Arc<Mutex<HashMap<String, Date>>>,
}

impl App {
    /// On AWS: settings, credentials and endpoints from the environment, as every SDK reads them.
    pub async fn from_env() -> Result<App> {
        let config = Config::from_env()?;
        let sdk =
            aws_config::defaults(BehaviorVersion::latest()).http_client(http::metered(http::network())).load().await;
        let bedrock = aws_sdk_bedrockruntime::config::Builder::from(&sdk).retry_config(bedrock::tries());
        let bedrock = aws_sdk_bedrockruntime::Client::from_conf(bedrock.build());
        let app = App::new(config, &sdk, Some(bedrock))?;
        app.warm_up().await;
        Ok(app)
    }

    /// Does now what the first call would wait for: Lambda's init phase has a full core, and nobody waits for it.
    async fn warm_up(&self) {
        warm_up_rules();
        // Opens connections: the handshake is the longest part of a first call.
        let bedrock = async {
            let first = self.models_of_routes().find_map(|model| match model {
                Model::Bedrock(model) => Some(model),
                _ => None,
            });
            if let Some(model) = first {
                model.reach().await;
            }
        };
        let (reached, (), ()) = join3(self.records.reach(), bedrock, self.look()).await;
        if let Err(error) = reached {
            tracing::warn!(%error, "the table could not be reached while starting");
        }
    }

    /// Over any HTTP client that answers as DynamoDB, S3 and SQS do; the requests are counted. Has no Bedrock.
    pub fn over(config: Config, http: SharedHttpClient, sdk: aws_types::sdk_config::Builder) -> Result<App> {
        App::new(config, &sdk.http_client(http::metered(http)).build(), None)
    }

    fn new(config: Config, sdk: &SdkConfig, bedrock: Option<aws_sdk_bedrockruntime::Client>) -> Result<App> {
        // An emulator knows no bucket by host name. Our own checksums make the SDK's second ones a waste.
        let s3 = aws_sdk_s3::config::Builder::from(sdk)
            .force_path_style(sdk.endpoint_url().is_some())
            .request_checksum_calculation(aws_sdk_s3::config::RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(aws_sdk_s3::config::ResponseChecksumValidation::WhenRequired)
            .build();
        let files =
            config.files_url.as_ref().map(|url| s3.to_builder().endpoint_url(url).force_path_style(true).build());
        let objects = Objects::new(aws_sdk_s3::Client::from_conf(s3), &config.bucket, config.hedge_after)
            .with_files_at(files.map(aws_sdk_s3::Client::from_conf))
            .with_disk(config.cache_folder.clone().and_then(Disk::open));
        let cold = Cold::new(objects.clone());
        let listeners = Listeners::new(config.event_bus.is_some());
        let records = Records::new(aws_sdk_dynamodb::Client::new(sdk), &config.table, cold.clone(), listeners);
        let cache = Cache::default();
        let sqs = aws_sdk_sqs::Client::new(sdk);
        let queue = |url: &Option<String>| url.as_ref().map(|url| Queue::new(sqs.clone(), url));
        let dead_letters = [
            (&config.classify_queue_url, &config.classify_dlq_url),
            (&config.night_queue_url, &config.night_dlq_url),
            (&config.transfer_queue_url, &config.transfer_dlq_url),
            (&config.deliver_queue_url, &config.deliver_dlq_url),
        ];
        let dead_letters = dead_letters
            .into_iter()
            .filter_map(|(queue, dead)| Some(DeadLetters::new(sqs.clone(), queue.as_ref()?, dead.as_ref()?)));
        let backends = Backends { bedrock, ollama_url: config.ollama_url.clone() };
        let health = Health::default();
        let route = |task, text: &str| Ok(Route::parse(task, text, &backends)?.watched(&health));
        Ok(App {
            classify_queue: queue(&config.classify_queue_url),
            night_queue: queue(&config.night_queue_url),
            transfer_queue: queue(&config.transfer_queue_url),
            deliver_queue: queue(&config.deliver_queue_url),
            bus: config.event_bus.as_ref().map(|name| Bus::new(aws_sdk_eventbridge::Client::new(sdk), name)),
            outside: Outside::new(config.local_webhooks),
            dead_letters: dead_letters.collect(),
            embed: route(Task::Embed, &config.route_embed)?,
            classify: route(Task::Classify, &config.route_classify)?,
            distill: route(Task::Distill, &config.route_distill)?,
            summarize: route(Task::Summarize, &config.route_summarize)?,
            converse: route(Task::Converse, &config.route_converse)?,
            decompose: route(Task::Decompose, &config.route_decompose)?,
            judge: route(Task::Judge, &config.route_judge)?,
            health,
            budgets: Budgets::new(config.budgets.clone(), records.clone()),
            memos: Memos::new(records.clone()),
            config,
            records,
            memories: Memories::default(),
            segments: Segments::new(objects.clone(), cache.clone()),
            atlases: Atlases::new(objects.clone(), cache.clone()),
            webs: Webs::new(objects.clone(), cache),
            objects,
            cold,
            pace: Pace::default(),
            progress: Progress::default(),
            journal: Journal::default(),
            tunings: Tunings::default(),
            learned: Learned::default(),
            registered: Arc::default(),
        })
    }

    /// One of its routes at the expense of the scope's tenant, in the order that nights chose for it as far as is known here.
    pub fn paid(&self, route: &Route, scope: &Scope, now: Time) -> Route {
        self.learned.ordered(route, scope.tenant()).paid_by(&self.budgets, scope.tenant(), now)
    }

    /// How each model of any route did lately in this process, in the order of tasks.
    pub fn models(&self) -> Vec<Report> {
        self.health.report(&self.routes())
    }

    /// The same, beside what was written down of the tenant's calls by all processes: one read, and where that fails less is
    /// told.
    pub async fn models_of(&self, tenant: &Tenant, now: Time) -> Vec<Told> {
        let today = now.date();
        let days = self.records.standings(tenant, told::first_day(today)).await;
        let days = days.inspect_err(|error| meter().warn(format!("what other processes asked was not read: {error}")));
        told::told(self.models(), days.as_ref().ok(), today)
    }

    /// All routes, in the order of tasks.
    pub fn routes(&self) -> [&Route; 7] {
        [&self.embed, &self.classify, &self.distill, &self.summarize, &self.converse, &self.decompose, &self.judge]
    }

    fn models_of_routes(&self) -> impl Iterator<Item = &Model> {
        self.routes().into_iter().flat_map(|route| route.chain().iter())
    }

    /// Looks which of the routes' models Ollama has, and which are loaded: what is not there is skipped. Asks nobody where
    /// no route names one of its models, and learns nothing where it does not answer.
    pub async fn look(&self) {
        let ollamas: Vec<&Ollama> = self.models_of_routes().filter_map(ollama).collect();
        if ollamas.is_empty() {
            return;
        }
        let served = match Served::at(&self.config.ollama_url).await {
            Ok(served) => served,
            Err(error) => {
                tracing::debug!(%error, "Ollama does not answer");
                return;
            }
        };
        for model in ollamas {
            let name = format!("ollama:{}", model.id());
            match served.has(model.id()) {
                true => self.health.is_there(&name, served.loaded(model.id()).map(|loaded| loaded.vram_bytes)),
                false => self.health.is_missing(&name),
            }
        }
    }

    /// Has Ollama load the first model that it has of the routes that somebody waits for: to embed and to converse.
    pub async fn load_models(&self) {
        self.look().await;
        for route in [&self.embed, &self.converse] {
            let reports = self.health.report(&[route]);
            let first = route.chain().iter().zip(&reports).find(|(_, report)| report.available == Some(true));
            let Some((Model::Ollama(model), report)) = first else { continue };
            if report.loaded == Some(false)
                && let Err(error) = model.load(route.task() == Task::Embed).await
            {
                tracing::warn!(%error, "a model was not loaded ahead of its first call");
            }
        }
        self.look().await;
    }

    /// The queue of memories to classify.
    pub fn classify_queue(&self) -> Result<&Queue> {
        self.classify_queue.as_ref().ok_or_else(|| unset("MEMORABLE_CLASSIFY_QUEUE_URL"))
    }

    /// The queue of scopes to go through at night.
    pub fn night_queue(&self) -> Result<&Queue> {
        self.night_queue.as_ref().ok_or_else(|| unset("MEMORABLE_NIGHT_QUEUE_URL"))
    }

    /// The queue of imports and exports.
    pub fn transfer_queue(&self) -> Result<&Queue> {
        self.transfer_queue.as_ref().ok_or_else(|| unset("MEMORABLE_TRANSFER_QUEUE_URL"))
    }

    /// The queue of what webhooks are to be told.
    pub fn deliver_queue(&self) -> Result<&Queue> {
        self.deliver_queue.as_ref().ok_or_else(|| unset("MEMORABLE_DELIVER_QUEUE_URL"))
    }

    /// The queues with their dead letters, as far as this function knows them.
    pub fn dead_letters(&self) -> &[DeadLetters] {
        &self.dead_letters
    }

    /// Lists the scope for the nights, as written to today: once per container, scope and day, and always before the write
    /// itself, so that no night can miss it. Every write of a caller's begins with this.
    pub async fn register(&self, scope: &Scope, now: Time) -> Result<()> {
        let (path, day) = (scope.path(), now.date());
        if self.with_registered(|known| known.get(&path) == Some(&day)) {
            return Ok(());
        }
        self.records.register(scope, day).await?;
        self.with_registered(|known| {
            if known.len() >= REMEMBERED_SCOPES {
                known.clear();
            }
            known.insert(path, day);
        });
        Ok(())
    }

    fn with_registered<T>(&self, look: impl FnOnce(&mut HashMap<String, Date>) -> T) -> T {
        look(&mut self.registered.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn ollama(model: &Model) -> Option<&Ollama> {
    match model {
        Model::Ollama(model) => Some(model),
        _ => None,
    }
}

/// Loads the builtin embedder and compiles the rules that every write goes through.
pub fn warm_up_rules() {
    crate::models::builtin::count_tokens("");
    crate::classify::sensitivity::sensitivity("");
}

fn unset(name: &str) -> Error {
    Error::internal(format!("{name} is not set for this function"))
}
