use super::*;

#[test]
fn what_lies_below_memories_is_a_path() {
    for (text, path) in [
        ("/memories", "/memories"),
        ("/memories/", "/memories"),
        ("/memories/notes.md", "/memories/notes.md"),
        ("/memories/projects/", "/memories/projects"),
        ("/memories/a b/c-d_e (2).txt", "/memories/a b/c-d_e (2).txt"),
        ("/memories/..hidden", "/memories/..hidden"),
        ("/memories/.hidden/日本語.md", "/memories/.hidden/日本語.md"),
        // The same letter in two forms is one name.
        ("/memories/cafe\u{301}.md", "/memories/caf\u{e9}.md"),
    ] {
        assert_eq!(FilePath::parse("path", text).expect(text).as_str(), path);
    }
}

#[test]
fn what_could_lead_elsewhere_is_refused_and_not_repeated() {
    for text in [
        "",
        "/",
        "memories/a",
        "/memoriesx",
        "/memories2/a",
        "/etc/passwd",
        "/Memories/a",
        " /memories/a",
        "/memories/..",
        "/memories/../etc/passwd",
        "/memories/a/../../etc/passwd",
        "/memories/.",
        "/memories/./a",
        "/memories/...",
        "/memories//a",
        "/memories/a//",
        "/memories/..\\..\\windows",
        "/memories\\a",
        "/memories/%2e%2e/etc/passwd",
        "/memories/%2E%2E%2Fetc",
        "/memories/%252e%252e%252fetc",
        "/memories/..%2f..%2fetc",
        "/memories/..%5c",
        "/memories/a\0",
        "/memories/a\0.md",
        "/memories/a\nb",
        "/memories/a\tb",
        "/memories/\u{7f}",
        // Two fullwidth dots, a two dot leader, an ellipsis, fullwidth and division slashes, a fullwidth backslash.
        "/memories/\u{ff0e}\u{ff0e}/etc",
        "/memories/\u{2025}/etc",
        "/memories/\u{2026}",
        "/memories/..\u{ff0f}etc",
        "/memories/..\u{2215}etc",
        "/memories/..\u{2044}etc",
        "/memories/..\u{ff3c}etc",
        "/memories/a\u{29f5}b",
        // Invisible between the dots, and marks of direction.
        "/memories/.\u{200b}./etc",
        "/memories/.\u{2060}.",
        "/memories/.\u{fe0f}./etc",
        "/memories/\u{202e}dm.txt",
        "/memories/a\u{a0}b",
        "/memories/\u{feff}a",
        "/memories/a ",
        "/memories/ a",
        "/memories/a.",
        "/memories/a./b",
        "/memories/.. /etc",
    ] {
        let error = FilePath::parse("old_path", text).expect_err(text);
        assert_eq!(error.field.as_deref(), Some("old_path"), "{text:?}");
        let name = text.rsplit('/').next().unwrap_or_default();
        assert!(name.len() < 4 || !error.to_string().contains(name), "{error}");
    }
    for text in [
        format!("/memories/{}", "a".repeat(256)),
        format!("/memories/{}", "a/".repeat(17)),
        format!("/memories/{}/{}/{}", "a".repeat(200), "b".repeat(200), "c".repeat(200)),
    ] {
        assert!(FilePath::parse("path", &text).is_err(), "{text}");
    }
}

#[test]
fn a_path_knows_what_is_below_it() {
    let path = |text: &str| FilePath::parse("path", text).expect("a path");
    assert!(path("/memories/a/b").is_below(&path("/memories/a")));
    assert!(!path("/memories/ab").is_below(&path("/memories/a")));
    assert!(!path("/memories/a").is_below(&path("/memories/a")));
    assert_eq!(path("/memories/a/b").moved(&path("/memories/a"), &path("/memories/c/d")), Ok(path("/memories/c/d/b")));
    assert_eq!(path("/memories/a").moved(&path("/memories/a"), &path("/memories/c")), Ok(path("/memories/c")));
}
