//! How memories are found: the nouns. Pure: no await, no SDK, no clock.

pub mod atlas;
pub mod cell;
pub mod cells;
pub mod code;
pub mod context;
pub mod dates;
pub mod embedding;
pub mod entry;
pub mod filter;
pub mod manifest;
pub mod postings;
pub mod question;
pub mod ranking;
pub mod renewal;
pub mod rotation;
pub mod sealed;
pub mod segment;
pub mod terms;
pub mod tuning;
pub mod view;

pub use atlas::Atlas;
pub use embedding::{Embedding, Fingerprint, QueryVector};
pub use entry::Entry;
pub use filter::Filter;
pub use manifest::{Manifest, SegmentRef};
pub use view::View;
