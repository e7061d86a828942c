//! A fact as it was found in what somebody said, before it is a memory.

use crate::memory::{Claim, Kind, MemoryId, Role, Scope, Time};

/// Something that was said, with who said it and when.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// The words.
    pub text: &'a str,
    /// Who.
    pub speaker: Option<&'a str>,
    /// In which role.
    pub role: Option<Role>,
    /// Whose memory it is.
    pub scope: &'a Scope,
    /// The conversation.
    pub session: Option<&'a str>,
    /// When.
    pub at: Time,
}

/// What it says that lasts.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Readable by itself: with the name of whom it is about.
    pub text: String,
    /// What kind of thing.
    pub kind: Kind,
    /// The same taken apart; empty where it is of no sort that can be contradicted.
    pub claims: Vec<Claim>,
    /// When it came about, where that was not when it was said.
    pub since: Option<Time>,
    /// How sure it is, 0 to 1.
    pub confidence: f32,
    /// Facts that it puts an end to, where whoever found it says so.
    pub ends: Vec<MemoryId>,
}

impl Said<'_> {
    /// Whom `I` means: a key to know them by, and a name to write.
    pub fn myself(&self) -> Option<(String, String)> {
        if !matches!(self.role, None | Some(Role::User)) {
            // What a model says of itself is no fact.
            return None;
        }
        match self.speaker {
            Some(speaker) => Some((speaker.to_lowercase(), speaker.to_owned())),
            None => {
                let name = self.scope.subject().strip_prefix("user:").unwrap_or("self");
                Some((name.to_lowercase(), "The user".to_owned()))
            }
        }
    }

    /// Whom `we` means where it is about how things are done: the team in a team's memory, else the speaker's own circle.
    pub fn ourselves(&self) -> Option<(String, String)> {
        let (key, _) = self.myself()?;
        let is_personal = self.scope.subject().starts_with("user:");
        Some((if is_personal { format!("{key} and company") } else { "we".to_owned() }, "We".to_owned()))
    }
}
