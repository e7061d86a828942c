//! The command line as scripts use it: what stands on standard output, and the exit code.

#[path = "command_line/transfers.rs"]
mod transfers;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_memorable");

/// A shell with a folder of its own, and nothing in its environment that points elsewhere.
struct Shell<'a> {
    folder: &'a Path,
}

impl Shell<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(arguments).current_dir(self.folder).env("RUST_LOG", "error");
        for name in ["MEMORABLE_URL", "MEMORABLE_TOKEN", "MEMORABLE_SCOPE"] {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().expect("it runs")
    }

    /// With that on its standard input.
    fn fed(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("it starts");
        process.stdin.take().expect("its input").write_all(input.as_bytes()).expect("it reads");
        process.wait_with_output().expect("its end")
    }
}

/// A service on a folder, until it is dropped.
struct Server {
    process: Child,
    url: String,
    /// Kept open: the service goes on writing to it.
    _output: BufReader<ChildStdout>,
}

impl Server {
    fn start(shell: &Shell<'_>, arguments: &[&str]) -> Server {
        let mut command = shell.command(arguments);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the service starts");
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("its first line");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("its address");
        Server { url: url.trim_end_matches(',').to_owned(), process, _output: output }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("it ended by a signal: {output:?}"))
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// What it printed, where it did what it was to do.
fn done(output: &Output) -> String {
    assert_eq!(code(output), 0, "{}{}", out(output), err(output));
    out(output)
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn what_one_command_remembers_the_next_recalls_lists_shows_and_forgets() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    let scope = ["--scope", "user:alice"];
    let text = "Clara is allergic to walnuts.";
    let stored = shell
        .run(&[&["remember", text, "--speaker", "Alice", "--tag", "health", "--meta", "n=7"], &scope[..]].concat());
    let id = done(&stored).trim().to_owned();
    assert_eq!(id.len(), 16, "only the id is printed: {id}");
    assert!(folder.path().join(".memorable").is_dir(), "the folder is the one that `cargo run` uses");

    let again = shell.run(&[&["remember", text, "--speaker", "Alice"], &scope[..]].concat());
    assert_eq!((done(&again).trim(), err(&again).contains("1 of 1 were stored before")), (id.as_str(), true));

    let found = shell.run(&[&["recall", "Which nuts must Clara avoid?"], &scope[..]].concat());
    let table = done(&found);
    let (heading, row) = table.split_once('\n').expect("a heading and a row");
    assert!(heading.starts_with("SCORE") && row.contains(&id) && row.contains(text), "{table}");
    assert!(!table.contains('\x1b'), "no colours where nobody sees them");

    let unsure = shell.run(&[&["recall", "Who won the regatta?", "--sure"], &scope[..]].concat());
    assert_eq!((code(&unsure), err(&unsure).contains("hardly answers")), (3, true), "{}", err(&unsure));

    let context = done(&shell.run(&[&["recall", "Which nuts must Clara avoid?", "--context"], &scope[..]].concat()));
    assert!(context.contains(&format!("- Alice: {text} [{id}]")), "{context}");

    let listed = parsed(&done(&shell.run(&[&["list", "--json"], &scope[..]].concat())));
    let said: Vec<&Value> =
        listed["memories"].as_array().expect("memories").iter().filter(|memory| memory["id"] == *id).collect();
    assert_eq!((said[0]["metadata"]["n"].clone(), said[0]["tags"].clone()), (json!(7), json!(["health"])));
    assert_eq!(said[0]["state"], "ready", "it is classified before the command ends");

    let shown = done(&shell.run(&[&["get", &id], &scope[..]].concat()));
    assert!(shown.contains("content") && shown.contains(text), "{shown}");
    let history = done(&shell.run(&[&["get", &id, "--history"], &scope[..]].concat()));
    assert!(history.starts_with("REVISION") && history.contains(text), "{history}");

    let forgotten = shell.fed(&[&["forget", "-"], &scope[..]].concat(), &format!("{id}\n"));
    assert!(done(&forgotten).contains("forgotten"), "{}", out(&forgotten));
    assert_eq!(code(&shell.run(&[&["get", &id], &scope[..]].concat())), 3);
}

#[test]
fn standard_input_is_one_memory_or_one_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    let whole = shell.fed(&["remember", "-s", "user:alice"], "The bins go out\non Tuesdays.\n");
    assert_eq!(done(&whole).lines().count(), 1);
    let lines: String = (0..130).map(|n| format!("Line {n} of the diary.\n\n")).collect();
    let stored = shell.fed(&["remember", "-s", "user:alice", "--lines", "--key", "diary"], &lines);
    assert_eq!(done(&stored).lines().count(), 130, "more than one call takes, and no blank ones");
    // The same again stores nothing.
    let again = shell.fed(&["remember", "-s", "user:alice", "--lines", "--key", "diary"], &lines);
    assert_eq!((done(&again), err(&again).contains("130 of 130")), (out(&stored), true));
    let all = parsed(&done(&shell.run(&["list", "-s", "user:alice", "--all", "--json"])));
    let memories = all["memories"].as_array().expect("memories");
    let said = memories.iter().filter(|memory| memory["derived_from"].is_null());
    assert_eq!((said.count(), all["next_cursor"].clone()), (131, Value::Null));
    let few = shell.run(&["list", "-s", "user:alice", "-n", "3"]);
    assert_eq!((done(&few).lines().count(), err(&few).contains("--cursor")), (4, true), "a heading and three rows");
}

#[test]
fn exit_codes_mean_what_the_help_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    let nothing = shell.run(&["recall", "x", "--scope", "user:alice"]);
    assert_eq!((code(&nothing), err(&nothing).contains("memorable serve")), (3, true), "{}", err(&nothing));
    assert!(!folder.path().join(".memorable").exists(), "who asks makes no folder");
    done(&shell.run(&["remember", "Something.", "--scope", "user:somebody"]));
    let unreachable = ["--url", "http://127.0.0.1:9"];
    for (arguments, expected, said) in [
        (vec!["recall", "--scope", "user:alice"], 2, "QUERY"),
        (vec!["recall", "x"], 2, "--scope"),
        (vec!["recall", "x", "--scope", "alice"], 2, "kind:name"),
        (vec!["recall", "x", "--scope", "user:alice", "--filters", "[]"], 2, "JSON object"),
        (vec!["remember", "--scope", "user:alice"], 2, "nothing to remember"),
        (vec!["nonsense"], 2, "nonsense"),
        (vec!["recall", "Anything?", "--scope", "user:nobody"], 3, "nothing was found"),
        (vec!["list", "--scope", "user:nobody"], 3, "there is nothing in user:nobody"),
        (vec!["get", "0123456789abcdef", "--scope", "user:nobody"], 3, "there is no memory"),
        (vec!["forget", "0123456789abcdef", "--scope", "user:nobody"], 3, "there is no memory"),
        (vec!["digest", "2020-01-01", "--scope", "user:nobody"], 3, "there is no digest"),
        (vec!["remember", "x", "--at", "soon", "--scope", "user:alice"], 4, "occurred_at"),
        (vec!["recall", "x", "--top-k", "1000", "--scope", "user:alice"], 4, "1 to 100"),
        (vec!["get", "nonsense", "--scope", "user:alice"], 4, "id"),
        ([&["recall", "x", "--scope", "user:alice"], &unreachable[..]].concat(), 5, "does not answer"),
        ([&["status"], &unreachable[..]].concat(), 5, "memorable serve"),
        (vec!["status", "--url", "nowhere"], 4, "address of a service"),
    ] {
        let output = shell.run(&arguments);
        let told = err(&output);
        assert_eq!((code(&output), told.contains(said)), (expected, true), "{arguments:?} says: {told}");
        assert_eq!(out(&output), "", "{arguments:?}: what went wrong is no answer");
    }
    assert_eq!(code(&shell.run(&["status"])), 0);
    let help = done(&shell.run(&["--help"]));
    assert!(help.contains("Exit codes:") && help.contains("remember"), "{help}");
}

#[test]
fn commands_find_the_service_that_has_the_folder_and_any_other_by_its_url() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    let server = Server::start(&shell, &["serve", "--port", "0", "--token", "s3cret=acme"]);
    done(&shell.run(&["remember", "The ferry leaves at seven.", "-s", "user:alice"]));
    let query = ["recall", "When does the ferry leave?", "-s", "user:alice"];
    assert!(done(&shell.run(&query)).contains("at seven"), "over the folder, by the service that has it");
    let status = parsed(&done(&shell.run(&["status", "--json"])));
    assert_eq!((&status["where"], &status["status"]), (&json!(server.url), &json!("ok")));

    let elsewhere = tempfile::tempdir().expect("another folder");
    let other = Shell { folder: elsewhere.path() };
    assert!(done(&other.run(&[&query[..], &["--url", &server.url]].concat())).contains("at seven"));
    let by_environment = |token: &str| {
        let mut command = other.command(&query);
        command.env("MEMORABLE_URL", &server.url).env("MEMORABLE_TOKEN", token).output().expect("it runs")
    };
    assert!(done(&by_environment("local")).contains("at seven"));
    assert_eq!(code(&by_environment("s3cret")), 3, "another tenant's memory is empty");
    let stranger = by_environment("unknown");
    assert_eq!((code(&stranger), err(&stranger).contains("--token")), (4, true), "{}", err(&stranger));
    assert!(!elsewhere.path().join(".memorable").exists(), "no folder is made where a service is asked");

    // A night wants the folder to itself.
    assert_eq!(code(&shell.run(&["night"])), 4);
    assert_eq!(code(&shell.run(&["serve", "--port", "0"])), 5, "the folder is taken");
    drop(server);
    // Killed, it left its address behind; the folder is free again, and that is what counts.
    assert!(done(&shell.run(&query)).contains("at seven"));
}

#[test]
fn a_night_is_run_reported_and_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    done(&shell.run(&["remember", "I promise to call Clara on Friday.", "-s", "user:alice", "--speaker", "Alice"]));
    let night = done(&shell.run(&["night"]));
    assert!(night.contains("went through 1 of 1 scopes"), "{night}");
    let date = night.split_whitespace().nth(3).expect("the day");
    let report = done(&shell.run(&["night", "--report", date]));
    assert!(report.contains("1 scopes planned, 1 done") && report.contains("digest"), "{report}");
    let digest = done(&shell.run(&["digest", date, "-s", "user:alice"]));
    assert!(digest.starts_with("# ") && digest.contains("Clara"), "{digest}");
}

#[test]
fn without_a_model_chat_answers_with_what_memory_holds() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    done(&shell.run(&["remember", "The ferry leaves at seven.", "-s", "user:alice"]));
    let answer = shell.run(&["chat", "When does the ferry leave?", "-s", "user:alice"]);
    assert!(done(&answer).contains("at seven"), "{}", out(&answer));
    assert!(err(&answer).contains("no model"), "{}", err(&answer));
}

#[test]
fn completions_name_the_commands() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    for name in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = done(&shell.run(&["completion", name]));
        assert!(script.contains("remember") && script.contains("top-k"), "{name}: {script}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = Shell { folder: folder.path() };
    let mut command = shell.command(&["completion", "bash"]);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(process.stdout.take());
    let output = process.wait_with_output().expect("its end");
    assert!(!err(&output).contains("panicked"), "{}", err(&output));
}
