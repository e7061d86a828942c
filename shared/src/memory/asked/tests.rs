use super::*;

#[test]
fn what_was_used_of_a_question_asked_twice_counts_once_for_both() {
    let id = |letter: char| letter.to_string().repeat(16).parse::<MemoryId>().expect("an id");
    let asked = |at: i64, query: &str, used: Vec<MemoryId>| Asked {
        at: Time::from_micros(at),
        query: query.to_owned(),
        returned: vec![id('a')],
        used,
        confidence: 0.5,
        abstained: false,
    };
    let all = vec![asked(1, "trains", vec![]), asked(2, "planes", vec![]), asked(3, "trains", vec![id('a'), id('a')])];
    let merged = merged(all);
    let queries: Vec<(&str, usize)> = merged.iter().map(|one| (one.query.as_str(), one.used.len())).collect();
    assert_eq!(queries, [("trains", 1), ("planes", 0)]);
    assert_eq!(merged[0].at, Time::from_micros(1));
}
