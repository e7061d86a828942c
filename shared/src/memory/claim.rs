//! What a fact says, taken apart so that two facts can be told to contradict each other.

use serde::{Deserialize, Serialize};

/// One attribute of one subject, and the value it has or no longer has. All of it is folded to lower case.
///
/// `alice / lives in / porto`, `acme / deadline of the audit / 2026-06-05`. Where a subject may have many values at once
/// the value stands in the attribute: `alice / allergic to nuts / yes`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Claim {
    /// Of whom or what.
    pub subject: String,
    /// Which of its attributes; a subject has one value of it at a time.
    pub attribute: String,
    /// The value.
    pub value: String,
    /// Whether it has that value; else it has it no longer.
    #[serde(default = "holds", skip_serializing_if = "is_so")]
    pub holds: bool,
}

fn holds() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over so")]
fn is_so(holds: &bool) -> bool {
    *holds
}

impl Claim {
    /// Whether both tell of the same attribute of the same subject.
    pub fn is_of(&self, other: &Claim) -> bool {
        self.subject == other.subject && self.attribute == other.attribute
    }

    /// Whether both say the same.
    pub fn agrees(&self, other: &Claim) -> bool {
        self.is_of(other) && self.value == other.value && self.holds == other.holds
    }

    /// Whether not both can hold at the same time. That something is no longer so contradicts only that it is so.
    pub fn contradicts(&self, other: &Claim) -> bool {
        self.is_of(other)
            && match (self.holds, other.holds) {
                (true, true) => self.value != other.value,
                (false, false) => false,
                _ => self.value == other.value,
            }
    }
}

#[cfg(test)]
mod tests;
