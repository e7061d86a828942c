use super::*;

fn claim(subject: &str, value: &str, holds: bool) -> Claim {
    Claim { subject: subject.to_owned(), attribute: "lives in".to_owned(), value: value.to_owned(), holds }
}

#[test]
fn another_value_contradicts_and_another_subject_does_not() {
    let lisbon = claim("alice", "lisbon", true);
    assert!(lisbon.contradicts(&claim("alice", "porto", true)));
    assert!(!lisbon.contradicts(&claim("bob", "porto", true)));
    assert!(!lisbon.contradicts(&lisbon.clone()) && lisbon.agrees(&lisbon));
}

#[test]
fn what_is_no_longer_so_contradicts_only_that_it_is_so() {
    let left = claim("alice", "lisbon", false);
    assert!(left.contradicts(&claim("alice", "lisbon", true)) && claim("alice", "lisbon", true).contradicts(&left));
    assert!(!left.contradicts(&claim("alice", "porto", true)) && !claim("alice", "porto", true).contradicts(&left));
    assert!(!left.contradicts(&claim("alice", "porto", false)));
}

#[test]
fn it_is_stored_short_and_comes_back() {
    for holds in [true, false] {
        let claim = claim("alice", "lisbon", holds);
        let text = serde_json::to_string(&claim).expect("JSON");
        assert_eq!(text.contains("holds"), !holds);
        assert_eq!(serde_json::from_str::<Claim>(&text).expect("a claim"), claim);
    }
}
