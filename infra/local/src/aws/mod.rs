//! AWS in one process: DynamoDB, S3 and SQS answered behind the SDK's own `HttpClient`, without a socket.
//!
//! Hand [`LocalAws::http_client`] to the SDK's configuration and every client built from it talks to
//! this process. The requests are the ones the SDK would have sent to AWS, so nothing above the seam
//! knows the difference.

#[cfg(test)]
mod clients;
mod clock;
mod dynamodb;
pub mod faults;
pub mod latency;
mod s3;
mod sqlite;
mod sqs;
mod target;
pub mod usage;
mod wire;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use dynamodb::DynamoDb;
use s3::S3;
use sqs::Sqs;
use target::Target;

/// The access key whose signatures count, where any is looked at.
pub const ACCESS_KEY: &str = "local";

/// Where the local AWS keeps what it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In memory: gone with the last clone of the [`LocalAws`].
    Memory,
    /// In this folder, which is created if need be: `dynamodb.db`, `objects.db` and `queues.db`.
    Folder(PathBuf),
}

/// DynamoDB, S3 and SQS in this process. Clones are cheap and share everything.
#[derive(Clone)]
pub struct LocalAws {
    services: Arc<Services>,
}

struct Services {
    secret: String,
    dynamodb: DynamoDb,
    s3: S3,
    sqs: Sqs,
}

impl LocalAws {
    /// Opens the three services, with whatever the folder already holds.
    ///
    /// # Errors
    /// When the folder cannot be created, or a database in it cannot be opened or is of a newer version.
    pub fn open(storage: &Storage) -> Result<LocalAws, OpenError> {
        if let Storage::Folder(folder) = storage {
            std::fs::create_dir_all(folder).map_err(|e| OpenError::new(format!("create {}", folder.display()), e))?;
        }
        let secret = secret().map_err(|e| OpenError::new("make a secret", e))?;
        let services = Services {
            dynamodb: DynamoDb::open(storage).map_err(|e| OpenError::new("open DynamoDB", e))?,
            s3: S3::open(storage, &secret).map_err(|e| OpenError::new("open S3", e))?,
            sqs: Sqs::open(storage).map_err(|e| OpenError::new("open SQS", e))?,
            secret,
        };
        Ok(LocalAws { services: Arc::new(services) })
    }

    /// The HTTP client to give to the SDK's configuration.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// What goes with [`ACCESS_KEY`]: new with each process, and so are the URLs that are signed with it.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.services.secret
    }

    /// Answers a request to S3 from outside of this process, which a signature in its URL allows.
    pub async fn answer_signed(&self, request: http::Request<s3s::Body>) -> http::Response<s3s::Body> {
        self.services.s3.answer_signed(request).await
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        match Target::of(&request)? {
            Target::DynamoDb { operation } => self.services.dynamodb.answer(operation, request).await,
            Target::Sqs { operation } => self.services.sqs.answer(operation, request).await,
            Target::S3 { bucket_in_host } => self.services.s3.answer(bucket_in_host, request).await,
            Target::Elsewhere { host } => {
                let why = format!("no service at {host}: the local house has DynamoDB, S3 and SQS");
                Err(ConnectorError::other(why.into(), None))
            }
        }
    }
}

/// A secret that nobody can guess.
fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl fmt::Debug for LocalAws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalAws")
    }
}

impl HttpClient for LocalAws {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for LocalAws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let aws = self.clone();
        HttpConnectorFuture::new(async move {
            // On a network no answer comes in the moment of asking: what is asked at once is under way at once here too.
            tokio::task::yield_now().await;
            aws.answer(request).await
        })
    }
}

/// Why the local AWS could not be opened.
#[derive(Debug)]
pub struct OpenError {
    doing: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl OpenError {
    fn new(doing: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> OpenError {
        OpenError { doing: doing.into(), source: source.into() }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.doing, self.source)
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

#[cfg(test)]
mod tests;
