//! A small HTTP/1.1 server for tests: it answers as scripted and keeps what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use aws_sdk_bedrockruntime::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_bedrockruntime::{Client, Config};
use serde_json::{Value, json};
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
    /// Status 200 with a body that comes in these pieces, and then that.
    Pieces(&'static str, Vec<Vec<u8>>, Then),
}

/// What comes after the pieces of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Its end.
    End,
    /// The end of the connection, with the body's end still to come.
    Cut,
    /// Nothing, with the connection left open.
    Silence,
}

impl Answer {
    /// Status 200 with that JSON.
    pub fn json(body: &Value) -> Answer {
        Answer::Body(200, body.to_string())
    }

    /// As Ollama streams: each text a line, then the line that says it is done.
    pub fn lines(texts: &[&str], then: Then) -> Answer {
        let line = |value: Value| format!("{value}\n").into_bytes();
        let mut lines: Vec<Vec<u8>> =
            texts.iter().map(|text| line(json!({ "message": { "content": text }, "done": false }))).collect();
        if then == Then::End {
            let done = json!({ "message": { "content": "" }, "done": true, "prompt_eval_count": 7, "eval_count": 3 });
            lines.push(line(done));
        }
        Answer::Pieces("application/x-ndjson", lines, then)
    }

    /// As Bedrock streams: each text an event, then those that say why it stopped and what it took.
    pub fn events(texts: &[&str], then: Then) -> Answer {
        let mut events = vec![event("event", "messageStart", &json!({ "role": "assistant" }))];
        let delta = |text: &&str| json!({ "contentBlockIndex": 0, "delta": { "text": text } });
        events.extend(texts.iter().map(|text| event("event", "contentBlockDelta", &delta(text))));
        if then == Then::End {
            events.push(event("event", "contentBlockStop", &json!({ "contentBlockIndex": 0 })));
            events.push(event("event", "messageStop", &json!({ "stopReason": "end_turn" })));
            let usage = json!({ "inputTokens": 41, "outputTokens": 7, "totalTokens": 48 });
            events.push(event("event", "metadata", &json!({ "usage": usage, "metrics": { "latencyMs": 5 } })));
        }
        Answer::Pieces("application/vnd.amazon.eventstream", events, then)
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

/// A message of AWS's event streams: `kind` is `event` or `exception`.
pub fn event(kind: &str, name: &str, body: &Value) -> Vec<u8> {
    let mut headers = Vec::new();
    let name_of = if kind == "event" { ":event-type" } else { ":exception-type" };
    for (header, value) in [(":message-type", kind), (name_of, name), (":content-type", "application/json")] {
        headers.push(header.len() as u8);
        headers.extend(header.as_bytes());
        headers.push(7); // a text follows
        headers.extend((value.len() as u16).to_be_bytes());
        headers.extend(value.as_bytes());
    }
    let body = body.to_string().into_bytes();
    let mut message = ((16 + headers.len() + body.len()) as u32).to_be_bytes().to_vec();
    message.extend((headers.len() as u32).to_be_bytes());
    message.extend(crc32(&message).to_be_bytes());
    message.extend(headers);
    message.extend(body);
    message.extend(crc32(&message).to_be_bytes());
    message
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg()))
    })
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
            Answer::Aws(status, kind, message) => (status, kind, json!({ "message": message }).to_string()),
            Answer::Silence => return tokio::time::sleep(Duration::from_secs(600)).await,
            Answer::Pieces(kind, pieces, then) => {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n");
                let mut all_went = stream.write_all(head.as_bytes()).await.is_ok();
                for piece in pieces {
                    let size = format!("{:x}\r\n", piece.len());
                    let chunk = [size.as_bytes(), &piece, b"\r\n"].concat();
                    all_went = all_went && stream.write_all(&chunk).await.is_ok() && stream.flush().await.is_ok();
                    tokio::task::yield_now().await;
                }
                match then {
                    Then::End if all_went && stream.write_all(b"0\r\n\r\n").await.is_ok() => continue,
                    Then::End | Then::Cut => return,
                    Then::Silence => return tokio::time::sleep(Duration::from_secs(600)).await,
                }
            }
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
