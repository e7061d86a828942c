use super::*;
use crate::memory::Scope;

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn registered(changed: Option<&str>, nighted: Option<&str>, due: Option<&str>) -> Registered {
    Registered {
        scope: Scope::parse(&Tenant::parse("local").unwrap(), "user:alice").unwrap(),
        changed: changed.map(|day| day.parse().unwrap()),
        night: None,
        nighted: nighted.map(at),
        due: due.map(at),
        embeds: Some("a".to_owned()),
        index_bytes: 0,
        cold_bytes: 0,
    }
}

#[test]
fn a_scope_is_due_until_a_night_began_on_a_later_day_than_its_last_write() {
    let now = at("2026-11-23T03:00:00Z");
    let since = Since { set_at: None, embeds: "a" };
    let is_due = |changed, nighted, due| is_due(&registered(changed, nighted, due), &since, now);
    assert!(is_due(Some("2026-11-20"), None, None), "it never had one");
    assert!(is_due(None, Some("2026-11-22T03:00:00Z"), None), "it was listed before writes were marked");
    assert!(is_due(Some("2026-11-22"), Some("2026-11-22T03:00:00Z"), None), "that day went on after the night");
    assert!(!is_due(Some("2026-11-21"), Some("2026-11-22T03:00:00Z"), None));
    assert!(
        is_due(Some("2026-11-21"), Some("2026-11-22T00:20:00Z"), None),
        "a call from before midnight may end after it"
    );
    assert!(is_due(Some("2026-11-01"), Some("2026-11-22T03:00:00Z"), Some("2026-11-22T22:00:00Z")));
    assert!(!is_due(Some("2026-11-01"), Some("2026-11-22T03:00:00Z"), Some("2026-11-24T00:00:00Z")));
}

#[test]
fn a_scope_that_nobody_wrote_to_is_due_when_its_tenants_settings_or_the_embedding_route_changed_since_its_night() {
    let now = at("2026-11-23T03:00:00Z");
    let quiet = registered(Some("2026-11-01"), Some("2026-11-22T03:00:00Z"), None);
    let set = |when: &str| Since { set_at: Some(at(when)), embeds: "a" };
    assert!(is_due(&quiet, &set("2026-11-22T09:00:00Z"), now));
    assert!(!is_due(&quiet, &set("2026-11-21T09:00:00Z"), now), "its last night went by them");
    assert!(is_due(&quiet, &Since { set_at: None, embeds: "b" }, now));
    assert!(!is_due(&quiet, &Since { set_at: None, embeds: "a" }, now));
    let older = Registered { embeds: None, ..quiet };
    assert!(is_due(&older, &Since { set_at: None, embeds: "a" }, now), "nobody noted by what it is embedded");
}
