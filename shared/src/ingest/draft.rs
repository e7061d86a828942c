//! A memory as the caller sends it: checked, but not yet stored.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::memory::id::{Fields, Identity};
use crate::memory::{Memory, MemoryId, Role, Scope, Time};

/// Longest text.
pub const MOST_CONTENT_BYTES: usize = 32 * 1024;
const MOST_METADATA_BYTES: usize = 4 * 1024;
const MOST_TAGS: usize = 32;
const MOST_TAG_BYTES: usize = 64;
const MOST_DEPENDS: usize = 32;
const MOST_NAME_BYTES: usize = 256;

/// What to remember.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Whose.
    pub scope: Scope,
    /// Where it stands in the call: `items[3]`; empty for a call of one.
    pub path: String,
    /// The text.
    pub content: String,
    /// The conversation.
    pub session: Option<String>,
    /// Who said it.
    pub speaker: Option<String>,
    /// In which role.
    pub role: Option<Role>,
    /// When it was said.
    pub occurred_at: Option<Time>,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// The caller's fields.
    pub metadata: Map<String, Value>,
    /// The caller's labels.
    pub tags: Vec<String>,
    /// Memories of the scope that it holds true only as long as they do.
    pub depends_on: Vec<MemoryId>,
}

impl Draft {
    /// Of a text alone.
    pub fn of(scope: &Scope, content: String) -> Draft {
        Draft {
            scope: scope.clone(),
            path: String::new(),
            content,
            session: None,
            speaker: None,
            role: None,
            occurred_at: None,
            expires_at: None,
            metadata: Map::new(),
            tags: Vec::new(),
            depends_on: Vec::new(),
        }
    }

    /// Whether it can be stored. Invalid, naming the field, where not.
    pub fn check(&self, now: Time) -> Result<()> {
        check_content(&self.content)?;
        check_name("session", self.session.as_deref())?;
        check_name("speaker", self.speaker.as_deref())?;
        check_metadata(&self.metadata)?;
        check_tags(&self.tags)?;
        check_depends(&self.depends_on)?;
        check_expiry(self.expires_at, now)
    }

    /// What makes it this memory, where the caller gave no key.
    pub fn identity(&self, nth: usize) -> Identity<'_> {
        Identity::Content {
            content: &self.content,
            occurred_at: self.occurred_at,
            session: self.session.as_deref(),
            speaker: self.speaker.as_deref(),
            nth,
        }
    }

    /// Hash of all that the caller sent.
    pub fn fingerprint(&self) -> String {
        let mut hash = Fields::new("memorable draft fingerprint v1");
        let time = |time: Option<Time>| time.map(|time| time.to_string()).unwrap_or_default();
        hash.add(self.scope.path()).add(&self.content);
        hash.add(self.session.as_deref().unwrap_or_default()).add(self.speaker.as_deref().unwrap_or_default());
        hash.add(self.role.map(Role::name).unwrap_or_default()).add(time(self.occurred_at)).add(time(self.expires_at));
        hash.add(Value::Object(self.metadata.clone()).to_string());
        for tag in &self.tags {
            hash.add(tag);
        }
        // Nothing where there are none, so that what was stored before there were any keeps its hash.
        for id in &self.depends_on {
            hash.add("depends on").add(id.to_string());
        }
        hash.finish().to_hex()[..32].to_owned()
    }

    /// The memory it becomes, stored at `now` in the given place of its call.
    pub fn into_memory(self, id: MemoryId, now: Time, position: usize) -> Memory {
        let fingerprint = self.fingerprint();
        Memory {
            session: self.session,
            speaker: self.speaker,
            role: self.role,
            occurred_at: self.occurred_at,
            order: now.micros().saturating_add(position as i64),
            expires_at: self.expires_at,
            metadata: self.metadata,
            tags: self.tags,
            depends_on: self.depends_on,
            fingerprint,
            ..Memory::new(id, self.content, now)
        }
    }
}

/// Whether the text can be stored.
pub fn check_content(content: &str) -> Result<()> {
    let expected = format!("a text of 1 to {MOST_CONTENT_BYTES} bytes that is not only white space");
    if !content.chars().any(|c| !c.is_whitespace() && !c.is_control()) {
        return Err(Error::invalid("content", "there is no text", expected));
    }
    if content.len() > MOST_CONTENT_BYTES {
        return Err(Error::invalid("content", format!("the text has {} bytes", content.len()), expected));
    }
    Ok(())
}

/// Whether the caller's fields can be stored.
pub fn check_metadata(metadata: &Map<String, Value>) -> Result<()> {
    let bytes = Value::Object(metadata.clone()).to_string().len();
    if bytes > MOST_METADATA_BYTES {
        let expected = format!("an object of at most {MOST_METADATA_BYTES} bytes as JSON");
        return Err(Error::invalid("metadata", format!("it has {bytes} bytes"), expected));
    }
    Ok(())
}

/// Whether the caller's labels can be stored.
pub fn check_tags(tags: &[String]) -> Result<()> {
    let fits = |tag: &String| !tag.trim().is_empty() && tag.len() <= MOST_TAG_BYTES;
    if tags.len() > MOST_TAGS || !tags.iter().all(fits) {
        let expected = format!("at most {MOST_TAGS} labels of 1 to {MOST_TAG_BYTES} bytes");
        return Err(Error::invalid("tags", "these labels cannot be kept", expected));
    }
    Ok(())
}

/// Whether it can depend on those.
pub fn check_depends(ids: &[MemoryId]) -> Result<()> {
    if ids.len() > MOST_DEPENDS {
        let expected = format!("at most {MOST_DEPENDS} ids of memories of the same scope");
        return Err(Error::invalid("depends_on", format!("there are {}", ids.len()), expected));
    }
    Ok(())
}

/// Whether the end is still to come.
pub fn check_expiry(expires_at: Option<Time>, now: Time) -> Result<()> {
    if expires_at.is_some_and(|expires| expires <= now) {
        return Err(Error::invalid("expires_at", "this time is past", "a time to come, or nothing"));
    }
    Ok(())
}

fn check_name(field: &str, name: Option<&str>) -> Result<()> {
    match name {
        Some(name) if name.trim().is_empty() || name.len() > MOST_NAME_BYTES || name.chars().any(char::is_control) => {
            let expected = format!("1 to {MOST_NAME_BYTES} bytes without control characters, or nothing");
            Err(Error::invalid(field, "this name cannot be used", expected))
        }
        _ => Ok(()),
    }
}
