use super::*;

fn read(pairs: &[(&str, &str)]) -> Result<Config> {
    let pairs: Vec<(String, String)> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Config::read(|name| pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()))
}

#[test]
fn table_and_bucket_are_enough() {
    let config = read(&[("MEMORABLE_TABLE", "t"), ("MEMORABLE_BUCKET", "b")]).expect("a config");
    assert_eq!((config.route_embed.as_str(), config.route_classify.as_str()), ("builtin", ""));
    assert_eq!(config.ollama_url, "http://127.0.0.1:11434");
    assert_eq!(config.classify_queue_url, None);
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    assert_eq!(read(&[("MEMORABLE_TABLE", "t")]).expect_err("no bucket").field.as_deref(), Some("MEMORABLE_BUCKET"));
    assert!(read(&[("MEMORABLE_TABLE", " "), ("MEMORABLE_BUCKET", "b")]).is_err());
    let soon = read(&[("MEMORABLE_TABLE", "t"), ("MEMORABLE_BUCKET", "b"), ("MEMORABLE_EMBED_MS", "soon")]);
    assert_eq!(soon.expect_err("not a number").field.as_deref(), Some("MEMORABLE_EMBED_MS"));
}

#[test]
fn ollama_is_named_as_its_own_tools_name_it() {
    let url = |host: &str| ollama_url(Some(host.to_owned()));
    assert_eq!(url("gpu-box"), "http://gpu-box:11434");
    assert_eq!(url("gpu-box:8080"), "http://gpu-box:8080");
    assert_eq!(url("http://gpu-box:8080/"), "http://gpu-box:8080");
}

#[test]
fn a_profile_fills_the_routes_that_are_not_set() {
    let base = [("MEMORABLE_TABLE", "t"), ("MEMORABLE_BUCKET", "b")];
    let with = |more: &[(&str, &str)]| read(&[&base, more].concat()).expect("a config");
    let none = with(&[]);
    assert!([&none.route_distill, &none.route_converse, &none.route_judge].iter().all(|route| route.is_empty()));

    let aws = with(&[("MEMORABLE_PROFILE", "aws")]);
    assert_eq!(aws.route_embed, "bedrock:amazon.titan-embed-text-v2:0,builtin");
    assert_eq!(aws.route_classify, "bedrock:amazon.nova-micro-v1:0");

    let mixed = with(&[
        ("MEMORABLE_PROFILE", "small"),
        ("MEMORABLE_ROUTE_CONVERSE", "ollama:qwen3:4b"),
        ("MEMORABLE_ROUTE_JUDGE", "none"),
    ]);
    assert_eq!((mixed.route_converse.as_str(), mixed.route_judge.as_str()), ("ollama:qwen3:4b", ""));
    assert!(mixed.route_classify.starts_with("ollama:"));

    let wrong = read(&[&base[..], &[("MEMORABLE_PROFILE", "huge")]].concat()).expect_err("no such profile");
    assert_eq!(wrong.field.as_deref(), Some("MEMORABLE_PROFILE"));
}

#[test]
fn a_profile_that_is_found_out_is_bedrocks_on_lambda_and_none_elsewhere() {
    let base = [("MEMORABLE_TABLE", "t"), ("MEMORABLE_BUCKET", "b"), ("MEMORABLE_PROFILE", "auto")];
    let elsewhere = read(&base).expect("a config");
    assert_eq!((elsewhere.route_embed.as_str(), elsewhere.route_converse.as_str()), ("builtin", ""));
    let lambda = read(&[&base[..], &[("AWS_LAMBDA_FUNCTION_NAME", "chat")]].concat()).expect("a config");
    assert!(lambda.route_converse.starts_with("bedrock:"), "{}", lambda.route_converse);
}
