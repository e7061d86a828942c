use super::*;

/// A house that works on weekdays and rests on weekends, with a little more or less each night.
fn written(nights: usize) -> Vec<f64> {
    let week = [100.0, 104.0, 98.0, 110.0, 90.0, 20.0, 12.0];
    let noise = [3.0, -4.0, 1.0, 0.0, 5.0, -2.0, -5.0, 2.0, 4.0, -1.0, -3.0];
    (0..nights).map(|night| week[night % 7] + noise[night % noise.len()]).collect()
}

#[test]
fn a_weekly_pattern_is_forecast_better_than_as_yesterday() {
    let nights = written(70);
    let (mut off, mut as_yesterday, mut within) = (0.0, 0.0, 0);
    // As a report sees it: the fifteen nights before each.
    for next in 15..nights.len() {
        let forecast = forecast(&nights[next - 15..next]).unwrap();
        off += (nights[next] - forecast.expected).abs();
        as_yesterday += (nights[next] - nights[next - 1]).abs();
        within += usize::from((forecast.at_least..=forecast.at_most).contains(&nights[next]));
    }
    let count = nights.len() - 15;
    let (off, as_yesterday) = (off / count as f64, as_yesterday / count as f64);
    assert!(off < 0.4 * as_yesterday, "off by {off}, as yesterday {as_yesterday}");
    assert!(within * 10 >= count * 7, "{within} of {count} within the interval");
}

#[test]
fn what_hardly_changes_is_not_taken_for_a_pattern_and_too_few_nights_say_nothing() {
    assert_eq!(forecast(&[5.0, 5.0, 5.0, 5.0]), None);
    let still = forecast(&[5.0; 9]).unwrap();
    assert_eq!((still.expected, still.at_least, still.at_most), (5.0, 5.0, 5.0));
    let growing: Vec<f64> = (0..15).map(|night| 1_000.0 + 10.0 * f64::from(night)).collect();
    let forecast = forecast(&growing).unwrap();
    assert_eq!((forecast.by, forecast.error), ("last", 10.0), "nearest to a slow growth is the last night");
}
