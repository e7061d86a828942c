//! AWS as an edge: the only files, with `app.rs`, `http.rs` and `models/bedrock.rs`, that name an SDK.

pub mod access;
pub mod asked;
pub mod atlases;
pub mod cache;
pub mod cold;
pub mod disk;
pub mod errors;
pub mod files;
pub mod items;
pub mod keys;
pub mod memories;
pub mod memos;
pub mod nights;
pub mod objects;
pub mod prices;
pub mod queue;
pub mod rates;
pub mod records;
pub mod scopes;
pub mod segments;
pub mod spending;
pub mod tiers;
pub mod tunings;
pub mod turns;
pub mod webs;
pub mod writes;
