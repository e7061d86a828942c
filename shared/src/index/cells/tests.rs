use super::*;

/// Unit vectors around `groups` directions, group after group.
fn grouped(groups: usize, each: usize) -> Vectors {
    let mut state = 3;
    let mut number = || (splitmix(&mut state) >> 40) as f32 / (1 << 23) as f32 - 1.0;
    let mut vectors = Vectors::new(32);
    for _ in 0..groups {
        let middle: Vec<f32> = (0..32).map(|_| number()).collect();
        for _ in 0..each {
            let vector: Vec<f32> = middle.iter().map(|x| x + 0.2 * number()).collect();
            let length = dot(&vector, &vector).sqrt();
            vectors.push(vector.into_iter().map(|x| x / length));
        }
    }
    vectors
}

#[test]
fn what_lies_together_is_grouped_together() {
    let vectors = grouped(8, 30);
    let centres = centres(&vectors, 24);
    let own: Vec<usize> = vectors.iter().map(|vector| centres.nearest(vector)).collect();
    for (i, a) in own.iter().enumerate() {
        for (j, b) in own.iter().enumerate() {
            assert!(a != b || i / 30 == j / 30, "{i} and {j} are of two groups and share a cell");
        }
    }
}

#[test]
fn each_centre_stands_in_line_once_and_near_its_like() {
    let vectors = grouped(16, 8);
    let line = in_line(&vectors);
    let mut sorted = line.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..128).collect::<Vec<_>>());
    let together = line.windows(2).filter(|pair| pair[0] / 8 == pair[1] / 8).count();
    assert!(together > 100, "only {together} of 127 steps stay within a group; at random 8 would");
}

#[test]
fn the_same_vectors_give_the_same_centres() {
    let vectors = grouped(4, 20);
    assert_eq!(centres(&vectors, 9), centres(&vectors, 9));
    assert_eq!(centres(&Vectors::new(4), 3).len(), 0);
}
