use super::*;
use crate::error::Kind;
use crate::models::scripted::bedrock_at;

const TITAN: &str = "bedrock:amazon.titan-embed-text-v2:0";
const NOMIC: &str = "ollama:nomic-embed-text";
const CLAUDE: &str = "bedrock:anthropic.claude-3-haiku-20240307-v1:0";

fn route(task: Task, text: &str, ollama_url: &str) -> Result<Route> {
    let backends = Backends { bedrock: Some(bedrock_at("http://127.0.0.1:1")), ollama_url: ollama_url.to_owned() };
    Route::parse(task, text, &backends)
}

fn refused(task: Task, text: &str) -> Error {
    let backends = Backends { bedrock: None, ollama_url: "http://localhost:11434".to_owned() };
    let error = Route::parse(task, text, &backends).expect_err(text);
    assert_eq!((error.kind, error.field.as_deref()), (Kind::Invalid, Some(task.name())), "{text}");
    error
}

#[test]
fn names_are_read_in_order_and_embedding_always_ends_in_the_builtin_model() {
    let names = |task, text: &str| -> Vec<String> {
        let route = route(task, text, "http://localhost:11434").expect("a route");
        route.chain().iter().map(Model::name).collect()
    };
    assert_eq!(names(Task::Embed, ""), ["builtin"]);
    assert_eq!(names(Task::Embed, &format!(" {TITAN} ,{NOMIC}")), [TITAN, NOMIC, "builtin"]);
    assert_eq!(names(Task::Embed, &format!("builtin,{NOMIC}")), ["builtin", NOMIC]);
    assert_eq!(names(Task::Classify, &format!("ollama:qwen3:4b,{CLAUDE}")), ["ollama:qwen3:4b", CLAUDE]);
    assert!(names(Task::Summarize, " ").is_empty());
    let in_process = |task, text: &str| route(task, text, "").expect("Ollama's URL is not looked at").is_in_process();
    assert!(in_process(Task::Embed, "") && !in_process(Task::Embed, TITAN) && !in_process(Task::Classify, ""));
}

#[test]
fn a_wrong_name_is_invalid_and_says_what_would_be_right() {
    for text in ["openai:gpt-5", "bedrock", "bedrock:", "ollama:", "builtin:x", "builtin,,builtin", ",", "Builtin"] {
        let error = refused(Task::Embed, text);
        assert!(error.expected.as_deref().is_some_and(|right| right.contains("ollama:MODEL")), "{error:?}");
    }
    assert!(refused(Task::Embed, "builtin, builtin").detail.contains("twice"));
    assert!(refused(Task::Classify, "builtin").detail.contains("embeds only"));
    assert!(refused(Task::Embed, TITAN).detail.contains("needs AWS"));
    assert!(refused(Task::Classify, "ollama:gpt-oss:120b-cloud").detail.contains("Ollama's own servers"));
}

#[cfg(feature = "minilm")]
#[test]
fn a_model_out_of_a_folder_is_opened_when_the_route_is_read() {
    let fixture = concat!("folder:", env!("CARGO_MANIFEST_DIR"), "/src/models/folder/fixture");
    let read = route(Task::Embed, fixture, "").expect("a route");
    assert_eq!(read.chain().iter().map(Model::name).collect::<Vec<_>>(), [fixture, "builtin"]);
    assert!(read.is_in_process() && read.has_another_than_builtin());
    assert_eq!(read.first(), Some(read.chain()[0].fingerprint()));
    assert_eq!(read.chain()[0].place(), crate::models::Place::Process);
    assert!(refused(Task::Embed, "folder:/nowhere").detail.contains("/nowhere is no folder"));
    assert!(refused(Task::Classify, fixture).detail.contains("embeds only"));
}

#[cfg(not(feature = "minilm"))]
#[test]
fn a_model_out_of_a_folder_needs_the_feature() {
    assert!(refused(Task::Embed, "folder:/opt/embedder").detail.contains("`minilm`"));
}

#[test]
fn a_model_that_cannot_do_the_task_is_invalid() {
    let cannot = route(Task::Embed, CLAUDE, "").expect_err("a language model does not embed");
    assert_eq!(cannot.field.as_deref(), Some("embed"));
    assert!(cannot.expected.is_some_and(|right| right.contains("cohere.embed-*")));
    let cannot = route(Task::Classify, TITAN, "").expect_err("an embedder does not converse");
    assert!(cannot.detail.contains("embeds only"));
    let cannot = route(Task::Embed, NOMIC, "https://x").expect_err("there is no TLS");
    assert!(cannot.detail.contains(NOMIC) && cannot.detail.contains("http://"), "{cannot}");
}
