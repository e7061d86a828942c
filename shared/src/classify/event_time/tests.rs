use super::*;

/// A Wednesday, at noon.
const SAID_AT: &str = "2026-06-17T12:00:00Z";

fn check(table: &[(&str, &str, &str)]) {
    let said_at: Time = SAID_AT.parse().unwrap();
    for (text, from, until) in table {
        let expected = Span { from: from.parse().unwrap(), until: until.parse().unwrap() };
        let found = event_time(text, said_at);
        let shown = found.map(|span| format!("{} to {}", span.from, span.until));
        assert_eq!(found, Some(expected), "{text}: {shown:?}");
    }
}

#[test]
fn a_whole_date_is_that_day() {
    check(&[
        ("2023-05-14 was hot", "2023-05-14", "2023-05-15"),
        ("the show is on May 14th, 2023", "2023-05-14", "2023-05-15"),
        ("on 14 May 2023 we met", "2023-05-14", "2023-05-15"),
        ("the 14th of May, 2023", "2023-05-14", "2023-05-15"),
        ("signed 5/14/2023", "2023-05-14", "2023-05-15"),
        ("signed 14/5/2023", "2023-05-14", "2023-05-15"),
        ("signed 3/4/2023", "2023-03-04", "2023-03-05"),
        ("signed 14.5.2023", "2023-05-14", "2023-05-15"),
        ("signed 5/14/23", "2023-05-14", "2023-05-15"),
    ]);
}

#[test]
fn a_date_without_a_year_is_the_one_its_tense_says_or_else_the_nearest() {
    check(&[
        ("we met on 14 September", "2025-09-14", "2025-09-15"),
        ("we will meet on 14 May", "2027-05-14", "2027-05-15"),
        ("her birthday: 3 March", "2026-03-03", "2026-03-04"),
        ("we moved in June", "2026-06-01", "2026-07-01"),
        ("we'll be back in May", "2027-05-01", "2027-06-01"),
        ("in May it hailed", "2026-05-01", "2026-06-01"),
        ("she left on the 3rd", "2026-06-03", "2026-06-04"),
        ("I'll pay on the 3rd", "2026-07-03", "2026-07-04"),
        ("we had a party at Christmas", "2025-12-25", "2025-12-26"),
        ("it must be done by Christmas", "2026-12-25", "2026-12-26"),
        ("they got married on 29 February", "2024-02-29", "2024-03-01"),
        ("we met on 5/14", "2026-05-14", "2026-05-15"),
    ]);
}

#[test]
fn months_seasons_and_years_are_as_wide_as_they_are() {
    check(&[
        ("in June 2022", "2022-06-01", "2022-07-01"),
        ("last December", "2025-12-01", "2026-01-01"),
        ("next March we open", "2027-03-01", "2027-04-01"),
        ("I graduated in 2019", "2019-01-01", "2020-01-01"),
        ("in the 1990s we lived there", "1990-01-01", "2000-01-01"),
        ("summer 2022 was the best", "2022-06-01", "2022-09-01"),
        ("last winter it snowed", "2025-12-01", "2026-03-01"),
        ("next spring", "2027-03-01", "2027-06-01"),
    ]);
}

#[test]
fn days_around_today_are_counted_from_it() {
    check(&[
        ("I saw her today", "2026-06-17", "2026-06-18"),
        ("it rained yesterday", "2026-06-16", "2026-06-17"),
        ("dinner tomorrow?", "2026-06-18", "2026-06-19"),
        ("the day before yesterday", "2026-06-15", "2026-06-16"),
        ("the day after tomorrow", "2026-06-19", "2026-06-20"),
        ("I ran this morning", "2026-06-17T05:00:00Z", "2026-06-17T12:00:00Z"),
        ("tonight we cook", "2026-06-17T18:00:00Z", "2026-06-18T06:00:00Z"),
        ("last night the alarm went", "2026-06-16T18:00:00Z", "2026-06-17T06:00:00Z"),
        ("in three days the lease ends", "2026-06-20", "2026-06-21"),
        ("two days ago", "2026-06-15", "2026-06-16"),
        ("a few days ago", "2026-06-12", "2026-06-16"),
        ("an hour ago", "2026-06-17T11:00:00Z", "2026-06-17T12:00:00Z"),
    ]);
}

#[test]
fn weeks_months_and_years_are_those_of_the_calendar() {
    check(&[
        ("last week I was ill", "2026-06-08", "2026-06-15"),
        ("this week", "2026-06-15", "2026-06-22"),
        ("the week after next", "2026-06-29", "2026-07-06"),
        ("this weekend", "2026-06-20", "2026-06-22"),
        ("at the weekend we swam", "2026-06-13", "2026-06-15"),
        ("next month", "2026-07-01", "2026-08-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("two weeks ago", "2026-06-01", "2026-06-08"),
        ("a month ago", "2026-05-01", "2026-06-01"),
        ("two years from now", "2028-01-01", "2029-01-01"),
        ("for the past two months", "2026-04-01", SAID_AT),
    ]);
}

#[test]
fn a_weekday_is_the_last_one_or_the_next_one_by_the_tense() {
    check(&[
        ("we played chess on Friday", "2026-06-12", "2026-06-13"),
        ("I'll call you on Friday", "2026-06-19", "2026-06-20"),
        ("the dentist is on Tuesday", "2026-06-23", "2026-06-24"),
        ("last Friday we danced", "2026-06-12", "2026-06-13"),
        ("next Friday is the exam", "2026-06-26", "2026-06-27"),
        ("this Friday", "2026-06-19", "2026-06-20"),
        ("he arrived Monday evening", "2026-06-15T17:00:00Z", "2026-06-16"),
        ("call me on Mon", "2026-06-22", "2026-06-23"),
    ]);
}

#[test]
fn what_has_an_end_is_still_to_come() {
    check(&[
        ("I promised Ben I'd fix his bike by Tuesday", "2026-06-23", "2026-06-24"),
        ("it was agreed that we pay no later than Friday", "2026-06-19", "2026-06-20"),
        ("we agreed to pay on the 3rd", "2026-07-03", "2026-07-04"),
        ("I promised to answer within three days", SAID_AT, "2026-06-21"),
        ("it must be in by the 3rd of next month", "2026-07-03", "2026-07-04"),
        ("before the end of next month", "2026-07-01", "2026-08-01"),
        ("let's meet a week from Monday", "2026-06-29", "2026-06-30"),
        ("I'll bring it two weeks on Friday", "2026-07-03", "2026-07-04"),
        ("we fly Saturday week", "2026-06-27", "2026-06-28"),
    ]);
}

#[test]
fn of_several_dates_the_first_counts() {
    check(&[
        ("yesterday I booked it for 14 July", "2026-06-16", "2026-06-17"),
        ("on 14 July, not tomorrow", "2026-07-14", "2026-07-15"),
        ("every Monday since 2019", "2019-01-01", "2020-01-01"),
    ]);
}

#[test]
fn ordinary_words_and_numbers_are_no_dates() {
    let texts = [
        "",
        "may I come in?",
        "he may be late",
        "this may take a while",
        "wait a second",
        "give me a minute",
        "they march on the capital",
        "open 24/7",
        "the sun is shining",
        "I sat down",
        "call 555-0142",
        "212 555 0199",
        "we play on Mondays",
        "I walk every Sunday",
        "version 2.3.1 is out",
        "room 12.10.4",
        "2000 words in 2000 steps",
        "I love rain in summer",
        "on the 3rd floor",
        "Black Friday deals",
        "she crossed it in four days",
        "they answered within four days",
        "for two weeks",
        "the fall of an empire",
        "in a way",
        "last but not least",
        "one day",
        "31/02/2026",
        "Heron-Tuesday-5",
        "May agrees",
    ];
    for text in texts {
        let found = event_time(text, SAID_AT.parse().unwrap());
        assert_eq!(found.map(|span| span.from.to_string()), None, "{text}");
    }
}

#[test]
fn a_span_is_never_empty_at_the_ends_of_time() {
    for said_at in [i64::MIN, 0, i64::MAX] {
        let said_at = Time::from_micros(said_at);
        for text in [
            "yesterday",
            "tomorrow",
            "last decade",
            "next year",
            "in 999 years",
            "999 years ago",
            "on Friday",
            "in May",
        ] {
            assert!(event_time(text, said_at).is_none_or(|span| span.from < span.until), "{text}");
        }
    }
}
