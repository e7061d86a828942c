//! Vectors grouped by nearness, and the groups put in a row in which neighbours in space are mostly neighbours in line:
//! so that the groups near a query lie in a few stretches, each of them one ranged read.

use crate::index::rotation::splitmix;

/// Vectors that centres are trained on, for each centre: more finds hardly better ones.
const SAMPLE_FOR_EACH: usize = 16;
/// Rounds of training.
const ROUNDS: usize = 6;
/// Steps of the power iteration that finds the longest axis of a set of centres.
const AXIS_STEPS: usize = 10;

/// Vectors of one length, one after the other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vectors {
    dimensions: usize,
    values: Vec<f32>,
}

impl Vectors {
    /// None yet, of that length each.
    pub fn new(dimensions: usize) -> Vectors {
        Vectors { dimensions, values: Vec::new() }
    }

    /// Adds one; what is too short is filled with zeros.
    pub fn push(&mut self, vector: impl Iterator<Item = f32>) {
        let end = self.values.len() + self.dimensions;
        self.values.extend(vector.take(self.dimensions));
        self.values.resize(end, 0.0);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.values.len() / self.dimensions.max(1)
    }

    /// How many numbers each has.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The one at that place.
    pub fn get(&self, place: usize) -> &[f32] {
        &self.values[place * self.dimensions..][..self.dimensions]
    }

    /// All.
    pub fn iter(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.dimensions.max(1))
    }

    /// The place of the one whose product with the vector is greatest.
    pub fn nearest(&self, vector: &[f32]) -> usize {
        let products = self.iter().map(|centre| dot(centre, vector)).enumerate();
        products.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map_or(0, |(place, _)| place)
    }

    /// The mean of all.
    pub fn mean(&self) -> Vec<f32> {
        let mut mean = vec![0.0; self.dimensions];
        for vector in self.iter() {
            add(&mut mean, vector, 1.0);
        }
        let count = self.len().max(1) as f32;
        mean.iter_mut().for_each(|x| *x /= count);
        mean
    }
}

/// `count` centres of unit vectors (spherical k-means on a sample); the same for the same vectors.
pub fn centres(vectors: &Vectors, count: usize) -> Vectors {
    let count = count.clamp(1, vectors.len().max(1));
    let mut state = vectors.len() as u64;
    let mut places: Vec<usize> = (0..vectors.len()).collect();
    let sample = (count * SAMPLE_FOR_EACH).min(places.len());
    for i in 0..sample {
        let other = i + (splitmix(&mut state) as usize) % (places.len() - i);
        places.swap(i, other);
    }
    places.truncate(sample);
    let mut centres = Vectors::new(vectors.dimensions);
    places.iter().take(count).for_each(|place| centres.push(vectors.get(*place).iter().copied()));
    for _ in 0..ROUNDS {
        let mut sums = vec![0.0; centres.values.len()];
        for place in &places {
            let nearest = centres.nearest(vectors.get(*place));
            add(&mut sums[nearest * vectors.dimensions..][..vectors.dimensions], vectors.get(*place), 1.0);
        }
        for (centre, sum) in
            centres.values.chunks_exact_mut(vectors.dimensions.max(1)).zip(sums.chunks_exact(vectors.dimensions.max(1)))
        {
            let length = dot(sum, sum).sqrt();
            // A centre that lost all its vectors stays where it is.
            if length > 0.0 {
                centre.iter_mut().zip(sum).for_each(|(x, sum)| *x = sum / length);
            }
        }
    }
    centres
}

/// The centres' places in a row: halved again and again across their longest axis, halves turned so that their near
/// ends touch.
pub fn in_line(centres: &Vectors) -> Vec<usize> {
    halved(centres, (0..centres.len()).collect())
}

fn halved(centres: &Vectors, places: Vec<usize>) -> Vec<usize> {
    if places.len() <= 2 {
        return places;
    }
    let along = axis(centres, &places);
    let mut places: Vec<(f32, usize)> = places.into_iter().map(|p| (dot(centres.get(p), &along), p)).collect();
    places.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let second: Vec<usize> = places.split_off(places.len() / 2).into_iter().map(|(_, p)| p).collect();
    let mut first = halved(centres, places.into_iter().map(|(_, p)| p).collect());
    let mut second = halved(centres, second);
    let touch = |a: usize, b: usize| dot(centres.get(a), centres.get(b));
    let ends = |v: &[usize]| (v[0], v[v.len() - 1]);
    let ((a, b), (c, d)) = (ends(&first), ends(&second));
    let best = [touch(b, c), touch(a, c), touch(b, d), touch(a, d)];
    let best = (0..4).max_by(|x, y| best[*x].total_cmp(&best[*y]).then(y.cmp(x))).unwrap_or(0);
    if best % 2 == 1 {
        first.reverse();
    }
    if best >= 2 {
        second.reverse();
    }
    first.extend(second);
    first
}

/// The direction in which these centres differ most.
fn axis(centres: &Vectors, places: &[usize]) -> Vec<f32> {
    let mut mean = vec![0.0; centres.dimensions];
    places.iter().for_each(|place| add(&mut mean, centres.get(*place), 1.0 / places.len() as f32));
    let mut state = places.len() as u64;
    let mut axis: Vec<f32> = (0..centres.dimensions).map(|_| (splitmix(&mut state) >> 40) as f32 - 8e6).collect();
    for _ in 0..AXIS_STEPS {
        let mut next = vec![0.0; centres.dimensions];
        let at_mean = dot(&mean, &axis);
        for place in places {
            let along = dot(centres.get(*place), &axis) - at_mean;
            add(&mut next, centres.get(*place), along);
            add(&mut next, &mean, -along);
        }
        let length = dot(&next, &next).sqrt();
        if length == 0.0 {
            break;
        }
        next.iter_mut().for_each(|x| *x /= length);
        axis = next;
    }
    axis
}

/// The product of two vectors of one length. Sixteen sums side by side, which the compiler turns into wide registers.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    const WIDE: usize = 16;
    let mut sums = [0.0_f32; WIDE];
    let (a_chunks, b_chunks) = (a.chunks_exact(WIDE), b.chunks_exact(WIDE));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for i in 0..WIDE {
            sums[i] += a[i] * b[i];
        }
    }
    sums.iter().sum::<f32>() + rest
}

fn add(sum: &mut [f32], vector: &[f32], share: f32) {
    sum.iter_mut().zip(vector).for_each(|(sum, x)| *sum += share * x);
}

#[cfg(test)]
mod tests;
