use super::*;

#[test]
fn chances_rise_with_shares_and_follow_what_was_found() {
    // Says it is sure by its share, and is right in seven of ten where it says nine.
    let judged = |share: f32, right: usize| (0..100).map(move |n| (share, n % 10 < right));
    let mut judged: Vec<(f32, bool)> = judged(0.5, 4).chain(judged(0.9, 7)).chain(judged(0.99, 10)).collect();
    let calibration = Calibration { steps: isotonic(&mut judged), ..Calibration::default() };
    let chances: Vec<f32> = [0.3, 0.5, 0.7, 0.9, 0.99, 1.0].map(|share| calibration.chance(share)).to_vec();
    assert!(chances.is_sorted(), "{chances:?}");
    assert!((chances[1] - 0.4).abs() < 0.05 && (chances[3] - 0.7).abs() < 0.05, "{chances:?}");
    assert!(chances[5] > 0.95 && chances[5] < 1.0, "{chances:?}");
}

#[test]
fn the_temperature_of_scores_that_boast_is_above_one() {
    let (sure, scores) = ([4.0, 0.0], [[4.0_f32, 0.0]; 10]);
    let examples: Vec<(&[f32], usize)> =
        scores.iter().enumerate().map(|(n, scores)| (&scores[..], usize::from(n % 3 == 0))).collect();
    let found = temperature(&examples);
    assert!(found > 1.5, "{found}");
    let right: Vec<(&[f32], usize)> = examples.iter().map(|_| (&sure[..], 0)).collect();
    assert!(temperature(&right) < 0.5);
    assert_eq!(temperature(&[]), 1.0);
}

#[test]
fn the_error_is_the_distance_between_what_is_said_and_what_is_so() {
    let judged: Vec<(f32, bool)> = (0..10).map(|n| (0.75, n < 5)).collect();
    let reliability = reliability(&judged);
    assert!((reliability.error - 0.25).abs() < 1e-5, "{reliability:?}");
    assert_eq!(reliability.rows.len(), 1);
}
