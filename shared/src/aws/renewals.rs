//! The new vectors of scopes whose embeddings are made anew: objects on S3, and the item that names them.

use crate::aws::items;
use crate::aws::keys;
use crate::aws::records::Records;
use crate::aws::writes::{Condition, Outcome, Part};
use crate::error::Result;
use crate::index::renewal::Renewal;
use crate::memory::Scope;

impl Records {
    /// How far the scope's vectors are made anew; none where that never began.
    pub async fn renewal(&self, scope: &Scope) -> Result<Option<Renewal>> {
        self.get(scope, keys::RENEWAL.to_owned()).await?.map(items::to_renewal).transpose()
    }

    /// Writes how far in place of what was read. Refused where another worker wrote meanwhile.
    pub async fn put_renewal(&self, scope: &Scope, next: &Renewal) -> Result<Outcome> {
        let condition = match next.generation {
            0 => Condition::Absent,
            generation => Condition::Generation(generation),
        };
        let next = Renewal { generation: next.generation + 1, ..next.clone() };
        let part = Part::Put(items::from_renewal(scope, &next)?, Some(condition));
        self.transact("note new vectors", vec![part]).await
    }
}
