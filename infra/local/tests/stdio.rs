//! The Model Context Protocol on standard input and output, over a folder of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

struct Server {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start(data: &Path, scope: &[&str]) -> Server {
        let mut process = Command::new(env!("CARGO_BIN_EXE_memorable"))
            .args(["mcp", "--data"])
            .arg(data)
            .args(scope)
            .env("RUST_LOG", "error")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let (input, output) = (process.stdin.take().expect("its input"), process.stdout.take().expect("its output"));
        Server { process, input, output: BufReader::new(output) }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.input, "{line}").expect("it reads");
    }

    fn ask(&mut self, message: &Value) -> Value {
        self.say(&message.to_string());
        let mut line = String::new();
        self.output.read_line(&mut line).expect("an answer");
        serde_json::from_str(&line).expect("one JSON object a line")
    }

    /// Ends as it should when its input does.
    fn end(mut self) {
        drop(self.input);
        assert!(self.process.wait().expect("its end").success());
    }
}

fn call(name: &str, arguments: &Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": "c", "method": "tools/call", "params": params })
}

#[test]
fn what_one_process_remembered_over_stdio_the_next_finds() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = Server::start(folder.path(), &["--scope", "user:alice"]);
    let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params":
        { "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } } });
    assert_eq!(first.ask(&hello)["result"]["protocolVersion"], "2025-06-18");
    // Wants no answer, and gets none: the next line is the next request's.
    first.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string());
    let added = first.ask(&call("add_memory", &json!({ "content": "The ferry leaves at seven in the morning." })));
    assert_eq!((&added["id"], &added["result"]["isError"]), (&json!("c"), &json!(false)), "{added}");
    assert_eq!(first.ask(&json!("no message"))["error"]["code"], -32600);
    first.say("{ this is not JSON");
    let mut line = String::new();
    first.output.read_line(&mut line).expect("an answer");
    assert!(line.contains("-32700"), "{line}");
    first.end();

    let mut second = Server::start(folder.path(), &[]);
    let search = call("search_memories", &json!({ "query": "When does the ferry leave?", "scope": "user:alice" }));
    let found = second.ask(&search);
    let context = found["result"]["structuredContent"]["context"].as_str().expect("a context");
    assert!(context.contains("seven in the morning"), "{found}");
    // A revision that says all in each request needs no beginning; its headers are made of the message.
    let mut modern = search;
    modern["params"]["_meta"] = json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {} });
    assert_eq!(second.ask(&modern)["result"]["resultType"], "complete");
    second.end();
}
