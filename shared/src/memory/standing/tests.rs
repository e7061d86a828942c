use super::*;

#[test]
fn an_answer_is_worth_more_than_none_and_less_the_longer_and_dearer_it_is() {
    assert_eq!(worth(true, 0, 0), 1.0);
    assert_eq!(worth(false, 0, 0), 0.0);
    assert!(worth(true, 2_000_000, 0) < worth(true, 1_000_000, 0));
    assert!(worth(true, 0, 2_000_000) < worth(true, 0, 1_000_000));
    assert!(worth(true, 1_000_000_000, u64::MAX) >= 0.6 - 1e-9, "an answer is an answer");
}

#[test]
fn sums_give_mean_and_error_of_what_was_added() {
    let mut sums = Sums::default();
    [0.0, 1.0, 1.0, 0.0].into_iter().for_each(|one| sums.add(one));
    assert_eq!(sums, Sums::of_share(2, 4));
    assert_eq!(sums.mean(), 0.5);
    assert!((sums.error_squared() - 1.0 / 3.0 / 4.0).abs() < 1e-9);
    assert_eq!(Sums::of_share(1, 1).error_squared(), f64::INFINITY);
    assert!(Sums::of_share(30, 30).error_squared() > 0.0, "thirty of thirty are not for ever");
}

#[test]
fn calls_go_to_two_halves_and_are_added_up() {
    let mut standing = Standing::default();
    (0..5).for_each(|n| standing.count(n != 1, 1_000 + n, 10));
    assert_eq!((standing.calls, standing.errors, standing.micros, standing.nanodollars), (5, 1, 5_010, 50));
    assert_eq!((standing.fitted.count, standing.held.count), (3, 2));
    assert!(standing.held.mean() < 0.51 && standing.fitted.mean() > 0.99);
    let mut twice = standing;
    twice.join(standing);
    assert_eq!(
        (twice.calls, twice.held.sum, twice.fitted.squares),
        (10, 2 * standing.held.sum, 2 * standing.fitted.squares)
    );
}
