use super::*;

fn told(text: &str) -> Vec<String> {
    relations(text, "Alice").into_iter().map(|r| format!("{} | {} | {}", r.subject, r.word, r.object)).collect()
}

#[test]
fn who_is_who_to_whom_is_read_from_either_side() {
    for (text, expected) in [
        ("My sister Ana arrives on Friday.", "Alice | sister | Ana"),
        ("my sister is called Ana", "Alice | sister | Ana"),
        ("Ana is my sister.", "Alice | sister | Ana"),
        ("My boss, Tom Reed, liked it.", "Alice | boss | Tom Reed"),
        ("Ben's wife Clara bakes.", "Ben | wife | Clara"),
        ("Clara is Ben's wife.", "Ben | wife | Clara"),
        ("My dog's name is Bruno.", "Alice | dog | Bruno"),
    ] {
        assert_eq!(told(text), [expected], "{text}");
    }
}

#[test]
fn work_home_and_tastes_are_read_of_the_speaker_and_of_others() {
    for (text, expected) in [
        ("Ben works at Siemens.", "Ben | works at | Siemens"),
        ("I work for Siemens now.", "Alice | works at | Siemens"),
        ("Clara moved to Porto last year.", "Clara | lives in | Porto"),
        ("I live in Porto.", "Alice | lives in | Porto"),
        ("I love pottery.", "Alice | likes | pottery"),
        ("Ben can't stand olives", "Ben | dislikes | olives"),
        ("I really enjoy cold coffee in summer", "Alice | likes | cold coffee"),
    ] {
        assert_eq!(told(text), [expected], "{text}");
    }
}

#[test]
fn what_is_asked_or_only_looks_so_tells_nothing() {
    for text in ["Is Ana my sister?", "I love that.", "I like you too", "We live on bread.", "My sister is tired.", ""]
    {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
    }
}
