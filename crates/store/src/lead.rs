//! 名单: brought in by the hundred thousand, found, changed, excluded, reused.

use crate::db::{Insert, Runs as _, Sql, update};
use crate::dialect::contains;
use crate::lead_list::own;
use crate::row::{Cell, cells};
use crate::{Dedupe, Page, PageQuery, Result, Store, StoreError};
use model::record::{Attempt, Campaign, Lead, LeadHold, LeadList, LeadState};
use model::{AgentId, At, CampaignId, Carrier, Disposition, ImportId, LeadId, LeadListId, TenantId, Vars};
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub struct NewLead {
    /// None: the campaign's own first list.
    pub list_id: Option<LeadListId>,
    /// What the system it comes from knows it by.
    pub source_id: Option<String>,
    pub phone: String,
    pub phone_raw: String,
    /// Further numbers, E.164.
    pub phones: Vec<String>,
    pub name: String,
    pub region: String,
    pub carrier: Carrier,
    pub variables: Vars,
    pub priority: i32,
    pub import_id: Option<ImportId>,
    /// Not before this; none: at once.
    pub next_at: Option<At>,
    /// Not after this.
    pub expires_at: Option<At>,
    pub agent_id: Option<AgentId>,
}

/// Empty fields match all.
#[derive(Clone, Debug, Default)]
pub struct LeadFilter {
    pub states: Vec<LeadState>,
    /// Last disposition.
    pub dispositions: Vec<Disposition>,
    pub results: Vec<String>,
    /// In phone, raw phone, name, or the whole id of the source.
    pub text: String,
    pub import_id: Option<ImportId>,
    pub list_id: Option<LeadListId>,
    pub agent_id: Option<AgentId>,
    /// Whether it belongs to any agent.
    pub assigned: Option<bool>,
    /// Last dialled at or after, before.
    pub called_from: Option<At>,
    pub called_until: Option<At>,
}

#[derive(Clone, Debug)]
pub enum LeadSelection {
    Ids(Vec<LeadId>),
    Filter(LeadFilter),
}

#[derive(Clone, Debug, Default)]
pub struct LeadPatch {
    pub name: Option<String>,
    pub variables: Option<Vars>,
    pub priority: Option<i32>,
    pub next_at: Option<At>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeadsRemoved {
    /// Never dialled: gone.
    pub deleted: u64,
    /// Dialled before: kept for the books, excluded as `removed`.
    pub excluded: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeadsCopied {
    pub copied: u64,
    pub duplicates: u64,
}

/// Rows of one INSERT: 29 columns each, below SQLite's 32,766 and PostgreSQL's 65,535 parameters.
const CHUNK: usize = 1_000;
/// Longest list of ids in one statement.
const IDS: usize = 5_000;

impl Store {
    /// In chunks of one transaction each. Answers in order: none where the phone was already in the campaign, or stood
    /// earlier in `leads`.
    pub async fn insert_leads(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        leads: &[NewLead],
        now: At,
    ) -> Result<Vec<Option<LeadId>>> {
        self.read().must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        let lists = self.lists_of_new(tenant, campaign, leads, now).await?;
        let mut ids = Vec::with_capacity(leads.len());
        for chunk in leads.chunks(CHUNK) {
            let mut rows = Vec::with_capacity(chunk.len());
            for lead in chunk {
                rows.push(fresh(self.new_id(now), list_of(&lists, campaign, lead)?, lead.clone(), now));
            }
            let Some(insert) = Insert::many(&rows) else { continue };
            let sql = insert.tail("ON CONFLICT DO NOTHING RETURNING id").sql();
            let written = self.write().rows(sql).await?;
            let written = written.iter().map(|row| LeadId::get(row, 0)).collect::<Result<BTreeSet<_>>>()?;
            ids.extend(rows.iter().map(|lead| written.contains(&lead.id).then_some(lead.id)));
        }
        if leads.len() >= 10 * CHUNK {
            self.write().exec(Sql::new(self.inner.db.engine.analyze(), Vec::new())).await?;
        }
        Ok(ids)
    }

    /// # Errors
    /// `Duplicate` of `phone` or `source_id` when the campaign has it already.
    pub async fn insert_lead(&self, tenant: TenantId, campaign: CampaignId, lead: NewLead, now: At) -> Result<Lead> {
        self.read().must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        let lists = self.lists_of_new(tenant, campaign, std::slice::from_ref(&lead), now).await?;
        let lead = fresh(self.new_id(now), list_of(&lists, campaign, &lead)?, lead, now);
        self.write().insert(Insert::of(&lead)).await?;
        Ok(lead)
    }

    pub async fn update_lead(&self, tenant: TenantId, id: LeadId, patch: LeadPatch) -> Result<Lead> {
        let tx = self.begin().await?;
        let stored: Option<Lead> = tx.one(locked(tenant, id, tx.engine())).await?;
        let mut lead = stored.ok_or(StoreError::NotFound("lead"))?;
        lead.name = patch.name.unwrap_or(lead.name);
        lead.variables = patch.variables.unwrap_or(lead.variables);
        lead.priority = patch.priority.unwrap_or(lead.priority);
        lead.next_at = patch.next_at.unwrap_or(lead.next_at);
        let list: Option<LeadList> = tx.by_id(tenant, lead.list_id.0).await?;
        let passes = list.is_none_or(|l| l.filter.passes(&lead.region, lead.carrier, lead.attempts, &lead.variables));
        lead.hold = match (passes, lead.state) {
            (false, _) => LeadHold::Filter,
            // Whether its time has come is for the next claim to see.
            (true, LeadState::Ready) => LeadHold::Time,
            (true, _) => LeadHold::Nothing,
        };
        let mut sql = update(&lead, &["campaign_id", "phone", "created_at"]);
        sql.push(" WHERE id = ?").bind(&id);
        tx.exec(sql).await?;
        tx.commit().await?;
        Ok(lead)
    }

    /// Those that are not finished become `excluded` with `note`. One in a call stays so; one merely claimed is not dialled.
    pub async fn exclude_leads(&self, tenant: TenantId, campaign: CampaignId, which: &LeadSelection, note: &str) -> Result<u64> {
        let set = "UPDATE leads SET state = 'excluded', lease_until = NULL, note = ?";
        self.change(tenant, campaign, which, set, cells![note.to_string()], "state IN ('ready', 'retry', 'leased')").await
    }

    /// Excluded and expired ones become `ready` again.
    pub async fn restore_leads(&self, tenant: TenantId, campaign: CampaignId, which: &LeadSelection, now: At) -> Result<u64> {
        let set = "UPDATE leads SET state = 'ready', note = NULL, expires_at = NULL, next_at = ?, \
                   hold = CASE WHEN hold = 'filter' THEN hold ELSE 'none' END";
        self.change(tenant, campaign, which, set, cells![now], "state IN ('excluded', 'expired')").await
    }

    pub async fn remove_leads(&self, tenant: TenantId, campaign: CampaignId, which: &LeadSelection) -> Result<LeadsRemoved> {
        let never = "state <> 'dialing' AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.lead_id = leads.id)";
        let deleted = self.change(tenant, campaign, which, "DELETE FROM leads", Vec::new(), never).await?;
        let set = "UPDATE leads SET state = 'excluded', lease_until = NULL, note = 'removed'";
        let excluded = self.change(tenant, campaign, which, set, Vec::new(), "state NOT IN ('dialing', 'excluded')").await?;
        Ok(LeadsRemoved { deleted, excluded })
    }

    /// In the order they were brought in.
    pub async fn leads(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        filter: &LeadFilter,
        page: PageQuery,
    ) -> Result<Page<Lead>> {
        self.read().must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        let mut sql = Sql::new("WHERE campaign_id = ? AND tenant_id = ?", cells![campaign, tenant]);
        self.matching(&mut sql, filter);
        self.read().page(sql, false, page).await
    }

    pub async fn lead(&self, tenant: TenantId, id: LeadId) -> Result<Option<Lead>> {
        self.read().by_id(tenant, id.0).await
    }

    /// By ordinal.
    pub async fn lead_attempts(&self, tenant: TenantId, lead: LeadId) -> Result<Vec<Attempt>> {
        self.read().must_own::<Lead>(tenant, lead.0, "lead").await?;
        self.attempts_of_leads(tenant, &[lead]).await
    }

    /// By lead and ordinal, for exports.
    pub async fn attempts_of_leads(&self, tenant: TenantId, leads: &[LeadId]) -> Result<Vec<Attempt>> {
        let mut found = Vec::new();
        for chunk in leads.chunks(IDS) {
            let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
            sql.and_in("lead_id", chunk).push(" ORDER BY lead_id, ordinal, id");
            found.extend(self.read().all::<Attempt>(sql).await?);
        }
        Ok(found)
    }

    /// Numbers chosen by what came of them, reused in another campaign as fresh leads without history.
    pub async fn copy_leads(
        &self,
        tenant: TenantId,
        from: CampaignId,
        filter: &LeadFilter,
        to: CampaignId,
        now: At,
    ) -> Result<LeadsCopied> {
        self.reuse_leads(tenant, (from, filter), (to, own(to)), &Dedupe::default(), now).await
    }

    /// Like [`Store::copy_leads`], onto a list, without those that the rule keeps out: they count as duplicates.
    pub async fn reuse_leads(
        &self,
        tenant: TenantId,
        (from, filter): (CampaignId, &LeadFilter),
        (to, list): (CampaignId, LeadListId),
        dedupe: &Dedupe,
        now: At,
    ) -> Result<LeadsCopied> {
        let target: Option<Campaign> = self.campaign(tenant, to).await?;
        if target.is_none() || from == to {
            return Err(StoreError::NotFound("campaign to copy to"));
        }
        let mut copied = LeadsCopied::default();
        let mut page = PageQuery::first(PageQuery::LIMIT_MAX);
        loop {
            let found = self.leads(tenant, from, filter, page).await?;
            let mut fresh: Vec<NewLead> = found.items.into_iter().map(|lead| reused(lead, list)).collect();
            if !dedupe.is_empty() {
                let phones: Vec<String> = fresh.iter().map(|lead| lead.phone.clone()).collect();
                let repeats = self.repeats(tenant, to, &phones, dedupe, now).await?;
                fresh.retain(|lead| !repeats.contains_key(&lead.phone));
                copied.duplicates += u64::try_from(repeats.len()).unwrap_or(0);
            }
            for id in self.insert_leads(tenant, to, &fresh, now).await? {
                if id.is_some() { copied.copied += 1 } else { copied.duplicates += 1 }
            }
            page.after = found.next;
            if page.after.is_none() {
                return Ok(copied);
            }
        }
    }

    /// One statement over a selection, ids in chunks of one transaction.
    pub(crate) async fn change(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        which: &LeadSelection,
        verb: &str,
        values: Vec<sea_orm::Value>,
        condition: &str,
    ) -> Result<u64> {
        self.read().must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        let mut head = Sql::new(verb, values);
        head.push(" WHERE campaign_id = ? AND tenant_id = ? AND ").push(condition).bind(&campaign).bind(&tenant);
        match which {
            LeadSelection::Filter(filter) => {
                self.matching(&mut head, filter);
                self.write().exec(head).await
            }
            LeadSelection::Ids(ids) => {
                let (tx, mut n) = (self.begin().await?, 0);
                for chunk in ids.chunks(IDS) {
                    let mut sql = head.clone();
                    sql.and_in("id", chunk);
                    n += tx.exec(sql).await?;
                }
                tx.commit().await?;
                Ok(n)
            }
        }
    }

    pub(crate) fn matching(&self, sql: &mut Sql, filter: &LeadFilter) {
        sql.and_in("state", &filter.states).and_in("last_disposition", &filter.dispositions).and_in("result", &filter.results);
        sql.and_some("import_id = ?", filter.import_id.as_ref()).and_some("list_id = ?", filter.list_id.as_ref());
        sql.and_some("agent_id = ?", filter.agent_id.as_ref());
        sql.and_some("last_attempt_at >= ?", filter.called_from.as_ref());
        sql.and_some("last_attempt_at < ?", filter.called_until.as_ref());
        if let Some(assigned) = filter.assigned {
            sql.push(if assigned { " AND agent_id IS NOT NULL" } else { " AND agent_id IS NULL" });
        }
        if !filter.text.trim().is_empty() {
            let (like, pattern) = (self.inner.db.engine.like(), contains(&filter.text));
            sql.push(&format!(" AND (phone {like} OR phone_raw {like} OR name {like} OR source_id = ?)"));
            sql.bind(&pattern).bind(&pattern).bind(&pattern).bind(&filter.text.trim().to_string());
        }
    }
}

pub(crate) fn locked(tenant: TenantId, id: LeadId, engine: crate::dialect::Engine) -> Sql {
    Sql::new(format!("WHERE id = ? AND tenant_id = ?{}", engine.for_update()), cells![id, tenant])
}

fn reused(lead: Lead, list: LeadListId) -> NewLead {
    let Lead { phone, phone_raw, phones, name, region, carrier, variables, priority, .. } = lead;
    NewLead {
        list_id: Some(list),
        source_id: None,
        phone,
        phone_raw,
        phones,
        name,
        region,
        carrier,
        variables,
        priority,
        import_id: None,
        next_at: None,
        expires_at: None,
        agent_id: None,
    }
}

pub(crate) fn list_of<'a>(lists: &'a [LeadList], campaign: CampaignId, lead: &NewLead) -> Result<&'a LeadList> {
    let id = lead.list_id.unwrap_or_else(|| own(campaign));
    lists.iter().find(|l| l.id == id).ok_or(StoreError::NotFound("list"))
}

pub(crate) fn fresh(id: LeadId, list: &LeadList, new: NewLead, now: At) -> Lead {
    let next_at = new.next_at.unwrap_or(now);
    let hold = match list.filter.passes(&new.region, new.carrier, 0, &new.variables) {
        false => LeadHold::Filter,
        true if next_at > now => LeadHold::Time,
        true => LeadHold::Nothing,
    };
    Lead {
        id,
        tenant_id: list.tenant_id,
        campaign_id: list.campaign_id,
        list_id: list.id,
        import_id: new.import_id,
        source_id: new.source_id,
        phone: new.phone,
        phone_raw: new.phone_raw,
        phones: new.phones,
        phone_at: 0,
        phones_spent: 0,
        name: new.name,
        region: new.region,
        carrier: new.carrier,
        variables: new.variables,
        state: LeadState::Ready,
        priority: new.priority,
        attempts: 0,
        next_at,
        hold,
        expires_at: new.expires_at,
        agent_id: new.agent_id,
        lease_until: None,
        last_disposition: None,
        last_attempt_at: None,
        result: None,
        result_at: None,
        note: None,
        created_at: now,
    }
}
