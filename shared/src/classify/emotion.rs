//! How a text feels, by its words: a small lexicon, turned round by a "not", raised by "so" and by exclamation marks.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::rules::straight;
use crate::memory::classification::{Emotion, Feeling};
use Feeling::{Affection, Anger, Disgust, Fear, Gratitude, Joy, Pride, Regret, Sadness, Surprise};

/// Named feelings of a text.
const MOST: usize = 3;
/// How many words before a word may deny it.
const DENIED_WITHIN: usize = 3;

/// What words say: valence from -1 to 1, arousal from 0 to 1, and the feeling they name.
const WORDS: [(f32, f32, Option<Feeling>, &str); 22] = [
    (
        0.9,
        0.8,
        Some(Joy),
        "thrilled ecstatic overjoyed delighted elated euphoric hooray yay woohoo hilarious 🎉 🥳 😂 🤣",
    ),
    (
        0.8,
        0.5,
        Some(Joy),
        "happy glad joy joyful cheerful fun funny laugh laughed laughing smile smiled smiling enjoy enjoyed enjoying wonderful \
         lovely fantastic amazing great brilliant awesome excited exciting celebrate celebrated haha lol relieved relief 😀 😃 😊 😄 😁 🙂",
    ),
    (0.6, 0.2, Some(Joy), "calm peaceful relaxed content pleasant cosy cozy nice pleased comfortable"),
    (
        0.9,
        0.5,
        Some(Affection),
        "love loves loved adore adores adored darling sweetheart beloved hug hugs hugged cuddle cherish ❤ ❤️ 😍 🥰 😘",
    ),
    (0.6, 0.3, Some(Affection), "fond dear tender miss missed missing sweet cute"),
    (0.8, 0.3, Some(Gratitude), "thanks thank thankful grateful gratitude appreciate appreciated 🙏"),
    (0.8, 0.5, Some(Pride), "proud pride won win succeeded triumph achieved accomplished promoted passed graduated"),
    (
        0.2,
        0.8,
        Some(Surprise),
        "wow surprised surprise surprising astonished amazed unbelievable incredible suddenly unexpected unexpectedly 😮 😲 🤯",
    ),
    (-0.1, 0.8, Some(Surprise), "shocked shocking stunned gosh"),
    (
        -0.8,
        0.3,
        Some(Sadness),
        "sad sadness unhappy cry cried crying tears grief grieving mourn mourning heartbroken miserable devastated depressed depressing hopeless 😢 😭 💔",
    ),
    (-0.5, 0.2, Some(Sadness), "lonely alone disappointed disappointing gloomy homesick empty died funeral 😞 😔 🙁"),
    (
        -0.8,
        0.8,
        Some(Fear),
        "afraid scared terrified fear frightened panic panicked panicking dread horrified scary terrifying nightmare nightmares 😱 😨",
    ),
    (
        -0.5,
        0.6,
        Some(Fear),
        "worried worry worries worrying anxious nervous stressed stress stressful tense uneasy anxiety overwhelmed 😟 😰",
    ),
    (
        -0.8,
        0.9,
        Some(Anger),
        "angry furious rage livid outraged infuriating hate hates hated mad fuming yelled shouted screamed 😡 😠 🤬",
    ),
    (
        -0.5,
        0.6,
        Some(Anger),
        "annoyed annoying irritated frustrated frustrating unfair jealous fed argued quarrel quarrelled nerves",
    ),
    (-0.7, 0.5, Some(Disgust), "disgusting disgusted gross revolting nasty sickening vile yuck ew eww 🤢 🤮"),
    (
        -0.6,
        0.4,
        Some(Regret),
        "sorry regret regrets regretted guilty guilt ashamed shame embarrassed embarrassing apologise apologize apologised",
    ),
    (
        0.5,
        0.3,
        None,
        "good better best perfect beautiful success luck lucky hope hopeful hoping welcome congratulations well fine recovered",
    ),
    (
        -0.5,
        0.4,
        None,
        "bad worse worst awful terrible horrible dreadful ugly failed failure wrong broken lost hurt pain painful cancelled stole stolen",
    ),
    (
        -0.4,
        0.3,
        None,
        "tired exhausted sick ill problem problems trouble unfortunately pity boring bored difficult hard",
    ),
    (-0.7, 0.7, None, "accident crash crashed emergency attack attacked killed fire fired cheated betrayed divorce"),
    (0.4, 0.6, None, "can't-wait looking-forward adventure surprise-party"),
];
const DENIALS: &[&str] = &[
    "not", "never", "no", "don't", "doesn't", "didn't", "isn't", "wasn't", "aren't", "won't", "can't", "hardly",
    "without",
];
const RAISING: &[&str] =
    &["so", "very", "really", "extremely", "absolutely", "incredibly", "totally", "utterly", "too"];

/// Valence, arousal and the feeling that a word names.
type Felt = (f32, f32, Option<Feeling>);

static LEXICON: LazyLock<HashMap<&'static str, Felt>> = LazyLock::new(|| {
    let entries = WORDS.iter().flat_map(|(valence, arousal, feeling, words)| {
        words.split_whitespace().map(move |word| (word, (*valence, *arousal, *feeling)))
    });
    entries.collect()
});

/// How the text feels; none where no word of it shows a feeling.
pub fn emotion(text: &str) -> Option<Emotion> {
    let lower =
        straight(text).to_lowercase().replace("can't wait", "can't-wait").replace("looking forward", "looking-forward");
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '-') || !c.is_ascii();
    let words: Vec<&str> = lower.split(|c: char| !is_part(c)).filter(|word| !word.is_empty()).collect();
    let (mut valences, mut arousals): (Vec<f32>, Vec<f32>) = (Vec::new(), Vec::new());
    let mut named: Vec<(Feeling, f32)> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some((valence, arousal, feeling)) = LEXICON.get(word).copied() else { continue };
        let before = &words[at.saturating_sub(DENIED_WITHIN)..at];
        if before.iter().any(|word| DENIALS.contains(word)) {
            // "Not happy" is a little sad, and "not sad" a little glad; neither is the feeling that is named.
            valences.push(-0.4 * valence);
            arousals.push(0.5 * arousal);
            continue;
        }
        let raised = if before.last().is_some_and(|word| RAISING.contains(word)) { 1.2 } else { 1.0 };
        valences.push((valence * raised).clamp(-1.0, 1.0));
        arousals.push(arousal * raised);
        if let Some(feeling) = feeling {
            match named.iter_mut().find(|(known, _)| *known == feeling) {
                Some((_, strength)) => *strength += valence.abs() + arousal,
                None => named.push((feeling, valence.abs() + arousal)),
            }
        }
    }
    if valences.is_empty() {
        return None;
    }
    let cries = text.matches('!').count().min(3) as f32;
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    named.sort_by(|a, b| b.1.total_cmp(&a.1));
    Some(Emotion {
        valence: rounded(mean(&valences)),
        arousal: rounded((mean(&arousals) + 0.1 * cries).clamp(0.0, 1.0)),
        feelings: named.into_iter().take(MOST).map(|(feeling, _)| feeling).collect(),
    })
}

/// Two places: there is no more in it.
fn rounded(value: f32) -> f32 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests;
