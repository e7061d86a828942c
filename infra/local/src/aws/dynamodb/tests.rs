//! Tests of DynamoDB through the SDK's client.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, Put, PutRequest, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
    TimeToLiveSpecification, TransactGetItem, TransactWriteItem, WriteRequest,
};

use crate::aws::Storage;
use crate::aws::clients::{Clients, create_table};

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn key(pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))])
}

async fn table() -> Client {
    let client = Clients::in_memory().dynamodb;
    create_table(&client).await;
    client
}

#[tokio::test]
async fn an_item_put_is_the_item_got() {
    let client = table().await;
    let mut item = key("a", "1");
    item.insert("n".to_owned(), AttributeValue::N("42".to_owned()));
    item.insert("b".to_owned(), AttributeValue::B(vec![0, 255].into()));
    item.insert("l".to_owned(), AttributeValue::L(vec![s("x"), s("y")]));
    let put = client.put_item().table_name("table");
    put.set_item(Some(item.clone())).send().await.unwrap();
    let get = client.get_item().table_name("table").consistent_read(true);
    let got = get.set_key(Some(key("a", "1"))).send().await.unwrap();
    assert_eq!(got.item, Some(item));
}

#[tokio::test]
async fn a_failed_condition_is_a_typed_error_with_the_old_item() {
    let client = table().await;
    let put = || {
        client
            .put_item()
            .table_name("table")
            .set_item(Some(key("a", "1")))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    };
    put().send().await.unwrap();
    let error = put().send().await.unwrap_err().into_service_error();
    assert!(error.is_conditional_check_failed_exception());
    let old = match error {
        aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(e) => e.item,
        other => panic!("{other}"),
    };
    assert_eq!(old, Some(key("a", "1")));
}

#[tokio::test]
async fn an_update_counts_and_a_delete_takes_away() {
    let client = table().await;
    for _ in 0..3 {
        client
            .update_item()
            .table_name("table")
            .set_key(Some(key("a", "1")))
            .update_expression("ADD n :one")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .send()
            .await
            .unwrap();
    }
    let delete = client.delete_item().table_name("table");
    let delete = delete.set_key(Some(key("a", "1"))).return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld);
    let old = delete.send().await.unwrap().attributes.unwrap();
    assert_eq!(old["n"], AttributeValue::N("3".to_owned()));
}

#[tokio::test]
async fn forty_racers_of_a_conditional_put_have_one_winner() {
    let client = table().await;
    let races = (0..40).map(|racer| {
        let client = client.clone();
        tokio::spawn(async move {
            let put = client.put_item().table_name("table");
            put.set_item(Some(key("race", "1")))
                .item("racer", s(&racer.to_string()))
                .condition_expression("attribute_not_exists(pk)")
                .send()
                .await
                .is_ok()
        })
    });
    let results = futures_util::future::join_all(races).await;
    let winners = results.into_iter().filter(|won| *won.as_ref().unwrap());
    assert_eq!(winners.count(), 1);
}

#[tokio::test]
async fn a_query_comes_in_order_and_pages() {
    let client = table().await;
    let writes = (0..25).map(|n| {
        let put = PutRequest::builder().set_item(Some(key("a", &format!("s#{n:02}"))));
        let put = put.build().unwrap();
        WriteRequest::builder().put_request(put).build()
    });
    let batch = client.batch_write_item();
    let batch = batch.request_items("table", writes.collect());
    let left = batch.send().await.unwrap().unprocessed_items;
    assert!(left.unwrap_or_default().is_empty());

    let query = client
        .query()
        .table_name("table")
        .key_condition_expression("pk = :pk AND begins_with(sk, :s)")
        .expression_attribute_values(":pk", s("a"))
        .expression_attribute_values(":s", s("s#"))
        .limit(10);
    let pages = query.into_paginator().items().send();
    let items: Vec<_> = pages.try_collect().await.unwrap();
    let keys: Vec<_> = items.iter().map(|item| item["sk"].as_s().unwrap()).collect();
    assert_eq!(keys.len(), 25);
    assert!(keys.is_sorted());

    let wanted = KeysAndAttributes::builder().keys(key("a", "s#03")).keys(key("a", "s#99"));
    let got = client.batch_get_item();
    let got = got.request_items("table", wanted.build().unwrap()).send().await;
    assert_eq!(got.unwrap().responses.unwrap()["table"].len(), 1);
    let scan = client.scan().table_name("table").send().await.unwrap();
    assert_eq!(scan.count, 25);
}

#[tokio::test]
async fn a_transaction_writes_all_or_nothing_and_says_which_part_failed() {
    let client = table().await;
    let put = |sk: &str, condition: Option<&str>| {
        let put = Put::builder().table_name("table").set_item(Some(key("a", sk)));
        let put = put.set_condition_expression(condition.map(str::to_owned));
        TransactWriteItem::builder().put(put.build().unwrap()).build()
    };
    let new = Some("attribute_not_exists(pk)");
    let first = client.transact_write_items();
    let first = first.transact_items(put("1", new)).transact_items(put("2", new));
    first.send().await.unwrap();

    let second = client.transact_write_items();
    let second = second.transact_items(put("3", None)).transact_items(put("2", new));
    let error = second.send().await.unwrap_err().into_service_error();
    use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError as E;
    let E::TransactionCanceledException(canceled) = error else {
        panic!("{error}");
    };
    let codes: Vec<_> = canceled.cancellation_reasons().iter().map(|r| r.code()).collect();
    assert_eq!(codes, [Some("None"), Some("ConditionalCheckFailed")]);

    let get = |sk: &str| {
        let get = aws_sdk_dynamodb::types::Get::builder();
        let get = get.table_name("table").set_key(Some(key("a", sk)));
        TransactGetItem::builder().get(get.build().unwrap()).build()
    };
    let got = client.transact_get_items();
    let got = got.transact_items(get("2")).transact_items(get("3"));
    let responses = got.send().await.unwrap().responses.unwrap();
    let there: Vec<_> = responses.iter().map(|r| r.item.is_some()).collect();
    assert_eq!(there, [true, false]);
}

#[tokio::test]
async fn consumed_capacity_is_told_when_asked_for() {
    let client = table().await;
    let put = client.put_item().table_name("table");
    let put = put
        .set_item(Some(key("a", "1")))
        .item("blob", s(&"x".repeat(3000)))
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    let capacity = put.send().await.unwrap().consumed_capacity.unwrap();
    assert_eq!(capacity.capacity_units, Some(3.0));
}

#[tokio::test]
async fn errors_are_the_ones_of_dynamodb() {
    let client = table().await;
    let no_table = client.get_item().table_name("nope");
    let error = no_table.set_key(Some(key("a", "1"))).send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception());

    let big = client.put_item().table_name("table").set_item(Some(key("a", "1")));
    let error = big.item("blob", s(&"x".repeat(410_000))).send().await.unwrap_err();
    assert_eq!(error.code(), Some("ValidationException"));

    let number = client.put_item().table_name("table").set_item(Some(key("a", "1")));
    let number = number.item("n", AttributeValue::N("no number".into()));
    let error = number.send().await.unwrap_err();
    assert_eq!(error.code(), Some("ValidationException"));

    let reserved = client
        .update_item()
        .table_name("table")
        .set_key(Some(key("a", "1")))
        .update_expression("SET name = :v")
        .expression_attribute_values(":v", s("x"));
    let error = reserved.send().await.unwrap_err();
    assert_eq!(error.code(), Some("ValidationException"));
    assert!(error.message().unwrap().contains("reserved"));

    let unknown = client.list_backups().send().await.unwrap_err();
    assert_eq!(unknown.code(), Some("UnknownOperationException"));
}

#[tokio::test]
async fn time_to_live_is_described_as_it_was_set() {
    let client = table().await;
    let ttl = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true).build().unwrap();
    let set = client.update_time_to_live().table_name("table");
    set.time_to_live_specification(ttl).send().await.unwrap();
    let got = client.describe_time_to_live().table_name("table").send().await;
    let got = got.unwrap().time_to_live_description.unwrap();
    assert_eq!(got.attribute_name(), Some("expires"));
    let table = client.describe_table().table_name("table").send().await;
    let status = table.unwrap().table.unwrap().table_status.unwrap();
    assert_eq!(status.as_str(), "ACTIVE");
}

#[tokio::test]
async fn a_repeated_transaction_token_writes_once() {
    let client = table().await;
    let add = || {
        let update = aws_sdk_dynamodb::types::Update::builder()
            .table_name("table")
            .set_key(Some(key("a", "1")))
            .update_expression("ADD n :one")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .build()
            .unwrap();
        let item = TransactWriteItem::builder().update(update).build();
        let write = client.transact_write_items().transact_items(item);
        write.client_request_token("token-1").send()
    };
    add().await.unwrap();
    add().await.unwrap();
    let get = client.get_item().table_name("table");
    let got = get.set_key(Some(key("a", "1"))).send().await.unwrap();
    assert_eq!(got.item.unwrap()["n"], AttributeValue::N("1".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_takes_writes_from_many_tasks_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let client = Clients::open(&Storage::Folder(folder.path().to_owned())).dynamodb;
    create_table(&client).await;
    let writes = (0..30).map(|n| {
        let put = client.put_item().table_name("table");
        let put = put.set_item(Some(key("a", &n.to_string()))).send();
        tokio::spawn(put)
    });
    for result in futures_util::future::join_all(writes).await {
        result.unwrap().unwrap();
    }
    let scan = client.scan().table_name("table").send().await.unwrap();
    assert_eq!(scan.count, 30);
}
