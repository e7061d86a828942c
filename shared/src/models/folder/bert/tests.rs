use super::*;

#[test]
fn the_error_function_is_right_to_six_places() {
    let known = [
        (0.0, 0.0),
        (1e-3, 0.001_128_379),
        (0.1, 0.112_462_92),
        (0.5, 0.520_499_9),
        (1.0, 0.842_700_8),
        (2.0, 0.995_322_3),
        (3.0, 0.999_977_9),
        (9.0, 1.0),
        (f32::INFINITY, 1.0),
    ];
    for (x, expected) in known {
        assert!((erf(x) - expected).abs() < 1e-6, "erf({x}) is {}", erf(x));
        assert!((erf(-x) + expected).abs() < 1e-6, "erf(-{x}) is {}", erf(-x));
    }
}
