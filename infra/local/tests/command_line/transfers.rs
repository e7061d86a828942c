//! `import` and `export` as scripts use them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{Server, Shell, code, done, err, out, parsed};

const CHAT: &str = "[31.12.23, 21:45:10] Clara: Happy new year!\n\
                    [31.12.23, 21:46:02] Alice: To you, too\n\
                    [31.13.23, 21:47:00] Clara: in a month that is none\n\
                    [01.01.24, 09:00:00] Clara: The ferry leaves at seven.\n";

/// Messages of a kilobyte, with that many pictures after each: those are read and left out, which takes no time.
fn long_chat(messages: usize, pictures: usize) -> String {
    let line = |n: usize| {
        let (day, hour, minute) = (1 + n / 1_440, n / 60 % 24, n % 60);
        let head = format!("[{day:02}.05.24, {hour:02}:{minute:02}:00] Ann: ");
        let said = format!("{head}Message {n} {}\n", "of a long chat, ".repeat(60));
        said + &format!("{head}<Media omitted>\n").repeat(pictures)
    };
    (0..messages).map(line).collect()
}

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).expect("a file");
    path.to_str().expect("a path").to_owned()
}

/// Memories of a scope that somebody said, not facts made of them.
fn said(shell: &Shell<'_>, scope: &str) -> usize {
    let all = parsed(&done(&shell.run(&["list", "-s", scope, "--all", "--json"])));
    let memories = all["memories"].as_array().expect("memories").iter();
    memories.filter(|memory| memory["derived_from"].is_null()).count()
}

#[test]
fn a_chat_comes_in_once_and_its_wrong_lines_are_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    let chat = file(folder.path(), "chat.txt", CHAT);
    let import = ["import", &chat, "-s", "user:alice", "--timezone", "Europe/Vienna", "--session", "family"];
    let first = shell.run(&import);
    let told = out(&first);
    assert_eq!(code(&first), 6, "all but one line: {told}{}", err(&first));
    let rows: Vec<Vec<&str>> = told.lines().map(|line| line.split_whitespace().collect()).collect();
    assert!(rows.contains(&vec!["stored", "3"]) && rows.contains(&vec!["not", "taken", "1"]), "{told}");
    assert!(rows.iter().any(|row| row.first() == Some(&"3") && row.contains(&"date")), "its third line: {told}");
    assert!(err(&first).contains("day first, by numbers"), "{}", err(&first));
    let recalled = shell.run(&["recall", "When does the ferry leave?", "-s", "user:alice"]);
    assert!(done(&recalled).contains("at seven"), "it is classified before the command ends");

    let again = shell.run(&import);
    assert_eq!((code(&again), err(&again).contains("imported before")), (6, true), "{}", err(&again));
    assert_eq!((out(&again), said(&shell, "user:alice")), (told, 3));
    // In other words it is another import, which stores nothing twice.
    let explicit = shell.run(&[&import[..], &["--format", "whatsapp", "--json"]].concat());
    let counts = parsed(&out(&explicit))["counts"].clone();
    assert_eq!((&counts["stored"], &counts["repeated"]), (&json!(0), &json!(3)), "{counts}");
}

#[test]
fn a_zip_as_whatsapp_gives_it_out_comes_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    fs::write(folder.path().join("chat.zip"), include_bytes!("chat.zip")).expect("a file");
    let imported = shell.run(&["import", "chat.zip", "-s", "user:alice", "--json"]);
    let job = parsed(&done(&imported));
    assert_eq!((&job["format"], &job["counts"]["stored"]), (&json!("whatsapp"), &json!(3)), "{job}");
}

#[test]
fn what_goes_out_comes_in_again_by_pipes_files_and_folders() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    done(&shell.run(&["remember", "Clara is allergic to walnuts.", "-s", "user:alice", "--at", "2026-05-01"]));
    done(&shell.run(&["remember", "The bins go out on Tuesdays.", "-s", "user:alice", "--at", "2026-05-02"]));
    let lines = shell.run(&["export", "-s", "user:alice"]);
    assert!(err(&lines).contains("memories"), "{}", err(&lines));
    let lines = done(&lines);
    let memories: Vec<Value> = lines.lines().map(parsed).collect();
    assert!(memories.len() >= 2 && lines.contains("walnuts"), "{lines}");

    let imported = shell.fed(&["import", "-", "-s", "user:bob", "--json"], &lines);
    let job = parsed(&done(&imported));
    assert_eq!((&job["state"], &job["format"]), (&json!("done"), &json!("jsonl")), "{job}");
    assert_eq!(done(&shell.run(&["export", "-s", "user:bob"])), lines, "byte for byte");

    let whole = folder.path().join("alice.jsonl");
    let to_file = shell.run(&["export", "-s", "user:alice", "--to", whole.to_str().expect("a path"), "--json"]);
    let job = parsed(&done(&to_file));
    assert_eq!((&job["state"], job["files"].as_array().map(Vec::len)), (&json!("done"), Some(1)), "{job}");
    assert_eq!(fs::read_to_string(&whole).expect("the file"), lines);
    assert!(!folder.path().join("alice.jsonl.part").exists());

    // The same job once more: what is done is fetched again.
    let id = job["id"].as_str().expect("an id");
    assert_eq!(done(&shell.run(&["export", "--resume", id])), lines);

    let diary = shell.run(&["export", "-s", "user:alice", "--format", "markdown", "--to", "diary/"]);
    assert_eq!(done(&diary), "2026-05-01.md\n2026-05-02.md\n");
    let page = fs::read_to_string(folder.path().join("diary/2026-05-02.md")).expect("a page");
    assert!(page.starts_with("# 2026-05-02") && page.contains("bins"), "{page}");
    let columns = shell.run(&["export", "-s", "user:alice", "--format", "parquet", "--to", "columns.parquet"]);
    assert_eq!(done(&columns), "");
    let bytes = fs::read(folder.path().join("columns.parquet")).expect("the file");
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
}

#[test]
fn a_large_file_goes_to_a_service_and_comes_back_from_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    let server = Server::start(&shell, &["serve", "--port", "0"]);
    // More than a call takes, and than the house keeps in memory of a file on its way.
    let chat = long_chat(300, 350);
    assert!(chat.len() > 4 * 1024 * 1024, "{}", chat.len());
    let chat = file(folder.path(), "chat.txt", &chat);
    let elsewhere = tempfile::tempdir().expect("another folder");
    let shell = Shell { folder: elsewhere.path() };
    let url = ["--url", &server.url];
    let imported = shell.run(&[&["import", &chat, "-s", "user:alice", "--json"], &url[..]].concat());
    let job = parsed(&done(&imported));
    assert_eq!((&job["state"], &job["counts"]["stored"]), (&json!("done"), &json!(300)), "{job}");
    assert_eq!(job["counts"]["skipped"], json!({ "media": 105_000 }), "{job}");
    let exported = shell.run(&[&["export", "-s", "user:alice", "--no-history", "--to", "out/"], &url[..]].concat());
    let names = done(&exported);
    assert!(names.starts_with("memories-00001.jsonl"), "{names}");
    let lines = names.lines().map(|name| fs::read_to_string(elsewhere.path().join("out").join(name)).expect("a file"));
    let lines: String = lines.collect();
    assert_eq!(lines.lines().filter(|line| line.contains("of a long chat")).count(), 300);
}

#[test]
fn an_import_that_was_killed_goes_on_where_the_same_command_is_given_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    let chat = file(folder.path(), "chat.txt", &long_chat(1_500, 0));
    let import = ["import", &chat, "-s", "user:alice", "--json"];
    let mut kills = 0;
    let whole = loop {
        let mut process = shell.command(&import).stdout(std::process::Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(700 + 600 * kills));
        let was_over = process.try_wait().expect("a look").is_some();
        process.kill().expect("SIGKILL");
        process.wait().expect("its end");
        kills += 1;
        if was_over || kills == 3 {
            break shell.run(&import);
        }
    };
    let job = parsed(&done(&whole));
    assert_eq!((&job["state"], &job["counts"]["errors"]), (&json!("done"), &json!(0)), "{job}");
    assert_eq!(said(&shell, "user:alice"), 1_500, "after {kills} kills");
}

#[test]
fn what_cannot_be_done_is_said_by_the_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    let asks = shell.run(&["export", "-s", "user:alice"]);
    assert_eq!((code(&asks), err(&asks).contains("memorable serve")), (3, true), "{}", err(&asks));
    assert!(!folder.path().join(".memorable").exists(), "who exports makes no folder");
    let (empty, text) = (file(folder.path(), "empty", ""), file(folder.path(), "text", "just text"));
    done(&shell.run(&["remember", "Something.", "-s", "user:somebody"]));
    let no_job = "5d41402abc4b2a76b9719d911017c592";
    for (arguments, expected, said) in [
        (vec!["import", "-s", "user:alice"], 2, "FILE"),
        (vec!["import", &text], 2, "--scope"),
        (vec!["import", &text, "-s", "user:alice", "--format", "word"], 2, "whatsapp"),
        (vec!["import", "nowhere", "-s", "user:alice"], 4, "cannot be read"),
        (vec!["import", &empty, "-s", "user:alice"], 4, "nothing in it"),
        (vec!["import", &text, "-s", "user:alice"], 4, "cannot be told"),
        (vec!["import", &text, "-s", "user:alice", "--timezone", "Nowhere"], 4, "timezone"),
        (vec!["import", &text, "-s", "user:alice", "--url", "http://127.0.0.1:9"], 5, "does not answer"),
        (vec!["export"], 2, "--scope"),
        (vec!["export", "-s", "user:alice", "--format", "parquet"], 2, "--to"),
        (vec!["export", "-s", "user:alice", "--json"], 2, "--to"),
        (vec!["export", "-s", "user:nobody"], 3, "0 memories"),
        (vec!["export", "--resume", no_job], 3, "no such export"),
        (vec!["export", "-s", "user:somebody", "--to", "no/such/folder.jsonl"], 4, "cannot be written"),
    ] {
        let output = shell.run(&arguments);
        let told = err(&output);
        assert_eq!((code(&output), told.contains(said)), (expected, true), "{arguments:?} says: {told}");
        assert_eq!(out(&output), "", "{arguments:?}: what went wrong is no answer");
    }
}
