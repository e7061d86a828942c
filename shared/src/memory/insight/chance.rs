//! How likely something is by chance alone.

/// `ln n!`, exact enough: summed up for small numbers, Stirling's series beyond.
fn ln_factorial(n: usize) -> f64 {
    if n < 32 {
        return (2..=n).map(|i| (i as f64).ln()).sum();
    }
    let n = n as f64;
    n * n.ln() - n + 0.5 * (std::f64::consts::TAU * n).ln() + 1.0 / (12.0 * n) - 1.0 / (360.0 * n.powi(3))
}

fn ln_choose(n: usize, k: usize) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// The chance that of `drawn` out of `all`, of which `marked` are marked, `least` or more are: that of an exact
/// permutation test.
pub fn at_least(least: usize, drawn: usize, marked: usize, all: usize) -> f64 {
    if least == 0 {
        return 1.0;
    }
    if drawn > all || marked > all {
        return 1.0;
    }
    let from = least.max((drawn + marked).saturating_sub(all));
    let chance = |k: usize| (ln_choose(marked, k) + ln_choose(all - marked, drawn - k) - ln_choose(all, drawn)).exp();
    (from..=drawn.min(marked)).map(chance).sum::<f64>().min(1.0)
}

/// The chance that as few as `most` are.
pub fn at_most(most: usize, drawn: usize, marked: usize, all: usize) -> f64 {
    1.0 - at_least(most + 1, drawn, marked, all)
}
