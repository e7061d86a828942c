//! Writes a large scope cell by cell: full entries into leaves, codes and columns into blocks, terms into postings.

use std::collections::HashMap;

use crate::app::App;
use crate::error::Result;
use crate::index::atlas::{Block, Cell};
use crate::index::cells::{self, Vectors};
use crate::index::code::Coder;
use crate::index::postings::Postings;
use crate::index::question::first_name;
use crate::index::{Atlas, Entry, Fingerprint, SegmentRef, atlas, cell};
use crate::memory::{Scope, Time};

/// Entries of a leaf: some 2 MB.
const LEAF: usize = 4_096;
/// Bytes of a block's codes or columns from which the next cell begins a new one.
const BLOCK_BYTES: usize = 24 * 1024 * 1024;
/// Speakers whose names an atlas knows.
const MOST_SPEAKERS: usize = 64;

/// The scope as far as it is written.
#[derive(Debug)]
pub struct Leaves<'a> {
    app: &'a App,
    scope: &'a Scope,
    now: Time,
    model: Fingerprint,
    mean: Vec<f32>,
    coder: Coder,
    /// Entries that a cell shall have; with twice as many it becomes two.
    target: usize,
    cells: Vec<Cell>,
    leaf: Vec<Entry>,
    leaves: Vec<SegmentRef>,
    codes: Vec<u8>,
    columns: Vec<u8>,
    in_block: u32,
    blocks: Vec<Block>,
    postings: Postings,
    terms: u64,
    speakers: HashMap<String, u32>,
}

impl<'a> Leaves<'a> {
    /// Nothing yet.
    pub fn new(
        app: &'a App,
        scope: &'a Scope,
        now: Time,
        model: Fingerprint,
        mean: Vec<f32>,
        target: usize,
    ) -> Leaves<'a> {
        Leaves {
            app,
            scope,
            now,
            model,
            coder: Coder::new(mean.clone()),
            mean,
            target,
            cells: Vec::new(),
            leaf: Vec::new(),
            leaves: Vec::new(),
            codes: Vec::new(),
            columns: Vec::new(),
            in_block: 0,
            blocks: Vec::new(),
            postings: Postings::default(),
            terms: 0,
            speakers: HashMap::new(),
        }
    }

    /// The next cell; as several, where it has grown too large.
    pub async fn push(&mut self, members: Vec<Entry>) -> Result<()> {
        for members in split(members, 2 * self.target) {
            self.push_cell(members).await?;
        }
        Ok(())
    }

    async fn push_cell(&mut self, mut members: Vec<Entry>) -> Result<()> {
        members.sort_unstable_by_key(|entry| (entry.order, entry.id));
        let (codes_start, columns_start) = (self.codes.len(), self.columns.len());
        let mut vectors = Vectors::new(self.mean.len());
        for entry in &members {
            let Some(embedding) = &entry.embedding else { continue };
            vectors.push(embedding.unit());
            cell::push_record(&mut self.codes, entry.id, embedding, &self.coder);
            self.columns = cell::push_columns(std::mem::take(&mut self.columns), entry)?;
            self.postings.add(entry.id, entry.length, &entry.terms);
            self.terms += u64::from(entry.length);
            if let Some(name) = entry.speaker.as_deref().and_then(first_name) {
                *self.speakers.entry(name).or_default() += 1;
            }
        }
        if vectors.is_empty() {
            return Ok(());
        }
        let (codes, columns) = (&self.codes[codes_start..], &self.columns[columns_start..]);
        let mut centre = vectors.mean();
        let length = cells::dot(&centre, &centre).sqrt().max(f32::MIN_POSITIVE);
        centre.iter_mut().for_each(|x| *x /= length);
        self.cells.push(Cell::new(&centre, u32::try_from(vectors.len()).unwrap_or(u32::MAX), codes, columns));
        self.in_block += 1;
        self.leaf.extend(members);
        if self.leaf.len() >= LEAF {
            self.put_leaf().await?;
        }
        if self.codes.len().max(self.columns.len()) >= BLOCK_BYTES {
            self.put_block().await?;
        }
        Ok(())
    }

    async fn put_leaf(&mut self) -> Result<()> {
        let entries = std::mem::take(&mut self.leaf);
        self.leaves.push(self.app.segments.put(self.scope, &entries, self.now).await?);
        Ok(())
    }

    async fn put_block(&mut self) -> Result<()> {
        let codes = self.app.atlases.put(self.scope, std::mem::take(&mut self.codes), "codes", self.now).await?;
        let columns = self.app.atlases.put(self.scope, std::mem::take(&mut self.columns), "columns", self.now).await?;
        self.blocks.push(Block { cells: std::mem::take(&mut self.in_block), codes, columns });
        Ok(())
    }

    /// The atlas of all that was written; none where that was nothing.
    pub async fn finish(mut self) -> Result<Option<Atlas>> {
        if self.cells.is_empty() {
            return Ok(None);
        }
        if !self.leaf.is_empty() {
            self.put_leaf().await?;
        }
        if self.in_block > 0 {
            self.put_block().await?;
        }
        let (shards, rarity) = self.postings.finish();
        let mut names = Vec::with_capacity(shards.len());
        for shard in &shards {
            names.push(self.app.atlases.put_shard(self.scope, shard, self.now).await?);
        }
        let mut speakers: Vec<(String, u32)> = self.speakers.into_iter().collect();
        speakers.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        speakers.truncate(MOST_SPEAKERS);
        let entries: u64 = self.cells.iter().map(|cell| u64::from(cell.entries)).sum();
        Ok(Some(Atlas {
            fingerprint: self.model,
            mean: self.mean,
            mean_length: self.terms as f32 / entries.max(1) as f32,
            speakers: speakers.into_iter().map(|(name, _)| name).collect(),
            cells: self.cells,
            blocks: self.blocks,
            shards: names,
            rarity,
            leaves: self.leaves,
            version: atlas::FORMAT.version,
        }))
    }
}

/// The members in parts of at most `most`, each halved around two centres of its own; as they are, where their vectors
/// are all alike.
fn split(members: Vec<Entry>, most: usize) -> Vec<Vec<Entry>> {
    if members.len() <= most {
        return vec![members];
    }
    let dimensions = members.iter().find_map(|entry| entry.embedding.as_ref()).map_or(0, |e| e.dimensions());
    let mut vectors = Vectors::new(dimensions);
    for embedding in members.iter().filter_map(|entry| entry.embedding.as_ref()) {
        vectors.push(embedding.unit());
    }
    let two = cells::centres(&vectors, 2);
    let (first, second): (Vec<_>, Vec<_>) = members
        .into_iter()
        .partition(|entry| entry.embedding.as_ref().is_some_and(|e| two.nearest(&e.unit().collect::<Vec<f32>>()) == 0));
    if first.is_empty() || second.is_empty() {
        return vec![[first, second].concat()];
    }
    let mut parts = split(first, most);
    parts.extend(split(second, most));
    parts
}
