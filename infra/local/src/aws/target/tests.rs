//! Tests of finding out what a request is for.

use super::*;

fn request(method: &str, uri: &str, target: Option<&'static str>) -> HttpRequest {
    let mut request = HttpRequest::empty();
    request.set_method(method).unwrap();
    request.set_uri(uri).unwrap();
    if let Some(target) = target {
        request.headers_mut().insert("x-amz-target", target);
    }
    request
}

#[test]
fn every_call_has_the_name_aws_gives_it() {
    let s3 = "https://s3.eu-central-1.amazonaws.com";
    let in_host = "https://my.bucket.s3.eu-central-1.amazonaws.com";
    for (method, uri, name) in [
        ("GET", format!("{s3}/b/k?x-id=GetObject"), "S3.GetObject"),
        ("PUT", format!("{s3}/b/k/l"), "S3.PutObject"),
        ("DELETE", format!("{s3}/b/k"), "S3.DeleteObject"),
        ("HEAD", format!("{s3}/b/k"), "S3.HeadObject"),
        ("HEAD", format!("{s3}/b"), "S3.HeadBucket"),
        ("PUT", format!("{s3}/b/"), "S3.CreateBucket"),
        ("GET", format!("{s3}/b?list-type=2&prefix=k"), "S3.ListObjectsV2"),
        ("POST", format!("{s3}/b?delete"), "S3.DeleteObjects"),
        ("GET", format!("{in_host}/k"), "S3.GetObject"),
        ("GET", format!("{in_host}/?list-type=2"), "S3.ListObjectsV2"),
        ("POST", "https://bedrock-runtime.eu-central-1.amazonaws.com/model/m/invoke".to_owned(), "Bedrock.InvokeModel"),
        ("GET", "https://example.org/x".to_owned(), "example.org/x"),
    ] {
        assert_eq!(operation_name(&request(method, &uri, None)), name);
    }
    let uri = "https://anywhere/";
    let put = request("POST", uri, Some("DynamoDB_20120810.PutItem"));
    assert_eq!(operation_name(&put), "DynamoDB.PutItem");
    let send = request("POST", uri, Some("AmazonSQS.SendMessage"));
    assert_eq!(operation_name(&send), "SQS.SendMessage");
}

#[test]
fn a_bucket_with_dots_in_the_host_is_read_whole() {
    let request = request("GET", "https://my.s3.logs.s3.eu-west-1.amazonaws.com/k", None);
    let bucket_in_host = Some("my.s3.logs".to_owned());
    assert_eq!(Target::of(&request).unwrap(), Target::S3 { bucket_in_host });
}
