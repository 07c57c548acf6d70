//! 外呼任务: kept, moved from status to status, counted.

use crate::db::{Insert, Runs, Sql, Tx, update};
use crate::dialect::contains;
use crate::row::{Cell, cells};
use crate::tally::{self, Tally};
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::CAMPAIGN_CHANGED;
use model::record::{Campaign, CampaignProgress, CampaignStatus};
use model::{At, CampaignId, TenantId, UserId};
use serde_json::json;

#[derive(Clone, Debug, Default)]
pub struct CampaignFilter {
    pub statuses: Vec<CampaignStatus>,
    /// In the name or description.
    pub text: String,
}

/// `by` is written to `submitted_by` (to Pending) or `approved_by` (to Approved); `note` to `review_note`.
#[derive(Clone, Debug)]
pub struct StatusChange<'a> {
    pub from: &'a [CampaignStatus],
    pub to: CampaignStatus,
    pub by: Option<UserId>,
    pub note: Option<String>,
}

/// What only [`Store::set_campaign_status`] writes.
const LIFE: &[&str] = &[
    "status",
    "created_by",
    "submitted_by",
    "approved_by",
    "approved_at",
    "review_note",
    "started_at",
    "finished_at",
    "created_at",
];

impl Store {
    pub async fn insert_campaign(&self, campaign: &Campaign) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.insert(Insert::of(campaign)).await?;
        tx.insert(Insert::of(&crate::lead_list::own_list(campaign))).await?;
        tx.emit(campaign.tenant_id, CAMPAIGN_CHANGED, campaign.created_at, changed(campaign));
        tx.commit().await.map(|_| ())
    }

    pub async fn campaign(&self, tenant: TenantId, id: CampaignId) -> Result<Option<Campaign>> {
        self.read().by_id(tenant, id.0).await
    }

    pub async fn campaigns(&self, tenant: TenantId, filter: &CampaignFilter, page: PageQuery) -> Result<Page<Campaign>> {
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_in("status", &filter.statuses);
        if !filter.text.trim().is_empty() {
            let (like, pattern) = (self.read().engine().like(), contains(&filter.text));
            sql.push(&format!(" AND (name {like} OR description {like})")).bind(&pattern).bind(&pattern);
        }
        self.read().page(sql, true, page).await
    }

    /// Writes what a person edits; status, approval and times stay as stored. Answers the record as it now stands.
    ///
    /// # Errors
    /// `Conflict` when `campaign.revision` is not the stored one.
    pub async fn update_campaign(&self, campaign: &Campaign, now: At) -> Result<Campaign> {
        let next = Campaign { revision: campaign.revision + 1, updated_at: now, ..campaign.clone() };
        let mut tx = self.begin().await?;
        let mut sql = update(&next, LIFE);
        sql.push(" WHERE id = ? AND tenant_id = ? AND revision = ?");
        sql.bind(&campaign.id).bind(&campaign.tenant_id).bind(&campaign.revision);
        let written = tx.exec(sql).await?;
        let stored: Campaign = tx.by_id(campaign.tenant_id, campaign.id.0).await?.ok_or(StoreError::NotFound("campaign"))?;
        if written == 0 {
            return Err(StoreError::Conflict("somebody else changed the campaign meanwhile; load it again"));
        }
        crate::booking::keep_late(&tx, &stored).await?;
        tx.emit(stored.tenant_id, CAMPAIGN_CHANGED, now, changed(&stored));
        tx.commit().await?;
        Ok(stored)
    }

    /// # Errors
    /// `Conflict` when the status is none of `change.from`.
    pub async fn set_campaign_status(
        &self,
        tenant: TenantId,
        id: CampaignId,
        change: StatusChange<'_>,
        now: At,
    ) -> Result<Campaign> {
        let mut tx = self.begin().await?;
        let stored = move_status(&mut tx, Some(tenant), id, &change, now).await?;
        tx.commit().await?;
        Ok(stored)
    }

    /// Deletes a draft with its leads and imports.
    ///
    /// # Errors
    /// `Conflict` when it is no draft any more.
    pub async fn delete_campaign(&self, tenant: TenantId, id: CampaignId) -> Result<()> {
        let tx = self.begin().await?;
        let sql = "DELETE FROM campaigns WHERE id = ? AND tenant_id = ? AND status = 'draft'";
        if tx.exec(Sql::new(sql, cells![id, tenant])).await? == 0 {
            let known = tx.by_id::<Campaign>(tenant, id.0).await?.is_some();
            return Err(if known {
                StoreError::Conflict("only a draft can be deleted")
            } else {
                StoreError::NotFound("campaign")
            });
        }
        let rejected = "DELETE FROM rejected_rows WHERE import_id IN (SELECT id FROM imports WHERE campaign_id = ?)";
        tx.exec(Sql::new(rejected, cells![id])).await?;
        tx.exec(Sql::new("DELETE FROM imports WHERE campaign_id = ?", cells![id])).await?;
        tx.exec(Sql::new("DELETE FROM leads WHERE campaign_id = ?", cells![id])).await?;
        tx.exec(Sql::new("DELETE FROM bookings WHERE campaign_id = ?", cells![id])).await?;
        tx.exec(Sql::new("DELETE FROM booking_links WHERE campaign_id = ?", cells![id])).await?;
        tx.exec(Sql::new("DELETE FROM list_entries WHERE campaign_id = ?", cells![id])).await?;
        tx.exec(Sql::new("DELETE FROM lead_lists WHERE campaign_id = ?", cells![id])).await?;
        tx.commit().await.map(|_| ())
    }

    /// Figures from the facts. `dialing`, `talking` and `waiting_for` are the floor's and stay empty here.
    pub async fn campaign_progress(&self, tenant: TenantId, id: CampaignId) -> Result<CampaignProgress> {
        let db = self.read();
        db.must_own::<Campaign>(tenant, id.0, "campaign").await?;
        progress(&db, tenant, id).await
    }

    /// Attempts begun since `midnight`, those that a rule forbade not counted.
    pub async fn today_attempts(&self, campaign: CampaignId, midnight: At) -> Result<u32> {
        let db = self.read();
        let Some(tenant) = db.cell(Sql::new("SELECT tenant_id FROM campaigns WHERE id = ?", cells![campaign])).await? else {
            return Ok(0);
        };
        let n = tally::sum(&db, tenant, Tally::Campaign, &campaign.to_string(), midnight).await?;
        Ok(u32::try_from(n).unwrap_or(0))
    }

    /// Whatever its tenant and status: for the engine, which is told of changes by id alone.
    pub async fn campaign_of_any_tenant(&self, id: CampaignId) -> Result<Option<Campaign>> {
        Ok(self.read().all(Sql::new("WHERE id = ?", cells![id])).await?.into_iter().next())
    }

    /// Running and paused, of all tenants: for the engine.
    pub async fn active_campaigns(&self) -> Result<Vec<Campaign>> {
        self.read().all(Sql::new("WHERE status IN ('running', 'paused') ORDER BY id", Vec::new())).await
    }
}

/// `tenant` none: the engine's own change.
pub(crate) async fn move_status(
    tx: &mut Tx,
    tenant: Option<TenantId>,
    id: CampaignId,
    change: &StatusChange<'_>,
    now: At,
) -> Result<Campaign> {
    use CampaignStatus as S;
    let mut sql = Sql::new("UPDATE campaigns SET status = ?, updated_at = ?, revision = revision + 1", cells![change.to, now]);
    match change.to {
        S::Draft => sql.push(", review_note = ?, submitted_by = NULL, approved_by = NULL, approved_at = NULL").bind(&change.note),
        S::Pending => sql.push(", submitted_by = ?, review_note = NULL").bind(&change.by),
        S::Approved => {
            sql.push(", approved_by = ?, approved_at = ?, review_note = ?").bind(&change.by).bind(&now).bind(&change.note)
        }
        S::Running => sql.push(", started_at = COALESCE(started_at, ?), finished_at = NULL").bind(&now),
        S::Stopped | S::Finished => sql.push(", finished_at = ?").bind(&now),
        S::Paused => &mut sql,
    };
    sql.push(" WHERE id = ?").bind(&id);
    sql.and_some("tenant_id = ?", tenant.as_ref()).and_in("status", change.from);
    let moved = tx.exec(sql).await?;
    let mut find = Sql::new("WHERE id = ?", cells![id]);
    find.and_some("tenant_id = ?", tenant.as_ref());
    let stored: Campaign = tx.one(find).await?.ok_or(StoreError::NotFound("campaign"))?;
    if moved == 0 {
        return Err(StoreError::Conflict("the campaign's status does not allow this; load it again"));
    }
    tx.emit(stored.tenant_id, CAMPAIGN_CHANGED, now, changed(&stored));
    Ok(stored)
}

fn changed(campaign: &Campaign) -> serde_json::Value {
    json!({
        "campaign_id": campaign.id,
        "campaign_name": campaign.name,
        "status": campaign.status,
        "revision": campaign.revision,
    })
}

pub(crate) async fn progress(db: &impl Runs, tenant: TenantId, id: CampaignId) -> Result<CampaignProgress> {
    let mut progress = CampaignProgress::default();
    // Read from the index alone.
    let sql = "SELECT state, last_disposition, result, COUNT(*) FROM leads WHERE campaign_id = ? GROUP BY state, last_disposition, result";
    for row in db.rows(Sql::new(sql, cells![id])).await? {
        let n = u64::get(&row, 3)?;
        progress.leads += n;
        *progress.by_state.entry(Cell::get(&row, 0)?).or_default() += n;
        if let Some(disposition) = Option::<String>::get(&row, 1)? {
            *progress.by_disposition.entry(disposition).or_default() += n;
        }
        if let Some(result) = Option::<String>::get(&row, 2)? {
            *progress.by_result.entry(result).or_default() += n;
        }
    }
    for row in db.rows(Sql::new("SELECT state, COUNT(*) FROM bookings WHERE campaign_id = ? GROUP BY state", cells![id])).await? {
        progress.appointments.insert(Cell::get(&row, 0)?, Cell::get(&row, 1)?);
    }
    let key = id.to_string();
    progress.attempts = u64::try_from(tally::sum(db, tenant, Tally::Campaign, &key, At(0)).await?).unwrap_or(0);
    progress.answered = u64::try_from(tally::sum(db, tenant, Tally::Answered, &key, At(0)).await?).unwrap_or(0);
    progress.talk_ms = u64::try_from(tally::sum(db, tenant, Tally::Talk, &key, At(0)).await?).unwrap_or(0);
    Ok(progress)
}
