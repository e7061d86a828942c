//! What is remembered: the nouns. Pure: no await, no SDK, no clock.

pub mod asked;
pub mod choice;
pub mod claim;
pub mod classification;
pub mod cold;
pub mod digest;
pub mod event;
pub mod failure;
pub mod feedback;
pub mod files;
pub mod gist;
pub mod graph;
pub mod id;
pub mod insight;
pub mod lesson;
pub mod link;
#[expect(clippy::module_inception, reason = "the room is named for its first noun")]
pub mod memory;
pub mod path;
pub mod scope;
pub mod session;
pub mod standing;
pub mod summary;
pub mod time;
pub mod trial;
pub mod web;
pub mod webhook;

pub use claim::Claim;
pub use classification::{Classification, Kind, Sensitivity};
pub use digest::Digest;
pub use id::MemoryId;
pub use memory::{Memory, Role, State};
pub use path::FilePath;
pub use scope::{Scope, Tenant};
pub use session::Presence;
pub use time::Time;
