//! A folder that outlives one invocation, where whole objects wait that memory has no room for: Lambda's `/tmp`.
//!
//! Only what can be fetched again is in it, so every error is a miss. What is read from it is checked like what comes from
//! S3: a file torn by a killed container is found by its checksum.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes it may hold: three quarters of the 512 MB that Lambda gives for nothing.
const DISK_BYTES: u64 = 384 * 1024 * 1024;

/// The folder. Clones share it.
#[derive(Debug, Clone)]
pub struct Disk {
    folder: PathBuf,
    most: u64,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    files: VecDeque<(String, u64)>,
    bytes: u64,
}

impl Disk {
    /// That folder, made anew: what an earlier process left in it is not known to this one.
    pub fn open(folder: PathBuf) -> Option<Disk> {
        Disk::bounded(folder, DISK_BYTES)
    }

    fn bounded(folder: PathBuf, most: u64) -> Option<Disk> {
        // A folder that is not there is as good as an empty one.
        std::fs::remove_dir_all(&folder).ok();
        std::fs::create_dir_all(&folder).ok()?;
        Some(Disk { folder, most, held: Arc::default() })
    }

    /// The object's bytes, if they are here.
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        std::fs::read(self.file(name)).ok()
    }

    /// Keeps an object; the oldest give way.
    pub fn keep(&self, name: &str, bytes: &[u8]) {
        let size = bytes.len() as u64;
        if size > self.most || std::fs::write(self.file(name), bytes).is_err() {
            return;
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.files.retain(|(other, _)| other != name);
        held.files.push_back((name.to_owned(), size));
        held.bytes = held.files.iter().map(|(_, size)| size).sum();
        while held.bytes > self.most {
            let Some((oldest, size)) = held.files.pop_front() else { break };
            held.bytes -= size;
            std::fs::remove_file(self.file(&oldest)).ok();
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name.replace('/', "-"))
    }
}

#[cfg(test)]
mod tests;
