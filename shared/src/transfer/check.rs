//! Whether what a file says can be kept.

use crate::error::{Error, Result};
use crate::ingest::{Draft, check_content};
use crate::memory::{Memory, State, Time, feedback, memory};
use crate::transfer::line::{Line, VERSION};

/// Most bytes of a whole memory as JSON: DynamoDB takes 400 KB an item.
const MOST_RECORD_BYTES: usize = 256 * 1024;

/// Whether a draft can be stored, whenever it ends: what is past its end came so.
pub fn draft(draft: &Draft) -> Result<()> {
    draft.check(Time::from_micros(i64::MIN))
}

/// Whether a line of ours is whole, and what it holds is, too.
pub fn line(line: &Line) -> Result<()> {
    if line.v != VERSION {
        let expected = format!("version {VERSION}");
        return Err(Error::invalid("v", format!("version {} is not known here", line.v), expected));
    }
    let held = [line.memory.is_some(), line.history.is_some(), line.feedback.is_some(), line.files.is_some()];
    if held.into_iter().filter(|holds| *holds).count() != 1 {
        return Err(Error::invalid(
            "body",
            "this line holds several things",
            "one of memory, history, feedback, files",
        ));
    }
    if let Some(memory) = &line.memory {
        record(memory).map_err(|error| error.under("memory"))?;
    }
    if let Some(memory) = &line.history {
        record(memory).map_err(|error| error.under("history"))?;
    }
    if let Some(said) = line.feedback.as_ref().filter(|said| said.v != feedback::VERSION || said.revision == 0) {
        return Err(Error::invalid("feedback.v", format!("version {} is not known here", said.v), "version 1"));
    }
    Ok(())
}

/// Whether a whole memory can be kept as it is.
fn record(memory: &Memory) -> Result<()> {
    if memory.v != memory::VERSION {
        let expected = format!("version {}", memory::VERSION);
        return Err(Error::invalid("v", format!("version {} is not known here", memory.v), expected));
    }
    if memory.revision == 0 {
        return Err(Error::invalid("revision", "there is no such revision", "1 or more"));
    }
    match memory.state {
        State::Forgotten => return Err(Error::invalid("state", "what is forgotten has no text", "pending or ready")),
        State::Ready if memory.classification.is_none() => {
            return Err(Error::invalid("classification", "it is ready and not classified", "its classification"));
        }
        State::Pending | State::Ready => {}
    }
    if memory.cold.is_some() {
        return Err(Error::invalid("cold", "a line holds its memory itself", "nothing"));
    }
    check_content(&memory.content)?;
    let of_draft = Draft {
        session: memory.session.clone(),
        speaker: memory.speaker.clone(),
        metadata: memory.metadata.clone(),
        tags: memory.tags.clone(),
        depends_on: memory.depends_on.clone(),
        // The scope plays no part in it.
        ..Draft::of(&nowhere()?, memory.content.clone())
    };
    draft(&of_draft)?;
    let bytes = serde_json::to_vec(memory).map_or(usize::MAX, |bytes| bytes.len());
    if bytes > MOST_RECORD_BYTES {
        let expected = format!("at most {MOST_RECORD_BYTES} bytes");
        return Err(Error::invalid("memory", format!("it has {bytes} bytes"), expected));
    }
    Ok(())
}

fn nowhere() -> Result<crate::memory::Scope> {
    crate::memory::Scope::from_path("-/org")
}
