use super::*;

#[test]
fn a_gain_in_most_cases_passes_and_the_same_loss_does_not() {
    let before: Vec<f64> = (0..40).map(|case| f64::from(case % 4) / 4.0).collect();
    let after: Vec<f64> = before.iter().enumerate().map(|(i, one)| if i % 3 == 0 { *one } else { one + 0.1 }).collect();
    assert!(Trial::of(&before, &after).passes());
    assert!(!Trial::of(&after, &before).passes());
}

#[test]
fn what_changes_nothing_or_only_by_chance_does_not_pass() {
    let before = vec![0.5; 40];
    assert!(!Trial::of(&before, &before).passes());
    // As often up as down, and a little more up.
    let after: Vec<f64> = (0..40).map(|case| if case % 2 == 0 { 1.0 } else { 0.02 }).collect();
    let trial = Trial::of(&before, &after);
    assert!(trial.gain > LEAST_GAIN && trial.at_least < 0.0 && !trial.passes(), "{trial:?}");
}

#[test]
fn a_few_cases_prove_nothing() {
    let (before, after) = (vec![0.0; LEAST_CASES - 1], vec![1.0; LEAST_CASES - 1]);
    assert!(!Trial::of(&before, &after).passes());
    assert!(!Trial::of(&[], &[]).passes());
    let (before, after) = (vec![0.0; LEAST_CASES], vec![1.0; LEAST_CASES]);
    assert!(Trial::of(&before, &after).passes());
}

#[test]
fn cases_of_two_sorts_are_compared_by_their_means_and_spreads() {
    let (bad, good) = (Sums::of_share(30, 60), Sums::of_share(55, 60));
    assert!(Trial::apart(bad, good).passes());
    assert!(!Trial::apart(good, bad).passes() && Trial::apart(good, bad).is_surely_worse());
    assert!(!Trial::apart(good, good).passes() && !Trial::apart(good, good).is_surely_worse());
    // Ten of either prove nothing, nor do sixty of one and none of the other.
    assert!(!Trial::apart(Sums::of_share(0, 10), Sums::of_share(10, 10)).passes());
    let none = Trial::apart(bad, Sums::default());
    assert!(!none.passes() && !none.is_surely_worse());
}
