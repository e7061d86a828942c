//! Finding: ranked memories, packed context, and plain reads.

mod read;
mod request;
mod search;
pub mod when;

pub use read::{Listing, Revision, digest, get, history, list, session};
pub use request::Request;
pub use search::{Found, Recalled, recall};
