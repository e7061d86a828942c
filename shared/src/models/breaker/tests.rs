use super::*;

fn opened() -> Breaker {
    let mut breaker = Breaker::default();
    for _ in 0..FAILURES {
        assert_eq!(breaker.pass(), Pass::Free);
        breaker.failed();
    }
    breaker
}

#[tokio::test(start_paused = true)]
async fn it_opens_after_failures_in_a_row_only() {
    let mut breaker = Breaker::default();
    for _ in 0..3 * FAILURES {
        for _ in 1..FAILURES {
            breaker.failed();
        }
        breaker.succeeded();
    }
    assert_eq!(breaker.pass(), Pass::Free);
    assert_eq!(opened().pass(), Pass::Open(FIRST_PAUSE));
}

#[tokio::test(start_paused = true)]
async fn after_the_pause_one_call_tries_and_its_success_closes_it() {
    let mut breaker = opened();
    tokio::time::advance(FIRST_PAUSE - Duration::from_millis(1)).await;
    assert_eq!(breaker.pass(), Pass::Open(Duration::from_millis(1)));
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(breaker.pass(), Pass::Trial);
    assert_eq!(breaker.pass(), Pass::Open(Duration::ZERO), "one trial at a time");
    breaker.succeeded();
    assert_eq!(breaker.pass(), Pass::Free);
}

#[tokio::test(start_paused = true)]
async fn each_failed_trial_doubles_the_pause_up_to_the_longest() {
    let mut breaker = opened();
    let mut pause = FIRST_PAUSE;
    for _ in 0..8 {
        tokio::time::advance(pause).await;
        assert_eq!(breaker.pass(), Pass::Trial);
        breaker.failed();
        pause = (pause * 2).min(LONGEST_PAUSE);
        assert_eq!(breaker.pass(), Pass::Open(pause));
    }
    assert_eq!(pause, LONGEST_PAUSE);
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_was_given_up_leaves_room_for_the_next() {
    let mut breaker = opened();
    tokio::time::advance(FIRST_PAUSE).await;
    assert_eq!(breaker.pass(), Pass::Trial);
    breaker.gave_up();
    assert_eq!(breaker.pass(), Pass::Trial);
}

#[tokio::test(start_paused = true)]
async fn a_late_failure_of_an_earlier_call_does_not_lengthen_the_pause() {
    let mut breaker = opened();
    tokio::time::advance(FIRST_PAUSE / 2).await;
    breaker.failed();
    assert_eq!(breaker.pass(), Pass::Open(FIRST_PAUSE / 2));
}
