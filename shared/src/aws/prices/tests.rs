use super::*;

fn request(service: &'static str, operation: &str, sent: u64, received: u64) -> Request {
    Request { service, operation: operation.to_owned(), stage: 1, sent, received }
}

#[test]
fn the_file_is_read_and_requests_are_priced_by_the_bytes_they_move() {
    assert_eq!(dated().len(), "2026-11-20".len());
    let one_read = of(&[request("dynamodb", "Query", 300, 100)]);
    assert_eq!(one_read, Dollars::new(0.125 / 1e6));
    assert_eq!(of(&[request("dynamodb", "Query", 300, 40 * 1024)]), Dollars::new(1.25 / 1e6));
    assert_eq!(of(&[request("dynamodb", "TransactWriteItems", 2_000, 10)]), Dollars::new(4.0 * 0.625 / 1e6));
    assert_eq!(of(&[request("s3", "DeleteObject", 0, 0), request("bedrock", "converse", 9, 9)]), Dollars::ZERO);
    assert_eq!(of_running(1024, 1_000_000), Dollars::new(0.000_013_333_4));
}
