use super::*;

#[test]
fn a_night_far_from_those_before_it_stands_out_and_a_little_change_does_not() {
    let usual = [100.0, 104.0, 98.0, 101.0, 97.0, 100.0];
    assert!(Baseline::of(180.0, &usual).is_anomaly);
    assert!(Baseline::of(0.0, &usual).is_anomaly);
    assert!(!Baseline::of(106.0, &usual).is_anomaly);
    let same = [10.0; 8];
    assert!(!Baseline::of(11.0, &same).is_anomaly, "a tenth more of what never changed is nothing");
    assert!(Baseline::of(20.0, &same).is_anomaly);
    assert!(!Baseline::of(1e6, &usual[..4]).is_anomaly, "four nights tell nothing");
    let none = Baseline::of(3.0, &[]);
    assert_eq!((none.mean, none.deviation, none.is_anomaly), (0.0, 0.0, false));
}
