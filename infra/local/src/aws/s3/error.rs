//! What can go wrong with objects, and the S3 error each becomes.

use http::{HeaderMap, StatusCode};
use s3s::{S3Error, S3ErrorCode, s3_error};

/// What can go wrong with objects.
#[derive(Debug)]
pub(super) enum ObjectsError {
    NoSuchBucket,
    NoSuchKey,
    BucketExists,
    /// A condition did not hold.
    Precondition,
    /// `If-None-Match` named the ETag the object has.
    NotModified {
        etag: String,
    },
    InvalidRange,
    Sqlite(rusqlite::Error),
    /// The file of a large body could not be read, or what was read of it not be written.
    Spool(std::io::Error),
}

impl From<rusqlite::Error> for ObjectsError {
    fn from(error: rusqlite::Error) -> ObjectsError {
        ObjectsError::Sqlite(error)
    }
}

impl From<ObjectsError> for S3Error {
    fn from(error: ObjectsError) -> S3Error {
        match error {
            ObjectsError::NoSuchBucket => {
                s3_error!(NoSuchBucket, "The specified bucket does not exist")
            }
            ObjectsError::NoSuchKey => s3_error!(NoSuchKey, "The specified key does not exist."),
            ObjectsError::BucketExists => {
                s3_error!(BucketAlreadyOwnedByYou, "The bucket exists and you own it already.")
            }
            ObjectsError::Precondition => {
                s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
            }
            ObjectsError::NotModified { etag } => not_modified(&etag),
            ObjectsError::InvalidRange => {
                s3_error!(InvalidRange, "The requested range is not satisfiable")
            }
            ObjectsError::Sqlite(error) => S3Error::internal_error(error),
            ObjectsError::Spool(error) => S3Error::internal_error(error),
        }
    }
}

fn not_modified(etag: &str) -> S3Error {
    let mut error = S3Error::new(S3ErrorCode::NotModified);
    error.set_status_code(StatusCode::NOT_MODIFIED);
    if let Ok(value) = format!("\"{etag}\"").parse() {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::ETAG, value);
        error.set_headers(headers);
    }
    error
}
