//! One SQLite database behind a mutex, for the services we wrote ourselves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use super::Storage;

/// How long to wait for another process that holds the file.
const BUSY: Duration = Duration::from_secs(5);

/// A database, in memory or in a file.
#[derive(Clone)]
pub(super) struct Db {
    connection: Arc<Mutex<Connection>>,
    on_disk: bool,
}

impl Db {
    /// Opens `file` in the folder of `storage`, or a database in memory, and runs `schema`.
    pub fn open(storage: &Storage, file: &str, schema: &str) -> rusqlite::Result<Db> {
        let (connection, on_disk) = match storage {
            Storage::Memory => (Connection::open_in_memory()?, false),
            Storage::Folder(folder) => (Connection::open(folder.join(file))?, true),
        };
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // What a service has acknowledged survives a power cut, as it does with AWS.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(schema)?;
        Ok(Db { connection: Arc::new(Mutex::new(connection)), on_disk })
    }

    /// Runs `work` alone on the database: off the async threads when it may wait for a disk, in place
    /// when it is in memory, where it takes microseconds.
    pub async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        if !self.on_disk {
            return work(&mut self.lock());
        }
        let db = self.clone();
        let task = tokio::task::spawn_blocking(move || work(&mut db.lock()));
        match task.await {
            Ok(result) => result,
            Err(e) if e.is_panic() => std::panic::resume_unwind(e.into_panic()),
            Err(_) => Err(shutting_down().into()),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Connection> {
        // A panic in the middle of a transaction rolled it back: the data is sound.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shutting_down() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_INTERRUPT),
        Some("the async runtime is shutting down".to_owned()),
    )
}
