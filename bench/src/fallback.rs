//! Conversations while their models fail in turn: is every message answered, and how soon?

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use memorable::error::{Error, Result};
use memorable_local::House;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::scripted::{Answer, Asked, Scripted, Then};
use crate::talk::{call, house, quantile, say};

/// All models of a chain together may take so long.
const DEADLINE_MS: f64 = 22_000.0;
/// What storing and reading may take beside that, on a busy machine.
const BESIDE_MS: f64 = 8_000.0;
const ROUTE: &str = "ollama:first,ollama:second,bedrock:amazon.nova-lite-v1:0";

/// What goes wrong, and with whom: a bit for each model of the chain. Each begins anew, with nothing known of any model.
const PHASES: [(&str, u8, Fault); 7] = [
    ("all well", 0b000, Fault::None),
    ("first: status 500", 0b001, Fault::Status500),
    ("first: busy (429)", 0b001, Fault::Busy),
    ("first, second: break off", 0b011, Fault::Cut),
    ("first: nonsense", 0b001, Fault::Nonsense),
    ("first: silent", 0b001, Fault::Silent),
    ("all: status 500", 0b111, Fault::Status500),
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

/// The models of a phase, and how often each was asked.
#[derive(Debug, Clone)]
struct Models {
    who: u8,
    fault: Fault,
    asked: Arc<[AtomicUsize; 3]>,
}

impl Models {
    fn answer(&self, asked: &Asked) -> Answer {
        let is_bedrock = asked.what.contains("/model/");
        let place = if is_bedrock {
            2
        } else if asked.body.contains("\"first\"") {
            0
        } else {
            1
        };
        self.asked[place].fetch_add(1, Ordering::SeqCst);
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
        let fault = if self.who & (1 << place) == 0 { Fault::None } else { self.fault };
        match fault {
            Fault::None => Answer::json(&good),
            Fault::Status500 => Answer::Body(500, "{}".to_owned()),
            Fault::Busy => Answer::Body(429, "{}".to_owned()),
            Fault::Cut => Answer::Pieces("application/json", vec![b"{\"mess".to_vec()], Then::Cut),
            Fault::Nonsense => Answer::Body(200, "{\"message\": 7}".to_owned()),
            Fault::Silent => Answer::Silence,
        }
    }
}

/// How the messages of a phase were answered.
#[derive(Debug, Default)]
struct Answered {
    /// By the first, second and third model, and by memory alone.
    by: [usize; 4],
    milliseconds: Vec<f64>,
    lost: usize,
    late: usize,
}

/// So many conversations, of a message each in each phase. Prints a row for each phase; gives them. An error where a
/// message was lost or late, or where no model was asked that was to fail: then the rest says nothing.
pub async fn measure(conversations: usize) -> Result<Value> {
    println!("{conversations} conversations, a message each in each phase; chain {ROUTE}\n");
    println!(
        "  {:<28} {:>5} {:>6} {:>6} {:>6} {:>7} {:>15} {:>9} {:>9} {:>9}",
        "phase", "sent", "first", "second", "third", "memory", "calls", "p50 ms", "p95 ms", "max ms"
    );
    let (mut rows, mut lost, mut late, mut kept, mut unasked) = (Vec::new(), 0, 0, 0, Vec::new());
    for (name, who, fault) in PHASES {
        let models = Models { who, fault, asked: Arc::default() };
        let script = models.clone();
        let server = Scripted::start(move |asked| script.answer(asked)).await;
        let house = Arc::new(house(ROUTE, &server, &server).await?);
        let Answered { by, mut milliseconds, lost: lost_now, late: late_now } = phase(&house, conversations).await;
        let (p50, p95) = (quantile(&mut milliseconds, 0.5), quantile(&mut milliseconds, 0.95));
        let most = milliseconds.last().copied().unwrap_or_default();
        let calls: [usize; 3] = std::array::from_fn(|place| models.asked[place].load(Ordering::SeqCst));
        unasked.extend((0..3).any(|place| who & (1 << place) != 0 && calls[place] == 0).then_some(name));
        let [first, second, third, memory] = by;
        let shown = format!("{calls:?}");
        println!(
            "  {name:<28} {conversations:>5} {first:>6} {second:>6} {third:>6} {memory:>7} {shown:>15} {p50:>9.0} {p95:>9.0} {most:>9.0}"
        );
        rows.push(json!({ "phase": name, "first": first, "second": second, "third": third, "memory": memory, "calls": calls, "p50_ms": p50, "p95_ms": p95, "max_ms": most }));
        (lost, late, kept) = (lost + lost_now, late + late_now, kept + turns(&house, conversations).await?);
    }
    let sent = conversations * PHASES.len();
    let within = (DEADLINE_MS + BESIDE_MS) / 1e3;
    println!("\n  messages sent {sent}, unanswered {lost}, answered past {within:.0} s {late}, kept as turns {kept}");
    if (lost, late, kept) != (0, 0, sent) || !unasked.is_empty() {
        return Err(Error::internal(format!("not all were answered in time and kept, or not asked: {unasked:?}")));
    }
    Ok(json!({ "phases": rows, "sent": sent, "unanswered": lost, "late": late, "kept": kept }))
}

/// A message of each conversation, all at once.
async fn phase(house: &Arc<House>, conversations: usize) -> Answered {
    let mut calls = JoinSet::new();
    for conversation in 0..conversations {
        let house = Arc::clone(house);
        calls.spawn(async move {
            let begun = Instant::now();
            let scope = format!("user:talker-{conversation}");
            let text = format!("Message of conversation {conversation}: what did we say about the garden?");
            let answered = say(&house, &scope, "s", &text).await;
            (answered, begun.elapsed().as_secs_f64() * 1e3)
        });
    }
    let mut all = Answered::default();
    while let Some(done) = calls.join_next().await {
        let Ok((Ok((200, answer)), milliseconds)) = done else {
            all.lost += 1;
            continue;
        };
        let place = match answer["model"].as_str() {
            Some("ollama:first") => 0,
            Some("ollama:second") => 1,
            Some(_) => 2,
            None => 3,
        };
        all.by[place] += 1;
        all.late += usize::from(milliseconds > DEADLINE_MS + BESIDE_MS);
        all.milliseconds.push(milliseconds);
    }
    all
}

/// How many messages of users the sessions hold.
async fn turns(house: &House, conversations: usize) -> Result<usize> {
    let mut kept = 0;
    for conversation in 0..conversations {
        let path = format!("/v1/sessions/s?scope=user:talker-{conversation}");
        let (_, answer) = call(house, "GET", &path, &Value::Null).await?;
        let turns = answer["memories"].as_array().into_iter().flatten();
        kept += turns.filter(|turn| turn["role"] == "user").count();
    }
    Ok(kept)
}
