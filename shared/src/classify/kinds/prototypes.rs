//! A few short texts of each kind, and how near a text lies to them.

use std::sync::LazyLock;

use super::Scores;
use crate::index::Embedding;
use crate::memory::Kind;
use crate::models::builtin;

/// As many of a kind's prototypes as a text is held against: the nearest ones.
const NEAREST: usize = 3;
/// The usual spread of likeness between kinds, which makes its scale that of the marks.
const SPREAD: f32 = 0.1;

const TEXTS: [(Kind, &[&str]); 8] = [
    (
        Kind::Episodic,
        &[
            "we had dinner at my parents' place last night",
            "I fell off my bike on the way to work",
            "the bus broke down and we walked home in the rain",
            "yesterday I finished the marathon",
            "he called me this morning from the airport",
            "we visited the museum on Saturday",
            "I lost my keys at the beach",
            "she gave birth to a boy last week",
            "the neighbours had a party until three",
            "I am waiting at the station right now",
            "we moved house in March",
            "they cancelled our flight and we slept on the floor",
            "I met an old friend at the market",
            "the doctor called with my results today",
        ],
    ),
    (
        Kind::Fact,
        &[
            "the shop opens at nine in the morning",
            "I work as an engineer for a railway company",
            "she lives in the north of the country",
            "my birthday is in April",
            "the meeting room is on the second floor",
            "our house has three bedrooms",
            "I am allergic to nuts",
            "the password of the server",
            "my phone number is",
            "the car needs diesel",
            "he speaks four languages",
            "the contract runs for two years",
            "whales are mammals",
            "my salary is paid monthly",
        ],
    ),
    (
        Kind::Preference,
        &[
            "I love spicy food",
            "I prefer tea to coffee",
            "my favourite season is autumn",
            "I hate loud restaurants",
            "she likes window seats",
            "I would rather walk than drive",
            "I can't stand horror films",
            "he enjoys gardening",
            "I always take my eggs soft",
            "jazz is my favourite music",
            "I don't like crowded beaches",
            "give me mountains over the sea",
            "she adores cats",
            "we like our holidays quiet",
        ],
    ),
    (
        Kind::Procedure,
        &[
            "to reset the device hold the button for ten seconds",
            "first boil the water then add the pasta",
            "open the settings and click on export",
            "mix the flour with the eggs and let it rest",
            "if the alarm goes off press the red key",
            "unplug it, wait a minute and plug it in again",
            "remove the screws and lift the lid",
            "turn left after the church and follow the river",
            "run the tests before you deploy",
            "fill in the form and send it to the office",
            "rinse the rice until the water is clear",
            "wash it by hand in cold water",
            "the recipe needs two cups of sugar",
            "log in and choose the second tab",
        ],
    ),
    (
        Kind::Commitment,
        &[
            "I will send you the photos tomorrow",
            "I promise to call her on Sunday",
            "remind me to buy milk",
            "we are going to visit them next month",
            "I have to finish the essay by Friday",
            "the rent is due on the first",
            "let's meet for lunch on Tuesday",
            "I'll pick up the kids at four",
            "we plan to renovate the kitchen in spring",
            "she agreed to take over my shift",
            "I need to renew my passport soon",
            "my appointment is next Thursday",
            "I owe him twenty euros",
            "he promised to fix the fence",
        ],
    ),
    (
        Kind::Relationship,
        &[
            "she is my sister",
            "he is my manager at work",
            "my wife is called",
            "we have two children",
            "they are cousins",
            "he is my best friend since school",
            "my neighbour is a retired teacher",
            "she is married to my brother",
            "he used to be my boss",
            "our daughter and her husband",
            "I have three brothers",
            "she is like a mother to me",
            "he is the uncle of my wife",
            "we are old classmates",
            "she is my lawyer",
            "he is my therapist",
        ],
    ),
    (
        Kind::Insight,
        &[
            "I have learned that rest is part of work",
            "it turns out that simple plans survive",
            "people remember how you made them feel",
            "the best ideas come when you stop looking",
            "failure taught me more than success",
            "I realise now that I was afraid of change",
            "meetings without an agenda waste time",
            "you only understand your parents when you have children",
            "looking back I should have asked earlier",
            "habits matter more than goals",
            "trust takes years to build",
            "being busy is not being useful",
            "what we call luck is mostly patience",
            "the more I practise the calmer I become",
        ],
    ),
    (
        Kind::Note,
        &[
            "hello, how are you?",
            "thanks a lot!",
            "what do you think?",
            "good night, sleep well",
            "haha, that is funny",
            "see you later",
            "ok, sounds good",
            "can you help me with this?",
            "where is it?",
            "wow, congratulations!",
            "eggs, milk, bread",
            "idea for a story",
            "shoe size",
            "hmm, I am not sure",
        ],
    ),
];

static PROTOTYPES: LazyLock<Vec<(Kind, Vec<Embedding>)>> = LazyLock::new(|| {
    let embedded = |texts: &[&str]| texts.iter().filter_map(|text| builtin::embed(text)).collect();
    TEXTS.iter().map(|(kind, texts)| (*kind, embedded(texts))).collect()
});

/// How much nearer to each kind's prototypes than to those of all kinds the text lies.
pub(super) fn likeness(text: &str) -> Scores {
    let mut scores = Scores::default();
    let Some(text) = builtin::embed(text) else { return scores };
    for (kind, prototypes) in PROTOTYPES.iter() {
        let mut cosines: Vec<f32> = prototypes.iter().filter_map(|prototype| text.cosine_between(prototype)).collect();
        cosines.sort_by(|a, b| b.total_cmp(a));
        cosines.truncate(NEAREST);
        scores[*kind as usize] = cosines.iter().sum::<f32>() / NEAREST as f32;
    }
    let mean = scores.iter().sum::<f32>() / scores.len() as f32;
    scores.map(|score| ((score - mean) / SPREAD).clamp(-1.0, 1.0))
}
