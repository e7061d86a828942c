//! Tests of the whole: routing, reopening, services that are not there.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::primitives::ByteStream;

use super::clients::{Clients, create_table};
use super::{LocalAws, Storage};

#[tokio::test]
async fn everything_survives_reopening_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::Folder(folder.path().join("not/yet/there"));
    let url = {
        let clients = Clients::open(&storage);
        create_table(&clients.dynamodb).await;
        let put = clients.dynamodb.put_item().table_name("table");
        put.item("pk", AttributeValue::S("a".into())).item("sk", AttributeValue::S("b".into())).send().await.unwrap();
        clients.s3.create_bucket().bucket("kept").send().await.unwrap();
        let put = clients.s3.put_object().bucket("kept").key("k");
        let body = ByteStream::from_static(b"bytes");
        put.body(body).send().await.unwrap();
        let queue = clients.sqs.create_queue().queue_name("q").send().await;
        let url = queue.unwrap().queue_url.unwrap();
        let send = clients.sqs.send_message().queue_url(&url);
        send.message_body("kept").send().await.unwrap();
        url
    };

    let clients = Clients::open(&storage);
    let get = clients.dynamodb.get_item().table_name("table");
    let got =
        get.key("pk", AttributeValue::S("a".into())).key("sk", AttributeValue::S("b".into())).send().await.unwrap();
    assert!(got.item.is_some());
    let got = clients.s3.get_object().bucket("kept").key("k").send().await;
    let bytes = got.unwrap().body.collect().await.unwrap().into_bytes();
    assert_eq!(&bytes[..], b"bytes");
    let received = clients.sqs.receive_message().queue_url(&url).send().await;
    assert_eq!(received.unwrap().messages()[0].body(), Some("kept"));
}

#[tokio::test]
async fn a_service_that_is_not_in_the_house_is_named_in_the_error() {
    let aws = LocalAws::open(&Storage::Memory).unwrap();
    let http = aws.http_client();
    let faults = super::faults::Faults::new(http);
    // A client of any service, pointed elsewhere: S3's own, at a host that is not S3's.
    let keys = aws_sdk_s3::config::Credentials::new("local", "local", None, None, "tests");
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
        .region(aws_sdk_s3::config::Region::new("eu-central-1"))
        .credentials_provider(keys)
        .endpoint_url("https://bedrock-runtime.eu-central-1.amazonaws.com")
        .http_client(faults.http_client())
        .build();
    let client = aws_sdk_s3::Client::from_conf(config);
    let error = client.get_object().bucket("bbb").key("k").send().await;
    let error = aws_sdk_s3::error::DisplayErrorContext(error.unwrap_err()).to_string();
    assert!(error.contains("bedrock-runtime.eu-central-1.amazonaws.com"), "{error}");
    assert_eq!(faults.calls(), 1, "it is not tried again");
}

#[test]
fn a_folder_that_cannot_be_made_is_named_in_the_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let storage = Storage::Folder(file.path().join("below"));
    let error = LocalAws::open(&storage).unwrap_err().to_string();
    assert!(error.contains("below"), "{error}");
}
