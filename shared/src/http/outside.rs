//! Calls to addresses that somebody else chose: out to the internet, and nowhere else.
//!
//! The name is resolved here, once: the addresses that were looked at are the ones that are connected to, so a name that
//! means something else a moment later gains nothing. No redirect is followed, no proxy asked, and of the answer only the
//! status is read.

use std::error::Error as StdError;
use std::fmt;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError, SharedDnsResolver};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use url::{Host, Url};

use super::address::{is_loopback, is_public};
use crate::error::{Error, Result};

/// How long a call may take, from the name's lookup to the status.
pub const WITHIN: Duration = Duration::from_secs(10);
/// Longest URL.
const MOST_URL_BYTES: usize = 2048;
/// The port of HTTPS, and the first of those that no system service has by right: a port between them is somebody's mail
/// or database, and nobody's webhook.
const HTTPS_PORT: u16 = 443;
const FIRST_FREE_PORT: u16 = 1024;
const EXPECTED: &str = "an https URL with a host's name, without user and password, on port 443 or from 1024 on";

/// Makes such calls. Cheap to clone.
#[derive(Clone)]
pub struct Outside {
    resolver: SharedDnsResolver,
    allows_loopback: bool,
    connector: Arc<OnceLock<Connector>>,
}

/// Why there is no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The URL may not be called.
    Url,
    /// The name means an address that is not out on the internet.
    Address,
    /// The name means nothing.
    Name,
    /// It took too long.
    Time,
    /// There was no connection, no trusted certificate, or no HTTP.
    Connection,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::Url => "this URL may not be called",
            Refusal::Address => "the host's address is not on the internet",
            Refusal::Name => "the host's name could not be resolved",
            Refusal::Time => "no answer came in time",
            Refusal::Connection => "no connection came about",
        })
    }
}

impl StdError for Refusal {}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside").field("allows_loopback", &self.allows_loopback).finish_non_exhaustive()
    }
}

impl Outside {
    /// By the system's resolver. `allows_loopback`: whether `http` to this machine is let through, too.
    pub fn new(allows_loopback: bool) -> Outside {
        Outside::by(SharedDnsResolver::new(System), allows_loopback)
    }

    /// By another resolver, whose answers are looked at just the same.
    pub fn by(resolver: SharedDnsResolver, allows_loopback: bool) -> Outside {
        Outside { resolver, allows_loopback, connector: Arc::default() }
    }

    /// The URL, where it may be called at all. Invalid, saying what would be right, where not. What its name means is
    /// looked at with each call.
    pub fn check(&self, url: &str) -> Result<Url> {
        let wrong = |detail: &str| Error::invalid("url", detail, EXPECTED);
        if url.len() > MOST_URL_BYTES {
            return Err(wrong("this URL is too long"));
        }
        let url = Url::parse(url).map_err(|_| wrong("this is not a URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("a URL with a user or password is not taken"));
        }
        let host = url.host().ok_or_else(|| wrong("this URL has no host"))?;
        if self.allows_loopback && is_local(&host) {
            return if matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(wrong("this is not HTTP")) };
        }
        if url.scheme() != "https" {
            return Err(wrong("this is not https"));
        }
        if !matches!(host, Host::Domain(_)) {
            return Err(wrong("this is an address, not a host's name"));
        }
        if is_local(&host) {
            return Err(wrong("this is this machine's own name"));
        }
        match url.port_or_known_default() {
            Some(port) if port == HTTPS_PORT || port >= FIRST_FREE_PORT => Ok(url),
            _ => Err(wrong("this port is not taken")),
        }
    }

    /// Posts a body, and gives the status that is answered.
    pub async fn post(&self, url: &str, headers: &[(&str, String)], body: String) -> std::result::Result<u16, Refusal> {
        // Once more: what was stored when more was allowed is not called when less is.
        let url = self.check(url).map_err(|_| Refusal::Url)?;
        let mut request = http::Request::builder().method("POST").uri(url.as_str());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.header("content-length", body.len()).body(SdkBody::from(body));
        let request = request.map_err(|_| Refusal::Url)?;
        let request = HttpRequest::try_from(request).map_err(|_| Refusal::Url)?;
        let call = self.connector().call(request);
        match tokio::time::timeout(WITHIN, call).await {
            Ok(Ok(response)) => Ok(response.status().as_u16()),
            Ok(Err(error)) => Err(cause(&error)),
            Err(_) => Err(Refusal::Time),
        }
    }

    /// Made with the first call: reading the trusted certificates takes time, and most processes never call.
    fn connector(&self) -> &Connector {
        self.connector.get_or_init(|| {
            let checked = Checked { resolver: self.resolver.clone(), allows_loopback: self.allows_loopback };
            Connector::builder()
                .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
                .build_with_resolver(checked)
        })
    }
}

/// Whether the host says of itself that it is this machine.
fn is_local(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => is_loopback(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_loopback(IpAddr::V6(*address)),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
        }
    }
}

/// The refusal that lies beneath an error, wherever our resolver's went through.
fn cause(error: &(dyn StdError + 'static)) -> Refusal {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(refusal) = error.downcast_ref::<Refusal>() {
            return *refusal;
        }
        next = error.source();
    }
    Refusal::Connection
}

/// A resolver that gives public addresses or none.
#[derive(Debug, Clone)]
struct Checked {
    resolver: SharedDnsResolver,
    allows_loopback: bool,
}

impl ResolveDns for Checked {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = self.resolver.resolve_dns(name).await;
            let found = found.map_err(|_| ResolveDnsError::new(Refusal::Name))?;
            let is_fine = |address: &IpAddr| is_public(*address) || self.allows_loopback && is_loopback(*address);
            match found.as_slice() {
                [] => Err(ResolveDnsError::new(Refusal::Name)),
                // All of them: a name that means both is somebody's trick.
                found if found.iter().all(is_fine) => Ok(found.to_vec()),
                _ => Err(ResolveDnsError::new(Refusal::Address)),
            }
        })
    }
}

/// The system's own resolver.
#[derive(Debug, Clone)]
struct System;

impl ResolveDns for System {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        let name = name.to_owned();
        DnsFuture::new(async move {
            let lookup = tokio::task::spawn_blocking(move || (name.as_str(), 0).to_socket_addrs());
            let found = lookup.await.map_err(ResolveDnsError::new)?.map_err(ResolveDnsError::new)?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

#[cfg(test)]
mod tests;
