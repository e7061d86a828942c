//! Tests of what is counted, on cases whose units the documentation of AWS tells.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, Delete, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    KeysAndAttributes, Projection, ProjectionType, Put, ReturnConsumedCapacity, ScalarAttributeType, TransactWriteItem,
};
use std::collections::HashMap;

use super::Usage;
use crate::aws::clients::Clients;
use crate::aws::latency::Latency;
use crate::aws::{LocalAws, Storage};

type Item = HashMap<String, AttributeValue>;

async fn house() -> (Latency, Clients) {
    let aws = LocalAws::open(&Storage::Memory).unwrap();
    let counting = Latency::none(aws.http_client());
    let clients = Clients::on(&counting.http_client());
    create_table(&clients.dynamodb).await;
    let _ = counting.take_usage();
    (counting, clients)
}

/// As the house's own: keys, and an index `by_time` that holds keys only.
async fn create_table(client: &aws_sdk_dynamodb::Client) {
    let attribute = |name: &str| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let index = GlobalSecondaryIndex::builder()
        .index_name("by_time")
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("listed", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build());
    let call = client.create_table().table_name("table").billing_mode(BillingMode::PayPerRequest);
    let call = call.key_schema(key("pk", KeyType::Hash)).key_schema(key("sk", KeyType::Range));
    let call = call.attribute_definitions(attribute("pk")).attribute_definitions(attribute("sk"));
    let call = call.attribute_definitions(attribute("listed")).global_secondary_indexes(index.build().unwrap());
    call.send().await.unwrap();
}

fn key(sk: &str) -> Item {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    HashMap::from([("pk".to_owned(), text("a")), ("sk".to_owned(), text(sk))])
}

/// An item of exactly so many bytes: names count, and the length of each value.
fn item(sk: &str, bytes: usize) -> Item {
    let mut item = key(sk);
    let rest = bytes - ("pk".len() + "a".len() + "sk".len() + sk.len() + "b".len());
    item.insert("b".to_owned(), AttributeValue::B(Blob::new(vec![7; rest])));
    item
}

async fn put(clients: &Clients, item: Item) {
    clients.dynamodb.put_item().table_name("table").set_item(Some(item)).send().await.unwrap();
}

fn put_part(item: Item, condition: Option<&str>) -> TransactWriteItem {
    let put = Put::builder().table_name("table").set_item(Some(item));
    let put = put.set_condition_expression(condition.map(str::to_owned)).build().unwrap();
    TransactWriteItem::builder().put(put).build()
}

fn written(counting: &Latency) -> f64 {
    counting.take_usage().total().write_units
}

fn read(counting: &Latency) -> f64 {
    counting.take_usage().total().read_units
}

#[tokio::test]
async fn a_write_is_a_unit_for_each_kilobyte_begun() {
    let (counting, clients) = house().await;
    for (bytes, units) in [(100, 1.0), (1024, 1.0), (1025, 2.0), (3000, 3.0)] {
        put(&clients, item(&format!("{bytes}"), bytes)).await;
        assert_eq!(written(&counting), units, "{bytes}");
    }
    // What is overwritten counts where it is the larger one.
    put(&clients, item("3000", 100)).await;
    assert_eq!(written(&counting), 3.0);
}

#[tokio::test]
async fn a_transaction_pays_twice_for_the_table_and_once_for_the_index() {
    let (counting, clients) = house().await;
    let mut listed = item("m", 1500);
    listed.insert("listed".to_owned(), AttributeValue::S("2026#m".to_owned()));
    let call = clients.dynamodb.transact_write_items();
    let call = call.transact_items(put_part(listed.clone(), None)).transact_items(put_part(item("t", 700), None));
    call.send().await.unwrap();
    // 2 for the memory and 1 for the tail entry, twice; 1 for the memory's line in the index, which follows later and is
    // no part of the transaction.
    assert_eq!(written(&counting), 7.0);

    // Written anew without a change of what the index holds, the index costs nothing.
    clients.dynamodb.transact_write_items().transact_items(put_part(listed, None)).send().await.unwrap();
    assert_eq!(written(&counting), 4.0);

    let delete = Delete::builder().table_name("table").set_key(Some(key("t"))).build().unwrap();
    let delete = TransactWriteItem::builder().delete(delete).build();
    clients.dynamodb.transact_write_items().transact_items(delete).send().await.unwrap();
    assert_eq!(written(&counting), 2.0);
}

#[tokio::test]
async fn a_refused_write_is_billed_too() {
    let (counting, clients) = house().await;
    put(&clients, item("a", 100)).await;
    let _ = counting.take_usage();
    let new = "attribute_not_exists(pk)";
    let again = clients.dynamodb.put_item().table_name("table").set_item(Some(item("a", 100)));
    again.condition_expression(new).send().await.unwrap_err();
    assert_eq!(written(&counting), 1.0);
    let call = clients.dynamodb.transact_write_items();
    let call = call.transact_items(put_part(item("a", 100), Some(new))).transact_items(put_part(item("b", 100), None));
    call.send().await.unwrap_err();
    assert_eq!(written(&counting), 4.0);
}

#[tokio::test]
async fn a_query_rounds_the_sum_and_a_batch_each_item() {
    let (counting, clients) = house().await;
    for sk in ["s1", "s2", "s3"] {
        put(&clients, item(sk, 1500)).await;
    }
    let _ = counting.take_usage();
    for (consistent, units) in [(true, 2.0), (false, 1.0)] {
        let query = clients.dynamodb.query().table_name("table").consistent_read(consistent);
        let query = query.key_condition_expression("pk = :pk");
        query.expression_attribute_values(":pk", AttributeValue::S("a".to_owned())).send().await.unwrap();
        assert_eq!(read(&counting), units, "4,500 bytes, consistent: {consistent}");
    }
    for (consistent, units) in [(true, 4.0), (false, 2.0)] {
        let keys = ["s1", "s2", "s3", "not there"].map(key).to_vec();
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(consistent).build().unwrap();
        clients.dynamodb.batch_get_item().request_items("table", wanted).send().await.unwrap();
        assert_eq!(read(&counting), units, "three items and one that is not there, consistent: {consistent}");
    }
    clients.dynamodb.get_item().table_name("table").set_key(Some(key("s1"))).send().await.unwrap();
    assert_eq!(read(&counting), 0.5);
}

#[tokio::test]
async fn a_caller_who_asks_for_capacity_gets_the_answer_to_that() {
    let (counting, clients) = house().await;
    put(&clients, item("a", 100)).await;
    let _ = counting.take_usage();
    let get = clients.dynamodb.get_item().table_name("table").set_key(Some(key("a")));
    let answer = get.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await.unwrap();
    assert!(answer.consumed_capacity().unwrap().table().is_some());
    assert_eq!(read(&counting), 0.5);
}

#[tokio::test]
async fn requests_are_counted_by_operation_and_messages_by_64_kilobytes() {
    let (counting, clients) = house().await;
    clients.s3.create_bucket().bucket("bbb").send().await.unwrap();
    let body = aws_sdk_s3::primitives::ByteStream::from(vec![1; 5000]);
    clients.s3.put_object().bucket("bbb").key("k").body(body).send().await.unwrap();
    clients.s3.get_object().bucket("bbb").key("k").send().await.unwrap();
    let url = clients.sqs.create_queue().queue_name("q").send().await.unwrap().queue_url.unwrap();
    clients.sqs.send_message().queue_url(&url).message_body("m".repeat(70 * 1024)).send().await.unwrap();
    let usage: Usage = counting.take_usage();
    assert_eq!(usage.of("S3.PutObject").requests, 1);
    assert!(usage.of("S3.PutObject").sent >= 5000);
    assert_eq!(usage.of("S3.GetObject").received, 5000);
    assert_eq!((usage.of("SQS.SendMessage").requests, usage.of("SQS.SendMessage").billed), (1, 2));
    assert_eq!(usage.total().requests, 5);
    let mut twice = usage.clone();
    twice.add_all(&usage);
    assert_eq!(twice.total().requests, 10);
    assert_eq!(counting.take_usage(), Usage::default());
}
