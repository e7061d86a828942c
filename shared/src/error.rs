//! The one error type: seven kinds, each saying what the caller does next.

use std::fmt;

/// What went wrong, from the point of view of whoever called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request is wrong and will stay wrong: change it. HTTP 400.
    Invalid,
    /// There is more of it than is taken: send less. HTTP 413.
    TooLarge,
    /// There is nothing under that name. HTTP 404.
    NotFound,
    /// It contradicts what is stored, or somebody else was quicker: read again. HTTP 409.
    Conflict,
    /// Too much at once: try again later. HTTP 429.
    Throttled,
    /// A service behind us did not answer: try again. HTTP 503.
    Unavailable,
    /// Stored bytes or our own code are wrong: report it. HTTP 500.
    Internal,
}

impl Kind {
    /// The HTTP status of this kind.
    pub fn status(self) -> u16 {
        match self {
            Kind::Invalid => 400,
            Kind::TooLarge => 413,
            Kind::NotFound => 404,
            Kind::Conflict => 409,
            Kind::Throttled => 429,
            Kind::Unavailable => 503,
            Kind::Internal => 500,
        }
    }

    /// The kind's name, as it stands in a problem's `type` and in logs.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Invalid => "invalid",
            Kind::TooLarge => "too_large",
            Kind::NotFound => "not_found",
            Kind::Conflict => "conflict",
            Kind::Throttled => "throttled",
            Kind::Unavailable => "unavailable",
            Kind::Internal => "internal",
        }
    }
}

/// How much a caller may ask of something in a minute, and how much of it is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Most calls of one minute.
    pub most: u32,
    /// Calls left of the current one.
    pub left: u32,
    /// Seconds until the next one begins: 1 to 60.
    pub seconds: u32,
}

/// An error: its kind, one sentence for a person, and where it helps the field at fault and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What the caller can do about it.
    pub kind: Kind,
    /// One sentence: what is wrong. Never holds text of a memory.
    pub detail: String,
    /// The field of the request at fault, as a path: `items[3].content`.
    pub field: Option<String>,
    /// What would be right in that field.
    pub expected: Option<String>,
    /// The limit that was met, where it was one of so many calls a minute: says when to try again.
    pub limit: Option<Limit>,
}

/// A result with our error.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    fn new(kind: Kind, detail: impl Into<String>) -> Error {
        Error { kind, detail: detail.into(), field: None, expected: None, limit: None }
    }

    /// A field of the request is wrong: which, how, and what would be right.
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>, expected: impl Into<String>) -> Error {
        Error { field: Some(field.into()), expected: Some(expected.into()), ..Error::new(Kind::Invalid, detail) }
    }

    /// The body is longer than what is taken of it.
    pub fn too_large(most: usize) -> Error {
        let detail = format!("the body has more than {most} bytes");
        Error { kind: Kind::TooLarge, ..Error::invalid("body", detail, format!("at most {most} bytes a call")) }
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Error {
        Error::new(Kind::NotFound, detail)
    }

    /// It contradicts what is stored.
    pub fn conflict(detail: impl Into<String>) -> Error {
        Error::new(Kind::Conflict, detail)
    }

    /// Too much at once.
    pub fn throttled(detail: impl Into<String>) -> Error {
        Error::new(Kind::Throttled, detail)
    }

    /// More calls than a minute may have.
    pub fn limited(detail: impl Into<String>, limit: Limit) -> Error {
        Error { limit: Some(limit), ..Error::new(Kind::Throttled, detail) }
    }

    /// A service behind us did not answer.
    pub fn unavailable(detail: impl Into<String>) -> Error {
        Error::new(Kind::Unavailable, detail)
    }

    /// Stored bytes are not what they were when written: `name` says which.
    pub fn corrupt(name: impl fmt::Display, detail: impl fmt::Display) -> Error {
        Error::new(Kind::Internal, format!("{name} is corrupt: {detail}"))
    }

    /// Our own code is wrong.
    pub fn internal(detail: impl Into<String>) -> Error {
        Error::new(Kind::Internal, detail)
    }

    /// The same error with the field's path put under `parent`: `content` under `items[3]` is `items[3].content`.
    #[must_use]
    pub fn under(mut self, parent: &str) -> Error {
        self.field = Some(match self.field {
            Some(field) => format!("{parent}.{field}"),
            None => parent.to_owned(),
        });
        self
    }

    /// Whether the same call may succeed later without a change.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, Kind::Throttled | Kind::Unavailable)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.detail)?;
        if let Some(field) = &self.field {
            write!(f, " (in {field})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
