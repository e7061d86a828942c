//! Finding: ranked memories, packed context, and plain reads.

mod again;
mod bounds;
pub mod candidates;
mod explain;
mod facts;
mod graph;
mod hydrate;
mod index;
mod insights;
pub mod journal;
mod links;
mod read;
mod request;
mod returned;
mod scopes;
mod search;
mod session;
mod then;
pub mod tunings;
mod web;
pub mod when;

pub use explain::{Contributions, Explanation};
pub use facts::Known;
pub use graph::{Asked, Part, graph};
pub use insights::{Insights, insights};
pub use links::{Linked, links};
pub use read::{Listing, Revision, Which, digest, get, history, list, several};
pub use request::{MOST_BODY_BYTES, Request};
pub use returned::Returned;
pub use scopes::{Extent, MOST_LISTED, extent, scopes};
pub use search::{Found, Recalled, recall, replayed};
pub use session::{Last, last, named, session, shown};
