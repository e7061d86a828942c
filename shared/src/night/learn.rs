//! What a night learns for a tenant from all of its scopes: a ranking, the order of its routes' models, a head,
//! and what helped where something failed.

use jiff::civil::Date;

use crate::app::App;
use crate::memory::{Tenant, Time};
use crate::night::{failures, head, routes, tune};

/// Learns all of it, each by itself: what fails is as it was, and is learned the next night. By what the nights before
/// gathered: this one's scopes are only being gone through now.
pub async fn learn(app: &App, tenant: &Tenant, night: Date, now: Time) {
    let failed = |what: &str, error: &crate::Error| {
        tracing::warn!(tenant = tenant.as_str(), what, %error, "a night did not learn");
    };
    if let Err(error) = Box::pin(tune::tune(app, tenant, night, now)).await {
        failed("ranking", &error);
    }
    if let Err(error) = Box::pin(routes::learn(app, tenant, night, now)).await {
        failed("routes", &error);
    }
    if let Err(error) = Box::pin(head::learn(app, tenant, night, now)).await {
        failed("head", &error);
    }
    if let Err(error) = Box::pin(failures::learn(app, tenant, night, now)).await {
        failed("failures", &error);
    }
}
