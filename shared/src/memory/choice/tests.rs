use super::*;

#[test]
fn a_choice_changes_one_thing_and_raises_the_revision() {
    let first = Choices::default();
    let order = Chosen { names: vec!["ollama:b".to_owned(), "ollama:a".to_owned()], ..Chosen::default() };
    let next = first.with(&route("classify"), order.clone());
    assert_eq!((next.revision, next.of("route.classify"), next.of(HEAD)), (1, order, Chosen::default()));
    assert_eq!((task("route.classify"), task(HEAD)), (Some("classify"), None));
}

#[test]
fn what_an_earlier_release_wrote_is_read() {
    let written = r#"{"v":1,"revision":3,"chosen":{"head":{"names":["2026-11-20-0a1b2c3d"],"night":"2026-11-20"}}}"#;
    let read: Choices = serde_json::from_str(written).unwrap();
    assert_eq!(read.of(HEAD).names, ["2026-11-20-0a1b2c3d"]);
    assert!(read.of(HEAD).trying.is_empty() && read.of(HEAD).held_until.is_none());
}
