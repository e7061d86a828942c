//! The Lambda function `deliver`.

use lambda_runtime::{Error, LambdaEvent, run, service_fn, tracing};
use memorable::app::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let app = &App::from_env().await?;
    run(service_fn(
        move |event: LambdaEvent<_>| async move { Ok::<_, Error>(deliver::handle(app, event.payload).await) },
    ))
    .await
}
