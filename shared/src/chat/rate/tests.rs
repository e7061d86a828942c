use super::*;

#[test]
fn the_shares_of_all_counters_are_the_limit() {
    for (overall, counters) in [(1, 1), (10_000, 8), (10_007, 8), (1_249, 1), (999_999, 64)] {
        assert_eq!((overall / OF_ONE_COUNTER).clamp(1, MOST_COUNTERS), counters);
        assert_eq!((0..counters).map(|counter| share(overall, counters, counter)).sum::<u32>(), overall);
    }
}
