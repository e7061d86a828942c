use super::*;
use crate::models::routes::Backends;

fn route(text: &str, health: &Health) -> Route {
    let backends = Backends { bedrock: None, ollama_url: "http://127.0.0.1:1".to_owned() };
    Route::parse(Task::Embed, text, &backends).expect("a route").watched(health)
}

fn call(model: &Model, outcome: &'static str, micros: u64) -> ModelCall {
    ModelCall { outcome, micros, tokens_in: 10, ..ModelCall::memo(Task::Embed, model.name(), 1) }
}

#[test]
fn a_model_is_cold_then_ready_then_failing() {
    let health = Health::default();
    let route = route("ollama:a,builtin", &health);
    let state = || health.report(&[&route]).into_iter().map(|report| report.state).collect::<Vec<_>>();
    assert_eq!(state(), [State::Cold, State::Ready]);
    health.count(&call(&route.chain()[0], "ok", 1000));
    assert_eq!(state(), [State::Ready, State::Ready]);
    health.count(&call(&route.chain()[0], "internal", 1000));
    assert_eq!(state(), [State::Failing, State::Ready]);
    for _ in 0..5 {
        health.begin("ollama:a").expect("a turn").failed();
    }
    assert_eq!(state(), [State::Open, State::Ready]);
    assert!(health.begin("ollama:a").is_err());
}

#[test]
fn figures_are_of_the_latest_calls() {
    let health = Health::default();
    let route = route("ollama:a", &health);
    for n in 1..=1000 {
        health.count(&call(&route.chain()[0], "ok", n * 1000));
    }
    let report = &health.report(&[&route, &route])[0];
    assert_eq!((report.calls, report.errors, report.tokens_in), (1000, 0, 10_000));
    assert_eq!((report.p50_ms, report.p95_ms), (Some(968.0), Some(997.0)));
    assert_eq!(report.dollars, Some(Dollars::ZERO), "on this machine");
    assert_eq!(report.tasks, [Task::Embed, Task::Embed]);
}

#[test]
fn a_model_has_a_record_for_each_task() {
    let health = Health::default();
    assert_eq!(health.record("ollama:a", Task::Judge), None);
    let dollars = |amount: f64| Some(Dollars::new(amount));
    for (task, outcome, cost, micros) in [
        (Task::Judge, "ok", dollars(0.5), 2000),
        (Task::Judge, "throttled", dollars(0.25), 4000),
        (Task::Converse, "ok", None, 9000),
        (Task::Converse, "ok", dollars(1.0), 9000),
    ] {
        let call = ModelCall { outcome, dollars: cost, micros, ..ModelCall::memo(task, "ollama:a".to_owned(), 1) };
        health.count(&call);
    }
    let judged = Record { calls: 2, errors: 1, dollars: dollars(0.75), p50_ms: Some(2.0), p95_ms: Some(4.0) };
    assert_eq!(health.record("ollama:a", Task::Judge), Some(judged));
    let conversed = health.record("ollama:a", Task::Converse).expect("a record");
    assert_eq!((conversed.calls, conversed.dollars), (2, None), "a sum without what nobody knows would say too little");
    assert_eq!(health.record("ollama:a", Task::Embed), None);
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_nobody_waits_for_is_not_the_last() {
    let health = Health::default();
    for _ in 0..5 {
        health.begin("m").expect("a turn").failed();
    }
    tokio::time::advance(super::super::breaker::FIRST_PAUSE).await;
    drop(health.begin("m").expect("the trial"));
    health.begin("m").expect("the next trial").answered();
    health.begin("m").expect("a turn");
}
