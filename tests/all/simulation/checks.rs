//! What must hold after every step, whatever happened in it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::SignedDuration;
use memorable::aws::records::IndexState;
use memorable::index::Entry;
use memorable::index::manifest::KEEP_RETIRED_HOURS;
use memorable::memory::MemoryId;
use serde_json::{Value, json};

use super::model::{Life, words};
use super::seam::{Rng, lock};
use super::steps;
use super::world::{Asked, Op, SCOPES, World, scope};
use crate::support;

/// Which texts of each memory may be seen.
pub type Known = Vec<HashSet<usize>>;

impl World {
    /// Checks these scopes, and a few answers of any container.
    pub async fn check(&mut self, rng: &mut Rng, scopes: &[usize]) -> Result<(), String> {
        for of in scopes {
            let revisions = self.observe(rng, *of).await?;
            self.check_index(*of, &revisions).await?;
            self.check_objects(*of).await?;
        }
        let known = self.said();
        if let Some(Op::Recall(call, asked, wanted)) = steps::recall(self, rng, None) {
            let answer = self.ask(rng, &call).await?;
            let told = format!("recall of {wanted} in {asked:?}");
            self.judge(&answer, &asked, &known).map_err(|why| format!("{told}: {why}"))?;
            if self.slots[wanted].is_surely_visible(self.now) {
                self.holds(&answer, wanted).map_err(|why| format!("{told}: {why}"))?;
            }
        }
        self.check_reads(rng, &known).await?;
        if rng.chance(25) { self.check_all_of_a_tenant(rng, &known).await } else { Ok(()) }
    }

    /// An answer of any of the containers, which must be given: nothing is in the way.
    async fn ask(&self, rng: &mut Rng, call: &support::Call) -> Result<Value, String> {
        let container = &self.containers[rng.below(self.containers.len())];
        let (status, answer) = support::call_at(&self.house, &container.app, self.now, call).await;
        if status == 200 { Ok(answer) } else { Err(format!("{} {}: {status} {answer}", call.method, call.path)) }
    }

    /// Reads all that is listed. It must be what the model allows, and from here on it is what it was seen to be.
    async fn observe(&mut self, rng: &mut Rng, of: usize) -> Result<BTreeMap<String, u32>, String> {
        let mut revisions = BTreeMap::new();
        let mut listed: HashMap<usize, (usize, Option<String>)> = HashMap::new();
        let mut cursor = String::new();
        loop {
            let mut call = self.call(of, "GET", "/v1/memories", Value::Null);
            call.path += &format!("&limit=100{cursor}");
            let page = self.ask(rng, &call).await?;
            for memory in page["memories"].as_array().expect("memories") {
                let (number, text) = self.sound(memory)?;
                if self.slots[number].scope != of || memory["scope"] != SCOPES[of].1 {
                    return Err(format!("memory {number} is listed in another scope"));
                }
                let id = memory["id"].as_str().expect("an id").to_owned();
                self.slots[number].id = Some(id.clone());
                revisions.insert(id, memory["revision"].as_u64().expect("a revision") as u32);
                let end = memory["expires_at"].as_str().map(str::to_owned);
                if listed.insert(number, (text, end)).is_some() {
                    return Err(format!("memory {number} is listed twice"));
                }
            }
            let Some(next) = page["next_cursor"].as_str() else { break };
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            cursor = format!("&cursor={next}");
        }
        let now = self.now;
        for slot in self.slots.iter_mut().filter(|slot| slot.scope == of) {
            let seen = listed.get(&slot.number);
            let was = slot.may_be.clone();
            slot.may_be.retain(|life| match (life, seen) {
                (Life::Live { text, expires, .. }, Some((seen, end))) => {
                    life.is_visible(now) && text == seen && expires.map(|end| end.to_string()) == *end
                }
                (_, Some(_)) => false,
                (_, None) => !life.is_visible(now),
            });
            if slot.may_be.is_empty() {
                return Err(format!("memory {} is listed as {seen:?}, and may be {was:?} at {now}", slot.number));
            }
        }
        Ok(revisions)
    }

    /// Which memory it is, and that it is whole: text, metadata, id and state belong together.
    fn sound(&self, memory: &Value) -> Result<(usize, usize), String> {
        let content = memory["content"].as_str().unwrap_or_default();
        let named = words(content);
        let torn = || format!("this is torn: {memory}");
        let &[(number, text)] = named.as_slice() else { return Err(torn()) };
        let slot = self.slots.get(number).ok_or_else(torn)?;
        let is_classified = memory["kind"].is_string();
        let is_whole = content == slot.content(text)
            && memory["metadata"] == slot.metadata(text)
            && slot.id.as_deref().is_none_or(|id| memory["id"] == id)
            && memory["state"] == if is_classified { "ready" } else { "pending" };
        if is_whole { Ok((number, text)) } else { Err(torn()) }
    }

    /// Each live memory stands in the index once, at its revision; nothing else does that is not marked as gone.
    async fn check_index(&mut self, of: usize, revisions: &BTreeMap<String, u32>) -> Result<(), String> {
        let state = self.house.app.records.index(&scope(of)).await.map_err(|error| error.to_string())?;
        let present = self.objects_of(of).await?;
        let named = support::named_by(&self.house.app, &state.manifest).await;
        if let Some(name) = named.iter().find(|name| !present.contains(name)) {
            return Err(format!("the manifest of {of} names {name}, which is not there"));
        }
        let entries = self.entries(&state).await;
        let mut seen: HashSet<(MemoryId, u32)> = HashSet::new();
        let mut latest: BTreeMap<String, u32> = BTreeMap::new();
        for entry in &entries {
            if !seen.insert((entry.id, entry.revision)) {
                return Err(format!("{} of revision {} stands in the index twice", entry.id, entry.revision));
            }
            let known = latest.entry(entry.id.to_string()).or_default();
            *known = entry.revision.max(*known);
        }
        for gone in &state.gone {
            if latest.get(&gone.id.to_string()).is_some_and(|revision| *revision <= gone.revision) {
                latest.remove(&gone.id.to_string());
            }
        }
        for slot in self.slots.iter().filter(|slot| slot.scope == of) {
            let Some(id) = &slot.id else { continue };
            let (indexed, listed) = (latest.remove(id), revisions.get(id));
            // What is past its end is in the index until a night has forgotten it.
            let may_be_indexed = slot.may_be.iter().any(|life| matches!(life, Life::Live { .. }));
            if listed.is_some() && indexed.as_ref() != listed || indexed.is_some() && !may_be_indexed {
                let number = slot.number;
                return Err(format!("memory {number} is {:?}, listed {listed:?}, indexed {indexed:?}", slot.may_be));
            }
        }
        if latest.is_empty() { Ok(()) } else { Err(format!("the index of {of} holds strangers: {latest:?}")) }
    }

    async fn entries(&self, state: &IndexState) -> Vec<Entry> {
        let mut entries = support::in_segments(&self.house.app, state).await;
        entries.extend(state.tail.iter().cloned());
        entries
    }

    async fn objects_of(&self, of: usize) -> Result<Vec<String>, String> {
        let listed = self
            .house
            .app
            .objects
            .list(&memorable::index::sealed::folder(&scope(of)))
            .await
            .map_err(|error| error.to_string())?;
        Ok(listed.into_iter().map(|object| object.name).collect())
    }

    /// Objects go only when no reader of the last day can want them.
    async fn check_objects(&mut self, of: usize) -> Result<(), String> {
        let present = self.objects_of(of).await?;
        let state = self.house.app.records.index(&scope(of)).await.map_err(|error| error.to_string())?;
        let retired = self.house.app.records.retired(&scope(of)).await.map_err(|error| error.to_string())?;
        let keep = SignedDuration::from_hours(KEEP_RETIRED_HOURS);
        let (before, manifest) = std::mem::replace(&mut self.objects[of], (present.clone(), state.manifest));
        self.segments += present.iter().filter(|name| !before.contains(name)).count();
        let live = support::named_by(&self.house.app, &manifest).await;
        for name in before.iter().filter(|name| !present.contains(name)) {
            let put_at = lock(&self.clock).put_at[name];
            let retired_at =
                retired.iter().find(|(_, retired)| retired.names.contains(name)).map(|(_, retired)| retired.at);
            let was_live = live.contains(name);
            let is_early = [Some(put_at), retired_at].into_iter().flatten().any(|at| at.plus(keep) > self.now);
            if was_live || is_early {
                return Err(format!("{name} was deleted: live {was_live}, put {put_at}, retired {retired_at:?}"));
            }
        }
        let now = self.now;
        self.readers.retain(|(at, _, _)| at.plus(keep) > now);
        for (at, _, names) in self.readers.iter().filter(|(_, scope, _)| *scope == of) {
            if let Some(name) = names.iter().find(|name| !present.contains(name)) {
                return Err(format!("a reader of {at} no longer finds {name}"));
            }
        }
        Ok(())
    }

    /// What each memory may say now.
    pub fn said(&self) -> Known {
        let visible = |life: &Life| match life {
            Life::Live { text, .. } if life.is_visible(self.now) => Some(*text),
            _ => None,
        };
        self.slots.iter().map(|slot| slot.may_be.iter().filter_map(visible).collect()).collect()
    }

    /// What each memory may have said at some time between then and now, with these operations under way.
    pub fn said_or(&self, before: Known, ops: &[Op]) -> Known {
        let mut known = self.said();
        known.iter_mut().zip(before).for_each(|(known, before)| known.extend(before));
        for op in ops {
            let Op::Write(_, asked) = op else { continue };
            for (slot, asked) in asked {
                match asked {
                    Asked::Store { .. } => known[*slot].extend([0]),
                    Asked::Revise { text, .. } => known[*slot].extend([*text]),
                    Asked::Forget => {}
                }
            }
        }
        known
    }

    /// Nothing in the answer is forgotten, ended, of another scope, torn, or no longer said.
    pub fn judge(&self, answer: &Value, scopes: &[usize], known: &Known) -> Result<(), String> {
        for (number, text) in words(&answer.to_string()) {
            let slot = self.slots.get(number).ok_or_else(|| format!("nobody said zq{number}"))?;
            if !scopes.contains(&slot.scope) {
                return Err(format!("memory {number} is of scope {}", slot.scope));
            }
            if !known[number].contains(&text) {
                return Err(format!("memory {number} says its text {text}, and is {:?} at {}", slot.may_be, self.now));
            }
        }
        for memory in answer["memories"].as_array().into_iter().flatten() {
            let (number, _) = self.sound(memory)?;
            if memory["scope"] != SCOPES[self.slots[number].scope].1 {
                return Err(format!("memory {number} is said to be of another scope"));
            }
        }
        if answer["receipt"]["warnings"].as_array().is_some_and(|warnings| !warnings.is_empty()) {
            return Err(format!("a warning: {}", answer["receipt"]["warnings"]));
        }
        Ok(())
    }

    /// The memory that was asked for is there, and in the context.
    pub fn holds(&self, answer: &Value, wanted: usize) -> Result<(), String> {
        let id = self.slots[wanted].id.as_deref().expect("a memory that was seen");
        let is_there = answer["memories"].as_array().into_iter().flatten().any(|memory| memory["id"] == id);
        let is_told = answer["context"].as_str().is_some_and(|context| context.contains(id));
        let found = answer["memories"].as_array().map_or(0, Vec::len);
        if is_there && is_told { Ok(()) } else { Err(format!("it is not among {found} found, or not in the context")) }
    }

    /// One memory by its id, its history and its session; a digest.
    async fn check_reads(&self, rng: &mut Rng, known: &Known) -> Result<(), String> {
        let Some(slot) = rng.pick(&self.slots) else { return Ok(()) };
        if let Some(id) = &slot.id {
            let path = format!("/v1/memories/{id}");
            let of = if rng.chance(20) { rng.below(SCOPES.len()) } else { slot.scope };
            let call = self.call(of, "GET", &path, Value::Null);
            let container = &self.containers[rng.below(self.containers.len())];
            let (status, memory) = support::call_at(&self.house, &container.app, self.now, &call).await;
            let visible = of == slot.scope && slot.may_be_visible(self.now);
            if status != if visible { 200 } else { 404 } {
                return Err(format!("memory {} read from scope {of}: {status} {memory}", slot.number));
            }
            if visible {
                self.judge(&json!({ "memories": [memory] }), &[of], known)?;
                self.check_history(rng, slot.number, &path).await?;
            }
            if slot.may_be == [Life::Forgotten] {
                let id = id.parse().expect("an id");
                let kept = self.house.app.records.history(&scope(slot.scope), id).await;
                if !kept.as_ref().is_ok_and(Vec::is_empty) {
                    return Err(format!("memory {} is forgotten, and left {kept:?}", slot.number));
                }
            }
        }
        if let Some(session) = &slot.session {
            let call = self.call(slot.scope, "GET", &format!("/v1/sessions/{session}"), Value::Null);
            let turns = self.ask(rng, &call).await?;
            self.judge(&turns, &[slot.scope], known).map_err(|why| format!("a session: {why}"))?;
        }
        // What a night made of the scope's memories tells nothing of what is gone since.
        let mut made = vec!["/v1/graph".to_owned(), "/v1/insights".to_owned()];
        made.extend(
            slot.id.as_ref().filter(|_| slot.may_be_visible(self.now)).map(|id| format!("/v1/memories/{id}/links")),
        );
        if let Some(path) = rng.pick(&made) {
            let answer = self.ask(rng, &self.call(slot.scope, "GET", path, Value::Null)).await?;
            self.judge(&answer, &[slot.scope], known).map_err(|why| format!("{path}: {why}"))?;
        }
        let call = self.call(slot.scope, "GET", &format!("/v1/digests/{}", self.now.date()), Value::Null);
        let (status, digest) = support::call_at(&self.house, &self.house.app, self.now, &call).await;
        if !matches!(status, 200 | 404) {
            return Err(format!("a digest: {status} {digest}"));
        }
        self.judge(&digest, &[slot.scope], known).map_err(|why| format!("a digest: {why}"))
    }

    async fn check_history(&self, rng: &mut Rng, number: usize, path: &str) -> Result<(), String> {
        let slot = &self.slots[number];
        let [Life::Live { text, past, .. }] = slot.may_be.as_slice() else { return Ok(()) };
        let call = self.call(slot.scope, "GET", &format!("{path}/history"), Value::Null);
        let answer = self.ask(rng, &call).await?;
        let told: Vec<&str> =
            answer["revisions"].as_array().into_iter().flatten().filter_map(|r| r["content"].as_str()).collect();
        let expected: Vec<String> = past.iter().chain([text]).rev().map(|text| slot.content(*text)).collect();
        if told == expected {
            Ok(())
        } else {
            Err(format!("memory {number} says of its past {told:?}, not {expected:?}"))
        }
    }

    /// A recall of as many as there may be, over all scopes of a tenant, finds all there are.
    async fn check_all_of_a_tenant(&self, rng: &mut Rng, known: &Known) -> Result<(), String> {
        let token = *rng.pick(&["local", "other"]).expect("a tenant");
        let scopes: Vec<usize> = (0..SCOPES.len()).filter(|place| SCOPES[*place].0 == token).collect();
        let own: Vec<usize> = (self.slots.iter())
            .filter(|slot| scopes.contains(&slot.scope) && slot.is_surely_visible(self.now))
            .map(|slot| slot.number)
            .collect();
        if own.len() > 60 {
            return Ok(());
        }
        let subjects: Vec<&str> = scopes.iter().map(|place| SCOPES[*place].1).collect();
        let query = "Who went to Porto with the crate, and where is it?";
        let body = json!({ "query": query, "scopes": subjects, "top_k": 100, "max_tokens": 16000 });
        let answer = self.ask(rng, &self.call(scopes[0], "POST", "/v1/recall", body)).await?;
        self.judge(&answer, &scopes, known)?;
        own.into_iter()
            .try_for_each(|number| self.holds(&answer, number).map_err(|why| format!("memory {number}: {why}")))
    }

    /// After a night that nothing disturbed: no segment holds what is forgotten, ended or revised.
    pub async fn check_compacted(&self, of: usize) -> Result<(), String> {
        let state = self.house.app.records.index(&scope(of)).await.map_err(|error| error.to_string())?;
        let live: BTreeSet<&str> = (self.slots.iter())
            .filter(|slot| slot.may_be_visible(self.now))
            .filter_map(|slot| slot.id.as_deref())
            .collect();
        let entries = support::in_segments(&self.house.app, &state).await;
        if let Some(entry) = entries.iter().find(|entry| !live.contains(entry.id.to_string().as_str())) {
            return Err(format!("a night left {} in a segment", entry.id));
        }
        // A revision that is still pending stays in the tail, and alone is no reason to write the segment anew.
        let waits = |entry: &&Entry| state.tail.iter().any(|tail| tail.id == entry.id && tail.is_complete());
        if let Some(entry) = entries.iter().find(waits) {
            return Err(format!("a night left an earlier revision of {} in a segment", entry.id));
        }
        if !state.gone.is_empty() || state.manifest.segments.len() > 1 {
            return Err(format!("a night left {:?} and {} segments", state.gone, state.manifest.segments.len()));
        }
        Ok(())
    }

    /// Lets all come to rest: everything is classified, each night compacts, and what is a day old goes.
    pub async fn settle(&mut self, rng: &mut Rng) -> Result<(), String> {
        self.log.push("the end: all comes to rest".to_owned());
        // The last of all ends is past after the third; what that night retired goes with the fourth.
        let waits = [20, 1, 81 * 60, 25 * 60].map(SignedDuration::from_mins);
        for wait in waits {
            self.move_on(wait);
            for of in 0..SCOPES.len() {
                self.perform(rng, vec![(Op::Night(of), None)]).await?;
                self.observe(rng, of).await?;
                self.check_compacted(of).await?;
            }
            // Nothing is lost from here on.
            self.messages.extend(crate::queue::take_messages(&self.house).await);
            let messages = std::mem::take(&mut self.messages);
            for batch in messages.chunks(10) {
                self.perform(rng, vec![(Op::Classify(batch.to_vec()), None)]).await?;
            }
            self.check(rng, &[0, 1, 2]).await?;
        }
        for of in 0..SCOPES.len() {
            let state = self.house.app.records.index(&scope(of)).await.map_err(|error| error.to_string())?;
            let mut named = support::named_by(&self.house.app, &state.manifest).await;
            let web = self.house.app.records.web(&scope(of)).await.map_err(|error| error.to_string())?;
            named.extend(web.map(|web| web.name));
            let mut present = self.objects_of(of).await?;
            // Equal cells have equal objects.
            named.sort_unstable();
            named.dedup();
            present.sort_unstable();
            let retired = self.house.app.records.retired(&scope(of)).await.map_err(|error| error.to_string())?;
            if present != named || !retired.is_empty() {
                return Err(format!("scope {of} keeps {present:?}, and needs {named:?}"));
            }
            if let Some(entry) = self.entries(&state).await.iter().find(|entry| !entry.is_complete()) {
                return Err(format!("{} was never classified", entry.id));
            }
        }
        self.check_every_word(rng).await
    }

    async fn check_every_word(&self, rng: &mut Rng) -> Result<(), String> {
        let known = self.said();
        for slot in self.slots.iter().filter(|slot| slot.id.is_some()).take(30) {
            let Life::Live { text, .. } = slot.may_be[0] else { continue };
            let body = json!({ "query": slot.word(text), "scopes": [SCOPES[slot.scope].1], "top_k": 5 });
            let answer = self.ask(rng, &self.call(slot.scope, "POST", "/v1/recall", body)).await?;
            self.judge(&answer, &[slot.scope], &known)?;
            if slot.is_surely_visible(self.now) {
                self.holds(&answer, slot.number).map_err(|why| format!("memory {} by its word: {why}", slot.number))?;
            }
        }
        Ok(())
    }
}
