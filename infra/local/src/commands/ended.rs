//! How a command ended, as scripts see it.

use std::process::ExitCode;

use memorable::error::{Kind, Result};
use memorable_local::console;

/// The exit codes, as the help tells them.
pub const CODES: &str = "Exit codes:
  0  done
  1  something broke: the message says what
  2  the command line is wrong
  3  there is no such thing, nothing was found, or with --sure what was found hardly answers
  4  refused: what was asked for is wrong, or contradicts what is stored
  5  the service does not answer, is busy, or another process has the folder: try again
  6  done but for some lines of a file, which are listed";

/// A command that broke nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It did what it was to do.
    Done,
    /// It did, and there was nothing to find.
    Nothing,
    /// It did but for some, and said which.
    Partly,
}

/// Says what went wrong, and gives the exit code.
pub fn code(result: Result<Ended>) -> ExitCode {
    let error = match result {
        Ok(Ended::Done) => return ExitCode::SUCCESS,
        Ok(Ended::Nothing) => return ExitCode::from(3),
        Ok(Ended::Partly) => return ExitCode::from(6),
        Err(error) => error,
    };
    console::note(format!("memorable: {error}"));
    if let Some(expected) = &error.expected {
        console::note(format!("expected: {expected}"));
    }
    ExitCode::from(match error.kind {
        Kind::Internal => 1,
        Kind::NotFound => 3,
        Kind::Invalid | Kind::TooLarge | Kind::Conflict => 4,
        Kind::Throttled | Kind::Unavailable => 5,
    })
}
