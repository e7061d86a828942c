//! Keeps two processes from opening the same folder.

use std::fs::{File, TryLockError};
use std::path::Path;

use memorable::error::{Error, Result};

/// Held as long as it lives; the system gives it up when the process dies, however it dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the folder, which is created if need be. Conflict where another process has it.
    pub fn take(folder: &Path) -> Result<Lock> {
        let failed = |error| Error::unavailable(format!("the folder {} cannot be used: {error}", folder.display()));
        std::fs::create_dir_all(folder).map_err(failed)?;
        let file = File::create(folder.join("lock")).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::conflict(format!(
                "another process has the folder {}: stop it, or name another folder with --data DIR",
                folder.display()
            ))),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}
