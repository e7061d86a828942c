//! Tests of failing on purpose.

use std::fmt::Debug;
use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_types::retry::RetryConfig;

use super::*;
use crate::aws::clients::Clients;
use crate::aws::{LocalAws, Storage};

async fn house() -> (Faults, Clients) {
    let aws = LocalAws::open(&Storage::Memory).unwrap();
    let faults = Faults::new(aws.http_client());
    let clients = Clients::on(&faults.http_client());
    clients.s3.create_bucket().bucket("bbb").send().await.unwrap();
    faults.reset();
    (faults, clients)
}

async fn put(clients: &Clients, key: &str) -> Result<(), SdkError<impl ProvideErrorMetadata + Debug>> {
    let put = clients.s3.put_object().bucket("bbb").key(key);
    let body = ByteStream::from_static(b"x");
    put.body(body).send().await.map(drop)
}

async fn is_there(clients: &Clients, key: &str) -> bool {
    let head = clients.s3.head_object().bucket("bbb").key(key);
    head.send().await.is_ok()
}

#[tokio::test]
async fn calls_are_counted_and_named_in_order() {
    let (faults, clients) = house().await;
    put(&clients, "a").await.unwrap();
    is_there(&clients, "a").await;
    clients.sqs.create_queue().queue_name("q").send().await.unwrap();
    let _ = clients.dynamodb.describe_table().table_name("table").send().await;
    assert_eq!(faults.calls(), 4);
    assert_eq!(faults.log(), ["S3.PutObject", "S3.HeadObject", "SQS.CreateQueue", "DynamoDB.DescribeTable"]);
    faults.reset();
    assert_eq!(faults.calls(), 0);
}

#[tokio::test]
async fn a_call_that_fails_before_is_not_applied_and_fails_once() {
    let (faults, clients) = house().await;
    faults.fail_nth(2, Fault::Before);
    put(&clients, "a").await.unwrap();
    let error = put(&clients, "b").await.unwrap_err();
    assert!(matches!(&error, SdkError::DispatchFailure(e) if e.is_io()));
    assert!(!is_there(&clients, "b").await);
    put(&clients, "b").await.unwrap();
}

#[tokio::test]
async fn a_call_that_fails_after_is_applied() {
    let (faults, clients) = house().await;
    faults.fail_nth(1, Fault::After);
    let error = put(&clients, "a").await.unwrap_err();
    assert!(matches!(&error, SdkError::DispatchFailure(e) if e.is_io()));
    assert!(is_there(&clients, "a").await);
}

#[tokio::test]
async fn each_service_throttles_and_breaks_in_its_own_words() {
    let (faults, clients) = house().await;
    for fault in [Fault::Throttle, Fault::Status500] {
        faults.reset();
        for n in 1..=3 {
            faults.fail_nth(n, fault);
        }
        let s3 = put(&clients, "a").await.unwrap_err();
        let get = clients.dynamodb.describe_table().table_name("table").send().await;
        let dynamodb = get.unwrap_err();
        let url = clients.sqs.get_queue_url().queue_name("q").send().await;
        let sqs = url.unwrap_err();
        let statuses = [
            s3.raw_response().unwrap().status().as_u16(),
            dynamodb.raw_response().unwrap().status().as_u16(),
            sqs.raw_response().unwrap().status().as_u16(),
        ];
        let codes = [s3.code(), dynamodb.code(), sqs.code()];
        if fault == Fault::Throttle {
            assert_eq!(statuses, [503, 400, 400]);
            let words = ["SlowDown", "ThrottlingException", "RequestThrottled"];
            assert_eq!(codes, words.map(Some));
        } else {
            assert_eq!(statuses, [500, 500, 500]);
            let words = ["InternalError", "InternalServerError", "InternalFailure"];
            assert_eq!(codes, words.map(Some));
        }
        assert!(!is_there(&clients, "a").await);
    }
}

#[tokio::test]
async fn the_sdk_tries_again_after_every_kind_of_fault() {
    let aws = LocalAws::open(&Storage::Memory).unwrap();
    let faults = Faults::new(aws.http_client());
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    let clients = Clients::with_retries(&faults.http_client(), &retries);
    clients.s3.create_bucket().bucket("bbb").send().await.unwrap();
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Status500] {
        faults.reset();
        faults.fail_nth(1, fault);
        put(&clients, "a").await.unwrap();
        assert_eq!(faults.calls(), 2, "{fault:?}");
    }
}
