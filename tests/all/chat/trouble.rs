//! Conversations when something else happens at the same time: calls that fail, calls at once, models of two places.

use std::sync::atomic::{AtomicUsize, Ordering};

use memorable::models::routes::{Backends, Route, Task};
use memorable_local::aws::faults::Fault;

use super::*;

#[tokio::test]
async fn whichever_call_to_aws_fails_the_same_key_ends_in_one_message_and_one_reply() {
    let model = Scripted::always(says("Good to know.")).await;
    let text = "The plumber comes on Thursday.";
    let calm = talking(&model).await;
    calm.faults.reset();
    assert_eq!(say_at(&calm, "user:alice", text, Some("k"), now()).await.0, 200);
    let calls = calm.faults.calls();
    assert!(calls > 8, "only {calls} calls");
    for nth in 1..=calls {
        for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Status500] {
            let house = talking(&model).await;
            house.faults.reset();
            house.faults.fail_nth(nth, fault);
            let mut answer = (0, HeaderMap::new(), Value::Null);
            for _ in 0..3 {
                answer = say_at(&house, "user:alice", text, Some("k"), now()).await;
                if answer.0 == 200 {
                    break;
                }
                assert!(matches!(answer.0, 429 | 503), "after call {nth} failed as {fault:?}: {}", answer.2);
            }
            assert_eq!(answer.2["reply"], "Good to know.", "after call {nth} failed as {fault:?}: {}", answer.2);
            let expected = [format!("user: {text}"), "assistant: Good to know.".to_owned()];
            assert_eq!(contents(&turns_at(&house, now()).await), expected, "after call {nth} failed as {fault:?}");
        }
    }
}

#[tokio::test]
async fn of_two_calls_at_once_with_one_key_the_first_reply_stands_for_both() {
    let count = AtomicUsize::new(0);
    let model = Scripted::start(move |_| says(&format!("Reply {}.", count.fetch_add(1, Ordering::SeqCst)))).await;
    let house = talking(&model).await;
    let now = now();
    let one = || say_at(&house, "user:alice", "Are you there?", Some("k"), now);
    let (first, second, third) = tokio::join!(one(), one(), one());
    assert_eq!((first.0, second.0, third.0), (200, 200, 200), "{} {} {}", first.2, second.2, third.2);
    for other in [&second, &third] {
        assert_eq!((&first.2["reply"], &first.2["reply_id"]), (&other.2["reply"], &other.2["reply_id"]));
    }
    assert_eq!(turns_at(&house, now).await.len(), 2);
}

#[tokio::test]
async fn a_model_outside_is_given_less_where_the_one_on_this_machine_fails() {
    let here = Scripted::always(Answer::Body(500, "{}".to_owned())).await;
    let outside = Scripted::always(Answer::json(&json!({
        "output": { "message": { "role": "assistant", "content": [{ "text": "The one at the market square." }] } },
        "stopReason": "end_turn",
        "usage": { "inputTokens": 41, "outputTokens": 7, "totalTokens": 48 },
        "metrics": { "latencyMs": 1 },
    })))
    .await;
    let mut house = talking(&here).await;
    let backends = Backends { bedrock: Some(outside.bedrock()), ollama_url: here.url.clone() };
    let route = "ollama:tiny,bedrock:amazon.nova-lite-v1:0";
    house.app.converse = Route::parse(Task::Converse, route, &backends).expect("a route");
    store(&house, json!({ "content": "My bank password is Tr0ub4dor&3 for the savings account." })).await;
    store(&house, json!({ "content": "My bank is the one at the market square." })).await;
    let answer = say(&house, "Which bank am I with?").await;
    assert_eq!(answer["model"], "bedrock:amazon.nova-lite-v1:0", "{answer}");
    assert!(told(&here.asked()[..1]).contains("Tr0ub4dor"), "what is on this machine may see it");
    let asked = outside.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].body.contains("market square") && !asked[0].body.contains("Tr0ub4dor"), "{}", asked[0].body);
}

#[tokio::test]
async fn a_session_that_is_held_whole_is_not_sought_in_the_index() {
    let model = Scripted::always(says("Yes.")).await;
    let house = talking(&model).await;
    let queries = |answer: &Value| answer["receipt"]["requests"]["dynamodb.Query"].as_u64().expect("queries");
    let first = say(&house, "Is the shop open?").await;
    let second = say(&house, "And on Sundays?").await;
    // The turns, the recall's index, the memos; before it is known where the session begins, the index once more.
    assert_eq!((queries(&first) > queries(&second), queries(&second)), (true, 3), "{first} {second}");
}
