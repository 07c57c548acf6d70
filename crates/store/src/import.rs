//! Imports: one sheet brought in, its progress, and the rows that could not be taken.

use crate::db::{Insert, Runs as _, Sql, Tx, update};
use crate::row::{Cell, cells};
use crate::{Result, Store, StoreError};
use model::event::IMPORT_CHANGED;
use model::record::{Campaign, Import, ImportState};
use model::{At, CampaignId, ImportId, TenantId};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq)]
pub struct RejectedRow {
    /// 1 is the first row below the header.
    pub row: u64,
    pub reason: String,
    pub cells: Vec<String>,
}

impl Store {
    /// `head`: what the upload looks like before it is run (columns, first rows, guessed mapping).
    pub async fn insert_import(&self, import: &Import, head: &Value) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.must_own::<Campaign>(import.tenant_id, import.campaign_id.0, "campaign").await?;
        tx.insert(Insert::of(import).with("head", head)).await?;
        tell(&mut tx, import, import.created_at);
        tx.commit().await.map(|_| ())
    }

    pub async fn import(&self, tenant: TenantId, id: ImportId) -> Result<Option<Import>> {
        self.read().by_id(tenant, id.0).await
    }

    pub async fn import_head(&self, tenant: TenantId, id: ImportId) -> Result<Option<Value>> {
        self.read().cell(Sql::new("SELECT head FROM imports WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await
    }

    /// Newest first.
    pub async fn imports(&self, tenant: TenantId, campaign: CampaignId) -> Result<Vec<Import>> {
        self.read().must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        self.read().all(Sql::new("WHERE tenant_id = ? AND campaign_id = ? ORDER BY id DESC", cells![tenant, campaign])).await
    }

    /// State, counters, error, end.
    pub async fn update_import(&self, import: &Import, now: At) -> Result<()> {
        let mut tx = self.begin().await?;
        let mut sql = update(import, &["campaign_id", "file_name", "created_by", "created_at"]);
        sql.push(" WHERE id = ? AND tenant_id = ?").bind(&import.id).bind(&import.tenant_id);
        if tx.exec(sql).await? == 0 {
            return Err(StoreError::NotFound("import"));
        }
        tell(&mut tx, import, now);
        tx.commit().await.map(|_| ())
    }

    /// Whether this caller is the one who runs it: of several at once only the first is.
    pub async fn begin_import(&self, import: &Import) -> Result<bool> {
        let sql = "UPDATE imports SET state = ? WHERE id = ? AND tenant_id = ? AND state IN ('uploaded', 'failed')";
        let cells = cells![ImportState::Running, import.id, import.tenant_id];
        Ok(self.write().exec(Sql::new(sql, cells)).await? > 0)
    }

    pub async fn add_rejected_rows(&self, tenant: TenantId, import: ImportId, rows: &[RejectedRow]) -> Result<()> {
        let tx = self.begin().await?;
        tx.must_own::<Import>(tenant, import.0, "import").await?;
        for chunk in rows.chunks(2_000) {
            let mut sql =
                Sql::new("INSERT INTO rejected_rows (import_id, \"row\", tenant_id, reason, cells) VALUES ", Vec::new());
            for (i, row) in chunk.iter().enumerate() {
                sql.push(if i == 0 { "(?, ?, ?, ?, ?j)" } else { ", (?, ?, ?, ?, ?j)" });
                sql.bind(&import).bind(&row.row).bind(&tenant).bind(&row.reason).bind(&row.cells);
            }
            sql.push(" ON CONFLICT (import_id, \"row\") DO NOTHING");
            tx.exec(sql).await?;
        }
        tx.commit().await.map(|_| ())
    }

    /// In the sheet's order.
    pub async fn rejected_rows(
        &self,
        tenant: TenantId,
        import: ImportId,
        after_row: u64,
        limit: u32,
    ) -> Result<Vec<RejectedRow>> {
        self.read().must_own::<Import>(tenant, import.0, "import").await?;
        let sql = "SELECT \"row\", reason, cells FROM rejected_rows WHERE import_id = ? AND tenant_id = ? AND \"row\" > ? \
                   ORDER BY \"row\" LIMIT ?";
        let rows = self.read().rows(Sql::new(sql, cells![import, tenant, after_row, limit])).await?;
        let read = |row: &sea_orm::QueryResult| {
            Ok(RejectedRow { row: Cell::get(row, 0)?, reason: Cell::get(row, 1)?, cells: Cell::get(row, 2)? })
        };
        rows.iter().map(read).collect()
    }

    /// At start-up: running ones of a killed process become failed. What they brought in stays; running the file again
    /// finds those rows as duplicates.
    pub async fn fail_interrupted_imports(&self, now: At) -> Result<u64> {
        let running: Vec<Import> = self.write().all(Sql::new("WHERE state = 'running'", Vec::new())).await?;
        for import in &running {
            let failed = Import {
                state: ImportState::Failed,
                error: Some(format!(
                    "导入在第 {} 行后中断(程序重启)。请重新导入同一文件,已导入的号码会按重复跳过。",
                    import.rows_read
                )),
                finished_at: Some(now),
                ..import.clone()
            };
            self.update_import(&failed, now).await?;
        }
        Ok(u64::try_from(running.len()).unwrap_or(0))
    }
}

fn tell(tx: &mut Tx, import: &Import, now: At) {
    let data = json!({
        "import_id": import.id, "campaign_id": import.campaign_id, "file_name": import.file_name, "state": import.state,
        "rows_total": import.rows_total, "rows_read": import.rows_read, "accepted": import.accepted, "duplicates": import.duplicates,
        "rejected": import.rejected, "error": import.error,
    });
    tx.emit(import.tenant_id, IMPORT_CHANGED, now, data);
}
