use super::*;

fn asked(query: &str, speakers: &[&str]) -> Question {
    Question::new(query, &speakers.iter().map(|name| (*name).to_owned()).collect(), None)
}

#[test]
fn the_names_of_those_who_speak_are_taken_out_of_the_question() {
    let cases = [
        ("What did Ana say about Ana's bike?", "What did say about bike?", vec!["ana"]),
        ("What did ANA\u{2019}s brother Ben do?", "What did brother do?", vec!["ana", "ben"]),
        ("What did Souza say?", "What did Souza say?", vec![]),
        ("What about Clara and the banana?", "What about Clara and the banana?", vec![]),
    ];
    for (query, text, named) in cases {
        let question = asked(query, &["ana", "ben"]);
        let named: HashSet<String> = named.into_iter().map(str::to_owned).collect();
        assert_eq!((question.text.as_str(), &question.named), (text, &named), "{query}");
    }
}

#[test]
fn a_question_of_names_only_keeps_its_words() {
    for query in ["Ana", "Ana?", "Ben, Ana's", " ben & ana "] {
        let question = asked(query, &["ana", "ben"]);
        assert_eq!(question.text, query);
        assert!(question.named.contains("ana") && !question.terms.is_empty(), "{question:?}");
    }
}

#[test]
fn words_of_asking_are_not_looked_for_unless_there_are_no_others() {
    assert_eq!(asked("What did you do with the old violin?", &[]).terms, terms("old violin"));
    assert_eq!(asked("What have you done?", &[]).terms, terms("What have you done?"));
}

#[test]
fn it_is_known_whether_a_time_is_asked_for() {
    for query in ["When did we meet?", "On which day is the dentist?", "What time does it start?"] {
        assert!(asked(query, &[]).asks_when, "{query}");
    }
    for query in ["How long did it take when we met?", "Tell me when", "What a day it was, wasn't it?", "Who came?"] {
        assert!(!asked(query, &[]).asks_when, "{query}");
    }
}

#[test]
fn names_are_guessed_by_their_capitals_where_nobody_is_known() {
    assert_eq!(
        without_capitals("What did Clara and I do in May with Ben's dog?"),
        "What did and I do in May with dog?"
    );
    assert_eq!(without_capitals("Clara"), "Clara");
}
