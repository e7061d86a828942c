use super::*;
use crate::memory::{Scope, Tenant};

fn webhook() -> Webhook {
    Webhook {
        v: VERSION,
        id: "0000000000000001".to_owned(),
        revision: 1,
        url: "https://example.com/hook".to_owned(),
        secret: String::new(),
        events: Vec::new(),
        scopes: Vec::new(),
        description: String::new(),
        enabled: true,
        created_at: Time::from_micros(0),
        updated_at: Time::from_micros(0),
        failing_since: None,
        disabled_because: None,
    }
}

fn event(subject: &str) -> Event {
    let scope = Scope::parse(&Tenant::parse("acme").unwrap(), subject).unwrap();
    Event::digest(&scope, jiff::civil::date(2026, 11, 18), Time::from_micros(0))
}

fn tried(at: Time, status: Option<u16>) -> Attempt {
    Attempt { at, status, error: None, ms: 1 }
}

#[test]
fn a_webhook_hears_of_its_events_and_scopes_only() {
    let all = webhook();
    assert!(all.hears(&event("user:alice")));
    let some = Webhook { scopes: vec!["user:alice".into(), "team:*".into()], ..webhook() };
    let heard =
        ["user:alice", "user:alicea", "user:bob", "team:payments", "org"].map(|scope| some.hears(&event(scope)));
    assert_eq!(heard, [true, false, false, true, false]);
    assert!(some.hears(&Event::ping("x", Time::from_micros(0))), "a ping is of no scope");
    let others = Webhook { events: vec![Happening::Forgotten], ..webhook() };
    assert!(!others.hears(&event("user:alice")));
    let disabled = Webhook { enabled: false, ..webhook() };
    assert!(!disabled.hears(&event("user:alice")));
}

#[test]
fn a_delivery_is_tried_nine_times_within_a_day_and_then_given_up() {
    let mut now = Time::from_micros(0);
    let mut delivery = Delivery::of(&webhook(), &event("org"));
    let mut tries = 0;
    while delivery.standing == Standing::Waiting {
        now = delivery.next_at.unwrap_or(now);
        delivery = delivery.after(tried(now, Some(500)));
        tries += 1;
    }
    assert_eq!((tries, delivery.standing, delivery.attempts.len()), (9, Standing::Failed, 9));
    let hours = now.seconds() / 3600;
    assert!((20..=24).contains(&hours), "{hours}");
    let again = delivery.again();
    assert_eq!((again.standing, again.tries, again.attempts.len()), (Standing::Waiting, 0, 9));
    assert_eq!(again.after(tried(now, Some(204))).standing, Standing::Delivered);
}

#[test]
fn what_is_gone_is_not_asked_again() {
    let attempt = tried(Time::from_micros(7), Some(410));
    assert_eq!(Delivery::of(&webhook(), &event("org")).after(attempt.clone()).standing, Standing::Failed);
    let after = webhook().after(&attempt);
    assert!(!after.enabled && after.disabled_because.is_some());
}

#[test]
fn an_endpoint_that_fails_for_days_is_disabled_and_one_success_clears_it() {
    let start = Time::from_micros(0);
    let failing = webhook().after(&tried(start, Some(503)));
    assert_eq!((failing.enabled, failing.failing_since), (true, Some(start)));
    let later = start.plus(MOST_FAILING - SignedDuration::from_secs(1));
    assert!(failing.after(&tried(later, None)).enabled);
    assert_eq!(failing.after(&tried(later, Some(200))).failing_since, None);
    let disabled = failing.after(&tried(start.plus(MOST_FAILING), None));
    assert!(!disabled.enabled && disabled.disabled_because.unwrap().contains("nothing has arrived"));
}

#[test]
fn the_log_of_a_delivery_stays_short() {
    let mut delivery = Delivery::of(&webhook(), &event("org"));
    for second in 0..50 {
        delivery = delivery.again().after(tried(Time::from_micros(second), Some(500)));
    }
    assert_eq!(delivery.attempts.len(), MOST_ATTEMPTS);
    assert_eq!(delivery.attempts.last().unwrap().at, Time::from_micros(49));
}
