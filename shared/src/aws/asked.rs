//! What was asked of a scope lately, in a partition beside the scope's own, until it lapses: whoever reads may write
//! there, and nowhere else.

use jiff::SignedDuration;

use crate::aws::items::{Item, number, text};
use crate::aws::keys;
use crate::aws::records::Records;
use crate::error::{Error, Result};
use crate::memory::asked::{Asked, VERSION};
use crate::memory::id::Fields;
use crate::memory::{Scope, Time};

/// How long a question is kept: the nights of a month learn from it.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Records {
    /// Keeps what was asked, as one item. Twice is once.
    pub async fn put_asked(&self, scope: &Scope, asked: &[Asked], now: Time) -> Result<()> {
        let Some(first) = asked.first() else { return Ok(()) };
        let unwritten = |error| Error::internal(format!("what was asked cannot be encoded: {error}"));
        let all = serde_json::to_string(asked).map_err(unwritten)?;
        let hash = Fields::new("memorable asked v1").add(&all).finish().to_hex()[..16].to_owned();
        let key = [(keys::PK, keys::asked_of(scope)), (keys::SK, keys::asked(first.at, &hash))];
        let mut item: Item = key.map(|(name, value)| (name.to_owned(), text(value))).into();
        item.insert("v".to_owned(), number(VERSION));
        item.insert("asked".to_owned(), text(all));
        item.insert(keys::EXPIRES.to_owned(), number(now.plus(KEPT).seconds()));
        self.put(item).await
    }

    /// What was asked of the scope within the last month, as far as containers have written it down, oldest first.
    pub async fn asked(&self, scope: &Scope, now: Time) -> Result<Vec<Asked>> {
        let mut all = Vec::new();
        for item in self.all_of(&keys::asked_of(scope), keys::ASKED, false).await? {
            // What has lapsed may still be there.
            if number_of(&item, keys::EXPIRES).is_some_and(|expires| expires > now.seconds()) {
                all.extend(read(&item)?);
            }
        }
        all.sort_by_key(|asked| asked.at);
        Ok(all)
    }
}

fn number_of(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

fn read(item: &Item) -> Result<Vec<Asked>> {
    let corrupt = |why: &str| Error::corrupt("what was asked", why.to_owned());
    match number_of(item, "v") {
        Some(v) if v == i64::from(VERSION) => {}
        v => return Err(corrupt(&format!("version {v:?} is not known here"))),
    }
    let all = item.get("asked").and_then(|asked| asked.as_s().ok()).ok_or_else(|| corrupt("it holds nothing"))?;
    serde_json::from_str(all).map_err(|error| corrupt(&error.to_string()))
}
