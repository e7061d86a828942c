use super::*;
use crate::error::Kind;

/// A copy of the fixture that may be spoilt.
struct Copy(tempfile::TempDir);

impl Copy {
    fn make() -> Copy {
        let copy = Copy(tempfile::tempdir().expect("a folder"));
        for name in ["model.safetensors", "tokenizer.json", "config.json"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/models/folder/fixture").join(name);
            fs::copy(from, copy.0.path().join(name)).expect("a copy");
        }
        copy
    }

    /// What is said of it with that file replaced.
    fn with(&self, name: &str, bytes: &[u8]) -> Error {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        self.refused(name)
    }

    fn refused(&self, name: &str) -> Error {
        let Err(error) = read(self.0.path()) else { panic!("{name} was taken") };
        assert_eq!(error.kind, Kind::Invalid);
        assert!(error.detail.contains(name), "{error} does not name {name}");
        assert!(error.expected.is_some(), "{error}");
        error
    }
}

#[test]
fn what_is_missing_is_named() {
    let Err(nowhere) = read(Path::new("/nowhere/embedder")) else { panic!("there is nothing") };
    assert!(nowhere.detail.contains("/nowhere/embedder is no folder"), "{nowhere}");
    assert!(nowhere.expected.is_some_and(|right| right.contains("model.safetensors")));
    for name in ["model.safetensors", "tokenizer.json"] {
        let copy = Copy::make();
        fs::remove_file(copy.0.path().join(name)).expect("one less");
        copy.refused(name);
    }
}

#[test]
fn torn_weights_are_told_from_those_of_another_model() {
    let whole = fs::read(Copy::make().0.path().join("model.safetensors")).expect("the weights");
    for length in [0, 7, 100, whole.len() / 2, whole.len() - 1] {
        let error = Copy::make().with("model.safetensors", &whole[..length]);
        assert!(error.detail.contains("torn"), "of {length} bytes: {error}");
    }
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 90868376\n";
    assert!(Copy::make().with("model.safetensors", pointer).detail.contains("Git LFS"));
    let renamed = String::from_utf8_lossy(&whole[8..]).find("word_embeddings").expect("its name") + 8;
    let mut other = whole;
    other[renamed] = b'W';
    let error = Copy::make().with("model.safetensors", &other);
    assert!(error.detail.contains("does not hold the weights"), "{error}");
}

#[test]
fn a_tokenizer_of_another_kind_is_refused() {
    let copy = Copy::make();
    let text = fs::read_to_string(copy.0.path().join("tokenizer.json")).expect("the tokenizer");
    copy.with("tokenizer.json", b"{\"model\": {}}");
    copy.with("tokenizer.json", &text.as_bytes()[..text.len() / 2]);
    for (right, other) in [
        ("BertNormalizer", "Lowercase"),
        ("\"lowercase\": true", "\"lowercase\": false"),
        ("\"strip_accents\": null", "\"strip_accents\": false"),
        ("BertPreTokenizer", "Whitespace"),
        ("\"continuing_subword_prefix\": \"##\"", "\"continuing_subword_prefix\": \"@@\""),
    ] {
        assert!(text.contains(right), "{right}");
        let error = copy.with("tokenizer.json", text.replace(right, other).as_bytes());
        assert!(error.detail.contains("uncased WordPiece"), "{other}: {error}");
    }
    copy.with("tokenizer.json", text.replace("\"clara\": ", "\"clara\": 9").as_bytes());
}

#[test]
fn a_model_that_computes_something_else_is_refused() {
    for config in [
        r#"{"model_type": "roberta"}"#,
        r#"{"hidden_act": "relu"}"#,
        r#"{"position_embedding_type": "relative_key"}"#,
        "{",
    ] {
        Copy::make().with("config.json", config.as_bytes());
    }
    Copy::make().with("1_Pooling/config.json", br#"{"pooling_mode_mean_tokens": false}"#);
    // How many heads there are, the weights do not say.
    let copy = Copy::make();
    fs::write(copy.0.path().join("config.json"), r#"{"num_attention_heads": 5}"#).expect("a config");
    assert!(copy.refused("model.safetensors").detail.contains("num_attention_heads"));
}
