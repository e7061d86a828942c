//! Tests of latencies. The clock is paused, so they take no time and the figures are exact.

use futures_util::future::{Either, join_all, select};
use tokio::time::Instant as Virtual;

use super::*;
use crate::aws::clients::{Clients, create_table};
use crate::aws::{LocalAws, Storage};

async fn house(seed: u64) -> (Latency, Clients) {
    let aws = LocalAws::open(&Storage::Memory).unwrap();
    let clients = Clients::on(&aws.http_client());
    clients.s3.create_bucket().bucket("bbb").send().await.unwrap();
    create_table(&clients.dynamodb).await;
    let latency = Latency::new(aws.http_client(), seed);
    let late = Clients::on(&latency.http_client());
    (latency, late)
}

async fn put_directly(latency: &Latency, key: &str, bytes: usize) {
    let body = aws_sdk_s3::primitives::ByteStream::from(vec![1; bytes]);
    Clients::on(&latency.inner).s3.put_object().bucket("bbb").key(key).body(body).send().await.unwrap();
}

async fn get(clients: &Clients, key: &str) -> usize {
    let answer = clients.s3.get_object().bucket("bbb").key(key).send().await.unwrap();
    answer.body.collect().await.unwrap().into_bytes().len()
}

fn ms(since: Virtual) -> u64 {
    since.elapsed().as_millis() as u64
}

fn drawn(latency: &Latency, number: u64, name: &str) -> u64 {
    latency.first_byte_ms(number, name).round() as u64
}

#[test]
fn draws_have_the_percentiles_they_are_made_from() {
    for wanted in [DYNAMODB, S3] {
        let mut draws: Vec<f64> = (1..=20_000).map(|number| wanted.at(normal(3, number))).collect();
        draws.sort_by(f64::total_cmp);
        let (p50, p99) = (draws[10_000], draws[19_800]);
        assert!((p50 / wanted.p50_ms - 1.0).abs() < 0.02, "{p50} {wanted:?}");
        assert!((p99 / wanted.p99_ms - 1.0).abs() < 0.06, "{p99} {wanted:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_takes_what_was_drawn_and_nothing_else() {
    let (latency, clients) = house(1).await;
    put_directly(&latency, "k", 10).await;
    for number in [1, 2, 3] {
        let start = Virtual::now();
        assert_eq!(get(&clients, "k").await, 10);
        assert_eq!(ms(start), drawn(&latency, number, "S3.GetObject"));
    }
    let start = Virtual::now();
    let key = aws_sdk_dynamodb::types::AttributeValue::S("a".to_owned());
    let call = clients.dynamodb.get_item().table_name("table").key("pk", key.clone()).key("sk", key);
    call.send().await.unwrap();
    assert_eq!(ms(start), drawn(&latency, 4, "DynamoDB.GetItem"));
    assert!(latency.answering() > Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_seed_gives_the_same_again_and_another_seed_does_not() {
    let mut walks = Vec::new();
    for seed in [7, 7, 8] {
        let (latency, clients) = house(seed).await;
        put_directly(&latency, "k", 200_000).await;
        let start = Virtual::now();
        let mut walk = Vec::new();
        for _ in 0..20 {
            join_all((0..3).map(|_| get(&clients, "k"))).await;
            walk.push(ms(start));
        }
        walks.push(walk);
    }
    assert_eq!(walks[0], walks[1]);
    assert_ne!(walks[0], walks[2]);
}

#[tokio::test(start_paused = true)]
async fn an_aws_on_disk_takes_no_virtual_time() {
    let folder = tempfile::tempdir().unwrap();
    let aws = LocalAws::open(&Storage::Folder(folder.path().to_owned())).unwrap();
    let latency = Latency::new(aws.http_client(), 5);
    let clients = Clients::on(&latency.http_client());
    let start = Virtual::now();
    clients.s3.create_bucket().bucket("bbb").send().await.unwrap();
    assert_eq!(ms(start), drawn(&latency, 1, "S3.CreateBucket"));
}

#[tokio::test(start_paused = true)]
async fn parallel_requests_overlap() {
    let (latency, clients) = house(2).await;
    put_directly(&latency, "k", 10).await;
    let start = Virtual::now();
    join_all((0..8).map(|_| get(&clients, "k"))).await;
    let slowest = (1..=8).map(|number| drawn(&latency, number, "S3.GetObject")).max();
    assert_eq!(Some(ms(start)), slowest);
}

#[tokio::test(start_paused = true)]
async fn parallel_gets_share_the_bandwidth() {
    let (latency, clients) = house(2).await;
    put_directly(&latency, "k", 7_000_000).await;
    let start = Virtual::now();
    get(&clients, "k").await;
    assert_eq!(ms(start), drawn(&latency, 1, "S3.GetObject") + 100);

    let start = Virtual::now();
    join_all((0..4).map(|_| get(&clients, "k"))).await;
    // The wire is idle until the first of them begins, and then busy for all 28 MB.
    let draws = (2..=5).map(|number| drawn(&latency, number, "S3.GetObject"));
    let expected = draws.min().unwrap() + 400;
    assert!(ms(start).abs_diff(expected) <= 2, "{} {expected}", ms(start));
}

#[tokio::test(start_paused = true)]
async fn shares_of_a_pipe_change_as_others_come_and_go() {
    let pipe = Pipe::new(1000.0);
    let start = Virtual::now();
    let first = async {
        pipe.pass(100_000).await;
        ms(start)
    };
    let second = async {
        sleep_ms(50.0).await;
        pipe.pass(25_000).await;
        ms(start)
    };
    let given_up = async {
        let passing = pin!(pipe.pass(1_000_000));
        let _ = select(pin!(sleep_ms(20.0)), passing).await;
    };
    // 20 ms at half, 30 alone, 50 at half until the second is through, then alone.
    let (first, second, ()) = futures_util::join!(first, second, given_up);
    assert_eq!((first, second), (135, 100));
}

#[tokio::test(start_paused = true)]
async fn a_hedged_request_is_over_with_the_first_answer() {
    // A second GET after 20 ms, as a careful reader of S3 does it.
    const HEDGE: u64 = 20;
    let mut helped = 0;
    for seed in 0..200 {
        let (latency, clients) = house(seed).await;
        put_directly(&latency, "k", 10).await;
        let start = Virtual::now();
        let first = pin!(get(&clients, "k"));
        if let Either::Right(((), first)) = select(first, pin!(sleep_ms(HEDGE as f64))).await {
            select(first, pin!(get(&clients, "k"))).await;
        }
        let [first, second] = [1, 2].map(|number| drawn(&latency, number, "S3.GetObject"));
        assert_eq!(ms(start), first.min(HEDGE + second), "seed {seed}");
        let sent = latency.take_usage().of("S3.GetObject").requests;
        assert_eq!(sent, if first > HEDGE { 2 } else { 1 }, "seed {seed}: the loser is billed, too");
        helped += u32::from(HEDGE + second < first);
    }
    assert!(helped > 0, "none of the seeds draws a slow first GET");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_only_counts_answers_at_once() {
    let (latency, _) = house(2).await;
    put_directly(&latency, "k", 1_000_000).await;
    let counting = Latency::none(latency.inner.clone());
    let start = Virtual::now();
    get(&Clients::on(&counting.http_client()), "k").await;
    assert_eq!(ms(start), 0);
    assert_eq!(counting.take_usage().of("S3.GetObject").received, 1_000_000);
}
