//! `import`: a file of memories or of chats into a scope.

use std::fs::File;
use std::path::{Path, PathBuf};

use blake3::{Hash, Hasher};
use clap::Args;
use http::Method;
use memorable::error::{Error, Kind, Result};
use memorable_local::service::Service;
use memorable_local::{console, files, zipped};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::ended::Ended;
use super::output::{self, Output};
use super::place::{self, Where};
use super::transfers::{number, show, succeeded, watch};

/// How often a job that cannot go on is followed by a new one.
const ATTEMPTS: usize = 8;

/// Import a file: our own lines, Markdown, chats of WhatsApp, ChatGPT's, Claude's and mem0's exports.
///
/// What cannot be taken is listed by its line; the rest goes in. The same file again goes on where it stopped, and changes
/// nothing where it was done.
#[derive(Args)]
pub struct Import {
    /// The file, or a zip with it, as ChatGPT, Claude and WhatsApp give out; `-` for standard input.
    file: PathBuf,
    /// Where it goes, such as user:alice.
    #[arg(short, long, env = "MEMORABLE_SCOPE", value_parser = place::scope)]
    scope: String,
    /// What it is written in; found out where it is not given.
    #[arg(long, value_parser = ["jsonl", "markdown", "whatsapp", "chatgpt", "claude", "mem0"])]
    format: Option<String>,
    /// The zone of times that name none, such as Europe/Vienna.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    timezone: String,
    /// The conversation of lines that name none.
    #[arg(long)]
    session: Option<String>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: Where,
}

/// The file to be imported, as it lies on the disk.
struct Source {
    path: PathBuf,
    bytes: u64,
    hash: Hash,
    /// What came by standard input or in a zip, for as long as it is needed.
    _spooled: Option<NamedTempFile>,
}

impl Import {
    pub async fn run(self) -> Result<Ended> {
        let source = Source::read(&self.file)?;
        if source.bytes == 0 {
            return Err(Error::invalid("FILE", "there is nothing in it", "a file to import"));
        }
        let opened = self.place.make().await?;
        let service = opened.service();
        let bar = console::bytes(source.bytes, "uploading");
        let uploaded = bar.clone();
        let path = self.begin(&service, &source, move |bytes| uploaded.inc(bytes)).await?;
        let job = watch(&opened, &path, |job| {
            let progress = &job["progress"];
            let what = if progress["pass"] == "look" { "looking" } else { "importing" };
            show(&bar, what.to_owned(), number(&progress["bytes"]), source.bytes);
        })
        .await;
        bar.finish_and_clear();
        let job = job?;
        opened.settle().await?;
        if self.output.json {
            output::json(&job);
        }
        let job = succeeded(job, "the same command again, once that is mended: it goes on where it stopped")?;
        if !self.output.json {
            tell(&job);
        }
        Ok(ended(&job))
    }

    /// Has the service begin with the file, or go on with it; gives the job's path.
    async fn begin(
        &self,
        service: &Service<'_>,
        source: &Source,
        told: impl Fn(u64) + Clone + Send + 'static,
    ) -> Result<String> {
        let mut body = json!({ "scope": self.scope, "timezone": self.timezone });
        for (name, value) in [("format", &self.format), ("session", &self.session)] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        let body = body.to_string();
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            // By the key, the same file with the same words is the same job.
            let key = source.key(&body, &last);
            let headers = [("content-type", "application/json".to_owned()), ("idempotency-key", key)];
            let answer = service.call(Method::POST, "/v1/imports", &headers, body.clone().into_bytes()).await?;
            let job = answer.accepted()?.json()?;
            let id = output::text(&job, "id");
            let path = format!("/v1/imports/{id}");
            if job["state"] == "done" {
                console::note("this file was imported before");
                return Ok(path);
            }
            if let Some(url) = job["upload"]["url"].as_str() {
                files::put(service, url, &source.path, told.clone()).await?;
            } else if number(&job["progress"]["bytes"]) > 0 {
                console::note("this import was begun before, and goes on");
            }
            match service.ask(Method::POST, &format!("{path}/start"), None).await {
                Ok(_) => return Ok(path),
                // It stopped in the middle of a file that has lapsed since: what is stored is stored, and another begins.
                Err(error) if error.kind == Kind::Conflict => last = id,
                Err(error) => return Err(error),
            }
        }
        Err(Error::conflict("earlier imports of this file stopped, and none of them goes on"))
    }
}

impl Source {
    fn read(file: &Path) -> Result<Source> {
        let unread = |error: std::io::Error| {
            Error::invalid("FILE", format!("{} cannot be read: {error}", file.display()), "a file to import")
        };
        let (mut path, mut spooled) = (file.to_owned(), None);
        if file == Path::new("-") {
            // The store wants to know a file's length before it comes.
            let mut input = NamedTempFile::new().map_err(unread)?;
            std::io::copy(&mut std::io::stdin().lock(), &mut input).map_err(unread)?;
            path = input.path().to_owned();
            spooled = Some(input);
        }
        if zipped::is_zip(&path).map_err(unread)? {
            let mut unpacked = NamedTempFile::new().map_err(unread)?;
            zipped::unpack(&path, &mut unpacked)?;
            path = unpacked.path().to_owned();
            spooled = Some(unpacked);
        }
        let mut hasher = Hasher::new();
        let bytes = std::io::copy(&mut File::open(&path).map_err(unread)?, &mut hasher).map_err(unread)?;
        Ok(Source { path, bytes, hash: hasher.finalize(), _spooled: spooled })
    }

    /// The key of its import in these words, behind that job where one stopped for good.
    fn key(&self, body: &str, behind: &str) -> String {
        let mut hasher = Hasher::new();
        hasher.update(self.hash.as_bytes()).update(body.as_bytes()).update(behind.as_bytes());
        format!("file-{}", hasher.finalize().to_hex())
    }
}

fn tell(job: &Value) {
    let counts = &job["counts"];
    let mut rows: Vec<Vec<String>> =
        [("stored", "stored"), ("repeated", "there before"), ("forgotten", "forgotten before")]
            .map(|(name, told)| vec![told.to_owned(), number(&counts[name]).to_string()])
            .to_vec();
    for (reason, count) in counts["skipped"].as_object().into_iter().flatten() {
        rows.push(vec![format!("left out: {}", reason.replace('_', " ")), number(count).to_string()]);
    }
    rows.push(vec!["not taken".to_owned(), number(&counts["errors"]).to_string()]);
    output::table(&["WHAT", "HOW MANY"], rows);
    if let Some(dates) = job["dates"].as_object() {
        let order = dates["order"].as_str().unwrap_or_default().replace('_', " ");
        console::note(format!("dates were read {order}, by {}", dates["decided_by"].as_str().unwrap_or_default()));
    }
    let errors = job["errors"].as_array().into_iter().flatten();
    let row = |error: &Value| ["line", "wrong", "expected"].map(|field| output::text(error, field)).to_vec();
    let rows: Vec<Vec<String>> = errors.map(row).collect();
    let listed = rows.len() as u64;
    if listed > 0 {
        console::say("");
        output::table(&["LINE", "WRONG", "EXPECTED"], rows);
    }
    if number(&counts["errors"]) > listed {
        console::note(format!("these are the first {listed}"));
    }
}

fn ended(job: &Value) -> Ended {
    let counts = &job["counts"];
    let skipped: u64 = counts["skipped"].as_object().into_iter().flatten().map(|(_, count)| number(count)).sum();
    let found: u64 = ["stored", "repeated", "forgotten"].iter().map(|name| number(&counts[name])).sum();
    match (number(&counts["errors"]), found + skipped) {
        (0, 0) => Ended::Nothing,
        (0, _) => Ended::Done,
        _ => Ended::Partly,
    }
}
