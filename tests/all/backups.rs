//! What a night notes of the objects that there are, for whoever must restore.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use memorable::night::backup::{self, Backup, Listed};
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{call, drain, house, index, named_by, night, now, store};

async fn told(house: &House) -> (Backup, BTreeMap<String, Listed>) {
    let date = memorable_local::schedule::today();
    let (_, report) = call(house, "GET", &format!("/v1/nights/{date}"), Value::Null).await;
    let name = report["backup"].as_str().expect("a note").to_owned();
    let backup: Backup = serde_json::from_slice(&house.app.objects.get(&name).await.expect("a note")).expect("JSON");
    let mut listed = BTreeMap::new();
    for list in &backup.lists {
        let text = String::from_utf8(house.app.objects.get(list).await.expect("a list").to_vec()).expect("a text");
        let lines = text.lines().map(|line| serde_json::from_str::<Listed>(line).expect("a line"));
        listed.extend(lines.map(|line| (line.name.clone(), line)));
    }
    (backup, listed)
}

#[tokio::test]
async fn a_night_notes_the_moment_and_every_object_that_the_table_names_at_it() {
    let house = house().await;
    for n in 0..70 {
        store(&house, json!({ "content": format!("Line {n} of the ledger."), "session": "s" })).await;
    }
    drain(&house).await;
    night(&house).await;
    let before = now();
    let named = named_by(&house.app, &index(&house).await.manifest).await;
    // The note is of the moment at which the night is planned: of what the night before left.
    night(&house).await;
    let (backup, listed) = told(&house).await;
    assert!(backup.taken_at >= before && backup.taken_at <= now(), "{backup:?}");
    assert_eq!((backup.table.as_str(), backup.objects), ("memorable", listed.len()));
    assert!(!named.is_empty());
    for name in &named {
        let line = listed.get(name).unwrap_or_else(|| panic!("{name} is not listed"));
        let size = house.app.objects.get(name).await.expect("an object").len() as u64;
        assert!(line.bytes == size && line.tag.len() == 32, "{line:?}");
    }
    let checked = backup::check(&house.app).await.expect("a check");
    assert!(checked.scopes == 1 && checked.objects > 1 && checked.broken.is_empty(), "{checked:?}");

    let live = index(&house).await.manifest.segments[0].name.clone();
    house.app.objects.delete(&live).await.expect("deleted");
    let checked = backup::check(&house.container(house.faults.http_client()).expect("a container")).await;
    let broken = checked.expect("a check").broken;
    assert!(broken.len() == 1 && broken[0].contains(&live), "{broken:?}");
}

#[tokio::test]
async fn notes_go_when_nothing_can_be_restored_by_them_any_more() {
    let house = house().await;
    let later = |days: i64| now().plus(SignedDuration::from_hours(24 * days));
    let note = async |days: i64| backup::note(&house.app, later(days).date(), later(days)).await.expect("a note");
    let first = note(0).await;
    let second = note(30).await;
    assert!(house.app.objects.get(&first).await.is_ok());
    let third = note(40).await;
    assert!(house.app.objects.get(&first).await.is_err() && house.app.objects.get(&third).await.is_ok());
    assert_ne!(second, third);
}
