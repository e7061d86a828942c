//! Conversations while their models fail in turn: is every message answered, and how soon?

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Instant;

use memorable::error::Result;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::scripted::{Answer, Asked, Scripted, Then};
use crate::talk::{call, house, quantile, say};

/// All models of a chain together may take so long.
const DEADLINE_MS: f64 = 22_000.0;
/// What storing and reading may take beside that, on a busy machine.
const BESIDE_MS: f64 = 8_000.0;
const ROUTE: &str = "ollama:first,ollama:second,bedrock:amazon.nova-lite-v1:0";

/// What goes wrong, and with whom: a bit for each model of the chain.
const PHASES: [(&str, u8, Fault); 10] = [
    ("all well", 0b000, Fault::None),
    ("first: status 500", 0b001, Fault::Status500),
    ("first: busy (429)", 0b001, Fault::Busy),
    ("first, second: break off", 0b011, Fault::Cut),
    ("all well again", 0b000, Fault::None),
    ("first: nonsense", 0b001, Fault::Nonsense),
    ("second, third: status 500", 0b110, Fault::Status500),
    ("first: silent", 0b001, Fault::Silent),
    ("all: status 500", 0b111, Fault::Status500),
    ("all well at last", 0b000, Fault::None),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    Status500,
    Busy,
    Cut,
    Nonsense,
    Silent,
}

/// Which phase it is, as the models know it.
#[derive(Debug, Clone, Default)]
struct Phase(Arc<AtomicU8>);

impl Phase {
    fn fault(&self, bit: u8) -> Fault {
        let (_, who, fault) = PHASES[usize::from(self.0.load(Ordering::SeqCst))];
        if who & bit == 0 { Fault::None } else { fault }
    }

    fn answer(&self, asked: &Asked) -> Answer {
        let is_bedrock = asked.what.contains("/model/");
        let bit = if is_bedrock {
            0b100
        } else if asked.body.contains("\"first\"") {
            0b001
        } else {
            0b010
        };
        let good = if is_bedrock {
            json!({
                "output": { "message": { "role": "assistant", "content": [{ "text": "From the third." }] } },
                "stopReason": "end_turn",
                "usage": { "inputTokens": 300, "outputTokens": 20, "totalTokens": 320 },
                "metrics": { "latencyMs": 1 },
            })
        } else {
            json!({ "message": { "content": "From here." }, "prompt_eval_count": 300, "eval_count": 20 })
        };
        match self.fault(bit) {
            Fault::None => Answer::json(&good),
            Fault::Status500 => Answer::Body(500, "{}".to_owned()),
            Fault::Busy => Answer::Body(429, "{}".to_owned()),
            Fault::Cut => Answer::Pieces("application/json", vec![b"{\"mess".to_vec()], Then::Cut),
            Fault::Nonsense => Answer::Body(200, "{\"message\": 7}".to_owned()),
            Fault::Silent => Answer::Silence,
        }
    }
}

/// So many conversations, of a message each in each phase. Prints a row for each phase; gives them.
pub async fn measure(conversations: usize) -> Result<Value> {
    let phase = Phase::default();
    let script = phase.clone();
    let models = Scripted::start(move |asked| script.answer(asked)).await;
    let house = Arc::new(house(ROUTE, &models, &models).await?);
    println!("{conversations} conversations, a message each in each phase; chain {ROUTE}\n");
    println!(
        "  {:<28} {:>5} {:>6} {:>6} {:>6} {:>7} {:>9} {:>9} {:>9}",
        "phase", "sent", "first", "second", "third", "memory", "p50 ms", "p95 ms", "max ms"
    );
    let (mut rows, mut lost, mut late) = (Vec::new(), 0, 0);
    for (nth, (name, ..)) in PHASES.iter().enumerate() {
        phase.0.store(u8::try_from(nth).unwrap_or_default(), Ordering::SeqCst);
        let mut calls = JoinSet::new();
        for conversation in 0..conversations {
            let house = Arc::clone(&house);
            calls.spawn(async move {
                let begun = Instant::now();
                let scope = format!("user:talker-{conversation}");
                let text = format!("Message {nth} of conversation {conversation}: what did we say about the garden?");
                let answered = say(&house, &scope, "s", &text).await;
                (answered, begun.elapsed().as_secs_f64() * 1e3)
            });
        }
        let (mut by, mut times) = ([0_usize; 4], Vec::new());
        while let Some(done) = calls.join_next().await {
            let Ok((Ok((200, answer)), milliseconds)) = done else {
                lost += 1;
                continue;
            };
            let place = match answer["model"].as_str() {
                Some("ollama:first") => 0,
                Some("ollama:second") => 1,
                Some(_) => 2,
                None => 3,
            };
            by[place] += 1;
            late += usize::from(milliseconds > DEADLINE_MS + BESIDE_MS);
            times.push(milliseconds);
        }
        let (p50, p95) = (quantile(&mut times, 0.5), quantile(&mut times, 0.95));
        let most = times.last().copied().unwrap_or_default();
        let [first, second, third, memory] = by;
        println!(
            "  {name:<28} {conversations:>5} {first:>6} {second:>6} {third:>6} {memory:>7} {p50:>9.0} {p95:>9.0} {most:>9.0}"
        );
        rows.push(json!({ "phase": name, "first": first, "second": second, "third": third, "memory": memory, "p50_ms": p50, "p95_ms": p95, "max_ms": most }));
    }
    let kept = turns(&house, conversations).await?;
    let expected = conversations * PHASES.len();
    println!(
        "\n  messages sent {expected}, unanswered {lost}, answered past {:.0} s {late}, kept as turns {kept}",
        (DEADLINE_MS + BESIDE_MS) / 1e3
    );
    Ok(json!({ "phases": rows, "sent": expected, "unanswered": lost, "late": late, "kept": kept }))
}

/// How many messages of users the sessions hold.
async fn turns(house: &memorable_local::House, conversations: usize) -> Result<usize> {
    let mut kept = 0;
    for conversation in 0..conversations {
        let path = format!("/v1/sessions/s?scope=user:talker-{conversation}");
        let (_, answer) = call(house, "GET", &path, &Value::Null).await?;
        let turns = answer["memories"].as_array().into_iter().flatten();
        kept += turns.filter(|turn| turn["role"] == "user").count();
    }
    Ok(kept)
}
