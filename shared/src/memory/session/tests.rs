use jiff::SignedDuration;

use super::*;

#[test]
fn who_wrote_within_the_hour_is_active() {
    let now: Time = "2026-11-20T12:00:00Z".parse().expect("a time");
    let before = |minutes: i64| Some(now.plus(-SignedDuration::from_mins(minutes)));
    assert_eq!(Presence::of(before(59), now), Presence::Active);
    assert_eq!(Presence::of(before(60), now), Presence::Idle);
    assert_eq!(Presence::of(None, now), Presence::Idle);
    assert_eq!(Presence::Active.keeps(), SignedDuration::from_hours(24));
    assert_eq!(Presence::Idle.keeps(), SignedDuration::from_hours(1));
}
