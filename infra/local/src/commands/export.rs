//! `export`: a scope as files.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use http::Method;
use memorable::error::{Error, Result};
use memorable_local::{console, files};
use serde_json::{Value, json};

use super::ended::Ended;
use super::output::{self, Output};
use super::place::{self, Opened, Where};
use super::transfers::{number, show, succeeded, watch};

/// Export a scope: jsonl is all there is and imports to the same, markdown is a diary, parquet has columns.
///
/// Without --to, jsonl and markdown go to standard output.
#[derive(Args)]
pub struct Export {
    /// Of what, such as user:alice.
    #[arg(short, long, env = "MEMORABLE_SCOPE", value_parser = place::scope, required_unless_present = "resume")]
    scope: Option<String>,
    /// What it is written in.
    #[arg(long, default_value = "jsonl", value_parser = ["jsonl", "markdown", "parquet"])]
    format: String,
    /// Leave earlier revisions out of jsonl.
    #[arg(long)]
    no_history: bool,
    /// The zone of a diary's days, such as Europe/Vienna.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    timezone: String,
    /// A folder for its files, where it is there or ends with a slash; else the one file to make.
    #[arg(short, long, value_name = "PATH")]
    to: Option<PathBuf>,
    /// Go on with an export that was begun before.
    #[arg(long, value_name = "ID")]
    resume: Option<String>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: Where,
}

/// Where the files go.
enum Target {
    /// One behind the other.
    Output,
    /// One behind the other into this file, which is there once all are.
    File(PathBuf, PathBuf, BufWriter<File>),
    /// Each under its own name.
    Folder(PathBuf),
}

impl Export {
    pub async fn run(self) -> Result<Ended> {
        if self.to.is_none() && (self.format == "parquet" || self.output.json) {
            let what = if self.output.json { "with --json" } else { "parquet" };
            output::usage(&format!("{what} cannot go to standard output with the export: name a place with --to"));
        }
        let opened = self.place.open().await?;
        let service = opened.service();
        let begun = match &self.resume {
            Some(id) => service.ask(Method::POST, &format!("/v1/exports/{}/start", in_path(id)), None).await?,
            None => service.ask(Method::POST, "/v1/exports", Some(&self.body())).await?,
        };
        let id = output::text(&begun, "id");
        let path = format!("/v1/exports/{id}");
        let bar = console::bytes(0, "exporting");
        let job = watch(&opened, &path, |job| {
            show(&bar, format!("{} memories", number(&job["memories"])), number(&job["bytes"]), number(&job["bytes"]));
        })
        .await;
        let job = succeeded(job?, &format!("`memorable export --resume {id}` goes on where it stopped"))?;
        bar.reset();
        show(&bar, "fetching".to_owned(), 0, number(&job["bytes"]));
        let names = self.fetch(&opened, &path, job.clone(), |bytes| bar.inc(bytes)).await?;
        bar.finish_and_clear();
        self.tell(&job, &names);
        Ok(if number(&job["memories"]) == 0 { Ended::Nothing } else { Ended::Done })
    }

    fn body(&self) -> Value {
        json!({ "scope": self.scope, "format": self.format, "history": !self.no_history, "timezone": self.timezone })
    }

    /// Fetches all files of the job, page after page; gives their names.
    async fn fetch(&self, opened: &Opened, path: &str, mut page: Value, told: impl Fn(u64)) -> Result<Vec<String>> {
        let service = opened.service();
        let mut target = Target::of(self.to.as_deref())?;
        let mut names = Vec::new();
        loop {
            for file in page["files"].as_array().into_iter().flatten() {
                let name = output::text(file, "name");
                if page["format"] == "parquet" && !matches!(target, Target::Folder(_)) && !names.is_empty() {
                    return Err(Error::invalid("--to", "this export has more than one file", "a folder, as DIR/"));
                }
                let bytes = files::get(&service, &output::text(file, "url")).await?;
                target.take(&name, &bytes)?;
                told(bytes.len() as u64);
                names.push(name);
            }
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            page = service.ask(Method::GET, &format!("{path}?cursor={}", in_path(cursor)), None).await?;
        }
        target.end()?;
        Ok(names)
    }

    fn tell(&self, job: &Value, names: &[String]) {
        let mut job = job.clone();
        if self.output.json {
            job["files"] = json!(names);
            output::json(&job);
            return;
        }
        let count = |name: &str| number(&job[name]);
        let secrets = match count("secrets") {
            0 => String::new(),
            secrets => format!(", {secrets} of them secret"),
        };
        console::note(format!("{} memories{secrets}, {} bytes", count("memories"), count("bytes")));
        if self.to.as_deref().is_some_and(is_folder) {
            names.iter().for_each(console::say);
        }
    }
}

impl Target {
    fn of(to: Option<&Path>) -> Result<Target> {
        let Some(to) = to else { return Ok(Target::Output) };
        if is_folder(to) {
            std::fs::create_dir_all(to).map_err(unwritten)?;
            return Ok(Target::Folder(to.to_owned()));
        }
        let mut part = to.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = File::create(&part).map_err(unwritten)?;
        Ok(Target::File(to.to_owned(), part, BufWriter::new(file)))
    }

    fn take(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        match self {
            // A reader that has gone away, such as `head`, is no reason to stop.
            Target::Output => {
                let _ = std::io::stdout().write_all(bytes);
                Ok(())
            }
            Target::File(_, _, file) => file.write_all(bytes).map_err(unwritten),
            Target::Folder(folder) => {
                // What a service says is nobody's path.
                let plain = Path::new(name).file_name().is_some_and(|file| file == name);
                if !plain {
                    return Err(Error::corrupt("an export", "a file's name is none"));
                }
                std::fs::write(folder.join(name), bytes).map_err(unwritten)
            }
        }
    }

    fn end(self) -> Result<()> {
        match self {
            Target::Output => {
                let _ = std::io::stdout().flush();
                Ok(())
            }
            Target::File(to, part, mut file) => {
                file.flush().map_err(unwritten)?;
                std::fs::rename(part, to).map_err(unwritten)
            }
            Target::Folder(_) => Ok(()),
        }
    }
}

fn is_folder(to: &Path) -> bool {
    to.is_dir() || to.as_os_str().as_encoded_bytes().ends_with(b"/")
}

fn in_path(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands the error over so")]
fn unwritten(error: std::io::Error) -> Error {
    Error::invalid("--to", format!("this cannot be written: {error}"), "a file or folder that can be written to")
}
