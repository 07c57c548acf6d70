//! Start-up after a kill: whatever was open belongs to a process that is no more. Attempts end, calls get their record,
//! leads go back or on, and nobody is dialled twice for one attempt.

use crate::claim::RELEASE;
use crate::commit::Batch;
use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store};
use model::record::{Attempt, AttemptEnd, AttemptState, Call, Campaign, Direction, Lead, LeadState, NumberTurn, RetryRule};
use model::telephony::{Cause, EndedBy, MediaStats};
use model::{At, AttemptId, Disposition, TenantId};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Claimed, but never dialled.
    pub leads_released: u64,
    /// Found open, and what they were ended as.
    pub attempts: Vec<(AttemptId, Disposition)>,
    /// Spans of agents' time that were closed at the last moment anything is known of.
    pub intervals: u64,
}

const CHUNK: usize = 200;

impl Store {
    /// Call once, before anything dials. Runs in pieces; killed in the middle it is simply run again.
    pub async fn recover(&self, now: At) -> Result<Recovered> {
        let mut recovered = Recovered::default();
        let open: Vec<Attempt> = self.write().all(Sql::new("WHERE state <> 'ended' ORDER BY id", Vec::new())).await?;
        for chunk in open.chunks(CHUNK) {
            let mut batch = Batch::begin(self).await?;
            for attempt in chunk {
                let end = end_of(&mut batch, attempt, now).await?;
                let call = call_of(&mut batch, attempt, &end).await?;
                Box::pin(batch.attempt_ended(&end, Some(&call), &[])).await?;
                recovered.attempts.push((attempt.id, end.disposition));
            }
            batch.commit().await?;
        }
        let mut sql = Sql::new(RELEASE, Vec::new());
        sql.push(" WHERE state IN ('leased', 'dialing')");
        recovered.leads_released = self.write().exec(sql).await?;
        recovered.intervals = self.close_intervals(now).await?;
        Ok(recovered)
    }

    /// Nobody is signed in any more. An agent was at work until the process was last heard of, and not until it came back.
    async fn close_intervals(&self, now: At) -> Result<u64> {
        let mut closed = 0;
        let tenants = "SELECT DISTINCT tenant_id FROM state_intervals WHERE ended_at IS NULL";
        for row in self.write().rows(Sql::new(tenants, Vec::new())).await? {
            let tenant = TenantId::get(&row, 0)?;
            let mut last = At(0);
            for text in [
                "SELECT MAX(started_at) FROM state_intervals WHERE tenant_id = ?",
                "SELECT MAX(ended_at) FROM state_intervals WHERE tenant_id = ?",
                "SELECT ts FROM events WHERE tenant_id = ? ORDER BY seq DESC LIMIT 1",
            ] {
                let found: Option<Option<At>> = self.write().cell(Sql::new(text, cells![tenant])).await?;
                last = found.flatten().map_or(last, |at| at.max(last));
            }
            let last = last.min(now);
            let sql = "UPDATE state_intervals SET ended_at = CASE WHEN started_at > ? THEN started_at ELSE ? END \
                       WHERE tenant_id = ? AND ended_at IS NULL";
            closed += self.write().exec(Sql::new(sql, cells![last, last, tenant])).await?;
        }
        Ok(closed)
    }
}

/// The last moment the attempt is known to have lived.
fn last_sign(attempt: &Attempt, lead: Option<&Lead>) -> At {
    let result_at = lead.and_then(|l| l.result_at).filter(|at| attempt.result.is_some() && *at >= attempt.dialing_at);
    [Some(attempt.dialing_at), attempt.ringing_at, attempt.answered_at, result_at]
        .into_iter()
        .flatten()
        .max()
        .unwrap_or(attempt.dialing_at)
}

async fn end_of(batch: &mut Batch, attempt: &Attempt, now: At) -> Result<AttemptEnd> {
    let campaign = batch.campaign(attempt.tenant_id, attempt.campaign_id).await?;
    let lead: Option<Lead> = batch.tx.by_id(attempt.tenant_id, attempt.lead_id.0).await?;
    let reached = attempt.state == AttemptState::Answered && attempt.result.is_some();
    let disposition = if reached { Disposition::Human } else { Disposition::Interrupted };
    let since = crate::booking::begun_at(&batch.tx, attempt.tenant_id, attempt.lead_id).await?.unwrap_or(At(0));
    let sql = "SELECT disposition, COUNT(*) FROM attempts WHERE lead_id = ? AND disposition IS NOT NULL AND dialing_at >= ? \
               GROUP BY disposition";
    let mut tried = BTreeMap::new();
    for row in batch.tx.rows(Sql::new(sql, cells![attempt.lead_id, since])).await? {
        tried.insert(Disposition::get(&row, 0)?, u32::get(&row, 1)?);
    }
    let (lead_state, next_at) = match (&campaign, &lead) {
        (Some(campaign), Some(lead)) => what_next(campaign, lead, attempt, disposition, &tried, now),
        _ => (LeadState::Done, now),
    };
    Ok(AttemptEnd {
        id: attempt.id,
        lead_id: attempt.lead_id,
        campaign_id: attempt.campaign_id,
        ended_at: last_sign(attempt, lead.as_ref()),
        disposition,
        cause: Cause { by: EndedBy::Us, text: Some("the process ended during the call".into()), ..Cause::default() },
        result: attempt.result.clone(),
        refusal: None,
        trunk_id: attempt.trunk_id,
        failovers: attempt.failovers,
        lead_state,
        lead_note: None,
        number: NumberTurn::Keep,
        next_at,
        stats: MediaStats::default(),
        flow_id: campaign.as_ref().map(|c| c.flow_id),
        abandoned: None,
    })
}

/// The campaign's own retry rules, under its cap.
fn what_next(
    campaign: &Campaign,
    lead: &Lead,
    attempt: &Attempt,
    disposition: Disposition,
    tried: &BTreeMap<Disposition, u32>,
    now: At,
) -> (LeadState, At) {
    let settled = attempt.result.as_ref().is_some_and(|code| campaign.results.iter().any(|r| r.settles && r.code == *code));
    if settled {
        return (LeadState::Done, now);
    }
    let human = disposition == Disposition::Human;
    let rule: Option<RetryRule> = if human { campaign.retry.no_result } else { campaign.retry.rules.get(&disposition).copied() };
    let given_up = if human { LeadState::Done } else { LeadState::Exhausted };
    let Some(rule) = rule else { return (given_up, now) };
    let times = tried.get(&disposition).copied().unwrap_or(0) + 1;
    if lead.attempts + 1 >= campaign.retry.attempts_max || times >= rule.attempts_max {
        return (given_up, now);
    }
    (LeadState::Retry, now.plus_ms(i64::from(rule.delay_s) * 1000))
}

async fn call_of(batch: &mut Batch, attempt: &Attempt, end: &AttemptEnd) -> Result<Call> {
    let lead: Option<Lead> = batch.tx.by_id(attempt.tenant_id, attempt.lead_id.0).await?;
    Ok(Call {
        id: attempt.call_id,
        tenant_id: attempt.tenant_id,
        direction: Direction::Outbound,
        campaign_id: Some(attempt.campaign_id),
        lead_id: Some(attempt.lead_id),
        attempt_id: Some(attempt.id),
        name: lead.map(|l| l.name).unwrap_or_default(),
        caller: attempt.caller_id.clone(),
        called: attempt.phone.clone(),
        trunk_id: attempt.trunk_id,
        flow_id: end.flow_id,
        flow_version: None,
        started_at: attempt.dialing_at,
        ringing_at: attempt.ringing_at,
        answered_at: attempt.answered_at,
        ended_at: end.ended_at,
        disposition: end.disposition,
        result: attempt.result.clone(),
        digits: String::new(),
        trail: Vec::new(),
        cost: None,
        heard: Vec::new(),
        legs: Vec::new(),
        utterances: Vec::new(),
        heard_ms: 0,
        queue_id: None,
        agent_id: None,
        talks: Vec::new(),
        satisfaction: None,
        confirmation: None,
    })
}
