use super::*;

#[test]
fn the_file_can_be_read_and_says_its_day() {
    serde_json::from_str::<Prices>(FILE).expect("prices");
    dated().parse::<jiff::civil::Date>().expect("a date");
    assert!(PRICES.models.len() >= 5);
}

#[test]
fn tokens_cost_what_the_file_says() {
    let cost = |id: &str, tokens_in, tokens_out| of_bedrock(id).map(|price| price.of(tokens_in, tokens_out).amount());
    assert_eq!(cost("amazon.titan-embed-text-v2:0", 1_000_000, 0), Some(0.02));
    assert_eq!(cost("amazon.nova-micro-v1:0", 1, 1), Some(175e-9));
    assert_eq!(cost("us.amazon.nova-lite-v1:0", 1_000_000, 1_000_000), Some(0.30));
    let arn = "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0";
    assert_eq!(cost(arn, 1000, 100), Some(0.0015));
    assert_eq!(cost("mistral.unheard-of-v1:0", 1, 1), None);
}

#[test]
fn sums_are_exact_and_written_as_dollars() {
    let sum: Dollars = std::iter::repeat_n(Dollars::new(0.000_000_035), 1_000_000).sum();
    assert_eq!(serde_json::to_string(&sum).expect("JSON"), "0.035");
    assert_eq!(Dollars::new(-1.0), Dollars::ZERO);
    assert_eq!(Dollars::new(f64::NAN), Dollars::ZERO);
}
