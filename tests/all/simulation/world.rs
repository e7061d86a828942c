//! A house with several containers, and what is done to it: a step at a time, some of them crashing on their way.

use std::sync::{Arc, Mutex};

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use jiff::SignedDuration;
use memorable::app::App;
use memorable::aws::queue::NightMessage;
use memorable::memory::{Scope, Tenant, Time};
use memorable::night::Settings;
use memorable_local::House;
use memorable_local::aws::faults::{Fault, Faults};
use serde_json::{Value, json};

use super::model::{Event, Life, Said, Slot, after_all};
use super::seam::{Clock, Hang, Rng, Seam, Task, lock, together};
use crate::support::{self, Call};

/// Tenants, by their tokens, and scopes; two tenants have one of the same name.
pub const SCOPES: [(&str, &str); 3] = [("local", "user:alice"), ("local", "user:ben"), ("other", "user:alice")];
const CONTAINERS: usize = 3;

/// One Lambda container: its own cache, and a seam of its own where it can be hurt.
pub struct Container {
    pub app: App,
    faults: Faults,
    seam: Seam,
}

/// How an operation is hurt.
#[derive(Clone, Copy, Debug)]
pub enum Crash {
    Fails(u64, Fault),
    Hangs(Hang),
    /// Dropped after so many polls.
    Dropped(usize),
}

/// What is asked of one memory.
#[derive(Clone, Debug)]
pub enum Asked {
    Store { expires: Option<Time>, returns: bool },
    Revise { text: usize, expires: Option<Option<Time>> },
    Forget,
}

#[derive(Clone, Debug)]
pub enum Op {
    /// A write, and what it asks of which memory.
    Write(Call, Vec<(usize, Asked)>),
    /// A key used again for something else.
    Clash(Call),
    /// A recall over these scopes; the memory whose word it asks for.
    Recall(Call, Vec<usize>, usize),
    Classify(Vec<SqsMessage>),
    Night(usize),
    Flush(usize),
}

/// What came of it.
#[derive(Debug)]
pub enum Done {
    Http(u16, Value),
    /// How many messages failed, and why.
    Worked(usize, String),
}

/// A write that was made, to be made again.
#[derive(Clone, Debug)]
pub struct Made {
    pub token: &'static str,
    pub key: Option<String>,
    pub slots: Vec<usize>,
    pub expires: Option<Time>,
}

pub struct World {
    pub seed: u64,
    pub house: House,
    pub containers: Vec<Container>,
    pub clock: Arc<Mutex<Clock>>,
    pub now: Time,
    pub slots: Vec<Slot>,
    pub made: Vec<Made>,
    pub messages: Vec<SqsMessage>,
    /// Who read an index, when, and the objects it named, which are not fetched yet.
    pub readers: Vec<(Time, usize, Vec<String>)>,
    /// Each scope's objects and manifest, as they were after the last step.
    pub objects: Vec<(Vec<String>, memorable::index::Manifest)>,
    pub log: Vec<String>,
    /// How many segments were put in all.
    pub segments: usize,
    /// Whether its batches are large enough for flushes.
    pub is_big: bool,
}

impl World {
    pub async fn new(seed: u64) -> World {
        // Every other world maps scopes of six memories as if they were large.
        let settings = if seed % 2 == 1 { vec![("MEMORABLE_ATLAS_FROM", "5")] } else { vec![] };
        let house = support::house_with(&settings).await;
        if seed % 4 == 2 {
            // Whatever is a day old goes to the cold tier.
            let settings = Settings { cold_after_days: Some(1), cold_below: Some(2.0), ..Settings::default() };
            for tenant in ["local", "other"] {
                let tenant = Tenant::parse(tenant).expect("a tenant");
                house.app.records.put_settings(&tenant, &settings).await.expect("settings");
            }
        }
        let now: Time = "2100-01-01T12:00:00Z".parse().expect("a time");
        let clock = Arc::new(Mutex::new(Clock { now, put_at: std::collections::HashMap::new() }));
        let containers = (0..CONTAINERS).map(|_| container(&house, &clock)).collect();
        World {
            seed,
            house,
            containers,
            clock,
            now,
            slots: Vec::new(),
            made: Vec::new(),
            messages: Vec::new(),
            readers: Vec::new(),
            objects: vec![Default::default(); SCOPES.len()],
            log: Vec::new(),
            segments: 0,
            is_big: seed.is_multiple_of(8),
        }
    }

    pub fn move_on(&mut self, by: SignedDuration) {
        self.now = self.now.plus(by);
        lock(&self.clock).now = self.now;
    }

    /// Does the operations at once, each on a container of its own, hurt as planned; the model follows. Gives the
    /// recalls that were answered, and whether nothing was lost.
    pub async fn perform(
        &mut self,
        rng: &mut Rng,
        ops: Vec<(Op, Option<Crash>)>,
    ) -> Result<(Vec<(Op, Value)>, bool), String> {
        let at_once = ops.len() > 1;
        let first = rng.below(CONTAINERS);
        let mut tasks = Vec::new();
        for (i, (op, crash)) in ops.iter().enumerate() {
            let container = &self.containers[(first + i) % CONTAINERS];
            container.faults.reset();
            let paced = at_once || matches!(crash, Some(Crash::Dropped(_)));
            let paces = paced.then(|| Rng::new(rng.next(), 0));
            let hang = if let Some(Crash::Hangs(hang)) = crash { Some(*hang) } else { None };
            container.seam.plan(hang, paces);
            if let Some(Crash::Fails(nth, fault)) = crash {
                container.faults.fail_nth(*nth, *fault);
            }
            let polls = if let Some(Crash::Dropped(polls)) = crash { Some(*polls) } else { None };
            let future = Box::pin(run(&self.house, container.app.clone(), op, self.now));
            tasks.push(Task { future, seam: container.seam.clone(), polls });
        }
        let done = together(rng, tasks).await;
        let mut events: Vec<(usize, Event)> = Vec::new();
        let mut recalls = Vec::new();
        let mut is_whole = true;
        for (i, ((op, crash), done)) in ops.into_iter().zip(done).enumerate() {
            let place = (first + i) % CONTAINERS;
            self.containers[place].seam.plan(None, None);
            self.containers[place].faults.reset();
            is_whole &= !self.is_lost(crash, done.as_ref());
            if done.is_none() && rng.chance(50) {
                self.containers[place] = container(&self.house, &self.clock);
            }
            self.note(rng, op, crash.is_some(), done, &mut events, &mut recalls)?;
        }
        self.follow(&events)?;
        Ok((recalls, is_whole))
    }

    fn is_lost(&self, crash: Option<Crash>, done: Option<&Done>) -> bool {
        let failed = match done {
            None => true,
            Some(Done::Http(status, _)) => matches!(status, 429 | 503),
            Some(Done::Worked(failed, _)) => *failed > 0,
        };
        crash.is_some() && failed
    }

    /// Writes down what an operation means for the memories.
    fn note(
        &mut self,
        rng: &mut Rng,
        op: Op,
        may_fail: bool,
        done: Option<Done>,
        events: &mut Vec<(usize, Event)>,
        recalls: &mut Vec<(Op, Value)>,
    ) -> Result<(), String> {
        let lost = match &done {
            None => true,
            Some(Done::Http(status, _)) => may_fail && matches!(status, 429 | 503),
            Some(Done::Worked(failed, _)) => may_fail && *failed > 0,
        };
        match (op, done) {
            (Op::Write(_, asked), done) => {
                let answer = match &done {
                    Some(Done::Http(_, answer)) if !lost => Some(answer),
                    _ => None,
                };
                for (place, (slot, asked)) in asked.iter().enumerate() {
                    let (said, id) = read(asked, done.as_ref().filter(|_| !lost), place)
                        .ok_or_else(|| format!("an answer that cannot be: {asked:?} of {slot} gave {done:?}"))?;
                    if let Some(id) = id.filter(|_| answer.is_some()) {
                        let known = self.slots[*slot].id.get_or_insert(id.clone());
                        if *known != id {
                            return Err(format!("memory {slot} is {known}, and now {id}"));
                        }
                    }
                    events.push((*slot, event(asked, said)));
                }
            }
            (Op::Clash(_), Some(Done::Http(409, _))) => {}
            (Op::Clash(_), done) if !lost => return Err(format!("a key was used for two contents: {done:?}")),
            (Op::Recall(call, scopes, wanted), Some(Done::Http(200, answer))) => {
                recalls.push((Op::Recall(call, scopes, wanted), answer));
            }
            (Op::Night(scope), done) => {
                let ended = matches!(done, Some(Done::Worked(0, _)));
                if !ended && !lost {
                    return Err(format!("a night failed: {}", told(done.as_ref())));
                }
                let of_scope = self.slots.iter().filter(|slot| slot.scope == scope);
                events.extend(of_scope.map(|slot| (slot.number, Event::Night { ended })));
            }
            (Op::Classify(messages), Some(Done::Worked(0, _))) => {
                // Now and then a message comes once more, though it is done.
                let done: Vec<_> =
                    messages.into_iter().filter(|_| rng.chance(75)).filter_map(|message| message.message_id).collect();
                self.messages.retain(|message| !message.message_id.as_ref().is_some_and(|id| done.contains(id)));
            }
            (_, Some(Done::Worked(0, _))) => {}
            (_, done) if !lost => {
                return Err(format!("it failed, though nothing was in its way: {}", told(done.as_ref())));
            }
            _ => {}
        }
        Ok(())
    }

    fn follow(&mut self, events: &[(usize, Event)]) -> Result<(), String> {
        let now = self.now;
        for slot in &mut self.slots {
            let own: Vec<Event> = events.iter().filter(|(of, _)| *of == slot.number).map(|(_, e)| e.clone()).collect();
            let next = after_all(&slot.may_be, &own, now);
            if next.is_empty() {
                return Err(format!("memory {} was {:?}: these cannot be: {own:?}", slot.number, slot.may_be));
            }
            slot.may_be = next;
        }
        Ok(())
    }

    /// Takes what waits in the queue; a few messages are lost, as if the queue had given them up.
    pub async fn receive(&mut self, rng: &mut Rng) {
        let taken = crate::queue::take_messages(&self.house).await;
        self.messages.extend(taken.into_iter().filter(|_| !rng.chance(4)));
    }

    pub fn call(&self, scope: usize, method: &'static str, path: &str, body: Value) -> Call {
        let (token, subject) = SCOPES[scope];
        let path = if method == "POST" { path.to_owned() } else { format!("{path}?scope={subject}") };
        Call { token, method, path, key: None, body }
    }

    /// A write of the given memories, again or for the first time.
    pub fn store(&self, made: &Made, expires: Option<Time>) -> Op {
        let item = |slot: &usize| self.slots[*slot].item(SCOPES[self.slots[*slot].scope].1, expires);
        let items: Vec<Value> = made.slots.iter().map(item).collect();
        let call = self.call(0, "POST", "/v1/memories", json!({ "items": items }));
        let asked = |slot: &usize| (*slot, Asked::Store { expires, returns: self.slots[*slot].returns });
        let asked = made.slots.iter().map(asked).collect();
        Op::Write(Call { token: made.token, key: made.key.clone(), ..call }, asked)
    }

    /// Memories nobody knows of yet.
    pub fn fresh(&mut self, rng: &mut Rng, scopes: &[usize], count: usize, is_keyed: bool) -> Vec<usize> {
        let mut slots = Vec::new();
        for _ in 0..count {
            let number = self.slots.len();
            let occurred_at = rng.chance(25).then(|| format!("2099-12-{:02}T08:00:00Z", 1 + rng.below(28)));
            self.slots.push(Slot {
                number,
                scope: scopes[rng.below(scopes.len())],
                id: None,
                may_be: vec![Life::Absent],
                returns: !is_keyed && occurred_at.is_none(),
                texts: 1,
                occurred_at,
                session: rng.chance(50).then(|| format!("s{}", rng.below(2))),
            });
            slots.push(number);
        }
        slots
    }
}

pub fn scope(place: usize) -> Scope {
    let (tenant, subject) = SCOPES[place];
    Scope::parse(&Tenant::parse(tenant).expect("a tenant"), subject).expect("a scope")
}

/// A new container over the house's AWS: nothing cached, nothing remembered. The SDK's own retries are off, so that
/// every fault reaches our code and no pause depends on the wall clock.
fn container(house: &House, clock: &Arc<Mutex<Clock>>) -> Container {
    let faults = Faults::new(house.sdk.http_client().expect("the house's AWS"));
    let seam = Seam::new(faults.http_client(), Arc::clone(clock));
    let sdk = house.sdk.clone().into_builder().retry_config(RetryConfig::disabled());
    let app = App::over(house.app.config.clone(), seam.http_client(), sdk).expect("a container");
    Container { app, faults, seam }
}

async fn run(house: &House, app: App, op: &Op, now: Time) -> Done {
    match op {
        Op::Write(call, _) | Op::Clash(call) | Op::Recall(call, _, _) => {
            let (status, answer) = support::call_at(house, &app, now, call).await;
            Done::Http(status, answer)
        }
        Op::Classify(messages) => {
            let mut event = SqsEvent::default();
            event.records.clone_from(messages);
            let failed = classify::handle_at(&app, event, now).await.batch_item_failures;
            Done::Worked(failed.len(), format!("of {}", messages.len()))
        }
        Op::Night(of) => {
            let mut message = SqsMessage::default();
            message.body = serde_json::to_string(&NightMessage::of(&scope(*of), now.date(), now)).ok();
            let mut event = SqsEvent::default();
            event.records.push(message);
            match optimize::handle_at(&app, optimize::Event::Queue(event), now).await {
                Ok(optimize::Answer::Worked(response)) => {
                    Done::Worked(response.batch_item_failures.len(), String::new())
                }
                other => Done::Worked(1, format!("{other:?}")),
            }
        }
        Op::Flush(of) => match memorable::classify::flush(&app, &scope(*of), now).await {
            Ok(_) => Done::Worked(0, String::new()),
            Err(error) => Done::Worked(1, error.to_string()),
        },
    }
}

fn event(asked: &Asked, said: Said) -> Event {
    match asked {
        Asked::Store { expires, returns } => Event::Store { expires: *expires, returns: *returns, said },
        Asked::Revise { text, expires } => Event::Revise { text: *text, expires: *expires, said },
        Asked::Forget => Event::Forget { said },
    }
}

fn told(done: Option<&Done>) -> String {
    match done {
        Some(Done::Http(status, answer)) => format!("{status} {answer}"),
        Some(Done::Worked(failed, why)) => format!("{failed} messages failed {why}"),
        None => "dropped".to_owned(),
    }
}

/// What an answer says of the memory in that place of the call, and its id. None for an answer that must not be.
fn read(asked: &Asked, done: Option<&Done>, place: usize) -> Option<(Said, Option<String>)> {
    let Some(Done::Http(status, answer)) = done else { return Some((Said::Unknown, None)) };
    let memory = &answer["memories"][place];
    let id = || memory["id"].as_str().map(str::to_owned);
    match (asked, status) {
        (Asked::Store { .. } | Asked::Revise { .. }, 202) => {
            let said = match (memory["state"].as_str()?, memory["repeated"].as_bool()) {
                ("forgotten", _) => Said::StaysForgotten,
                (_, Some(true)) => Said::Repeated,
                ("pending", None) => Said::Done,
                _ => return None,
            };
            Some((said, Some(id()?)))
        }
        (Asked::Forget, 200) => (answer["state"] == "forgotten").then_some((Said::Done, None)),
        (Asked::Revise { .. } | Asked::Forget, 404) => Some((Said::NotFound, None)),
        _ => None,
    }
}

impl Op {
    /// In short, for whoever reads a failure.
    pub fn short(&self) -> String {
        match self {
            Op::Write(call, asked) => {
                let of: Vec<String> = asked.iter().map(|(slot, _)| slot.to_string()).collect();
                let first = asked.first().map(|(_, asked)| format!("{asked:?}")).unwrap_or_default();
                let key = call.key.as_deref().map(|key| format!(" by {key}")).unwrap_or_default();
                format!("{first} of {}{key}", of.join(","))
            }
            Op::Clash(call) => format!("another content for {}", call.key.as_deref().unwrap_or_default()),
            Op::Recall(_, scopes, wanted) => format!("recall of {wanted} in {scopes:?}"),
            Op::Classify(messages) => format!("classify {} messages", messages.len()),
            Op::Night(scope) => format!("night of {scope}"),
            Op::Flush(scope) => format!("flush of {scope}"),
        }
    }
}
