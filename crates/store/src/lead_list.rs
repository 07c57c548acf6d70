//! 名单 of a campaign: kept, weighed, filtered, removed, counted.

use crate::db::{Insert, Runs as _, Sql, Tx, update};
use crate::row::{Cell, cells};
use crate::{NewLead, Result, Store, StoreError};
use model::event::CAMPAIGN_CHANGED;
use model::record::{Campaign, LeadList, LeadState, ListFilter, ListOrigin, ListProgress};
use model::{At, CampaignId, LeadId, LeadListId, TenantId, Vars};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Leads looked at in one transaction while a filter is applied.
const CHUNK: i64 = 2_000;

/// Figures of a campaign's lists.
pub type ListCounts = BTreeMap<LeadListId, ListProgress>;

/// The campaign's own first list bears its id.
pub(crate) fn own(campaign: CampaignId) -> LeadListId {
    LeadListId(campaign.0)
}

pub(crate) fn own_list(campaign: &Campaign) -> LeadList {
    LeadList {
        id: own(campaign.id),
        tenant_id: campaign.tenant_id,
        campaign_id: campaign.id,
        name: "默认名单".into(),
        weight: 10,
        priority: 0,
        enabled: true,
        filter: ListFilter::default(),
        applied: true,
        origin: ListOrigin::Own,
        origin_note: String::new(),
        created_by: String::new(),
        created_at: campaign.created_at,
        updated_at: campaign.created_at,
        revision: 1,
    }
}

impl Store {
    /// Highest priority first.
    pub async fn lead_lists(&self, tenant: TenantId, campaign: CampaignId) -> Result<Vec<LeadList>> {
        self.read().must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        let sql = "WHERE tenant_id = ? AND campaign_id = ? AND removed_at IS NULL ORDER BY priority DESC, id";
        self.read().all(Sql::new(sql, cells![tenant, campaign])).await
    }

    pub async fn lead_list(&self, tenant: TenantId, id: LeadListId) -> Result<Option<LeadList>> {
        self.read().one(Sql::new("WHERE id = ? AND tenant_id = ? AND removed_at IS NULL", cells![id, tenant])).await
    }

    pub async fn insert_lead_list(&self, list: &LeadList) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.must_own::<Campaign>(list.tenant_id, list.campaign_id.0, "campaign").await?;
        tx.insert(Insert::of(list)).await?;
        tell(&mut tx, list, list.created_at).await?;
        tx.commit().await.map(|_| ())
    }

    /// Name, weight, priority, whether it is dialled, filter. A changed filter is still to be applied ([`Store::apply_filter`]); until
    /// then nobody of the list is dialled.
    ///
    /// # Errors
    /// `Conflict` when `list.revision` is not the stored one.
    pub async fn update_lead_list(&self, list: &LeadList, now: At) -> Result<LeadList> {
        let mut tx = self.begin().await?;
        let sql = format!("WHERE id = ? AND tenant_id = ? AND removed_at IS NULL{}", tx.engine().for_update());
        let found = tx.one(Sql::new(sql, cells![list.id, list.tenant_id])).await?;
        let stored: LeadList = found.ok_or(StoreError::NotFound("list"))?;
        if stored.revision != list.revision {
            return Err(StoreError::Conflict("somebody else changed the list meanwhile; load it again"));
        }
        let applied = stored.applied && stored.filter == list.filter;
        let next = LeadList { applied, revision: stored.revision + 1, updated_at: now, ..list.clone() };
        let mut sql = update(&next, &["campaign_id", "origin", "origin_note", "created_by", "created_at"]);
        sql.push(" WHERE id = ?").bind(&list.id);
        tx.exec(sql).await?;
        tell(&mut tx, &next, now).await?;
        tx.commit().await?;
        let stored = self.lead_list(list.tenant_id, list.id).await?;
        stored.ok_or(StoreError::NotFound("list"))
    }

    /// The list goes with its leads that wait: those never dialled are gone, those dialled before are kept for the books and excluded.
    /// Calls that are up end as calls do, and their leads are not dialled again. Answers how many leads waited.
    pub async fn remove_lead_list(&self, tenant: TenantId, id: LeadListId, now: At) -> Result<u64> {
        let mut tx = self.begin().await?;
        let list: Option<LeadList> =
            tx.one(Sql::new("WHERE id = ? AND tenant_id = ? AND removed_at IS NULL", cells![id, tenant])).await?;
        let list = list.ok_or(StoreError::NotFound("list"))?;
        tx.exec(Sql::new("UPDATE lead_lists SET removed_at = ?, revision = revision + 1 WHERE id = ?", cells![now, id])).await?;
        let of = "campaign_id = ? AND list_id = ? AND state";
        let values = || cells![list.campaign_id, id];
        let never = format!(
            "DELETE FROM leads WHERE {of} IN ('ready', 'retry', 'leased', 'excluded', 'expired') \
             AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.lead_id = leads.id)"
        );
        let deleted = tx.exec(Sql::new(never, values())).await?;
        let kept = format!(
            "UPDATE leads SET state = 'excluded', lease_until = NULL, note = 'list_removed' WHERE {of} IN ('ready', 'retry', 'leased')"
        );
        let excluded = tx.exec(Sql::new(kept, values())).await?;
        tx.exec(Sql::new(format!("UPDATE leads SET note = 'list_removed' WHERE {of} = 'dialing'"), values())).await?;
        tell(&mut tx, &list, now).await?;
        tx.commit().await?;
        self.inner.turns.rest(std::iter::once(id));
        Ok(deleted + excluded)
    }

    /// By list; lists without leads are absent.
    pub async fn list_counts(&self, tenant: TenantId, campaign: CampaignId) -> Result<ListCounts> {
        self.read().must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        // Read from the index alone.
        let sql = "SELECT list_id, state, CAST(CASE WHEN result IS NULL THEN 0 ELSE 1 END AS BIGINT), COUNT(*) FROM leads \
                   WHERE campaign_id = ? GROUP BY 1, 2, 3";
        let mut counts = ListCounts::new();
        for row in self.read().rows(Sql::new(sql, cells![campaign])).await? {
            let n = u64::get(&row, 3)?;
            let list = counts.entry(Cell::get(&row, 0)?).or_default();
            list.leads += n;
            list.with_result += if i64::get(&row, 2)? == 1 { n } else { 0 };
            *list.by_state.entry(LeadState::get(&row, 1)?.code().into()).or_default() += n;
        }
        Ok(counts)
    }

    /// Lists whose filter was changed and not applied to the end, of all tenants: work that a killed process left.
    pub async fn unapplied_lists(&self) -> Result<Vec<LeadList>> {
        self.read().all(Sql::new("WHERE NOT applied AND removed_at IS NULL ORDER BY id", Vec::new())).await
    }

    /// Looks at every lead of the list that may still be called, in pieces. A filter that changes meanwhile is applied from the
    /// beginning by whoever changed it.
    pub async fn apply_filter(&self, tenant: TenantId, id: LeadListId) -> Result<()> {
        let _turn = self.inner.filter_turn.lock().await;
        let Some(list) = self.lead_list(tenant, id).await? else { return Ok(()) };
        let mut after = LeadId(0);
        while let Some(last) = self.apply_to_some(&list, after).await? {
            after = last;
        }
        let sql = "UPDATE lead_lists SET applied = ? WHERE id = ? AND revision = ?";
        self.write().exec(Sql::new(sql, cells![true, id, list.revision])).await.map(|_| ())
    }

    async fn apply_to_some(&self, list: &LeadList, after: LeadId) -> Result<Option<LeadId>> {
        let tx = self.begin().await?;
        let sql = "SELECT id, region, carrier, attempts, variables, hold, state FROM leads WHERE campaign_id = ? AND id > ? AND list_id = ? \
                   AND state IN ('ready', 'retry', 'leased', 'dialing') ORDER BY id LIMIT ?";
        let rows = tx.rows(Sql::new(sql, cells![list.campaign_id, after, list.id, CHUNK])).await?;
        let (mut last, mut out, mut back) = (None, Vec::new(), Vec::new());
        for row in &rows {
            let (id, variables): (LeadId, Vars) = (Cell::get(row, 0)?, Cell::get(row, 4)?);
            let passes = list.filter.passes(&String::get(row, 1)?, Cell::get(row, 2)?, Cell::get(row, 3)?, &variables);
            let held = String::get(row, 5)? == "filter";
            match (passes, held) {
                (false, false) => out.push(id),
                (true, true) => back.push(id),
                _ => {}
            }
            last = Some(id);
        }
        // Whether the time of those who wait has come is for the next claim to see.
        for (ids, hold) in [(out, "'filter'"), (back, "CASE WHEN state = 'ready' THEN 'time' ELSE 'none' END")] {
            if !ids.is_empty() {
                let mut sql = Sql::new(format!("UPDATE leads SET hold = {hold} WHERE campaign_id = ?"), cells![list.campaign_id]);
                sql.and_in("id", &ids);
                tx.exec(sql).await?;
            }
        }
        tx.commit().await?;
        Ok(last)
    }

    /// The lists that new leads name; the campaign's own is made where it is missing.
    pub(crate) async fn lists_of_new(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        leads: &[NewLead],
        now: At,
    ) -> Result<Vec<LeadList>> {
        let named: BTreeSet<LeadListId> = leads.iter().map(|l| l.list_id.unwrap_or_else(|| own(campaign))).collect();
        let named: Vec<LeadListId> = named.into_iter().collect();
        let find = || {
            let mut sql = Sql::new("WHERE tenant_id = ? AND campaign_id = ? AND removed_at IS NULL", cells![tenant, campaign]);
            sql.and_in("id", &named);
            sql
        };
        let found: Vec<LeadList> = self.read().all(find()).await?;
        if !named.contains(&own(campaign)) || found.iter().any(|l| l.id == own(campaign)) {
            return Ok(found);
        }
        let record = self.campaign(tenant, campaign).await?.ok_or(StoreError::NotFound("campaign"))?;
        let list = LeadList { created_at: now, updated_at: now, ..own_list(&record) };
        let again = "ON CONFLICT (id) DO UPDATE SET removed_at = NULL, enabled = excluded.enabled, filter = excluded.filter, applied = excluded.applied";
        self.write().insert(Insert::of(&list).tail(again)).await?;
        self.write().all(find()).await
    }
}

/// Whoever shows the campaign loads its lists again.
async fn tell(tx: &mut Tx, list: &LeadList, now: At) -> Result<()> {
    let campaign: Option<Campaign> = tx.by_id(list.tenant_id, list.campaign_id.0).await?;
    if let Some(c) = campaign {
        let data = json!({ "campaign_id": c.id, "campaign_name": c.name, "status": c.status, "revision": c.revision, "list_id": list.id });
        tx.emit(c.tenant_id, CAMPAIGN_CHANGED, now, data);
    }
    Ok(())
}
