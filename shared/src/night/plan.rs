//! Which scopes the night goes through: one message each.

use jiff::civil::Date;

use crate::app::App;
use crate::aws::queue::NightMessage;
use crate::error::Result;

/// Sends one message for each scope there is; gives how many. Sending it twice only repeats work that changes nothing.
pub async fn plan(app: &App, night: Date) -> Result<usize> {
    let queue = app.night_queue()?;
    let mut planned = 0;
    let mut after = None;
    loop {
        let page = app.records.scopes(after.as_deref()).await?;
        let messages: Vec<NightMessage> = page.items.iter().map(|scope| NightMessage::of(scope, night)).collect();
        queue.send(&messages).await?;
        planned += messages.len();
        after = page.next;
        if after.is_none() {
            tracing::info!(scopes = planned, %night, "a night is planned");
            return Ok(planned);
        }
    }
}
