//! What tenants spent on models, counted by day and month in a partition of each tenant.

use aws_sdk_dynamodb::types::ReturnValue;
use futures_util::future::try_join;
use jiff::SignedDuration;

use crate::aws::errors::from_sdk;
use crate::aws::items::{Item, number, text};
use crate::aws::keys;
use crate::aws::records::Records;
use crate::error::{Error, Result};
use crate::memory::{Tenant, Time};
use crate::models::prices::Dollars;

/// How long a day's count is kept: a month and a week, to look back on.
const DAY_KEPT: SignedDuration = SignedDuration::from_hours(24 * 38);
/// How long a month's count is kept: a year and a month.
const MONTH_KEPT: SignedDuration = SignedDuration::from_hours(24 * 397);
/// The counter's attribute, in billionths of a dollar.
const NANOS: &str = "nanodollars";

impl Records {
    /// Adds to what the tenant spent on that stage today and this month, and gives both sums: one step, two requests.
    /// Nothing may be added, to learn the sums.
    pub async fn spend(&self, tenant: &Tenant, stage: &str, more: Dollars, now: Time) -> Result<(Dollars, Dollars)> {
        let date = now.date();
        let (year, month) = (date.year(), date.month());
        let day = self.add(tenant, keys::budget(stage, date), more, now.plus(DAY_KEPT));
        let month = self.add(tenant, keys::budget(stage, format!("{year:04}-{month:02}")), more, now.plus(MONTH_KEPT));
        try_join(day, month).await
    }

    async fn add(&self, tenant: &Tenant, sort: String, more: Dollars, until: Time) -> Result<Dollars> {
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, text(keys::tenant(tenant)))
            .key(keys::SK, text(sort))
            .update_expression("SET #expires = :expires ADD #nanos :nanos")
            .expression_attribute_names("#expires", keys::EXPIRES)
            .expression_attribute_names("#nanos", NANOS)
            .expression_attribute_values(":expires", number(until.seconds()))
            .expression_attribute_values(":nanos", number(more.nanos()))
            .return_values(ReturnValue::UpdatedNew);
        let answer = call.send().await.map_err(|error| from_sdk("count spending", &error))?;
        let sum = |item: &Item| item.get(NANOS)?.as_n().ok()?.parse().ok();
        let sum = answer.attributes.as_ref().and_then(sum);
        sum.map(Dollars::from_nanos).ok_or_else(|| Error::corrupt("a count of spending", "it is no whole number"))
    }
}
