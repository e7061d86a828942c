//! Asks again what was asked of a scope and answered from memories that are known, and keeps how the candidates looked:
//! what tuning fits to and judges by.

use std::collections::HashMap;

use crate::app::App;
use crate::error::Result;
use crate::index::ranking::fit::{Candidate, Case};
use crate::memory::asked::{Asked, merged};
use crate::memory::id::Fields;
use crate::memory::{Scope, Time, lesson};
use crate::night::{Worked, hindsight};
use crate::recall::{self, Found};

/// Questions of one scope that are asked again, the latest.
const MOST_QUESTIONS: usize = 30;
/// Candidates of each that are kept: what is ranked below hardly comes up among the first ten by other weights.
const CANDIDATES: usize = 60;

/// Replays the scope's questions; counts those that can be judged by.
pub async fn replay(app: &App, scope: &Scope, now: Time) -> Result<Worked> {
    // Beside functions in one process the questions may still be here.
    recall::journal::write_all(app, now).await;
    let asked = app.records.asked(scope, now).await?;
    if asked.is_empty() {
        return Ok(Worked::default());
    }
    // What people said of a memory that a recall returned labels it, as a citation does.
    let voted = hindsight::votes(app, scope).await?;
    let asked = lesson::outcomes(asked, &voted).into_iter().map(|outcome| outcome.asked).collect();
    let mut asked = merged(asked);
    asked.retain(|asked| !asked.used.is_empty());
    asked.sort_by_key(|asked| std::cmp::Reverse(asked.at));
    asked.truncate(MOST_QUESTIONS);
    let mut cases = Vec::with_capacity(asked.len());
    for asked in &asked {
        let again = recall::Request::of(scope, &asked.query, CANDIDATES, 1);
        let found = Box::pin(recall::replayed(app, &again, now)).await?.found;
        cases.extend(case(asked, &found));
    }
    if !cases.is_empty() {
        app.records.put_replays(scope, &cases, now).await?;
    }
    Ok(Worked::default().counted("replayed", cases.len()))
}

/// The question as a case; none where what was used is not among the candidates. What was stored since it was asked, the
/// question itself as a turn among it, could not have been found.
fn case(asked: &Asked, found: &[Found]) -> Option<Case> {
    let then: Vec<&Found> = found.iter().filter(|found| found.memory.recorded_at < asked.at).collect();
    let latest = then.iter().map(|found| found.memory.time().seconds()).max()?;
    let mut sessions: HashMap<&str, u16> = HashMap::new();
    let mut candidates = Vec::with_capacity(then.len());
    for found in then {
        let memory = &found.memory;
        let next = u16::try_from(sessions.len()).unwrap_or(u16::MAX);
        let session = memory.session.as_deref().map(|session| *sessions.entry(session).or_insert(next));
        let days = (latest - memory.time().seconds()) as f32 / 86_400.0;
        candidates.push(Candidate { signals: found.signals, days, session, is_used: asked.used.contains(&memory.id) });
    }
    let is_fitted = Fields::new("memorable half v1").add(&asked.query).finish().as_bytes()[0].is_multiple_of(2);
    candidates.iter().any(|candidate| candidate.is_used).then_some(Case { is_fitted, candidates })
}
