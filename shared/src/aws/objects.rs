//! The bucket: immutable objects, whole or in ranges.

use std::ops::Range;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use bytes::Bytes;
use futures_util::future::{Either, select};
use jiff::SignedDuration;

use crate::aws::disk::Disk;
use crate::aws::errors::from_sdk;
use crate::error::{Error, Result};
use crate::memory::Time;

/// The bucket.
#[derive(Debug, Clone)]
pub struct Objects {
    client: Client,
    bucket: String,
    hedge_after: Option<Duration>,
    disk: Option<Disk>,
    /// Signs URLs that others use, where those lead elsewhere.
    files_at: Option<Client>,
}

/// An object found by listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// When it was put.
    pub put_at: Time,
    /// Its size.
    pub bytes: u64,
    /// Its ETag: the version that it is.
    pub tag: String,
}

impl Objects {
    /// Of that bucket. `hedge_after`: how long one read is waited for before the same is asked once more.
    pub fn new(client: Client, bucket: impl Into<String>, hedge_after: Option<Duration>) -> Objects {
        Objects { client, bucket: bucket.into(), hedge_after, disk: None, files_at: None }
    }

    /// The same, with a folder for whole objects.
    #[must_use]
    pub fn with_disk(self, disk: Option<Disk>) -> Objects {
        Objects { disk, ..self }
    }

    /// The same, with URLs for others that lead to where that client does.
    #[must_use]
    pub fn with_files_at(self, files_at: Option<Client>) -> Objects {
        Objects { files_at, ..self }
    }

    /// A whole object as `decode` takes it: from the disk, if it is there and sound, else from S3.
    pub async fn fetch<T>(&self, name: &str, decode: impl Fn(&[u8]) -> Result<T>) -> Result<(T, usize)> {
        if let Some(bytes) = self.disk.as_ref().and_then(|disk| disk.get(name))
            && let Ok(thing) = decode(&bytes)
        {
            return Ok((thing, bytes.len()));
        }
        let bytes = self.get(name).await?;
        let thing = decode(&bytes)?;
        if let Some(disk) = &self.disk {
            disk.keep(name, &bytes);
        }
        Ok((thing, bytes.len()))
    }

    /// Asks for an object that need not be there, so that the connection is open.
    pub async fn reach(&self) {
        if let Err(error) = self.read("segments/-", None).await {
            tracing::debug!(%error, "the bucket answered");
        }
    }

    /// Puts an object under a name that its content decides: again changes nothing.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        let call = self.client.put_object().bucket(&self.bucket).key(name).body(ByteStream::from(bytes));
        // TLS guards the way, and the name and the seal inside tell of any change: a second hash of megabytes is a waste.
        let call = call.customize().disable_payload_signing();
        call.send().await.map_err(|error| from_sdk("put an object", &error))?;
        Ok(())
    }

    /// A whole object. Corrupt, with its name, where it is not there.
    pub async fn get(&self, name: &str) -> Result<Bytes> {
        self.hedged(name, None).await
    }

    /// Some of an object's bytes. Corrupt, with its name, where they are not there.
    pub async fn get_range(&self, name: &str, range: Range<u64>) -> Result<Bytes> {
        let wanted = range.end - range.start;
        let bytes = self.hedged(name, Some(range)).await?;
        if bytes.len() as u64 != wanted {
            return Err(Error::corrupt(format!("object {name}"), format!("{} of {wanted} bytes", bytes.len())));
        }
        Ok(bytes)
    }

    /// One read in a hundred takes five times as long as the others: after a while a second one is sent beside it, and
    /// whichever answers first counts. Reading has no effect, so twice does no harm.
    async fn hedged(&self, name: &str, range: Option<Range<u64>>) -> Result<Bytes> {
        let Some(after) = self.hedge_after else { return self.read(name, range).await };
        let first = Box::pin(self.read(name, range.clone()));
        let first = match select(first, Box::pin(tokio::time::sleep(after))).await {
            Either::Left((answer, _)) => return answer,
            Either::Right(((), first)) => first,
        };
        match select(first, Box::pin(self.read(name, range))).await {
            Either::Left((Ok(bytes), _)) | Either::Right((Ok(bytes), _)) => Ok(bytes),
            Either::Left((Err(_), other)) => other.await,
            Either::Right((Err(_), other)) => other.await,
        }
    }

    async fn read(&self, name: &str, range: Option<Range<u64>>) -> Result<Bytes> {
        let range = range.map(|range| format!("bytes={}-{}", range.start, range.end.saturating_sub(1)));
        let answer = match self.client.get_object().bucket(&self.bucket).key(name).set_range(range).send().await {
            Ok(answer) => answer,
            // S3 says so of a missing object to a function that may not list the bucket, and of a range past the end.
            Err(error) if matches!(error.code(), Some("NoSuchKey" | "AccessDenied" | "InvalidRange")) => {
                return Err(Error::corrupt(format!("object {name}"), "it is named but not there"));
            }
            Err(error) => return Err(from_sdk("get an object", &error)),
        };
        let body = answer.body.collect().await;
        Ok(body.map_err(|_| Error::unavailable("could not get an object: the answer broke off"))?.into_bytes())
    }

    /// A whole object that may change, with the tag of what was read; none where it is not there.
    pub async fn get_tagged(&self, name: &str) -> Result<Option<(Bytes, String)>> {
        let answer = match self.client.get_object().bucket(&self.bucket).key(name).send().await {
            Ok(answer) => answer,
            Err(error) if matches!(error.code(), Some("NoSuchKey" | "AccessDenied")) => return Ok(None),
            Err(error) => return Err(from_sdk("get an object", &error)),
        };
        let tag = answer.e_tag.clone().unwrap_or_default();
        let body = answer.body.collect().await;
        let body = body.map_err(|_| Error::unavailable("could not get an object: the answer broke off"))?;
        Ok(Some((body.into_bytes(), tag)))
    }

    /// Puts an object in place of the one with that tag, or where there is none; whether it was so.
    pub async fn put_if(&self, name: &str, bytes: Vec<u8>, tag: Option<&str>) -> Result<bool> {
        let call = self.client.put_object().bucket(&self.bucket).key(name).body(ByteStream::from(bytes));
        let call = match tag {
            Some(tag) => call.if_match(tag),
            None => call.if_none_match("*"),
        };
        match call.customize().disable_payload_signing().send().await {
            Ok(_) => Ok(true),
            // S3 calls it a conflict where two such writes meet, and a missing key where the object went meanwhile.
            Err(error)
                if matches!(error.code(), Some("PreconditionFailed" | "ConditionalRequestConflict" | "NoSuchKey")) =>
            {
                Ok(false)
            }
            Err(error) => Err(from_sdk("put an object", &error)),
        }
    }

    /// An object's bytes; none where it is not there.
    pub async fn size(&self, name: &str) -> Result<Option<u64>> {
        match self.client.head_object().bucket(&self.bucket).key(name).send().await {
            Ok(answer) => Ok(answer.content_length().and_then(|bytes| u64::try_from(bytes).ok())),
            Err(error) => match error.raw_response().map(|response| response.status().as_u16()) {
                // An answer to HEAD has no body to say it in; 403 is what a function hears that may not list the bucket.
                Some(403 | 404) => Ok(None),
                _ => Err(from_sdk("look at an object", &error)),
            },
        }
    }

    /// A URL by which whoever has it may put that object, for so long.
    pub async fn url_to_put(&self, name: &str, holds: SignedDuration, now: Time) -> Result<String> {
        let call = self.signer().put_object().bucket(&self.bucket).key(name).presigned(presigning(holds, now)?);
        let signed = call.await.map_err(|error| from_sdk("sign a URL", &error))?;
        Ok(signed.uri().to_owned())
    }

    /// A URL by which whoever has it may get that object, for so long.
    pub async fn url_to_get(&self, name: &str, holds: SignedDuration, now: Time) -> Result<String> {
        let call = self.signer().get_object().bucket(&self.bucket).key(name).presigned(presigning(holds, now)?);
        let signed = call.await.map_err(|error| from_sdk("sign a URL", &error))?;
        Ok(signed.uri().to_owned())
    }

    fn signer(&self) -> &Client {
        self.files_at.as_ref().unwrap_or(&self.client)
    }

    /// All objects whose names begin so. For the night, and the files of an export.
    pub async fn list(&self, prefix: &str) -> Result<Vec<Listed>> {
        let mut listed = Vec::new();
        let mut more = None;
        loop {
            let (page, next) = self.page(prefix, more).await?;
            listed.extend(page);
            more = next;
            if more.is_none() {
                return Ok(listed);
            }
        }
    }

    /// Up to a thousand of them, and where the next page begins.
    pub async fn page(&self, prefix: &str, after: Option<String>) -> Result<(Vec<Listed>, Option<String>)> {
        let call = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).set_continuation_token(after);
        let page = Box::pin(call.send()).await.map_err(|error| from_sdk("list objects", &error))?;
        let listed = page.contents().iter().filter_map(|object| {
            let put_at = object.last_modified().and_then(|at| i64::try_from(at.as_nanos() / 1_000).ok());
            Some(Listed {
                name: object.key()?.to_owned(),
                put_at: Time::from_micros(put_at.unwrap_or(i64::MAX)),
                bytes: object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
                tag: object.e_tag().unwrap_or_default().trim_matches('"').to_owned(),
            })
        });
        Ok((listed.collect(), page.next_continuation_token.clone()))
    }

    /// Removes an object. Removing what is not there is well.
    pub async fn delete(&self, name: &str) -> Result<()> {
        let call = self.client.delete_object().bucket(&self.bucket).key(name);
        call.send().await.map_err(|error| from_sdk("delete an object", &error))?;
        Ok(())
    }
}

fn presigning(holds: SignedDuration, now: Time) -> Result<PresigningConfig> {
    let unusable = |error: &dyn std::fmt::Display| Error::internal(format!("a URL cannot be signed: {error}"));
    let begins = Duration::from_micros(u64::try_from(now.micros()).map_err(|error| unusable(&error))?);
    let config = PresigningConfig::builder()
        .start_time(std::time::UNIX_EPOCH + begins)
        .expires_in(holds.try_into().map_err(|error: jiff::Error| unusable(&error))?);
    config.build().map_err(|error| unusable(&error))
}
