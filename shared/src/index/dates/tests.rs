use super::*;

fn named(year: i16, month: i8, day: i8) -> Named {
    Named { year: (year > 0).then_some(year), month: (month > 0).then_some(month), day: (day > 0).then_some(day) }
}

#[test]
fn dates_are_read_as_far_as_they_are_named() {
    let cases = [
        ("What happened in May 2023?", vec![named(2023, 5, 0)]),
        ("Where were we on 7 May, 2023?", vec![named(2023, 5, 7)]),
        ("the 3rd of August", vec![named(0, 8, 3)]),
        ("August 14th", vec![named(0, 8, 14)]),
        ("on Oct 2 2022 or in November?", vec![named(2022, 10, 2), named(0, 11, 0)]),
        ("Who came in 2019?", vec![named(2019, 0, 0)]),
        ("You may march on, 300 of you", vec![]),
        ("May I ask who may come?", vec![]),
        ("What did we do in March?", vec![named(0, 3, 0)]),
        ("room 2047 or 1999", vec![named(2047, 0, 0), named(1999, 0, 0)]),
        ("nothing of the kind", vec![]),
    ];
    for (text, dates) in cases {
        assert_eq!(named_dates(text), dates, "{text}");
    }
}

#[test]
fn a_day_agrees_where_each_named_part_does() {
    let day: Date = "2023-05-07".parse().expect("a date");
    assert!([named(2023, 0, 0), named(0, 5, 0), named(2023, 5, 7)].iter().all(|n| n.agrees(day)));
    assert!(![named(2022, 5, 0), named(0, 6, 0), named(2023, 5, 8)].iter().any(|n| n.agrees(day)));
}
