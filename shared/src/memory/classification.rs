//! What kind of thing a memory is, who may see it, how much it matters, whom it names and when it happened.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::memory::Time;

/// What kind of thing is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something that happened.
    Episodic,
    /// A lasting state of the world or of a person.
    Fact,
    /// What somebody likes, dislikes or wants as a rule.
    Preference,
    /// How something is done.
    Procedure,
    /// A promise, plan or obligation.
    Commitment,
    /// Who somebody is to somebody.
    Relationship,
    /// A lesson or generalisation.
    Insight,
    /// Anything else: greetings, questions, jottings.
    Note,
}

impl Kind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Kind; 8] = [
        Kind::Episodic,
        Kind::Fact,
        Kind::Preference,
        Kind::Procedure,
        Kind::Commitment,
        Kind::Relationship,
        Kind::Insight,
        Kind::Note,
    ];

    /// The name, as in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Episodic => "episodic",
            Kind::Fact => "fact",
            Kind::Preference => "preference",
            Kind::Procedure => "procedure",
            Kind::Commitment => "commitment",
            Kind::Relationship => "relationship",
            Kind::Insight => "insight",
            Kind::Note => "note",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Result<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let names = Kind::ALL.map(Kind::name).join(", ");
            Error::invalid("kind", "there is no such kind", format!("one of {names}"))
        })
    }
}

/// Who may see a text. The order is from open to closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Any model may see it.
    General,
    /// Only models inside the account or on this machine.
    Confidential,
    /// Only models on this machine.
    Secret,
    /// No model at all: rules only.
    UltraSecret,
}

impl Sensitivity {
    /// All of them, from open to closed.
    pub const ALL: [Sensitivity; 4] =
        [Sensitivity::General, Sensitivity::Confidential, Sensitivity::Secret, Sensitivity::UltraSecret];

    /// The name, as in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Sensitivity::General => "general",
            Sensitivity::Confidential => "confidential",
            Sensitivity::Secret => "secret",
            Sensitivity::UltraSecret => "ultra_secret",
        }
    }
}

/// What sort of thing an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// Somebody.
    Person,
    /// Somewhere.
    Place,
    /// A company, club, school or authority.
    Organisation,
    /// Named, but of no certain sort.
    Other,
}

/// Somebody or something a memory names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entity {
    /// As it is written in the text.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
}

/// A stretch of time: when what a memory tells of happened, or will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its first moment.
    pub from: Time,
    /// The first moment after it.
    pub until: Time,
}

/// A feeling that a text shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feeling {
    /// Gladness, fun, relief.
    Joy,
    /// Love, tenderness, longing for somebody.
    Affection,
    /// Thanks.
    Gratitude,
    /// Contentment with what oneself or somebody near has done.
    Pride,
    /// Not having expected it.
    Surprise,
    /// Grief, disappointment, loneliness.
    Sadness,
    /// Worry, stress, dread.
    Fear,
    /// Annoyance, rage.
    Anger,
    /// Revulsion.
    Disgust,
    /// Guilt, shame, being sorry.
    Regret,
}

/// How a text feels, by its words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Emotion {
    /// From -1, bad, to 1, good.
    pub valence: f32,
    /// From 0, calm, to 1, stirred up.
    pub arousal: f32,
    /// What is felt, strongest first; at most three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feelings: Vec<Feeling>,
}

/// Everything that classifying a memory finds out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Who may see it.
    pub sensitivity: Sensitivity,
    /// How much it is likely to matter later, 0 to 1.
    pub importance: f32,
    /// How sure the classifier is of the kind, 0 to 1.
    pub confidence: f32,
    /// Whom and what it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// When what it tells of happened or will, where the text says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_time: Option<Span>,
    /// What it is about: up to three topics of the classifier's own, beside the caller's tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// Until when it is likely to be of use, where it lapses by itself. A suggestion: nothing is hidden by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevant_until: Option<Time>,
    /// How it feels, where its words show a feeling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emotion: Option<Emotion>,
    /// Who said so: `rules` (with the head that is trained on them), a model's name, or `person`.
    pub by: String,
}
