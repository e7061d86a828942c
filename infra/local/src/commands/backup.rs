//! `backup` and `restore`: a folder's memories in another folder, and back.

use std::path::{Path, PathBuf};

use clap::Args;
use memorable::error::Result;
use memorable_local::backup::{self, Manifest};
use memorable_local::{console, schedule};

use super::ended::Ended;

/// Copy a folder's memories into an empty folder; a service may run on it meanwhile.
#[derive(Args)]
pub struct Backup {
    /// Where to.
    to: PathBuf,
    /// The folder that holds the data.
    #[arg(long, value_name = "DIR", default_value = ".memorable")]
    data: PathBuf,
}

/// Make a folder of a backup: exactly what there was when it was taken.
#[derive(Args)]
pub struct Restore {
    /// The backup.
    from: PathBuf,
    /// The folder to make, which must hold nothing.
    #[arg(long, value_name = "DIR", default_value = ".memorable")]
    data: PathBuf,
    /// Forget at once what was forgotten in this folder since.
    #[arg(long, value_name = "DIR")]
    forgotten_in: Option<PathBuf>,
}

impl Backup {
    pub async fn run(self) -> Result<Ended> {
        tell(&self.to, &backup::take(&self.data, &self.to, schedule::now()).await?);
        Ok(Ended::Done)
    }
}

impl Restore {
    pub async fn run(self) -> Result<Ended> {
        tell(&self.data, &backup::restore(&self.from, &self.data).await?);
        match &self.forgotten_in {
            Some(other) => {
                let forgotten = backup::forget_as_in(&self.data, other, schedule::now()).await?;
                console::say(format!("{forgotten} memories were forgotten since, and are again"));
            }
            None => {
                console::note("what was forgotten since is remembered again: --forgotten-in DIR forgets it once more")
            }
        }
        Ok(Ended::Done)
    }
}

fn tell(folder: &Path, taken: &Manifest) {
    let (scopes, objects) = (taken.checked.scopes, taken.checked.objects);
    console::say(format!("{}: {scopes} scopes and {objects} objects, as of {}", folder.display(), taken.taken_at));
}
