//! A made-up life: turns of sessions that each keep to a topic, so that what is near in meaning is near in the index.

use serde_json::{Value, json};

use memorable::memory::Time;

/// Turns of one session.
const SESSION: usize = 20;
/// Memories of one day.
pub const DAY: usize = 100;
/// When the life begins: midnight of 2024-01-01, UTC, in microseconds. A thousand days later is still in the past.
const BEGINNING: i64 = 1_704_067_200_000_000;
const MINUTE: i64 = 60_000_000;

const PEOPLE: [&str; 16] = [
    "Clara", "Marcus", "Ines", "Tobias", "Yuki", "Amara", "Diego", "Freya", "Hassan", "Lena", "Oskar", "Priya",
    "Ruben", "Sofia", "Viktor", "Zoe",
];

/// Twelve themes of ten words each.
const THEMES: [[&str; 10]; 12] = [
    ["garden", "tomatoes", "roses", "compost", "shovel", "greenhouse", "seeds", "hedge", "lawn", "pruning"],
    ["train", "ticket", "platform", "luggage", "passport", "airport", "hotel", "itinerary", "ferry", "border"],
    [
        "doctor",
        "prescription",
        "allergy",
        "surgery",
        "clinic",
        "vaccine",
        "headache",
        "blood pressure",
        "dentist",
        "scan",
    ],
    ["violin", "concert", "rehearsal", "orchestra", "piano", "choir", "melody", "record", "festival", "drums"],
    ["recipe", "bakery", "sourdough", "oven", "pasta", "saffron", "restaurant", "menu", "wine", "dessert"],
    [
        "meeting",
        "deadline",
        "budget",
        "manager",
        "contract",
        "invoice",
        "promotion",
        "presentation",
        "client",
        "report",
    ],
    ["football", "marathon", "training", "coach", "stadium", "referee", "bicycle", "swimming", "injury", "medal"],
    ["painter", "gallery", "sculpture", "canvas", "museum", "sketch", "exhibition", "portrait", "studio", "frame"],
    ["kitchen", "plumber", "bathroom", "rent", "landlord", "roof", "heating", "mortgage", "carpet", "window"],
    ["server", "database", "laptop", "password", "compiler", "release", "keyboard", "backup", "network", "bug"],
    ["school", "teacher", "exam", "homework", "scholarship", "library", "thesis", "lecture", "classmate", "grade"],
    ["dog", "puppy", "veterinarian", "leash", "kitten", "aquarium", "parrot", "shelter", "horse", "stable"],
];

const MOODS: [&str; 8] = [
    "worn out",
    "better than last year",
    "far too expensive",
    "quite a surprise",
    "almost ready",
    "not worth the trouble",
    "the best in town",
    "still missing",
];
const WHEN: [&str; 8] = [
    "on Friday",
    "after lunch",
    "before the holidays",
    "last week",
    "in the morning",
    "on her birthday",
    "two days ago",
    "at the weekend",
];

/// Splits a number into as many unrelated choices as are asked for.
struct Choices(u64);

impl Choices {
    fn of(kind: u64, number: usize) -> Choices {
        Choices((number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ kind.wrapping_mul(0xd1b5_4a32_d192_ed03))
    }

    fn next<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 >> 31;
        self.0 = self.0.wrapping_mul(0xbf58_476d_1ce4_e5b9).wrapping_add(0x94d0_49bb_1331_11eb);
        ((self.0 >> 33) % count as u64) as usize
    }
}

/// What a session is about: somebody and two themes.
fn topic(session: usize) -> (&'static str, usize, usize) {
    let mut choices = Choices::of(1, session);
    (choices.next(&PEOPLE), choices.below(THEMES.len()), choices.below(THEMES.len()))
}

/// When the `n`th memory was said.
pub fn said_at(n: usize) -> Time {
    let (day, turn) = (n / DAY, n % DAY);
    Time::from_micros(BEGINNING + (day as i64 * 24 * 60 + turn as i64 * 10) * MINUTE)
}

/// The `n`th memory, as an item of `POST /v1/memories`.
pub fn item(n: usize) -> Value {
    let (person, first, second) = topic(n / SESSION);
    let mut choices = Choices::of(2, n);
    let content = format!(
        "{person} told me the {} next to the {} was {}, so we took the {} and the {} along {}.",
        choices.next(&THEMES[first]),
        choices.next(&THEMES[second]),
        choices.next(&MOODS),
        choices.next(&THEMES[first]),
        choices.next(&THEMES[second]),
        choices.next(&WHEN),
    );
    let speaker = if n.is_multiple_of(2) { "Alice" } else { person };
    json!({
        "content": content,
        "session": format!("session-{}", n / SESSION),
        "speaker": speaker,
        "occurred_at": said_at(n),
    })
}

/// The `n`th question to a life of so many memories: about what one of its sessions was about.
pub fn question(n: usize, size: usize) -> String {
    let mut choices = Choices::of(3, n);
    let (person, first, second) = topic(choices.below(size.div_ceil(SESSION).max(1)));
    let (one, other) = (choices.next(&THEMES[first]), choices.next(&THEMES[second]));
    format!("What did {person} say about the {one} and the {other}?")
}
