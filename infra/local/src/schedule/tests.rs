use super::*;

#[test]
fn the_next_night_begins_at_its_hour() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap().to_zoned(jiff::tz::TimeZone::UTC);
    assert_eq!(until_next(&at("2026-11-20T02:00:00Z")), Duration::from_secs(3600));
    assert_eq!(until_next(&at("2026-11-20T03:00:00Z")), Duration::from_secs(24 * 3600));
    assert_eq!(until_next(&at("2026-12-31T23:00:00Z")), Duration::from_secs(4 * 3600));
}
