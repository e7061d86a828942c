//! How memories are found: the nouns. Pure: no await, no SDK, no clock.

pub mod context;
pub mod embedding;
pub mod entry;
pub mod filter;
pub mod manifest;
pub mod ranking;
pub mod segment;
pub mod terms;
pub mod view;

pub use embedding::{Embedding, Fingerprint, QueryVector};
pub use entry::Entry;
pub use filter::Filter;
pub use manifest::{Manifest, SegmentRef};
pub use view::View;
