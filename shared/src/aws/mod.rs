//! AWS as an edge: the only files, with `app.rs`, `http.rs` and `models/bedrock.rs`, that name an SDK.

pub mod errors;
pub mod items;
pub mod keys;
pub mod queue;
pub mod records;
pub mod segments;
pub mod writes;
