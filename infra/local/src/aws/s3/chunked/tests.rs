//! Tests of taking `aws-chunked` apart.

use super::decode;

#[test]
fn chunks_become_one_body_and_trailers_become_headers() {
    let encoded = b"3\r\nabc\r\n4;chunk-signature=00ff\r\nd\r\nf\r\n0\r\nX-Amz-Checksum-Crc32:AAAAAA==\r\n\r\n";
    let decoded = decode(encoded).unwrap();
    assert_eq!(&decoded.body[..], b"abcd\r\nf");
    let trailer = ("x-amz-checksum-crc32".to_owned(), "AAAAAA==".to_owned());
    assert_eq!(decoded.trailers, [trailer]);
}

#[test]
fn an_upload_that_stops_halfway_is_refused() {
    let encoded = b"3\r\nabc\r\n0\r\n\r\n";
    for end in 0..encoded.len() - 2 {
        assert!(decode(&encoded[..end]).is_err(), "{end}");
    }
}
