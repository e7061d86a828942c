//! What the local house says to the person at the terminal: answers on standard output, progress on standard error.

use indicatif::{ProgressBar, ProgressStyle};

/// One line of an answer.
#[expect(clippy::disallowed_macros, reason = "this is the one place that writes to the console")]
pub fn say(line: impl AsRef<str>) {
    println!("{}", line.as_ref());
}

/// One line about what goes on.
#[expect(clippy::disallowed_macros, reason = "this is the one place that writes to the console")]
pub fn note(line: impl AsRef<str>) {
    eprintln!("{}", line.as_ref());
}

/// A bar over `length` steps; drawn only where standard error is a terminal.
pub fn bar(length: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(what);
    let style = ProgressStyle::with_template("{msg:>12} [{bar:40}] {pos}/{len} {elapsed}");
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style.progress_chars("=> ")))
}
