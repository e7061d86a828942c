//! The Lambda function `mcp`.

use lambda_http::{Error, Request, run, service_fn, tracing};
use memorable::app::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let app = &App::from_env().await?;
    // Opens the connection to the segments, too, while nobody waits.
    app.objects.reach().await;
    run(service_fn(move |request: Request| async move { Ok::<_, Error>(mcp::handle(app, request).await) })).await
}
