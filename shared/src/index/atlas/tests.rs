use super::*;

/// An atlas of 2-d cells on a circle, ten memories each, in blocks of eight cells.
fn circle(cells: usize) -> Atlas {
    let angle = |i: usize| i as f32 / cells as f32 * std::f32::consts::TAU;
    let cell = |i: usize| Cell::new(&[angle(i).cos(), angle(i).sin()], 10, &[i as u8], &[0; 50]);
    Atlas {
        fingerprint: Fingerprint(1),
        mean: vec![0.0; 2],
        mean_length: 9.0,
        speakers: vec!["ana".to_owned()],
        cells: (0..cells).map(cell).collect(),
        blocks: (0..cells / 8)
            .map(|n| Block { cells: 8, codes: format!("{n}.codes"), columns: format!("{n}.columns") })
            .collect(),
        shards: vec!["0.terms".to_owned()],
        rarity: Rarity::default(),
        leaves: vec![SegmentRef { name: "0.seg".to_owned(), entries: 10 * cells as u32, bytes: 1 }],
        version: FORMAT.version,
    }
}

fn query(x: f32, y: f32) -> QueryVector {
    QueryVector::new(Fingerprint(1), vec![x, y])
}

#[test]
fn it_comes_back_from_bytes() {
    let atlas = circle(32);
    assert_eq!(Atlas::decode("an atlas", &atlas.encode().expect("encoded")).expect("decoded"), atlas);
    assert_eq!((atlas.entries(), atlas.objects().count()), (320, 4 * 2 + 1 + 1));
}

#[test]
fn the_nearest_cells_are_read_within_the_bounds_of_reads_and_memories() {
    let atlas = circle(64);
    for (reads, entries) in [(1, 100), (2, 100), (3, 250), (8, 640)] {
        for (x, y) in [(1.0, 0.0), (0.0, 1.0), (-0.7, -0.7), (0.3, -0.9)] {
            let stretches = atlas.near(&query(x, y), reads, entries);
            assert!(!stretches.is_empty() && stretches.len() <= reads, "{stretches:?}");
            let cells: Vec<usize> = stretches.iter().flat_map(|stretch| stretch.cells.clone()).collect();
            assert!(cells.len() * 10 <= entries, "{cells:?}");
            let nearest = (0..64).max_by(|a, b| {
                atlas.cells[*a].nearness(&[x, y]).total_cmp(&atlas.cells[*b].nearness(&[x, y])).then(b.cmp(a))
            });
            assert!(cells.contains(&nearest.expect("a cell")), "{nearest:?} is not among {cells:?}");
            for stretch in &stretches {
                assert!(stretch.cells.clone().all(|cell| cell / 8 == stretch.block), "{stretch:?} crosses a block");
            }
        }
    }
}

#[test]
fn a_stretch_lies_where_its_cells_were_written() {
    let atlas = circle(32);
    let stretch = Stretch { block: 1, cells: 10..13 };
    assert_eq!(atlas.codes_range(&stretch, 78), 2 * 780..5 * 780);
    assert_eq!(atlas.columns_range(&stretch), 100..250);
}

#[test]
fn the_whole_is_every_cell_once() {
    let atlas = circle(32);
    for entries in [1, 35, 80, 10_000] {
        let stretches = atlas.whole(entries);
        let cells: Vec<usize> = stretches.iter().flat_map(|stretch| stretch.cells.clone()).collect();
        assert_eq!(cells, (0..32).collect::<Vec<_>>());
    }
    assert_eq!(atlas.whole(10_000).len(), 4);
}
