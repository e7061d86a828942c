//! What commands print: tables for people, JSON for programs.

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::Style;
use clap::{Args, CommandFactory};
use comfy_table::{ContentArrangement, Table};
use memorable_local::console;
use serde_json::Value;

use super::Cli;

/// How it is printed.
#[derive(Args)]
pub struct Output {
    /// Print the service's answer as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Whether colours are wanted there: on a terminal, unless NO_COLOR or TERM says otherwise.
pub fn colours(stream: &impl RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// Prints JSON: in lines on a terminal, in one line to a program.
pub fn json(value: &Value) {
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
    let text = if is_terminal { serde_json::to_string_pretty(value).ok() } else { None };
    console::say(text.unwrap_or_else(|| value.to_string()));
}

/// Prints rows under a heading, wrapped to the terminal's width. Nothing where there are no rows.
pub fn table(heading: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    for row in rows {
        table.add_row(row.iter().map(|cell| cell.replace(|c: char| c.is_control(), " ")).collect::<Vec<_>>());
    }
    if table.is_empty() {
        return;
    }
    table.set_header(heading);
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 2));
    });
    if let Some((width, _)) = terminal_size::terminal_size_of(std::io::stdout()) {
        table.set_width(width.0);
    }
    let bold = if colours(&std::io::stdout()) { Style::new().bold() } else { Style::new() };
    for (nth, line) in table.lines().enumerate() {
        let style = if nth == 0 { bold } else { Style::new() };
        console::say(format!("{style}{}{style:#}", line.trim_end()));
    }
}

/// Ends the process over a command line that is wrong, as the parser itself does.
pub fn usage(message: &str) -> ! {
    Cli::command().error(clap::error::ErrorKind::MissingRequiredArgument, message).exit()
}

/// A field as text; a dash where it is empty or not there.
pub fn text(value: &Value, field: &str) -> String {
    match &value[field] {
        Value::String(text) if !text.is_empty() => text.clone(),
        Value::Null | Value::String(_) => "-".to_owned(),
        other => other.to_string(),
    }
}

/// A memory's time as people read it, to the minute.
pub fn when(memory: &Value) -> String {
    let time = memory["occurred_at"].as_str().or(memory["recorded_at"].as_str()).unwrap_or("-");
    time.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}
