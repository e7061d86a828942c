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

/// More of health: medicines, parts that fail, what is done about it.
static CARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:catheter|smear test|mammogram|colonoscop|endoscop|gallbladder|embryo|egg donor|sperm|vasectom|hysterectom|prostate|endometri|stillb|amnio|down's\b|down syndrome|palsy|glaucoma|cataract|lupus|fibromyalg|hernia|sciatica|slipped disc|rheuma|gout\b",
        r"|an(?:a)?emi|leuk(?:a)?em|lymphom|melanom|sickle cell|haemophil|h(?:a)?emorrh|ventricul|tremor|paraly|amputat|prosthe|stoma\b|detox|withdrawal|crisis line|self.?harm|psych|ward\b|admitted to|discharged from|the stroke|faint|blacked out|gp\b|midwi|oxygen at night",
        r"|candesartan|methotrexate|methadone|metoprolol|bisoprolol|ramipril|amlodipine|statin|levothyrox|citalopram|escitalopram|fluoxetine|venlafaxine|mirtazapine|quetiapine|olanzapine|risperidon|lamotrigine|valpro|diazepam|lorazepam|alprazolam|tramadol|oxycod|morphin|fentanyl|gabapentin|pregabalin",
        r"|predniso|cortison|warfarin|apixaban|heparin|tamoxifen|letrozol|ozempic|semaglutid|viagra|sildenafil|truvada|arvs?\b|antiretro|naltrexon|antabuse|buprenorph|triptan|antihistamin|steroid|chemo|radiation)",
        r"|\b(?:cuts|cut|starves?|starve|hurts|hurt|harms?) (?:myself|himself|herself|themselves)\b|\b(?:can't|cannot|could not|couldn't) have (?:children|kids)\b|\b[0-9]+ (?:units|tablets|pills|drops)\b|\b(?:pulse|weight|bp|sugar|temp|temperature) [0-9]{2,3}\b|\bdays? without a drink|\b(?:drinks|drank) (?:again|at|too|every|before|himself|herself)|\b(?:'s|the|my|his|her) drinking\b|\bgetting tested\b|\btested for\b|\bget prep\b|\bhigh functioning\b|\bon the spectrum\b",
    ))
});
/// Trouble at work and with authorities.
static TROUBLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:written warning|final warning|disciplin|performance plan|improvement plan|let (?:me|him|her|them|us) go\b|laid off|asked to resign|dismiss|sacked|redundan|tribunal|ccma|grievance|social worker|family court|youth court|court file|visitation|bailiff|garnish|repossess|blocked my account|tax office|audited|undeclared|declare the|benefits office|jobcentre|job centre",
        r"|food bank|homeless|shelter|immigration|papers expire|without papers|detained|locked up|inside for|out on|police came|the police|called the police|complaint (?:i made )?against|positions? will (?:go|be cut)|in arrears|debt plan|pay review|bonus [a-z]+ [0-9]|left after rent|put by\b|no money|can't pay|pawned|owed|payslip|net pay|take home)",
    ))
});
/// What is said to be told to one alone, and what families keep among themselves.
static CONFIDENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:in confidence|nobody (?:must|may|should|can|else|in my|knows)|no one (?:must|may|should|can|else|knows)|don't you dare|(?:don't|do not|please don't|never) tell|mustn't (?:find out|know)|can't (?:find out|know)|can never know|not to be minuted|between (?:us|you and me)|off the record|only you (?:know|two)|haven't told|hasn't told|told nobody|told no one|told only|never told|without (?:your|my|his|her) (?:parents|wife|husband|mother|father) knowing|secretly|behind (?:my|his|her|their) back|keep it to yourself|keep this|say nothing|under the table)\b",
        r"|\b(?:kiss(?:ed|ing)|moved out|has a bloke|another (?:family|woman|man)|my ex\b|his ex\b|her ex\b|brother's ex|parting|separat(?:ed|ion)|split up|broke up|walked out on|left me\b|left him\b|left her\b|signed the papers|don't speak|don't talk any|stopped (?:answering|speaking|talking)|shouted|yelled|slammed|hit (?:me|him|her|us)|threw (?:a|the) [a-z]+ at|sent [a-z]+ back unopened|steals|what (?:he|she) did to|the private ones|into (?:women|men)|married to a|coming out at|counts the spoons|takes things|slept (?:in|on) the (?:sofa|couch|shed|car))\b",
    ))
});

/// How many topics there are.
pub(super) const TOPICS: usize = 9;
/// So many of them alone make a text one that few should know; the others only hint at it.
pub(super) const DECIDING: usize = 6;

/// Of which such topics the text tells: health, law, money, how to reach somebody, love, where somebody lives; care,
/// trouble, confidence.
pub(super) fn topics(text: &Text) -> [bool; TOPICS] {
    let lower =
        [&HEALTH, &LAW, &MONEY, &REACH, &LOVE, &CARE, &TROUBLE, &CONFIDENCE].map(|topic| topic.is_match(&text.lower));
    let [health, law, money, reach, love, care, trouble, confidence] = lower;
    [health, law, money, reach, love, STREET.is_match(&text.straight), care, trouble, confidence]
}
