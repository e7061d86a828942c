//! Lists beside the tenant what people corrected in a scope, so that a head can learn from all of its scopes. Names and
//! labels only: the texts are read from the memories when it does, so what is forgotten teaches nothing.

use crate::app::App;
use crate::error::Result;
use crate::memory::Scope;
use crate::memory::feedback::Feedback;
use crate::night::Worked;

/// Corrections of one scope that are learned from, the latest: an item holds some 1,500.
const MOST: usize = 1_000;

/// Lists the scope's corrections; counts them.
pub async fn list(app: &App, scope: &Scope) -> Result<Worked> {
    let mut corrected: Vec<Feedback> = app.records.feedbacks(scope, usize::MAX).await?;
    corrected.retain(|said| said.correction.kind.is_some() || said.correction.sensitivity.is_some());
    corrected.truncate(MOST);
    for said in &mut corrected {
        said.votes.clear();
        said.correction.topics = None;
    }
    let count = corrected.len();
    if count > 0 {
        app.records.put_corrected(scope, corrected).await?;
    }
    Ok(Worked::default().counted("corrections", count))
}
