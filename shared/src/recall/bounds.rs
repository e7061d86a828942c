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
            && (may_have_been_other || self.holds_for(entry, now))
    }

    /// Whether what is shown of a memory was true at `as_of`, and meets the filter. A turn was said, whatever has become of
    /// what it says; a fact or a note that gave way to another is asked for by name.
    pub(super) fn holds_for(&self, entry: &Entry, now: Time) -> bool {
        let was_true = |as_of: Time| entry.time() <= as_of && !entry.is_expired(as_of);
        let is_turn = entry.derived_from.is_none() && entry.session.is_some();
        let gave_way = !is_turn && entry.is_superseded(self.as_of.unwrap_or(now));
        (self.include_superseded || !gave_way) && self.as_of.is_none_or(was_true) && self.filter.accepts(entry)
    }
}
