//! What people tell few others: health, law, money, how to reach them, love.

use std::sync::LazyLock;

use regex::Regex;

use super::super::rules::pattern;
use super::Text;

static HEALTH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:diagnos|biops|cancer|tumou?r|chemo|radiotherap|oncolog|psychiatr|psycholog|psychother|therapist|therapy|antidepress|lithium|insulin|diabet",
        r"|hiv\b|aids\b|std\b|chlamydia|herpes|pregnan|miscarr|ivf\b|abortion|fertility|infertil|contracept|depression|depressed|anxiety|panic attack",
        r"|bipolar|adhd\b|autis|ocd\b|ptsd\b|schizo|eating disorder|anorexi|bulimi|surger|hospitali[sz]|seizure|epilep|migraine|blood (?:pressure|test|sugar)|cholesterol",
        r"|allerg|penicillin|prescri|medication|antibiotic|painkiller|adrenaline|epipen|inhaler|asthma|arthriti|overdos|addict|relaps|rehab|alcoholi|aa meeting",
        r"|heart (?:attack|condition|failure|surgery)|dementia|alzheimer|parkinson|sclerosis|appendi(?:x|citis)|mri\b|ct scan|ultrasound|x-ray|symptom|self-harm|suicid",
        r"|menopaus|hormone|transplant|dialysis|benign|malignan|metasta|concussion|fractur|pneumonia|hepatit|infection|virus|covid|tested positive|disabilit|disorder",
        r"|wheelchair|hearing aid|pacemaker|statins?\b|ibuprofen|xanax|prozac|sertraline|zoloft|ritalin|metformin|cardiolog|gyn(?:a)?ecolog|urolog|neurolog|dermatolog|paediatric|pediatric",
        r"|days sober|sober\b|sobriety|insomnia|sleeping pills|pills\b|vaccin|thyroid|coeliac|celiac|crohn|eczema|psoriasis|stitches|sprained|prognosis|hospice|mental health|burn-?out\b|nervous breakdown|sti\b|lump in|test results|sick leave|drinking problem)",
        r"|\b(?:trying for a baby|shadow on (?:my|his|her)|seeing a (?:counsell?or|shrink|psych)|counsell?ing|came back (?:positive|negative|clear)|inject (?:my|him|her)|for (?:my|his|her) (?:heart|nerves|back|knees?|lungs|kidneys?|liver|thyroid)|blood type|the nurse|wound|(?:my|her) period|treatment",
        r"|hearing voices|lumps? (?:on|in)|can't remember (?:our|my|their) names|off work with|off sick|signed off|weigh [0-9]+|doctor's orders|sick note|kidney|liver|lungs?\b|cyst\b|rash\b|ulcer|fever|pneumo|contagious|under the weather|hungover|overdose|medicine|syringe|dosage|patient\b.{0,20}\b(?:at|with))",
        r"|\b(?:stop|stopped|stopping|quit|quitting|gave up|giving up|started) (?:drinking|smoking)\b|\b(?:drinking|drunk) (?:again|too much|every)",
        r"|\b(?:to|in|from|into|the) (?:a |the )?(?:hospital|icu|intensive care|emergency room)\b(?: (?:on|with|for|after|bed|stay|ward|last|yesterday|today)|[.!?,]|$)",
        r"|\bbp [0-9]|\b(?:my|his|her|our|the|their) (?:doctor|gp|surgeon|specialist|midwife)\b|\b(?:broke|broken) (?:my|his|her|a) (?:arm|leg|wrist|ankle|hip|nose|rib|collarbone|foot|finger|back)",
        r"|\b(?:had|has|having|suffered) a stroke|\b[0-9]+ ?mg\b|\bhealth (?:problem|issue|condition|insurance)",
    ))
});
static LAW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:lawyer|attorney|solicitor|barrister|lawsuit|sued|suing|litigat|custody|divorc|bankrupt|evict|arrested|indict|convict|prosecut|on probation|parole|restraining order",
        r"|alimony|child support|subpoena|testif|imprison|prison|jailed|in jail|asylum|deport|residence permit|visa application|criminal record|plaintiff|defendant|police report",
        r"|prenup|power of attorney|non-disclosure|inherit|will and testament|settled? out of court|legal (?:advice|case|action|fees|trouble|battle)|wrongful|harass|whistleblow)",
        r"|\b(?:in|to|from) court\b|\bcourt (?:case|date|order|hearing)|\bcharged with\b|\b(?:the|a|my|his|her|tax|insurance) fraud\b|\bin my will\b|\bserved (?:with )?papers|\bas a witness|\bvisa was (?:refused|denied|rejected)|\bappealed|\bappeal(?:ing)? (?:against|the)|\bon bail|\bnda\b|\bsettled with\b|\bprobate|\bfired for\b|\btribunal|\bgreen card|\bcommunity service|\bcaution(?:ed)? by|\bstolen goods|\btax evasion|\bundocumented|\bcompensation\b|\bcontract dispute|\bliab(?:le|ility)\b|\bpressing charges",
    ))
});
static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:salary|salaries|take-home|income|mortgage|loan|overdraft|overdrawn|savings|pension|tax return|back taxes|credit (?:score|limit|rating)|net worth|severance|my bonus",
        r"|in debt|debts?\b|debt collector|payslip|paycheck|pay rise|bank (?:account|balance|statement)|account balance|in the red\b|redundancy|life insurance|welfare|child benefit|on benefits|investments)",
        r"|\b(?:earn|earns|earned|makes?|borrowed|lent|lend|owe|owes|owed|invested|inherited|repay|pay back|rent is|rent of|pays me|paid me|pay me|cost me|lost|saved|raise to)\b[^.!?]{0,20}(?:[$€£][ ]?[0-9]|[0-9][0-9.,]*(?:k\b| ?(?:euro|dollar|pound|grand|usd|eur|bucks|thousand|million|zloty|francs|crowns))|\b[0-9]{1,3}[,.][0-9]{3}\b)",
        r"|\bmonths? behind|\bbehind with|\bcard was declined|\b(?:i'm|we're|he's|she's|dead|flat) broke\b|\bpayday|\binto (?:bonds|stocks|shares|crypto|bitcoin)|\bextend (?:our|my) credit|\bgambl|\b(?:house|flat|company|stake) is worth|\b(?:after|before) tax\b|\bcan't pay|\bpawn|\bcredit card (?:bill|debt)|\b(?:my|his|her|our) (?:pay|wage|wages|bonus|budget|finances|tax(?:es)?|fortune|allowance)\b|\b(?:insolven|liquidat|foreclos)|\b(?:behind on|afford) (?:the|my|our|his|her) (?:rent|payment|bills)|\bmaxed out|\binstalments|\bdividends|\bmy (?:shares|stocks|portfolio|taxes)\b|\btaxman",
        r"|[$€£] ?[0-9][0-9,.]*k? (?:a|per) (?:year|month|week|hour)|\b[0-9][0-9,.]*k? (?:euros|dollars|pounds) (?:a|per) (?:year|month|week|hour)",
    ))
});
static REACH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"[a-z0-9._%+-]+@[a-z0-9-]+\.[a-z]|\+[0-9][0-9 ().-]{6,}[0-9]|(?:^|[^0-9-])\(?[0-9]{3}\)?[ .-]{1,2}[0-9]{3}[ .-][0-9]{4}\b",
        r"|(?:^|[^0-9-])[0-9]{3}-[0-9]{4}(?:[^0-9-]|$)|(?:^|[^0-9.,-])0[0-9]{2,4}[ /-][0-9]{3,4}[ -]?[0-9]{3,4}\b",
        r"|\b(?:phone|telephone|call|ring|mobile|cell|landline|reach|text|whatsapp|tel|fax|extension)\b[^.!?\n0-9]{0,30}[0-9](?:[ ./-]?[0-9]){5,}",
        r"|\b(?:live|lives|lived|living|staying|moved|address is|deliver|based) (?:at|to) (?:number |no\. ?)?[0-9]+[a-z]?\b|\bmy address\b[^.!?\n]*[0-9]",
        r"|\bpo box [0-9]|(?:^| )@[a-z0-9._]{3,}|\bextension [0-9]+|\b[a-z]{1,2}[0-9][0-9a-z]? [0-9][a-z]{2}\b|\b[a-z]+(?:straße|strasse|straat|gasse|allee|gade|gatan|laan) [0-9]+",
    ))
});
static STREET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b[0-9]{1,5}[a-zA-Z]?,? (?:[A-Z][^ ,]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Place|Terrace|Way|Crescent|Close|Row|Hill|Gardens|Mews|Parade)\b",
        r"|\b(?:Rua|Rue|Via|Calle|Avenida|Praça|Plaza|Piazza|Ulica|ul\.|Avenue|Boulevard) (?:[^ ,0-9]+ ){0,4}?[A-Z][^ ,]+,? [0-9]{1,4}\b|\b[0-9]{1,4},? (?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace) (?:[^ ,0-9]+ ){0,4}?[A-Z]",
    ))
});
static LOVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:sex\b|sexual|sexy|sexting|slept with|sleeping with|affair with|having an affair|an affair\b|lesbian|bisexual|closeted|came out (?:to|as)|come out (?:to|as)|coming out (?:to|as)|transgender|trans (?:man|woman)|non-binary|erecti|erotic",
        r"|porn|nudes?\b|naked pic|condom|orgasm|libido|kinky|virginity|one-night stand|cheat(?:ed|ing|s) on|make love|made love|lover\b|gay\b|abus(?:ed|ive)|rape|molest|assault|domestic violence|stalk(?:er|ing)|in bed with|lingerie|polyamor)",
        r"|\b(?:kissed (?:him|her|me|my)|crush on|in love with (?:him|her|my|some)|fell in love|the other (?:man|woman)\b|hit (?:me|her|him) (?:once|again|last)|never been with any|\btrans\b|\b(?:i'm|he's|she's|i am) (?:queer|bi|straight|asexual|pansexual|a virgin)\b|turns me on|fantas(?:y|ies) about|(?:open|failing) (?:marriage|relationship)|our marriage|in bed\b.{0,20}(?:with|together)|dirty (?:photos|talk)|couples? (?:therapy|counsel)|marriage counsel)",
    ))
});

/// How many topics there are.
pub(super) const TOPICS: usize = 6;

/// Of which such topics the text tells: health, law, money, how to reach somebody, love, where somebody lives.
pub(super) fn topics(text: &Text) -> [bool; TOPICS] {
    let [health, law, money, reach, love] =
        [&HEALTH, &LAW, &MONEY, &REACH, &LOVE].map(|topic| topic.is_match(&text.lower));
    [health, law, money, reach, love, STREET.is_match(&text.straight)]
}
