use super::*;
use EntityKind::{Organisation, Person, Place};

fn check(text: &str, expected: &[(&str, EntityKind)]) {
    let found = entities(text, None);
    let found: Vec<(&str, EntityKind)> = found.iter().map(|entity| (entity.name.as_str(), entity.kind)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn people_are_known_by_their_company() {
    check("I had lunch with my sister Ana.", &[("Ana", Person)]);
    check("We asked Dr. Silva about it.", &[("Dr. Silva", Person)]);
    check("My boss is called Henrietta Voss.", &[("Henrietta Voss", Person)]);
    check("Marek told me everything.", &[("Marek", Person)]);
    check("We are invited to Ruth's wedding.", &[("Ruth", Person)]);
    check("Our twins, Anouk and Bas, are five.", &[("Anouk", Person), ("Bas", Person)]);
}

#[test]
fn places_and_organisations_are_known_by_their_company() {
    check("She lives in Porto now.", &[("Porto", Place)]);
    check("He moved to New Zealand.", &[("New Zealand", Place)]);
    check("I cycled from Lyon to Geneva.", &[("Lyon", Place), ("Geneva", Place)]);
    check("She works for Siemens.", &[("Siemens", Organisation)]);
    check("He studied at the University of Leeds.", &[("University of Leeds", Organisation)]);
    check("We walked along Abbey Road.", &[("Abbey Road", Place)]);
}

#[test]
fn a_name_is_named_once() {
    check("I met Henrietta Voss, and Henrietta was late.", &[("Henrietta Voss", Person)]);
}

#[test]
fn capitals_for_other_reasons_name_nobody() {
    let texts = [
        "",
        "Yesterday was fine.",
        "I think I'm late on Monday in May.",
        "We speak Italian and Portuguese at Christmas.",
        "Wow! Thanks! OK.",
        "Dinner was great. Coffee too.",
        "Hedgehogs are lactose intolerant.",
        "My PIN and the TV",
        "THIS IS ALL VERY LOUD",
        "Mum had her knee replaced.",
        "How are you? Really?",
        "Spent the day at the beach.",
    ];
    for text in texts {
        check(text, &[]);
    }
}

#[test]
fn whoever_speaks_is_known_at_the_start_of_a_sentence() {
    let found = entities("Parsnip here again.", Some("Parsnip"));
    assert_eq!(found, [Entity { name: "Parsnip".to_owned(), kind: Person }]);
    check("Parsnip here again.", &[]);
}

#[test]
fn no_more_than_eight_are_named() {
    let text = "I met Ada, Bea, Cleo, Dora, Edda, Fran, Gina, Hedda, Inge and Jutta there.";
    assert_eq!(entities(text, None).len(), 8);
}
