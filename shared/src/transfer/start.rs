//! Beginning a job, and beginning it again.

use crate::app::App;
use crate::aws::queue::{TransferKind, TransferMessage};
use crate::error::{Error, Result};
use crate::ingest::key_conflict;
use crate::memory::{Tenant, Time};
use crate::transfer::answer::FILES_KEPT;
use crate::transfer::job::{self, Asked, Counts, Export, FailedTry, Import, Stage, State, VERSION};
use crate::transfer::read::Place;
use crate::transfer::request::{ExportRequest, ImportRequest};

/// Notes an import. With its file in the body it begins; else it waits for the upload. The same call under the same key is
/// the same import, for as long as that is told of. Conflict where the key was used for another.
pub async fn begin_import(
    app: &App,
    tenant: &Tenant,
    request: &ImportRequest,
    call: Asked<'_>,
    now: Time,
) -> Result<Import> {
    let id = call.id("import", tenant, now)?;
    let asked = call.key.map(|_| job::asked(call.body));
    if asked.is_some()
        && let Some(import) = app.records.import_job(tenant, &id).await?
    {
        return begun_before(app, tenant, import, asked).await;
    }
    let mut import = Import {
        v: VERSION,
        generation: 0,
        id,
        asked,
        scope: request.scope.subject().to_owned(),
        format: request.format,
        timezone: request.timezone.clone(),
        session: request.session.clone(),
        state: if request.content.is_some() { State::Queued } else { State::Waiting },
        created_at: now,
        updated_at: now,
        bytes: 0,
        dates: None,
        place: Place::default(),
        counts: Counts::default(),
        errors: Vec::new(),
        waits: 0,
        problem: None,
        failed: Vec::new(),
    };
    if let Some(content) = &request.content {
        import.bytes = content.len() as u64;
        app.objects.put(&import.object(), content.clone().into_bytes()).await?;
    }
    if !app.records.put_import(tenant, &mut import, now).await? {
        return Err(Error::conflict("the same import was asked for in this moment"));
    }
    if import.state == State::Queued {
        send(app, tenant, TransferKind::Import, &import.id).await?;
    }
    Ok(import)
}

async fn begun_before(app: &App, tenant: &Tenant, import: Import, asked: Option<String>) -> Result<Import> {
    if import.asked != asked {
        return Err(key_conflict());
    }
    if import.state == State::Queued {
        // Who noted it may have ended before the message was sent.
        send(app, tenant, TransferKind::Import, &import.id).await?;
    }
    Ok(import)
}

/// Begins an import whose file is there, or begins it again where it stopped. Conflict where there is no file yet.
pub async fn restart(app: &App, tenant: &Tenant, id: &str, now: Time) -> Result<Import> {
    let mut import = found(app, tenant, id).await?;
    match import.state {
        State::Done => return Ok(import),
        State::Waiting | State::Failed => {
            let Some(bytes) = app.objects.size(&import.object()).await? else {
                let upload = "the file by `PUT` to `upload.url`, which `GET /v1/imports/{id}` tells";
                return Err(Error {
                    expected: Some(upload.to_owned()),
                    ..Error::conflict("the import's file is not there")
                });
            };
            if let Some(problem) = import.problem.take() {
                let (at, bytes) = (import.updated_at, import.bytes);
                job::with_failed(&mut import.failed, FailedTry { at, problem, bytes });
            }
            import.bytes = bytes;
            import.state = State::Queued;
            import.updated_at = now;
            if !app.records.put_import(tenant, &mut import, now).await? {
                return Err(Error::conflict("the import changed in this moment"));
            }
        }
        // Whoever is at it goes on; whoever comes to it second stops at the first checkpoint.
        State::Queued | State::Running => {}
    }
    send(app, tenant, TransferKind::Import, id).await?;
    Ok(import)
}

/// Begins an export again where it stopped. Conflict where its files have lapsed meanwhile: half of it would be gone.
pub async fn restart_export(app: &App, tenant: &Tenant, id: &str, now: Time) -> Result<Export> {
    let mut export = found_export(app, tenant, id).await?;
    match export.state {
        State::Done => return Ok(export),
        State::Waiting | State::Failed => {
            if now >= export.created_at.plus(FILES_KEPT) {
                let expected = Some("a new export, by `POST /v1/exports`".to_owned());
                return Err(Error { expected, ..Error::conflict("the export's first files have lapsed") });
            }
            if let Some(problem) = export.problem.take() {
                job::with_failed(&mut export.failed, FailedTry { at: export.updated_at, problem, bytes: 0 });
            }
            export.state = State::Queued;
            export.updated_at = now;
            if !app.records.put_export(tenant, &mut export, now).await? {
                return Err(Error::conflict("the export changed in this moment"));
            }
        }
        // Whoever is at it goes on; whoever comes to it second stops at the first file.
        State::Queued | State::Running => {}
    }
    send(app, tenant, TransferKind::Export, id).await?;
    Ok(export)
}

/// Notes an export, which begins.
pub async fn begin_export(
    app: &App,
    tenant: &Tenant,
    request: &ExportRequest,
    body: &[u8],
    now: Time,
) -> Result<Export> {
    let mut export = Export {
        v: VERSION,
        generation: 0,
        id: Asked { body, key: None }.id("export", tenant, now)?,
        scope: request.scope.subject().to_owned(),
        format: request.format,
        history: request.history,
        timezone: request.timezone.clone(),
        state: State::Queued,
        created_at: now,
        updated_at: now,
        stage: Stage::default(),
        after: None,
        page: None,
        files: 0,
        bytes: 0,
        memories: 0,
        secrets: 0,
        problem: None,
        failed: Vec::new(),
    };
    if !app.records.put_export(tenant, &mut export, now).await? {
        return Err(Error::conflict("the same export was asked for in this moment"));
    }
    send(app, tenant, TransferKind::Export, &export.id).await?;
    Ok(export)
}

/// The import of that id. Not found where there is none, or it is too long ago.
pub(super) async fn found(app: &App, tenant: &Tenant, id: &str) -> Result<Import> {
    job::check_id(id)?;
    let import = app.records.import_job(tenant, id).await?;
    import.ok_or_else(|| Error::not_found("there is no such import, or it is over since a month"))
}

/// The export of that id. Not found where there is none, or it is too long ago.
pub(super) async fn found_export(app: &App, tenant: &Tenant, id: &str) -> Result<Export> {
    job::check_id(id)?;
    let export = app.records.export_job(tenant, id).await?;
    export.ok_or_else(|| Error::not_found("there is no such export, or it is over since a month"))
}

async fn send(app: &App, tenant: &Tenant, kind: TransferKind, id: &str) -> Result<()> {
    app.transfer_queue()?.send(&[TransferMessage::of(tenant, kind, id)]).await
}
