//! Dollars, from what requests consumed and how long functions ran. The prices are those of shared/src/aws/prices.json.

use std::ops::{Add, Mul};

use memorable::aws::prices;
use memorable_local::aws::usage::{Consumed, Usage};
use serde::Serialize;

/// Megabytes of a function that has one whole vCPU: with fewer it computes in proportion. EVIDENCE.md, "Serverless physics".
const MB_OF_ONE_VCPU: f64 = 1769.0;

/// The prices of a region at a date.
#[derive(Debug, Clone)]
pub struct Prices(prices::Prices);

/// What something cost, by service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Dollars {
    pub dynamodb: f64,
    pub s3: f64,
    pub sqs: f64,
    pub lambda: f64,
    pub api: f64,
}

impl Dollars {
    /// What keeps and finds memories.
    pub fn engine(&self) -> f64 {
        self.dynamodb + self.s3
    }

    /// What stands around that, whatever the engine.
    pub fn surroundings(&self) -> f64 {
        self.sqs + self.lambda + self.api
    }
}

impl Add for Dollars {
    type Output = Dollars;

    fn add(self, other: Dollars) -> Dollars {
        Dollars {
            dynamodb: self.dynamodb + other.dynamodb,
            s3: self.s3 + other.s3,
            sqs: self.sqs + other.sqs,
            lambda: self.lambda + other.lambda,
            api: self.api + other.api,
        }
    }
}

impl Mul<f64> for Dollars {
    type Output = Dollars;

    fn mul(self, times: f64) -> Dollars {
        Dollars {
            dynamodb: self.dynamodb * times,
            s3: self.s3 * times,
            sqs: self.sqs * times,
            lambda: self.lambda * times,
            api: self.api * times,
        }
    }
}

/// One run of a function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// Its memory, as template.yaml has it.
    pub megabytes: f64,
    /// Milliseconds for which it waited.
    pub waited_ms: f64,
    /// Milliseconds for which it computed, on a whole processor.
    pub computed_ms: f64,
}

impl Run {
    /// Milliseconds it is billed for: each one begun, with computing as slow as its share of a processor.
    pub fn billed_ms(&self) -> f64 {
        let slower = (MB_OF_ONE_VCPU / self.megabytes).max(1.0);
        (self.waited_ms + self.computed_ms * slower).ceil()
    }
}

impl Prices {
    /// Those of the file.
    pub fn read() -> serde_json::Result<Prices> {
        serde_json::from_str(prices::FILE).map(Prices)
    }

    /// Their region and date.
    pub fn stand_for(&self) -> (&str, &str) {
        (&self.0.region, &self.0.date)
    }

    /// Of requests to DynamoDB, S3 and SQS.
    pub fn usage(&self, usage: &Usage) -> Dollars {
        usage.operations().map(|(name, consumed)| self.operation(name, consumed)).fold(Dollars::default(), Add::add)
    }

    /// Of the requests of one operation.
    pub fn operation(&self, name: &str, consumed: &Consumed) -> Dollars {
        let mut dollars = Dollars::default();
        let billed = consumed.billed as f64;
        match name.split_once('.') {
            Some(("DynamoDB", _)) => {
                let reads = self.0.dynamodb_read_unit.of(consumed.read_units);
                dollars.dynamodb = reads + self.0.dynamodb_write_unit.of(consumed.write_units);
            }
            Some(("S3", "GetObject" | "HeadObject")) => dollars.s3 = self.0.s3_get.of(billed),
            Some(("S3", "DeleteObject" | "DeleteObjects")) => {}
            Some(("S3", _)) => dollars.s3 = self.0.s3_put.of(billed),
            Some(("SQS", _)) => dollars.sqs = self.0.sqs_request.of(billed),
            _ => {}
        }
        dollars
    }

    /// Of runs of functions.
    pub fn runs(&self, runs: &[Run]) -> Dollars {
        let gb_seconds: f64 = runs.iter().map(|run| run.megabytes / 1024.0 * run.billed_ms() / 1000.0).sum();
        let lambda = self.0.lambda_gb_second.of(gb_seconds) + self.0.lambda_request.of(runs.len() as f64);
        Dollars { lambda, ..Dollars::default() }
    }

    /// Of calls through the gateway.
    pub fn calls(&self, calls: usize) -> Dollars {
        Dollars { api: self.0.http_api_request.of(calls as f64), ..Dollars::default() }
    }
}

#[cfg(test)]
mod tests;
