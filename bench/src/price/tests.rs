//! Tests of prices, on sums done by hand.

use super::*;

fn usage(operations: &[(&str, Consumed)]) -> Usage {
    let mut usage = Usage::default();
    operations.iter().for_each(|(name, consumed)| usage.add(name, consumed));
    usage
}

fn requests(requests: u64) -> Consumed {
    Consumed { requests, billed: requests, ..Consumed::default() }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn a_million_units_cost_what_the_price_says() {
    let prices = Prices::read().unwrap();
    let reads = Consumed { read_units: 1e6, ..requests(3) };
    let writes = Consumed { write_units: 1e6, ..requests(3) };
    let dollars = prices.usage(&usage(&[("DynamoDB.Query", reads), ("DynamoDB.TransactWriteItems", writes)]));
    assert!(close(dollars.dynamodb, 0.125 + 0.625), "{dollars:?}");
    let dollars = prices.usage(&usage(&[
        ("S3.GetObject", requests(1_000_000)),
        ("S3.PutObject", requests(1_000_000)),
        ("S3.ListObjectsV2", requests(1_000_000)),
        ("S3.DeleteObject", requests(1_000_000)),
        ("SQS.SendMessageBatch", requests(1_000_000)),
    ]));
    assert!(close(dollars.s3, 0.4 + 5.0 + 5.0), "{dollars:?}");
    assert!(close(dollars.sqs, 0.4), "{dollars:?}");
    assert!(close(dollars.engine(), 10.4) && close(dollars.surroundings(), 0.4), "{dollars:?}");
}

#[test]
fn a_function_is_billed_by_the_millisecond_and_its_memory() {
    let prices = Prices::read().unwrap();
    let recall = Run { megabytes: 1769.0, waited_ms: 8.0, computed_ms: 1.2 };
    assert_eq!(recall.billed_ms(), 10.0);
    // 1.727539 GB for 10 ms are 0.01727539 GB-s; and 0.2 dollars for a million calls.
    let dollars = prices.runs(&vec![recall; 1000]);
    assert!(close(dollars.lambda, 17.275_390_625 * 0.000_013_333_4 + 0.0002), "{dollars:?}");
    assert!(close(prices.calls(1_000_000).api, 1.0));
}

#[test]
fn a_function_with_half_a_processor_computes_twice_as_long() {
    let half = Run { megabytes: 1769.0 / 2.0, waited_ms: 5.0, computed_ms: 2.0 };
    assert_eq!(half.billed_ms(), 9.0);
    let double = Run { megabytes: 1769.0 * 2.0, waited_ms: 5.0, computed_ms: 2.0 };
    assert_eq!(double.billed_ms(), 7.0, "one thread is not quicker on two processors");
}

#[test]
fn every_price_has_a_date_and_a_source() {
    let prices: serde_json::Value = serde_json::from_str(prices::FILE).unwrap();
    assert!(prices["date"].is_string() && prices["region"].is_string());
    let lines = prices.as_object().unwrap().iter().filter(|(_, line)| line.is_object());
    let mut count = 0;
    for (name, line) in lines {
        assert!(line["source"].is_string() && line["unit"].is_string(), "{name}");
        count += 1;
    }
    assert_eq!(count, 9);
}
