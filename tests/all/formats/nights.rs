//! What the samples of nights and of the cold tier say.

use memorable::memory::cold::{ColdRef, Row};
use memorable::night::{Checkpoint, Counted, Done, Settings};

use super::{memory_v1, scope, time};

pub fn cold_ref_v1() -> ColdRef {
    ColdRef { object: "cold/tenant=local/month=2026-01/9-1-0.parquet".to_owned(), row: 0 }
}

/// A whole record, and one that was forgotten.
pub fn cold_rows_v1() -> Vec<Row> {
    let row = Row::of(&scope(), &memory_v1()).expect("a row");
    let blank = Row { id: "zyxwvtsrqpnmkjhg".to_owned(), ..row.blank() };
    vec![row, blank]
}

pub fn checkpoint_v1() -> Checkpoint {
    let begun = Checkpoint::begin(
        jiff::civil::date(2026, 1, 2),
        Some(time("2026-01-03T03:00:00Z")),
        time("2026-01-03T03:00:01Z"),
    );
    let done =
        Done { is_done: true, figures: [("memories".to_owned(), 7)].into(), requests: 3, micros: 900, nanodollars: 12 };
    Checkpoint {
        generation: 2,
        steps: [("digest".to_owned(), done)].into(),
        due: Some(time("2026-02-01")),
        is_done: true,
        counted: Counted::Done,
        handed_on: 1,
        ..begun
    }
}

pub fn settings_v1() -> Settings {
    Settings { v: 1, retention_days: Some(365), cold_after_days: Some(0), cold_below: Some(0.5) }
}
