use std::sync::atomic::AtomicUsize;

use super::*;
use crate::error::Error;

/// Two calls, each with how long it takes and whether it is good, and when the second is made: what comes of them, after
/// how long, and whether there were two.
async fn race(calls: [(u64, bool); 2], after: Option<u64>) -> (Option<usize>, u128, bool) {
    let (count, was_hedged) = (AtomicUsize::new(0), AtomicBool::new(false));
    let ask = || async {
        let nth = count.fetch_add(1, Ordering::SeqCst);
        let (milliseconds, is_good) = calls[nth];
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        if is_good { Ok(nth) } else { Err(Error::unavailable("no")) }
    };
    let begun = tokio::time::Instant::now();
    let answer = hedged(after.map(Duration::from_millis), &was_hedged, ask).await;
    (answer.ok(), begun.elapsed().as_millis(), was_hedged.into_inner())
}

#[tokio::test(start_paused = true)]
async fn the_first_good_answer_counts() {
    assert_eq!(race([(50, true), (9, true)], Some(100)).await, (Some(0), 50, false));
    assert_eq!(race([(500, true), (30, true)], Some(100)).await, (Some(1), 130, true));
    assert_eq!(race([(120, true), (300, true)], Some(100)).await, (Some(0), 120, true));
    assert_eq!(race([(120, false), (300, true)], Some(100)).await, (Some(1), 400, true));
    assert_eq!(race([(500, true), (30, false)], Some(100)).await, (Some(0), 500, true));
    assert_eq!(race([(500, false), (30, false)], Some(100)).await, (None, 500, true));
    assert_eq!(race([(50, false), (9, true)], Some(100)).await, (None, 50, false), "the route goes on by itself");
    assert_eq!(race([(500, true), (9, true)], None).await, (Some(0), 500, false));
}
