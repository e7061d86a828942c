use super::*;

#[test]
fn a_sentence_that_names_the_value_and_reasons_hangs_on_it() {
    let lisbon = terms("Lisbon");
    for (text, hangs) in [
        ("Since I live in Lisbon, I take the tram.", true),
        ("My gym is near the Lisbon office.", true),
        ("I saw a film about Lisbon.", false),
        ("I take the tram because it rains. Lisbon was sunny.", false),
        ("Should I go because of Lisbon?", false),
    ] {
        assert_eq!(reasons_from(text, &lisbon), hangs, "{text}");
    }
    assert!(follows("So I bought a bike.") && follows("That's why I cycle.") && !follows("I bought a bike."));
}
