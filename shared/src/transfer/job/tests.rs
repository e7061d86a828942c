use super::*;

#[test]
fn of_many_tries_that_failed_the_latest_are_kept() {
    let mut tries = Vec::new();
    for hour in 0..20 {
        let at = Time::from_micros(hour * 3_600_000_000);
        with_failed(&mut tries, FailedTry { at, problem: format!("try {hour}"), bytes: 0 });
    }
    let kept: Vec<&str> = tries.iter().map(|one| one.problem.as_str()).collect();
    assert_eq!((kept.len(), kept[0], kept[MOST_TRIES - 1]), (MOST_TRIES, "try 12", "try 19"));
}
