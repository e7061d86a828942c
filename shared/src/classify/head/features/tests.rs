use super::*;

fn of(text: &str) -> Features {
    Features::of(text, "2026-06-17T12:00:00Z".parse().unwrap())
}

#[test]
fn every_feature_stands_where_there_is_a_weight_for_it() {
    let long = "The quick brown fox is my sister, and tomorrow she'll pay £40 to root@example.org! ".repeat(200);
    for text in ["", "?", "Aa0!", "日本語のテキスト", "eggs, milk", long.as_str()] {
        let features = of(text);
        assert!(features.common().iter().all(|(place, _)| (*place as usize) < COMMON), "{text}");
        assert!(features.all().iter().all(|(place, value)| (*place as usize) < ALL && value.is_finite()), "{text}");
        assert_eq!(features.common(), Features::of_sensitivity(text).common(), "{text}");
    }
}

#[test]
fn what_no_model_may_see_has_no_vector() {
    let in_vector = |features: &Features| {
        features.all().iter().any(|(place, _)| (AT_VECTOR..AT_SIGNS).contains(&(*place as usize)))
    };
    assert!(in_vector(&of("the password was changed")));
    assert!(!in_vector(&of("the root password is Quill_and_Ink")));
}

#[test]
fn numbers_are_known_by_their_form_alone() {
    assert_eq!(plain("(18:45)"), "0:0");
    assert_eq!(plain("Ab12-3,"), "Aa0-0");
    assert_eq!(plain("\"don't!\""), "don't");
    let words = |text: &str| {
        let features = of(text);
        let in_words = |(place, _): &&(u32, f32)| (AT_WORDS..COMMON).contains(&(*place as usize));
        features.all().iter().filter(in_words).copied().collect::<Vec<_>>()
    };
    assert_eq!(words("the code is 4471"), words("the code is 9902"));
}

#[test]
fn a_code_is_known_by_its_length_and_the_words_around_it() {
    assert_eq!(sized("4471"), "04");
    assert_eq!(sized("Ab12-345"), "Aa02-03");
    let places = |text| {
        let mut places = Vec::new();
        codes(text, &mut places);
        places
    };
    assert_eq!(places("the gate wants 4471"), places("the gate wants 9902"));
    assert_ne!(places("the gate wants 4471"), places("the gate wants 44710"));
    assert_ne!(places("the gate wants 4471"), places("the bus is 4471"));
    assert!(places("nothing to see here").is_empty());
}
