use super::*;

#[test]
fn how_a_question_is_written_makes_no_other_question() {
    let usual = "Where is Clara going to live?";
    for other in
        ["where is clara going to live", "Where is Clara going to live ?!", "Where is Clara \u{2013} going to live?"]
    {
        assert!(is_alike(usual, other), "{other}: {}", cosine(usual, other));
    }
    assert!(is_alike("What's the name of my dentist?", "What is the name of my dentist?"));
}

#[test]
fn one_telling_word_more_or_less_or_elsewhere_makes_another_question() {
    for (one, other) in [
        ("Did Ben lend Clara the car?", "Did Clara lend Ben the car?"),
        ("Is tea better than coffee?", "Is coffee better than tea?"),
        ("Is Clara moving to Porto in May?", "Is Clara not moving to Porto in May?"),
        ("What did I buy on 3 May 2026?", "What did I buy on 4 May 2026?"),
        ("What is the name of my sister?", "What is the name of my brother?"),
        ("Where does Clara live?", "Where did Clara live?"),
        ("?", "!"),
    ] {
        assert!(!is_alike(one, other), "{one} {other}");
    }
    // Their vectors would have it otherwise.
    assert!(cosine("Did Ben lend Clara the car?", "Did Clara lend Ben the car?") >= LEAST);
}

#[test]
fn what_is_long_and_only_begins_alike_is_told_apart_by_its_end() {
    let long = "tell me again what we said about the garden and the fence ".repeat(20);
    assert!(!is_alike(&format!("{long} in May"), &format!("{long} in June")));
}
