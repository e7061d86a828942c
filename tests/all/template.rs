//! template.yaml says the same as the code that runs from it.
//!
//! Read by its lines: CloudFormation's tags make it YAML that few libraries take, and the values that must agree with
//! the code stand on lines that name and indentation tell apart.

use std::collections::{BTreeMap, BTreeSet};

use memorable::aws::keys::{BY_TIME, EXPIRES, LISTED, OUTBOX, PK, SK};
use memorable_local::gateway::{self, Authorizer};
use memorable_local::resources::{CLASSIFY, DELIVER, NIGHT, TRANSFER};
use serde_json::Value;

const TEMPLATE: &str = include_str!("../../template.yaml");
const CONFIG: &str = include_str!("../../shared/src/config.rs");
const STREAM_EVENT: &str = include_str!("../../events/deliver-stream.json");
const SCHEDULE_EVENT: &str = include_str!("../../events/optimize-schedule.json");

/// A key's lines, all indented deeper than the key itself; no comments, no empty lines.
type Block = Vec<&'static str>;

fn template() -> Block {
    TEMPLATE.lines().map(without_comment).filter(|line| !line.trim().is_empty()).collect()
}

fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') { "" } else { line.split(" #").next().unwrap_or_default() }
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Name and value of a line: `Timeout: 15`.
fn pair(line: &str) -> (&str, &str) {
    let (name, value) = line.split_once(':').unwrap_or((line, ""));
    (name.trim(), value.trim())
}

/// Lines and places of the keys that stand directly in the block.
fn direct(block: &[&'static str]) -> Vec<(usize, &'static str)> {
    let level = block.first().map_or(0, |line| indentation(line));
    block.iter().copied().enumerate().filter(|(_, line)| indentation(line) == level).collect()
}

fn place(block: &[&'static str], key: &str) -> usize {
    let found = direct(block).into_iter().find(|(_, line)| pair(line).0 == key);
    found.unwrap_or_else(|| panic!("template.yaml has no {key} among {:?}", names(block))).0
}

/// The keys that stand directly in the block.
fn names(block: &[&'static str]) -> Vec<&'static str> {
    direct(block).into_iter().map(|(_, line)| pair(line).0).collect()
}

/// The lines below a key that stands directly in the block.
fn below(block: &[&'static str], key: &str) -> Block {
    let start = place(block, key);
    let level = indentation(block[start]);
    block[start + 1..].iter().copied().take_while(|line| indentation(line) > level).collect()
}

/// The value on the line of a key that stands directly in the block.
fn value(block: &[&'static str], key: &str) -> &'static str {
    pair(block[place(block, key)]).1
}

/// The value of that name on a line: alone, as in `Method: GET`, or within braces, as in `{ Method: GET, Path: /x }`.
fn on_line<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let marker = format!("{name}: ");
    let starts_a_word = |at: usize| at == 0 || matches!(line.as_bytes()[at - 1], b' ' | b'{');
    let (at, _) = line.match_indices(marker.as_str()).find(|(at, _)| starts_a_word(*at))?;
    let rest = &line[at + marker.len()..];
    match rest.chars().next()? {
        quote @ ('"' | '\'') => rest[1..].split(quote).next(),
        _ => rest.split([',', '}']).next().map(str::trim),
    }
}

/// The first value of that name in the block, however deep.
fn anywhere(block: &[&'static str], name: &str) -> Option<&'static str> {
    block.iter().copied().find_map(|line| on_line(line, name))
}

fn resource(name: &str) -> Block {
    below(&below(&template(), "Resources"), name)
}

fn properties(name: &str) -> Block {
    below(&resource(name), "Properties")
}

/// Each function's events by name.
fn triggers() -> BTreeMap<&'static str, Vec<Block>> {
    let resources = below(&template(), "Resources");
    let is_function = |name: &&'static str| value(&below(&resources, name), "Type") == "AWS::Serverless::Function";
    let functions = names(&resources).into_iter().filter(is_function);
    functions
        .map(|function| {
            let properties = properties(function);
            // One that another part of the template names has no event of its own.
            let events = if names(&properties).contains(&"Events") { below(&properties, "Events") } else { Vec::new() };
            let blocks: Vec<Block> = names(&events).into_iter().map(|event| below(&events, event)).collect();
            (function, blocks)
        })
        .collect()
}

fn route(trigger: &[&'static str]) -> String {
    let method = anywhere(trigger, "Method").expect("a method");
    let path = anywhere(trigger, "Path").expect("a path");
    format!("{method} {path}")
}

/// Keys with their types, in order: hash or range of a schema.
fn schema(block: &[&'static str]) -> Vec<(&'static str, &'static str)> {
    block.iter().copied().filter_map(|line| on_line(line, "AttributeName").zip(on_line(line, "KeyType"))).collect()
}

#[test]
fn each_function_is_deployed_with_the_routes_it_answers() {
    let mut deployed = BTreeSet::new();
    for (function, triggers) in triggers() {
        let http = triggers.iter().filter(|trigger| value(trigger, "Type") == "HttpApi");
        deployed.extend(http.map(|trigger| (route(trigger), function.to_owned())));
    }
    let answered: BTreeSet<(String, String)> =
        gateway::routes().into_iter().map(|(route, function)| (route.to_owned(), format!("{function:?}"))).collect();
    assert_eq!(deployed, answered);
}

#[test]
fn each_route_is_authorized_as_it_is_locally() {
    let auth = below(&properties("Api"), "Auth");
    assert_eq!(value(&auth, "DefaultAuthorizer"), "Jwt");
    let all = triggers();
    let http = all.values().flatten().filter(|trigger| value(trigger, "Type") == "HttpApi");
    let deployed: BTreeMap<String, Authorizer> = http
        .map(|trigger| {
            let authorizer = match anywhere(trigger, "Authorizer") {
                None => Authorizer::Jwt,
                Some("NONE") => Authorizer::None,
                Some("Keys") => Authorizer::Keys,
                Some(other) => panic!("{}: there is no authorizer {other}", route(trigger)),
            };
            (route(trigger), authorizer)
        })
        .collect();
    let local = gateway::routes().into_iter();
    let local = local.map(|(route, function)| (route.to_owned(), gateway::authorizer(route, function)));
    assert_eq!(deployed, local.collect());
    let open: Vec<_> = deployed.iter().filter(|(_, by)| **by == Authorizer::None).map(|(route, _)| route).collect();
    assert_eq!(
        open,
        ["GET /docs", "GET /health", "GET /openapi.json"],
        "what wants neither token nor key tells nothing of any tenant"
    );
}

#[test]
fn a_revoked_key_ends_within_a_minute() {
    let keys = below(&below(&below(&properties("Api"), "Auth"), "Authorizers"), "Keys");
    assert_eq!(anywhere(&keys, "ReauthorizeEvery"), Some("60"));
    assert_eq!(anywhere(&keys, "FunctionArn"), Some("!GetAtt Authorize.Arn"));
    assert_eq!(
        (anywhere(&keys, "EnableSimpleResponses"), anywhere(&keys, "AuthorizerPayloadFormatVersion")),
        (Some("true"), Some("2.0"))
    );
}

#[test]
fn the_table_has_the_keys_that_the_code_writes() {
    let table = properties("Table");
    assert_eq!(schema(&below(&table, "KeySchema")), [(PK, "HASH"), (SK, "RANGE")]);
    let indexes = below(&table, "GlobalSecondaryIndexes");
    let index_names: Vec<&str> = indexes.iter().copied().filter_map(|line| on_line(line, "IndexName")).collect();
    assert_eq!(index_names, [BY_TIME]);
    assert_eq!(schema(&indexes), [(PK, "HASH"), (LISTED, "RANGE")]);
    assert_eq!(anywhere(&indexes, "ProjectionType"), Some("KEYS_ONLY"));
    let attributes: BTreeSet<(&str, &str)> = below(&table, "AttributeDefinitions")
        .into_iter()
        .filter_map(|line| on_line(line, "AttributeName").zip(on_line(line, "AttributeType")))
        .collect();
    assert_eq!(attributes, BTreeSet::from([(PK, "S"), (SK, "S"), (LISTED, "S")]));
    let expiry = value(&table, "TimeToLiveSpecification");
    assert_eq!((on_line(expiry, "AttributeName"), on_line(expiry, "Enabled")), (Some(EXPIRES), Some("true")));
}

#[test]
fn the_queues_give_a_message_as_many_tries_as_the_local_ones() {
    let queues = [
        ("ClassifyQueue", "ClassifyDlq", CLASSIFY),
        ("NightQueue", "NightDlq", NIGHT),
        ("TransferQueue", "TransferDlq", TRANSFER),
        ("DeliverQueue", "DeliverDlq", DELIVER),
    ];
    for (queue, dlq, rules) in queues {
        let redrive = value(&properties(queue), "RedrivePolicy");
        let tries = on_line(redrive, "maxReceiveCount").and_then(|count| count.parse().ok());
        assert_eq!(tries, Some(rules.deliveries), "{queue}");
        assert_eq!(on_line(redrive, "deadLetterTargetArn"), Some(format!("!GetAtt {dlq}.Arn").as_str()), "{queue}");
        assert_eq!(value(&resource(dlq), "Type"), "AWS::SQS::Queue");
    }
}

#[test]
fn a_message_is_hidden_for_six_times_as_long_as_its_function_may_take() {
    let own = [("TransferQueue", "Transfer"), ("DeliverQueue", "Deliver")];
    for (queue, function) in [("ClassifyQueue", "Classify"), ("NightQueue", "Optimize")].into_iter().chain(own) {
        let seconds = |resource: &str, key: &str| value(&properties(resource), key).parse::<u32>().expect("seconds");
        assert_eq!(seconds(queue, "VisibilityTimeout"), 6 * seconds(function, "Timeout"), "{queue}");
    }
}

#[test]
fn batches_are_as_large_as_the_local_ones() {
    let batch = |function: &str, event: &str| {
        let trigger = below(&below(&properties(function), "Events"), event);
        anywhere(&trigger, "BatchSize").map(str::to_owned)
    };
    assert_eq!(batch("Classify", "Batch").as_deref(), Some("10"));
    assert_eq!(batch("Optimize", "Scope").as_deref(), Some("1"));
    assert_eq!(batch("Transfer", "Turn").as_deref(), Some("1"));
    assert_eq!(batch("Deliver", "Batch").as_deref(), Some("10"));
}

#[test]
fn files_of_transfers_lapse_when_the_answers_say() {
    let rules = below(&properties("Bucket"), "LifecycleConfiguration");
    let at = rules.iter().position(|line| on_line(line, "Prefix") == Some("transfers/")).expect("a rule for them");
    let days = rules[at..].iter().find_map(|line| on_line(line, "ExpirationInDays")).expect("days");
    assert_eq!(days.parse::<i64>().ok(), Some(memorable::transfer::FILES_KEPT.as_hours() / 24));
}

#[test]
fn every_variable_of_the_template_is_one_that_the_code_reads() {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_ours = |word: &&str| word.starts_with("MEMORABLE_");
    let deployed: BTreeSet<&str> = TEMPLATE.split(|c: char| !is_part(c)).filter(is_ours).collect();
    // As a text of its own: what stands in backquotes is documentation.
    let read: BTreeSet<&str> = CONFIG.split('"').filter(is_ours).collect();
    assert!(deployed.len() > 5, "{deployed:?}");
    let unread: Vec<_> = deployed.difference(&read).collect();
    assert!(unread.is_empty(), "template.yaml sets {unread:?}, which shared/src/config.rs does not read");
    for needed in ["MEMORABLE_TABLE", "MEMORABLE_BUCKET"] {
        assert!(deployed.contains(needed), "{needed} is needed by every function");
    }
}

#[test]
fn the_stream_tells_keys_only_and_wakes_deliver_for_the_outbox_only() {
    let stream = value(&properties("Table"), "StreamSpecification");
    assert_eq!(on_line(stream, "StreamViewType"), Some("KEYS_ONLY"), "no text of a memory is in the stream");
    let outbox = below(&below(&properties("Deliver"), "Events"), "Outbox");
    let pattern = anywhere(&outbox, "Pattern").expect("a filter");
    let pattern: Value = serde_json::from_str(pattern).expect("JSON");
    assert_eq!(pattern["dynamodb"]["Keys"]["pk"]["S"][0]["prefix"], OUTBOX);
    let filtered: deliver::Event = serde_json::from_str(STREAM_EVENT).expect("an event of deliver");
    let deliver::Event::Stream(event) = filtered else { panic!("{filtered:?}") };
    assert!(event.records.iter().all(|record| record.dynamodb.keys.pk.text.starts_with(OUTBOX)));
}

#[test]
fn deliver_can_read_no_memory() {
    let statements = properties("DeliverRole");
    let keys = anywhere(&statements, "dynamodb:LeadingKeys").expect("a condition");
    assert!(keys.starts_with('['), "{keys}");
    let line = statements.iter().find(|line| line.contains("dynamodb:LeadingKeys")).expect("a line");
    // Partitions of scopes have a slash, and begin with none of these.
    assert!(line.contains(r#"["outbox#*", "webhooks#*", registry]"#), "{line}");
}

#[test]
fn the_schedules_input_begins_the_night() {
    let night = below(&below(&properties("Optimize"), "Events"), "Night");
    assert_eq!(value(&night, "Type"), "ScheduleV2");
    let input = anywhere(&night, "Input").expect("an input");
    let schedule: optimize::Schedule = serde_json::from_str(input).expect("what optimize takes");
    assert_eq!(schedule, optimize::Schedule { schedule: "night".to_owned(), date: None });
    let event: optimize::Event = serde_json::from_str(input).expect("an event of optimize");
    assert!(matches!(event, optimize::Event::Schedule(_)), "{event:?}");
    let [input, file] = [input, SCHEDULE_EVENT].map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
    assert_eq!(input, file, "events/optimize-schedule.json is what the schedule sends");
}

#[test]
fn only_deliver_may_put_events_and_only_on_the_bus_that_is_named() {
    let policy = resource("TellBus");
    assert_eq!((value(&policy, "Condition"), value(&resource("TellBus"), "Type")), ("HasEventBus", "AWS::IAM::Policy"));
    let all = template();
    let events: Vec<&str> = all.iter().map(|line| pair(line).1).filter(|value| value.contains("events:")).collect();
    assert_eq!(
        events,
        [
            "events:PutEvents",
            "!Sub arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${EventBusName}"
        ]
    );
    assert_eq!(value(&properties("TellBus"), "Roles"), "[!Ref DeliverRole]");
}

/// Roles of a policy, from `[!Ref A, !Ref B]`.
fn roles(policy: &str) -> BTreeSet<&'static str> {
    value(&properties(policy), "Roles")
        .split(['[', ',', ']'])
        .filter_map(|role| role.trim().strip_prefix("!Ref "))
        .collect()
}

#[test]
fn a_profile_lets_each_function_ask_the_models_that_its_routes_may_name() {
    let by_profile = roles("UseBedrockByProfile");
    for by_route in ["EmbedWithBedrock", "UseBedrock", "ChatWithBedrock"] {
        let wanted = roles(by_route);
        assert!(!wanted.is_empty(), "{by_route}");
        assert!(wanted.is_subset(&by_profile), "{by_route}: {wanted:?}, by profile only {by_profile:?}");
    }
}

#[test]
fn recall_knows_of_each_route_that_another_function_asks_by() {
    let routes = |function: &str| -> BTreeSet<&'static str> {
        let variables = below(&below(&properties(function), "Environment"), "Variables");
        names(&variables).into_iter().filter(|name| name.starts_with("MEMORABLE_ROUTE_")).collect()
    };
    let told = routes("Recall");
    for function in ["Classify", "Chat", "Optimize"] {
        let asked = routes(function);
        assert!(!asked.is_empty() && asked.is_subset(&told), "{function}: {asked:?}, told {told:?}");
    }
}

#[test]
fn each_function_that_spends_on_models_has_its_log_watched_for_spent_budgets() {
    for role in roles("UseBedrockByProfile") {
        let function = role.strip_suffix("Role").expect("a role's name");
        let filter = resource(&format!("{function}BudgetsFilter"));
        assert_eq!(value(&filter, "Condition"), "HasBudgets");
        let filter = properties(&format!("{function}BudgetsFilter"));
        assert_eq!(value(&filter, "LogGroupName"), format!("!Ref {function}Logs"));
        assert!(value(&filter, "FilterPattern").contains("$.fields.event = \"budget_*\""));
    }
}
