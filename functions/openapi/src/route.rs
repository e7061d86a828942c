//! How a route is described, and the operation that comes of it.

use serde_json::{Map, Value, json};

/// Stands in examples for the id of a memory that is there.
pub const PLACEHOLDER: &str = "0000000000000000";

/// What a route wants to be called with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Nothing.
    Open,
    /// A token of the issuer's.
    Token,
    /// An access key.
    Key,
}

/// What is said of one route.
#[derive(Debug, Clone)]
pub struct Route {
    /// As the gateway writes it: `POST /v1/recall`.
    pub key: &'static str,
    /// Under which heading it stands.
    pub tag: &'static str,
    /// What it is called in generated clients.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What else there is to know.
    pub description: &'static str,
    /// What it wants.
    pub security: Security,
    /// Parameters of path, query and header.
    pub parameters: Vec<Value>,
    /// The schema of the body, where there is one.
    pub body: Option<Value>,
    /// Bodies that work, by name. A route without a body has one call, with the parameters' examples.
    pub examples: Vec<(&'static str, Value)>,
    /// The status of success, what it means, and the schema of its answer.
    pub answer: (u16, &'static str, Value),
    /// Another media type of that answer, where it may come in another form.
    pub other_media: Option<&'static str>,
    /// Whether it speaks JSON-RPC: problems are its own, and a message that wants no answer has none.
    pub is_rpc: bool,
    /// What a house without more than some memories answers to the examples, where that is no success.
    pub on_a_fresh_house: Option<u16>,
    /// The statuses of problems, beside 400, 401 and 500 where those can be.
    pub problems: Vec<u16>,
}

impl Route {
    /// A route that answers 200 with that schema, wants a token and takes no body.
    pub fn new(
        key: &'static str,
        tag: &'static str,
        name: &'static str,
        summary: &'static str,
        schema: Value,
    ) -> Route {
        Route {
            key,
            tag,
            name,
            summary,
            description: "",
            security: Security::Token,
            parameters: Vec::new(),
            body: None,
            examples: Vec::new(),
            answer: (200, "What was asked for", schema),
            other_media: None,
            is_rpc: false,
            on_a_fresh_house: None,
            problems: Vec::new(),
        }
    }

    /// With more to know.
    #[must_use]
    pub fn about(mut self, description: &'static str) -> Route {
        self.description = description;
        self
    }

    /// With another security.
    #[must_use]
    pub fn secured(mut self, security: Security) -> Route {
        self.security = security;
        self
    }

    /// With parameters.
    #[must_use]
    pub fn with(mut self, parameters: impl IntoIterator<Item = Value>) -> Route {
        self.parameters.extend(parameters);
        self
    }

    /// With a body, and bodies that work.
    #[must_use]
    pub fn taking(mut self, schema: Value, examples: impl IntoIterator<Item = (&'static str, Value)>) -> Route {
        self.body = Some(schema);
        self.examples.extend(examples);
        self
    }

    /// With another status of success.
    #[must_use]
    pub fn answering(mut self, status: u16, meaning: &'static str) -> Route {
        (self.answer.0, self.answer.1) = (status, meaning);
        self
    }

    /// With another form of the answer.
    #[must_use]
    pub fn or_as(mut self, media: &'static str) -> Route {
        self.other_media = Some(media);
        self
    }

    /// Which speaks JSON-RPC.
    #[must_use]
    pub fn as_rpc(mut self) -> Route {
        self.is_rpc = true;
        self
    }

    /// Whose examples name what is not there before there was a time to make it.
    #[must_use]
    pub fn refused_at_first(mut self, status: u16) -> Route {
        self.on_a_fresh_house = Some(status);
        self
    }

    /// With problems that it may answer.
    #[must_use]
    pub fn or(mut self, problems: impl IntoIterator<Item = u16>) -> Route {
        self.problems.extend(problems);
        self
    }

    /// The method: `POST`.
    pub fn method(&self) -> &'static str {
        self.key.split_once(' ').map_or("GET", |(method, _)| method)
    }

    /// The path: `/v1/recall`.
    pub fn path(&self) -> String {
        self.key.split_once(' ').map_or_else(|| self.key.to_owned(), |(_, path)| path.to_owned())
    }

    /// The operation object.
    pub fn operation(&self) -> Value {
        let (status, meaning, schema) = &self.answer;
        let mut responses = Map::new();
        let mut content = match schema.get("contentMediaType").and_then(Value::as_str) {
            Some("application/problem+json") => {
                json!({ "application/problem+json": { "schema": self::schema("Problem") } })
            }
            Some(media) => json!({ media: { "schema": { "type": "string" } } }),
            None => json!({ "application/json": { "schema": schema } }),
        };
        if let Some(media) = self.other_media {
            content[media] = json!({});
        }
        responses.insert(status.to_string(), json!({ "description": meaning, "content": content }));
        let mut problems = self.problems.clone();
        if self.is_rpc {
            responses.insert("202".to_owned(), json!({ "description": "A message that wants no answer" }));
            let own =
                json!({ "application/json": {}, "application/problem+json": { "schema": self::schema("Problem") } });
            responses.insert(
                "4XX".to_owned(),
                json!({ "description": "An error of the protocol, or a problem", "content": own }),
            );
            problems.extend([500, 503]);
        } else if self.security != Security::Open {
            problems.extend([400, 401, 429, 500, 503]);
        }
        if self.body.is_some() && !self.is_rpc {
            problems.push(413);
        }
        for problem in problems {
            let name = problem.to_string();
            responses.insert(name.clone(), json!({ "$ref": format!("#/components/responses/{name}") }));
        }
        let mut operation = json!({
            "operationId": self.name,
            "tags": [self.tag],
            "summary": self.summary,
            "security": match self.security {
                Security::Open => json!([]),
                Security::Token => json!([{ "token": [] }]),
                Security::Key => json!([{ "key": [] }]),
            },
            "responses": responses,
        });
        if !self.description.is_empty() {
            operation["description"] = json!(self.description);
        }
        if !self.parameters.is_empty() {
            operation["parameters"] = json!(self.parameters);
        }
        if let Some(schema) = &self.body {
            let examples: Map<String, Value> =
                self.examples.iter().map(|(name, value)| ((*name).to_owned(), json!({ "value": value }))).collect();
            operation["requestBody"] = json!({
                "required": true,
                "content": { "application/json": { "schema": schema, "examples": examples } },
            });
        }
        operation
    }
}

/// A reference to a schema by its name.
pub fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A part of the path, with an example.
pub fn in_path(name: &str, description: &str, schema: Value, example: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema, "example": example })
}

/// A parameter of the query, with an example that goes with the others.
pub fn in_query(name: &str, description: &str, schema: Value, required: bool, example: Value) -> Value {
    let mut parameter =
        json!({ "name": name, "in": "query", "required": required, "description": description, "schema": schema });
    if !example.is_null() {
        parameter["example"] = example;
    }
    parameter
}

/// The scope that every call without a body needs.
pub fn scope() -> Value {
    in_query("scope", "Whose memories", schema("Scope"), true, json!("user:alice"))
}

/// A memory's id.
pub fn id() -> Value {
    in_path("id", "The memory, as an answer named it", schema("MemoryId"), PLACEHOLDER)
}

/// The header that makes a write safe to repeat.
pub fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "Makes the call the same one each time it is sent; another body under the same key is 409.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$" },
    })
}

/// Every problem there is, by status.
pub fn problems() -> Value {
    let problem = |description: &str, headers: Value| {
        let mut response = json!({
            "description": description,
            "content": { "application/problem+json": { "schema": schema("Problem") } },
        });
        if !headers.is_null() {
            response["headers"] = headers;
        }
        response
    };
    let seconds = |description: &str| json!({ "description": description, "schema": { "type": "integer" } });
    let later = json!({ "Retry-After": seconds("Seconds after which to try again") });
    json!({
        "400": problem("The request is wrong and will stay wrong: `field` says where, `expected` what would be right", Value::Null),
        "401": problem("The token or key is missing or not known", Value::Null),
        "404": problem("There is nothing under that name", Value::Null),
        "409": problem("It contradicts what is stored", Value::Null),
        "413": problem("There is more of it than is taken", Value::Null),
        "429": problem("Too much at once", later.clone()),
        "500": problem("The service failed; the logs say why", Value::Null),
        "503": problem("A service behind this one did not answer: the same call may succeed later", later),
    })
}
