use super::*;
use crate::index::rotation::splitmix;

fn vectors(count: usize, dimensions: usize) -> Vec<Vec<f32>> {
    let mut state = 7;
    let mut number = || (splitmix(&mut state) >> 40) as f32 / (1 << 23) as f32 - 1.0;
    let shared: Vec<f32> = (0..dimensions).map(|_| number()).collect();
    (0..count)
        .map(|_| {
            let vector: Vec<f32> = shared.iter().map(|x| 0.4 * x + number()).collect();
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
            vector.into_iter().map(|x| x / length).collect()
        })
        .collect()
}

#[test]
fn estimates_are_near_the_products_and_without_bias() {
    for dimensions in [32, 256, 384] {
        let vectors = vectors(300, dimensions);
        let mean: Vec<f32> =
            (0..dimensions).map(|i| vectors.iter().map(|v| v[i]).sum::<f32>() / vectors.len() as f32).collect();
        let coder = Coder::new(mean);
        let estimator = coder.estimator(&vectors[0]);
        let mut errors = Vec::new();
        for vector in &vectors[1..] {
            let (factor, code) = coder.encode(vector.iter().copied());
            assert_eq!(code.len(), dimensions / 4);
            let exact: f32 = vector.iter().zip(&vectors[0]).map(|(x, y)| x * y).sum();
            errors.push(estimator.estimate(factor, &code) - exact);
        }
        let mean = errors.iter().sum::<f32>() / errors.len() as f32;
        let spread = (errors.iter().map(|e| e * e).sum::<f32>() / errors.len() as f32).sqrt();
        assert!(mean.abs() < 0.02, "{dimensions}: off by {mean} on the whole");
        assert!(spread < 0.55 / (dimensions as f32).sqrt(), "{dimensions}: off by {spread} each");
    }
}

#[test]
fn a_vector_like_the_mean_has_a_code_too() {
    let coder = Coder::new(vec![0.5; 4]);
    let (factor, code) = coder.encode([0.5; 4].into_iter());
    assert!(factor.is_finite());
    assert!((coder.estimator(&[1.0, 0.0, 0.0, 0.0]).estimate(factor, &code) - 0.5).abs() < 1e-6);
}
