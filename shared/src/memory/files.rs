//! Which files a scope has: paths and the memories that hold their texts. Directories are what the paths say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::memory::path::ROOT;
use crate::memory::{FilePath, Memory, MemoryId};

/// Version of the stored shape.
pub const VERSION: u8 = 1;
/// Most files of a scope: their paths and ids stay well below what one item may hold.
pub const MOST_FILES: usize = 500;
/// Most bytes of all paths together: DynamoDB takes 400 KB.
const MOST_BYTES: usize = 256 * 1024;

/// Where a file's memory says its path, among its metadata.
const PATH: &str = "path";
/// Where it keeps a text of white space only, which no memory can have as its own.
const BLANK: &str = "blank";
/// Longest such text: metadata is small.
pub const MOST_BLANK_BYTES: usize = 1024;

/// The files of a scope. Changed as a whole, by one conditional write: so no file is ever a directory, too, and of two
/// who create the same one is the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// How often it was written.
    pub generation: u64,
    /// The memory of each file. One that was forgotten elsewhere may still be named: readers look.
    pub paths: BTreeMap<FilePath, MemoryId>,
}

impl Default for Files {
    fn default() -> Files {
        Files { v: VERSION, generation: 0, paths: BTreeMap::new() }
    }
}

impl Files {
    /// The file and all files below it, as a path names them: one file, or what is in a directory.
    pub fn at(&self, path: &FilePath) -> Vec<(FilePath, MemoryId)> {
        let named = self.paths.iter().filter(|(file, _)| *file == path || file.is_below(path));
        named.map(|(file, id)| (file.clone(), *id)).collect()
    }

    /// The files that a file at that path could not stand beside: itself, what is below it, and files on the way to it.
    pub fn in_the_way(&self, path: &FilePath) -> Vec<(FilePath, MemoryId)> {
        let clashes = |file: &FilePath| file == path || file.is_below(path) || path.is_below(file);
        self.paths.iter().filter(|(file, _)| clashes(file)).map(|(file, id)| (file.clone(), *id)).collect()
    }

    /// The next writing, without these files and with those.
    #[must_use]
    pub fn next(&self, gone: &[FilePath], new: impl IntoIterator<Item = (FilePath, MemoryId)>) -> Files {
        let mut next = Files { v: VERSION, generation: self.generation + 1, paths: self.paths.clone() };
        next.paths.retain(|path, _| !gone.contains(path));
        next.paths.extend(new);
        next
    }

    /// Whether they are as many as can be kept.
    pub fn fits(&self) -> bool {
        let bytes: usize = self.paths.keys().map(|path| path.as_str().len() + 16).sum();
        self.paths.len() <= MOST_FILES && bytes <= MOST_BYTES
    }
}

impl Memory {
    /// What the memory of a file says, and its metadata: the text, or its path where there is nothing to read in it.
    pub fn of_file(path: &FilePath, text: &str, mut metadata: Map<String, Value>) -> (String, Map<String, Value>) {
        metadata.insert(PATH.to_owned(), Value::String(path.to_string()));
        metadata.remove(BLANK);
        if text.chars().any(|c| !c.is_whitespace() && !c.is_control()) {
            return (text.to_owned(), metadata);
        }
        metadata.insert(BLANK.to_owned(), Value::String(text.to_owned()));
        (path.to_string(), metadata)
    }

    /// The text of the file that this memory is.
    pub fn file_text(&self) -> String {
        let blank = self.metadata.get(BLANK).and_then(Value::as_str);
        let path = self.metadata.get(PATH).and_then(Value::as_str);
        // Somebody may have given it a text by another way.
        blank.filter(|_| path == Some(self.content.as_str())).unwrap_or(&self.content).to_owned()
    }

    /// Whether it is a file: a note, whatever its text is like.
    pub fn is_file(&self) -> bool {
        let path = self.metadata.get(PATH).and_then(Value::as_str).and_then(|path| path.strip_prefix(ROOT));
        path.is_some_and(|below| below.starts_with('/'))
    }
}

#[cfg(test)]
mod tests;
