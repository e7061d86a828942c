//! The marks by which a reader tells kinds apart: set phrases, verbs, the form of the sentence.

use std::sync::LazyLock;

use regex::Regex;

use super::super::rules::pattern;
use super::Scores;
use crate::memory::Kind;

/// A kind's marks, and what one of them is worth.
struct Mark {
    kind: Kind,
    worth: f32,
    pattern: Regex,
}

/// Who somebody is to somebody.
const KIN: &str = concat!(
    "(?:mother|father|mum|mom|dad|sister|brother|son|daughter|child|children|kids|twins?|wife|husband|spouse|partner|girlfriend|boyfriend|fianc.e?e?|ex|ex-wife|ex-husband|parents?|siblings?|cousins?|aunt|uncle|niece|nephew|nieces|nephews",
    "|grand[a-z]+|step[a-z]+|half-[a-z]+|god(?:mother|father|son|daughter|child|parents?)|[a-z]+-in-law|in-laws|friends?|mate|buddy|colleagues?|coworkers?|co-workers?|boss|manager|supervisor|mentor|assistant|deputy|apprentice|intern",
    "|neighbou?rs?|roommates?|flatmates?|housemates?|landlord|landlady|tenants?|lodger|teacher|tutor|coach|trainer|student|pupil|classmates?|teammates?|captain|doctor|gp|dentist|therapist|psychiatrist|psychologist|counsell?or|surgeon|oncologist",
    "|cardiologist|midwife|nurse|carer|lawyer|solicitor|attorney|accountant|adviser|advisor|agent|broker|sponsor|probation officer|hairdresser|barber|mechanic|plumber|electrician|cleaner|nanny|babysitter|childminder|editor|publisher|client|lead|team lead",
    "|rival|enemy|lover|mistress|affair|soulmate|best man|bridesmaid|widow|heir|guardian|witness|co-founder|cofounder|business partner|father figure|second (?:father|mother)|flame|crush|penpal|pen pal|muse|vet|priest|pastor|rabbi|imam|specialist|physio|physiotherapist)",
);

/// What instructions begin with.
const DO: &str = concat!(
    "(?:open|close|press|push|pull|click|tap|hold|turn|twist|boil|heat|preheat|mix|stir|whisk|knead|fold|add|pour|sprinkle|chop|slice|cut|peel|rinse|wash|dry|soak|bake|fry|roast|simmer|season|serve|leave|wait|rest|remove|undo|unscrew",
    "|tighten|loosen|swap|replace|insert|attach|connect|disconnect|plug|unplug|restart|reboot|reset|run|type|enter|log in|log out|log|sign|select|choose|pick|copy|paste|save|delete|export|import|upload|download|install|update|check|make sure|make|put|place",
    "|take|get|go|walk|keep|use|start|stop|set|lay|ring|call|file|fill|send|write|clear|clean|wipe|scrub|water|feed|prune|plant|dig|cover|wrap|store|freeze|thaw|warm|cool|measure|weigh|count|mark|drill|sand|paint|glue|sew|thread|tie|hang|lift|lower",
    "|slide|shake|squeeze|tilt|follow|ask|bring|apply|switch|move|drag|drop|give|roll|spread|drain|strain|blend|grate|melt|grease|line|cook|steam|breathe|back|lock|unlock|swipe|scan|print|order|pay|try|do|let|always|never|don't|only|first|just|simply|then|dial|show|tell|hit|kick|buy|read|repeat|point|aim|hang|bend|sit|stand|stay|submit|contest|transfer|wire|deposit|inject|swallow|inhale)",
);

static MARKS: LazyLock<Vec<Mark>> = LazyLock::new(|| {
    let mark = |kind, worth, text: &str| {
        let pattern = pattern(&text.replace("KIN", KIN).replace("DO", DO));
        Mark { kind, worth, pattern }
    };
    vec![
        mark(
            Kind::Commitment,
            2.4,
            concat!(
                r"\b(?:(?:i|we)'ll|i will|we will|i shall|i promise|we promise|you have my word|i swear|remind me|don't let me forget|(?:i'm|we're|i am|we are) (?:going to|gonna)|(?:i|we) (?:plan|intend|aim|mean|vow|pledge)(?:ed|ged)? to",
                r"|planning to|(?:our|the|my) plan is|(?:is|are|'s|was|were) due\b|deadline|owes? (?:me|you|him|her|us|them|it|[a-z]+)|(?:is|are) on me\b|my treat|count me in|i intend|let's|signed up (?:for|to)|(?:i|we)(?:'ve| have) (?:agreed|promised|got to|to)|(?:has|have) (?:agreed|promised))\b",
            ),
        ),
        mark(
            Kind::Commitment,
            1.7,
            concat!(
                r"\b(?:(?:i|we|he|she|they) (?:must|have to|has to|need to|needs to|ought to|should)|(?:we|i)'ve got to|i gotta|promised|(?:is|are|he's|she's|they're) going to|will|won't|'ll|supposed to|obliged to|committed to|can't miss|don't forget|volunteered to|agreed to|swore|vowed|pledged",
                r"|(?:appointment|meeting|flight|interview|exam|reservation|hearing|surgery|rehearsal|viewing) (?:is )?(?:on|at|with)|(?:booked|reserved) (?:for|in)|my turn to|responsible for|on the hook|looking forward)\b|'ll\b",
            ),
        ),
        mark(
            Kind::Preference,
            2.4,
            concat!(
                r"\b(?:(?:i|he|she|we|they|you|who)(?:'d| would) (?:much |far |always |sooner |still )?(?:rather|sooner|choose|prefer|pick|take)|prefers?|preferred|adores?|can't (?:stand|bear|abide|resist|get enough)|cannot (?:stand|bear)|favou?rite|fond of|keen on|a (?:big |huge |great )?fan of|not a fan",
                r"|dislikes?|detests?|loathes?|hates?|enjoys?|loves|cup of tea|soft spot|any day|over .{2,40} any|my go-to|bores? (?:me|him|her|us)|(?:never|not) (?:really |quite |much )?(?:warmed|taken|cared|been one|got(?:ten)? used) (?:to|for)|(?:drives|makes|gets) (?:me|him|her) (?:mad|crazy|nuts|happy|cringe|gag|sick|on)",
                r"|gets on my nerves|(?:don't|doesn't|do not) (?:like|care for|enjoy|want|mind|fancy)|a (?:morning|night|dog|cat|tea|coffee|people|city|beach|mountain|summer|winter) person|rather .{2,40} than|nothing beats|too [a-z]+ for my taste|to my taste)\b",
            ),
        ),
        mark(
            Kind::Preference,
            2.2,
            r"\b(?:i|we|they|he|she|who|[a-z]+) (?:really |also |never |always |still |quite |do |absolutely |generally |truly |just |usually |mostly |secretly )*(?:love|like|likes|want|wants|crave|craves|avoid|avoids|go for|goes for|steer clear of|stay away from)\b",
        ),
        mark(
            Kind::Preference,
            1.0,
            r"\b(?:always|every time|usually|never|only ever|no sugar|without|instead of|better than|best of all|the best|the nicest|the worst|wouldn't|for me|ideally|as long as|as far as|i'd|suits me|over)\b",
        ),
        mark(
            Kind::Procedure,
            2.6,
            concat!(
                r"\bhere's how|\bhow (?:to|you|we|i) [a-z]+[^?]*$|^(?:to|for|in order to) [^,;:]{3,80}[,;:] (?:you |we |i |simply |just |first |please )?(?:can |need to |have to |must |should )?DO\b|^(?:if|when|whenever|once|before|after|every time|in case|as soon as|in an emergency|unless) ?[^,;]{0,80}, (?:then |always |please |just |simply |you )?DO\b",
                r"|\bfirst\b.{3,90}\bthen\b|\bstep (?:one|two|[0-9])|\b(?:trick|way|recipe|procedure|routine|method) (?:is|to|for|goes)|\byou (?:just |simply |can |only )?(?:start|open|make|do|get|reach|unlock|fix|stop|turn|clean|reset|switch|change|remove|install|cook|use|find|enter|log|pay|restore|apply)[^.]{0,80}\b(?:by [a-z]+ing|through|with|via|and then)\b",
            ),
        ),
        mark(
            Kind::Procedure,
            1.7,
            r"^(?:please )?DO\b|, (?:and )?(?:then )?DO [^,]+,? (?:and |then )|[.;] (?:then |next,? |finally,? |after that,? )(?:you )?DO\b",
        ),
        mark(
            Kind::Procedure,
            0.9,
            r"[,;:] (?:and |or |then |and then )?DO\b|\b(?:and|then|or) DO\b|\buntil (?:it|the|they|you|golden|smooth)\b|\bfor (?:[0-9]+|a|an|one|two|three|four|five|ten|twenty|half an) (?:minutes?|hours?|seconds?)\b|\bby [a-z]+ing\b",
        ),
        mark(
            Kind::Relationship,
            2.8,
            concat!(
                r"\b(?:is|was|are|were|'s|'m|'re|am|be|been|became|remains) (?:still |now |also |actually |basically |practically |both |like |one of |not )*(?:my|our|your|his|her|their|the|a|an|[a-z]+'s) (?:[a-z-]+'s )?(?:[a-z-]+ ){0,2}KIN\b",
                r"|\b(?:my|our|his|her|their) (?:[a-z-]+ ){0,2}KIN(?:'s name)?(?: is| are|'s|,)? (?:is |are )?(?:called|named)\b|\bKIN(?:'s)? names? (?:is|are)\b",
                r"|\b(?:have|has|had|'ve got|'s got|got) (?:[a-z]+ ){0,2}(?:twins|kids|children|sons?|daughters?|brothers?|sisters?|siblings|cousins|nieces?|nephews?|grandchildren|stepchildren)\b",
                r"|\b(?:only child|related to|married to|dating|engaged to|seeing each other|a couple|best friends|close friends|good friends|friends (?:with|since)|got together|know(?:n)? each other|went to school (?:with|together)|shares? (?:an? |the )?(?:office|flat|room|house|desk|apartment) with|reports? to|works (?:for|under) me|raised me|brought me up|like family)\b",
                r"|\bthe KIN of\b|\bare (?:[a-z]+ ){0,1}(?:cousins|sisters|brothers|siblings|twins|neighbou?rs|friends|colleagues|roommates|flatmates|rivals|married|divorced|partners|engaged)\b|\bto (?:me|us|her|him)\b.{0,3}$",
            ),
        ),
        mark(
            Kind::Relationship,
            0.8,
            r"\b(?:my|our|his|her|their|[a-z]+'s) (?:[a-z-]+ ){0,1}KIN\b|, (?:my|our|his|her|their) (?:[a-z-]+ ){0,1}KIN\b",
        ),
        mark(
            Kind::Insight,
            3.4,
            concat!(
                r"\b(?:(?:i|we)(?:'ve| have)? (?:[a-z]+ )?(?:learn(?:ed|t)|noticed|reali[sz]ed?|discovered|come to|found (?:that|out)|understood)|taught (?:me|us|him|her)|(?:it )?turns out|turned out that|in hindsight|looking back|lesson|moral of|what i (?:learned|learnt)",
                r"|i (?:understand|see|know|think|believe|get) now|now i (?:understand|see|know|get)|made me (?:realise|realize|see|understand)|took me .{3,40} to (?:see|understand|realise|realize|learn)|i find\b|i've found|i guess|i suspect|i reckon|i've concluded|it dawned|the (?:more|less|older|longer|fewer|better|harder|quieter) .{3,60}, the)\b",
            ),
        ),
        mark(
            Kind::Insight,
            1.4,
            concat!(
                r"^(?:people|everyone|everybody|nobody|no one|no [a-z]+|every|most|you can't|you can never|you don't|you never|you only|you have to|there's no|there is no|a (?:good|bad|great|little)|half of|half the|one [a-z]+ should|what matters|nothing|anything|sometimes|if you|when you|never|once you|whoever|those who|the (?:best|worst|hardest|real|secret|problem|point|trouble|trick|hard part))\b",
                r"|\b(?:really about|was about|is (?:really|mostly|usually|often|never|rarely|always|just|not) |are (?:really|mostly|usually|often|never|rarely|always|just|not) |only when|the moment (?:we|i|you|they)|worth (?:more|it|less)|matters? (?:more|less|most)|beats?|rarely|seldom|tends? to|should (?:never|always)|the mistake|was a mistake|less than|more than|isn't about|aren't about|comes? back|never (?:the|about|as))\b",
            ),
        ),
        mark(Kind::Insight, 1.0, r"\b(?:[a-z]+er|more|less|better|worse) (?:[a-z]+ ){0,3}than\b|\byou\b[^?]*$"),
        mark(
            Kind::Episodic,
            1.0,
            r"\b(?:yesterday|today|ago|last (?:night|week|month|year|spring|summer|autumn|winter)|this (?:morning|afternoon|evening)|just|finally|suddenly|right now|as we speak|at the moment|when i was|had to|told me|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|ended up|so i|then)\b",
        ),
        mark(
            Kind::Episodic,
            1.5,
            r"\b(?:(?:i'm|we're|they're|he's|she's) (?:[a-z]+ )?(?:[a-z]+ing|stuck|stranded|lost)|(?:is|are) [a-z]+ing .*(?:now|moment|speak))\b|^(?:spent|went|had|saw|met|got|lost|found|broke|finished|forgot|missed|ran|came|took|made|woke|slept|ate|bought)\b",
        ),
        mark(
            Kind::Fact,
            2.0,
            concat!(
                r"\b(?:i was born|was born (?:in|on)|grew up|works? (?:as|at|for|in)|lives? (?:in|at|on|with|near|above|next)|speaks?|closes? (?:at|on)|opens? (?:at|on)|stands (?:on|at|in)|weighs|costs?|measures|belongs to|consists|contains|allergic|(?:left|right)-handed|comes? from|originally from|years old|on file|can reach|take-home",
                r"|studies|studied|has a degree|drives an?|runs on|is called|is made|stands for|means|is located|is (?:on|in|at|above|below|under|behind|next to|between) (?:the|a|an|my|our|floor)|the capital)\b|\b(?:my|our|his|her|their|[a-z]+'s) [^.,]{1,40}? (?:is|are) (?:at |on |in )?(?:[0-9]|[a-z]*[0-9])",
            ),
        ),
        mark(
            Kind::Fact,
            1.3,
            r"\b(?:is|are|has|have|am|isn't|aren't|hasn't|doesn't|don't)\b|[a-z]'(?:m|re|s|ve) (?:a|an|the|[a-z]+)\b",
        ),
        mark(
            Kind::Fact,
            0.5,
            r"[0-9]|\b(?:every (?:day|week|year|month)|weekdays|mondays|saturdays|sundays|percent|metres|kilos|euros)\b",
        ),
        mark(
            Kind::Note,
            2.6,
            r"^(?:hi|hello|hey|good (?:morning|afternoon|evening|night)|morning|bye|goodbye|see you|take care|thanks?|thank you|cheers|congrat|happy (?:birthday|new year|easter|christmas)|merry|welcome|hmm+|haha|lol|wow|oh|ok|okay|yes|yeah|yep|no|nope|sure|great|nice|cool|exactly|same here|oops|ugh|aha|ah|well done|good luck|sorry|never mind|no worries|no problem|sounds good|let me (?:think|see|know)|fair enough|what a|how (?:lovely|nice|funny|odd|strange|sweet)|not again|really|talk (?:soon|later))\b",
        ),
        mark(
            Kind::Note,
            2.2,
            r"^(?:idea|ideas|todo|to do|note|nb|ps|p\.s\.|memo|shopping|buy|list|reminder|quote|title|draft|question)\b[^.]{0,30}:|^idea for",
        ),
        mark(Kind::Note, 1.0, r"!$"),
    ]
});

/// A finite verb, or a word that nearly always comes with one.
static VERB: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:is|are|am|was|were|has|have|had|do|does|did|can|could|will|would|should|must|may|might|i|we|you|he|she|they|it|[a-z]+n't|that's|it's|[a-z]{3,}ed|went|got|saw|came|made|took|told|said|gave|knows|says|makes|works|wants|needs|likes|loves)\b|'(?:s|re|m|ll|ve|d)\b",
    )
});

/// Which marks the text bears, in their order, and the score of each kind by them and by the form of the text.
pub(super) fn marks(text: &str, lower: &str) -> (Vec<bool>, Scores) {
    let borne: Vec<bool> = MARKS.iter().map(|mark| mark.pattern.is_match(lower)).collect();
    let mut scores = [0.0; Kind::ALL.len()];
    for (mark, _) in MARKS.iter().zip(&borne).filter(|(_, borne)| **borne) {
        scores[mark.kind as usize] += mark.worth;
    }
    scores[Kind::Note as usize] += of_form(text, lower);
    (borne, scores)
}

/// Questions, cries and jottings: what has no full sentence tells nothing that lasts.
fn of_form(text: &str, lower: &str) -> f32 {
    let words = lower.split_whitespace().count();
    let question = if lower.ends_with('?') { 4.0 } else { 0.0 };
    let jotted =
        text.starts_with(|c: char| c.is_lowercase()) && !text.ends_with(['.', '!', '?']) && !lower.starts_with("i ");
    let verbless = !VERB.is_match(lower);
    let small = match words {
        0..=2 => 1.5,
        3..=5 => 0.6,
        _ => 0.0,
    };
    let parts = lower.contains(": ") || lower.contains('=') || lower.contains(" / ");
    question
        + small
        + if jotted { 1.6 } else { 0.0 }
        + if verbless { 1.2 } else { 0.0 }
        + if parts && verbless { 0.6 } else { 0.0 }
}
