//! A route: for one task the chain of models that are asked, one after the other, until one answers.
//!
//! The only place that names a model. A text goes to those models of the chain that its sensitivity allows.

mod best;
mod call;
mod hedge;
mod parse;
mod task;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join;
use tokio::time::{Instant, timeout};

use super::budgets::{Budgets, Purse};
use super::health::Health;
use super::vectors::{self, Vectors};
use super::{MISSING, Model, Place, Prompt, Purpose, Reply, SENT, builtin, prices};
use crate::error::{Error, Result};
use crate::index::{Embedding, Fingerprint, QueryVector};
use crate::memory::{Sensitivity, Tenant, Time};
use crate::receipt::meter;
use call::Clock;
pub use call::ModelCall;
pub use parse::Backends;
pub use task::Task;

/// A call that had less time than this and did not answer says nothing of its model: another one used up the time.
const FAIR_WAIT: Duration = Duration::from_millis(100);
/// Outcome of a call that was not made since the model could not have read all of the prompt.
const NO_ROOM: &str = "context";
/// What a language model has of the time that is left, where others come after it.
const SHARE: f64 = 0.6;

/// One task's chain of models. Made by [`Route::parse`]. Clones share what is known of the models.
#[derive(Debug, Clone)]
pub struct Route {
    task: Task,
    chain: Arc<[Model]>,
    health: Health,
    vectors: Vectors,
    payer: Option<Purse>,
}

/// What is heard of an answer while it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// More of its text.
    Text(String),
    /// What was heard so far is no answer: the model that said it failed, and the next one is asked.
    Void {
        /// Who said it, as routes write it.
        model: String,
        /// What went wrong, in one sentence.
        detail: String,
    },
}

/// Who hears an answer while it is made.
pub type Hear<'a> = &'a (dyn Fn(Heard) + Send + Sync);

/// What a model is sent, for the account of it.
struct Sent<'a> {
    /// How many texts were asked for, with those that were at hand; 1 for a prompt.
    texts: usize,
    /// All that is sent.
    parts: &'a [&'a str],
}

/// A text to embed, and who may see it.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The text.
    pub text: &'a str,
    /// Decides which models of the chain may see it.
    pub sensitivity: Sensitivity,
}

/// What [`Route::embed`] came to.
#[derive(Debug, Clone, Default)]
pub struct Embedded {
    /// One per text, in their order. None where no model may see the text, or where it holds nothing a model knows.
    pub embeddings: Vec<Option<Embedding>>,
    /// Who was asked, in that order.
    pub calls: Vec<ModelCall>,
}

impl Route {
    /// The task.
    pub fn task(&self) -> Task {
        self.task
    }

    /// The models, first asked first.
    pub fn chain(&self) -> &[Model] {
        &self.chain
    }

    /// The same route, by what is known of the models to all routes that share this health.
    #[must_use]
    pub fn watched(self, health: &Health) -> Route {
        Route { health: health.clone(), ..self }
    }

    /// The same route with those of its models that are named here asked first, in this order, and the others after them as
    /// they stood. Names of models that it does not have are passed over: nothing enters a route that way, and sensitivity,
    /// budget and health decide for each model as before. To embed, what first stood before `builtin` still does.
    #[must_use]
    pub fn ordered(&self, names: &[&str]) -> Route {
        let mut chain: Vec<Model> = self.chain.to_vec();
        let place = |model: &Model| {
            let name = model.name();
            names.iter().position(|named| *named == name).unwrap_or(names.len())
        };
        // Sorting is stable, so what is not named keeps its place among its like.
        match chain.iter().position(|model| matches!(model, Model::Builtin)) {
            Some(builtin) => {
                chain[..builtin].sort_by_key(place);
                chain[builtin + 1..].sort_by_key(place);
            }
            None => chain.sort_by_key(place),
        }
        Route { chain: chain.into(), ..self.clone() }
    }

    /// The same route at that tenant's expense: what has a price is asked only while its budget for the task lasts.
    #[must_use]
    pub fn paid_by(&self, budgets: &Budgets, tenant: &Tenant, now: Time) -> Route {
        Route { payer: Some(budgets.purse(tenant, now)), ..self.clone() }
    }

    /// Whether it names no model at all.
    pub fn is_empty(&self) -> bool {
        self.chain.is_empty()
    }

    /// Whether the first model is in this process, so that it can wait for the index without a connection's delay: with
    /// who speaks known, a query is embedded without names, and better.
    pub fn is_in_process(&self) -> bool {
        self.chain.first().is_some_and(|model| model.place() == Place::Process)
    }

    /// The model whose vectors are wanted best: what has another's was embedded when that one was away or too slow. None
    /// for a route that names no model.
    pub fn first(&self) -> Option<Fingerprint> {
        self.chain.first().map(Model::fingerprint)
    }

    /// Whether entries may have vectors of a model beside the builtin one's, as `embed_query` has.
    pub fn has_another_than_builtin(&self) -> bool {
        self.chain.iter().any(|model| !matches!(model, Model::Builtin))
    }

    /// Vectors to store. Never fails: what no model embeds in time has none, or the builtin one.
    ///
    /// Each model is asked once, for the texts that it may see and that no earlier one embedded; it has what is left
    /// of the deadline. The builtin model takes no time worth counting and answers past the deadline too.
    pub async fn embed(&self, texts: &[Text<'_>], deadline: Duration) -> Embedded {
        let clock = Clock::start(deadline);
        let mut embedded = Embedded { embeddings: vec![None; texts.len()], calls: Vec::new() };
        for model in self.chain.iter() {
            let open: Vec<usize> = (0..texts.len())
                .filter(|&i| embedded.embeddings[i].is_none() && may_ask(model, texts[i].text, texts[i].sensitivity))
                .collect();
            if open.is_empty() {
                continue;
            }
            let asked: Vec<&str> = open.iter().map(|&i| texts[i].text).collect();
            if matches!(model, Model::Builtin) {
                embedded
                    .calls
                    .push(self.builtin(&asked, |text| embedded.embeddings[open[text]] = builtin::embed(asked[text])));
                continue;
            }
            let (vectors, call) = self.vectors(model, &asked, Purpose::Store, &clock).await;
            embedded.calls.push(call);
            for ((i, text), vector) in open.iter().zip(&asked).zip(vectors) {
                // These models answer unit vectors whatever a text's length. In the sum of a window a longer text shall
                // have the larger share, as with the builtin model, whose sums grow with about the root of the tokens
                // summed.
                let weight = (builtin::count_tokens(text).max(1) as f32).sqrt();
                embedded.embeddings[*i] =
                    vector.and_then(|vector| Embedding::new(model.fingerprint(), weight, &vector));
            }
        }
        embedded
    }

    /// Vectors to search with: of the first model in the chain that answers, and always the builtin one, so that what
    /// was embedded by the fallback is found too. At most one per fingerprint. None at all for a text no model may see.
    pub async fn embed_query(
        &self,
        text: &str,
        sensitivity: Sensitivity,
        deadline: Duration,
    ) -> (Vec<QueryVector>, Vec<ModelCall>) {
        let clock = Clock::start(deadline);
        let (mut vectors, mut calls) = (Vec::new(), Vec::new());
        let before_builtin = self.chain.iter().take_while(|model| !matches!(model, Model::Builtin));
        for model in before_builtin.filter(|model| may_ask(model, text, sensitivity)) {
            let (answer, call) = self.vectors(model, &[text], Purpose::Search, &clock).await;
            calls.push(call);
            if let Some(vector) = answer.into_iter().flatten().next() {
                let vector = QueryVector::new(model.fingerprint(), vector.to_vec());
                // Those that are loaded from a folder are of MiniLM's class.
                vectors.push(if model.place() == Place::Process { vector.familiar() } else { vector });
                break;
            }
        }
        if Model::Builtin.place().may_see(sensitivity) {
            calls.push(self.builtin(&[text], |_| vectors.push(builtin::embed_query(text))));
        }
        (vectors, calls)
    }

    /// What the first model that answers so that `parse` takes it says. None where none does, or none may be asked.
    ///
    /// The prompt counts as a text of that sensitivity: give the closed-most of all that is in it.
    pub async fn converse<T>(
        &self,
        prompt: &Prompt,
        sensitivity: Sensitivity,
        deadline: Duration,
        parse: impl Fn(&Reply) -> Result<T>,
    ) -> (Option<T>, Vec<ModelCall>) {
        self.converse_aloud(prompt, sensitivity, deadline, None, parse).await
    }

    /// The same, while `hear` is told what is said as it is said. What a model that failed said before is void, and only
    /// what the answer comes to is an answer.
    pub async fn converse_aloud<T>(
        &self,
        prompt: &Prompt,
        sensitivity: Sensitivity,
        deadline: Duration,
        hear: Option<Hear<'_>>,
        parse: impl Fn(&Reply) -> Result<T>,
    ) -> (Option<T>, Vec<ModelCall>) {
        let clock = Clock::start(deadline);
        let mut calls = Vec::new();
        let mut allowed: Vec<&Model> = Vec::with_capacity(self.chain.len());
        for model in self.chain.iter().filter(|model| may_ask(model, &prompt.user, sensitivity)) {
            let no_room = if let Model::Ollama(served) = model { served.lacks_room(prompt) } else { None };
            match no_room {
                Some(detail) => calls.push(ModelCall::new(self.task, model, 1).skipped(NO_ROOM, detail)),
                None => allowed.push(model),
            }
        }
        for (nth, model) in allowed.iter().copied().enumerate() {
            // One that is silent must leave time to those after it.
            let clock = if nth + 1 < allowed.len() { clock.share(SHARE) } else { clock };
            let was_heard = AtomicBool::new(false);
            let reply = async {
                let reply = match hear {
                    None => model.converse(prompt).await?,
                    Some(hear) => {
                        let say = |text: &str| {
                            was_heard.store(true, Ordering::Relaxed);
                            hear(Heard::Text(text.to_owned()));
                        };
                        model.converse_aloud(prompt, &say).await?
                    }
                };
                Ok(((reply.tokens_in, reply.tokens_out), reply))
            };
            let once = AtomicBool::new(false);
            // In a box, as calls of models nest deep enough already for a thread's stack.
            let sent = Sent { texts: 1, parts: &[&prompt.system, &prompt.user] };
            let (answer, call) = Box::pin(self.ask(model, &sent, &clock, reply, |reply| parse(&reply), &once)).await;
            if let Some(hear) = hear
                && answer.is_none()
                && was_heard.load(Ordering::Relaxed)
            {
                let detail = call.detail.clone().unwrap_or_else(|| call.outcome.to_owned());
                hear(Heard::Void { model: call.model.clone(), detail });
            }
            calls.push(call);
            if answer.is_some() {
                return (answer, calls);
            }
        }
        (None, calls)
    }

    /// Asks one model, unless it is left alone or no time is left, and keeps account of it.
    ///
    /// `work` gives the tokens in and out with the answer, which counts as paid for also where `read` refuses it.
    /// `was_hedged` says, in the end, whether it asked twice.
    async fn ask<R, T>(
        &self,
        model: &Model,
        sent: &Sent<'_>,
        clock: &Clock,
        work: impl Future<Output = Result<((u32, u32), R)>>,
        read: impl FnOnce(R) -> Result<T>,
        was_hedged: &AtomicBool,
    ) -> (Option<T>, ModelCall) {
        let mut call = ModelCall::new(self.task, model, sent.texts);
        let Some(left) = clock.left() else {
            call.failed(&Error::unavailable("no time was left to ask it"));
            return (None, call);
        };
        let payer = self.payer.as_ref().filter(|_| model.is_billed());
        // A vector costs next to nothing: who waits for one does not wait for the counter, which is asked meanwhile.
        let counts_meanwhile = self.task == Task::Embed;
        if let Some(payer) = payer {
            if let Some(refusal) = payer.unpriced(self.task, model) {
                return (None, call.skipped("budget", refusal));
            }
            if !counts_meanwhile {
                payer.count(self.task).await;
            }
            if let Some(refusal) = payer.refusal(self.task) {
                return (None, call.skipped("budget", refusal));
            }
        }
        if let Model::Ollama(served) = model
            && self.health.was_missing(&call.model)
        {
            return (None, call.skipped("missing", served.how_to_get_it()));
        }
        let turn = match self.health.begin(&call.model) {
            Ok(turn) => turn,
            Err(wait) => {
                let detail = format!("it failed several times in a row; it is tried again in {} s", wait.as_secs());
                return (None, call.skipped("open", detail));
            }
        };
        let begun = Instant::now();
        let late =
            || super::sent(Error::unavailable(format!("did not answer within the {} ms left", left.as_millis())));
        let counted = async {
            if let Some(payer) = payer.filter(|_| counts_meanwhile) {
                // Without this bound a slow counter would hold up an answer that is there.
                let _ = timeout(left, payer.count(self.task)).await;
            }
        };
        let (answer, ()) = join(timeout(left, work), counted).await;
        let (answer, had_time) = match answer {
            Ok(answer) => (answer, true),
            Err(_) => (Err(late()), left >= FAIR_WAIT),
        };
        match &answer {
            Ok(_) => turn.answered(),
            // It is not there at all: it is skipped for that, and comes back as soon as it is.
            Err(error) if error.field.as_deref() == Some(MISSING) => drop(turn),
            // What is wrong with one answer or one request says nothing of the next.
            Err(error) if error.is_transient() && had_time => turn.failed(),
            Err(_) => drop(turn),
        }
        if answer.as_ref().is_err_and(|error| error.field.as_deref() == Some(SENT)) {
            // It may have read all of it, and then it is paid for, whatever became of the answer.
            let times = if was_hedged.load(Ordering::Relaxed) { 2 } else { 1 };
            call.spent(model, tokens(sent.parts).saturating_mul(times), 0);
        }
        let answer = answer.and_then(|((tokens_in, tokens_out), answer)| {
            call.spent(model, tokens_in, tokens_out);
            read(answer)
        });
        call.took(begun);
        call.hedged = was_hedged.load(Ordering::Relaxed);
        if let Err(error) = &answer {
            call.failed(error);
            if error.field.as_deref() == Some(MISSING) {
                self.health.is_missing(&call.model);
            }
        }
        self.health.count(&call);
        // Who had no time to answer is not to blame.
        if let Some(payer) = self.payer.as_ref().filter(|_| had_time) {
            payer.note(&call);
        }
        if let (Some(payer), Some(dollars)) = (payer, call.dollars) {
            payer.spend(self.task, dollars);
            if !counts_meanwhile {
                payer.count_spent(self.task).await;
            }
        }
        (answer.ok(), call)
    }

    /// Vectors of another model than the builtin one, in the order of the texts: those made lately, and what it answers
    /// for the others. None for all of those where it does not answer.
    async fn vectors(
        &self,
        model: &Model,
        texts: &[&str],
        purpose: Purpose,
        clock: &Clock,
    ) -> (Vec<Option<Arc<[f32]>>>, ModelCall) {
        let payer = self.payer.as_ref().map_or("", |payer| payer.tenant().as_str());
        let keys: Vec<vectors::Key> =
            texts.iter().map(|text| vectors::key(payer, model.fingerprint(), purpose, text)).collect();
        let mut found: Vec<Option<Arc<[f32]>>> = keys.iter().map(|key| self.vectors.get(key)).collect();
        // The first place of each text that has none yet: equal texts of one call are one.
        let missing: Vec<usize> = (0..texts.len())
            .filter(|&i| found[i].is_none() && !(0..i).any(|earlier| keys[earlier] == keys[i]))
            .collect();
        let known: Vec<&str> =
            texts.iter().zip(&found).filter(|(_, found)| found.is_some()).map(|(text, _)| *text).collect();
        meter().memos(known.len(), missing.len(), prices::of(model).map(|price| price.of(tokens(&known), 0)));
        if missing.is_empty() {
            return (found, ModelCall::memo(self.task, model.name(), texts.len()));
        }
        let asked: Vec<&str> = missing.iter().map(|&i| texts[i]).collect();
        let was_hedged = AtomicBool::new(false);
        let after = hedge::after(model, &self.health);
        let work = async {
            let vectors = hedge::hedged(after, &was_hedged, || asked_vectors(model, &asked, purpose)).await?;
            let times = if was_hedged.load(Ordering::Relaxed) { 2 } else { 1 };
            Ok(((tokens(&asked).saturating_mul(times), 0), vectors))
        };
        let sent = Sent { texts: texts.len(), parts: &asked };
        let (answer, call) = Box::pin(self.ask(model, &sent, clock, work, Ok, &was_hedged)).await;
        for (i, vector) in missing.into_iter().zip(answer.unwrap_or_default()) {
            let vector: Arc<[f32]> = vector.into();
            self.vectors.keep(keys[i], Arc::clone(&vector));
            for (place, key) in keys.iter().enumerate() {
                if *key == keys[i] {
                    found[place] = Some(Arc::clone(&vector));
                }
            }
        }
        (found, call)
    }

    /// Lets the builtin model embed each text by its place, which takes no time worth bounding and cannot fail.
    fn builtin(&self, texts: &[&str], embed: impl FnMut(usize)) -> ModelCall {
        let begun = Instant::now();
        (0..texts.len()).for_each(embed);
        let mut call = ModelCall::new(self.task, &Model::Builtin, texts.len());
        call.spent(&Model::Builtin, tokens(texts), 0);
        call.took(begun);
        self.health.count(&call);
        call
    }
}

/// Whether that model may be shown that text, and there is anything to show.
fn may_ask(model: &Model, text: &str, sensitivity: Sensitivity) -> bool {
    model.place().may_see(sensitivity) && !text.trim().is_empty()
}

async fn asked_vectors(model: &Model, texts: &[&str], purpose: Purpose) -> Result<Vec<Vec<f32>>> {
    match model {
        Model::Builtin => Err(Error::internal("the builtin model is not asked over a connection")),
        Model::Bedrock(model) => model.embed(texts, purpose).await,
        Model::Ollama(model) => model.embed(texts).await,
        #[cfg(feature = "minilm")]
        Model::Folder(model) => model.embed(texts, purpose).await,
    }
}

fn tokens(texts: &[&str]) -> u32 {
    let count: usize = texts.iter().map(|text| builtin::count_tokens(text)).sum();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
