//! Speed and size on this machine, as ratios where a peer is at hand: `cargo run --release -p memorable-bench [FILE.json]`.
#![recursion_limit = "256"] // the SDKs' futures nest deeply
#![expect(clippy::disallowed_macros, reason = "a benchmark prints its tables")]

mod embed;
mod scopes;

use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let results = json!({ "embed": embed::measure(), "scopes": scopes::measure().await });
    print_table("embed", results["embed"].as_array());
    print_table("scopes", results["scopes"].as_array());
    if let Some(file) = std::env::args().nth(1) {
        std::fs::write(&file, format!("{results:#}\n")).unwrap_or_else(|error| println!("{file}: {error}"));
    }
}

/// The middle one of the measured values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn print_table(name: &str, rows: Option<&Vec<Value>>) {
    println!("\n{name}");
    for row in rows.into_iter().flatten() {
        let cells = row.as_object().into_iter().flatten().map(|(name, value)| format!("{name} {value}"));
        println!("  {}", cells.collect::<Vec<_>>().join("  "));
    }
}
