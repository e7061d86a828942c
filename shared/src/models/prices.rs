//! What tokens cost, by the dated file `prices.json` beside this.

use std::collections::BTreeMap;
use std::iter::Sum;
use std::ops::AddAssign;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize, Serializer};

use super::{Model, Place};

const FILE: &str = include_str!("prices.json");
static PRICES: LazyLock<Prices> = LazyLock::new(|| serde_json::from_str(FILE).unwrap_or_default());

/// Billionths of a dollar in a dollar. A token of the cheapest model costs some twenty of them, so that whole numbers do.
const NANOS: f64 = 1e9;

/// An amount of money, in whole billionths of a dollar: sums are exact. Written as dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "f64")]
pub struct Dollars(u64);

impl Dollars {
    /// Nothing.
    pub const ZERO: Dollars = Dollars(0);

    /// From dollars; what is less than nothing or no number counts as nothing.
    pub fn new(dollars: f64) -> Dollars {
        Dollars((dollars * NANOS).round() as u64)
    }

    /// From billionths of a dollar.
    pub const fn from_nanos(nanos: u64) -> Dollars {
        Dollars(nanos)
    }

    /// Billionths of a dollar.
    pub fn nanos(self) -> u64 {
        self.0
    }

    /// In dollars.
    pub fn amount(self) -> f64 {
        self.0 as f64 / NANOS
    }
}

impl From<f64> for Dollars {
    fn from(dollars: f64) -> Dollars {
        Dollars::new(dollars)
    }
}

impl AddAssign for Dollars {
    fn add_assign(&mut self, more: Dollars) {
        self.0 = self.0.saturating_add(more.0);
    }
}

impl Sum for Dollars {
    fn sum<I: Iterator<Item = Dollars>>(amounts: I) -> Dollars {
        amounts.fold(Dollars::ZERO, |sum, more| Dollars(sum.0.saturating_add(more.0)))
    }
}

impl Serialize for Dollars {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.amount())
    }
}

/// What a model's tokens cost.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Dollars for a million tokens that it reads.
    #[serde(rename = "in")]
    tokens_in: f64,
    /// Dollars for a million tokens that it writes.
    #[serde(rename = "out")]
    tokens_out: f64,
}

impl Price {
    const NOTHING: Price = Price { tokens_in: 0.0, tokens_out: 0.0 };

    /// What that many tokens cost.
    pub fn of(self, tokens_in: u32, tokens_out: u32) -> Dollars {
        let per_million = self.tokens_in * f64::from(tokens_in) + self.tokens_out * f64::from(tokens_out);
        Dollars::new(per_million / 1e6)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prices {
    dated: String,
    #[serde(rename = "about")]
    _about: String,
    models: BTreeMap<String, Price>,
}

/// The day the prices were written down.
pub fn dated() -> &'static str {
    &PRICES.dated
}

/// The price of a model. Nothing in this process and on this machine; none where it is not known.
pub fn of(model: &Model) -> Option<Price> {
    match model {
        Model::Bedrock(model) => of_bedrock(model.id()),
        other => (other.place() != Place::Account).then_some(Price::NOTHING),
    }
}

/// The price of a model on Bedrock, by its id, its inference profile or the ARN of either.
pub fn of_bedrock(id: &str) -> Option<Price> {
    let named = PRICES.models.iter().filter(|(part, _)| id.contains(part.as_str()));
    named.max_by_key(|(part, _)| part.len()).map(|(_, price)| *price)
}

#[cfg(test)]
mod tests;
