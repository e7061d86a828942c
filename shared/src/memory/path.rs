//! Where a file of memory lies: `/memories/projects/boat.md`. No file system is behind it, but whoever mirrors one into
//! a folder must be safe with every path that passes here.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::error::{Error, Result};

/// The directory that all files lie in.
pub const ROOT: &str = "/memories";
/// Longest path, in bytes.
const MOST_BYTES: usize = 512;
/// Longest name of a file or directory, in bytes: what file systems take.
const MOST_NAME_BYTES: usize = 255;
/// Most names below the root.
const MOST_NAMES: usize = 16;
/// Signs that look like a slash, a backslash or dots and that normalizing leaves alone.
const LOOKALIKES: [char; 7] = ['\u{2044}', '\u{2215}', '\u{29f5}', '\u{29f8}', '\u{29f9}', '\u{ff61}', '\u{a789}'];
const EXPECTED: &str = "/memories, or a path below it such as /memories/notes.md: up to 16 names with single slashes \
    between them, without . and .., backslashes, percent signs, invisible signs or signs that only look like others, \
    at most 512 bytes";

/// The path of a file or directory at or below [`ROOT`], in composed form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FilePath(String);

impl FilePath {
    /// From what a caller sent in `field`. Invalid where it could mean another place than it seems to; the error does
    /// not repeat it.
    pub fn parse(field: &str, text: &str) -> Result<FilePath> {
        let wrong = |detail: &str| Error::invalid(field, detail, EXPECTED);
        let path: String = text.nfc().collect();
        if path.len() > MOST_BYTES {
            return Err(wrong(&format!("this path has more than {MOST_BYTES} bytes")));
        }
        let below = path.strip_prefix(ROOT).ok_or_else(|| wrong("this path does not start with /memories"))?;
        // A model that means a directory often ends it so.
        let below = below.strip_suffix('/').unwrap_or(below);
        if below.is_empty() {
            return Ok(FilePath(ROOT.to_owned()));
        }
        let names = below.strip_prefix('/').ok_or_else(|| wrong("this path does not start with /memories"))?;
        if !path.nfkc().eq(path.chars()) || path.contains(LOOKALIKES) {
            return Err(wrong("this path has signs that only look like others"));
        }
        if path.chars().any(is_hidden) {
            return Err(wrong("this path has signs that cannot be seen"));
        }
        if path.contains(['\\', '%']) {
            return Err(wrong("this path has a backslash or a percent sign"));
        }
        if names.split('/').count() > MOST_NAMES {
            return Err(wrong(&format!("this path has more than {MOST_NAMES} names")));
        }
        for name in names.split('/') {
            if name.is_empty() || name.chars().all(|c| c == '.') {
                return Err(wrong("this path has an empty name, or one of dots only"));
            }
            // Some file systems drop them, and so would take two paths for one.
            if name.starts_with(' ') || name.ends_with([' ', '.']) {
                return Err(wrong("a name in this path begins with a space, or ends with a space or dot"));
            }
            if name.len() > MOST_NAME_BYTES {
                return Err(wrong(&format!("a name in this path has more than {MOST_NAME_BYTES} bytes")));
            }
        }
        Ok(FilePath(format!("{ROOT}/{names}")))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the directory of all files.
    pub fn is_root(&self) -> bool {
        self.0 == ROOT
    }

    /// Whether it lies below that directory, however deep.
    pub fn is_below(&self, directory: &FilePath) -> bool {
        self.below(directory).is_some()
    }

    /// The names between that directory and this path.
    pub fn below(&self, directory: &FilePath) -> Option<&str> {
        self.0.strip_prefix(&directory.0)?.strip_prefix('/')
    }

    /// The same place below another directory: `/memories/a/x` of `/memories/a` under `/memories/b` is `/memories/b/x`.
    /// Invalid where that is too long.
    pub fn moved(&self, from: &FilePath, to: &FilePath) -> Result<FilePath> {
        match self.below(from) {
            Some(names) => FilePath::parse("new_path", &format!("{to}/{names}")),
            None => Ok(to.clone()),
        }
    }
}

/// Controls, joiners, marks of direction, private and unassigned signs; and white space but the plain space.
fn is_hidden(c: char) -> bool {
    let hidden = matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Surrogate
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    );
    hidden || (c.is_whitespace() && c != ' ') || ('\u{fe00}'..='\u{fe0f}').contains(&c) || c == '\u{34f}'
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for FilePath {
    type Error = Error;

    fn try_from(text: String) -> Result<FilePath> {
        FilePath::parse("path", &text)
    }
}

impl From<FilePath> for String {
    fn from(path: FilePath) -> String {
        path.0
    }
}

#[cfg(test)]
mod tests;
