use super::*;

#[test]
fn two_more_tries_each_within_twice_the_wait_before() {
    for _ in 0..100 {
        let waits: Vec<Duration> = waits().collect();
        assert_eq!(waits.len(), 2);
        assert!(waits[0] <= FIRST_WAIT && waits[1] <= 2 * FIRST_WAIT, "{waits:?}");
    }
}

#[test]
fn callers_do_not_wait_alike() {
    let first: std::collections::HashSet<Duration> = (0..100).filter_map(|_| waits().next()).collect();
    assert!(first.len() > 90, "{}", first.len());
}
