//! The wall clock of the local AWS: the one place here that reads it.

/// Milliseconds since 1970, now.
pub(super) fn now_ms() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "AWS has a clock of its own")]
    jiff::Timestamp::now().as_millisecond()
}
