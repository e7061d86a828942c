//! A session in short, as version 1 wrote it.

use std::fs;

use memorable::aws::{keys, summaries};
use memorable::memory::Sensitivity;
use memorable::memory::summary::{Kept, Pick, Summary, VERSION};

use super::attributes::from_item;
use super::{id, item, sample, scope, time};

const SUMMARY: &str = "summary.json";
const SESSION: &str = "moving";

fn summary_v1() -> Summary {
    let pick = |name: &str, from, until| Pick { id: id(name), revision: 3, from, until };
    Summary {
        v: 1,
        turns: 12,
        from: time("2026-01-02T03:04:05Z"),
        until: time("2026-01-02T03:09:00Z"),
        order: 1_767_323_346_789_012,
        fingerprint: "0f".repeat(16),
        made_at: time("2026-01-03T03:00:01Z"),
        picks: vec![pick("0123456789abcdef", 0, 43), pick("zyxwvtsrqpnmkjhg", 12, 60)],
        counts: [1, 2, 2],
        words: Some(Kept {
            memo: "summary-9".to_owned(),
            made_from: vec![(id("0123456789abcdef"), 3)],
            sensitivity: Sensitivity::Confidential,
        }),
        failed: 1,
    }
}

#[test]
fn a_sample_of_every_version_of_a_summary_still_decodes() {
    let read = summaries::to_summary(item(1, SUMMARY, keys::summary(SESSION))).expect("a summary");
    assert_eq!(read, summary_v1());
    assert!(sample(VERSION.into(), SUMMARY).is_file());
}

#[test]
#[ignore = "writes the sample of the current version; run once per version"]
fn the_samples_of_the_current_version_of_a_summary_are_written() {
    let path = sample(VERSION.into(), SUMMARY);
    // A sample that is there is released: a version that reads differently is another version.
    if !path.exists() {
        let item = summaries::from_summary(&scope(), SESSION, &summary_v1()).expect("an item");
        fs::write(path, format!("{:#}\n", from_item(&item))).expect("a sample");
    }
}
