//! The gist of a memory, by the rules of the language alone: no model, no I/O.

mod words;

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::event_time::tense::{self, Tense};
use super::relations::relations;
use super::rules::{pattern, straight};
use crate::index::terms;
use crate::memory::gist::{Gist, Marks, Word};
use crate::memory::{Memory, Sensitivity};

/// Most words that are kept of a text.
const MOST_WORDS: usize = 16;
/// Who speaks where nobody says.
const NOBODY: &str = "";

static PLAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:(?:i|we)(?:'m|'re| am| are) (?:[a-z]+ly )?[a-z]{2,}ing|(?:have|has|need|needs|ought|got) to|must|(?:i|we|he|she|they)(?:'ll| will| shall)|(?:is|are) (?:all )?due|deadline",
        r"|promised? (?:to|(?:[a-z]+ )?(?:i|we|he|she|they)(?:'d|'ll| would| will))|remind me|don't (?:let me )?forget|appointment|let's|on (?:me|us)\b|supposed to)\b",
    ))
});
static DECISION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:(?:we|i|they|he|she|[a-z]+)(?:'ve| have| has)? (?:finally |just |both |all |now )?(?:decided|settled on|chosen|picked|agreed (?:to|on|that|we)|voted)|made up (?:my|our|his|her|their) minds?",
        r"|let's (?:go with|settle on|pick|choose|stick with)|(?:we|i)(?:'ll| will|'re going to|'m going to|'re| are|'m| am) (?:go(?:ing)? (?:with|for)|stick(?:ing)? with)|(?:the|my|our) (?:final )?decision (?:is|was)|it's (?:decided|settled)|that's (?:decided|settled)|decision:)\b",
    ))
});
static CHANGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:changed? (?:my|our|his|her|their) minds?|on second thoughts?|scrap that|change of plans?|plans? (?:have |has )?changed|forget what i said|i take (?:that|it) back|(?:not|no) (?:going )?[^.!?]{0,40}(?:anymore|any more|any longer)|no longer",
        r"|instead of [^.!?]{2,40} (?:as|like) (?:planned|we said|i said)|(?:i was|we were) going to [^.!?]{2,60} but|actually,? [^.!?]{2,60} instead|rather than [^.!?]{2,40} after all|after all,? (?:i|we)(?:'ll| will|'m|'re| am| are)|cancel(?:led|ing|ed)? (?:the|my|our)|called off|switch(?:ed|ing)? (?:from|to)|used to [^.!?]{2,60}(?:but|now))\b",
    ))
});
static CAUSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:because|that's why|which is why|the reason|therefore|as a result|due to|thanks to|since (?:the|my|our|i|we|he|she|they) [^,.]{2,40},|caused by|led to|so that's)\b",
    )
});
static EVASION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:anyway|by the way|btw|before i forget|speaking of|on another note|changing the subject|oh,? (?:and )?(?:by the way|before)|hold on|one sec|let me (?:check|ask|think|see|get back)|i'?ll (?:check|ask|look|find out|get back|have to)",
        r"|no idea|not sure|i (?:do not|don't) know|good question|hmm+|dunno|ask me (?:later|again)|can we talk about)\b|\b(?:get back to you|find out and|i don't know yet|no idea yet|let you know)\b",
    ))
});
/// Questions that want no answer later on.
static CHATTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:(?:oh|ok|okay|so|and|well|hey|hi|hello|really|seriously|wow),? ?)*(?:how are (?:you|things)|how's (?:it|life|everything|your (?:day|week))|what's up|you know what|guess what|isn't (?:it|that)|right|really|seriously|are you (?:kidding|serious|ok|okay)|who knows|why not|can you believe|you know|what about you|and you|how about you|sounds good|ready|makes sense|did you know)\b",
        r"|\b(?:right|no|isn't it|don't you think|aren't they|doesn't it|wasn't it|okay|ok|you know)\?$",
    ))
});

/// The gist of a classified memory; none of one that is not. Of what is closed only its place is kept.
pub fn gist(memory: &Memory) -> Option<Gist> {
    let class = memory.classification.as_ref()?;
    let voice = memory.speaker.clone().or_else(|| memory.role.map(|role| role.name().to_owned()));
    let mut gist = Gist {
        id: memory.id,
        revision: memory.revision,
        order: memory.order,
        at: memory.time(),
        recorded_at: memory.recorded_at,
        expires_at: memory.expires_at,
        event: class.event_time,
        session: memory.session.clone(),
        voice,
        kind: class.kind,
        sensitivity: class.sensitivity,
        importance: class.importance,
        confidence: class.confidence,
        entities: Vec::new(),
        relations: Vec::new(),
        words: Vec::new(),
        marks: Marks::default(),
        valence: None,
        sources: memory.derived_from.clone(),
        superseded_by: memory.superseded_by,
        is_merged: memory.merged_into.is_some(),
    };
    if class.sensitivity <= Sensitivity::Confidential {
        gist.entities = class.entities.clone();
        gist.relations = relations(&memory.content, memory.speaker.as_deref().unwrap_or(NOBODY));
        gist.words = words(&memory.content, &gist);
        gist.marks = marks(&memory.content, &gist.words);
        gist.valence = class.emotion.as_ref().map(|emotion| (emotion.valence * 100.0).round() as i8);
    }
    Some(gist)
}

/// Words that tell what a text is about, each once, in its order; names are kept apart.
fn words(text: &str, gist: &Gist) -> Vec<Word> {
    let names = gist.entities.iter().map(|entity| entity.name.as_str()).chain(gist.voice.as_deref());
    let names: HashSet<String> = names.flat_map(terms::words).collect();
    let mut found: Vec<Word> = Vec::new();
    for word in terms::words(text).filter(|word| words::is_telling(word) && !names.contains(word)) {
        let Some(term) = terms::terms(&word).first().copied() else { continue };
        if !found.iter().any(|known| known.term == term) {
            found.push(Word { term, word });
        }
        if found.len() == MOST_WORDS {
            break;
        }
    }
    found
}

fn marks(text: &str, words: &[Word]) -> Marks {
    let lower = straight(text).trim().to_lowercase();
    let asks = lower.ends_with('?');
    let last = lower.trim_end_matches('?').rsplit(['.', '!', '?', ';']).next().unwrap_or_default().trim();
    Marks {
        question: asks && !words.is_empty() && last.split(' ').count() > 2 && !CHATTER.is_match(&lower),
        evasion: EVASION.is_match(&lower),
        plan: !asks && PLAN.is_match(&lower),
        decision: !asks && DECISION.is_match(&lower),
        change: !asks && CHANGE.is_match(&lower),
        cause: CAUSE.is_match(&lower),
        past: tense::of(&lower) == Tense::Past,
    }
}

#[cfg(test)]
mod tests;
