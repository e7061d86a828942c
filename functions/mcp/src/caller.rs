//! Whose memory a message is about: the tenant of the token, and the scope of the URL, a header or an argument.

use door::Call;
use memorable::error::{Error, Result};
use memorable::memory::{Scope, Tenant};
use serde_json::{Map, Value};

const EXPECTED: &str = "`?scope=user:alice` in the server's URL, a header `X-Memorable-Scope`, or an argument `scope` where neither is given";

/// Who calls, and what the connection is bound to.
pub struct Caller {
    /// From the authorizer.
    pub tenant: Tenant,
    /// The one scope of this connection. Where it is given, no argument can lead to another: what a model was talked
    /// into cannot leave it.
    pub bound: Option<Scope>,
}

impl Caller {
    /// Of the call's token, URL and headers. Invalid where they are wrong, or name two scopes.
    pub fn of(call: &Call) -> Result<Caller> {
        call.only(&["scope"])?;
        let tenant = call.tenant()?;
        let (url, header) = (call.query("scope"), call.header("x-memorable-scope")?);
        if let (Some(url), Some(header)) = (&url, header)
            && url != header
        {
            return Err(Error::invalid("scope", "URL and header name two scopes", "one scope"));
        }
        let bound = url.as_deref().or(header).map(|subject| Scope::parse(&tenant, subject)).transpose()?;
        // A key may have a scope, for calls that name none.
        let bound = if bound.is_some() { bound } else { call.scope_of_key()? };
        Ok(Caller { tenant, bound })
    }

    /// The scope of a call, taken out of its arguments where it stands there.
    pub fn scope(&self, arguments: &mut Map<String, Value>) -> Result<Scope> {
        self.named(arguments.remove("scope").as_ref())
    }

    /// The scope of that name, which may be left out where the connection is bound to one.
    pub fn named(&self, subject: Option<&Value>) -> Result<Scope> {
        match (&self.bound, subject) {
            (Some(bound), None) => Ok(bound.clone()),
            (Some(bound), Some(subject)) if subject == bound.subject() => Ok(bound.clone()),
            (Some(bound), Some(_)) => {
                let expected = format!("no scope, or `{bound}`");
                Err(Error::invalid("scope", format!("this connection is bound to {bound}"), expected))
            }
            (None, Some(Value::String(subject))) => Scope::parse(&self.tenant, subject),
            (None, Some(_)) => Err(Error::invalid("scope", "this is not a text", EXPECTED)),
            (None, None) => Err(Error::invalid("scope", "no scope is given", EXPECTED)),
        }
    }
}
