//! Signing what is sent, as Standard Webhooks has it: `webhook-id`, `webhook-timestamp`, and in `webhook-signature` the
//! HMAC-SHA256 of these two and the body under the webhook's secret.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Error, Result};
use crate::memory::Time;

/// Begins every secret.
const PREFIX: &str = "whsec_";
/// Random bytes of a secret that we make.
pub const SECRET_BYTES: usize = 32;
/// Fewest and most bytes of any, as Standard Webhooks has them.
const FEWEST: usize = 24;
const MOST: usize = 64;

/// A secret made of random bytes.
pub fn secret(bytes: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

/// Invalid where a secret cannot be one.
pub fn check_secret(secret: &str) -> Result<()> {
    let length = key(secret).map(|key| key.len());
    if length.is_some_and(|length| (FEWEST..=MOST).contains(&length)) {
        return Ok(());
    }
    let expected = format!("{PREFIX} and {FEWEST} to {MOST} bytes in base64");
    Err(Error::invalid("secret", "this is not a usable secret", expected))
}

/// The headers of a message. Internal where the stored secret is none.
pub fn headers(secret: &str, id: &str, at: Time, body: &str) -> Result<[(&'static str, String); 3]> {
    let broken = || Error::internal("a webhook's secret cannot be read");
    let key = key(secret).ok_or_else(broken)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| broken())?;
    let seconds = at.seconds();
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    Ok([
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ])
}

fn key(secret: &str) -> Option<Vec<u8>> {
    STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()
}

#[cfg(test)]
mod tests;
