//! Rules of the house that neither the compiler nor a Cargo manifest holds. One that is broken says why it is there.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest file, in lines.
const MOST_LINES: usize = 500;
/// Crates that play AWS, and the one that puts them together.
const EMULATORS: [&str; 4] = ["dynoxide-rs", "s3s", "rusqlite", "memorable-local"];
/// The only files of `shared` that may name an SDK. A name without an ending stands for the file and its folder.
const EDGES: [&str; 4] = ["shared/src/aws/", "shared/src/models/bedrock", "shared/src/app.rs", "shared/src/http"];
/// What tests alone are compiled with, beside files called `tests.rs`: stands in for Bedrock.
const FOR_TESTS: &str = "shared/src/models/scripted.rs";

/// A file of the project.
struct Source {
    /// From the project's root, with slashes.
    path: String,
    text: String,
}

impl Source {
    fn is_test(&self) -> bool {
        self.path == FOR_TESTS || self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    fn is_under(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// The lines that break a rule, with file and number.
    fn broken(&self, breaks: impl Fn(&str) -> bool) -> Vec<String> {
        let numbered = self.text.lines().enumerate().filter(|(_, line)| breaks(line));
        numbered.map(|(number, line)| format!("{}:{}: {}", self.path, number + 1, line.trim())).collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace around this crate")
}

fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type().expect("a type").is_dir();
        if is_folder && name != "target" && !name.starts_with('.') {
            walk(&entry.path(), ending, found);
        } else if !is_folder && name.ends_with(ending) {
            found.push(entry.path());
        }
    }
}

/// All files of the project whose names end so, in order.
fn sources(ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    walk(root(), ending, &mut found);
    found.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a text");
        let path = path.strip_prefix(root()).expect("a path below the root");
        Source { path: path.to_string_lossy().replace('\\', "/"), text }
    };
    found.into_iter().map(read).collect()
}

fn rust_under(folders: &[&str]) -> Vec<Source> {
    let found: Vec<Source> = sources(".rs").into_iter().filter(|source| source.is_under(folders)).collect();
    assert!(!found.is_empty(), "there are no sources under {folders:?}: the rule looks in the wrong place");
    found
}

/// Whether a line of code, not of comment, holds one of the texts.
fn names(line: &str, texts: &[&str]) -> bool {
    !line.trim_start().starts_with("//") && texts.iter().any(|text| line.contains(text))
}

fn keep(reason: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{reason}\n\n{}\n", broken.join("\n"));
}

/// The names of all crates that a manifest depends on, with file and number of the line.
fn dependencies(manifest: &Source) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (number, line) in manifest.text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            found.push((name.to_owned(), format!("{}:{}: {line}", manifest.path, number + 1)));
        }
    }
    found
}

/// What a line takes from other modules of the crate, other than these.
fn takes_from_others(line: &str, known: &[&str]) -> bool {
    let module =
        |rest: &str| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned();
    names(line, &["crate::"]) && line.split("crate::").skip(1).any(|rest| !known.contains(&module(rest).as_str()))
}

#[test]
fn nouns_are_pure() {
    let impure = [
        "aws_",
        "async fn",
        "async move",
        ".await",
        "reqwest",
        "crate::aws",
        "crate::app",
        "Timestamp::now",
        "Zoned::now",
    ];
    let nouns = rust_under(&["shared/src/memory/", "shared/src/index/"]);
    let nouns = nouns.iter().filter(|source| !source.is_test());
    let is_broken = |line: &str| names(line, &impure) || takes_from_others(line, &["memory", "index", "error"]);
    let broken: Vec<String> = nouns.flat_map(|source| source.broken(is_broken)).collect();
    keep(
        "memory and index are nouns: what is remembered and how it is found. They know no SDK, wait for nothing and \
         ask no clock, so that they can be tested by themselves and read without knowing how they are stored. They \
         import nouns and error only; what does I/O is a verb or an edge.",
        &broken,
    );
}

#[test]
fn only_edges_name_an_sdk() {
    let shared = rust_under(&["shared/src/"]);
    let inner = shared.iter().filter(|source| !source.is_under(&EDGES) && !source.is_test());
    let is_broken = |line: &str| names(line, &["aws_sdk_", "aws_smithy", "aws_config"]);
    let broken: Vec<String> = inner.flat_map(|source| source.broken(is_broken)).collect();
    keep(
        "Only aws/, models/bedrock, app.rs and http.rs name an SDK. The rest says what it wants in our own words, \
         so that each condition, retry and error of a service is decided in one place.",
        &broken,
    );
}

#[test]
fn who_may_see_a_memory_is_judged_in_one_place() {
    let shared = rust_under(&["shared/src/"]);
    let judge = ["shared/src/models/", "shared/src/classify/closed"];
    let others = shared.iter().filter(|source| !source.is_under(&judge) && !source.is_test());
    let broken: Vec<String> = others.flat_map(|source| source.broken(|line| names(line, &["Text { text"]))).collect();
    keep(
        "A memory's text reaches an embedding model by `classify::closed::text` (most of it by `ingest::embed`), which \
         goes by its label, its names and what a reply had seen, too: by its text alone an open sentence made of a \
         secret would leave the machine.",
        &broken,
    );
}

#[test]
fn functions_are_doors_and_know_no_sdk() {
    let functions = rust_under(&["functions/"]);
    let mut broken: Vec<String> =
        functions.iter().flat_map(|source| source.broken(|line| names(line, &["aws_sdk_"]))).collect();
    let manifests = sources("Cargo.toml");
    let manifests = manifests.iter().filter(|manifest| manifest.is_under(&["functions/"]));
    broken.extend(manifests.flat_map(dependencies).filter(|(name, _)| name.starts_with("aws-sdk-")).map(|(_, at)| at));
    keep(
        "A function parses an event, makes one call into shared and replies. What it asks of AWS is a use case, and \
         use cases are in shared, where the local house and the tests run them, too.",
        &broken,
    );
}

#[test]
fn shared_knows_neither_lambda_nor_an_emulator() {
    let manifests = sources("Cargo.toml");
    let shared = manifests.iter().find(|manifest| manifest.path == "shared/Cargo.toml").expect("shared's manifest");
    let is_broken = |name: &str| name.contains("lambda") || EMULATORS.contains(&name);
    let broken: Vec<String> =
        dependencies(shared).into_iter().filter(|(name, _)| is_broken(name)).map(|(_, at)| at).collect();
    keep(
        "shared is the domain. It runs the same below Lambda, below the local gateway and in a test, so it knows \
         none of them.",
        &broken,
    );
}

#[test]
fn emulators_are_in_no_crate_that_is_deployed() {
    let manifests = sources("Cargo.toml");
    // The workspace's own manifest only says which version whoever wants one gets.
    let bound = manifests
        .iter()
        .filter(|manifest| manifest.path != "Cargo.toml" && !manifest.is_under(&["infra/local/", "tests/", "bench/"]));
    let named = bound.flat_map(dependencies).filter(|(name, _)| EMULATORS.contains(&name.as_str()));
    let broken: Vec<String> = named.map(|(_, at)| at).collect();
    keep(
        "What plays AWS belongs to infra/local, tests and bench. In a function it would be megabytes of cold start, \
         and a second place where data could end up.",
        &broken,
    );
}

#[test]
fn no_file_is_too_long_to_read_at_once() {
    let all = sources(".rs");
    assert!(all.len() > 100, "only {} sources found", all.len());
    let long = all.iter().map(|source| (source, source.text.lines().count())).filter(|(_, lines)| *lines > MOST_LINES);
    let broken: Vec<String> = long.map(|(source, lines)| format!("{}:{lines}: its end", source.path)).collect();
    keep("One idea per file, at most 500 lines: whoever changes something should see all of it. Split it.", &broken);
}

#[test]
fn tests_stand_in_files_of_their_own() {
    let all = sources(".rs");
    let bodies = all.iter().filter(|source| !source.is_test());
    let is_broken = |line: &str| names(line, &["#[test]", "#[tokio::test"]);
    let broken: Vec<String> = bodies.flat_map(|source| source.broken(is_broken)).collect();
    keep(
        "The tests of file.rs are in file/tests.rs, declared by `#[cfg(test)] mod tests;` at its end: the file \
         shows what it does, the other one what it promises.",
        &broken,
    );
}

#[test]
fn nothing_is_left_to_be_done() {
    // Put together here, or this file would break its own rule.
    let unfinished = [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("FIX", "ME")];
    let all = sources(".rs");
    let is_broken = |line: &str| unfinished.iter().any(|text| line.contains(text));
    let broken: Vec<String> = all.iter().flat_map(|source| source.broken(is_broken)).collect();
    keep("What is not done is not written down as done: finish it, leave it out, or open an issue.", &broken);
}
