use super::*;
use crate::models::prices;
use crate::models::routes::{Backends, Route};
use crate::models::scripted::bedrock_at;

#[test]
fn every_profile_has_a_route_for_every_task() {
    let backends =
        Backends { bedrock: Some(bedrock_at("http://127.0.0.1:1")), ollama_url: "http://127.0.0.1:1".to_owned() };
    for (name, profile) in all().expect("profiles") {
        for task in Task::ALL {
            let route = Route::parse(task, &profile.route(task), &backends).expect("a route");
            assert!(!route.is_empty(), "{name}: {task:?}");
        }
    }
}

#[test]
fn every_model_of_a_profile_has_a_known_price() {
    for (name, profile) in all().expect("profiles") {
        for model in profile.routes.values().flatten() {
            let is_priced = model.strip_prefix("bedrock:").is_none_or(|id| prices::of_bedrock(id).is_some());
            assert!(is_priced, "{name}: {model} is not in prices.json");
        }
    }
}

#[test]
fn an_unknown_profile_is_invalid_and_the_known_ones_are_named() {
    let error = Profile::named("huge").expect_err("no such profile");
    assert_eq!(error.field.as_deref(), Some("MEMORABLE_PROFILE"));
    assert_eq!(error.expected.as_deref(), Some("aws, server, small"));
}

#[test]
fn the_profile_that_fits_is_one_of_whose_models_there_is_one_and_room_for_it() {
    let served =
        |names: &[&str]| Served { pulled: names.iter().map(|name| (*name).to_owned()).collect(), loaded: Vec::new() };
    let gigabytes = |number: u64| Some(number * 1_000_000_000);
    for (names, memory, expected) in [
        (vec!["mistral:7b", "tinyllama:1.1b"], gigabytes(32), Some("server")),
        (vec!["mistral:7b", "tinyllama:1.1b"], gigabytes(8), Some("small")),
        (vec!["mistral:7b"], None, Some("server")),
        (vec!["tinyllama:1.1b"], gigabytes(2), None),
        (vec!["nomic-embed-text:latest", "qwen3:4b"], gigabytes(64), None),
        (vec![], gigabytes(64), None),
    ] {
        assert_eq!(Profile::fitting(&served(&names), memory), expected, "{names:?} {memory:?}");
    }
    let small = Profile::named("small").expect("a profile");
    assert_eq!(small.lacking(&served(&["tinyllama:1.1b"])), ["mistral-small:24b"]);
}
