//! Tests of S3 through the SDK's client.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, Delete, ObjectIdentifier};

use crate::aws::clients::Clients;

async fn bucket() -> Client {
    let client = Clients::in_memory().s3;
    client.create_bucket().bucket("bbb").send().await.unwrap();
    client
}

async fn put(client: &Client, key: &str, text: &str) -> String {
    let put = client.put_object().bucket("bbb").key(key);
    let body = ByteStream::from(text.as_bytes().to_vec());
    put.body(body).send().await.unwrap().e_tag.unwrap()
}

async fn get(client: &Client, key: &str) -> String {
    let get = client.get_object().bucket("bbb").key(key);
    let body = get.send().await.unwrap().body.collect().await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

fn status<E, R>(error: &SdkError<E, R>) -> u16
where
    R: AsStatus,
{
    error.raw_response().map(AsStatus::status).unwrap_or_default()
}

trait AsStatus {
    fn status(&self) -> u16;
}

impl AsStatus for aws_smithy_runtime_api::client::orchestrator::HttpResponse {
    fn status(&self) -> u16 {
        aws_smithy_runtime_api::http::Response::status(self).as_u16()
    }
}

#[tokio::test]
async fn an_object_comes_back_with_its_headers_and_the_md5_as_etag() {
    let client = bucket().await;
    let put = client.put_object().bucket("bbb").key("a/b c+d/é");
    let put = put
        .body(ByteStream::from_static(b"hello"))
        .content_type("text/plain")
        .content_encoding("zstd")
        .cache_control("immutable")
        .metadata("version", "7");
    let etag = put.send().await.unwrap().e_tag.unwrap();
    assert_eq!(etag, "\"5d41402abc4b2a76b9719d911017c592\"");

    let got = client.get_object().bucket("bbb").key("a/b c+d/é");
    let got = got.send().await.unwrap();
    assert_eq!(got.e_tag(), Some(&*etag));
    assert_eq!(got.content_type(), Some("text/plain"));
    assert_eq!(got.content_encoding(), Some("zstd"));
    assert_eq!(got.cache_control(), Some("immutable"));
    assert_eq!(got.metadata().unwrap()["version"], "7");
    assert_eq!(got.content_length(), Some(5));
    let modified = got.last_modified().unwrap().secs();
    assert!((crate::aws::clock::now_ms() / 1000 - modified).abs() < 5);
    assert_eq!(&got.body.collect().await.unwrap().to_vec(), b"hello");

    let head = client.head_object().bucket("bbb").key("a/b c+d/é");
    let head = head.send().await.unwrap();
    assert_eq!(head.content_length(), Some(5));
    assert_eq!(head.e_tag(), Some(&*etag));
}

#[tokio::test]
async fn forty_racers_of_a_conditional_put_have_one_winner() {
    let client = bucket().await;
    let races = (0..40).map(|racer| {
        let put = client.put_object().bucket("bbb").key("race");
        let body = ByteStream::from(format!("{racer}").into_bytes());
        tokio::spawn(put.if_none_match("*").body(body).send())
    });
    let mut winners = 0;
    for race in futures_util::future::join_all(races).await {
        match race.unwrap() {
            Ok(_) => winners += 1,
            Err(error) => assert_eq!(error.code(), Some("PreconditionFailed")),
        }
    }
    assert_eq!(winners, 1);
}

#[tokio::test]
async fn a_put_with_if_match_replaces_only_what_it_read() {
    let client = bucket().await;
    let first = put(&client, "k", "one").await;
    let replace = |etag: &str, text: &'static str| {
        let put = client.put_object().bucket("bbb").key("k").if_match(etag);
        put.body(ByteStream::from_static(text.as_bytes())).send()
    };
    replace(&first, "two").await.unwrap();
    let error = replace(&first, "three").await.unwrap_err();
    assert_eq!(error.code(), Some("PreconditionFailed"));
    assert_eq!(status(&error), 412);
    assert_eq!(get(&client, "k").await, "two");

    let absent = client.put_object().bucket("bbb").key("other");
    let error = absent.if_match(&first).send().await.unwrap_err();
    assert_eq!(error.code(), Some("NoSuchKey"));
}

#[tokio::test]
async fn a_conditional_get_answers_304_or_412() {
    let client = bucket().await;
    let etag = put(&client, "k", "one").await;
    let get = || client.get_object().bucket("bbb").key("k");
    let error = get().if_none_match(&etag).send().await.unwrap_err();
    assert_eq!(status(&error), 304);
    let raw = error.raw_response().unwrap();
    assert_eq!(raw.headers().get("etag"), Some(&*etag));
    get().if_none_match("\"other\"").send().await.unwrap();
    let error = get().if_match("\"other\"").send().await.unwrap_err();
    assert_eq!(status(&error), 412);
    get().if_match(&etag).send().await.unwrap();
    let head = client.head_object().bucket("bbb").key("k");
    let error = head.if_none_match(&etag).send().await.unwrap_err();
    assert_eq!(status(&error), 304);
}

#[tokio::test]
async fn a_range_is_a_part_of_the_object() {
    let client = bucket().await;
    put(&client, "k", "0123456789").await;
    for (range, text, content_range) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=8-100", "89", "bytes 8-9/10"),
    ] {
        let get = client.get_object().bucket("bbb").key("k").range(range);
        let got = get.send().await.unwrap();
        assert_eq!(got.content_range(), Some(content_range));
        assert_eq!(got.body.collect().await.unwrap().to_vec(), text.as_bytes());
    }
    let get = client.get_object().bucket("bbb").key("k").range("bytes=10-");
    let error = get.send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidRange"));
}

#[tokio::test]
async fn what_is_not_there_is_a_typed_error() {
    let client = bucket().await;
    let error = client.get_object().bucket("bbb").key("nope").send().await;
    assert!(error.unwrap_err().into_service_error().is_no_such_key());
    let error = client.head_object().bucket("bbb").key("nope").send().await;
    assert!(error.unwrap_err().into_service_error().is_not_found());
    let error = client.head_bucket().bucket("nope").send().await;
    assert!(error.unwrap_err().into_service_error().is_not_found());
    let error = client.get_object().bucket("nope").key("k").send().await;
    assert_eq!(error.unwrap_err().code(), Some("NoSuchBucket"));
    let error = client.put_object().bucket("nope").key("k").send().await;
    assert_eq!(error.unwrap_err().code(), Some("NoSuchBucket"));
    let error = client.create_bucket().bucket("bbb").send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_bucket_already_owned_by_you());
    client.head_bucket().bucket("bbb").send().await.unwrap();
    let acl = client.get_object_acl().bucket("bbb").key("k").send().await;
    assert_eq!(acl.unwrap_err().code(), Some("NotImplemented"));
}

#[tokio::test]
async fn deleting_is_final_and_deleting_nothing_is_no_error() {
    let client = bucket().await;
    let etag = put(&client, "a", "1").await;
    put(&client, "b", "2").await;
    put(&client, "c", "3").await;
    let delete = client.delete_object().bucket("bbb").key("a");
    let error = delete.clone().if_match("\"other\"").send().await;
    assert_eq!(error.unwrap_err().code(), Some("PreconditionFailed"));
    delete.if_match(etag).send().await.unwrap();
    let again = client.delete_object().bucket("bbb").key("a");
    again.send().await.unwrap();

    let id = |key: &str| ObjectIdentifier::builder().key(key).build().unwrap();
    let delete = Delete::builder().objects(id("b")).objects(id("never"));
    let delete = delete.build().unwrap();
    let deleted = client.delete_objects().bucket("bbb").delete(delete);
    let deleted = deleted.send().await.unwrap();
    assert_eq!(deleted.deleted().len(), 2);
    assert!(deleted.errors().is_empty());

    let left = client.list_objects_v2().bucket("bbb").send().await.unwrap();
    let keys: Vec<_> = left.contents().iter().map(|o| o.key()).collect();
    assert_eq!(keys, [Some("c")]);
}

#[tokio::test]
async fn a_listing_is_in_the_order_of_keys_and_goes_on_from_its_token() {
    let client = bucket().await;
    for key in ["s/3", "s/1", "r/9", "s/2", "s", "t/0", "s/10", "s/é"] {
        put(&client, key, key).await;
    }
    let list = client.list_objects_v2().bucket("bbb").prefix("s/").max_keys(2);
    let pages = list.into_paginator().send();
    let pages: Vec<_> = pages.try_collect().await.unwrap();
    let keys: Vec<_> = pages.iter().flat_map(|page| page.contents()).map(|object| object.key().unwrap()).collect();
    assert_eq!(keys, ["s/1", "s/10", "s/2", "s/3", "s/é"]);
    assert_eq!(pages.len(), 3);
    assert_eq!(pages[0].is_truncated(), Some(true));
    assert_eq!(pages[2].is_truncated(), Some(false));
    assert_eq!(pages[0].contents()[1].size(), Some(4));

    let list = client.list_objects_v2().bucket("bbb").start_after("s/2");
    let rest = list.send().await.unwrap();
    assert_eq!(rest.key_count(), Some(3));
    let none = client.list_objects_v2().bucket("bbb").prefix("zzz");
    assert_eq!(none.send().await.unwrap().key_count(), Some(0));
}

#[tokio::test]
async fn a_stream_whose_checksum_comes_after_it_arrives_whole() {
    let client = bucket().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
    std::fs::write(file.path(), &bytes).unwrap();
    let body = ByteStream::from_path(file.path()).await.unwrap();
    let put = client.put_object().bucket("bbb").key("file").body(body);
    let put = put.checksum_algorithm(ChecksumAlgorithm::Sha256);
    // It is told back only after it was compared.
    assert!(put.send().await.unwrap().checksum_sha256().is_some());
    let got = client.get_object().bucket("bbb").key("file").send().await;
    let got = got.unwrap();
    assert_eq!(got.content_encoding(), None);
    assert_eq!(got.body.collect().await.unwrap().to_vec(), bytes);
}

#[tokio::test]
async fn bytes_that_do_not_match_their_checksum_are_refused() {
    let client = bucket().await;
    let put = client.put_object().bucket("bbb").key("k");
    let put = put.body(ByteStream::from_static(b"hello"));
    let error = put.checksum_crc32("AAAAAA==").send().await.unwrap_err();
    assert_eq!(error.code(), Some("BadDigest"));
    let list = client.list_objects_v2().bucket("bbb").send().await.unwrap();
    assert_eq!(list.key_count(), Some(0));
}

#[tokio::test]
async fn a_bucket_in_the_host_is_the_same_bucket() {
    let aws = crate::aws::LocalAws::open(&crate::aws::Storage::Memory).unwrap();
    let client = Clients::on(&aws.http_client()).s3;
    client.create_bucket().bucket("bbb").send().await.unwrap();
    put(&client, "a/b", "in the path").await;
    let config = client.config().to_builder().force_path_style(false).build();
    let client = Client::from_conf(config);
    assert_eq!(get(&client, "a/b").await, "in the path");
    let list = client.list_objects_v2().bucket("bbb").send().await.unwrap();
    assert_eq!(list.key_count(), Some(1));
}

#[tokio::test]
async fn a_key_may_be_long_and_may_be_the_beginning_of_another() {
    let client = bucket().await;
    let long = "k".repeat(1000);
    for key in ["a", "a/b", "a//b", "/a", &long] {
        put(&client, key, key).await;
    }
    for key in ["a", "a/b", "a//b", "/a", &long] {
        assert_eq!(get(&client, key).await, key);
    }
}

#[tokio::test]
async fn an_empty_object_is_an_object() {
    let client = bucket().await;
    put(&client, "empty", "").await;
    assert_eq!(get(&client, "empty").await, "");
}
