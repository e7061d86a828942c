//! The arithmetic of the net, over the rows of all tokens of a text, one after the other.

use ndarray::{Array1, Array2, ArrayView2};

use super::super::train::softmax;

/// Keeps a row of equal numbers from being divided by nothing.
const EPSILON: f32 = 1e-5;

/// Each output a weighted sum of all inputs.
pub(super) struct Dense {
    /// A row for each output.
    weights: Array2<f32>,
    bias: Array1<f32>,
}

/// Numbers of a row brought to a mean of 0 and a spread of 1, then each scaled and moved.
pub(super) struct Norm {
    pub(super) scale: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Dense {
    /// Of weights output by output.
    pub(super) fn new(weights: Vec<f32>, bias: Vec<f32>) -> Dense {
        let shape = (bias.len(), weights.len() / bias.len());
        let weights = Array2::from_shape_vec(shape, weights).expect("as many weights for each output");
        Dense { weights, bias: bias.into() }
    }

    pub(super) fn outputs(&self) -> usize {
        self.bias.len()
    }

    pub(super) fn of(&self, rows: &[f32]) -> Vec<f32> {
        let inputs = self.weights.ncols();
        let rows = ArrayView2::from_shape((rows.len() / inputs, inputs), rows).expect("whole rows");
        (rows.dot(&self.weights.t()) + &self.bias).into_raw_vec_and_offset().0
    }
}

impl Norm {
    pub(super) fn of(&self, rows: &[f32]) -> Vec<f32> {
        let width = self.scale.len();
        let mut out = Vec::with_capacity(rows.len());
        for row in rows.chunks(width) {
            let mean = row.iter().sum::<f32>() / width as f32;
            let spread = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / width as f32;
            let by = 1.0 / (spread + EPSILON).sqrt();
            out.extend(
                row.iter().zip(&self.scale).zip(&self.bias).map(|((x, scale), bias)| (x - mean) * by * scale + bias),
            );
        }
        out
    }
}

/// Each row between the one that stands so far before it and the one so far after it; zeros beyond the ends.
pub(super) fn windows(rows: &[f32], width: usize, away: usize) -> Vec<f32> {
    let (room, count) = (vec![0.0; away * width], rows.len() / width);
    let padded = [&room, rows, &room].concat();
    let row = |at: usize| &padded[at * width..][..width];
    let windows: Vec<&[f32]> = (0..count).flat_map(|at| [row(at), row(at + away), row(at + 2 * away)]).collect();
    windows.concat()
}

/// The mean of all rows, each by its share.
pub(super) fn mean(rows: &[f32], width: usize, shares: &[f32]) -> Vec<f32> {
    let mut mean = vec![0.0; width];
    for (row, share) in rows.chunks(width).zip(shares) {
        mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += share * x);
    }
    mean
}

/// Means of all rows, each by shares of its own, which `heed` gives row by row before they are shares; then the largest of
/// each number, and the first row.
pub(super) fn pool(rows: &[f32], width: usize, heed: &[f32]) -> Vec<f32> {
    let sorts = heed.len() * width / rows.len();
    let mut pooled = Vec::with_capacity((sorts + 2) * width);
    for sort in 0..sorts {
        let mut shares: Vec<f32> = heed.iter().skip(sort).step_by(sorts).copied().collect();
        softmax(&mut shares);
        pooled.extend(mean(rows, width, &shares));
    }
    let mut largest = vec![f32::MIN; width];
    for row in rows.chunks(width) {
        largest.iter_mut().zip(row).for_each(|(largest, x)| *largest = largest.max(*x));
    }
    pooled.extend(largest);
    pooled.extend(&rows[..width]);
    pooled
}
