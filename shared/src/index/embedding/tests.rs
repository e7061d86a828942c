use super::*;

fn wave(n: usize, speed: f32) -> Vec<f32> {
    (0..n).map(|i| (i as f32 * speed).sin() * 3.0).collect()
}

#[test]
fn a_stored_vector_keeps_its_direction() {
    let model = Fingerprint::of("test");
    for speed in [0.1, 0.7, 1.3] {
        let stored = Embedding::new(model, 1.0, &wave(256, speed)).expect("not zero");
        let query = QueryVector::new(model, wave(256, speed));
        let cosine = stored.cosine(&query).expect("same model");
        assert!((cosine - 1.0).abs() < 1e-3, "{cosine}");
        assert!((stored.cosine_between(&stored).expect("same model") - 1.0).abs() < 1e-5);
    }
}

#[test]
fn vectors_of_two_models_are_never_compared() {
    let stored = Embedding::new(Fingerprint::of("a"), 1.0, &wave(8, 1.0)).expect("not zero");
    let other = Embedding::new(Fingerprint::of("b"), 1.0, &wave(8, 1.0)).expect("not zero");
    assert_eq!(stored.cosine(&QueryVector::new(Fingerprint::of("b"), wave(8, 1.0))), None);
    assert_eq!(stored.cosine(&QueryVector::new(Fingerprint::of("a"), wave(9, 1.0))), None);
    assert_eq!(stored.cosine_between(&other), None);
}

#[test]
fn nothing_and_nonsense_have_no_embedding() {
    let model = Fingerprint::of("test");
    assert!(Embedding::new(model, 1.0, &[0.0; 8]).is_none());
    assert!(Embedding::new(model, 1.0, &[f32::NAN; 8]).is_none());
    assert!(Embedding::new(model, 1.0, &[f32::INFINITY; 8]).is_none());
    assert!(Embedding::new(model, 1.0, &[]).is_none());
}
