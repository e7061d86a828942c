//! What the local house says to the person at the terminal: answers on standard output, progress on standard error.

use std::io::Write;

use indicatif::{ProgressBar, ProgressStyle};

/// One line of an answer.
pub fn say(line: impl AsRef<str>) {
    // A reader that has gone away, such as `head`, is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{}", line.as_ref());
}

/// One line about what goes on.
pub fn note(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "{}", line.as_ref());
}

/// A bar over that many bytes, with an estimate of the time; drawn only where standard error is a terminal.
pub fn bytes(length: u64, what: &'static str) -> ProgressBar {
    styled(length, what, "{msg:>16} [{bar:40}] {bytes}/{total_bytes} {elapsed} ({eta})")
}

/// A bar over `length` steps; drawn only where standard error is a terminal.
pub fn bar(length: u64, what: &'static str) -> ProgressBar {
    styled(length, what, "{msg:>12} [{bar:40}] {pos}/{len} {elapsed}")
}

fn styled(length: u64, what: &'static str, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(what);
    let style = ProgressStyle::with_template(template);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style.progress_chars("=> ")))
}
