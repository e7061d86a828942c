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

#[test]
fn a_models_context_is_that_of_the_longest_name_that_its_own_begins_with() {
    for (id, expected) in [
        ("tinyllama:1.1b", 2_048),
        ("llama3", 8_192),
        ("llama3:8b", 8_192),
        ("llama3.2:3b", 131_072),
        ("gemma:7b", 8_192),
        ("gemma3:4b", DEFAULT_CONTEXT),
        ("somebody/else", DEFAULT_CONTEXT),
    ] {
        assert_eq!(context(id), expected, "{id}");
    }
}

#[test]
fn the_context_of_every_model_that_converses_in_a_profile_is_written_down() {
    let file = ALL.as_ref().expect("profiles");
    for profile in file.profiles.values() {
        let of_texts = profile.routes.iter().filter(|(task, _)| **task != Task::Embed);
        for id in of_texts.flat_map(|(_, names)| names).filter_map(|name| name.strip_prefix("ollama:")) {
            assert!(file.contexts.keys().any(|part| id.starts_with(part.as_str())), "{id}");
        }
    }
}
