use super::*;

#[test]
fn forms_of_one_word_are_one_term() {
    let same = [
        ("painting", "Painted"),
        ("café", "CAFES"),
        ("Melanie's", "melanie"),
        ("Melanie\u{2019}s", "melanie"),
        ("ﬁle", "files"),
        ("ＡＢＣ", "abc"),
    ];
    for (a, b) in same {
        assert_eq!(terms(a), terms(b), "{a} and {b}");
    }
    assert_ne!(terms("paint"), terms("pint"));
}

#[test]
fn what_tells_nothing_is_left_out_and_numbers_stay() {
    assert!(terms("It is the a of an I ' '' --- 🎉").is_empty());
    assert_eq!(terms("7 4711").len(), 2);
    assert_eq!(terms("日本 語").len(), 2);
    assert_eq!(words("it's rock'n'roll, isn't").collect::<Vec<_>>(), ["it", "s", "rock", "n", "roll", "isn", "t"]);
}

#[test]
fn counts_are_ordered_and_complete() {
    let counts = counted(terms("cats dogs cat dog cat horse"));
    assert_eq!(counts.iter().map(|(_, n)| u32::from(*n)).sum::<u32>(), 6);
    assert!(counts.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!(counts.iter().map(|(_, n)| *n).max(), Some(3));
}
