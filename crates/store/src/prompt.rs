//! Prompts: named sounds; their files are blobs.

use crate::db::{Insert, Runs as _, Sql, update};
use crate::row::cells;
use crate::{Result, Store, StoreError};
use model::record::Prompt;
use model::{PromptId, TenantId};

impl Store {
    pub async fn prompts(&self, tenant: TenantId) -> Result<Vec<Prompt>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY name", cells![tenant])).await
    }

    pub async fn prompt(&self, tenant: TenantId, id: PromptId) -> Result<Option<Prompt>> {
        self.read().by_id(tenant, id.0).await
    }

    pub async fn prompt_by_name(&self, tenant: TenantId, name: &str) -> Result<Option<Prompt>> {
        self.read().one(Sql::new("WHERE tenant_id = ? AND name = ?", cells![tenant, name.to_string()])).await
    }

    /// # Errors
    /// `Duplicate` of `name`.
    pub async fn insert_prompt(&self, prompt: &Prompt) -> Result<()> {
        self.write().insert(Insert::of(prompt)).await.map(|_| ())
    }

    pub async fn update_prompt(&self, prompt: &Prompt) -> Result<()> {
        let mut sql = update(prompt, &["created_at"]);
        sql.push(" WHERE id = ? AND tenant_id = ?").bind(&prompt.id).bind(&prompt.tenant_id);
        if self.write().exec(sql).await? == 0 { Err(StoreError::NotFound("prompt")) } else { Ok(()) }
    }

    pub async fn delete_prompt(&self, tenant: TenantId, id: PromptId) -> Result<()> {
        let n = self.write().exec(Sql::new("DELETE FROM prompts WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        if n == 0 { Err(StoreError::NotFound("prompt")) } else { Ok(()) }
    }
}
