//! The webs of scopes: an object on S3 each, and the item that names it.

use std::sync::Arc;

use crate::aws::cache::{Cache, Key, Thing};
use crate::aws::errors::from_sdk;
use crate::aws::items::{self, number};
use crate::aws::keys;
use crate::aws::objects::Objects;
use crate::aws::records::Records;
use crate::aws::writes::Outcome;
use crate::error::Result;
use crate::index::sealed;
use crate::index::view::Gone;
use crate::memory::web::{FORMAT, Web, WebRef};
use crate::memory::{Scope, Time};

/// The bucket's webs.
#[derive(Debug, Clone)]
pub struct Webs {
    objects: Objects,
    cache: Cache,
}

impl Webs {
    /// Of those objects, kept in that cache.
    pub fn new(objects: Objects, cache: Cache) -> Webs {
        Webs { objects, cache }
    }

    /// Puts a web's bytes under the name that they give it.
    pub async fn put(&self, scope: &Scope, bytes: Vec<u8>, now: Time) -> Result<String> {
        let name = sealed::name(scope, &bytes, FORMAT.extension, now);
        self.objects.put(&name, bytes).await?;
        Ok(name)
    }

    /// A web, from the cache or from S3. Corrupt, with its name, where its bytes are missing or changed.
    pub async fn get(&self, name: &str) -> Result<Arc<Web>> {
        let key = Key::Object(name.to_owned());
        if let Some(Thing::Web(web)) = self.cache.get(&key) {
            return Ok(web);
        }
        let (web, size) = self.objects.fetch(name, |bytes| Web::decode(&format!("web {name}"), bytes)).await?;
        let web = Arc::new(web);
        self.cache.keep(key, Thing::Web(Arc::clone(&web)), size);
        Ok(web)
    }
}

impl Records {
    /// Which web the scope has; none before its first night.
    pub async fn web(&self, scope: &Scope) -> Result<Option<WebRef>> {
        self.get(scope, keys::WEB.to_owned()).await?.map(items::to_web).transpose()
    }

    /// What was forgotten since the last night: marks of it.
    pub async fn gone(&self, scope: &Scope) -> Result<Vec<Gone>> {
        self.all_with(scope, keys::GONE, true).await?.iter().map(items::to_gone).collect()
    }

    /// Makes `next` the scope's web in place of `before`. Refused where another night was quicker.
    pub async fn publish_web(&self, scope: &Scope, before: Option<&WebRef>, next: &WebRef) -> Result<Outcome> {
        let call = self.client.put_item().table_name(&self.table).set_item(Some(items::from_web(scope, next)?));
        let call = match before {
            None => call.condition_expression("attribute_not_exists(#pk)").expression_attribute_names("#pk", keys::PK),
            Some(before) => call
                .condition_expression("#generation = :generation")
                .expression_attribute_names("#generation", "generation")
                .expression_attribute_values(":generation", number(before.generation)),
        };
        match call.send().await {
            Ok(_) => Ok(Outcome::Done),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Ok(Outcome::Refused(vec![0]))
            }
            Err(error) => Err(from_sdk("publish a web", &error)),
        }
    }
}
