//! The arithmetic of the net, over the rows of all tokens of a text, one after the other.

use super::super::train::softmax;

/// Outputs that are summed side by side, and rows that share a pass over the weights: so many sums fit into registers.
const STRIP: usize = 8;
const ROWS: usize = 4;
/// Keeps a row of equal numbers from being divided by nothing.
const EPSILON: f32 = 1e-5;

/// Each output a weighted sum of all inputs.
pub(super) struct Dense {
    inputs: usize,
    /// For each strip of outputs, the weights of each input.
    strips: Vec<[f32; STRIP]>,
    bias: Vec<f32>,
}

/// Numbers of a row brought to a mean of 0 and a spread of 1, then each scaled and moved.
pub(super) struct Norm {
    pub(super) scale: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Dense {
    /// Of weights output by output. The outputs fill strips.
    pub(super) fn new(weights: &[f32], bias: Vec<f32>) -> Dense {
        debug_assert!(bias.len().is_multiple_of(STRIP));
        let inputs = weights.len() / bias.len();
        let strip = |first: usize, input: usize| std::array::from_fn(|at| weights[(first + at) * inputs + input]);
        let firsts = (0..bias.len()).step_by(STRIP);
        let strips = firsts.flat_map(|first| (0..inputs).map(move |input| strip(first, input))).collect();
        Dense { inputs, strips, bias }
    }

    pub(super) fn outputs(&self) -> usize {
        self.bias.len()
    }

    pub(super) fn of(&self, rows: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; rows.len() / self.inputs * self.outputs()];
        for (some, out) in rows.chunks(ROWS * self.inputs).zip(out.chunks_mut(ROWS * self.outputs())) {
            match some.len() / self.inputs {
                ROWS => self.strips_of::<ROWS>(some, out),
                3 => self.strips_of::<3>(some, out),
                2 => self.strips_of::<2>(some, out),
                _ => self.strips_of::<1>(some, out),
            }
        }
        out
    }

    fn strips_of<const COUNT: usize>(&self, rows: &[f32], out: &mut [f32]) {
        let rows: [&[f32]; COUNT] = std::array::from_fn(|row| &rows[row * self.inputs..][..self.inputs]);
        for (at, weights) in self.strips.chunks(self.inputs).enumerate() {
            let mut sums = [[0.0_f32; STRIP]; COUNT];
            for (input, weights) in weights.iter().enumerate() {
                // By hand: nearly all of the net's work is here, and unoptimised, as tests run it, iterators take ten times as long.
                let mut row = 0;
                while row < COUNT {
                    add(&mut sums[row], rows[row][input], weights);
                    row += 1;
                }
            }
            let bias = &self.bias[at * STRIP..][..STRIP];
            for (row, sums) in sums.iter().enumerate() {
                let out = &mut out[row * self.outputs() + at * STRIP..][..STRIP];
                out.iter_mut().zip(sums).zip(bias).for_each(|((out, sum), bias)| *out = sum + bias);
            }
        }
    }
}

/// Adds the weights, `x` times.
fn add(sums: &mut [f32; STRIP], x: f32, weights: &[f32; STRIP]) {
    let mut at = 0;
    while at < STRIP {
        sums[at] += x * weights[at];
        at += 1;
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

/// The mean of all rows.
pub(super) fn mean(rows: &[f32], width: usize) -> Vec<f32> {
    let mut mean = vec![0.0; width];
    for row in rows.chunks(width) {
        mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += x);
    }
    let count = (rows.len() / width) as f32;
    mean.iter_mut().for_each(|sum| *sum /= count);
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
        let mut mean = vec![0.0; width];
        for (row, share) in rows.chunks(width).zip(shares) {
            mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += share * x);
        }
        pooled.extend(mean);
    }
    let mut largest = vec![f32::MIN; width];
    for row in rows.chunks(width) {
        largest.iter_mut().zip(row).for_each(|(largest, x)| *largest = largest.max(*x));
    }
    pooled.extend(largest);
    pooled.extend(&rows[..width]);
    pooled
}
