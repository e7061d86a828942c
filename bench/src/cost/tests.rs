//! Tests of the cost table, on a scope small enough for them.

use super::*;

#[test]
fn percentiles_are_values_that_were_measured() {
    assert_eq!(percentiles((1..=100).map(f64::from)), [50.0, 95.0, 99.0]);
    assert_eq!(percentiles([3.0, 1.0, 2.0].into_iter()), [2.0, 3.0, 3.0]);
    assert_eq!(percentiles(std::iter::empty()), [0.0; 3]);
}

#[test]
fn a_scope_is_held_to_the_goal_of_its_size() {
    let sizes = [100, 1_000, 1_001, 100_000, 10_000_000, 20_000_000];
    let goals = sizes.map(|size| goal(size).cold_ms);
    assert_eq!(goals, [60.0, 60.0, 125.0, 125.0, 250.0, 250.0]);
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_waits_and_costs_the_same() {
    let mut reports = Vec::new();
    for seed in [1, 1, 2] {
        let mut report = measure(&[200], seed, 5).await.unwrap();
        let size = report.sizes.remove(0);
        let of = |name: &str| size.recalls.iter().find(|recalls| recalls.name == name).unwrap();
        let (cold, warm) = (of("cold"), of("warm"));
        assert!(cold.gets >= 1.0 && warm.gets == 0.0, "cold {} warm {}", cold.gets, warm.gets);
        assert!(cold.waited_ms[0] > warm.waited_ms[0] && warm.waited_ms[0] > 0.0);
        assert!(size.mixed.engine() > warm.dollars.engine() && size.mixed.engine() < cold.dollars.engine());
        assert!(size.stored.iter().all(|stored| stored.write_units >= 2.0), "memory and tail entry at the least");
        assert!(warm.dollars.dynamodb > 0.0 && warm.dollars.lambda > 0.0 && warm.dollars.api > 0.99);
        reports.push((cold.waited_ms, warm.waited_ms, cold.dollars.engine(), size.mixed.engine()));
    }
    assert_eq!(reports[0], reports[1]);
    assert_ne!(reports[0].0, reports[2].0);
}
