use super::*;

fn id(n: usize) -> MemoryId {
    format!("{n:016}").parse().expect("an id")
}

#[test]
fn each_term_finds_its_memories() {
    let mut postings = Postings::default();
    for n in 0..3_000_usize {
        postings.add(id(n), 12, &[(7, 1), ((n as u32 + 1).wrapping_mul(0x0100_0193), 2)]);
    }
    let (shards, rarity) = postings.finish();
    assert!(shards.len().is_power_of_two());
    for n in [0_usize, 17, 2_999] {
        let term = (n as u32 + 1).wrapping_mul(0x0100_0193);
        let bytes = shards[shard(term, shards.len())].encode().expect("encoded");
        let found = Shard::decode("a shard", &bytes).expect("decoded").find(term);
        assert_eq!(found, (1, vec![Posting { id: id(n), times: 2, length: 12 }]));
        assert!(rarity.memories(term) >= 1.0);
    }
    let (count, best) = shards[shard(7, shards.len())].find(7);
    assert_eq!((count, best.len()), (3_000, MOST_POSTINGS));
    assert!((2_900.0..3_300.0).contains(&rarity.memories(7)), "{}", rarity.memories(7));
}

#[test]
fn of_too_many_the_ones_with_most_weight_stay() {
    let mut postings = Postings::default();
    for n in 0..5_000 {
        postings.add(id(n), if n == 4_321 { 3 } else { 40 }, &[(9, if n == 1_234 { 5 } else { 1 })]);
    }
    let (shards, _) = postings.finish();
    let (_, best) = shards[shard(9, shards.len())].find(9);
    assert!([1_234, 4_321].iter().all(|n| best.iter().any(|posting| posting.id == id(*n))));
}

#[test]
fn nothing_gives_one_empty_shard() {
    let (shards, rarity) = Postings::default().finish();
    assert_eq!((shards.len(), shards[0].find(3), rarity.memories(3)), (1, (0, vec![]), 0.0));
}
