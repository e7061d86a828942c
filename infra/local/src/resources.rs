//! Table, bucket and queues as template.yaml has them; a test compares the two.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, TimeToLiveSpecification,
};
use aws_sdk_sqs::types::QueueAttributeName;
use aws_types::SdkConfig;
use memorable::aws::errors::from_sdk;
use memorable::aws::keys::{BY_TIME, EXPIRES, LISTED, PK, SK};
use memorable::error::{Error, Result};

/// The table's name.
pub const TABLE: &str = "memorable";
/// The bucket's name.
pub const BUCKET: &str = "memorable";

/// What a queue's redelivery goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueRules {
    /// Its name; the DLQ's is `NAME-dlq`.
    pub name: &'static str,
    /// How often a message is delivered before it goes to the DLQ.
    pub deliveries: u32,
}

/// Memories to classify.
pub const CLASSIFY: QueueRules = QueueRules { name: "memorable-classify", deliveries: 5 };
/// Scopes to go through at night.
pub const NIGHT: QueueRules = QueueRules { name: "memorable-night", deliveries: 3 };
/// What webhooks are to be told. A message comes once more for each try, and for each that crashed.
pub const DELIVER: QueueRules = QueueRules { name: "memorable-deliver", deliveries: 20 };

/// Turns at imports and exports.
pub const TRANSFER: QueueRules = QueueRules { name: "memorable-transfer", deliveries: 5 };

/// The queues' URLs.
#[derive(Debug, Clone)]
pub struct Queues {
    /// Of memories to classify.
    pub classify: Urls,
    /// Of scopes to go through at night.
    pub night: Urls,
    /// Of imports and exports.
    pub transfer: Urls,
    /// Of what webhooks are to be told.
    pub deliver: Urls,
}

/// The URLs of a queue and of its DLQ.
#[derive(Debug, Clone)]
pub struct Urls {
    /// The queue.
    pub queue: String,
    /// Its dead letters.
    pub dead: String,
}

/// Makes what is not there yet; gives the URLs of the queues. `redeliver_after`: seconds after which a message that
/// was not finished is delivered again (six times the function's timeout on AWS, far less where nothing times out).
pub async fn create(sdk: &SdkConfig, redeliver_after: u32) -> Result<Queues> {
    create_table(&aws_sdk_dynamodb::Client::new(sdk)).await?;
    create_bucket(sdk).await?;
    let sqs = aws_sdk_sqs::Client::new(sdk);
    let classify = create_queue(&sqs, CLASSIFY, redeliver_after).await?;
    let night = create_queue(&sqs, NIGHT, redeliver_after).await?;
    let transfer = create_queue(&sqs, TRANSFER, redeliver_after).await?;
    let deliver = create_queue(&sqs, DELIVER, redeliver_after).await?;
    Ok(Queues { classify, night, transfer, deliver })
}

async fn create_table(dynamodb: &aws_sdk_dynamodb::Client) -> Result<()> {
    let attribute = |name: &str| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .map_err(unbuilt)
    };
    let key =
        |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(unbuilt);
    let by_time = GlobalSecondaryIndex::builder()
        .index_name(BY_TIME)
        .key_schema(key(PK, KeyType::Hash)?)
        .key_schema(key(LISTED, KeyType::Range)?)
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .map_err(unbuilt)?;
    let created = dynamodb
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute(PK)?)
        .attribute_definitions(attribute(SK)?)
        .attribute_definitions(attribute(LISTED)?)
        .key_schema(key(PK, KeyType::Hash)?)
        .key_schema(key(SK, KeyType::Range)?)
        .global_secondary_indexes(by_time)
        .send()
        .await;
    match created {
        Ok(_) => {}
        Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_in_use_exception()) => return Ok(()),
        Err(error) => return Err(from_sdk("create the table", &error)),
    }
    let expiry = TimeToLiveSpecification::builder().attribute_name(EXPIRES).enabled(true).build().map_err(unbuilt)?;
    let call = dynamodb.update_time_to_live().table_name(TABLE).time_to_live_specification(expiry);
    call.send().await.map_err(|error| from_sdk("set the table's expiry", &error))?;
    Ok(())
}

async fn create_bucket(sdk: &SdkConfig) -> Result<()> {
    let s3 = aws_sdk_s3::config::Builder::from(sdk).force_path_style(true).build();
    let created = aws_sdk_s3::Client::from_conf(s3).create_bucket().bucket(BUCKET).send().await;
    match created {
        Ok(_) => Ok(()),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|e| e.is_bucket_already_owned_by_you() || e.is_bucket_already_exists()) =>
        {
            Ok(())
        }
        Err(error) => Err(from_sdk("create the bucket", &error)),
    }
}

async fn create_queue(sqs: &aws_sdk_sqs::Client, rules: QueueRules, redeliver_after: u32) -> Result<Urls> {
    let failed = |error| from_sdk("create a queue", &error);
    let dlq = sqs.create_queue().queue_name(format!("{}-dlq", rules.name)).send().await.map_err(failed)?;
    let unnamed = || Error::internal("a queue was created without a URL");
    let dead = dlq.queue_url.ok_or_else(unnamed)?;
    let read = sqs
        .get_queue_attributes()
        .queue_url(&dead)
        .attribute_names(QueueAttributeName::QueueArn)
        .send()
        .await
        .map_err(|error| from_sdk("read a queue", &error))?;
    let arn = read.attributes.and_then(|mut attributes| attributes.remove(&QueueAttributeName::QueueArn));
    let redrive = serde_json::json!({ "deadLetterTargetArn": arn, "maxReceiveCount": rules.deliveries });
    let created = sqs
        .create_queue()
        .queue_name(rules.name)
        .attributes(QueueAttributeName::VisibilityTimeout, redeliver_after.to_string())
        .attributes(QueueAttributeName::RedrivePolicy, redrive.to_string())
        .send()
        .await
        .map_err(failed)?;
    Ok(Urls { queue: created.queue_url.ok_or_else(unnamed)?, dead })
}

fn unbuilt(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("the table cannot be described: {error}"))
}
