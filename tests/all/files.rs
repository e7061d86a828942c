//! Files of memory through the gateway: the six commands, their words, what is refused, and what is kept.

use memorable::files::{Command, Request, run};
use memorable::memory::FilePath;
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{alice, call, drain, house, listed, night, now, recall, send};

/// What a command on files of user:alice answers, and whether it could.
async fn command(house: &House, mut body: Value) -> (String, bool) {
    body["scope"] = json!("user:alice");
    let (status, answer) = call(house, "POST", "/v1/files", body.clone()).await;
    assert_eq!(status, 200, "{body}: {answer}");
    (answer["content"].as_str().expect("words").to_owned(), answer["is_error"].as_bool().expect("whether"))
}

/// The words of a command that could.
async fn done(house: &House, body: Value) -> String {
    let (words, is_error) = command(house, body).await;
    assert!(!is_error, "{words}");
    words
}

/// The words of one that could not.
async fn refused(house: &House, body: Value) -> String {
    let (words, is_error) = command(house, body).await;
    assert!(is_error, "{words}");
    words
}

async fn create(house: &House, path: &str, text: &str) {
    let words = done(house, json!({ "command": "create", "path": path, "file_text": text })).await;
    assert_eq!(words, format!("File created successfully at: {path}"));
}

async fn view(house: &House, path: &str) -> String {
    done(house, json!({ "command": "view", "path": path })).await
}

fn shown(path: &str, lines: &str) -> String {
    format!("Here's the content of {path} with line numbers:\n{lines}")
}

#[tokio::test]
async fn a_file_is_shown_edited_and_filled_with_the_words_of_the_tool() {
    let house = house().await;
    let path = "/memories/notes.md";
    create(&house, path, "Line one\nLine two\nLine three\n").await;
    assert_eq!(
        view(&house, path).await,
        shown(path, "     1\tLine one\n     2\tLine two\n     3\tLine three\n     4\t")
    );
    let range = json!({ "command": "view", "path": path, "view_range": [2, 3] });
    assert_eq!(done(&house, range).await, shown(path, "     2\tLine two\n     3\tLine three"));
    let tail = json!({ "command": "view", "path": path, "view_range": [3, -1] });
    assert_eq!(done(&house, tail).await, shown(path, "     3\tLine three\n     4\t"));

    let replace = json!({ "command": "str_replace", "path": path, "old_str": "two", "new_str": "2\nand a half" });
    let words = done(&house, replace).await;
    assert!(words.starts_with("The memory file has been edited."), "{words}");
    assert!(words.contains("     2\tLine 2\n     3\tand a half\n     4\tLine three"), "{words}");

    let insert = json!({ "command": "insert", "path": path, "insert_line": 0, "insert_text": "# Title\n" });
    assert_eq!(done(&house, insert).await, format!("The file {path} has been edited."));
    let end = json!({ "command": "insert", "path": path, "insert_line": 5, "insert_text": "The end" });
    done(&house, end).await;
    let all = "     1\t# Title\n     2\tLine one\n     3\tLine 2\n     4\tand a half\n     5\tLine three\n     6\tThe end\n     7\t";
    assert_eq!(view(&house, path).await, shown(path, all));
    // Without a new text the old one goes.
    done(&house, json!({ "command": "str_replace", "path": path, "old_str": "and a half\n" })).await;
    assert!(!view(&house, path).await.contains("half"));
}

#[tokio::test]
async fn what_cannot_be_done_is_said_in_the_words_of_the_tool() {
    let house = house().await;
    let path = "/memories/a/notes.md";
    create(&house, path, "same\nsame\nother\n").await;
    let nowhere = "/memories/nowhere.md";
    for (body, words) in [
        (
            json!({ "command": "view", "path": nowhere }),
            format!("The path {nowhere} does not exist. Please provide a valid path."),
        ),
        (json!({ "command": "create", "path": path, "file_text": "x" }), format!("Error: File {path} already exists")),
        (
            json!({ "command": "str_replace", "path": nowhere, "old_str": "x", "new_str": "y" }),
            format!("Error: The path {nowhere} does not exist. Please provide a valid path."),
        ),
        (
            json!({ "command": "str_replace", "path": "/memories/a", "old_str": "x", "new_str": "y" }),
            "Error: The path /memories/a does not exist. Please provide a valid path.".to_owned(),
        ),
        (
            json!({ "command": "str_replace", "path": path, "old_str": "absent", "new_str": "y" }),
            format!("No replacement was performed, old_str `absent` did not appear verbatim in {path}."),
        ),
        (
            json!({ "command": "str_replace", "path": path, "old_str": "same", "new_str": "y" }),
            "No replacement was performed. Multiple occurrences of old_str `same` in lines: 1, 2. Please ensure it is \
             unique"
                .to_owned(),
        ),
        (
            json!({ "command": "insert", "path": nowhere, "insert_line": 0, "insert_text": "x" }),
            format!("Error: The path {nowhere} does not exist"),
        ),
        (
            json!({ "command": "insert", "path": path, "insert_line": 4, "insert_text": "x" }),
            "Error: Invalid `insert_line` parameter: 4. It should be within the range of lines of the file: [0, 3]"
                .to_owned(),
        ),
        (json!({ "command": "delete", "path": nowhere }), format!("Error: The path {nowhere} does not exist")),
        (
            json!({ "command": "rename", "old_path": nowhere, "new_path": "/memories/b" }),
            format!("Error: The path {nowhere} does not exist"),
        ),
        (
            json!({ "command": "rename", "old_path": path, "new_path": path }),
            format!("Error: The destination {path} already exists"),
        ),
    ] {
        assert_eq!(refused(&house, body.clone()).await, words, "{body}");
    }
    for body in [
        json!({ "command": "create", "path": "/memories", "file_text": "x" }),
        json!({ "command": "create", "path": "/memories/a", "file_text": "a directory is there" }),
        json!({ "command": "create", "path": format!("{path}/below"), "file_text": "a file is in the way" }),
        json!({ "command": "create", "path": "/memories/big", "file_text": "x".repeat(32 * 1024 + 1) }),
        json!({ "command": "create", "path": "/memories/blank", "file_text": " ".repeat(2000) }),
        json!({ "command": "insert", "path": path, "insert_line": 0, "insert_text": "x".repeat(32 * 1024) }),
        json!({ "command": "insert", "path": path, "insert_line": -1, "insert_text": "x" }),
        json!({ "command": "view", "path": path, "view_range": [0, 2] }),
        json!({ "command": "view", "path": path, "view_range": [3, 2] }),
        json!({ "command": "view", "path": "/memories/a", "view_range": [1, 2] }),
        json!({ "command": "delete", "path": "/memories" }),
        json!({ "command": "rename", "old_path": "/memories", "new_path": "/memories/b" }),
        json!({ "command": "rename", "old_path": "/memories/a", "new_path": "/memories/a/b" }),
        json!({ "command": "rename", "old_path": path, "new_path": "/memories" }),
    ] {
        refused(&house, body).await;
    }
    assert_eq!(view(&house, path).await, shown(path, "     1\tsame\n     2\tsame\n     3\tother\n     4\t"));
}

#[tokio::test]
async fn directories_are_what_the_paths_say() {
    let house = house().await;
    let empty = view(&house, "/memories").await;
    let head =
        "Here're the files and directories up to 2 levels deep in /memories, excluding hidden items and node_modules:";
    assert_eq!(empty, format!("{head}\n0B\t/memories"));
    create(&house, "/memories/todo.txt", &"x".repeat(1536)).await;
    create(&house, "/memories/projects/boat/plan.md", "Sand it.").await;
    create(&house, "/memories/projects/readme.md", "12345678").await;
    create(&house, "/memories/.hidden", "x").await;
    create(&house, "/memories/node_modules/x", "x").await;
    let listing = "1.5K\t/memories\n16B\t/memories/projects/\n8B\t/memories/projects/boat/\n8B\t/memories/projects/readme.md\n\
        1.5K\t/memories/todo.txt";
    assert_eq!(view(&house, "/memories/").await, format!("{head}\n{listing}"));

    let rename = json!({ "command": "rename", "old_path": "/memories/projects", "new_path": "/memories/done/2026" });
    assert_eq!(done(&house, rename).await, "Successfully renamed /memories/projects to /memories/done/2026");
    let moved = "/memories/done/2026/boat/plan.md";
    assert_eq!(view(&house, moved).await, shown(moved, "     1\tSand it."));
    refused(&house, json!({ "command": "view", "path": "/memories/projects" })).await;
    let said: Vec<Value> = listed(&house).await.into_iter().map(|memory| memory["metadata"]["path"].clone()).collect();
    assert!(said.contains(&json!(moved)), "{said:?}");

    let delete = json!({ "command": "delete", "path": "/memories/done" });
    assert_eq!(done(&house, delete.clone()).await, "Successfully deleted /memories/done");
    refused(&house, delete).await;
    assert_eq!(listed(&house).await.len(), 3);
    // What was deleted can be made anew, with the same text.
    create(&house, moved, "Sand it.").await;
    assert_eq!(view(&house, moved).await, shown(moved, "     1\tSand it."));
}

#[tokio::test]
async fn a_file_is_a_note_that_recall_finds_and_history_keeps() {
    let house = house().await;
    let path = "/memories/people/clara.md";
    create(&house, path, "Clara is allergic to walnuts.").await;
    drain(&house).await;
    // Beside what was distilled from it.
    let memory = listed(&house).await.into_iter().find(|memory| memory["derived_from"].is_null()).expect("a file");
    assert_eq!((&memory["kind"], &memory["metadata"]), (&json!("note"), &json!({ "path": path })), "{memory}");
    assert_eq!(recall(&house, "What is Clara allergic to?").await["memories"][0]["id"], memory["id"]);
    done(&house, json!({ "command": "str_replace", "path": path, "old_str": "walnuts", "new_str": "hazelnuts" })).await;
    let other = json!({ "command": "rename", "old_path": path, "new_path": "/memories/clara.md" });
    done(&house, other).await;
    night(&house).await;
    let id = memory["id"].as_str().expect("an id");
    let (_, history) = call(&house, "GET", &format!("/v1/memories/{id}/history?scope=user:alice"), Value::Null).await;
    let said: Vec<&Value> = history["revisions"].as_array().expect("revisions").iter().map(|r| &r["content"]).collect();
    assert_eq!(
        said,
        ["Clara is allergic to hazelnuts.", "Clara is allergic to hazelnuts.", "Clara is allergic to walnuts."]
    );
    // Forgotten like any other memory, it is no file any more.
    let (status, _) = call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    assert_eq!(status, 200);
    refused(&house, json!({ "command": "view", "path": "/memories/clara.md" })).await;
    create(&house, "/memories/clara.md", "Clara eats everything now.").await;
}

#[tokio::test]
async fn a_file_may_have_nothing_to_read_in_it() {
    let house = house().await;
    create(&house, "/memories/empty", "").await;
    assert_eq!(view(&house, "/memories/empty").await, shown("/memories/empty", "     1\t"));
    done(&house, json!({ "command": "insert", "path": "/memories/empty", "insert_line": 0, "insert_text": "x" })).await;
    assert_eq!(view(&house, "/memories/empty").await, shown("/memories/empty", "     1\tx\n     2\t"));
    done(&house, json!({ "command": "str_replace", "path": "/memories/empty", "old_str": "x\n" })).await;
    assert_eq!(view(&house, "/memories/empty").await, shown("/memories/empty", "     1\t"));
    let rename = json!({ "command": "rename", "old_path": "/memories/empty", "new_path": "/memories/void" });
    done(&house, rename).await;
    assert_eq!(view(&house, "/memories/void").await, shown("/memories/void", "     1\t"));
}

#[tokio::test]
async fn of_edits_at_the_same_time_each_is_made_or_said_not_to_be() {
    let house = house().await;
    create(&house, "/memories/log", "start\n").await;
    let path = FilePath::parse("path", "/memories/log").expect("a path");
    let at = now();
    let edits = (0..6).map(|n| {
        let command = Command::Insert { path: path.clone(), line: 1, text: format!("entry {n}\n") };
        let (house, scope) = (&house, alice());
        async move { run(&house.app, &Request { scope, command }, at).await.expect("an answer") }
    });
    let answers = futures_util::future::join_all(edits).await;
    let made = answers.iter().filter(|answer| !answer.is_error).count();
    let text = view(&house, "/memories/log").await;
    assert!(made >= 1, "{answers:?}");
    assert_eq!(text.matches("entry").count(), made, "{text}");
    for answer in answers.iter().filter(|answer| answer.is_error) {
        assert!(answer.text.contains("changed by somebody else"), "{}", answer.text);
    }
    // Of those who create the same file, one does; of those who create different ones, all.
    let create = |path: String, text: String| {
        let (house, scope) = (&house, alice());
        let path = FilePath::parse("path", &path).expect("a path");
        async move {
            run(&house.app, &Request { scope, command: Command::Create { path, text } }, at).await.expect("an answer")
        }
    };
    let same = (0..4).map(|n| create("/memories/one".to_owned(), format!("writer {n}")));
    let answers = futures_util::future::join_all(same).await;
    assert_eq!(answers.iter().filter(|answer| !answer.is_error).count(), 1, "{answers:?}");
    assert_eq!(listed(&house).await.len(), 2);
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_is_refused_in_every_command() {
    let house = house().await;
    create(&house, "/memories/a", "x").await;
    for path in [
        "/memories/../etc/passwd",
        "/etc/passwd",
        "/memories/%2e%2e/x",
        "/memories\\x",
        "/memories/a\0",
        "/memories/.\u{200b}./x",
    ] {
        for (field, body) in [
            ("path", json!({ "command": "view", "path": path })),
            ("path", json!({ "command": "create", "path": path, "file_text": "x" })),
            ("path", json!({ "command": "str_replace", "path": path, "old_str": "x", "new_str": "y" })),
            ("path", json!({ "command": "insert", "path": path, "insert_line": 0, "insert_text": "x" })),
            ("path", json!({ "command": "delete", "path": path })),
            ("old_path", json!({ "command": "rename", "old_path": path, "new_path": "/memories/b" })),
            ("new_path", json!({ "command": "rename", "old_path": "/memories/a", "new_path": path })),
        ] {
            let mut body = body;
            body["scope"] = json!("user:alice");
            let (status, problem) = call(&house, "POST", "/v1/files", body.clone()).await;
            assert_eq!((status, &problem["field"]), (400, &json!(field)), "{body}: {problem}");
        }
    }
    assert_eq!(listed(&house).await.len(), 1);
}

#[tokio::test]
async fn a_bad_command_names_the_field() {
    let house = house().await;
    for (body, field) in [
        (json!({ "command": "view", "path": "/memories" }), "scope"),
        (json!({ "scope": "alice", "command": "view", "path": "/memories" }), "scope"),
        (json!({ "scope": "user:alice", "path": "/memories" }), "command"),
        (json!({ "scope": "user:alice", "command": "chmod", "path": "/memories" }), "command"),
        (json!({ "scope": "user:alice", "command": "view" }), "path"),
        (json!({ "scope": "user:alice", "command": "view", "path": 7 }), "path"),
        (json!({ "scope": "user:alice", "command": "view", "path": "/memories", "view_range": [1] }), "view_range"),
        (json!({ "scope": "user:alice", "command": "view", "path": "/memories", "file_text": "x" }), "file_text"),
        (json!({ "scope": "user:alice", "command": "create", "path": "/memories/a" }), "file_text"),
        (json!({ "scope": "user:alice", "command": "str_replace", "path": "/memories/a", "old_str": "" }), "old_str"),
        (json!({ "scope": "user:alice", "command": "insert", "path": "/memories/a", "insert_line": 0 }), "insert_text"),
        (json!({ "scope": "user:alice", "command": "rename", "path": "/memories/a" }), "old_path"),
        (json!({ "scope": "user:alice", "command": "view", "path": "/memories", "colour": "red" }), "colour"),
        (json!([]), "body"),
    ] {
        let (status, problem) = call(&house, "POST", "/v1/files", body.clone()).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{body}: {problem}");
    }
    let huge = vec![b' '; 300 * 1024];
    let local = [("authorization", "Bearer local")];
    assert_eq!(send(&house, "POST", "/v1/files", &local, huge).await.0, 413);
    // Another tenant's files are its own.
    create(&house, "/memories/mine", "x").await;
    let body = json!({ "scope": "user:alice", "command": "view", "path": "/memories/mine" }).to_string();
    let (_, answer) = send(&house, "POST", "/v1/files", &[("authorization", "Bearer other")], body.into_bytes()).await;
    assert_eq!(answer["is_error"], true, "{answer}");
}
