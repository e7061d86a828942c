//! Learns from what failed in the service itself: imports, exports, models, dead letters, nights of scopes. What helped in
//! the end becomes a lesson, as hindsight has them: a candidate first, and once it has recurred one that recall finds when something like it is asked.
//!
//! All of it is looked up anew each night, from what jobs and calls of models came to within the month that these are told
//! of. The lessons stand in the tenant's scope `org`, each on a note of what failed, and go with it. In neither is any
//! text of a memory: of a message the words are kept that anybody may read, and nothing where rules hold it for more than
//! general.

mod models;
mod nights;
mod tries;

use jiff::civil::Date;

use crate::app::App;
use crate::aws::writes::NewMemory;
use crate::classify::rules;
use crate::classify::sensitivity::sensitivity;
use crate::distill::indexed;
use crate::error::Result;
use crate::memory::failure::{Failures, alike};
use crate::memory::id::{Fields, Identity};
use crate::memory::lesson::{Kept, Lesson, NTH};
use crate::memory::{Classification, Kind, Memory, MemoryId, Scope, Sensitivity, State, Tenant, Time};
use crate::night::hindsight::keep::Keeping;

/// Whose memory lessons of the service are.
pub const KEPT_IN: &str = "org";
/// The tag of a note of what failed.
pub const TAG: &str = "failure";
/// Lessons of one night, those of the latest failures.
const MOST: usize = 20;

/// Learns from the tenant's failures, and adds to its report how many lessons are new or recurred. Doing it again changes
/// nothing.
pub async fn learn(app: &App, tenant: &Tenant, night: Date, now: Time) -> Result<()> {
    let mut failures = tries::failures(app, tenant).await?;
    failures.extend(models::failures(app, tenant, night).await?);
    failures.extend(nights::failures(app, tenant, night).await?);
    let scope = Scope::parse(tenant, KEPT_IN)?;
    let mut all = alike(failures);
    all.sort_by(|a, b| b.occasions.last().cmp(&a.occasions.last()));
    let (mut candidates, mut procedures) = (0, 0);
    for failures in all.iter().take(MOST) {
        match Box::pin(keep(app, &scope, failures, now)).await? {
            Some(kept) if kept.is_supported() => procedures += 1,
            Some(_) => candidates += 1,
            None => {}
        }
    }
    if candidates + procedures > 0 {
        let counts = [("failures.figures.candidates", candidates), ("failures.figures.procedures", procedures)];
        app.records.add_to_report(tenant, night, &counts, now).await?;
    }
    Ok(())
}

/// Keeps what helped as a lesson; none where nothing is new, or it may not be kept.
async fn keep(app: &App, scope: &Scope, failures: &Failures, now: Time) -> Result<Option<Kept>> {
    let Failures { what, messages, helped, occasions } = failures;
    let Some(first) = messages.first() else { return Ok(None) };
    let Some(note) = noted(app, scope, &format!("{what} failed: {first}"), now).await? else { return Ok(None) };
    let lesson = Lesson { resolved_by: note.id, questions: messages.clone(), occasions: occasions.clone() };
    // One for each thing that helped.
    let hash = Fields::new("memorable lesson helped v1").add(helped).finish();
    let nth = NTH + 1 + usize::from(u16::from_le_bytes([hash.as_bytes()[0], hash.as_bytes()[1]]));
    let Some(keeping) = Keeping::of(app, scope, &note, nth, &lesson).await? else { return Ok(None) };
    let said: Vec<String> = keeping.kept.questions.iter().map(|message| format!("\"{message}\"")).collect();
    let content = format!("When {} fails with {}, what helped is: {helped}.", lowered(what), said.join(" or "));
    keeping.put(app, scope, &note, vec![note.id], content, (Sensitivity::General, now)).await
}

/// The note of that failure, which is there or is stored; none where somebody forgot it, or it tells too much.
async fn noted(app: &App, scope: &Scope, content: &str, now: Time) -> Result<Option<Memory>> {
    let key = format!("failure {content}");
    let id = MemoryId::derive(scope, Identity::Key { key: &key, position: 0 });
    if let Some(note) = app.records.memory(scope, id).await? {
        return Ok((note.state == State::Ready && note.is_visible(now)).then_some(note));
    }
    if sensitivity(content) > Sensitivity::General {
        return Ok(None);
    }
    let class = rules::classify(content, None, now);
    let classification = Classification {
        kind: Kind::Episodic,
        sensitivity: Sensitivity::General,
        relevant_until: None,
        by: TAG.to_owned(),
        ..class
    };
    let note = Memory {
        state: State::Ready,
        tags: vec![TAG.to_owned()],
        classification: Some(classification),
        ..Memory::new(id, content.to_owned(), now)
    };
    // The nights must know of the scope before there is anything in it.
    app.register(scope, now).await?;
    let entry = indexed(app, scope, &note, now).await;
    app.records.import_memories(scope, &[NewMemory { memory: note, entry, replaces: None }]).await?;
    // Of two nights at once one stores it.
    app.records.memory(scope, id).await
}

fn lowered(what: &str) -> String {
    let mut letters = what.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
