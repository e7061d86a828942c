//! All jobs that a tenant has, as far as they are still told of.

use serde::de::DeserializeOwned;

use crate::aws::items;
use crate::aws::keys;
use crate::aws::records::Records;
use crate::error::Result;
use crate::memory::Tenant;
use crate::transfer::job::{Export, Import, VERSION};

impl Records {
    /// The tenant's imports of the last month. Those of another version are left out.
    pub async fn import_jobs(&self, tenant: &Tenant) -> Result<Vec<Import>> {
        let mut imports: Vec<Import> = self.jobs(tenant, "an import", &keys::import("")).await?;
        imports.retain(|import| import.v == VERSION);
        Ok(imports)
    }

    /// The tenant's exports of the last month. Those of another version are left out.
    pub async fn export_jobs(&self, tenant: &Tenant) -> Result<Vec<Export>> {
        let mut exports: Vec<Export> = self.jobs(tenant, "an export", &keys::export("")).await?;
        exports.retain(|export| export.v == VERSION);
        Ok(exports)
    }

    async fn jobs<T: DeserializeOwned>(&self, tenant: &Tenant, what: &str, prefix: &str) -> Result<Vec<T>> {
        let items = self.all_of_tenant(tenant, prefix).await?;
        items.into_iter().map(|item| items::from_fields(what, item)).collect()
    }
}
