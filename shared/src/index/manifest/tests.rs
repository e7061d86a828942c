use super::*;

fn segment(name: &str, entries: u32) -> SegmentRef {
    SegmentRef { name: name.to_owned(), entries, bytes: u64::from(entries) * 400 }
}

fn noon() -> Time {
    "2026-01-01T12:00:00Z".parse().expect("a time")
}

#[test]
fn a_scope_of_any_size_has_few_segments_and_rewrites_each_memory_seldom() {
    let mut manifest = Manifest::default();
    let mut written = 0;
    for n in 0..1_000 {
        let taken = manifest.merged_by_flush(FLUSH_AT);
        let from = manifest.segments.len() - taken;
        let entries = FLUSH_AT as u32 + manifest.segments[from..].iter().map(|s| s.entries).sum::<u32>();
        written += entries;
        manifest = manifest.with(taken, Some(segment(&n.to_string(), entries)));
        let most = 5 + manifest.fresh() / (MERGED_MOST / 2);
        assert!(manifest.segments.len() <= most, "{} segments after {n} flushes", manifest.segments.len());
        assert!(manifest.fresh() > WHOLE || manifest.segments.len() == 1, "a small scope is one object");
    }
    assert_eq!(manifest.segments.iter().map(|s| s.entries as usize).sum::<usize>(), 1_000 * FLUSH_AT);
    assert!(written as usize / (1_000 * FLUSH_AT) <= 15, "each memory written {written} / 64000 times");
}

#[test]
fn what_gave_way_is_retired_and_what_stays_is_not() {
    let manifest = Manifest { segments: vec![segment("a", 9), segment("b", 1)], ..Manifest::default() };
    let next = manifest.with(1, Some(segment("c", 10)));
    assert_eq!((next.generation, next.segments.len()), (1, 2));
    assert_eq!(next.retired(&manifest, noon()), Some(Retired { names: vec!["b".to_owned()], at: noon() }));
    let same = next.with(1, Some(segment("c", 10)));
    assert_eq!((same.generation, same.retired(&next, noon())), (2, None));
}
