//! Sessions that are left and come back to: nothing said in between is missing from them.

use aws_sdk_dynamodb::types::AttributeValue;
use memorable_local::aws::faults::Fault;

use super::*;
use crate::support::Call;

/// That long after nine in the morning.
fn nine_and(hours: f64) -> Time {
    let nine: Time = "2026-11-20T09:00:00Z".parse().expect("a time");
    nine.plus(SignedDuration::from_secs((hours * 3600.0) as i64))
}

async fn says_at(house: &House, text: &str, now: Time) {
    let (status, _, answer) = say_at(house, "user:alice", text, None, now).await;
    assert_eq!(status, 200, "{answer}");
}

/// That many turns of session `s`, handed over at once.
async fn hand_over(house: &House, count: usize, now: Time) {
    let items: Vec<Value> =
        (0..count).map(|nth| json!({ "content": format!("Line {nth} of the play."), "session": "s" })).collect();
    let body = json!({ "scope": "user:alice", "items": items });
    let what = Call { token: "local", method: "POST", path: "/v1/memories".to_owned(), key: None, body };
    let (status, answer) = call_at(house, &house.app, now, &what).await;
    assert_eq!(status, 202, "{answer}");
}

/// Takes out of the table what is past its end, as DynamoDB does when it has time.
async fn remove_ended(house: &House, now: Time) {
    let client = aws_sdk_dynamodb::Client::new(&house.sdk);
    let table = &house.app.config.table;
    let page = client
        .query()
        .table_name(table)
        .key_condition_expression("pk = :pk AND begins_with(sk, :turn)")
        .filter_expression("expires <= :now")
        .expression_attribute_values(":pk", AttributeValue::S(alice().path()))
        .expression_attribute_values(":turn", AttributeValue::S("turn#".to_owned()))
        .expression_attribute_values(":now", AttributeValue::N(now.seconds().to_string()));
    for item in page.send().await.expect("turns").items() {
        let key = item.iter().filter(|(name, _)| matches!(name.as_str(), "pk" | "sk"));
        let key = key.map(|(name, value)| (name.clone(), value.clone())).collect();
        client.delete_item().table_name(table).set_key(Some(key)).send().await.expect("an item is removed");
    }
}

/// The turns of session `s` as who reads it then sees them, with nothing in the table that has ended.
async fn seen(house: &House, now: Time) -> Vec<String> {
    remove_ended(house, now).await;
    contents(&turns_at(house, now).await)
}

#[tokio::test]
async fn a_message_after_a_pause_stays_among_its_sessions_turns() {
    let model = Scripted::always(says("I see.")).await;
    let house = talking(&model).await;
    says_at(&house, "I baked bread.", nine_and(0.0)).await;
    says_at(&house, "And a cake.", nine_and(0.5)).await;
    says_at(&house, "The cake is eaten.", nine_and(2.0)).await;
    let said = seen(&house, nine_and(3.5)).await;
    assert_eq!(said.len(), 6, "{said:?}");
    assert_eq!(said[4], "user: The cake is eaten.");
    says_at(&house, "What is left?", nine_and(3.5)).await;
    let prompt = told(&model.asked());
    assert!(prompt.split("<session").nth(1).is_some_and(|session| session.contains("The cake is eaten.")), "{prompt}");
}

#[tokio::test]
async fn a_message_after_many_turns_that_were_handed_over_stays_among_them() {
    let model = Scripted::always(says("I see.")).await;
    let house = talking(&model).await;
    hand_over(&house, 50, nine_and(0.0)).await;
    says_at(&house, "The curtain falls.", nine_and(2.0)).await;
    let said = seen(&house, nine_and(3.5)).await;
    assert_eq!((said.len(), said[48].as_str()), (50, "user: The curtain falls."), "{said:?}");
    says_at(&house, "Who applauds?", nine_and(3.5)).await;
    let prompt = told(&model.asked());
    assert!(prompt.split("<session").nth(1).is_some_and(|session| session.contains("The curtain falls.")), "{prompt}");
}

#[tokio::test]
async fn what_is_kept_longer_is_kept_without_gaps() {
    let house = house().await;
    for nth in 0..17 {
        says_at(&house, &format!("Entry {nth} of the log."), nine_and(f64::from(nth) * 5.0 / 6.0)).await;
    }
    for hours in [14.0, 26.0, 31.0, 37.0, 40.0] {
        let said = seen(&house, nine_and(hours)).await;
        assert_eq!(said.len(), 17, "after {hours} hours: {said:?}");
    }
}

#[tokio::test]
async fn a_message_stored_while_the_turns_could_not_be_read_leaves_no_gap() {
    let house = house().await;
    hand_over(&house, 20, nine_and(0.0)).await;
    // What nights chose is read once a minute, and so not again below.
    assert_eq!(say_at(&house, "user:ben", "Good evening.", None, nine_and(2.0)).await.0, 200);
    house.faults.reset();
    // After two counts: the names of the turns, as often as they are asked for.
    for nth in 3..=5 {
        house.faults.fail_nth(nth, Fault::Status500);
    }
    says_at(&house, "The curtain falls.", nine_and(2.0)).await;
    assert_eq!(house.faults.log()[2..5], ["DynamoDB.Query"; 3]);
    let held = house.app.records.turns(&alice(), "s", 20, nine_and(3.5)).await.expect("turns");
    let (oldest, latest) = (held.first().expect("turns"), held.last().expect("turns"));
    assert!(latest.order == nine_and(2.0).micros() && latest.until >= oldest.until, "{held:?}");
}
