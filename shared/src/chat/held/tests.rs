use super::*;
use crate::memory::id::Identity;
use crate::memory::{Scope, Tenant};

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn at(time: &str) -> Time {
    format!("2026-11-20T{time}:00Z").parse().expect("a time")
}

fn turn(said: &str, until: Time) -> Turn {
    let scope = Scope::parse(&Tenant::parse("acme").expect("a tenant"), "org").expect("a scope");
    let id = MemoryId::derive(&scope, Identity::Key { key: said, position: 0 });
    Turn { id, order: at(said).micros(), until: until.seconds(), is_first: false }
}

#[test]
fn what_is_said_never_ends_before_what_was_said_earlier() {
    let day_after = at("09:30").plus(DAY);
    let held = |turns: &[Turn], now| Held::of(turns.to_vec(), at(now)).until;
    assert_eq!(held(&[], "11:00"), at("12:00"));
    assert_eq!(held(&[turn("09:30", day_after)], "11:00"), day_after);
    assert_eq!(held(&[turn("09:00", day_after), turn("09:30", at("10:30"))], "10:00"), at("10:00").plus(DAY));
    assert_eq!(Held::unknown(at("11:00")).until, at("11:00").plus(DAY), "as long as any that was not read may stay");
}
