use super::*;

fn names() -> Vec<String> {
    ["first", "second"].map(str::to_owned).to_vec()
}

/// So many calls of each half, of which so many failed.
fn standing(calls: u64, failed: u64, micros: u64) -> Standing {
    let mut standing = Standing::default();
    for call in 0..2 * calls {
        standing.count(call / 2 >= failed, micros / 2 * 2 + call % 2, 0);
    }
    standing
}

fn models(first: Standing, second: Standing) -> BTreeMap<String, Standing> {
    names().into_iter().zip([first, second]).collect()
}

#[test]
fn who_answers_more_surely_or_sooner_comes_first() {
    for first in [standing(60, 30, 500_000), standing(60, 0, 9_000_000)] {
        let candidate = candidate("route.classify", &names(), models(first, standing(60, 1, 500_000))).unwrap();
        assert_eq!(candidate.names, ["second", "first"]);
        assert!(candidate.passed.0, "{candidate:?}");
    }
}

#[test]
fn who_is_worse_alike_or_hardly_known_is_not_proposed_or_does_not_pass() {
    let good = standing(60, 2, 500_000);
    for second in [standing(60, 30, 500_000), good, standing(10, 0, 400_000)] {
        let candidate = candidate("route.classify", &names(), models(good, second));
        assert!(candidate.is_none_or(|candidate| !candidate.passed.0));
    }
}

#[test]
fn who_is_quicker_but_disagreed_with_does_not_pass() {
    let slow = Standing { agreed: Sums::of_share(58, 60), ..standing(60, 0, 9_000_000) };
    let quick = Standing { agreed: Sums::of_share(12, 60), ..standing(60, 0, 100_000) };
    let (_, _, (is_passed, because)) = judge(&slow, &quick);
    assert!(!is_passed, "{because}");
    // And the other way round: alike in speed, and agreed with.
    let other = Standing { agreed: Sums::of_share(12, 60), ..slow };
    let candidate = candidate("route.classify", &names(), models(other, slow)).unwrap();
    assert!(candidate.passed.0, "{candidate:?}");
}

#[test]
fn what_was_asked_too_seldom_is_tried_and_the_first_is_not() {
    let nothing = models(Standing::default(), Standing::default());
    assert_eq!(too_seldom(&names(), &nothing), ["second"]);
    assert!(too_seldom(&names(), &models(Standing::default(), standing(30, 0, 1_000))).is_empty());
}
