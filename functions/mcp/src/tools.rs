//! The tools: what each is called with, and the one call into the domain that it is.

mod calls;
mod schemas;

use memorable::app::App;
use memorable::memory::Time;
use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::message::Fault;
use crate::methods::only;

/// What a tool does to memory, as clients ask before they let a model use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Changes nothing.
    Reads,
    /// Adds or changes; what was said before stays as history.
    Writes,
    /// Takes away for good.
    Destroys,
}

/// One tool.
struct Tool {
    name: &'static str,
    title: &'static str,
    effect: Effect,
    description: &'static str,
    /// Arguments beside the scope, and which of them are required.
    arguments: fn() -> Value,
    required: &'static [&'static str],
    output: fn() -> Value,
}

/// What a tool answers: for programs, and in words.
pub struct Output {
    structured: Value,
    text: String,
}

static TOOLS: [Tool; 10] = [
    Tool {
        name: "search_memories",
        title: "Search memories",
        effect: Effect::Reads,
        description: "Find what is remembered about a question. Use it before answering anything that may depend on \
            earlier conversations: people, plans, preferences, decisions, events. Ask in plain words, as a person \
            would, and name people and times; one question per call works better than a list of keywords. Returns \
            the best memories and a context ready to read, each line ending with the id of its memory. When `abstain` \
            is true, say that it is not known rather than guess.",
        arguments: schemas::search,
        required: &["query"],
        output: schemas::found,
    },
    Tool {
        name: "add_memory",
        title: "Remember something",
        effect: Effect::Writes,
        description: "Remember one thing for later conversations: a fact, preference, decision, plan, promise or \
            event. Write it as a statement that makes sense by itself, with names instead of pronouns. Give \
            `occurred_at` where it is about another time than now. Found by the next search at once. Adding the same \
            content again changes nothing.",
        arguments: schemas::add,
        required: &["content"],
        output: schemas::stored,
    },
    Tool {
        name: "add_conversation",
        title: "Remember a conversation",
        effect: Effect::Writes,
        description: "Remember the turns of a conversation word for word, in order, 1 to 100 a call. Better than \
            add_memory where what was said, by whom and when should stay findable. Adding the same turns again \
            changes nothing.",
        arguments: schemas::conversation,
        required: &["session", "messages"],
        output: schemas::stored,
    },
    Tool {
        name: "get_memory",
        title: "Read a memory",
        effect: Effect::Reads,
        description: "Read one memory by its id, with all that is known of it: time, speaker, kind, entities, tags, \
            metadata.",
        arguments: schemas::id,
        required: &["id"],
        output: schemas::memory,
    },
    Tool {
        name: "list_memories",
        title: "List memories",
        effect: Effect::Reads,
        description: "List memories, latest first, a page at a time. To find something, use search_memories; this is \
            for looking through what is there.",
        arguments: schemas::page,
        required: &[],
        output: schemas::listed,
    },
    Tool {
        name: "update_memory",
        title: "Correct a memory",
        effect: Effect::Writes,
        description: "Change what a memory says, its metadata, tags or end, where it turned out wrong or out of date. \
            What it said before stays readable in its history. Metadata and tags are replaced as a whole.",
        arguments: schemas::change,
        required: &["id"],
        output: schemas::stored,
    },
    Tool {
        name: "delete_memory",
        title: "Forget a memory",
        effect: Effect::Destroys,
        description: "Forget a memory for good, with its history: it cannot be brought back. Only where the person \
            it belongs to asks for it; to correct something use update_memory.",
        arguments: schemas::id,
        required: &["id"],
        output: schemas::forgotten,
    },
    Tool {
        name: "memory_history",
        title: "Read a memory's history",
        effect: Effect::Reads,
        description: "Read all that a memory ever said, the current words first, with the times from when to when \
            each held.",
        arguments: schemas::id,
        required: &["id"],
        output: schemas::history,
    },
    Tool {
        name: "get_session",
        title: "Read a conversation",
        effect: Effect::Reads,
        description: "Read the last 50 turns of a conversation by the name of its session, oldest first.",
        arguments: schemas::session,
        required: &["session"],
        output: schemas::turns,
    },
    Tool {
        name: "get_digest",
        title: "Read a day's digest",
        effect: Effect::Reads,
        description: "Read what was written about a day in the night after it: how much was stored, people, themes \
            and open commitments. There is none for today, or for a day on which nothing was stored.",
        arguments: schemas::date,
        required: &["date"],
        output: schemas::digest,
    },
];

/// The names of all tools.
pub fn names() -> Vec<&'static str> {
    TOOLS.iter().map(|tool| tool.name).collect()
}

/// Our own name for the tool, where there is one of that name.
pub fn known(name: &str) -> Option<&'static str> {
    TOOLS.iter().find(|tool| tool.name == name).map(|tool| tool.name)
}

/// All tools as a client sees them: with an argument for the scope where the connection is bound to none.
pub fn list(caller: &Caller) -> Vec<Value> {
    TOOLS.iter().map(|tool| tool.page(caller)).collect()
}

/// Calls a tool.
pub async fn call(
    app: &App,
    caller: &Caller,
    name: &str,
    mut arguments: Map<String, Value>,
    now: Time,
) -> Result<Value, Fault> {
    let tool = TOOLS.iter().find(|tool| tool.name == name);
    let tool = tool.ok_or_else(|| Fault::params(format!("there is no such tool; there are {}", names().join(", "))))?;
    let scope = caller.scope(&mut arguments).map_err(Fault::Tool)?;
    let known = tool.arguments();
    let known: Vec<&str> = known.keys().map(String::as_str).collect();
    only(&arguments, &known).map_err(Fault::Tool)?;
    let output = calls::call(app, &scope, tool.name, arguments, now).await.map_err(Fault::Tool)?;
    Ok(json!({
        "content": [{ "type": "text", "text": output.text }],
        "structuredContent": output.structured,
        "isError": false,
    }))
}

impl Tool {
    fn arguments(&self) -> Map<String, Value> {
        match (self.arguments)() {
            Value::Object(arguments) => arguments,
            _ => Map::new(),
        }
    }

    fn page(&self, caller: &Caller) -> Value {
        let mut arguments = self.arguments();
        let mut required = self.required.to_vec();
        if caller.bound.is_none() {
            arguments.insert("scope".to_owned(), schemas::scope());
            required.push("scope");
        }
        json!({
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": {
                "type": "object",
                "properties": arguments,
                "required": required,
                "additionalProperties": false,
            },
            "outputSchema": (self.output)(),
            "annotations": {
                "title": self.title,
                "readOnlyHint": self.effect == Effect::Reads,
                "destructiveHint": self.effect == Effect::Destroys,
                // Each of them: a write that is repeated is one write.
                "idempotentHint": true,
                "openWorldHint": false,
            },
        })
    }
}
