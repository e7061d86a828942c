//! JSON-RPC 2.0 as this protocol has it: one message a body, no batches; and errors as answers.

use memorable::error::{Error, Kind};
use memorable::receipt::Receipt;
use serde_json::{Map, Value, json};

use crate::text;
use crate::versions::Era;
use crate::with_receipt;

/// This is not JSON.
pub const PARSE_ERROR: i64 = -32700;
/// This is JSON, but no message.
pub const INVALID_REQUEST: i64 = -32600;
/// There is no such method.
pub const METHOD_NOT_FOUND: i64 = -32601;
/// The method's parameters are wrong.
pub const INVALID_PARAMS: i64 = -32602;
/// The service failed.
pub const INTERNAL_ERROR: i64 = -32603;
/// There is no such resource, up to 2025-11-25; since then the parameters are wrong.
const RESOURCE_NOT_FOUND: i64 = -32002;

/// One message of a client.
#[derive(Debug)]
pub enum Message {
    /// It wants an answer.
    Request(Request),
    /// It wants none.
    Notification,
    /// It answers something, though nothing was asked.
    Response,
}

/// What a client asks.
#[derive(Debug)]
pub struct Request {
    /// Comes back with the answer: a text or a whole number.
    pub id: Value,
    /// What is to be done.
    pub method: String,
    /// With what.
    pub params: Map<String, Value>,
}

impl Message {
    /// From a body.
    pub fn parse(body: &[u8]) -> Result<Message, Fault> {
        let value: Value = serde_json::from_slice(body)
            .map_err(|_| Fault::http(400, PARSE_ERROR, "this is not JSON in UTF-8, or nested too deeply"))?;
        let wrong = |detail: &str| Fault::http(400, INVALID_REQUEST, detail);
        let Value::Object(mut fields) = value else {
            let batch = "batches are not taken: send one message a request";
            return Err(wrong(if value.is_array() { batch } else { "a message is a JSON object" }));
        };
        if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            return Err(wrong("`jsonrpc` must be \"2.0\""));
        }
        let Some(method) = fields.remove("method") else {
            let is_response = fields.contains_key("result") || fields.contains_key("error");
            return if is_response { Ok(Message::Response) } else { Err(wrong("there is no `method`")) };
        };
        let Value::String(method) = method else { return Err(wrong("`method` must be a text")) };
        let params = match fields.remove("params") {
            None => Map::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return Err(wrong("`params` must be an object")),
        };
        match fields.remove("id") {
            None => Ok(Message::Notification),
            Some(id) if id.is_string() || id.is_i64() || id.is_u64() => {
                Ok(Message::Request(Request { id, method, params }))
            }
            Some(_) => Err(wrong("`id` must be a text or a whole number")),
        }
    }
}

impl Request {
    /// A parameter that must be a text.
    pub fn text(&self, name: &str) -> Result<&str, Fault> {
        let text = self.params.get(name).and_then(Value::as_str);
        text.ok_or_else(|| Fault::params(format!("`{name}` must be a text")))
    }

    /// A parameter that is an object, empty where it is not given.
    pub fn object(&self, name: &str) -> Result<Map<String, Value>, Fault> {
        match self.params.get(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(fields)) => Ok(fields.clone()),
            Some(_) => Err(Fault::params(format!("`{name}` must be an object"))),
        }
    }
}

/// Why there is no result.
#[derive(Debug)]
pub enum Fault {
    /// The message is wrong, as JSON-RPC and the protocol have it.
    Protocol {
        /// The code of the error.
        code: i64,
        /// One sentence.
        message: String,
        /// What helps a program.
        data: Option<Value>,
        /// The HTTP status, where it is not the one that goes with the code.
        status: Option<u16>,
    },
    /// The request was refused before its message was read.
    Refused(Error),
    /// A tool could not do it: an answer to the model, which may do better.
    Tool(Error),
    /// Anything else could not be done.
    Failed(Error),
}

impl Fault {
    /// An error of the protocol.
    pub fn protocol(code: i64, message: impl Into<String>) -> Fault {
        Fault::Protocol { code, message: message.into(), data: None, status: None }
    }

    /// Parameters that are wrong.
    pub fn params(message: impl Into<String>) -> Fault {
        Fault::protocol(INVALID_PARAMS, message)
    }

    /// An error with a status of its own.
    pub fn http(status: u16, code: i64, message: impl Into<String>) -> Fault {
        Fault::Protocol { code, message: message.into(), data: None, status: Some(status) }
    }

    /// A request that is refused as a whole.
    pub fn refused(error: Error) -> Fault {
        Fault::Refused(error)
    }

    /// The error behind it, for the log.
    pub fn cause(&self) -> Option<Error> {
        match self {
            Fault::Protocol { .. } => None,
            Fault::Refused(error) | Fault::Tool(error) | Fault::Failed(error) => Some(error.clone()),
        }
    }

    /// The HTTP status and the body that say so.
    pub fn answer(self, id: &Value, era: Era, receipt: &Receipt) -> (u16, Value) {
        let (code, message, data, status) = match self {
            Fault::Tool(error) if error.kind != Kind::Internal => {
                let result = json!({ "content": [{ "type": "text", "text": text::error(&error) }], "isError": true });
                let result = with_receipt(era.complete(result), receipt);
                return (200, json!({ "jsonrpc": "2.0", "id": id, "result": result }));
            }
            Fault::Protocol { code, message, data, status } => (code, message, data, status),
            Fault::Refused(error) => {
                let status = error.kind.status();
                (code_of(&error, era), text::error(&error), None, Some(status))
            }
            Fault::Tool(error) | Fault::Failed(error) => (code_of(&error, era), text::error(&error), None, None),
        };
        let mut error = json!({ "code": code, "message": message });
        if let Some(data) = data {
            error["data"] = data;
        }
        // A method that is not there is a status of its own since 2026-07-28; before, a message was answered with 200.
        let of_code = match (era, code) {
            (Era::Stateless, METHOD_NOT_FOUND) => 404,
            (Era::Stateless, INTERNAL_ERROR) | (Era::Handshake, _) => 200,
            (Era::Stateless, _) => 400,
        };
        (status.unwrap_or(of_code), json!({ "jsonrpc": "2.0", "id": id, "error": error }))
    }
}

fn code_of(error: &Error, era: Era) -> i64 {
    match (error.kind, era) {
        (Kind::NotFound, Era::Handshake) => RESOURCE_NOT_FOUND,
        (Kind::Invalid | Kind::TooLarge | Kind::Conflict | Kind::NotFound, _) => INVALID_PARAMS,
        (Kind::Throttled | Kind::Unavailable | Kind::Internal, _) => INTERNAL_ERROR,
    }
}
