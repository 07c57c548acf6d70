//! The log of who changed or exported what. Append only: no method changes or deletes an entry.

use crate::db::{Insert, Runs as _, Sql};
use crate::row::cells;
use crate::{Page, PageQuery, Result, Store};
use model::record::AuditEntry;
use model::{At, AuditId, TenantId};

#[derive(Clone, Debug)]
pub struct NewAudit {
    pub tenant_id: TenantId,
    pub actor: String,
    pub remote_ip: String,
    pub action: String,
    pub target: String,
    pub detail: serde_json::Value,
}

#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub actor: Option<String>,
    /// Prefix: `campaign.` or `campaign.start`.
    pub action: Option<String>,
    pub target: Option<String>,
    pub from: Option<At>,
    pub to: Option<At>,
}

impl Store {
    pub async fn audit(&self, entry: NewAudit, now: At) -> Result<AuditId> {
        let NewAudit { tenant_id, actor, remote_ip, action, target, detail } = entry;
        let entry = AuditEntry { id: self.new_id(now), tenant_id, at: now, actor, remote_ip, action, target, detail };
        self.write().insert(Insert::of(&entry)).await?;
        Ok(entry.id)
    }

    pub async fn audit_page(&self, tenant: TenantId, filter: &AuditFilter, page: PageQuery) -> Result<Page<AuditEntry>> {
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_some("actor = ?", filter.actor.as_ref());
        let prefix = filter.action.as_ref().map(|a| crate::dialect::contains(a).trim_start_matches('%').to_string());
        sql.and_some("action LIKE ? ESCAPE '\\'", prefix.as_ref());
        sql.and_some("target = ?", filter.target.as_ref());
        sql.and_some("at >= ?", filter.from.as_ref()).and_some("at < ?", filter.to.as_ref());
        self.read().page(sql, true, page).await
    }
}
