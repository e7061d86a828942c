//! The map of a large scope: its memories grouped into cells by nearness, the cells in a line, and where each lies.
//!
//! A scope that is too large to be read whole keeps, beside its full entries in segments (here: leaves), what finding
//! needs, in the same order: two-bit codes to choose candidates by, columns to filter by, and postings of its terms. The
//! atlas names them all. With it in hand one wave of ranged reads fetches the cells near a query.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::error::Result;
use crate::index::cells::Vectors;
use crate::index::embedding::Fingerprint;
use crate::index::postings::Rarity;
use crate::index::sealed::{self, CHECK_BYTES, Format};
use crate::index::{QueryVector, SegmentRef};

/// How an atlas is stored.
pub const FORMAT: Format = Format { magic: b"MEMATLAS", version: 2, extension: "atlas" };

/// The atlas whose columns are entries of version 1; all else is the same. The next round of a night writes it anew.
const V1: Format = Format { version: V1_VERSION, ..FORMAT };
/// Its version.
pub const V1_VERSION: u16 = 1;

/// A four-bit number's largest size.
const LARGEST_NIBBLE: f32 = 7.0;

/// One group of memories that lie near each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// How many memories.
    pub entries: u32,
    /// Checksum of its codes.
    pub codes_check: [u8; CHECK_BYTES],
    /// Bytes of its columns.
    pub columns_bytes: u32,
    /// Checksum of its columns.
    pub columns_check: [u8; CHECK_BYTES],
    /// What one step of the centre's numbers is worth.
    scale: f32,
    /// The centre's direction, two four-bit numbers a byte.
    centre: ByteBuf,
}

/// Two objects that hold the codes and the columns of a run of cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// How many cells.
    pub cells: u32,
    /// The object of their codes.
    pub codes: String,
    /// The object of their columns.
    pub columns: String,
}

/// The map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Atlas {
    /// The model whose vectors are grouped. What another model embedded stays in plain segments.
    pub fingerprint: Fingerprint,
    /// The mean of all vectors, around which codes are made.
    pub mean: Vec<f32>,
    /// How many terms its memories have on average.
    pub mean_length: f32,
    /// First names of those who speak most.
    pub speakers: Vec<String>,
    /// The cells in line.
    pub cells: Vec<Cell>,
    /// Where their codes and columns are.
    pub blocks: Vec<Block>,
    /// The postings of the terms, in shards by the terms' first bits.
    pub shards: Vec<String>,
    /// About how many memories hold a term.
    pub rarity: Rarity,
    /// The full entries, in the cells' order.
    pub leaves: Vec<SegmentRef>,
    /// The version that it and what it maps were written in.
    #[serde(skip, default = "current")]
    pub version: u16,
}

fn current() -> u16 {
    FORMAT.version
}

/// A stretch of one object: cells that are fetched by one ranged read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Which of the atlas's blocks.
    pub block: usize,
    /// Which of the atlas's cells.
    pub cells: Range<usize>,
}

impl Cell {
    /// A cell around that centre.
    pub fn new(centre: &[f32], entries: u32, codes: &[u8], columns: &[u8]) -> Cell {
        let largest = centre.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let scale = if largest > 0.0 { largest / LARGEST_NIBBLE } else { 1.0 };
        let nibble = |x: &f32| ((x / scale).round() as i8 + 8) as u8;
        let centre = centre.chunks(2).map(|pair| nibble(&pair[0]) | pair.get(1).map_or(8, nibble) << 4);
        Cell {
            entries,
            codes_check: sealed::check(codes),
            columns_bytes: u32::try_from(columns.len()).unwrap_or(u32::MAX),
            columns_check: sealed::check(columns),
            scale,
            centre: ByteBuf::from(centre.collect::<Vec<u8>>()),
        }
    }

    /// The centre, of length 1 but for rounding.
    pub fn centre(&self) -> impl Iterator<Item = f32> + '_ {
        let numbers = self.centre.iter().flat_map(|byte| [byte & 15, byte >> 4]);
        numbers.map(|number| self.scale * (f32::from(number) - 8.0))
    }

    fn nearness(&self, query: &[f32]) -> f32 {
        self.centre().zip(query).map(|(x, y)| x * y).sum()
    }
}

impl Atlas {
    /// As bytes.
    pub fn encode(&self) -> Result<Vec<u8>> {
        sealed::seal(FORMAT, self)
    }

    /// Back from bytes. Corrupt, with the name, where they are not what [`Atlas::encode`] wrote.
    pub fn decode(name: &str, bytes: &[u8]) -> Result<Atlas> {
        if sealed::version(bytes) == Some(V1.version) {
            let atlas = sealed::open(V1, name, bytes)?;
            return Ok(Atlas { version: V1.version, ..atlas });
        }
        sealed::open(FORMAT, name, bytes)
    }

    /// How many memories it maps.
    pub fn entries(&self) -> usize {
        self.cells.iter().map(|cell| cell.entries as usize).sum()
    }

    /// The names of all objects it needs.
    pub fn objects(&self) -> impl Iterator<Item = &str> {
        let blocks = self.blocks.iter().flat_map(|block| [block.codes.as_str(), block.columns.as_str()]);
        let leaves = self.leaves.iter().map(|leaf| leaf.name.as_str());
        blocks.chain(self.shards.iter().map(String::as_str)).chain(leaves)
    }

    /// All centres, in line.
    pub fn centres(&self) -> Vectors {
        let mut centres = Vectors::new(self.mean.len());
        self.cells.iter().for_each(|cell| centres.push(cell.centre()));
        centres
    }

    /// The stretches in which what is nearest to the query most likely lies: at most `reads` of them, at most `entries`
    /// memories in all. As many of the nearest cells as fit, with what lies between them.
    pub fn near(&self, query: &QueryVector, reads: usize, entries: usize) -> Vec<Stretch> {
        let nearness: Vec<f32> = self.cells.iter().map(|cell| cell.nearness(&query.unit)).collect();
        let mut nearest: Vec<usize> = (0..self.cells.len()).collect();
        nearest.sort_unstable_by(|a, b| nearness[*b].total_cmp(&nearness[*a]).then(a.cmp(b)));
        let starts = self.starts();
        let size =
            |stretches: &[Range<usize>]| stretches.iter().map(|s| starts[s.end] - starts[s.start]).sum::<usize>();
        // The stretches grow with the number of cells, so the largest number that fits is found by halving.
        let (mut fits, mut over) = (0, nearest.len() + 1);
        while over - fits > 1 {
            let count = usize::midpoint(fits, over);
            let stretches = self.joined(&nearest[..count], reads, &starts);
            if stretches.len() <= reads && size(&stretches) <= entries { fits = count } else { over = count }
        }
        // One cell is read however large.
        let count = fits.max(1).min(nearest.len());
        self.located(self.joined(&nearest[..count], reads, &starts))
    }

    /// All there is, in reads of at most `entries` memories, or one cell.
    pub fn whole(&self, entries: usize) -> Vec<Stretch> {
        let mut stretches: Vec<Range<usize>> = Vec::new();
        let mut held = 0;
        for (place, cell) in self.cells.iter().enumerate() {
            held += cell.entries as usize;
            match stretches.last_mut().filter(|_| held <= entries) {
                Some(last) => last.end = place + 1,
                None => {
                    stretches.push(place..place + 1);
                    held = cell.entries as usize;
                }
            }
        }
        let ends = self.block_ends();
        let cut = stretches.into_iter().flat_map(|stretch| cut(stretch, &ends)).collect();
        self.located(cut)
    }

    /// Where in its object of codes a stretch lies.
    pub fn codes_range(&self, stretch: &Stretch, record: usize) -> Range<u64> {
        self.range(stretch, |cell| cell.entries as u64 * record as u64)
    }

    /// Where in its object of columns a stretch lies.
    pub fn columns_range(&self, stretch: &Stretch) -> Range<u64> {
        self.range(stretch, |cell| u64::from(cell.columns_bytes))
    }

    fn range(&self, stretch: &Stretch, bytes: impl Fn(&Cell) -> u64) -> Range<u64> {
        let first: usize = self.blocks[..stretch.block].iter().map(|block| block.cells as usize).sum();
        let start: u64 = self.cells[first..stretch.cells.start].iter().map(&bytes).sum();
        start..start + self.cells[stretch.cells.clone()].iter().map(&bytes).sum::<u64>()
    }

    /// How many memories stand before each cell, and after the last.
    fn starts(&self) -> Vec<usize> {
        let mut starts = vec![0];
        starts.extend(self.cells.iter().scan(0, |sum, cell| {
            *sum += cell.entries as usize;
            Some(*sum)
        }));
        starts
    }

    /// The cell after the last one of each block.
    fn block_ends(&self) -> Vec<usize> {
        let sizes = self.blocks.iter().scan(0, |end, block| {
            *end += block.cells as usize;
            Some(*end)
        });
        sizes.collect()
    }

    /// The cells as stretches, the shortest gaps between them read along until there are at most `reads`.
    fn joined(&self, cells: &[usize], reads: usize, starts: &[usize]) -> Vec<Range<usize>> {
        let mut cells = cells.to_vec();
        cells.sort_unstable();
        let mut stretches: Vec<Range<usize>> = Vec::new();
        for cell in cells {
            match stretches.last_mut() {
                Some(last) if last.end == cell => last.end = cell + 1,
                _ => stretches.push(cell..cell + 1),
            }
        }
        if stretches.len() > reads {
            let gap = |i: usize| starts[stretches[i + 1].start] - starts[stretches[i].end];
            let mut widest: Vec<usize> = (0..stretches.len() - 1).collect();
            widest.sort_unstable_by_key(|i| (std::cmp::Reverse(gap(*i)), *i));
            widest.truncate(reads.saturating_sub(1));
            widest.sort_unstable();
            let mut joined = Vec::with_capacity(reads);
            let mut first = 0;
            for last in widest.into_iter().chain([stretches.len() - 1]) {
                joined.push(stretches[first].start..stretches[last].end);
                first = last + 1;
            }
            stretches = joined;
        }
        let ends = self.block_ends();
        stretches.into_iter().flat_map(|stretch| cut(stretch, &ends)).collect()
    }

    fn located(&self, stretches: Vec<Range<usize>>) -> Vec<Stretch> {
        let ends = self.block_ends();
        let block = |cell: usize| ends.partition_point(|end| *end <= cell);
        stretches.into_iter().map(|cells| Stretch { block: block(cells.start), cells }).collect()
    }
}

/// Whether an object of that name is an atlas: its extension says so.
pub fn is_atlas(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension == FORMAT.extension)
}

/// The hash in an object's name.
pub fn hash(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.split('.').next().unwrap_or(file)
}

/// A stretch in parts that lie in one block each.
fn cut(stretch: Range<usize>, ends: &[usize]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = stretch.start;
    for end in ends.iter().copied().filter(|end| *end > stretch.start) {
        let part = start..end.min(stretch.end);
        start = part.end;
        parts.push(part);
        if start >= stretch.end {
            break;
        }
    }
    parts
}

#[cfg(test)]
mod tests;
