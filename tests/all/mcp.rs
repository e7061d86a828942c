//! The Model Context Protocol through the gateway: handshake and stateless revisions, tools, resources, prompts, refusals.

use http::Request;
use memorable_local::{House, gateway};
use serde_json::{Value, json};

use crate::support::{call, drain, house, night, recall, store};

/// A message in the revisions with a handshake, bound to a scope by the URL.
async fn ask(house: &House, method: &str, params: Value) -> Value {
    let message = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
    let (status, answer) = post(house, "/mcp?scope=user:alice", &[], message.to_string()).await;
    assert_eq!(status, 200, "{method}: {answer}");
    assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(7)), "{answer}");
    answer
}

async fn post(house: &House, path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> (u16, Value) {
    let plain = [("authorization", "Bearer local"), ("content-type", "application/json")];
    let mut request = Request::post(path);
    for (name, value) in plain.iter().filter(|(name, _)| !headers.iter().any(|(other, _)| other == name)) {
        request = request.header(*name, *value);
    }
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
        request = request.header(*name, *value);
    }
    // Boxed: a walk of many calls in one test is a large future, and a test's stack is small.
    let response = Box::pin(gateway::call(house, request.body(body.into()).expect("a request"))).await;
    let status = response.status().as_u16();
    let body = response.body().to_vec();
    (status, if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).expect("JSON") })
}

/// The result of a tool that could do what it was asked for.
async fn tool(house: &House, name: &str, arguments: Value) -> Value {
    let answer = ask(house, "tools/call", json!({ "name": name, "arguments": arguments })).await;
    assert_eq!(answer["result"]["isError"], false, "{name}: {answer}");
    assert!(answer["result"]["content"][0]["text"].as_str().is_some_and(|text| !text.is_empty()), "{answer}");
    answer["result"]["structuredContent"].clone()
}

/// What a tool says that could not.
async fn failing(house: &House, name: &str, arguments: Value) -> String {
    let answer = ask(house, "tools/call", json!({ "name": name, "arguments": arguments })).await;
    assert_eq!(answer["result"]["isError"], true, "{name}: {answer}");
    assert!(answer["result"].get("structuredContent").is_none(), "{answer}");
    answer["result"]["content"][0]["text"].as_str().expect("words").to_owned()
}

#[tokio::test]
async fn a_handshake_agrees_on_the_version_asked_for_or_the_newest_that_has_one() {
    let house = house().await;
    for (asked, agreed) in [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2024-11-05", "2024-11-05"),
        ("2026-07-28", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let answer = ask(&house, "initialize", json!({ "protocolVersion": asked, "capabilities": {} })).await;
        assert_eq!(answer["result"]["protocolVersion"], agreed, "{answer}");
        assert_eq!(answer["result"]["serverInfo"]["name"], "memorable");
        assert!(answer["result"]["capabilities"]["tools"].is_object(), "{answer}");
    }
    assert_eq!(ask(&house, "ping", json!({})).await["result"]["content"], Value::Null);
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string();
    assert_eq!(post(&house, "/mcp?scope=user:alice", &[], initialized).await, (202, Value::Null));
    let response = json!({ "jsonrpc": "2.0", "id": 1, "result": {} }).to_string();
    assert_eq!(post(&house, "/mcp?scope=user:alice", &[], response).await, (202, Value::Null));
}

#[tokio::test]
async fn a_stateless_request_is_answered_by_itself() {
    let house = house().await;
    let send = async |method: &str, mut params: Value, headers: &[(&str, &str)]| {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let message = json!({ "jsonrpc": "2.0", "id": "a", "method": method, "params": params });
        let mut all = vec![("mcp-protocol-version", "2026-07-28"), ("mcp-method", method)];
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        all.extend(headers);
        post(&house, "/mcp?scope=user:alice", &all, message.to_string()).await
    };
    let (status, found) = send("server/discover", json!({}), &[]).await;
    assert_eq!((status, &found["result"]["resultType"]), (200, &json!("complete")), "{found}");
    assert!(found["result"]["supportedVersions"].as_array().is_some_and(|all| all.contains(&json!("2026-07-28"))));
    let add = json!({ "name": "add_memory", "arguments": { "content": "The boat is called Möwe." } });
    let (status, added) = send("tools/call", add.clone(), &[("mcp-name", "add_memory")]).await;
    assert_eq!((status, &added["result"]["isError"]), (200, &json!(false)), "{added}");
    assert!(added["result"]["_meta"]["memorable/receipt"]["requests"].is_object(), "{added}");
    // The same name as a header may have to carry it.
    let (status, _) = send("tools/call", add.clone(), &[("mcp-name", "=?base64?YWRkX21lbW9yeQ==?=")]).await;
    assert_eq!(status, 200);
    for (method, params, headers, expected) in [
        ("tools/call", add.clone(), vec![], (400, -32020)),
        ("tools/call", add.clone(), vec![("mcp-name", "delete_memory")], (400, -32020)),
        ("tools/list", json!({}), vec![("mcp-method", "tools/call")], (400, -32020)),
        ("tools/list", json!({}), vec![("mcp-protocol-version", "2025-11-25")], (400, -32020)),
        ("tools/list", json!({}), vec![("mcp-protocol-version", "2031-01-01")], (400, -32022)),
        ("initialize", json!({ "protocolVersion": "2026-07-28" }), vec![], (404, -32601)),
        (
            "resources/read",
            json!({ "uri": "memorable://memory/0123456789abcdef" }),
            vec![("mcp-name", "memorable://memory/0123456789abcdef")],
            (400, -32602),
        ),
    ] {
        let (status, answer) = send(method, params, &headers).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (expected.0, &json!(expected.1)),
            "{method} {headers:?}: {answer}"
        );
    }
    let bare = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} }).to_string();
    let (status, answer) = post(&house, "/mcp", &[("mcp-protocol-version", "2026-07-28")], bare).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(-32602)), "{answer}");
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_stores_nothing() {
    let house = house().await;
    let add = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params":
        { "name": "add_memory", "arguments": { "content": "Stored by mistake." } } });
    let deep = format!("{}{}", "[".repeat(4000), "]".repeat(4000));
    for (body, code) in [
        ("{", -32700),
        ("", -32700),
        (deep.as_str(), -32700),
        ("7", -32600),
        ("{}", -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (json!([add]).to_string().as_str(), -32600),
    ] {
        let (status, answer) = post(&house, "/mcp?scope=user:alice", &[], body).await;
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(code)), "{body:.60}: {answer}");
    }
    let text = add.to_string();
    for (headers, expected) in [
        (vec![("origin", "https://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("origin", "http://localhost.evil.example:6274")], 403),
        (vec![("content-type", "text/plain")], 415),
        (vec![("content-type", "")], 415),
        (vec![("accept", "text/event-stream")], 406),
        (vec![("authorization", "Bearer nobody")], 401),
        (vec![("mcp-protocol-version", "1999-01-01")], 400),
        (vec![("x-memorable-scope", "user:bob")], 400),
    ] {
        let (status, answer) = post(&house, "/mcp?scope=user:alice", &headers, text.clone()).await;
        assert_eq!(status, expected, "{headers:?}: {answer}");
    }
    for path in ["/mcp?scope=alice", "/mcp?scope=user:alice&tenant=other"] {
        assert_eq!(post(&house, path, &[], text.clone()).await.0, 400, "{path}");
    }
    let huge = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping", "params": { "x": "x".repeat(1 << 20) } });
    assert_eq!(post(&house, "/mcp", &[], huge.to_string()).await.0, 413);
    for (method, code) in [("tools/delete", -32601), ("server/discover", -32601), ("logging/setLevel", -32601)] {
        assert_eq!(ask(&house, method, json!({})).await["error"]["code"], code, "{method}");
    }
    assert_eq!(ask(&house, "tools/call", json!({ "name": "rm" })).await["error"]["code"], -32602);
    assert_eq!(ask(&house, "tools/call", json!({})).await["error"]["code"], -32602);
    assert_eq!(ask(&house, "tools/list", json!({ "cursor": "x" })).await["error"]["code"], -32602);
    assert_eq!(ask(&house, "resources/list", json!({ "cursor": "x" })).await["error"]["code"], -32602);
    assert!(crate::support::listed(&house).await.is_empty());
    // Pages on this machine, such as an inspector, may.
    let local = [("origin", "http://localhost:6274"), ("accept", "application/json, text/event-stream")];
    assert_eq!(post(&house, "/mcp?scope=user:alice", &local, text).await.0, 200);
}

#[tokio::test]
async fn who_asks_for_a_stream_is_told_that_there_is_none() {
    let house = house().await;
    let request = Request::get("/mcp").header("authorization", "Bearer local").body(Vec::new()).expect("a request");
    let response = gateway::call(&house, request).await;
    assert_eq!((response.status().as_u16(), &response.headers()["allow"]), (405, &"POST".parse().expect("a header")));
}

#[tokio::test]
async fn each_tool_says_what_it_takes_gives_and_does() {
    let house = house().await;
    let listed = ask(&house, "tools/list", json!({})).await;
    let tools = listed["result"]["tools"].as_array().expect("tools").clone();
    assert!(tools.len() <= 12, "{} tools", tools.len());
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().expect("a name")).collect();
    assert_eq!(names, mcp::tool_names());
    for tool in &tools {
        assert!(tool["description"].as_str().is_some_and(|text| text.len() > 60), "{tool}");
        assert_eq!((&tool["inputSchema"]["type"], &tool["outputSchema"]["type"]), (&json!("object"), &json!("object")));
        assert!(tool["inputSchema"]["properties"].get("scope").is_none(), "the URL names the scope: {tool}");
        let hints = &tool["annotations"];
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(hints[hint].is_boolean(), "{tool}");
        }
        let destroys = tool["name"] == "delete_memory";
        assert_eq!(hints["destructiveHint"], destroys, "{tool}");
    }
    // With no scope in the URL, each call names one.
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string();
    let (_, free) = post(&house, "/mcp", &[], message).await;
    for tool in free["result"]["tools"].as_array().expect("tools") {
        let required = tool["inputSchema"]["required"].as_array().expect("names");
        assert!(required.contains(&json!("scope")) && tool["inputSchema"]["properties"]["scope"].is_object(), "{tool}");
    }
}

#[tokio::test]
async fn what_one_tool_stores_the_next_finds_changes_and_forgets() {
    let house = house().await;
    let added = tool(
        &house,
        "add_memory",
        json!({ "content": "My sister Clara moves to Porto in May.",
        "speaker": "Alice", "tags": ["family"], "metadata": { "n": 1 } }),
    )
    .await;
    let id = added["memories"][0]["id"].as_str().expect("an id").to_owned();
    let again = json!({ "content": "My sister Clara moves to Porto in May.", "speaker": "Alice" });
    assert_eq!(tool(&house, "add_memory", again).await["memories"][0]["repeated"], true);
    Box::pin(drain(&house)).await;

    let found = tool(&house, "search_memories", json!({ "query": "Where is Clara going to live?" })).await;
    assert_eq!(found["memories"][0]["id"], id.as_str(), "{found}");
    assert!(found["memories"][0]["kind"].is_string(), "{found}");
    assert!(found["context"].as_str().is_some_and(|context| context.contains("Porto") && context.contains(&id)));
    let rest = json!({ "query": "Clara", "exclude_receipt": found["receipt_id"] });
    assert_eq!(tool(&house, "search_memories", rest).await["memories"], json!([]));
    // The same as over HTTP.
    assert_eq!(Box::pin(recall(&house, "Where is Clara going to live?")).await["context"], found["context"]);

    assert_eq!(tool(&house, "get_memory", json!({ "id": id })).await["tags"], json!(["family"]));
    let change = json!({ "id": id, "content": "My sister Clara moves to Lisbon in May." });
    tool(&house, "update_memory", change).await;
    let history = tool(&house, "memory_history", json!({ "id": id })).await;
    let said: Vec<_> = history["revisions"].as_array().expect("revisions").iter().map(|r| &r["content"]).collect();
    assert_eq!(said, ["My sister Clara moves to Lisbon in May.", "My sister Clara moves to Porto in May."]);

    let turns = json!({ "session": "dinner", "messages": [
        { "role": "user", "name": "Alice", "content": "Book a table for three." },
        { "role": "assistant", "content": "Booked for eight o'clock." },
    ] });
    assert_eq!(tool(&house, "add_conversation", turns).await["memories"].as_array().map(Vec::len), Some(2));
    let session = tool(&house, "get_session", json!({ "session": "dinner" })).await;
    assert_eq!(session["memories"][1]["content"], "Booked for eight o'clock.", "{session}");
    let page = tool(&house, "list_memories", json!({ "limit": 2 })).await;
    assert_eq!(page["memories"].as_array().map(Vec::len), Some(2), "{page}");
    let rest = tool(&house, "list_memories", json!({ "limit": 2, "cursor": page["next_cursor"] })).await;
    assert_eq!(rest["memories"].as_array().map(Vec::len), Some(1), "{rest}");

    Box::pin(night(&house)).await;
    let today = memorable_local::schedule::today();
    let digest = tool(&house, "get_digest", json!({ "date": today.to_string() })).await;
    assert!(digest["markdown"].as_str().is_some_and(|page| page.contains("3 memories")), "{digest}");
    let uri = format!("memorable://digest/{today}");
    let read = ask(&house, "resources/read", json!({ "uri": uri })).await;
    assert_eq!(read["result"]["contents"][0]["text"], digest["markdown"]);

    assert_eq!(tool(&house, "delete_memory", json!({ "id": id })).await["state"], "forgotten");
    assert!(failing(&house, "get_memory", json!({ "id": id })).await.contains("there is no memory"));
    let read = ask(&house, "resources/read", json!({ "uri": format!("memorable://memory/{id}") })).await;
    assert_eq!(read["error"]["code"], -32002, "{read}");
}

#[tokio::test]
async fn a_tool_that_cannot_says_to_the_model_what_would_be_right() {
    let house = house().await;
    for (name, arguments, words) in [
        ("add_memory", json!({}), "content"),
        ("add_memory", json!({ "content": " " }), "there is no text"),
        ("add_memory", json!({ "content": "x", "colour": "red" }), "colour"),
        ("add_memory", json!({ "content": "x", "items": [] }), "items"),
        ("add_memory", json!({ "content": "x", "occurred_at": "soon" }), "occurred_at"),
        ("add_memory", json!({ "content": "x", "scope": "user:bob" }), "bound to user:alice"),
        ("search_memories", json!({ "query": "x", "scopes": ["user:bob"] }), "scopes"),
        ("search_memories", json!({ "query": "x", "top_k": 1000 }), "1 to 100"),
        ("search_memories", json!({ "query": "x", "filters": { "colour": "red" } }), "filters.colour"),
        ("get_memory", json!({ "id": "short" }), "16 letters"),
        ("get_memory", json!({ "id": "0123456789abcdef" }), "there is no memory"),
        ("update_memory", json!({ "id": "0123456789abcdef" }), "nothing is to change"),
        ("delete_memory", json!({}), "id"),
        ("list_memories", json!({ "limit": 0 }), "1 to 100"),
        ("get_digest", json!({ "date": "yesterday" }), "2026-11-20"),
    ] {
        let said = failing(&house, name, arguments.clone()).await;
        assert!(said.contains(words), "{name} {arguments}: {said}");
    }
    assert!(crate::support::listed(&house).await.is_empty());
}

#[tokio::test]
async fn a_scope_comes_from_url_header_or_argument_and_a_tenant_from_the_token_only() {
    let house = house().await;
    let id = store(&house, json!({ "content": "Alice keeps bees." })).await;
    let search = |arguments: Value| {
        let params = json!({ "name": "search_memories", "arguments": arguments });
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
    };
    let plain = search(json!({ "query": "bees" }));
    let found = |answer: &Value| answer["result"]["structuredContent"]["memories"][0]["id"] == id.as_str();
    let (_, by_header) = post(&house, "/mcp", &[("x-memorable-scope", "user:alice")], plain.clone()).await;
    assert!(found(&by_header), "{by_header}");
    let named = search(json!({ "query": "bees", "scope": "user:alice" }));
    assert!(found(&post(&house, "/mcp", &[], named.clone()).await.1));
    assert!(found(&post(&house, "/mcp?scope=user:alice", &[], named.clone()).await.1));
    let (_, missing) = post(&house, "/mcp", &[], plain.clone()).await;
    let words = missing["result"]["content"][0]["text"].as_str().expect("words");
    assert!(missing["result"]["isError"] == true && words.contains("no scope is given"), "{missing}");
    let other = [("authorization", "Bearer other")];
    let (_, others) = post(&house, "/mcp?scope=user:alice", &other, plain).await;
    assert_eq!(others["result"]["structuredContent"]["memories"], json!([]), "{others}");
    let (_, bound) = post(&house, "/mcp?scope=user:bob", &[], named).await;
    assert_eq!(bound["result"]["isError"], true, "{bound}");
    let read = |uri: &str| {
        json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": { "uri": uri } }).to_string()
    };
    let uri = format!("memorable://memory/{id}?scope=user%3Aalice");
    let (_, free) = post(&house, "/mcp", &[], read(&uri)).await;
    assert!(free["result"]["contents"][0]["text"].as_str().is_some_and(|text| text.contains("bees")), "{free}");
    assert_eq!(post(&house, "/mcp?scope=user:bob", &[], read(&uri)).await.1["error"]["code"], -32602);
    assert_eq!(post(&house, "/mcp", &other, read(&uri)).await.1["error"]["code"], -32002);
}

#[tokio::test]
async fn memories_are_resources_and_a_prompt_brings_what_is_known() {
    let house = house().await;
    let id = store(&house, json!({ "content": "The spare key is at Mrs. Lindqvist's.", "speaker": "Alice" })).await;
    let listed = ask(&house, "resources/list", json!({})).await;
    assert_eq!(listed["result"]["resources"][0]["uri"], format!("memorable://memory/{id}"), "{listed}");
    let read = ask(&house, "resources/read", json!({ "uri": format!("memorable://memory/{id}") })).await;
    let memory: Value =
        serde_json::from_str(read["result"]["contents"][0]["text"].as_str().expect("text")).expect("JSON");
    assert_eq!(memory["speaker"], "Alice");
    let templates = ask(&house, "resources/templates/list", json!({})).await;
    assert_eq!(templates["result"]["resourceTemplates"].as_array().map(Vec::len), Some(2));
    for uri in [
        "file:///etc/passwd",
        "memorable://memory",
        "memorable://memory/x",
        "memorable://digest/soon",
        "memorable://memory/0123456789abcdef?tenant=other",
    ] {
        let read = ask(&house, "resources/read", json!({ "uri": uri })).await;
        assert_eq!(read["error"]["code"], -32602, "{uri}: {read}");
    }
    let prompts = ask(&house, "prompts/list", json!({})).await;
    assert_eq!(prompts["result"]["prompts"][0]["name"], "recall_before_answering", "{prompts}");
    let question = json!({ "name": "recall_before_answering", "arguments": { "question": "Where is the spare key?" } });
    let prompt = ask(&house, "prompts/get", question).await;
    let words = prompt["result"]["messages"][0]["content"]["text"].as_str().expect("words");
    assert!(
        words.contains("Lindqvist") && words.contains(&id) && words.ends_with("Where is the spare key?"),
        "{words}"
    );
    for params in [
        json!({ "name": "recall_before_answering" }),
        json!({ "name": "sing" }),
        json!({}),
        json!({ "name": "remember_conversation", "arguments": { "loud": "yes" } }),
    ] {
        assert_eq!(ask(&house, "prompts/get", params.clone()).await["error"]["code"], -32602, "{params}");
    }
    // Nothing of all this is an answer of the HTTP surface proper.
    assert_eq!(call(&house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await.0, 200);
}
