//! The bytes of an object on its way in: in memory, or, where they are many and come by a socket, in a file of their own.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use bytes::Bytes;
use futures_util::TryStreamExt;
use s3s::dto::StreamingBlob;
use s3s::{S3Error, S3Result};

/// Bytes that are kept in memory while they come in.
const IN_MEMORY: usize = 4 * 1024 * 1024;

/// The whole body of a request.
pub(super) enum Incoming {
    /// In memory.
    Whole(Bytes),
    /// In a file without a name, from its beginning.
    Spooled(File),
}

impl Incoming {
    /// Reads it to its end. Incomplete where that is not after `length` bytes.
    pub async fn read(body: Option<StreamingBlob>, length: Option<u64>) -> S3Result<Incoming> {
        let incomplete = |error| S3Error::with_source(s3s::S3ErrorCode::IncompleteBody, error);
        let Some(mut body) = body else { return Ok(Incoming::Whole(Bytes::new())) };
        let first = body.try_next().await.map_err(incomplete)?.unwrap_or_default();
        // The SDK of this process hands over all at once.
        if length == Some(first.len() as u64) {
            return Ok(Incoming::Whole(first));
        }
        let mut whole = first.to_vec();
        let mut file = None;
        let mut read = whole.len() as u64;
        while let Some(bytes) = body.try_next().await.map_err(incomplete)? {
            read += bytes.len() as u64;
            whole.extend_from_slice(&bytes);
            if whole.len() > IN_MEMORY {
                let file = match &mut file {
                    Some(file) => file,
                    none => none.insert(tempfile::tempfile().map_err(S3Error::internal_error)?),
                };
                file.write_all(&whole).map_err(S3Error::internal_error)?;
                whole.clear();
            }
        }
        if length.is_some_and(|length| length != read) {
            return Err(S3Error::new(s3s::S3ErrorCode::IncompleteBody));
        }
        let Some(mut file) = file else { return Ok(Incoming::Whole(whole.into())) };
        file.write_all(&whole).map_err(S3Error::internal_error)?;
        file.seek(SeekFrom::Start(0)).map_err(S3Error::internal_error)?;
        Ok(Incoming::Spooled(file))
    }
}
