//! The real SDK clients on a local AWS, for the tests here.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;

use super::{LocalAws, Storage};

/// One client of each service.
pub(super) struct Clients {
    pub dynamodb: aws_sdk_dynamodb::Client,
    pub s3: aws_sdk_s3::Client,
    pub sqs: aws_sdk_sqs::Client,
}

impl Clients {
    /// On a new AWS in memory.
    pub fn in_memory() -> Clients {
        Clients::open(&Storage::Memory)
    }

    /// On the AWS of this storage.
    pub fn open(storage: &Storage) -> Clients {
        let aws = LocalAws::open(storage).unwrap();
        Clients::on(&aws.http_client())
    }

    /// On this HTTP client, without retries.
    pub fn on(http: &SharedHttpClient) -> Clients {
        Clients::with_retries(http, &RetryConfig::disabled())
    }

    pub fn with_retries(http: &SharedHttpClient, retries: &RetryConfig) -> Clients {
        let keys = Credentials::new("local", "local", None, None, "tests");
        let region = Region::new("eu-central-1");
        let dynamodb = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region.clone())
            .credentials_provider(keys.clone())
            .retry_config(retries.clone())
            .http_client(http.clone())
            .build();
        let s3 = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region.clone())
            .credentials_provider(keys.clone())
            .retry_config(retries.clone())
            .http_client(http.clone())
            .force_path_style(true)
            .build();
        let sqs = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region)
            .credentials_provider(keys)
            .retry_config(retries.clone())
            .http_client(http.clone())
            .build();
        Clients {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
            s3: aws_sdk_s3::Client::from_conf(s3),
            sqs: aws_sdk_sqs::Client::from_conf(sqs),
        }
    }
}

/// A table `table` with the keys `pk` and `sk`.
pub(super) async fn create_table(client: &aws_sdk_dynamodb::Client) {
    let attribute = |name: &str| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let key =
        |name: &str, kind: KeyType| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    client
        .create_table()
        .table_name("table")
        .attribute_definitions(attribute("pk"))
        .attribute_definitions(attribute("sk"))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .unwrap();
}
