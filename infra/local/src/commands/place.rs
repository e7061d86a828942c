//! Where a command does its work: in a folder of this machine, or in a service that runs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clap::Args;
use memorable::error::{Error, Kind, Result};
use memorable::memory::{Scope, Tenant};
use memorable_local::house::{House, LOCAL, Options};
use memorable_local::service::{Remote, Service};
use memorable_local::{console, queues, running};

/// Settings that the house passes on to the functions from its own environment.
const PASSED_ON: [&str; 14] = [
    "MEMORABLE_ROUTE_EMBED",
    "MEMORABLE_ROUTE_CLASSIFY",
    "MEMORABLE_ROUTE_DISTILL",
    "MEMORABLE_ROUTE_SUMMARIZE",
    "MEMORABLE_ROUTE_CONVERSE",
    "MEMORABLE_ROUTE_DECOMPOSE",
    "MEMORABLE_ROUTE_JUDGE",
    "MEMORABLE_PROFILE",
    "MEMORABLE_BUDGETS",
    "MEMORABLE_JOURNAL",
    "MEMORABLE_CHAT_PER_MINUTE",
    "MEMORABLE_CHAT_OVERALL",
    "MEMORABLE_EMBED_MS",
    "OLLAMA_HOST",
];

/// What a write or a recall waits for the model of --embedder, unless MEMORABLE_EMBED_MS says so: 50 turns at once take it
/// a second, and a caller on the same machine would rather have its vectors than be done sooner.
const EMBEDDER_MS: &str = "5000";
/// Where the data lies unless something else is said.
const FOLDER: &str = ".memorable";

/// A folder of this machine, or none.
#[derive(Args)]
#[command(next_help_heading = "Where")]
pub struct Place {
    /// The folder that holds the data [default: .memorable].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep everything in memory: it is gone at the end.
    #[arg(long, conflicts_with = "data")]
    memory: bool,
    /// A folder with model.safetensors and tokenizer.json of all-MiniLM-L6-v2 or its like: embed with it.
    #[arg(long, value_name = "DIR")]
    embedder: Option<PathBuf>,
}

/// A folder of this machine, or a service that runs.
#[derive(Args)]
#[command(next_help_heading = "Where")]
pub struct Where {
    /// A running or deployed service, such as http://127.0.0.1:8080, instead of a folder [env: MEMORABLE_URL].
    #[arg(long, value_name = "URL", conflicts_with_all = ["data", "memory", "embedder"])]
    url: Option<String>,
    /// The token for the service.
    #[arg(long, env = "MEMORABLE_TOKEN", hide_env_values = true, default_value = LOCAL)]
    token: String,
    #[command(flatten)]
    place: Place,
}

/// What a command works on.
pub enum Opened {
    /// This process.
    House(Box<House>),
    /// A service that runs.
    Remote(Box<Remote>),
}

impl Place {
    /// The folder; none where everything is kept in memory.
    pub fn folder(&self) -> Option<&Path> {
        (!self.memory).then(|| self.data.as_deref().unwrap_or(Path::new(FOLDER)))
    }

    /// Opens the house in this process.
    pub async fn open(&self, tokens: &[(String, String)]) -> Result<House> {
        self.open_with(tokens, &[]).await
    }

    /// As [`Place::open`], with more settings: their names and values.
    pub async fn open_with(&self, tokens: &[(String, String)], more: &[(&str, String)]) -> Result<House> {
        let mut settings: HashMap<String, String> =
            PASSED_ON.iter().filter_map(|name| Some(((*name).to_owned(), variable(name)?))).collect();
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        if let Some(embedder) = &self.embedder {
            settings.insert("MEMORABLE_ROUTE_EMBED".to_owned(), format!("folder:{},builtin", embedder.display()));
            settings.entry("MEMORABLE_EMBED_MS".to_owned()).or_insert_with(|| EMBEDDER_MS.to_owned());
        }
        let data = self.folder().map(Path::to_owned);
        let tokens = tokens.iter().cloned().collect();
        let house = House::open(Options { data, tokens, settings, ..Options::default() }).await;
        if let (Ok(_), Some(folder)) = (&house, self.folder()) {
            // Of one that was killed: the folder is this process's now.
            running::untell(folder);
        }
        // Whoever has the folder may give it up.
        house.map_err(
            |error| if error.kind == Kind::Conflict { Error { kind: Kind::Unavailable, ..error } } else { error },
        )
    }
}

impl Where {
    /// What is said of the folder.
    pub fn told(&self) -> String {
        self.place.folder().map_or("memory".to_owned(), |folder| folder.display().to_string())
    }

    /// As [`Where::make`], for who only reads: not found where there is no folder yet.
    pub async fn open(&self) -> Result<Opened> {
        let missing = self.place.folder().filter(|folder| self.named().is_none() && !folder.exists());
        if let Some(folder) = missing {
            let detail = format!("there is no memory in {}", folder.display());
            let expected = "a folder with one (--data DIR), a service that runs (--url URL, or `memorable serve` here), \
                            or first a `memorable remember`";
            return Err(Error { expected: Some(expected.to_owned()), ..Error::not_found(detail) });
        }
        self.make().await
    }

    /// The service that is named; else the folder, made if need be, or the service that runs on it.
    pub async fn make(&self) -> Result<Opened> {
        if let Some(url) = self.named() {
            return Ok(Opened::Remote(Box::new(Remote::new(&url, &self.token)?)));
        }
        match self.place.open(&[]).await {
            Ok(house) => Ok(Opened::House(Box::new(house))),
            Err(error) if error.kind == Kind::Unavailable => match self.place.folder().and_then(running::address) {
                Some(url) => Ok(Opened::Remote(Box::new(Remote::new(&url, &self.token)?))),
                None => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// The service that is named. A folder on the command line goes before a service in the environment.
    fn named(&self) -> Option<String> {
        let names_folder = self.place.data.is_some() || self.place.memory || self.place.embedder.is_some();
        self.url.clone().or_else(|| variable("MEMORABLE_URL").filter(|_| !names_folder))
    }
}

impl Opened {
    /// Where its calls go.
    pub fn service(&self) -> Service<'_> {
        match self {
            Opened::House(house) => Service::House(house),
            Opened::Remote(remote) => Service::Remote(remote),
        }
    }

    /// Classifies what was stored: a service that runs does so by itself, and this process is about to end.
    pub async fn settle(&self) -> Result<()> {
        if let Opened::House(house) = self {
            console::note("classifying ...");
            queues::drain(house).await?;
        }
        Ok(())
    }
}

/// A variable of the environment, where it says something.
fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the house stands for the deployment, which sets these variables")]
    let value = std::env::var(name);
    value.ok().filter(|value| !value.is_empty())
}

/// A scope, as the command line has it.
pub fn scope(text: &str) -> std::result::Result<String, String> {
    let tenant = Tenant::parse(LOCAL).map_err(|error| error.to_string())?;
    Scope::parse(&tenant, text).map(|_| text.to_owned()).map_err(|error| {
        let expected = error.expected.map(|expected| format!("; expected {expected}")).unwrap_or_default();
        format!("{}{expected}", error.detail)
    })
}
