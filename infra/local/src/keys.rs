//! Access keys from the command line: made, listed and revoked in the folder; or made for a deployed table.

use memorable::access::{self, AccessKey};
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::{Scope, Tenant, Time};
use serde_json::json;

use crate::console;

/// A new key of that many random bits as the operating system gives, and what is to be stored of it.
pub fn make(tenant: &str, scope: Option<&str>, label: &str) -> Result<(String, AccessKey)> {
    let tenant = Tenant::parse(tenant)?;
    let scope = scope.map(|subject| Scope::parse(&tenant, subject)).transpose()?;
    let mut entropy = [0; access::ENTROPY];
    getrandom::fill(&mut entropy).map_err(|error| Error::unavailable(format!("there are no random bytes: {error}")))?;
    access::make(entropy, &tenant, scope.as_ref(), label, now())
}

/// Stores a key, and shows it: this once.
pub async fn create(app: &App, key: &str, known: &AccessKey) -> Result<()> {
    access::keep(app, known).await?;
    console::say(key);
    console::note(format!("key {} of tenant {}: it is shown this once", known.name(), known.tenant));
    Ok(())
}

/// Shows a key, and the command that puts it into a deployed table.
pub fn print_for(table: &str, key: &str, known: &AccessKey) {
    let text = |text: &str| json!({ "S": text });
    let mut item = json!({
        "pk": text("keys"),
        "sk": text(&known.hash),
        "tenant": text(&known.tenant),
    });
    for (name, value) in [
        ("scope", known.scope.clone()),
        ("label", Some(known.label.clone()).filter(|label| !label.is_empty())),
        ("created_at", known.created_at.map(|time| time.to_string())),
    ] {
        if let Some(value) = value {
            item[name] = text(&value);
        }
    }
    console::say(key);
    console::note("The key is shown this once. To make it one of the deployed stack's:\n");
    // Names and labels hold no quote that would end the shell's, once this one is written so.
    let item = item.to_string().replace('\'', "'\\''");
    console::note(format!("aws dynamodb put-item --table-name {table} --item '{item}'"));
}

/// Lists all keys.
pub async fn list(app: &App) -> Result<()> {
    for key in access::list(app).await? {
        let state = key.revoked_at.map_or_else(|| "valid".to_owned(), |since| format!("revoked {since}"));
        let made = key.created_at.map(|time| time.to_string()).unwrap_or_default();
        let scope = key.scope.as_deref().unwrap_or("-");
        console::say(format!("{}  {}  {scope}  {made}  {state}  {}", key.name(), key.tenant, key.label));
    }
    Ok(())
}

/// Revokes the key whose hash begins so.
pub async fn revoke(app: &App, name: &str) -> Result<()> {
    let key = access::revoke(app, name, now()).await?;
    console::say(format!("key {} of tenant {} opens nothing any more", key.name(), key.tenant));
    Ok(())
}

fn now() -> Time {
    #[expect(clippy::disallowed_methods, reason = "a command stands for the door, which reads the clock")]
    let now = jiff::Timestamp::now();
    now.into()
}
