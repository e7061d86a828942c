//! Which memories a recall may return at all: its times, its filter, and what it excludes.

use crate::index::Entry;
use crate::memory::Time;
use crate::recall::Request;

impl Request {
    /// Whether the memory behind the entry may be returned, as far as its entry tells. What was revised may have been
    /// other by the time that `known_at` names: that is for [`Request::holds_for`] to say once it is read.
    pub(super) fn admits(&self, entry: &Entry, now: Time) -> bool {
        let may_have_been_other = self.known_at.is_some() && entry.revision > 1;
        !entry.is_expired(now)
            && !self.excluded.contains(entry.id)
            && self.known_at.is_none_or(|known_at| entry.recorded_at <= known_at)
            && (may_have_been_other || self.holds_for(entry))
    }

    /// Whether what is shown of a memory was true at `as_of`, and meets the filter.
    pub(super) fn holds_for(&self, entry: &Entry) -> bool {
        let was_true = |as_of: Time| entry.time() <= as_of && !entry.is_expired(as_of);
        self.as_of.is_none_or(was_true) && self.filter.accepts(entry)
    }
}
