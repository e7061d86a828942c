//! Where the service that has a folder listens, written into that folder: so that other commands find it while it runs.

use std::fs;
use std::path::{Path, PathBuf};

/// The file's name. What it says holds while the folder's lock is taken, and not longer.
const NAME: &str = "address";

/// Says it until it is dropped.
#[derive(Debug)]
pub struct Told {
    file: PathBuf,
}

impl Drop for Told {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}

/// Takes back what an earlier service said of the folder.
pub fn untell(folder: &Path) {
    let _ = fs::remove_file(folder.join(NAME));
}

/// Says where the service of that folder listens. None where it cannot be written down: then nobody finds it by itself.
pub fn tell(folder: &Path, url: &str) -> Option<Told> {
    let file = folder.join(NAME);
    fs::write(&file, url).ok()?;
    Some(Told { file })
}

/// Where the service that has the folder listens, as it said.
pub fn address(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join(NAME)).ok().filter(|url| !url.is_empty())
}
