//! Claims: leads handed to the floor under a lease, each to one claimer. The heart of "nobody is dialled twice".
//!
//! What a claim costs must not depend on how many leads wait: each part walks a partial index that holds only what may be
//! taken, in the order in which it is taken.

mod by_time;
mod turns;

pub(crate) use turns::Turns;

use crate::db::{Runs as _, Sql, Tx};
use crate::row::{Cell, cells};
use crate::{Result, Store};
use model::record::{ClaimedLead, DialMode};
use model::{AgentId, At, CampaignId, Disposition, LeadId, LeadListId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// In the order in which they are to be dialled.
    pub leads: Vec<ClaimedLead>,
    /// When the next lead may be due; none: nothing waits.
    pub next_due: Option<At>,
    /// No lead is ready, held, in a call or waiting for a retry.
    pub all_settled: bool,
}

/// Whose leads are claimed, and when.
struct Asked {
    campaign: CampaignId,
    now: At,
    lease_until: At,
}

/// What there is to take from.
struct Lists {
    /// Those with something due, highest priority first.
    live: Vec<Live>,
    /// Something will expire.
    urgent: bool,
    /// Leases have run out, or somebody's time has come.
    untidy: bool,
    /// Appointments are due, not leads.
    by_time: bool,
}

/// A list that has something due.
struct Live {
    id: LeadListId,
    priority: i64,
    weight: u32,
}

/// One lead that was taken, with what orders it.
struct Taken {
    list: LeadListId,
    priority: i64,
    tried: bool,
    lead: ClaimedLead,
}

/// Agents of one statement.
const OWN_AT_ONCE: usize = 30;
/// Lists that may be dialled.
const OPEN_LISTS: &str = "enabled AND applied AND removed_at IS NULL";

impl Store {
    /// Takes up to `n` due leads: those that will expire first, then from the lists in order of their priority and within one
    /// priority by weight, ready ones and retries whose time has come. Leads whose lease ran out while they were only `leased` count
    /// again. One that is `dialing` is never taken ([`Store::recover`] decides over those), nor one that belongs to an agent. In
    /// appointment mode what is due are appointments (`claim/by_time.rs`).
    pub async fn claim_leads(&self, campaign: CampaignId, n: u32, now: At, lease_until: At) -> Result<Claim> {
        self.claim_leads_for(campaign, n, &[], now, lease_until).await
    }

    /// Like [`Store::claim_leads`], and before those, beyond `n`, one lead for each of the agents that have one of their own due.
    pub async fn claim_leads_for(
        &self,
        campaign: CampaignId,
        n: u32,
        agents: &[AgentId],
        now: At,
        lease_until: At,
    ) -> Result<Claim> {
        let asked = Asked { campaign, now, lease_until };
        let n = usize::try_from(n).unwrap_or(0);
        let tx = self.begin().await?;
        let mut lists = asked.lists(&tx).await?;
        if lists.by_time {
            return asked.appointments(tx, n, lists.untidy).await;
        }
        if lists.untidy {
            asked.tidy(&tx).await?;
            lists = asked.lists(&tx).await?;
        }
        let mut own = asked.own(&tx, agents).await?;
        let mut leads = Vec::with_capacity(n);
        if n > 0 && lists.urgent {
            leads = asked.take(&tx, &[asked.urgent(&tx, n)]).await?;
        }
        for group in lists.live.chunk_by(|a, b| a.priority == b.priority) {
            if leads.len() < n {
                self.claim_of_group(&tx, &asked, group, n, &mut leads).await?;
            }
        }
        if leads.len() < n {
            leads.extend(asked.take(&tx, &[asked.waiting_for_their_hour(&tx, n - leads.len())]).await?);
        }
        let short = leads.len() < n || n == 0;
        own.append(&mut leads);
        let mut claim = Claim { leads: histories(&tx, own).await?, next_due: Some(now), all_settled: false };
        if short {
            (claim.next_due, claim.all_settled) = asked.what_waits(&tx).await?;
        }
        tx.commit().await?;
        Ok(claim)
    }

    /// Shares out among lists of one priority until `n` are taken or all of them have nothing more.
    async fn claim_of_group(&self, tx: &Tx, asked: &Asked, group: &[Live], n: usize, leads: &mut Vec<Taken>) -> Result<()> {
        let mut live: Vec<(LeadListId, u32)> = group.iter().map(|l| (l.id, l.weight)).collect();
        while leads.len() < n && !live.is_empty() {
            let turns = self.inner.turns.next(&live, n - leads.len());
            let mut shares: BTreeMap<LeadListId, usize> = BTreeMap::new();
            for list in &turns {
                *shares.entry(*list).or_default() += 1;
            }
            let parts: Vec<Sql> = shares.iter().map(|(list, share)| asked.share(tx, *list, *share)).collect();
            let mut hands: BTreeMap<LeadListId, Vec<Taken>> = BTreeMap::new();
            for taken in asked.take(tx, &parts).await? {
                hands.entry(taken.list).or_default().push(taken);
            }
            live.retain(|(list, _)| hands.get(list).map_or(0, Vec::len) >= shares.get(list).copied().unwrap_or(0));
            leads.extend(in_turn(&turns, hands));
        }
        self.inner.turns.rest(group.iter().map(|l| l.id).filter(|id| live.iter().all(|(l, _)| l != id)));
        Ok(())
    }

    /// They wait for an hour at which they are likelier to answer; a claim that finds nothing else takes them before.
    pub async fn put_off_leads(&self, campaign: CampaignId, leads: &[LeadId], until: At) -> Result<u64> {
        if leads.is_empty() {
            return Ok(0);
        }
        let mut sql = Sql::new(RELEASE, Vec::new());
        sql.push(", hold = 'hour', next_at = ?").bind(&until);
        sql.push(" WHERE state = 'leased' AND last_attempt_at IS NULL AND campaign_id = ?").bind(&campaign).and_in("id", leads);
        self.write().exec(sql).await
    }

    /// Back to where they were before the claim. Leads that went on to be dialled or were excluded are left alone.
    pub async fn release_leads(&self, campaign: CampaignId, leads: &[LeadId], _now: At) -> Result<u64> {
        if leads.is_empty() {
            return Ok(0);
        }
        let mut sql = Sql::new(RELEASE, Vec::new());
        sql.push(" WHERE state = 'leased' AND campaign_id = ?").bind(&campaign).and_in("id", leads);
        self.write().exec(sql).await
    }
}

/// Leads in the order of their lists' turns, within a list by priority; a retry whose time has come before a fresh lead.
fn in_turn(turns: &[LeadListId], hands: BTreeMap<LeadListId, Vec<Taken>>) -> Vec<Taken> {
    let mut hands: BTreeMap<LeadListId, VecDeque<Taken>> = hands
        .into_iter()
        .map(|(list, mut hand)| {
            hand.sort_by_key(|t| (Reverse(t.priority), !t.tried, t.lead.id));
            (list, hand.into())
        })
        .collect();
    turns.iter().filter_map(|list| hands.get_mut(list)?.pop_front()).collect()
}

impl Asked {
    /// Leases that ran out are given back; those whose time has come may be taken. The rows are locked by the part that finds them: the
    /// conditions said twice would send PostgreSQL through everything that is leased.
    async fn tidy(&self, tx: &Tx) -> Result<()> {
        let lock = tx.engine().skip_locked();
        let text = format!(
            "WITH p AS MATERIALIZED (SELECT id FROM leads WHERE campaign_id = ? AND state = 'leased' AND lease_until <= ? \
             LIMIT 1000{lock}) {RELEASE} WHERE id IN (SELECT id FROM p)"
        );
        tx.exec(Sql::new(text, cells![self.campaign, self.now])).await?;
        let text = format!(
            "WITH p AS MATERIALIZED (SELECT id FROM leads WHERE campaign_id = ? AND state = 'ready' AND hold = 'time' \
             AND next_at <= ? ORDER BY next_at LIMIT 1000{lock}), \
             h AS MATERIALIZED (SELECT id FROM leads WHERE campaign_id = ? AND hold = 'hour' AND next_at <= ? ORDER BY next_at \
             LIMIT 1000{lock}) \
             UPDATE leads SET hold = 'none' WHERE id IN (SELECT id FROM p UNION ALL SELECT id FROM h)"
        );
        tx.exec(Sql::new(text, cells![self.campaign, self.now, self.campaign, self.now])).await.map(|_| ())
    }

    /// Who held a claim is gone after a power cut, too: its leads are ready again either way, and nobody waits for the disk.
    async fn lists(&self, tx: &Tx) -> Result<Lists> {
        let text = format!(
            "SELECT l.id, l.priority, l.weight, CAST(CASE WHEN \
             EXISTS (SELECT 1 FROM leads WHERE list_id = l.id AND {READY}) OR \
             EXISTS (SELECT 1 FROM leads WHERE list_id = l.id AND {RETRY} AND next_at <= ?) THEN 1 ELSE 0 END AS BIGINT), \
             (SELECT COUNT(*) FROM (SELECT 1 FROM leads WHERE campaign_id = ? AND {EXPIRING} AND expires_at > ? LIMIT 1) u), \
             (SELECT COUNT(*) FROM (SELECT 1 FROM leads WHERE campaign_id = ? AND state = 'leased' AND lease_until <= ? LIMIT 1) d) + \
             (SELECT COUNT(*) FROM (SELECT 1 FROM leads WHERE campaign_id = ? AND state = 'ready' AND hold = 'time' AND next_at <= ? \
             LIMIT 1) h) + (SELECT COUNT(*) FROM (SELECT 1 FROM leads WHERE campaign_id = ? AND hold = 'hour' AND next_at <= ? \
             LIMIT 1) b), {}, (SELECT mode FROM campaigns WHERE id = l.campaign_id) FROM lead_lists l \
             WHERE l.campaign_id = ? AND {OPEN_LISTS} ORDER BY l.priority DESC, l.id",
            tx.engine().need_not_last()
        );
        let (c, now) = (self.campaign, self.now);
        let rows = tx.rows(Sql::new(text, cells![now, c, now, c, now, c, now, c, now, c])).await?;
        // Without a list to look at nothing is known of the rest.
        let mode = match rows.first() {
            Some(row) => Cell::get(row, 7)?,
            None => tx.cell(Sql::new("SELECT mode FROM campaigns WHERE id = ?", cells![c])).await?,
        };
        let by_time = mode == Some(DialMode::Appointment);
        let mut lists = Lists { live: Vec::new(), urgent: false, untidy: rows.is_empty(), by_time };
        for row in &rows {
            lists.urgent |= i64::get(row, 4)? > 0;
            lists.untidy |= i64::get(row, 5)? > 0;
            if i64::get(row, 3)? == 1 {
                lists.live.push(Live { id: Cell::get(row, 0)?, priority: Cell::get(row, 1)?, weight: Cell::get(row, 2)? });
            }
        }
        Ok(lists)
    }

    /// Up to `n` of one list.
    fn share(&self, tx: &Tx, list: LeadListId, n: usize) -> Sql {
        let (lock, n) = (tx.engine().skip_locked(), i64::try_from(n).unwrap_or(i64::MAX));
        let mut sql = Sql::new(
            format!(
                "SELECT id FROM (SELECT * FROM (SELECT id, priority, 1 AS fresh FROM leads WHERE list_id = ? AND {READY} \
                 ORDER BY priority DESC, id LIMIT ?{lock}) r UNION ALL \
                 SELECT * FROM (SELECT id, priority, 0 AS fresh FROM leads WHERE list_id = ? AND {RETRY} AND next_at <= ? \
                 ORDER BY next_at LIMIT ?{lock}) t) b ORDER BY priority DESC, fresh, id LIMIT ?"
            ),
            cells![list, n, list, self.now, n],
        );
        sql.bind(&n);
        sql
    }

    /// Those whose time runs out, the nearest end first.
    fn urgent(&self, tx: &Tx, n: usize) -> Sql {
        let (lock, n) = (tx.engine().skip_locked(), i64::try_from(n).unwrap_or(i64::MAX));
        let text = format!(
            "SELECT id FROM leads WHERE campaign_id = ? AND {EXPIRING} AND expires_at > ? AND state <> 'leased' AND hold = 'none' \
             AND agent_id IS NULL AND next_at <= ? AND list_id IN (SELECT id FROM lead_lists WHERE campaign_id = ? AND {OPEN_LISTS}) \
             ORDER BY expires_at, id LIMIT ?{lock}"
        );
        Sql::new(text, cells![self.campaign, self.now, self.now, self.campaign, n])
    }

    /// Those that wait for a better hour, the nearest first: nothing else is left.
    fn waiting_for_their_hour(&self, tx: &Tx, n: usize) -> Sql {
        let (lock, n) = (tx.engine().skip_locked(), i64::try_from(n).unwrap_or(i64::MAX));
        let text = format!(
            "SELECT id FROM leads WHERE campaign_id = ? AND hold = 'hour' AND state = 'ready' AND agent_id IS NULL \
             AND list_id IN (SELECT id FROM lead_lists WHERE campaign_id = ? AND {OPEN_LISTS}) ORDER BY next_at, id LIMIT ?{lock}"
        );
        Sql::new(text, cells![self.campaign, self.campaign, n])
    }

    /// The next lead of each agent.
    async fn own(&self, tx: &Tx, agents: &[AgentId]) -> Result<Vec<Taken>> {
        let lock = tx.engine().skip_locked();
        let text = format!(
            "SELECT id FROM leads WHERE agent_id = ? AND campaign_id = ? AND state IN ('ready', 'retry') AND hold = 'none' \
             AND next_at <= ? AND (expires_at IS NULL OR expires_at > ?) \
             AND list_id IN (SELECT id FROM lead_lists WHERE campaign_id = ? AND {OPEN_LISTS}) \
             ORDER BY COALESCE(expires_at, 9007199254740991), priority DESC, state DESC, id LIMIT 1{lock}"
        );
        let part = |agent: &AgentId| Sql::new(&text, cells![*agent, self.campaign, self.now, self.now, self.campaign]);
        let mut own = Vec::new();
        for some in agents.chunks(OWN_AT_ONCE) {
            let parts: Vec<Sql> = some.iter().map(part).collect();
            own.extend(self.take(tx, &parts).await?);
        }
        Ok(own)
    }

    /// Leases what the parts name.
    async fn take(&self, tx: &Tx, parts: &[Sql]) -> Result<Vec<Taken>> {
        // Named and materialised: a planner that ran such a part twice would take more than was asked for.
        let mut sql = Sql::default();
        for (i, part) in parts.iter().enumerate() {
            sql.push(if i == 0 { "WITH" } else { "," }).push(&format!(" p{i} AS MATERIALIZED ("));
            sql.append(part.clone()).push(")");
        }
        sql.push(" UPDATE leads SET state = 'leased', hold = 'none', lease_until = ? WHERE id IN (").bind(&self.lease_until);
        for i in 0..parts.len() {
            sql.push(if i == 0 { "" } else { " UNION ALL " }).push(&format!("SELECT id FROM p{i}"));
        }
        sql.push(
            ") RETURNING id, list_id, priority, phone, name, region, carrier, variables, attempts, last_attempt_at, phones, \
             phone_at, phones_spent, expires_at, agent_id, \
             import_id IS NOT NULL AND last_attempt_at IS NULL AND expires_at IS NULL AND agent_id IS NULL AND priority = 0 \
             AND next_at <= created_at",
        );
        let rows = tx.rows(sql).await?;
        let mut taken = rows.iter().map(|row| self.read(row)).collect::<Result<Vec<_>>>()?;
        taken.sort_by_key(|(expires_at, t)| (expires_at.unwrap_or(At(i64::MAX)), Reverse(t.priority), !t.tried, t.lead.id));
        Ok(taken.into_iter().map(|(_, t)| t).collect())
    }

    fn read(&self, row: &sea_orm::QueryResult) -> Result<(Option<At>, Taken)> {
        let mut lead = ClaimedLead {
            id: Cell::get(row, 0)?,
            phone: Cell::get(row, 3)?,
            name: Cell::get(row, 4)?,
            region: Cell::get(row, 5)?,
            carrier: Cell::get(row, 6)?,
            variables: Cell::get(row, 7)?,
            attempts: Cell::get(row, 8)?,
            ended: BTreeMap::new(),
            numbers_left: 0,
            agent_id: Cell::get(row, 14)?,
            may_wait: Cell::get(row, 15)?,
            lease_until: self.lease_until,
        };
        choose_number(&mut lead, &Vec::<String>::get(row, 10)?, Cell::get(row, 11)?, Cell::get(row, 12)?);
        let tried = Option::<At>::get(row, 9)?.is_some();
        Ok((Cell::get(row, 13)?, Taken { list: Cell::get(row, 1)?, priority: Cell::get(row, 2)?, tried, lead }))
    }

    /// The earliest time at which something may be due, and whether nothing is open any more.
    async fn what_waits(&self, tx: &Tx) -> Result<(Option<At>, bool)> {
        let text = format!(
            "SELECT MIN(at), (SELECT COUNT(*) FROM (SELECT 1 FROM leads WHERE campaign_id = ? \
             AND state IN ('ready', 'retry', 'leased', 'dialing') LIMIT 1) o) FROM (\
             SELECT CASE WHEN EXISTS (SELECT 1 FROM leads WHERE list_id = l.id AND {READY}) THEN ? \
             ELSE (SELECT MIN(next_at) FROM leads WHERE list_id = l.id AND {RETRY}) END AS at \
             FROM lead_lists l WHERE l.campaign_id = ? AND {OPEN_LISTS} UNION ALL \
             SELECT MIN(next_at) FROM leads WHERE campaign_id = ? AND state = 'ready' AND hold = 'time' UNION ALL \
             SELECT MIN(next_at) FROM leads WHERE campaign_id = ? AND {EXPIRING} AND state <> 'leased' AND hold = 'none' \
             AND agent_id IS NULL AND expires_at > ? UNION ALL \
             SELECT MIN(lease_until) FROM leads WHERE campaign_id = ? AND state = 'leased') due"
        );
        let c = self.campaign;
        let Some(row) = tx.row(Sql::new(text, cells![c, self.now, c, c, c, self.now, c])).await? else { return Ok((None, true)) };
        Ok((Cell::get(&row, 0)?, i64::get(&row, 1)? == 0))
    }
}

/// The number whose turn it is stands in `phone`, with where it lies.
fn choose_number(lead: &mut ClaimedLead, others: &[String], at: u32, spent: u32) {
    if others.is_empty() {
        return;
    }
    let all = u32::try_from(others.len()).unwrap_or(0) + 1;
    let left = (0..all).filter(|i| *i != at && spent & 1_u32.checked_shl(*i).unwrap_or(0) == 0);
    lead.numbers_left = u32::try_from(left.count()).unwrap_or(0);
    if let Some(other) = at.checked_sub(1).and_then(|i| others.get(usize::try_from(i).ok()?)) {
        lead.phone.clone_from(other);
        lead.region = model::number::region_name(other).into();
        lead.carrier = model::number::carrier_of(other);
    }
}

/// With how the attempts to the number at hand ended.
async fn histories(tx: &Tx, taken: Vec<Taken>) -> Result<Vec<ClaimedLead>> {
    // What was never counted may have been tried: congestion does not count.
    let ids: Vec<LeadId> = taken.iter().filter(|t| t.tried).map(|t| t.lead.id).collect();
    let mut leads: Vec<ClaimedLead> = taken.into_iter().map(|t| t.lead).collect();
    if ids.is_empty() {
        return Ok(leads);
    }
    let mut sql =
        Sql::new("SELECT lead_id, phone, disposition, COUNT(*) FROM attempts WHERE disposition IS NOT NULL", Vec::new());
    sql.and_in("lead_id", &ids).push(" GROUP BY lead_id, phone, disposition");
    for row in tx.rows(sql).await? {
        let (id, phone, n) = (LeadId::get(&row, 0)?, String::get(&row, 1)?, u32::get(&row, 3)?);
        if let Some(lead) = leads.iter_mut().find(|lead| lead.id == id && lead.phone == phone) {
            *lead.ended.entry(Disposition::get(&row, 2)?).or_default() += n;
        }
    }
    Ok(leads)
}

/// As the partial indexes say it, so that the planners see that they serve.
const READY: &str = "state = 'ready' AND hold = 'none' AND agent_id IS NULL AND expires_at IS NULL";
const RETRY: &str = "state = 'retry' AND hold = 'none' AND agent_id IS NULL AND expires_at IS NULL";
const EXPIRING: &str = "expires_at IS NOT NULL AND state IN ('ready', 'retry', 'leased')";

/// `next_at` was left as it stood at the claim; a lead that has been tried goes back among the retries.
pub(crate) const RELEASE: &str =
    "UPDATE leads SET state = CASE WHEN last_attempt_at IS NULL THEN 'ready' ELSE 'retry' END, lease_until = NULL";
