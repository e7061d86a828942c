//! Storing what was found in a file: many memories in a transaction, none of them in short-term memory.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::future::try_join_all;

use crate::app::App;
use crate::aws::writes::{NewMemory, Outcome};
use crate::classify::flush;
use crate::error::{Error, Result};
use crate::index::Entry;
use crate::ingest::{embed, queue};
use crate::memory::feedback::Feedback;
use crate::memory::files::Files;
use crate::memory::{Memory, MemoryId, Scope, State, Time};
use crate::transfer::job::{Import, LineError};
use crate::transfer::line::Line;
use crate::transfer::read::Found;

/// How often what is left of a transaction is tried again after parts of it turned out to be there.
const ATTEMPTS: u32 = 4;

/// What a batch of findings comes to.
#[derive(Default)]
struct Batch {
    memories: Vec<Memory>,
    histories: Vec<Memory>,
    feedback: Vec<Feedback>,
    files: Vec<(u64, Files)>,
}

/// Stores all that was found, and counts it.
pub async fn store(app: &App, scope: &Scope, import: &mut Import, found: Vec<Found>, now: Time) -> Result<()> {
    let Batch { memories, histories, feedback, files } = sorted(scope, import, found);
    let mut pending = Vec::new();
    let mut ready = 0;
    let sessions: BTreeSet<String> = memories.iter().filter_map(|memory| memory.session.clone()).collect();
    if !memories.is_empty() {
        let each: Vec<&Memory> = memories.iter().collect();
        let embeddings = embed(app, scope, &each, app.config.embed_within, now).await;
        let new = memories.into_iter().zip(embeddings).map(|(memory, embedding)| {
            let entry = Entry::of(&memory, embedding);
            NewMemory { memory, entry, replaces: None }
        });
        let mut left: Vec<NewMemory> = new.collect();
        while !left.is_empty() {
            let chunk: Vec<NewMemory> = left.drain(..app.records.most_imported(&left)).collect();
            for memory in store_chunk(app, scope, import, chunk).await? {
                match memory.state {
                    State::Pending => pending.push(memory.id),
                    _ => ready += 1,
                }
            }
        }
    }
    // Of a session that somebody is in, short-term memory would have what was said and not what came by the file.
    try_join_all(sessions.iter().map(|session| app.records.let_go_turns(scope, session))).await?;
    let refused = app.records.import_histories(scope, &histories).await?;
    skip(import, "history of what is not there", refused);
    let refused = app.records.import_feedback(scope, &feedback).await?;
    skip(import, "feedback on what is not there", refused);
    for (line, files) in files {
        store_files(app, scope, import, line, &files).await?;
    }
    if !pending.is_empty() {
        queue(app, scope, &pending).await;
    }
    // What is pending is flushed by whoever classifies it.
    if ready > 0 && app.pace.is_due(scope, ready) {
        let left = flush(app, scope, now).await?;
        app.pace.looked(scope, left);
    }
    Ok(())
}

fn sorted(scope: &Scope, import: &mut Import, found: Vec<Found>) -> Batch {
    let mut batch = Batch::default();
    let mut seen: HashSet<MemoryId> = HashSet::new();
    for found in found {
        let memory = match found {
            Found::Said { draft, nth, .. } => {
                let id = MemoryId::derive(scope, draft.identity(nth));
                let place = usize::try_from(import.place.items).unwrap_or(usize::MAX);
                Some(draft.into_memory(id, import.created_at, place))
            }
            Found::Own { own, line } => {
                let Line { memory, history, feedback, files, .. } = *own;
                batch.histories.extend(history);
                batch.feedback.extend(feedback);
                batch.files.extend(files.map(|paths| (line, Files { generation: 1, paths, ..Files::default() })));
                memory
            }
            Found::Skipped(reason) => {
                skip(import, reason, 1);
                None
            }
            Found::Wrong(error) => {
                import.note(error);
                None
            }
        };
        let Some(memory) = memory else { continue };
        import.place.items += 1;
        if seen.insert(memory.id) {
            batch.memories.push(memory);
        } else {
            import.counts.repeated += 1;
        }
    }
    batch
}

fn skip(import: &mut Import, reason: &str, count: u64) {
    if count > 0 {
        *import.counts.skipped.entry(reason.to_owned()).or_default() += count;
    }
}

/// Stores memories of one transaction; gives those that were not there. What is there stays, also where it is forgotten.
async fn store_chunk(app: &App, scope: &Scope, import: &mut Import, mut chunk: Vec<NewMemory>) -> Result<Vec<Memory>> {
    for _ in 0..ATTEMPTS {
        if chunk.is_empty() {
            return Ok(Vec::new());
        }
        app.records
            .note_relations(scope, &chunk.iter().flat_map(|new| relations(&new.memory)).collect::<Vec<_>>())
            .await?;
        let refused: HashSet<usize> = match app.records.import_memories(scope, &chunk).await? {
            Outcome::Done => {
                import.counts.stored += chunk.len() as u64;
                return Ok(chunk.into_iter().map(|new| new.memory).collect());
            }
            Outcome::Refused(places) => places.into_iter().collect(),
        };
        let ids: Vec<MemoryId> = refused.iter().map(|place| chunk[*place].memory.id).collect();
        let there = app.records.stubs(scope, &ids).await?.into_iter().flatten();
        let there: HashMap<MemoryId, Memory> = there.map(|memory| (memory.id, memory)).collect();
        chunk.retain(|new| {
            let Some(old) = there.get(&new.memory.id) else { return true };
            // A worker before this one stored it and could not note that any more.
            let is_ours = old.recorded_at == import.created_at && old.order == new.memory.order;
            match old.state {
                State::Forgotten => import.counts.forgotten += 1,
                _ if is_ours => import.counts.stored += 1,
                _ => import.counts.repeated += 1,
            }
            false
        });
    }
    if chunk.is_empty() {
        Ok(Vec::new())
    } else {
        Err(Error::throttled("the same memories are being written elsewhere"))
    }
}

/// What the memory says it has to do with, each with it.
fn relations(memory: &Memory) -> impl Iterator<Item = (MemoryId, MemoryId)> {
    let one = [memory.superseded_by, memory.merged_into].into_iter().flatten();
    let of = memory.derived_from.iter().chain(&memory.depends_on).copied().chain(one);
    of.map(|of| (of, memory.id))
}

/// Names the files where the scope has none yet. Of a scope that has others nothing is changed.
async fn store_files(app: &App, scope: &Scope, import: &mut Import, line: u64, files: &Files) -> Result<()> {
    let before = app.records.files(scope).await?;
    if before.paths == files.paths || before.generation == 0 && app.records.put_files(scope, &before, files).await? {
        return Ok(());
    }
    let wrong = "the scope has files of its own".to_owned();
    import.note(LineError { line, wrong, expected: "a scope without files".to_owned() });
    Ok(())
}
