//! A small HTTP/1.1 server for tests: it answers as scripted and keeps what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use aws_sdk_bedrockruntime::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_bedrockruntime::{Client, Config};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A request that came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `POST /api/embed`.
    pub what: String,
    /// The body as it came.
    pub body: String,
}

impl Asked {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a body of JSON")
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// That status and body.
    Body(u16, String),
    /// An error as AWS writes it: status, type, message.
    Aws(u16, &'static str, &'static str),
    /// Nothing, with the connection left open.
    Silence,
    /// Headers, half a body, and the end of the connection.
    HalfABody,
}

impl Answer {
    /// Status 200 with that JSON.
    pub fn json(body: &Value) -> Answer {
        Answer::Body(200, body.to_string())
    }
}

/// The server, for as long as the test's runtime lives.
pub struct Scripted {
    /// Its URL by the loopback address: a place on this machine.
    pub url: String,
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Scripted {
    /// Starts one that answers by the script.
    pub async fn start(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (script, asked) = (Arc::new(script), Arc::new(Mutex::new(Vec::new())));
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, kept) = (Arc::clone(&script), Arc::clone(&kept));
                tokio::spawn(async move { serve(stream, &*script, &kept).await });
            }
        });
        Scripted { url: format!("http://127.0.0.1:{port}"), port, asked }
    }

    /// Starts one that always answers the same.
    pub async fn always(answer: Answer) -> Scripted {
        Scripted::start(move |_| answer.clone()).await
    }

    /// The same server by an address that is not one of this machine's loopback, so that it counts as elsewhere.
    pub fn url_elsewhere(&self) -> String {
        format!("http://0.0.0.0:{}", self.port)
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("the list").clone()
    }

    /// A real client of Bedrock that talks to this server, without retries.
    pub fn bedrock(&self) -> Client {
        bedrock_at(&self.url)
    }
}

/// A real client of Bedrock for that URL, without retries.
pub fn bedrock_at(url: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(url)
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

/// A URL where nothing listens.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

async fn serve(stream: TcpStream, script: &(dyn Fn(&Asked) -> Answer + Send + Sync), kept: &Mutex<Vec<Asked>>) {
    let mut stream = BufReader::new(stream);
    while let Some(asked) = next(&mut stream).await {
        kept.lock().expect("the list").push(asked.clone());
        let (status, kind, body) = match script(&asked) {
            Answer::Body(status, body) => (status, "none", body),
            Answer::Aws(status, kind, message) => (status, kind, serde_json::json!({ "message": message }).to_string()),
            Answer::Silence => return tokio::time::sleep(Duration::from_secs(600)).await,
            Answer::HalfABody => {
                let half = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{\"embedd";
                let _ = stream.write_all(half).await;
                return;
            }
        };
        let kind = if kind == "none" { String::new() } else { format!("x-amzn-errortype: {kind}\r\n") };
        let head = format!("HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\n{kind}");
        let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The next request on the connection; None where it ends.
async fn next(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let (mut what, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        match (&what, line.split_once(": ")) {
            (None, _) => what = line.strip_suffix(" HTTP/1.1").map(str::to_owned),
            (_, Some((name, value))) if name.eq_ignore_ascii_case("content-length") => length = value.parse().ok()?,
            (_, None) if line.is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked { what: what?, body: String::from_utf8(body).ok()? })
}
