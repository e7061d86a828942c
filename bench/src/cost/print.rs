//! The cost table as a person reads it.

use super::{Operation, Recalls, Report, Size, Stored};
use crate::price::Dollars;

/// Prints all of it.
pub fn print(report: &Report) {
    println!("recall and storing on AWS, modelled: seed {}, {} recalls each", report.seed, report.recalls);
    println!("waiting: virtual clock, the same for a seed. computing: real, on {}", report.machine);
    println!("prices: {}. Not in it: Lambda's start, TLS, the way to the caller, storage.", report.prices);
    report.sizes.iter().for_each(size);
}

fn size(size: &Size) {
    let megabytes = size.index_bytes as f64 / 1e6;
    println!("\n{} memories: {} segments, {megabytes:.2} MB of index", size.memories, size.segments);
    println!("  ms p50/p95/p99     all                  waiting              computing            GETs    KB  stages");
    size.recalls.iter().for_each(recalls);
    println!("  by day, {} entries were in the tail", size.tail);
    println!("\n  $ per million              engine (DynamoDB + S3)      around it (Lambda  API  SQS)      all");
    for recalls in &size.recalls {
        dollars(&format!("recalls, {}", recalls.name), &recalls.dollars);
    }
    dollars("recalls, 80 % warm", &size.mixed);
    for Stored { name, dollars: cost, .. } in &size.stored {
        dollars(&format!("memories, {name}"), cost);
    }
    dollars("nights of this scope", &(size.night * 1e6));
    for recalls in &size.recalls {
        operations(&format!("a recall, {}", recalls.name), &recalls.operations);
    }
    for stored in &size.stored {
        let units = format!("{:.2} write and {:.2} read units", stored.write_units, stored.read_units);
        operations(&format!("a memory, {}: {units}", stored.name), &stored.operations);
    }
    println!("\n  goals up to {} memories", size.goal.memories);
    let p50 = |name: &str| size.recalls.iter().find(|recalls| recalls.name == name).map(|recalls| recalls.total_ms[0]);
    verdict("cold p50, ms", p50("cold"), size.goal.cold_ms);
    verdict("warm p50, ms", p50("warm"), size.goal.warm_ms);
    verdict("engine $/M recalls, 80 % warm", Some(size.mixed.engine()), size.goal.engine_dollars);
}

fn recalls(recalls: &Recalls) {
    let three = |[p50, p95, p99]: [f64; 3]| format!("{p50:>5.1} {p95:>6.1} {p99:>6.1}");
    let times = [recalls.total_ms, recalls.waited_ms, recalls.computed_ms].map(three).join("  ");
    let Recalls { name, gets, kilobytes, stages, .. } = recalls;
    println!("  {name:<14} {times} {gets:>7.2} {kilobytes:>7.1} {stages:>5.2}");
    if recalls.warnings > 0 {
        println!("  {} of them came with a warning", recalls.warnings);
    }
}

fn dollars(name: &str, cost: &Dollars) {
    let (engine, around) = (cost.engine(), cost.surroundings());
    let Dollars { dynamodb, s3, sqs, lambda, api } = cost;
    println!(
        "  {name:<24} {engine:>10.3} ({dynamodb:>9.3} + {s3:>7.3})  {around:>10.3} ({lambda:>8.3} {api:>6.3} {sqs:>6.3})  {:>9.3}",
        engine + around
    );
}

fn operations(name: &str, operations: &[Operation]) {
    println!("\n  {name}");
    let mut sorted: Vec<&Operation> = operations.iter().collect();
    sorted.sort_by(|a, b| b.dollars_per_million.total_cmp(&a.dollars_per_million));
    for Operation { name, requests, units, dollars_per_million } in sorted {
        println!("    {name:<28} {requests:>8.3} requests  {units:>8.2} units  {dollars_per_million:>9.3} $/M");
    }
}

fn verdict(what: &str, value: Option<f64>, goal: f64) {
    let value = value.unwrap_or(f64::INFINITY);
    let word = if value <= goal { "pass" } else { "miss" };
    println!("    {what:<32} {value:>8.2} <= {goal:<6} {word}");
}
