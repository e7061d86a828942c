//! The Lambda function `transfer`.

use lambda_runtime::{Error, LambdaEvent, run, service_fn, tracing};
use memorable::app::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let app = &App::from_env().await?;
    run(service_fn(move |event: LambdaEvent<_>| async move {
        let left = transfer::until(event.context.deadline);
        Ok::<_, Error>(transfer::handle_event(app, event.payload, left).await)
    }))
    .await
}
