//! The embedding families of Bedrock: how each is asked, and where the vectors stand in its answer.

use serde::Deserialize;
use serde_json::json;

use crate::error::{Error, Result};
use crate::models::{Purpose, read};

/// Numbers in a vector, where the model leaves it to us. 256 is the smallest that Titan and Cohere v4 both offer: by
/// AWS's account it keeps 97 % of the retrieval accuracy of 1024, at a quarter of the bytes that each recall reads.
const DIMENSIONS: usize = 256;

/// Characters of a text that are sent to Titan. It refuses more than 8192 tokens; a token is hardly ever less than one
/// character.
const TITAN_CHARACTERS: usize = 8192;

/// Characters of a text that are sent to Cohere v3. Bedrock refuses longer ones before Cohere could cut them
/// (`expected maxLength: 2048`), and 512 tokens is all it reads.
const COHERE_V3_CHARACTERS: usize = 2048;

/// Characters of a text that are sent to Cohere v4: a bound on the cost of one text, far below its 128 000 tokens.
const COHERE_V4_CHARACTERS: usize = 100_000;

/// Texts in one call to Cohere, the most it takes.
const COHERE_TEXTS: usize = 96;

/// Embedding models that are asked in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Titan Embeddings G1: no fields but the text.
    TitanV1,
    /// Titan Text Embeddings V2: size and normalization can be chosen.
    TitanV2,
    /// Cohere Embed v3, and any other that is not v4.
    CohereV3,
    /// Cohere Embed v4: its size can be chosen, and it calls the side to cut RIGHT where v3 calls it END.
    CohereV4,
}

impl Family {
    /// Of a model id, an inference profile or an ARN. Invalid for others, naming what is known.
    pub fn of(id: &str) -> Result<Family> {
        let families = [
            ("amazon.titan-embed-text-v2", Family::TitanV2),
            ("amazon.titan-embed-text-v1", Family::TitanV1),
            ("amazon.titan-embed-g1-text", Family::TitanV1),
            ("cohere.embed-v4", Family::CohereV4),
            ("cohere.embed-", Family::CohereV3),
        ];
        families.into_iter().find(|(name, _)| id.contains(name)).map(|(_, family)| family).ok_or_else(|| {
            Error::invalid(
                "model",
                format!("`bedrock:{id}` is not known to embed"),
                "amazon.titan-embed-text-v2:0, amazon.titan-embed-text-v1, or a cohere.embed-* model",
            )
        })
    }

    /// Texts that one call may hold.
    pub fn texts_per_call(self) -> usize {
        match self {
            Family::TitanV1 | Family::TitanV2 => 1,
            Family::CohereV3 | Family::CohereV4 => COHERE_TEXTS,
        }
    }

    /// The body of one call. Titan's holds the first text only: see [`Family::texts_per_call`].
    pub fn request(self, texts: &[&str], purpose: Purpose) -> Vec<u8> {
        let texts: Vec<&str> = texts.iter().map(|text| cut(text, self.characters())).collect();
        let first = texts.first().copied().unwrap_or_default();
        let input_type = match purpose {
            Purpose::Store => "search_document",
            Purpose::Search => "search_query",
        };
        let body = match self {
            Family::TitanV1 => json!({ "inputText": first }),
            Family::TitanV2 => json!({ "inputText": first, "dimensions": DIMENSIONS, "normalize": true }),
            Family::CohereV3 => json!({
                "texts": texts,
                "input_type": input_type,
                "embedding_types": ["float"],
                "truncate": "END",
            }),
            Family::CohereV4 => json!({
                "texts": texts,
                "input_type": input_type,
                "embedding_types": ["float"],
                "output_dimension": DIMENSIONS,
                "truncate": "RIGHT",
            }),
        };
        body.to_string().into_bytes()
    }

    /// The vectors of an answer, as they stand in it: their number and size are not checked here. Internal where the
    /// answer has another shape.
    pub fn vectors(self, model: &str, body: &[u8]) -> Result<Vec<Vec<f32>>> {
        match self {
            Family::TitanV1 | Family::TitanV2 => read(model, body).map(|answer: Titan| vec![answer.embedding]),
            Family::CohereV3 | Family::CohereV4 => read(model, body).map(|answer: Cohere| match answer.embeddings {
                CohereVectors::ByType { float } => float,
                CohereVectors::Plain(vectors) => vectors,
            }),
        }
    }

    fn characters(self) -> usize {
        match self {
            Family::TitanV1 | Family::TitanV2 => TITAN_CHARACTERS,
            Family::CohereV3 => COHERE_V3_CHARACTERS,
            Family::CohereV4 => COHERE_V4_CHARACTERS,
        }
    }
}

/// The first characters of a text.
fn cut(text: &str, characters: usize) -> &str {
    match text.char_indices().nth(characters) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[derive(Deserialize)]
struct Titan {
    embedding: Vec<f32>,
}

#[derive(Deserialize)]
struct Cohere {
    embeddings: CohereVectors,
}

/// With `embedding_types` the vectors come by type; older models answer the plain list all the same.
#[derive(Deserialize)]
#[serde(untagged)]
enum CohereVectors {
    ByType { float: Vec<Vec<f32>> },
    Plain(Vec<Vec<f32>>),
}
