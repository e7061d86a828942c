use super::*;

fn length(vector: &[f32]) -> f32 {
    vector.iter().map(|x| x * x).sum::<f32>().sqrt()
}

#[test]
fn lengths_and_angles_stay_and_no_coordinate_stands_out() {
    for dimensions in [1, 3, 32, 256, 384, 1000] {
        let rotation = Rotation::new(dimensions);
        let mut a: Vec<f32> = (0..dimensions).map(|i| if i == 0 { 1.0 } else { 0.0 }).collect();
        let mut b: Vec<f32> = (0..dimensions).map(|i| (i as f32 * 0.7).sin()).collect();
        let before: f32 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
        let long = length(&b);
        rotation.apply(&mut a);
        rotation.apply(&mut b);
        let after: f32 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
        assert!((before - after).abs() < 1e-3, "{dimensions}: {before} became {after}");
        assert!((length(&b) - long).abs() < 1e-2 * long.max(1.0));
        if dimensions >= 256 {
            let largest = a.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
            assert!(largest < 0.5, "{dimensions}: one coordinate holds {largest} of a length of 1");
        }
    }
}
