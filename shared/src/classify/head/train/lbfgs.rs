//! Finding the lowest point of a smooth convex function: L-BFGS with a halving line search. Deterministic.

use std::collections::VecDeque;

/// Steps that are remembered to guess the curvature.
const MEMORY: usize = 8;
/// How often a step is halved before the search is over.
const HALVINGS: usize = 24;
/// A slope, relative to the first one, below which it is flat.
const FLAT: f64 = 1e-4;

/// The lowest point near `start`. `cost` writes the slope at a point and gives its height.
pub(super) fn minimise(start: Vec<f32>, rounds: usize, mut cost: impl FnMut(&[f32], &mut [f32]) -> f64) -> Vec<f32> {
    let mut point = start;
    let mut slope = vec![0.0; point.len()];
    let mut height = cost(&point, &mut slope);
    let steep = product(&slope, &slope).sqrt();
    let mut steps: VecDeque<(Vec<f32>, Vec<f32>, f64)> = VecDeque::with_capacity(MEMORY + 1);
    for _ in 0..rounds {
        if product(&slope, &slope).sqrt() <= FLAT * steep {
            break;
        }
        let mut way = downhill(&slope, &steps);
        let mut fall = product(&way, &slope);
        if fall >= 0.0 {
            steps.clear();
            way = slope.iter().map(|x| -x).collect();
            fall = -product(&slope, &slope);
        }
        let mut length = if steps.is_empty() { (1.0 / steep.max(1.0)) as f32 } else { 1.0 };
        let mut next_slope = vec![0.0; point.len()];
        let mut taken = None;
        for _ in 0..HALVINGS {
            let next: Vec<f32> = point.iter().zip(&way).map(|(x, step)| x + length * step).collect();
            let next_height = cost(&next, &mut next_slope);
            if next_height <= height + 1e-4 * f64::from(length) * fall {
                taken = Some((next, next_height));
                break;
            }
            length /= 2.0;
        }
        let Some((next, next_height)) = taken else { break };
        let moved: Vec<f32> = next.iter().zip(&point).map(|(next, x)| next - x).collect();
        let turned: Vec<f32> = next_slope.iter().zip(&slope).map(|(next, x)| next - x).collect();
        let curve = product(&moved, &turned);
        if curve > 1e-12 {
            steps.push_back((moved, turned, curve));
            if steps.len() > MEMORY {
                steps.pop_front();
            }
        }
        (point, height) = (next, next_height);
        std::mem::swap(&mut slope, &mut next_slope);
    }
    point
}

/// The slope turned round and corrected by the curvature of the last steps.
fn downhill(slope: &[f32], steps: &VecDeque<(Vec<f32>, Vec<f32>, f64)>) -> Vec<f32> {
    let mut way: Vec<f32> = slope.iter().map(|x| -x).collect();
    let mut shares = Vec::with_capacity(steps.len());
    for (moved, turned, curve) in steps.iter().rev() {
        let share = product(moved, &way) / curve;
        shares.push(share);
        add(&mut way, turned, -share);
    }
    if let Some((_, turned, curve)) = steps.back() {
        let scale = (curve / product(turned, turned)) as f32;
        way.iter_mut().for_each(|x| *x *= scale);
    }
    for ((moved, turned, curve), share) in steps.iter().zip(shares.into_iter().rev()) {
        let back = product(turned, &way) / curve;
        add(&mut way, moved, share - back);
    }
    way
}

fn add(to: &mut [f32], other: &[f32], share: f64) {
    to.iter_mut().zip(other).for_each(|(x, other)| *x += share as f32 * other);
}

fn product(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}
