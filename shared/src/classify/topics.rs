//! What a text is about, by its words: up to three of a few broad topics.

use std::collections::HashMap;
use std::sync::LazyLock;

/// As many as a memory is labelled with.
const MOST: usize = 3;

/// Topics with the words that tell them. A star stands for any ending.
const WORDS: [(&str, &str); 16] = [
    (
        "family",
        "mother* father* mum mums mom moms dad dads sister* brother* son sons daughter* child children kid kids wife \
         husband* parent parents grandma grandpa grandmother* grandfather* granny aunt* uncle* cousin* niece* nephew* \
         baby family families wedding* married marriage divorce* twins in-laws fiancé* fiance*",
    ),
    (
        "friends",
        "friend friends friendship* neighbour* neighbor* roommate* flatmate* buddy mate mates party parties invited \
         guest guests classmate*",
    ),
    (
        "health",
        "doctor* hospital* clinic* nurse* dentist* surgery surgeon* therap* diagnos* medicine* medication* pill pills \
         pain painful sick illness* disease* allerg* asthma diabet* cancer* pregnan* symptom* headache* migraine* fever \
         flu covid vaccin* blood depress* anxiety insomnia sleep diet weight inject* prescri* injur* broken ankle",
    ),
    (
        "work",
        "work works worked working job jobs office* boss* manager* colleague* coworker* meeting* project* client* \
         customer* deadline* interview* salary promotion* promoted shift shifts company companies career* contract* \
         team teams invoice* report* presentation* freelanc* startup* employ* hired fired resign* conference*",
    ),
    (
        "money",
        "money bank banks loan* mortgage* rent salary pay paid pays payment* bill bills budget* saving* savings debt* \
         tax taxes invest* pension* insurance price* cost costs euro euros dollar* pound* owe owes owed refund* fee fees \
         account* card credit cash",
    ),
    (
        "food",
        "food eat eats eating ate dinner* lunch* breakfast* supper cook* recipe* bake* baked baking bread* cake* soup* \
         cheese* coffee* tea wine* beer* restaurant* café* cafe* vegetarian* vegan* meat fish rice pasta salad* fruit* \
         vegetable* olive* garlic onion* egg eggs sugar salt spic* pizza* chocolate* oven* kitchen* dough sourdough \
         butter milk curry noodle* drink*",
    ),
    (
        "travel",
        "travel* trip trips flight* flew fly airport* hotel* hostel* holiday* vacation* passport* visa* luggage \
         suitcase* tour* abroad ferry* cruise* booked booking beach* island* museum* border* itinerary camping tent",
    ),
    (
        "transport",
        "train trains bus buses car cars bike* bicycle* cycle* cycling tram* taxi* station* platform* motorway* road* \
         traffic drive* driving drove parking garage* van lorry scooter* subway metro tyre* tires engine*",
    ),
    (
        "home",
        "home house houses flat apartment* room rooms kitchen* bathroom* bedroom* roof* garden* balcony* furniture sofa \
         landlord* tenant* moved moving renovat* paint* plumb* heating boiler* laundry dishwasher* fridge window* door \
         doors attic cellar basement neighbourhood rent lease keys",
    ),
    (
        "education",
        "school* teacher* student* university universities college* class classes course* exam* homework lesson* study \
         studies studied studying degree* thesis lecture* professor* learn* diploma* scholarship* tutor* semester*",
    ),
    (
        "sport",
        "sport* football* soccer tennis swim* run running ran marathon* race races gym* yoga climb* hik* ski skiing \
         match matches coach* training team goal* cycling basketball* volleyball* surf* sail* canoe* kayak* row rowing \
         boxing dance* dancing fitness",
    ),
    (
        "arts",
        "music song songs band bands concert* guitar* piano* violin* sing* sang choir* album* jazz opera* book books \
         novel* read reading film films movie* series theatre* theater* play painting* paintings draw* drawing gallery \
         exhibition* poem* poet* photograph* photo photos writer* writing",
    ),
    (
        "technology",
        "computer* laptop* phone phones app apps software code coding program* server* database* deploy* bug bugs \
         website* internet wifi wi-fi router* password* login* email* api python rust linux cloud model models robot* \
         printer* screen keyboard* update updates install* backup* git",
    ),
    (
        "animals",
        "dog dogs cat cats puppy kitten* pet pets horse* bird birds chicken* hens goat* sheep cow cows rabbit* parrot* \
         hamster* vet vets fish aquarium* bees beehive* hive* fox foxes",
    ),
    (
        "nature",
        "weather rain* snow* storm* sun sunny wind windy mountain* forest* river* lake* sea tree trees plant plants \
         flower* rose roses garden* tomato* seed seeds spring summer autumn winter moon stars sunset* sunrise*",
    ),
    (
        "law",
        "lawyer* attorney* solicitor* court* judge* lawsuit* sued police arrested custody divorce* contract* visa \
         permit* asylum probation prison* jail* trial* legal* licen* witness* fine fined inherit* testament",
    ),
];

/// Words and beginnings of words, each with the places of its topics.
struct Table {
    whole: HashMap<&'static str, Vec<usize>>,
    beginnings: Vec<(&'static str, usize)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { whole: HashMap::new(), beginnings: Vec::new() };
    for (topic, (_, words)) in WORDS.iter().enumerate() {
        for word in words.split_whitespace() {
            match word.strip_suffix('*') {
                Some(beginning) => table.beginnings.push((beginning, topic)),
                None => table.whole.entry(word).or_default().push(topic),
            }
        }
    }
    table.beginnings.sort_unstable();
    table
});

/// The topics whose words occur most, most first; equal ones in the order of the list.
pub fn topics(text: &str) -> Vec<String> {
    let mut counts = [0_usize; WORDS.len()];
    let lower = text.to_lowercase();
    for word in lower.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| !word.is_empty()) {
        for topic in TABLE.whole.get(word).into_iter().flatten() {
            counts[*topic] += 1;
        }
        // Those that a word begins with lie before it in the order of words, and share its first letter.
        let until = TABLE.beginnings.partition_point(|(beginning, _)| *beginning <= word);
        let first = word.chars().next();
        let near =
            TABLE.beginnings[..until].iter().rev().take_while(|(beginning, _)| beginning.chars().next() == first);
        for (_, topic) in near.filter(|(beginning, _)| word.starts_with(beginning)) {
            counts[*topic] += 1;
        }
    }
    let mut found: Vec<usize> = (0..counts.len()).filter(|topic| counts[*topic] > 0).collect();
    found.sort_by_key(|topic| std::cmp::Reverse(counts[*topic]));
    found.into_iter().take(MOST).map(|topic| WORDS[topic].0.to_owned()).collect()
}

#[cfg(test)]
mod tests;
