//! Models on Amazon Bedrock: they embed through InvokeModel and converse through Converse.

mod family;
mod refusal;

use std::time::Duration;

pub use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::http::HttpResponse;
use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ConversationRole, ConverseStreamOutput, InferenceConfiguration, Message,
    StopReason, SystemContentBlock, TokenUsage,
};
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::{Prompt, Purpose, Reply, Say, checked, retry, sent};
use crate::error::{Error, Result};
use family::Family;

/// Longest wait for one answer, with all the tries of the SDK; a route's deadline is usually shorter.
const LONGEST_CALL: Duration = Duration::from_secs(60);

/// Longest wait for a connection while starting.
const LONGEST_REACH: Duration = Duration::from_secs(2);

/// How many InvokeModel calls one `embed` has under way. Titan takes one text a call; its default quota is 2000 a
/// minute for the whole account, so a batch must not come as a burst.
const CALLS_AT_ONCE: usize = 8;

/// How a client of Bedrock tries again what is busy or broke. The SDK's own first wait is up to a second, three times what a recall
/// waits for a vector.
pub fn tries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(retry::ATTEMPTS).with_initial_backoff(retry::FIRST_WAIT)
}

/// One model on Bedrock, by its id.
#[derive(Debug, Clone)]
pub struct Bedrock {
    client: Client,
    id: String,
    timeout: Duration,
}

impl Bedrock {
    /// The model of that id: a model id, an inference profile (`us.anthropic...`) or the ARN of either.
    pub fn new(client: Client, id: impl Into<String>) -> Bedrock {
        Bedrock { client, id: id.into(), timeout: LONGEST_CALL }
    }

    /// The model id, as Bedrock writes it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Opens the connection, so that the first call need not wait for it. Asks for a list that costs nothing and may well be
    /// refused: the connection is there then all the same.
    pub async fn reach(&self) {
        let listed = tokio::time::timeout(LONGEST_REACH, self.client.list_async_invokes().max_results(1).send()).await;
        if listed.is_err() {
            tracing::warn!("Bedrock was not reached while starting");
        }
    }

    /// Whether its embedding requests are known here. Invalid otherwise, naming those that are.
    pub fn embeds(&self) -> Result<()> {
        Family::of(&self.id).map(|_| ())
    }

    /// One vector per text, in their order, all of one size; a text longer than the model reads loses its end.
    ///
    /// Invalid for a model that is not known to embed; throttled or unavailable where Bedrock does not answer;
    /// internal where it answers something else than was asked for. All texts fail together.
    pub async fn embed(&self, texts: &[&str], purpose: Purpose) -> Result<Vec<Vec<f32>>> {
        let family = Family::of(&self.id)?;
        let calls: Vec<_> =
            texts.chunks(family.texts_per_call()).map(|part| self.invoke(family, part, purpose)).collect();
        let parts: Vec<_> = stream::iter(calls).buffered(CALLS_AT_ONCE).try_collect().await?;
        checked(&self.name(), texts.len(), parts.into_iter().flatten().collect())
    }

    /// The model's answer to the prompt, at temperature 0. Bedrock has no switch for JSON: the prompt must ask for it.
    ///
    /// Throttled or unavailable where Bedrock does not answer, or withholds the answer; internal where it holds no text.
    pub async fn converse(&self, prompt: &Prompt) -> Result<Reply> {
        let (rules, question, limits) = parts(prompt)?;
        let request =
            self.client.converse().model_id(&self.id).system(rules).messages(question).inference_config(limits);
        let answer = self.bounded(request.send()).await?;
        let message = answer.output.as_ref().and_then(|output| output.as_message().ok());
        let blocks = message.map(|message| message.content.as_slice()).unwrap_or_default();
        let text: String = blocks.iter().filter_map(|block| block.as_text().ok().map(String::as_str)).collect();
        self.whole(text, &answer.stop_reason, answer.usage.as_ref())
    }

    /// The same by ConverseStream, told piece by piece as it comes. An answer that does not say why it stopped broke off.
    pub async fn converse_aloud(&self, prompt: &Prompt, say: Say<'_>) -> Result<Reply> {
        let (rules, question, limits) = parts(prompt)?;
        let request = self.client.converse_stream().model_id(&self.id);
        let request = request.system(rules).messages(question).inference_config(limits);
        let mut events = self.bounded(request.send()).await?.stream;
        let (mut text, mut stopped, mut usage) = (String::new(), None, None);
        while let Some(event) =
            events.recv().await.map_err(|error| sent(refusal::midway(&self.id, error.as_service_error())))?
        {
            match event {
                ConverseStreamOutput::ContentBlockDelta(part) => {
                    if let Some(ContentBlockDelta::Text(said)) = part.delta {
                        say(&said);
                        text.push_str(&said);
                    }
                }
                ConverseStreamOutput::MessageStop(stop) => stopped = Some(stop.stop_reason),
                ConverseStreamOutput::Metadata(told) => usage = told.usage,
                _ => {}
            }
        }
        let Some(stopped) = stopped else {
            return Err(sent(Error::unavailable(format!("{} broke off its answer", self.name()))));
        };
        self.whole(text, &stopped, usage.as_ref())
    }

    fn whole(&self, text: String, stopped: &StopReason, usage: Option<&TokenUsage>) -> Result<Reply> {
        if matches!(stopped, StopReason::ContentFiltered | StopReason::GuardrailIntervened) {
            // What it says then is the guardrail's text, not the model's.
            return Err(sent(Error::unavailable(format!("{} withheld its answer: {stopped}", self.name()))));
        }
        if text.trim().is_empty() {
            return Err(sent(Error::internal(format!("{} answered without any text", self.name()))));
        }
        let count = |tokens: Option<i32>| tokens.and_then(|tokens| u32::try_from(tokens).ok()).unwrap_or(0);
        Ok(Reply {
            text,
            tokens_in: count(usage.map(|usage| usage.input_tokens)),
            tokens_out: count(usage.map(|usage| usage.output_tokens)),
        })
    }

    /// One InvokeModel call for as many texts as its family takes at once.
    async fn invoke(&self, family: Family, texts: &[&str], purpose: Purpose) -> Result<Vec<Vec<f32>>> {
        let request = self
            .client
            .invoke_model()
            .model_id(&self.id)
            .content_type("application/json")
            .accept("application/json")
            .body(Blob::new(family.request(texts, purpose)));
        let answer = self.bounded(request.send()).await?;
        let vectors = family.vectors(&self.name(), answer.body.as_ref());
        vectors.and_then(|vectors| checked(&self.name(), texts.len(), vectors)).map_err(sent)
    }

    async fn bounded<T, E>(
        &self,
        call: impl Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        match tokio::time::timeout(self.timeout, call).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(refusal::explain(&self.id, &error)),
            Err(_) => {
                let waited = self.timeout.as_millis();
                Err(sent(Error::unavailable(format!("{} did not answer within {waited} ms", self.name()))))
            }
        }
    }

    fn name(&self) -> String {
        format!("bedrock:{}", self.id)
    }
}

/// What a prompt is to Converse: rules, question, limits.
fn parts(prompt: &Prompt) -> Result<(SystemContentBlock, Message, InferenceConfiguration)> {
    let question = Message::builder().role(ConversationRole::User).content(ContentBlock::Text(prompt.user.clone()));
    let question = question.build().map_err(|error| Error::internal(format!("a message was not built: {error}")))?;
    let limits = InferenceConfiguration::builder()
        .max_tokens(i32::try_from(prompt.max_tokens).unwrap_or(i32::MAX))
        .temperature(0.0);
    Ok((SystemContentBlock::Text(prompt.system.clone()), question, limits.build()))
}

#[cfg(test)]
mod tests;
