//! Flows: a head, at most one draft, and published versions that never change.

use crate::db::{Insert, Runs, Sql, Tx};
use crate::row::{Cell, cells};
use crate::{Result, Store, StoreError};
use model::event::FLOW_PUBLISHED;
use model::record::{Flow, FlowVersion};
use model::{At, FlowId, TenantId};
use serde_json::{Value, json};

/// The newest published version of a flow, for the engine.
#[derive(Clone, Debug)]
pub struct PublishedFlow {
    pub tenant_id: TenantId,
    pub flow_id: FlowId,
    pub name: String,
    pub version: u32,
    pub doc: Value,
}

const STALE: StoreError = StoreError::Conflict("somebody else saved the flow meanwhile; load it again");

impl Store {
    /// With `doc` as its draft.
    ///
    /// # Errors
    /// `Duplicate` of `name`.
    pub async fn insert_flow(&self, tenant: TenantId, name: &str, description: &str, doc: &Value, now: At) -> Result<Flow> {
        let flow = Flow {
            id: self.new_id(now),
            tenant_id: tenant,
            name: name.into(),
            description: description.into(),
            published_version: None,
            has_draft: true,
            created_at: now,
            updated_at: now,
            revision: 1,
        };
        self.write().insert(Insert::of(&flow).with("draft", doc)).await?;
        Ok(flow)
    }

    pub async fn flow(&self, tenant: TenantId, id: FlowId) -> Result<Option<Flow>> {
        self.read().by_id(tenant, id.0).await
    }

    pub async fn flows(&self, tenant: TenantId) -> Result<Vec<Flow>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY id", cells![tenant])).await
    }

    pub async fn rename_flow(&self, tenant: TenantId, id: FlowId, name: &str, description: &str, now: At) -> Result<Flow> {
        let sql = "UPDATE flows SET name = ?, description = ?, updated_at = ? WHERE id = ? AND tenant_id = ?";
        self.write().exec(Sql::new(sql, cells![name.to_string(), description.to_string(), now, id, tenant])).await?;
        self.write().by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("flow"))
    }

    pub async fn flow_draft(&self, tenant: TenantId, id: FlowId) -> Result<Option<Value>> {
        draft(&self.read(), tenant, id).await
    }

    /// # Errors
    /// `Conflict` when `revision` is not the stored one.
    pub async fn save_flow_draft(&self, tenant: TenantId, id: FlowId, revision: i64, doc: &Value, now: At) -> Result<Flow> {
        let tx = self.begin().await?;
        let sql = "UPDATE flows SET draft = ?j, has_draft = ?, updated_at = ?, revision = revision + 1 \
                   WHERE id = ? AND tenant_id = ? AND revision = ?";
        let written = tx.exec(Sql::new(sql, cells![doc.clone(), true, now, id, tenant, revision])).await?;
        let flow = head(&tx, tenant, id).await?;
        if written == 0 {
            return Err(STALE);
        }
        tx.commit().await?;
        Ok(flow)
    }

    pub async fn discard_flow_draft(&self, tenant: TenantId, id: FlowId, now: At) -> Result<Flow> {
        let tx = self.begin().await?;
        let sql = "UPDATE flows SET draft = NULL, has_draft = ?, updated_at = ?, revision = revision + 1 WHERE id = ? AND tenant_id = ?";
        tx.exec(Sql::new(sql, cells![false, now, id, tenant])).await?;
        let flow = head(&tx, tenant, id).await?;
        tx.commit().await?;
        Ok(flow)
    }

    /// The draft becomes the next version, which new calls run from now on.
    ///
    /// # Errors
    /// `Conflict` when `revision` is not the stored one or there is no draft.
    pub async fn publish_flow(
        &self,
        tenant: TenantId,
        id: FlowId,
        revision: i64,
        by: &str,
        note: &str,
        now: At,
    ) -> Result<FlowVersion> {
        let mut tx = self.begin().await?;
        let sql = "UPDATE flows SET published_version = COALESCE(published_version, 0) + 1, has_draft = ?, updated_at = ?, \
                   revision = revision + 1 WHERE id = ? AND tenant_id = ? AND revision = ? AND draft IS NOT NULL";
        let written = tx.exec(Sql::new(sql, cells![false, now, id, tenant, revision])).await?;
        let flow = head(&tx, tenant, id).await?;
        if written == 0 {
            return Err(if flow.revision == revision { StoreError::Conflict("there is no draft to publish") } else { STALE });
        }
        let doc = draft(&tx, tenant, id).await?.ok_or(StoreError::NotFound("draft"))?;
        let version = FlowVersion {
            flow_id: id,
            version: flow.published_version.unwrap_or(1),
            doc,
            published_at: now,
            published_by: by.into(),
            note: note.into(),
        };
        tx.insert(Insert::of(&version).with("tenant_id", &tenant)).await?;
        tx.exec(Sql::new("UPDATE flows SET draft = NULL WHERE id = ?", cells![id])).await?;
        let data =
            json!({ "flow_id": id, "name": flow.name, "version": version.version, "published_by": by, "published_at": now });
        tx.emit(tenant, FLOW_PUBLISHED, now, data);
        tx.commit().await?;
        Ok(version)
    }

    /// Newest first.
    pub async fn flow_versions(&self, tenant: TenantId, id: FlowId) -> Result<Vec<FlowVersion>> {
        self.read().must_own::<Flow>(tenant, id.0, "flow").await?;
        self.read().all(Sql::new("WHERE flow_id = ? AND tenant_id = ? ORDER BY version DESC", cells![id, tenant])).await
    }

    pub async fn flow_version(&self, tenant: TenantId, id: FlowId, version: u32) -> Result<Option<FlowVersion>> {
        self.read().one(Sql::new("WHERE flow_id = ? AND tenant_id = ? AND version = ?", cells![id, tenant, version])).await
    }

    /// The newest of each flow, of all tenants.
    pub async fn published_flows(&self) -> Result<Vec<PublishedFlow>> {
        let sql = "SELECT f.tenant_id, f.id, f.name, v.version, v.doc FROM flows f \
                   JOIN flow_versions v ON v.flow_id = f.id AND v.version = f.published_version ORDER BY f.id";
        let rows = self.read().rows(Sql::new(sql, Vec::new())).await?;
        let published = |row: &sea_orm::QueryResult| {
            Ok(PublishedFlow {
                tenant_id: Cell::get(row, 0)?,
                flow_id: Cell::get(row, 1)?,
                name: Cell::get(row, 2)?,
                version: Cell::get(row, 3)?,
                doc: Cell::get(row, 4)?,
            })
        };
        rows.iter().map(published).collect()
    }

    /// # Errors
    /// `Conflict` when a campaign or a number names it.
    pub async fn delete_flow(&self, tenant: TenantId, id: FlowId) -> Result<()> {
        let tx = self.begin().await?;
        let used = "SELECT (SELECT COUNT(*) FROM campaigns WHERE tenant_id = ? AND (flow_id = ? OR callback_flow_id = ?)) \
                    + (SELECT COUNT(*) FROM numbers WHERE tenant_id = ? AND inbound_flow_id = ?)";
        if tx.cell::<i64>(Sql::new(used, cells![tenant, id, id, tenant, id])).await? != Some(0) {
            return Err(StoreError::Conflict("a campaign or a number uses this flow"));
        }
        if tx.exec(Sql::new("DELETE FROM flows WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await? == 0 {
            return Err(StoreError::NotFound("flow"));
        }
        tx.exec(Sql::new("DELETE FROM flow_versions WHERE flow_id = ?", cells![id])).await?;
        tx.commit().await.map(|_| ())
    }
}

async fn head(tx: &Tx, tenant: TenantId, id: FlowId) -> Result<Flow> {
    tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("flow"))
}

async fn draft(db: &impl Runs, tenant: TenantId, id: FlowId) -> Result<Option<Value>> {
    let sql = "SELECT draft FROM flows WHERE id = ? AND tenant_id = ?";
    Ok(db.cell::<Option<Value>>(Sql::new(sql, cells![id, tenant])).await?.flatten())
}
