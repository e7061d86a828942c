//! What is checked before an object is written or read: checksums and conditions.

use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::dto::{Checksum, ETagCondition, PutObjectInput};
use s3s::{S3Result, s3_error};

use super::error::ObjectsError;
use super::objects::{Condition, Facts};

/// The checksums the client sent, after comparing them with the bytes.
pub(super) fn verified_checksum(input: &PutObjectInput, body: &[u8]) -> S3Result<Checksum> {
    let mut hasher = ChecksumHasher {
        crc32: input.checksum_crc32.as_ref().map(|_| Crc32::new()),
        crc32c: input.checksum_crc32c.as_ref().map(|_| Crc32c::new()),
        crc64nvme: input.checksum_crc64nvme.as_ref().map(|_| Crc64Nvme::new()),
        sha1: input.checksum_sha1.as_ref().map(|_| Sha1::new()),
        sha256: input.checksum_sha256.as_ref().map(|_| Sha256::new()),
    };
    hasher.update(body);
    let ours = hasher.finalize();
    let same = ours.checksum_crc32 == input.checksum_crc32
        && ours.checksum_crc32c == input.checksum_crc32c
        && ours.checksum_crc64nvme == input.checksum_crc64nvme
        && ours.checksum_sha1 == input.checksum_sha1
        && ours.checksum_sha256 == input.checksum_sha256;
    if !same {
        return Err(s3_error!(BadDigest, "The checksum you specified did not match the calculated checksum."));
    }
    Ok(ours)
}

/// The condition of a write, from its headers.
pub(super) fn write_condition(
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
) -> S3Result<Condition> {
    match (if_match, if_none_match) {
        (None, None) => Ok(Condition::None),
        (None, Some(ETagCondition::Any)) => Ok(Condition::Absent),
        (Some(ETagCondition::Any), None) => Ok(Condition::Present),
        (Some(ETagCondition::ETag(etag)), None) => Ok(Condition::Etag(etag.into_value())),
        _ => Err(s3_error!(NotImplemented, "A header you provided implies functionality that is not implemented")),
    }
}

/// Refuses a read whose conditions do not hold.
pub(super) fn check_read(
    facts: &Facts,
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
) -> Result<(), ObjectsError> {
    let names_it = |condition: ETagCondition| match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(etag) => etag.value() == facts.etag,
    };
    if if_match.is_some_and(|condition| !names_it(condition)) {
        return Err(ObjectsError::Precondition);
    }
    if if_none_match.is_some_and(names_it) {
        let etag = facts.etag.clone();
        return Err(ObjectsError::NotModified { etag });
    }
    Ok(())
}
