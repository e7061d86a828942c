//! What a name's neighbours say it is: `my sister Ana`, `in Porto`, `at Siemens`, `Marek told me`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::rules::pattern;
use super::{Token, words};
use crate::memory::classification::EntityKind;

/// A name and what stands around it, its neighbours in lower case.
pub(super) struct Sides<'a> {
    name: &'a str,
    before: String,
    after: String,
    opens: bool,
}

/// As much of the text on each side as a neighbour takes.
const NEAR: usize = 40;

impl<'a> Sides<'a> {
    pub(super) fn new(text: &'a str, tokens: &[Token], run: Range<usize>) -> Sides<'a> {
        let (from, until) = (tokens[run.start].range.start, tokens[run.end - 1].range.end);
        let near = text.floor_char_boundary(from.saturating_sub(NEAR));
        let far = text.ceil_char_boundary((until + NEAR).min(text.len()));
        Sides {
            name: &text[from..until],
            before: text[near..from].to_ascii_lowercase(),
            after: text[until..far].to_ascii_lowercase(),
            opens: tokens[run.start].opens,
        }
    }

    pub(super) fn name(&self) -> &'a str {
        self.name
    }
}

static PERSON_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:sister|brother|mother|father|mum|mom|dad|son|daughter|wife|husband|partner|girlfriend|boyfriend|fianc..?e?|friend|colleague|boss|manager|neighbou?r|cousin|aunt|uncle|nephew|niece",
        r"|grandmother|grandfather|granddaughter|grandson|grandma|grandpa|roommate|flatmate|teacher|coach|doctor|dentist|therapist|lawyer|landlord|landlady|mentor|twins?|baby|kid|child|ex|godmother|godfather|in-law",
        r"|student|assistant|captain|professor|dog|cat|puppy|kitten|horse|parrot|rabbit),? (?:is |was )?(?:called |named )?$",
        r"|\b(?:called|named|met|asked|told|thank|thanks|hi|hello|hey|dear|saw|visited|marry|married|dating|with|invite|invited|congratulate|congratulations|morning|evening|night|welcome|bye|sorry|ring|text|phone),? $",
        r"|\b(?:i'm|i am|name is|name's|this is|he's|she's|between|owe|owes|borrowed from|heard from|message from|letter from|call from|gift from|(?:talk|talked|spoke|speak|wrote|write|said|say|listen|promised|gave it|belongs) to|helped|help|remind|told|birthday of|tell|let|made|watched|miss|love|by) $",
    ))
});
static PERSON_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:,? who\b| (?:just |also |never |always |really |finally |still |often |has |had |would |will |might |can |can't |didn't |doesn't |even )?(?:told|tells|said|says|asked|asks|called|calls|works?|worked|lives?|lived|loves?|loved|likes?|liked|hates?|wants?|wanted|thinks?|thought|feels?|felt|knows?|knew",
        r"|married|marry|got|gets|went|goes|came|comes|took|takes|gave|gives|made|makes|helped|helps|brought|brings|owes?|promised|prefers?|plays?|played|moved|met|left|lost|won|dropped|forgot|wrote|writes|cooked|cooks|baked|bakes|ran|runs|texted|rang|sent|invited|joined|turned|teaches|taught|studies|studied|smiled|laughed|cried|found|saved|broke|learned|learnt|started|had|has|enjoys?|believes?|drives?|drove|sings?|sang|speaks?|and i\b|is (?:my|our|his|her|their|the|a|an|like|allergic|pregnant|getting|coming|moving|going|married|called)\b|was (?:diagnosed|born|my|our|hired|taken|promoted|there|a)\b|can't stand|used to|put|puts|must|would|should|might|does|did|doesn't|didn't|watch(?:es|ed)|[a-z]{3,}ed)\b",
        r"|'s (?:mum|mom|mother|father|dad|sister|brother|wife|husband|son|daughter|birthday|partner|girlfriend|boyfriend|wedding|dog|cat|house|flat|kids|friend|boss|job|number|email|address|phone)\b)",
    ))
});
static PLACE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:in|near|around|across|outside|towards|throughout|north of|south of|east of|west of|visiting|city of|town of|capital of|coast of|streets of|explore|explored|leaving|via) (?:the |downtown |central |old |northern |southern |eastern |western )*$",
        r"|\b(?:move|moved|moving|fly|flying|flew|go|going|goes|went|gone|travel|travell?ed|travell?ing|trip|drive|drove|driving|cycled|walked|train|flight|bus|ferry|back|been|return|returned|sailed|relocate|relocated|relocating|came|come|holiday|way|sent|journey) (?:back |over |all the way |down |up )?to (?:the )?$",
        r"|\b(?:am|i'm|is|are|was|came|come|comes|coming|back|moved|flew|drove|cycled|fly|originally|home|away|train|flight|returned|[a-z]{3,}ed) from (?:the )?$",
    ))
});
static ORGANISATION_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:at|join|joined|joining|hired by|employed by|acquired by|interned at|graduated from|ceo of|founder of|director of|head of|fired from|job with|contract with|sponsored by|quit|studies at|invest in) (?:the )?$",
        r"|\b(?:work|works|worked|working|volunteer|volunteers|volunteering|play|plays|played|interview|interviewed|interviewing) (?:for|with) (?:the )?$",
    ))
});

/// What the neighbours or the name itself say; none where they are silent.
pub(super) fn kind(sides: &Sides<'_>) -> Option<EntityKind> {
    let mut parts = sides.name.split(' ');
    let (first, last) = (parts.next().unwrap_or_default(), parts.next_back().unwrap_or_default());
    if words::is_title(first.trim_end_matches('.')) {
        return Some(EntityKind::Person);
    }
    if words::is_organisation(last) || words::is_organisation(first) && sides.name.contains(" of ") {
        return Some(EntityKind::Organisation);
    }
    if words::is_place(last) || !last.is_empty() && words::opens_a_place(first) {
        return Some(EntityKind::Place);
    }
    let owner = sides.after.starts_with("'s");
    let person_after = PERSON_AFTER.is_match(&sides.after) && !words::is_plural(sides.name, &sides.after);
    if sides.opens {
        return (person_after && !words::is_opening(first)).then_some(EntityKind::Person);
    }
    if ORGANISATION_BEFORE.is_match(&sides.before) && !owner {
        return Some(EntityKind::Organisation);
    }
    if PLACE_BEFORE.is_match(&sides.before) && !owner {
        return Some(EntityKind::Place);
    }
    (person_after || PERSON_BEFORE.is_match(&sides.before)).then_some(EntityKind::Person)
}

/// What a name is when its neighbours do not say: somebody where it owns or is spoken to, else of no certain sort.
pub(super) fn unsaid(sides: &Sides<'_>) -> EntityKind {
    let plain =
        sides.name.split(' ').all(|part| part.chars().skip(1).all(|c| c.is_lowercase() || c == '-' || c == '\''));
    let spoken_to =
        sides.before.ends_with(", ") && (sides.after.is_empty() || sides.after.starts_with(['!', '?', '.', ',']));
    let cared_for = ["poor ", "gave ", "give ", "send ", "and ", "for ", "bet ", "see "]
        .iter()
        .any(|word| sides.before.ends_with(word));
    if plain && (sides.after.starts_with("'s") || spoken_to || cared_for) {
        EntityKind::Person
    } else {
        EntityKind::Other
    }
}
