//! `serve`: the service on this machine; and what is done over its folder before it ends again.

use std::sync::Arc;

use clap::Args;
use memorable::error::Result;
use memorable_local::house::LOCAL;
use memorable_local::machine::Machine;
use memorable_local::{console, running, sample, server};

use super::ended::Ended;
use super::night;
use super::place::Place;

/// Serve on this machine, until Ctrl-C.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// The port on 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// One more token and its tenant. May be given several times.
    #[arg(long = "token", value_name = "NAME=TENANT", value_parser = token)]
    tokens: Vec<(String, String)>,
    /// Let webhooks reach this machine, by http as well: http://127.0.0.1:3000/hook.
    #[arg(long)]
    allow_local_webhooks: bool,
    /// Run a night now for all scopes, say what it did, and end.
    #[arg(long)]
    night: bool,
    /// Store a sample conversation, ask it five questions, and end.
    #[arg(long, conflicts_with = "night")]
    sample: bool,
}

impl Serve {
    /// Whether it goes on until it is stopped.
    pub fn goes_on(&self) -> bool {
        !self.night && !self.sample
    }

    pub async fn run(self) -> Result<Ended> {
        if self.goes_on() {
            return self.serve().await;
        }
        let house = self.place.open(&self.tokens).await?;
        if self.night {
            return night::run(&house).await;
        }
        sample::run(&house).await?;
        console::note("\nNow run it without --sample and ask it something yourself; the scope is user:sample.");
        Ok(Ended::Done)
    }

    async fn serve(self) -> Result<Ended> {
        let listener = server::listen(self.port).await?;
        let port = listener.local_addr().map_or(self.port, |address| address.port());
        let url = format!("http://127.0.0.1:{port}");
        let webhooks = if self.allow_local_webhooks { "on" } else { "off" };
        // The first: where files of imports and exports can be put and fetched.
        let settings = [("MEMORABLE_FILES_URL", url.clone()), ("MEMORABLE_LOCAL_WEBHOOKS", webhooks.to_owned())];
        let house = Arc::new(self.place.open_with(&self.tokens, &settings).await?);
        let told = self.place.folder().and_then(|folder| running::tell(folder, &url));
        self.welcome(&url);
        let found = Machine::look(&house.app.config.ollama_url).await;
        console::say(format!("{}\n", found.told(house.profile.as_deref())));
        let app = house.app.clone();
        // Loading a model takes seconds to minutes; whoever asks before that waits for it as without this.
        tokio::spawn(async move { app.load_models().await });
        server::serve(house, listener, stopped()).await;
        drop(told);
        console::note("stopped; everything acknowledged is kept");
        Ok(Ended::Done)
    }

    fn welcome(&self, url: &str) {
        let data = self.place.folder().map_or("in memory".to_owned(), |folder| format!("under {}", folder.display()));
        console::say(format!("MemoRable listens on {url}, data {data}. Ctrl-C stops it.\n"));
        console::say(format!(
            "Store something:\n\n  curl -s {url}/v1/memories -H 'Authorization: Bearer {LOCAL}' \\\n    \
             -H 'Content-Type: application/json' \\\n    \
             -d '{{\"scope\":\"user:alice\",\"content\":\"My sister Clara moves to Porto in May.\",\"speaker\":\"Alice\"}}'\n"
        ));
        console::say(format!(
            "Recall it:\n\n  curl -s {url}/v1/recall -H 'Authorization: Bearer {LOCAL}' \\\n    \
             -H 'Content-Type: application/json' \\\n    \
             -d '{{\"query\":\"Where is Clara going to live?\",\"scopes\":[\"user:alice\"]}}'\n"
        ));
    }
}

/// Done when the process is told to end.
pub async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        // What `kill` and service managers send.
        if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}

fn token(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, tenant)) if !name.is_empty() && !tenant.is_empty() => Ok((name.to_owned(), tenant.to_owned())),
        _ => Err("expected NAME=TENANT, as s3cret=acme".to_owned()),
    }
}
