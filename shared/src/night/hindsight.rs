//! Learns from questions that failed: what answered them in the end becomes a procedure, first as a candidate, which answers
//! nothing, then, when it recurs, as one that recall finds beside the facts when something like it is asked.
//!
//! A procedure stands on its evidence: the memory that answered, and those in which the questions themselves were said. With
//! each of these it is forgotten. It is no turn and takes no turn's place. Of what is secret none is made.

pub mod keep;

use serde_json::json;

use crate::app::App;
use crate::classify::closed::closed;
use crate::error::Result;
use crate::index::Filter;
use crate::memory::asked::Asked;
use crate::memory::lesson::{Kept, Lesson, NTH, Voted, is_lesson, lessons, outcomes, share_a_word};
use crate::memory::{Memory, MemoryId, Scope, Sensitivity, State, Time};
use crate::models::builtin;
use crate::night::Worked;
use crate::recall::{self, Returned};
use keep::Keeping;

/// Lessons of one night, those of the latest answers.
const MOST: usize = 50;
/// Memories with votes that are looked at.
const MOST_VOTED: usize = 2_000;
/// Questions this near may mean the same though they share no word.
const NEAR: f32 = 0.6;
/// Letters of a question, and of what answers, that a lesson repeats.
const OF_A_QUESTION: usize = 160;
const OF_THE_ANSWER: usize = 600;

/// What people said of what recalls of that scope had returned. What names no receipt says of no question.
pub async fn votes(app: &App, scope: &Scope) -> Result<Vec<Voted>> {
    let mut voted = Vec::new();
    for said in app.records.feedbacks(scope, MOST_VOTED).await? {
        for vote in said.votes {
            let Some(receipt) = &vote.receipt else { continue };
            // It was checked when it was given; one of a version that is no longer known says nothing.
            let Ok(returned) = Returned::parse(scope.tenant(), &json!(receipt), "receipt") else { continue };
            voted.push(Voted { id: said.id, helpful: vote.helpful, returned: returned.ids().to_vec(), at: vote.at });
        }
    }
    Ok(voted)
}

/// Learns from the scope's questions of the last month; counts what it learned and promoted. Doing it again changes nothing.
pub async fn learn(app: &App, scope: &Scope, now: Time) -> Result<Worked> {
    let asked: Vec<Asked> = app.records.asked(scope, now).await?;
    if asked.is_empty() {
        return Ok(Worked::default());
    }
    let outcomes = outcomes(asked, &votes(app, scope).await?);
    let mut lessons = lessons(&outcomes, may_mean_the_same);
    lessons.sort_by(|a, b| b.occasions.last().cmp(&a.occasions.last()));
    let (mut learned, mut promoted) = (0, 0);
    for lesson in lessons.iter().take(MOST) {
        match Box::pin(keep(app, scope, lesson, now)).await? {
            Some(kept) if kept.is_supported() => promoted += 1,
            Some(_) => learned += 1,
            None => {}
        }
    }
    Ok(Worked::default().counted("candidates", learned).counted("procedures", promoted))
}

fn may_mean_the_same(one: &str, other: &str) -> bool {
    let near = || {
        let cosine = builtin::embed(one)?.cosine_between(&builtin::embed(other)?)?;
        Some(cosine >= NEAR)
    };
    share_a_word(one, other) || near().unwrap_or(false)
}

/// Keeps a lesson as a memory; none where nothing changed, or it may not be kept.
async fn keep(app: &App, scope: &Scope, lesson: &Lesson, now: Time) -> Result<Option<Kept>> {
    let source = app.records.memory(scope, lesson.resolved_by).await?.filter(|source| may_teach(source, now));
    let Some(source) = source else { return Ok(None) };
    let Some(keeping) = Keeping::of(app, scope, &source, NTH, lesson).await? else { return Ok(None) };
    let said_in = said_in(app, scope, &keeping.kept.questions, now).await?;
    let evidence = std::iter::once(source.id).chain(said_in.into_iter().filter(|id| *id != source.id)).collect();
    let content = words(&keeping.kept, &source.content);
    keeping.put(app, scope, &source, evidence, content, (Sensitivity::Confidential, now)).await
}

/// What is there, holds, is no lesson itself, and is not so closed that there shall be no copy.
fn may_teach(source: &Memory, now: Time) -> bool {
    let is_open = source.classification.is_some() && closed(source) <= Sensitivity::Confidential;
    let holds = source.superseded_by.is_none() && source.stale_because.is_none() && source.merged_into.is_none();
    source.state == State::Ready && source.is_visible(now) && is_open && holds && !is_lesson(source)
}

/// The memories in which these questions themselves were said, as in a conversation they are.
async fn said_in(app: &App, scope: &Scope, questions: &[String], now: Time) -> Result<Vec<MemoryId>> {
    let mut found = Vec::new();
    for question in questions {
        let request = recall::Request {
            query: question.clone(),
            scopes: vec![scope.clone()],
            top_k: 10,
            max_tokens: 1,
            filter: Filter::everything(),
            min_score: 0.0,
            as_of: None,
            known_at: None,
            include_superseded: true,
            excluded: Returned::default(),
            explain: false,
        };
        let recalled = Box::pin(recall::replayed(app, &request, now)).await?;
        let is_it = |found: &&recall::Found| found.memory.content.trim() == question.trim();
        found.extend(recalled.found.iter().filter(is_it).map(|found| found.memory.id));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn words(kept: &Kept, answer: &str) -> String {
    let asked: Vec<String> =
        kept.questions.iter().map(|question| format!("\"{}\"", cut(question, OF_A_QUESTION))).collect();
    format!("When asked {}, what answers is: {}", asked.join(" or "), cut(answer, OF_THE_ANSWER))
}

fn cut(text: &str, letters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(letters) {
        Some((end, _)) => format!("{}...", line[..end].trim_end()),
        None => line,
    }
}
