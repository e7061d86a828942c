//! The S3 operations we use, over the rows of [`objects`].

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use s3s::dto::{
    self, Checksum, CreateBucketInput, CreateBucketOutput, DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput,
    DeleteObjectsOutput, DeletedObject, ETag, GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput,
    HeadObjectInput, HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, PutObjectInput, PutObjectOutput,
    StreamingBlob, Timestamp,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};

use super::body::Incoming;
use super::checks::{check_read, verified_checksum, write_condition};
use super::error::ObjectsError;
use super::objects::{self, Described, Facts, Listing, Put};
use crate::aws::clock::now_ms;
use crate::aws::sqlite::Db;

/// The most keys S3 lists in one answer.
const MAX_KEYS: i32 = 1000;

/// Objects in SQLite, behind the trait of `s3s`.
pub(super) struct Backend {
    db: Db,
}

impl Backend {
    pub fn new(db: Db) -> Backend {
        Backend { db }
    }
}

#[async_trait::async_trait]
impl S3 for Backend {
    async fn create_bucket(&self, request: S3Request<CreateBucketInput>) -> S3Result<S3Response<CreateBucketOutput>> {
        let bucket = request.input.bucket;
        let location = Some(format!("/{bucket}"));
        self.db.run(move |db| objects::create_bucket(db, &bucket, now_ms())).await?;
        Ok(S3Response::new(CreateBucketOutput { location }))
    }

    async fn head_bucket(&self, request: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        let bucket = request.input.bucket;
        self.db.run(move |db| objects::require_bucket(db, &bucket)).await?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let mut input = request.input;
        let condition = write_condition(input.if_match.take(), input.if_none_match.take())?;
        let length = input.content_length.and_then(|length| u64::try_from(length).ok());
        let body = Incoming::read(input.body.take(), length).await?;
        let checksum = match &body {
            Incoming::Whole(bytes) => verified_checksum(&input, bytes)?,
            // What is that large comes by a signed URL, without any.
            Incoming::Spooled(_) => Checksum::default(),
        };
        let described = Described {
            content_type: input.content_type,
            content_encoding: input.content_encoding,
            content_disposition: input.content_disposition,
            content_language: input.content_language,
            cache_control: input.cache_control,
            metadata: input.metadata.unwrap_or_default().into_iter().collect(),
        };
        let (bucket, key) = (input.bucket, input.key);
        let etag = self
            .db
            .run(move |db| {
                let put = Put { bucket: &bucket, key: &key, body, described: &described, now: now_ms() };
                objects::put(db, put, &condition)
            })
            .await?;
        Ok(S3Response::new(PutObjectOutput {
            e_tag: Some(ETag::Strong(etag)),
            checksum_crc32: checksum.checksum_crc32,
            checksum_crc32c: checksum.checksum_crc32c,
            checksum_crc64nvme: checksum.checksum_crc64nvme,
            checksum_sha1: checksum.checksum_sha1,
            checksum_sha256: checksum.checksum_sha256,
            ..PutObjectOutput::default()
        }))
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        let range = input.range;
        let (facts, body, part) = self
            .db
            .run(move |db| {
                let facts = objects::head(db, &input.bucket, &input.key)?;
                check_read(&facts, input.if_match, input.if_none_match)?;
                let part = range.map(|range| range.check(facts.size.unsigned_abs())).transpose();
                let part = part.map_err(|_| ObjectsError::InvalidRange)?;
                let body = match &part {
                    Some(part) => objects::part(db, &input.bucket, &input.key, part)?,
                    None => objects::body(db, &input.bucket, &input.key)?,
                };
                Ok::<_, ObjectsError>((facts, Bytes::from(body), part))
            })
            .await?;
        let content_range = part.map(|part| format!("bytes {}-{}/{}", part.start, part.end - 1, facts.size));
        Ok(S3Response::new(GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some(body.len() as i64),
            content_range,
            body: Some(StreamingBlob::from(s3s::Body::from(body))),
            last_modified: Some(timestamp(facts.modified)),
            e_tag: Some(ETag::Strong(facts.etag)),
            content_type: facts.described.content_type,
            content_encoding: facts.described.content_encoding,
            content_disposition: facts.described.content_disposition,
            content_language: facts.described.content_language,
            cache_control: facts.described.cache_control,
            metadata: Some(facts.described.metadata.into_iter().collect()),
            ..GetObjectOutput::default()
        }))
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        let facts = self
            .db
            .run(move |db| {
                let facts = objects::head(db, &input.bucket, &input.key)?;
                check_read(&facts, input.if_match, input.if_none_match)?;
                Ok::<_, ObjectsError>(facts)
            })
            .await?;
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some(facts.size),
            last_modified: Some(timestamp(facts.modified)),
            e_tag: Some(ETag::Strong(facts.etag)),
            content_type: facts.described.content_type,
            content_encoding: facts.described.content_encoding,
            content_disposition: facts.described.content_disposition,
            content_language: facts.described.content_language,
            cache_control: facts.described.cache_control,
            metadata: Some(facts.described.metadata.into_iter().collect()),
            ..HeadObjectOutput::default()
        }))
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = request.input;
        let condition = write_condition(input.if_match, None)?;
        self.db.run(move |db| objects::delete(db, &input.bucket, &input.key, &condition)).await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let input = request.input;
        if input.delete.objects.iter().any(|o| o.e_tag.is_some()) {
            return Err(s3_error!(NotImplemented, "DeleteObjects with conditions is not in the local S3"));
        }
        let objects = input.delete.objects.into_iter();
        let keys: Vec<String> = objects.map(|object| object.key).collect();
        let bucket = input.bucket;
        let keys = self.db.run(move |db| objects::delete_all(db, &bucket, &keys).map(|()| keys)).await?;
        let quiet = input.delete.quiet.unwrap_or(false);
        let deleted = keys.into_iter().map(|key| DeletedObject { key: Some(key), ..DeletedObject::default() });
        Ok(S3Response::new(DeleteObjectsOutput {
            deleted: (!quiet).then(|| deleted.collect()),
            ..DeleteObjectsOutput::default()
        }))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        if input.delimiter.is_some() {
            return Err(s3_error!(NotImplemented, "a delimiter is not in the local S3"));
        }
        let max_keys = input.max_keys.unwrap_or(MAX_KEYS).clamp(0, MAX_KEYS);
        let after = match &input.continuation_token {
            Some(token) => read_token(token)?,
            None => input.start_after.clone().unwrap_or_default(),
        };
        let listing = Listing {
            bucket: input.bucket.clone(),
            prefix: input.prefix.clone().unwrap_or_default(),
            after,
            limit: max_keys as usize,
        };
        let (found, more) = self.db.run(move |db| objects::list(db, &listing)).await?;
        let more = more && max_keys > 0;
        let last = found.last().filter(|_| more);
        let next = last.map(|facts| aws_smithy_types::base64::encode(&facts.key));
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: input.prefix,
            max_keys: Some(max_keys),
            key_count: Some(found.len() as i32),
            continuation_token: input.continuation_token,
            start_after: input.start_after,
            is_truncated: Some(more),
            next_continuation_token: next,
            contents: Some(found.into_iter().map(listed).collect()),
            ..ListObjectsV2Output::default()
        }))
    }
}

fn listed(facts: Facts) -> dto::Object {
    dto::Object {
        key: Some(facts.key),
        e_tag: Some(ETag::Strong(facts.etag)),
        size: Some(facts.size),
        last_modified: Some(timestamp(facts.modified)),
        ..dto::Object::default()
    }
}

fn read_token(token: &str) -> S3Result<String> {
    let key = aws_smithy_types::base64::decode(token).ok();
    key.and_then(|key| String::from_utf8(key).ok())
        .ok_or_else(|| s3_error!(InvalidArgument, "The continuation token provided is incorrect"))
}

fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from(UNIX_EPOCH + Duration::from_millis(ms.unsigned_abs()))
}
