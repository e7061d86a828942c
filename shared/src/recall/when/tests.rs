use super::*;

/// A Wednesday, at noon.
const NOW: &str = "2026-06-17T12:00:00Z";

fn time(text: &str) -> Time {
    text.parse().expect("a time")
}

fn check(table: &[(&str, &str, &str, &str)]) {
    for (query, words, from, until) in table {
        let found = asked(query, time(NOW));
        let shown =
            found.as_ref().map(|a| format!("{:?}: {} to {}", &query[a.words.clone()], a.span.from, a.span.until));
        let expected = Span { from: time(from), until: time(until) };
        assert_eq!(found.as_ref().map(|asked| asked.span), Some(expected), "{query}: {shown:?}");
        assert_eq!(found.map(|asked| &query[asked.words]), Some(*words), "{query}");
        assert_eq!(asked_time(query, time(NOW)), Some(expected));
    }
}

#[test]
fn a_query_asks_about_the_time_that_it_names() {
    check(&[
        ("What did we cook in May 2023?", "in May 2023", "2023-05-01", "2023-06-01"),
        ("What happened on 7 May?", "7 May", "2026-05-07", "2026-05-08"),
        ("What happened on 7 July?", "7 July", "2025-07-07", "2025-07-08"),
        ("What will happen on 7 May?", "7 May", "2027-05-07", "2027-05-08"),
        ("Where did she live in 2022?", "in 2022", "2022-01-01", "2023-01-01"),
        ("What did I read last May?", "last May", "2026-05-01", "2026-06-01"),
        ("what did i read last may", "last may", "2026-05-01", "2026-06-01"),
        ("What did Ben say two weeks ago?", "two weeks ago", "2026-06-01", "2026-06-08"),
        ("What did I eat yesterday?", "yesterday", "2026-06-16", "2026-06-17"),
        ("Where were we last summer?", "last summer", "2025-06-01", "2025-09-01"),
        ("Who called this morning?", "this morning", "2026-06-17T05:00:00Z", "2026-06-17T12:00:00Z"),
        ("What did she say on Friday?", "Friday", "2026-06-12", "2026-06-13"),
        ("What is planned for next week?", "next week", "2026-06-22", "2026-06-29"),
        ("2023-05-14: what was it?", "2023-05-14", "2023-05-14", "2023-05-15"),
        ("When did we hike last summer?", "last summer", "2025-06-01", "2025-09-01"),
        ("What happened over the last two weeks?", "last two weeks", "2026-06-01", NOW),
    ]);
}

#[test]
fn the_words_are_those_of_the_query_as_it_was_written() {
    check(&[
        ("Łódź — “what” did Zoë’s aunt say yesterday…", "yesterday", "2026-06-16", "2026-06-17"),
        ("¿(in 2022)? 🦀", "in 2022", "2022-01-01", "2023-01-01"),
        ("🦀 since\u{a0}last May", "since\u{a0}last May", "2026-05-01", NOW),
    ]);
}

#[test]
fn a_bound_reaches_as_far_as_it_says() {
    let (first, last) = (Time::from_micros(i64::MIN).to_string(), Time::from_micros(i64::MAX).to_string());
    check(&[
        ("What changed since Monday?", "since Monday", "2026-06-15", NOW),
        ("What changed since May?", "since May", "2026-05-01", NOW),
        ("What did I do after 2023?", "after 2023", "2024-01-01", NOW),
        ("Where did we live before 2020?", "before 2020", &first, "2020-01-01"),
        ("What will we do after next week?", "after next week", "2026-06-29", &last),
        ("What did we do two days before Christmas?", "before Christmas", "2025-12-25", "2025-12-26"),
        ("What was the day before yesterday like?", "the day before yesterday", "2026-06-15", "2026-06-16"),
    ]);
}

#[test]
fn a_stretch_has_both_its_ends() {
    check(&[
        ("Where was I between 2019 and 2021?", "between 2019 and 2021", "2019-01-01", "2022-01-01"),
        ("What did we do between May and July 2023?", "between May and July 2023", "2023-05-01", "2023-08-01"),
        (
            "What happened between November and February 2024?",
            "between November and February 2024",
            "2023-11-01",
            "2024-03-01",
        ),
        ("What did I eat from 3 to 7 May?", "from 3 to 7 May", "2026-05-03", "2026-05-08"),
        ("notes from yesterday to today", "from yesterday to today", "2026-06-16", "2026-06-18"),
    ]);
}

#[test]
fn what_names_no_time_asks_about_none() {
    let queries = [
        "",
        "?",
        "When did she move?",
        "When was the last time we met?",
        "How long ago did we move?",
        "What may I eat?",
        "May I bring the dog?",
        "Which of this may be true?",
        "this may work, but how?",
        "What did May say about the garden?",
        "How do I march in step?",
        "What is the difference between Ana and Ben?",
        "How do I get from home to work?",
        "Which day suits Clara?",
        "What do we do on Mondays?",
        "room 2023",
        "What happens next?",
    ];
    for query in queries {
        let found = asked(query, time(NOW));
        assert_eq!(found.map(|asked| query[asked.words].to_owned()), None, "{query}");
    }
}

#[test]
fn any_text_at_any_time_is_read_without_harm() {
    let parts = [
        "between ",
        " and ",
        "from ",
        " to ",
        "3",
        "May",
        "since ",
        "before ",
        "Łódź’s ",
        "🦀",
        "yesterday",
        "this may go ",
        "2023",
        ", ",
    ];
    let mut state = 7_u32;
    for now in [i64::MIN, 0, i64::MAX] {
        for _ in 0..300 {
            let mut query = String::new();
            for _ in 0..6 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                query.push_str(parts[(state >> 16) as usize % parts.len()]);
            }
            if let Some(asked) = asked(&query, Time::from_micros(now)) {
                assert!(asked.span.from < asked.span.until && query.get(asked.words).is_some(), "{query}");
            }
        }
    }
}
