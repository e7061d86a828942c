//! What failed among imports and exports, and what was done when the next one of the like worked, or the same one that was
//! begun again.

use jiff::SignedDuration;

use crate::app::App;
use crate::error::Result;
use crate::memory::failure::{Failure, plain};
use crate::memory::{Tenant, Time};
use crate::transfer::job::{Export, FailedTry, Import, State};

/// Whoever tries again within this long tries the same thing.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// One try.
#[derive(Clone)]
struct Try {
    what: &'static str,
    /// The job, which may have been begun several times.
    job: String,
    scope: String,
    /// Each with its value, and whether anybody may be told that.
    settings: Vec<(&'static str, String, bool)>,
    /// Of its file; 0 where that is not known.
    bytes: u64,
    began: Time,
    ended: Time,
    /// What was wrong, and what would be right where that is known.
    wrong: Option<(String, Option<String>)>,
    /// Whether all of it worked.
    is_whole: bool,
}

/// The failures that something helped against.
pub async fn failures(app: &App, tenant: &Tenant) -> Result<Vec<Failure>> {
    let imports = app.records.import_jobs(tenant).await?;
    let exports = app.records.export_jobs(tenant).await?;
    let imports = imports.iter().flat_map(|import| Try::import(import).after(&import.failed));
    let exports = exports.iter().flat_map(|export| Try::export(export).after(&export.failed));
    let mut tries: Vec<Try> = imports.chain(exports).collect();
    // Of one job in their order: the sort is stable.
    tries.sort_by_key(|one| one.began);
    let failed = tries.iter().enumerate().filter_map(|(place, failed)| {
        let (wrong, expected) = failed.wrong.as_ref()?;
        let worked = tries[place + 1..].iter().find(|later| later.is_whole && later.is_same(failed))?;
        Some(Failure {
            what: failed.what.to_owned(),
            message: wrong.clone(),
            at: failed.ended,
            helped: helped(failed, worked, expected.as_deref()),
        })
    });
    Ok(failed.collect())
}

impl Try {
    fn import(import: &Import) -> Try {
        let first = import.errors.first().map(|error| (error.wrong.clone(), Some(error.expected.clone())));
        let counts = &import.counts;
        Try {
            what: "An import",
            job: import.id.clone(),
            scope: import.scope.clone(),
            settings: vec![
                ("format", import.format.map(|format| format.name().to_owned()).unwrap_or_default(), true),
                // Where somebody lives is nobody's business.
                ("timezone", import.timezone.clone(), false),
            ],
            bytes: import.bytes,
            began: import.created_at,
            ended: import.updated_at,
            wrong: import.problem.clone().map(|problem| (problem, None)).or(first),
            is_whole: import.state == State::Done && counts.errors == 0 && counts.stored + counts.repeated > 0,
        }
    }

    fn export(export: &Export) -> Try {
        Try {
            what: "An export",
            job: export.id.clone(),
            scope: export.scope.clone(),
            settings: vec![
                ("format", export.format.name().to_owned(), true),
                ("history", export.history.to_string(), true),
                ("timezone", export.timezone.clone(), false),
            ],
            bytes: 0,
            began: export.created_at,
            ended: export.updated_at,
            wrong: export.problem.clone().map(|problem| (problem, None)),
            is_whole: export.state == State::Done,
        }
    }

    /// Those of its job that failed before it, each begun when the one before had failed, and then itself.
    fn after(self, failed: &[FailedTry]) -> Vec<Try> {
        let mut began = self.began;
        let mut tries = Vec::with_capacity(failed.len() + 1);
        for FailedTry { at, problem, bytes } in failed {
            let wrong = Some((problem.clone(), None));
            tries.push(Try { bytes: *bytes, began, ended: *at, wrong, is_whole: false, ..self.clone() });
            began = *at;
        }
        tries.push(Try { began, ..self });
        tries
    }

    /// Whether it may be a later try at the same: of the job; or of the scope, soon, and of the same file or format as far as
    /// is known.
    fn is_same(&self, failed: &Try) -> bool {
        if self.job == failed.job {
            return self.began >= failed.ended;
        }
        let is_later = self.began >= failed.ended && self.began <= failed.ended.plus(SOON);
        let is_alike = self.bytes == failed.bytes || self.settings[0].1 == failed.settings[0].1;
        self.what == failed.what && self.scope == failed.scope && is_later && is_alike
    }
}

/// What was other when it worked.
fn helped(failed: &Try, worked: &Try, expected: Option<&str>) -> String {
    let pairs = failed.settings.iter().zip(&worked.settings).filter(|(before, after)| before.1 != after.1);
    let changed: Vec<String> = pairs
        .map(|(_, (name, value, may_be_told))| match may_be_told {
            true => format!("{name} set to {value}"),
            false => format!("another {name}"),
        })
        .collect();
    match expected {
        _ if worked.job == failed.job && worked.bytes != failed.bytes => {
            "beginning it again, with another file".to_owned()
        }
        _ if worked.job == failed.job => "beginning it again, later".to_owned(),
        _ if !changed.is_empty() => format!("the same again with {}", changed.join(" and ")),
        Some(expected) => format!("a file that has what is expected: {}", plain(expected)),
        None => "the same again, later".to_owned(),
    }
}
