use super::*;
use crate::memory::id::Identity;
use crate::memory::{Scope, Tenant};

fn path(text: &str) -> FilePath {
    FilePath::parse("path", text).expect("a path")
}

fn id(key: &str) -> MemoryId {
    let scope = Scope::parse(&Tenant::parse("t").expect("a tenant"), "user:a").expect("a scope");
    MemoryId::derive(&scope, Identity::Key { key, position: 0 })
}

fn files(paths: &[&str]) -> Files {
    Files::default().next(&[], paths.iter().map(|text| (path(text), id(text))))
}

fn names(found: &[(FilePath, MemoryId)]) -> Vec<&str> {
    found.iter().map(|(path, _)| path.as_str()).collect()
}

#[test]
fn a_path_names_a_file_or_all_that_is_in_a_directory() {
    let files = files(&["/memories/a", "/memories/b/c", "/memories/b/d/e", "/memories/bc"]);
    assert_eq!(names(&files.at(&path("/memories/a"))), ["/memories/a"]);
    assert_eq!(names(&files.at(&path("/memories/b"))), ["/memories/b/c", "/memories/b/d/e"]);
    assert_eq!(files.at(&path("/memories")).len(), 4);
    assert!(files.at(&path("/memories/x")).is_empty());
}

#[test]
fn no_file_can_be_a_directory_too() {
    let files = files(&["/memories/a", "/memories/b/c"]);
    assert_eq!(names(&files.in_the_way(&path("/memories/a/x"))), ["/memories/a"]);
    assert_eq!(names(&files.in_the_way(&path("/memories/b"))), ["/memories/b/c"]);
    assert_eq!(names(&files.in_the_way(&path("/memories/b/c"))), ["/memories/b/c"]);
    assert!(files.in_the_way(&path("/memories/b/d")).is_empty());
}

#[test]
fn as_many_files_fit_as_one_item_holds() {
    let many = |count: usize| (0..count).map(|n| (path(&format!("/memories/{n}")), id(&n.to_string())));
    assert!(Files::default().next(&[], many(MOST_FILES)).fits());
    assert!(!Files::default().next(&[], many(MOST_FILES + 1)).fits());
    let long = format!("/memories/{}/{}", "a".repeat(250), "b".repeat(240));
    let all = Files::default().next(&[], (0..MOST_FILES).map(|n| (path(&format!("{long}/{n}")), id(&n.to_string()))));
    let bytes = serde_json::to_vec(&all).expect("JSON").len();
    assert!(bytes < 400 * 1024, "{bytes}");
}
