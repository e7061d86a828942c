use serde_json::json;

use super::*;
use crate::models::scripted::{Answer, Scripted, nobody};

#[tokio::test]
async fn what_was_pulled_and_what_is_loaded_is_told() {
    let server = Scripted::start(|asked| match asked.what.as_str() {
        "GET /api/tags" => {
            Answer::json(&json!({ "models": [{ "name": "nomic-embed-text:latest" }, { "name": "qwen3:4b" }] }))
        }
        "GET /api/ps" => Answer::json(&json!({ "models": [{ "name": "qwen3:4b", "size_vram": 4_096 }] })),
        _ => Answer::Body(404, "{}".to_owned()),
    })
    .await;
    let served = Served::at(&server.url).await.expect("a server");
    assert!(served.has("nomic-embed-text") && served.has("nomic-embed-text:latest") && served.has("qwen3:4b"));
    assert!(!served.has("qwen3") && !served.has("nomic-embed"));
    assert_eq!(served.loaded("qwen3:4b").map(|loaded| loaded.vram_bytes), Some(4_096));
    assert_eq!(served.loaded("nomic-embed-text"), None);
}

#[tokio::test]
async fn a_server_without_a_list_of_what_is_loaded_is_known_by_what_it_has() {
    let server = Scripted::start(|asked| match asked.what.as_str() {
        "GET /api/tags" => Answer::json(&json!({ "models": [{ "name": "qwen3:4b" }] })),
        _ => Answer::Body(404, "404 page not found".to_owned()),
    })
    .await;
    let served = Served::at(&server.url).await.expect("a server");
    assert!(served.has("qwen3:4b") && served.loaded.is_empty());
    assert!(Served::at(&nobody().await).await.is_err());
    assert!(Served::at(&Scripted::always(Answer::Silence).await.url).await.is_err());
}

#[tokio::test]
async fn a_model_is_loaded_without_being_asked_anything() {
    let server = Scripted::always(Answer::json(&json!({ "done": true }))).await;
    let model = Ollama::new(&server.url, "qwen3:4b").expect("a model");
    model.load(false).await.expect("loaded");
    model.load(true).await.expect("loaded");
    let asked = server.asked();
    assert_eq!((asked[0].what.as_str(), asked[1].what.as_str()), ("POST /api/generate", "POST /api/embed"));
    assert_eq!(asked[0].json(), json!({ "model": "qwen3:4b", "keep_alive": "30m", "options": { "num_ctx": 4_096 } }));
}
