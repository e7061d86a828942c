use super::*;

/// Numbers between 0 and 1 that are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }
}

/// Cases in which `used` picks, of signals at random, the candidate that was used.
fn cases(count: usize, used: impl Fn(&[Candidate], &mut Dice) -> usize) -> Vec<Case> {
    let mut dice = Dice(7);
    let case = |place: usize| {
        let candidate = |_| {
            let (lexical, semantic, window) = (dice.roll(), dice.roll(), dice.roll());
            let signals = Signals { lexical, semantic, window, importance: dice.roll(), ..Signals::default() };
            Candidate { signals, days: 100.0 * dice.roll(), session: None, is_used: false }
        };
        let mut candidates: Vec<Candidate> = (0..40).map(candidate).collect();
        let place_used = used(&candidates, &mut dice);
        candidates[place_used].is_used = true;
        Case { is_fitted: place.is_multiple_of(2), candidates }
    };
    (0..count).map(case).collect()
}

fn largest(candidates: &[Candidate], of: impl Fn(&Candidate) -> f32) -> usize {
    (0..candidates.len()).max_by(|a, b| of(&candidates[*a]).total_cmp(&of(&candidates[*b]))).expect("candidates")
}

#[test]
fn weights_that_order_better_pass_on_recalls_they_were_not_fitted_to() {
    let cases = cases(120, |candidates, _| largest(candidates, |one| 0.3 * one.signals.lexical + one.signals.semantic));
    let start = Weights::default();
    let fitted = fit(&cases, &start);
    let trial = judge(&cases, &start, &fitted);
    assert!(trial.passes() && trial.after > 0.9, "{trial:?} {fitted:?}");
    let back = judge(&cases, &fitted, &start);
    assert!(!back.passes() && back.gain < 0.0, "a deliberately worse ranking is refused: {back:?}");
}

#[test]
fn tenants_who_use_what_is_recent_get_recency() {
    let cases = cases(120, |candidates, _| largest(candidates, |one| one.signals.lexical - 0.05 * one.days));
    let start = Weights::default();
    let fitted = fit(&cases, &start);
    assert!(fitted.recency > 0.0 && judge(&cases, &start, &fitted).passes(), "{fitted:?}");
}

#[test]
fn what_was_used_at_random_teaches_nothing() {
    let cases = cases(120, |candidates, dice| (dice.roll() * candidates.len() as f32) as usize);
    let start = Weights::default();
    let fitted = fit(&cases, &start);
    assert_ne!(fitted, start, "the fitted half always lets itself be fitted a little");
    let trial = judge(&cases, &start, &fitted);
    assert!(!trial.passes(), "{trial:?}");
}

#[test]
fn without_cases_nothing_is_proposed() {
    assert_eq!(fit(&[], &Weights::default()), Weights::default());
    assert!(!judge(&[], &Weights::default(), &Weights::default()).passes());
}

#[test]
fn a_session_counts_by_its_best() {
    let candidate = |lexical: f32, session: u16, is_used: bool| Candidate {
        signals: Signals { lexical, ..Signals::default() },
        days: 0.0,
        session: Some(session),
        is_used,
    };
    let candidates = vec![candidate(0.5, 0, false), candidate(0.5, 1, true), candidate(0.9, 1, false)];
    let case = Case { is_fitted: true, candidates };
    assert!(case.measure(&Weights::default()) > case.measure(&Weights { session: 0.0, ..Weights::default() }));
}
