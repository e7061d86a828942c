//! The engine by itself: of the true ten nearest, how many a large scope's atlas finds, for how many reads and bytes.
//!
//! Vectors are clustered at random, or those of texts from a file, a line each; "true" is exact search over the very
//! vectors that are stored. The last wave is played as it is in a recall: candidates are compared exactly.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use jiff::civil::date;
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::index::{Embedding, Entry, Fingerprint, Manifest, QueryVector, SegmentRef};
use memorable::memory::{Memory, MemoryId, Scope, Tenant, Time};
use memorable::models::builtin;
use memorable::recall::candidates::{Wanted, candidates};
use memorable::receipt::{Receipt, meter, metered};
use memorable::{index::Atlas, night};
use memorable_local::{House, Options};
use serde::Serialize;
use serde_json::json;

/// Dimensions of random vectors: the builtin embedder's.
const DIMENSIONS: usize = 256;
/// Vectors around one centre.
const CLUSTER: usize = 50;
/// How far a vector strays from its centre, in standard deviations of the centres' own coordinates.
const STRAY: f32 = 0.7;
/// Queries of each kind.
const QUERIES: usize = 200;
/// How many nearest are looked for.
const NEAREST: usize = 10;
/// Entries of a segment put at once.
const SEGMENT: usize = 8_192;
/// A bit of the churn: each night this share of the memories is changed.
const CHURN: usize = 20;

/// What was measured of one scope.
#[derive(Debug, Serialize)]
pub struct Row {
    /// What was asked: `all`, or the share that a filter lets through.
    asked: String,
    /// Of the true ten nearest, how many were found.
    recall: f64,
    /// Reads of S3 with nothing cached.
    gets: f64,
    /// Kilobytes received with nothing cached, from S3 and DynamoDB.
    kilobytes: f64,
    /// Milliseconds of the search on this machine, all cached.
    warm_ms: f64,
}

/// Runs it and prints a table for each size; `texts` instead of random vectors.
pub async fn measure(sizes: &[usize], nights: usize, texts: Option<&Path>) -> Result<serde_json::Value> {
    let mut report = serde_json::Map::new();
    for size in sizes {
        let mut bench = Bench::new(*size, texts).await?;
        let started = Instant::now();
        let written = bench.night(0).await?;
        println!(
            "\n{} memories ({}): mapped in {:.1} s, {:.1} MB written, {:.0} MB peak of the process ({} MB of it vectors to compare with)",
            bench.vectors.len(),
            bench.what,
            started.elapsed().as_secs_f64(),
            written as f64 / 1e6,
            peak_mb(),
            bench.vectors.len() * bench.dimensions * 4 / 1_000_000,
        );
        let mut rows = bench.rows().await?;
        print(&rows);
        for night in 1..=nights {
            let written = bench.churn(night).await?;
            if night == 1 || night % 10 == 0 {
                let state = bench.objects().await?;
                println!(
                    "  night {night}: {:.1} MB written, {} objects, {:.1} MB kept",
                    written as f64 / 1e6,
                    state.0,
                    state.1 as f64 / 1e6
                );
            }
        }
        if nights > 0 {
            println!("  after {nights} nights with {} % churn each:", 100 / CHURN);
            let after = bench.rows().await?;
            print(&after);
            rows.extend(after);
        }
        report.insert(size.to_string(), json!(rows));
    }
    Ok(report.into())
}

fn print(rows: &[Row]) {
    println!("  {:<10}{:>11}{:>11}{:>11}{:>10}", "asked", "recall@10", "cold GETs", "cold KB", "warm ms");
    for row in rows {
        let Row { asked, recall, gets, kilobytes, warm_ms } = row;
        println!("  {asked:<10}{recall:>11.4}{gets:>11.1}{kilobytes:>11.0}{warm_ms:>10.2}");
    }
}

struct Bench {
    house: House,
    scope: Scope,
    what: String,
    dimensions: usize,
    model: Fingerprint,
    vectors: Vec<Vec<f32>>,
    queries: Vec<Vec<f32>>,
    revisions: Vec<u32>,
    random: Random,
}

impl Bench {
    async fn new(size: usize, texts: Option<&Path>) -> Result<Bench> {
        let settings = HashMap::from([("MEMORABLE_ATLAS_FROM".to_owned(), "6000".to_owned())]);
        let house = House::open(Options { settings, ..Options::default() }).await?;
        let scope = Scope::parse(&Tenant::parse("local")?, "user:bench")?;
        let mut random = Random(size as u64);
        let (what, mut vectors, model) = match texts {
            Some(file) => {
                let text = std::fs::read_to_string(file).map_err(|error| {
                    Error::invalid("texts", format!("{}: {error}", file.display()), "a file of lines")
                })?;
                let lines = text.lines().filter(|line| !line.trim().is_empty()).take(size + QUERIES);
                let vectors = lines.map(|line| builtin::embed_query(line).unit).collect();
                (file.display().to_string(), vectors, builtin::fingerprint())
            }
            None => ("clustered at random".to_owned(), clustered(size, &mut random), Fingerprint(1)),
        };
        let queries = vectors.split_off(vectors.len().saturating_sub(QUERIES));
        let dimensions = vectors.first().map_or(0, Vec::len);
        let revisions = vec![1; vectors.len()];
        let mut bench = Bench { house, scope, what, dimensions, model, vectors, queries, revisions, random };
        // What is stored is eight bits a number: those are the vectors to be exact about.
        let all: Vec<usize> = (0..bench.vectors.len()).collect();
        bench.add(&all).await?;
        Ok(bench)
    }

    fn embedding(&self, n: usize) -> Option<Embedding> {
        Embedding::new(self.model, 1.0, &self.vectors[n])
    }

    fn entry(&self, n: usize) -> Result<Entry> {
        let memory = json!({
            "v": 1, "id": id(n), "revision": self.revisions[n], "state": "ready", "content": "", "order": n,
            "session": format!("s{}", n / 20), "speaker": if n.is_multiple_of(2) { "Ana" } else { "Ben" },
            "recorded_at": "2026-01-02", "updated_at": "2026-01-02", "fingerprint": "",
            "classification": {"kind": "note", "sensitivity": "general", "importance": 0.5, "confidence": 1.0, "by": "bench"}
        });
        let memory: Memory = serde_json::from_value(memory).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Entry::of(&memory, self.embedding(n)))
    }

    /// Publishes those memories as fresh segments.
    async fn add(&mut self, which: &[usize]) -> Result<()> {
        let app = &self.house.app;
        let before = app.records.index(&self.scope).await?.manifest;
        let mut segments: Vec<SegmentRef> = before.segments.clone();
        for part in which.chunks(SEGMENT) {
            let entries: Result<Vec<Entry>> = part.iter().map(|n| self.entry(*n)).collect();
            segments.push(app.segments.put(&self.scope, &entries?, time(0)).await?);
        }
        let next = Manifest { segments, ..before.clone() }.after(&before);
        app.records.publish(&self.scope, &before, &next, &[], time(0)).await?;
        for n in which {
            // Exactness is about what is stored.
            if let Some(embedding) = self.embedding(*n) {
                self.vectors[*n] = embedding.unit().collect();
            }
        }
        Ok(())
    }

    /// A night's work; gives how many bytes it put.
    async fn night(&self, night: usize) -> Result<u64> {
        let work = async {
            night::work(&self.house.app, &self.scope, date(2020, 1, 1), time(night)).await?;
            Ok::<_, Error>(meter().requests().iter().filter(|r| r.operation == "PutObject").map(|r| r.sent).sum())
        };
        metered(work).await.0
    }

    /// Changes a share of the memories, then a night's work.
    async fn churn(&mut self, night: usize) -> Result<u64> {
        let count = self.vectors.len();
        let changed: Vec<usize> = (0..count).filter(|_| self.random.below(CHURN) == 0).collect();
        for n in &changed {
            let like = self.random.below(count);
            let mut vector = self.vectors[like].clone();
            vector.iter_mut().for_each(|x| *x += 0.3 * self.random.normal() / (self.dimensions as f32).sqrt());
            self.vectors[*n] = unit(vector);
            self.revisions[*n] += 1;
        }
        self.add(&changed).await?;
        self.night(night).await
    }

    async fn objects(&self) -> Result<(usize, u64)> {
        let manifest = self.house.app.records.index(&self.scope).await?.manifest;
        let folder = memorable::index::sealed::folder(&self.scope);
        let count = self.house.app.objects.list(&folder).await?.len();
        let leaves: u64 = match &manifest.atlas {
            Some(atlas) => self.house.app.atlases.get(&atlas.name).await?.leaves.iter().map(|leaf| leaf.bytes).sum(),
            None => manifest.segments.iter().map(|segment| segment.bytes).sum(),
        };
        Ok((count, leaves))
    }

    async fn rows(&self) -> Result<Vec<Row>> {
        let mut rows = vec![self.row("all", None).await?];
        for share in [10, 100, 1_000] {
            if self.vectors.len() >= 20 * share {
                rows.push(self.row(&format!("{} %", 100.0 / share as f64), Some(share)).await?);
            }
        }
        Ok(rows)
    }

    /// Asks all queries; with `share`, one memory in so many passes the filter, at random.
    async fn row(&self, asked: &str, share: Option<usize>) -> Result<Row> {
        let passes = |n: usize| {
            share.is_none_or(|share| {
                (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20 & 0xfff_ffff < 0x1000_0000 / share as u64
            })
        };
        let manifest = self.house.app.records.index(&self.scope).await?.manifest;
        let (mut found, mut gets, mut bytes) = (0, 0, 0);
        let asks = if share.is_some() { QUERIES / 4 } else { QUERIES };
        let warm = self.house.container(self.house.faults.http_client())?;
        let mut micros = Vec::new();
        for (number, query) in self.queries.iter().take(asks).enumerate() {
            let exact = nearest(query, (0..self.vectors.len()).filter(|n| passes(*n)).map(|n| (n, &self.vectors[n])));
            let app = self.house.container(self.house.faults.http_client())?;
            let cold = number < 20;
            let (wanted, receipt) =
                self.ask(if cold { &app } else { &warm }, &manifest, query, share.map(|_| &passes as _)).await?;
            let started = Instant::now();
            if !cold {
                self.ask(&warm, &manifest, query, share.map(|_| &passes as _)).await?;
                micros.push(started.elapsed().as_secs_f64() * 1e3);
            } else {
                gets += receipt.requests.get("s3.GetObject").copied().unwrap_or(0);
                bytes += receipt.bytes_received;
            }
            let again = nearest(query, wanted.iter().map(|n| (*n, &self.vectors[*n])));
            found += exact.iter().filter(|n| again.contains(n)).count();
        }
        let most = asks * NEAREST;
        Ok(Row {
            asked: asked.to_owned(),
            recall: found as f64 / most as f64,
            gets: f64::from(gets) / 20.0,
            kilobytes: bytes as f64 / 20.0 / 1e3,
            warm_ms: crate::median(micros),
        })
    }

    /// The candidates of a recall: by the atlas where there is one, else all there is.
    async fn ask(
        &self,
        app: &App,
        manifest: &Manifest,
        query: &[f32],
        passes: Option<&(dyn Fn(usize) -> bool + Sync)>,
    ) -> Result<(Vec<usize>, Receipt)> {
        let vectors = [QueryVector::new(self.model, query.to_vec())];
        let filter = |entry: &Entry| passes.is_none_or(|passes| passes(entry.order as usize));
        let work = async {
            let mut ids: Vec<MemoryId> = Vec::new();
            if let Some(named) = &manifest.atlas {
                let atlas = self.atlas(app, &named.name).await?;
                let wanted = Wanted {
                    vectors: &vectors,
                    terms: &[],
                    top_k: NEAREST,
                    reads_beside: manifest.segments.len(),
                    filter: passes.is_some().then_some(&filter as _),
                    is_dead: &|_| false,
                };
                ids = candidates(app, &atlas, &wanted).await?.into_iter().map(|candidate| candidate.id).collect();
            }
            for block in app.segments.get_all(&manifest.segments).await? {
                ids.extend(block.iter().filter(|entry| filter(entry)).map(|entry| entry.id));
            }
            Ok::<_, Error>(ids)
        };
        let (ids, receipt) = metered(work).await;
        Ok((ids?.iter().filter_map(|id| id.to_string().parse().ok()).collect(), receipt))
    }

    /// As a recall reads it: beside the manifest.
    async fn atlas(&self, app: &App, name: &str) -> Result<std::sync::Arc<Atlas>> {
        if let Some(atlas) = app.atlases.cached(name) {
            return Ok(atlas);
        }
        let parts = app.records.atlases(&self.scope).await?;
        match parts.get(memorable::index::atlas::hash(name)) {
            Some(bytes) => app.atlases.take(name, bytes),
            None => app.atlases.get(name).await,
        }
    }
}

fn id(n: usize) -> String {
    format!("{n:016}")
}

/// A day after the other.
fn time(night: usize) -> Time {
    Time::start_of(date(2030, 1, 1)).plus(jiff::SignedDuration::from_hours(30 * night as i64))
}

/// The nearest, by exact product.
fn nearest<'a>(query: &[f32], vectors: impl Iterator<Item = (usize, &'a Vec<f32>)>) -> Vec<usize> {
    let mut scored: Vec<(f32, usize)> =
        vectors.map(|(n, vector)| (memorable::index::cells::dot(query, vector), n)).collect();
    let most = NEAREST.min(scored.len());
    if most < scored.len() {
        scored.select_nth_unstable_by(most, |a, b| b.0.total_cmp(&a.0));
    }
    scored.truncate(most);
    scored.into_iter().map(|(_, n)| n).collect()
}

/// Unit vectors around centres, and after them as many queries near some of them.
fn clustered(size: usize, random: &mut Random) -> Vec<Vec<f32>> {
    let mut vector = |around: Option<&Vec<f32>>, stray: f32| -> Vec<f32> {
        (0..DIMENSIONS).map(|i| around.map_or(0.0, |centre| centre[i]) + stray * random.normal()).collect()
    };
    let centres: Vec<Vec<f32>> = (0..(size / CLUSTER).max(10)).map(|_| vector(None, 1.0)).collect();
    let mut vectors: Vec<Vec<f32>> =
        (0..size).map(|n| unit(vector(Some(&centres[n * 7_919 % centres.len()]), STRAY))).collect();
    let step = (size / QUERIES).max(1);
    let near: Vec<Vec<f32>> =
        (0..QUERIES).map(|q| unit(vector(Some(&vectors[q * step % size]), 0.02 / 16.0))).collect();
    vectors.extend(near);
    vectors
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|x| *x /= length);
    vector
}

/// The most memory this process has held so far.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1e3
}

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, most: usize) -> usize {
        self.next() as usize % most
    }

    fn normal(&mut self) -> f32 {
        // Twelve evens make a normal, near enough.
        (0..12).map(|_| self.next() as f32 / (1_u64 << 31) as f32).sum::<f32>() - 6.0
    }
}
