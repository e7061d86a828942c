use super::*;

#[test]
fn the_usual_forms_are_read() {
    let cases = [
        ("2023-05-08T13:56:00Z", "2023-05-08T13:56:00Z"),
        ("2023-05-08T13:56:00+02:00", "2023-05-08T11:56:00Z"),
        ("2023-05-08T13:56:00", "2023-05-08T13:56:00Z"),
        ("2023-05-08 13:56", "2023-05-08T13:56:00Z"),
        ("2023-05-08", "2023-05-08T00:00:00Z"),
        ("2023-05-08T13:56:00.123456Z", "2023-05-08T13:56:00.123456Z"),
        ("1066-10-14", "1066-10-14T00:00:00Z"),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<Time>().expect(text).to_string(), expected);
    }
}

#[test]
fn what_is_not_a_time_is_refused() {
    for text in ["", "yesterday", "2023-13-01", "2023-02-30", "13:56", "1683554160", "2023", "2023-05-08T25:00:00Z"] {
        assert!(text.parse::<Time>().is_err(), "{text}");
    }
}

#[test]
fn a_time_reads_back_as_printed() {
    for micros in [0, 1, -1, 1_683_554_160_123_456, i64::MIN, i64::MAX] {
        let time = Time::from_micros(micros);
        assert_eq!(time.to_string().parse::<Time>().expect("its own print"), time);
    }
}
