use super::*;

#[test]
fn words_tell_the_topics_of_a_text() {
    assert_eq!(topics("My sister's wedding is in May."), ["family"]);
    assert_eq!(topics("The train to work was late again."), ["work", "transport"]);
    assert_eq!(topics("Bake the bread for forty minutes."), ["food"]);
    assert_eq!(topics("The surgeon moved my surgery."), ["health", "home"]);
}

#[test]
fn a_text_of_no_topic_has_none() {
    for text in ["", "Hello!", "Really?", "日本語", "1234"] {
        assert_eq!(topics(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn there_are_three_topics_at_most() {
    let all: Vec<&str> = WORDS.iter().map(|(_, words)| words.split_whitespace().next().unwrap_or_default()).collect();
    assert_eq!(topics(&all.join(" ").replace('*', "")).len(), MOST);
}
