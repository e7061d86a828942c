//! Lists that the forms go by.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Whom one has one of, so that two sentences about them are about the same person.
pub const ONLY: &[&str] = &[
    "mother",
    "father",
    "mum",
    "mom",
    "dad",
    "wife",
    "husband",
    "partner",
    "girlfriend",
    "boyfriend",
    "fiance",
    "fiancee",
    "fiancé",
    "fiancée",
    "boss",
    "manager",
    "landlord",
    "landlady",
    "therapist",
    "dentist",
];
/// Whom one may have several of.
pub const SOME: &[&str] = &[
    "sister",
    "brother",
    "son",
    "daughter",
    "friend",
    "best friend",
    "colleague",
    "coworker",
    "cousin",
    "aunt",
    "uncle",
    "nephew",
    "niece",
    "grandmother",
    "grandfather",
    "grandma",
    "grandpa",
    "roommate",
    "flatmate",
    "neighbour",
    "neighbor",
    "dog",
    "cat",
    "puppy",
    "kitten",
    "horse",
    "parrot",
    "rabbit",
    "hamster",
    "tortoise",
    "fish",
    "bird",
    "boat",
    "car",
    "bike",
    "older sister",
    "younger sister",
    "older brother",
    "younger brother",
    "little sister",
    "little brother",
    "big sister",
    "big brother",
    "twin sister",
    "twin brother",
    "doctor",
    "teacher",
    "coach",
];
/// Capitals at the start of a clause that are nobody's name.
const NOBODY: &str = "he she it they you we this that these those there here who what where when why how everyone everybody someone \
somebody anyone anybody nobody no none one all most many some few both each every another other others people folks \
everything something nothing my our your his her its their the a an and but or so then now today tomorrow yesterday \
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september \
october november december christmas easter mom dad mum mother father grandma grandpa god yes no not never always \
sometimes often maybe perhaps still just only even also too if unless because since while although though after before \
until as at by for from in into of on to with without about over under again once twice is are was were be been being \
do does did have has had can could will would shall should may might must let please thanks thank hello hi hey dear \
team company school work life love home family english french german spanish portuguese italian polish dutch chinese \
japanese first second third last next new old good great big little same such thing things time times day days news";
/// Capitals that are no places, companies or products to use.
const NOTHING: &str = "i monday tuesday wednesday thursday friday saturday sunday january february march april may june july \
august september october november december christmas easter it this that these those him her them us you me \
mine yours myself here there home today tomorrow yesterday spring summer autumn winter english french german \
spanish portuguese italian fear hell heaven peace harmony denial sin god bed";
/// Cities and countries, to tell that somebody moved house and not to another team, tool or lane.
const PLACES: &str = "aberdeen|accra|adelaide|algarve|algiers|amman|amsterdam|ankara|antwerp|argentina|athens|atlanta|auckland|austin|\
australia|austria|baltimore|bangalore|bangkok|barcelona|basel|bavaria|beijing|beirut|belfast|belgium|belgrade|bergen|berlin|bern|bilbao|\
birmingham|bogota|bologna|bolivia|bonn|bordeaux|boston|braga|brasilia|bratislava|brazil|bremen|brighton|brisbane|bristol|brno|\
brooklyn|brussels|bucharest|budapest|buenos aires|bulgaria|cairo|calgary|california|cambridge|canada|cape town|cardiff|chennai|chicago|\
chile|china|cleveland|coimbra|cologne|colombia|colorado|copenhagen|cordoba|cork|cornwall|costa rica|croatia|cuba|cyprus|czechia|\
dakar|dallas|delhi|denmark|denver|detroit|dresden|dubai|dublin|durban|dusseldorf|edinburgh|egypt|eindhoven|england|estonia|\
ethiopia|faro|finland|florence|florida|france|frankfurt|galway|gdansk|gdańsk|geneva|genoa|georgia|germany|ghana|ghent|glasgow|\
gothenburg|granada|graz|greece|groningen|guatemala|guimarães|hague|hamburg|hanoi|hanover|havana|hawaii|heidelberg|helsinki|hong kong|\
houston|hungary|hyderabad|iceland|india|indonesia|innsbruck|iran|iraq|ireland|israel|istanbul|italy|jakarta|japan|jerusalem|\
johannesburg|jordan|kathmandu|kenya|kiev|kigali|kingston|kobe|kolkata|korea|krakow|kraków|kuala lumpur|kyiv|kyoto|lagos|latvia|\
lausanne|leeds|leicester|leiden|leipzig|leuven|lille|lima|lisbon|lisboa|lithuania|liverpool|ljubljana|london|los angeles|luxembourg|\
lyon|madeira|madrid|maine|malaga|malaysia|malmo|malmö|malta|manchester|manila|marrakesh|marseille|melbourne|mexico|mexico city|miami|\
milan|minneapolis|minsk|mombasa|montana|montpellier|montreal|morocco|moscow|mumbai|munich|munster|nairobi|nantes|naples|nashville|\
nepal|netherlands|new delhi|new york|new zealand|newcastle|nice|nigeria|norway|norwich|nottingham|nuremberg|odense|ohio|oman|oregon|\
osaka|oslo|ottawa|oulu|oxford|padua|pakistan|palermo|panama|paris|perth|peru|philadelphia|philippines|phoenix|pisa|pittsburgh|\
poland|portland|porto|portugal|poznan|poznań|prague|pretoria|quebec|quito|reykjavik|riga|rio de janeiro|romania|rome|rotterdam|\
rwanda|saigon|salamanca|salvador|salzburg|san diego|san francisco|san jose|santiago|sao paulo|são paulo|sarajevo|scotland|seattle|\
senegal|seoul|serbia|seville|shanghai|sheffield|shenzhen|sicily|singapore|slovakia|slovenia|sofia|somerville|south africa|southampton|\
spain|stavanger|stockholm|strasbourg|stuttgart|sweden|switzerland|sydney|taipei|taiwan|tallinn|tampere|tanzania|tbilisi|tehran|tel aviv|\
tennessee|texas|thailand|thessaloniki|tokyo|toledo|toronto|toulouse|trieste|trondheim|tunis|turin|turkey|turku|uganda|ukraine|\
uppsala|uruguay|utrecht|valencia|vancouver|venice|vermont|verona|vienna|vietnam|vilnius|virginia|wales|warsaw|washington|wellington|\
winnipeg|wroclaw|wrocław|york|yorkshire|zagreb|zaragoza|zurich|zürich";
/// Words beside a move that say that it was one of house.
pub const HOUSE: &[&str] = &[
    "flat",
    "apartment",
    "house",
    "home",
    "city",
    "town",
    "village",
    "country",
    "neighbourhood",
    "neighborhood",
    "street",
    "rent",
    "landlord",
    "boxes",
    "unpacked",
    "unpacking",
    "studio",
    "place",
    "living",
    "live",
    "lived",
    "abroad",
];
/// What people are, in one or two words after `I am a`.
pub const OCCUPATIONS: &str = r"nurse|doctor|surgeon|vet|veterinarian|teacher|professor|lecturer|researcher|scientist|engineer|developer|\
programmer|designer|architect|lawyer|solicitor|barrister|judge|accountant|auditor|journalist|reporter|editor|writer|author|poet|\
translator|interpreter|photographer|musician|violinist|pianist|cellist|drummer|singer|conductor|composer|actor|actress|painter|\
sculptor|illustrator|chef|cook|baker|barista|waiter|waitress|bartender|carpenter|plumber|electrician|mechanic|welder|mason|gardener|\
farmer|fisherman|pilot|driver|sailor|soldier|firefighter|paramedic|pharmacist|dentist|psychologist|therapist|physiotherapist|midwife|\
librarian|archivist|historian|geologist|biologist|chemist|physicist|mathematician|statistician|economist|analyst|consultant|manager|\
recruiter|salesperson|cashier|secretary|receptionist|tailor|hairdresser|barber|beekeeper|potter|watchmaker|organ builder|luthier|\
data scientist|data engineer|software engineer|software developer|product manager|project manager|civil engineer|mechanical engineer|\
social worker|police officer|flight attendant|freelancer|student";

static NOBODIES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| NOBODY.split_whitespace().collect());
static NOTHINGS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| NOTHING.split_whitespace().collect());
static ALL_PLACES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| PLACES.split('|').collect());

/// Whether a capital at the start of a clause may be somebody's name.
pub fn may_be_a_name(word: &str) -> bool {
    !NOBODIES.contains(word.to_lowercase().as_str())
}

/// Whether a capital within a clause may be a place, a company, a product.
pub fn may_be_something(words: &str) -> bool {
    words.split(' ').next().is_some_and(|first| !NOTHINGS.contains(first.to_lowercase().as_str()))
}

/// Whether it is a city or a country that everybody knows.
pub fn is_known_place(name: &str) -> bool {
    ALL_PLACES.contains(name.to_lowercase().as_str())
}
