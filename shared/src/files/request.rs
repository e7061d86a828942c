//! What `POST /v1/files` asks: a scope, and a command with its parameters as the memory tool names them.

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::json;
use crate::memory::{FilePath, Scope, Tenant};

/// Longest body: a longest file with every character escaped.
pub const MOST_BODY_BYTES: usize = 256 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    scope: String,
    command: String,
    path: Option<String>,
    view_range: Option<Vec<i64>>,
    file_text: Option<String>,
    old_str: Option<String>,
    new_str: Option<String>,
    insert_line: Option<i64>,
    insert_text: Option<String>,
    old_path: Option<String>,
    new_path: Option<String>,
}

/// What to do, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Whose files.
    pub scope: Scope,
    /// What to do with them.
    pub command: Command,
}

/// One of the six commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Show a directory, or a file's lines.
    View {
        /// Of what.
        path: FilePath,
        /// First and last line, from 1; -1 for the last there is.
        lines: Option<(i64, i64)>,
    },
    /// Make a file that is not there.
    Create {
        /// Where.
        path: FilePath,
        /// Its text.
        text: String,
    },
    /// Put a text in the place of one that stands in the file once.
    Replace {
        /// In which file.
        path: FilePath,
        /// What stands there.
        old: String,
        /// What is to stand there.
        new: String,
    },
    /// Put lines into a file.
    Insert {
        /// Into which file.
        path: FilePath,
        /// After which line; 0 for its beginning.
        line: i64,
        /// What.
        text: String,
    },
    /// Forget a file, or all files of a directory.
    Delete {
        /// Which.
        path: FilePath,
    },
    /// Give a file or a directory another path.
    Rename {
        /// Which.
        from: FilePath,
        /// The path that it has afterwards.
        to: FilePath,
    },
}

impl Request {
    /// From a request's body. Invalid, naming the field, where a parameter is wrong, missing, or not the command's.
    pub fn parse(tenant: &Tenant, body: &[u8]) -> Result<Request> {
        let mut body: Body = json::shaped(json::within(MOST_BODY_BYTES, body)?)?;
        let scope = Scope::parse(tenant, &body.scope)?;
        let command = body.command()?;
        match body.left() {
            Some(field) => Err(Error::invalid(field, "this command takes no such parameter", "nothing")),
            None => Ok(Request { scope, command }),
        }
    }
}

impl Body {
    /// The command, with what it takes out of the body.
    fn command(&mut self) -> Result<Command> {
        Ok(match self.command.as_str() {
            "view" => {
                let lines = match self.view_range.take().as_deref() {
                    None => None,
                    Some([first, last]) => Some((*first, *last)),
                    Some(_) => return Err(Error::invalid("view_range", "these are not two numbers", "[first, last]")),
                };
                Command::View { path: path("path", self.path.take())?, lines }
            }
            "create" => Command::Create {
                path: path("path", self.path.take())?,
                text: required("file_text", self.file_text.take())?,
            },
            "str_replace" => {
                let old = required("old_str", self.old_str.take())?;
                if old.is_empty() {
                    return Err(Error::invalid("old_str", "there is nothing to look for", "a text that the file has"));
                }
                // Without a new text the old one is taken out.
                let new = self.new_str.take().unwrap_or_default();
                Command::Replace { path: path("path", self.path.take())?, old, new }
            }
            "insert" => Command::Insert {
                path: path("path", self.path.take())?,
                line: required("insert_line", self.insert_line.take())?,
                text: required("insert_text", self.insert_text.take())?,
            },
            "delete" => Command::Delete { path: path("path", self.path.take())? },
            "rename" => Command::Rename {
                from: path("old_path", self.old_path.take())?,
                to: path("new_path", self.new_path.take())?,
            },
            _ => {
                let expected = "view, create, str_replace, insert, delete or rename";
                return Err(Error::invalid("command", "there is no such command", expected));
            }
        })
    }

    /// A parameter that the command did not take.
    fn left(&self) -> Option<&'static str> {
        let left = [
            ("path", self.path.is_some()),
            ("view_range", self.view_range.is_some()),
            ("file_text", self.file_text.is_some()),
            ("old_str", self.old_str.is_some()),
            ("new_str", self.new_str.is_some()),
            ("insert_line", self.insert_line.is_some()),
            ("insert_text", self.insert_text.is_some()),
            ("old_path", self.old_path.is_some()),
            ("new_path", self.new_path.is_some()),
        ];
        left.into_iter().find(|(_, given)| *given).map(|(field, _)| field)
    }
}

fn path(field: &str, text: Option<String>) -> Result<FilePath> {
    FilePath::parse(field, &required(field, text)?)
}

fn required<T>(field: &str, value: Option<T>) -> Result<T> {
    value.ok_or_else(|| Error::invalid(field, "this command needs it", "this field, it is required"))
}
