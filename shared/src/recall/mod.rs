//! Finding: ranked memories, packed context, and plain reads.

mod candidates;
mod hydrate;
mod index;
mod read;
mod request;
mod search;

pub use read::{Listing, Revision, digest, get, history, list, session};
pub use request::Request;
pub use search::{Found, Recalled, recall};
