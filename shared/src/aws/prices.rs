//! What requests to AWS cost, by the dated file `prices.json` beside this.
//!
//! What a request consumes is read from the bytes of its bodies, which are JSON with binary as base64: rather too much
//! than too little. The bench knows the exact units of the local emulator, and prices them by the same file.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::models::prices::Dollars;
use crate::receipt::Request;

/// The file, as it is.
pub const FILE: &str = include_str!("prices.json");
static PRICES: LazyLock<Option<Prices>> = LazyLock::new(|| serde_json::from_str(FILE).ok());

/// Bytes of a read unit.
const READ_UNIT: u64 = 4 * 1024;
/// Bytes of a write unit.
const WRITE_UNIT: u64 = 1024;
/// Bytes that SQS counts as one request.
const SQS_UNIT: u64 = 64 * 1024;

/// A price, as it is quoted.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Price {
    dollars: f64,
    per: f64,
}

impl Price {
    /// Dollars for that many units.
    pub fn of(self, units: f64) -> f64 {
        self.dollars * units / self.per
    }
}

/// The prices of a region at a date.
#[derive(Debug, Clone, Deserialize)]
pub struct Prices {
    /// The region.
    pub region: String,
    /// The day they were written down.
    pub date: String,
    /// DynamoDB's write request unit.
    pub dynamodb_write_unit: Price,
    /// DynamoDB's read request unit.
    pub dynamodb_read_unit: Price,
    /// A GET or HEAD of S3.
    pub s3_get: Price,
    /// A PUT or LIST of S3.
    pub s3_put: Price,
    /// A gigabyte on S3 for a month.
    pub s3_gb_month: Price,
    /// A request of SQS.
    pub sqs_request: Price,
    /// A gigabyte of a function's memory for a second.
    pub lambda_gb_second: Price,
    /// An invocation.
    pub lambda_request: Price,
    /// A request of the HTTP API.
    pub http_api_request: Price,
}

/// The day the prices were written down; nothing where the file cannot be read, which a test rules out.
pub fn dated() -> &'static str {
    PRICES.as_ref().map_or("", |prices| &prices.date)
}

/// What those requests cost, less those to models, which the receipt prices.
pub fn of(requests: &[Request]) -> Dollars {
    let Some(prices) = PRICES.as_ref() else { return Dollars::ZERO };
    requests.iter().map(|request| Dollars::new(prices.request(request))).sum()
}

/// What that many bytes on S3 cost in a month.
pub fn of_keeping(bytes: u64) -> Dollars {
    let Some(prices) = PRICES.as_ref() else { return Dollars::ZERO };
    Dollars::new(prices.s3_gb_month.of(bytes as f64 / 1e9))
}

/// What a function of that much memory costs for as long.
pub fn of_running(megabytes: u32, micros: u64) -> Dollars {
    let Some(prices) = PRICES.as_ref() else { return Dollars::ZERO };
    Dollars::new(prices.lambda_gb_second.of(f64::from(megabytes) / 1024.0 * micros as f64 / 1e6))
}

impl Prices {
    fn request(&self, request: &Request) -> f64 {
        let units = |bytes: u64, unit: u64| bytes.div_ceil(unit).max(1) as f64;
        match (request.service, request.operation.as_str()) {
            ("dynamodb", "GetItem" | "BatchGetItem" | "Query") => {
                self.dynamodb_read_unit.of(units(request.received, READ_UNIT))
            }
            ("dynamodb", "TransactWriteItems") => self.dynamodb_write_unit.of(2.0 * units(request.sent, WRITE_UNIT)),
            ("dynamodb", _) => self.dynamodb_write_unit.of(units(request.sent, WRITE_UNIT)),
            ("s3", "GetObject" | "HeadObject") => self.s3_get.of(1.0),
            ("s3", "DeleteObject") => 0.0,
            ("s3", _) => self.s3_put.of(1.0),
            ("sqs", _) => self.sqs_request.of(units(request.sent, SQS_UNIT)),
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests;
