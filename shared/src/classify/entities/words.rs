//! Words that have a capital without being a name, and words that say what a name is of. No names of persons.

use std::sync::LazyLock;

use super::super::rules::{Words, words_of};

/// Whether a capital says nothing at this word wherever it stands: `I`, `Monday`, `Italian`, `Christmas`, `TV`.
pub(super) fn is_never_a_name(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let stem = lower.split('\'').next().unwrap_or_default();
    NEVER.contains(lower.as_str())
        || NEVER.contains(stem)
        || lower.strip_suffix('s').is_some_and(|one| one.len() > 4 && NEVER.contains(one))
}

/// Whether it is a word that sentences begin with.
pub(super) fn is_opening(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let stem = lower.split(['\'', '-', '.']).next().unwrap_or_default();
    let formed = ["ing", "ly", "tion", "ness", "ment", "ould", "ever", "body", "thing", "where", "less", "ful"];
    OPENING.contains(stem) || is_never_a_name(word) || formed.iter().any(|ending| stem.ends_with(ending))
}

/// Whether the word is a plural, as the verb after it shows: `Hedgehogs are`.
pub(super) fn is_plural(name: &str, after: &str) -> bool {
    name.ends_with('s')
        && [" are", " were", " have", " like ", " love ", " live ", " go ", " don't"]
            .iter()
            .any(|verb| after.starts_with(verb))
}

/// `Dr`, `Aunt`: what stands before a person's name and belongs to it.
pub(super) fn is_title(word: &str) -> bool {
    static TITLES: LazyLock<Words> = LazyLock::new(|| {
        words_of(
            "\
        Dr Mr Mrs Ms Miss Prof Professor Doctor Sir Lady Lord Aunt Auntie Uncle Grandma Grandpa Granny Judge Captain \
        Sergeant Officer Father Sister Brother Rev Reverend President Senator Coach Nurse Don Dona Senhor Senhora Herr \
        Frau Madame",
        )
    });
    TITLES.contains(word)
}

/// Whether a name may go on after this word: `Vasco da Gama`, `Bank of Ireland`.
pub(super) fn is_connector(word: &str) -> bool {
    matches!(
        word,
        "of" | "de"
            | "da"
            | "do"
            | "dos"
            | "das"
            | "di"
            | "du"
            | "del"
            | "della"
            | "van"
            | "von"
            | "der"
            | "den"
            | "la"
            | "le"
            | "el"
            | "al"
            | "bin"
            | "y"
            | "ter"
    )
}

/// Whether names that end so are of organisations.
pub(super) fn is_organisation(word: &str) -> bool {
    static ENDINGS: LazyLock<Words> = LazyLock::new(|| {
        words_of(
            "\
        Inc Ltd LLC GmbH Corp Corporation Company Group University College School Academy Institute Bank Hospital Clinic \
        Ministry Council Club Airlines Airways Foundation Agency Association Society Church Team Anonymous Party Union \
        Department Systems Labs Partners Press Times Orchestra Museum Library Court Police",
        )
    });
    ENDINGS.contains(word)
}

/// Whether names that end so are of places.
pub(super) fn is_place(word: &str) -> bool {
    static ENDINGS: LazyLock<Words> = LazyLock::new(|| {
        words_of(
            "\
        Street Road Avenue Lane Square Park River Lake Beach Island Islands City Airport Station Bridge Valley Mountains \
        Mountain Bay Coast Hills Hill Forest Canyon Falls Harbour Harbor Castle Republic Kingdom County Province Desert",
        )
    });
    ENDINGS.contains(word)
}

/// Whether a longer name that begins so is of a place.
pub(super) fn opens_a_place(word: &str) -> bool {
    matches!(
        word,
        "Lake"
            | "Mount"
            | "Mt"
            | "San"
            | "Santa"
            | "Saint"
            | "St"
            | "New"
            | "North"
            | "South"
            | "East"
            | "West"
            | "Port"
            | "Fort"
            | "Los"
            | "Las"
            | "Rio"
            | "Cape"
            | "Upper"
            | "Lower"
    )
}

/// The speaker, what is cried out, family by what they are, days, months, feasts, languages, peoples, short forms.
static NEVER: LazyLock<Words> = LazyLock::new(|| {
    words_of(
        "\
    i oh wow hey hi hello yes yeah yep no nope ok okay thanks thank please god gosh jesus hmm lol omg haha yay ugh \
    well bye dear congrats cheers mum mom mummy mommy dad daddy papa mama nan grandad granddad monday tuesday \
    wednesday thursday friday saturday sunday mon tue wed thu fri sat january february march april may june july \
    august september october november december jan feb mar apr jun jul aug sep sept oct nov dec christmas easter \
    halloween thanksgiving hanukkah ramadan eid diwali passover lent advent eve valentine spring summer autumn \
    winter am pm english french german spanish portuguese italian dutch polish russian ukrainian greek turkish \
    arabic hebrew hindi chinese mandarin cantonese japanese korean thai vietnamese swedish norwegian danish finnish \
    icelandic irish scottish welsh british american canadian mexican brazilian argentinian australian african asian \
    european indian pakistani egyptian moroccan nigerian kenyan swiss austrian belgian czech slovak hungarian \
    romanian bulgarian serbian croatian latin persian iranian israeli christian muslim jewish buddhist catholic \
    protestant hindu tv pc api pin id dna ceo cto hr it ai usb ssn bp mri ct gp atm faq pdf url ssh sql iban wifi \
    wi-fi sms gps diy rsvp asap fyi btw imo tbh dj cd dvd vat r&b phd ba ma msc mba internet nif er",
    )
});

/// Little words, verbs that give orders, and what sentences are about without an article.
static OPENING: LazyLock<Words> = LazyLock::new(|| {
    words_of(
        "\
    a an the this that these those there here it its he she we you they my your his her our their mine yours who \
    whom whose what which when why how where if as at by for from in into of on onto over to up with without under \
    until till since because although though while whether unless once after before during between behind beside \
    besides despite about above across against along among around below beyond down except inside like near off out \
    outside past per through toward towards upon within and but or nor so yet not none nobody nothing some someone \
    any anyone every everyone each all both either neither another other others such many most more much few several \
    half one two three four five six seven eight nine ten first second third last next then now today tonight \
    tomorrow yesterday always also again almost already maybe perhaps just only even still too very quite rather \
    soon later often sometimes usually instead anyway else ever never back than no yes is are am was were be been do \
    does did don doesn didn isn aren wasn has have had haven hasn can could couldn will would won wouldn shall \
    should may might must let lets go got get give gave make made take took come came keep kept put see saw say said \
    tell told ask asked call try use used turn open close press add mix stir cut bring buy check set start stop wait \
    remind remember forget forgot send sent write read run ran spent spend went met found find finish finished left \
    leave lost moved need want wish think guess hope know look looks sounds seems feel feels love hate enjoy prefer \
    pay paid book click select type enter log restore boil pour preheat wash dry rinse fill remove pull push hold \
    lay ring prune people folks guys kids children friends family work life time money home school food dinner lunch \
    breakfast coffee tea water bread cake rain snow sun traffic music art sleep health news weather nature grief \
    patience success failure trust honesty kindness exercise practice experience history science math maths politics \
    sport football tennis yoga golf chess stress pain fear hard small big good great nice bad best better worst \
    sweet lovely cool awesome amazing wonderful fantastic perfect beautiful sure sorry right true fair funny glad \
    happy sad proud busy tired lucky congratulations welcome morning afternoon evening night day week month year \
    years days weeks months note idea ideas plan question answer reminder update fun fact long short old new young \
    black white red blue green card password code key order room door phone email mail address number name title \
    part step rule lesson moral same different less cannot honest apparently whatever whoever whenever wherever \
    however therefore otherwise hence thus meanwhile somehow enough plenty lots tons loads poor dogs cats dog cat",
    )
});
