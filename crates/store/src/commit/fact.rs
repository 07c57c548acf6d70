//! Facts between the beginning and the end of a call: ringing, answered, results; and the campaign's own.

use super::{Batch, Outcome};
use crate::answer::Answering;
use crate::campaign::{StatusChange, move_status, progress};
use crate::claim::RELEASE;
use crate::consent::{self, NewConsent};
use crate::db::{Runs as _, Sql};
use crate::lead::locked;
use crate::row::cells;
use crate::tally::Tally;
use crate::{Result, StoreError};
use model::event::{ALARM, CALLBACK_RECEIVED, CAMPAIGN_FINISHED, LEAD_RESULT, LEAD_SKIPPED};
use model::fact::Fact;
use model::record::{Attempt, Campaign, CampaignStatus, ConsentAction, ConsentSource, Lead, LeadState, RefusalScope};
use model::{AgentId, At, AttemptId, CallId, CampaignId, ConsentId, LeadId, TenantId, TrunkId, Vars};
use serde_json::json;

/// The borrowed parts of `Fact::Result`.
pub(crate) struct NewResult<'a> {
    pub tenant: TenantId,
    pub campaign: CampaignId,
    pub lead: LeadId,
    pub attempt: Option<AttemptId>,
    pub call: CallId,
    pub code: &'a str,
    pub callback: bool,
    pub variables: &'a Vars,
    pub at: At,
}

impl Batch {
    pub(super) async fn fact(&mut self, fact: &Fact) -> Result<Outcome> {
        match fact {
            Fact::AttemptRinging { attempt, at, trunk, failovers } => self.ringing(*attempt, *at, *trunk, *failovers).await,
            Fact::AttemptAnswered { attempt, at } => {
                let sql =
                    "UPDATE attempts SET state = 'answered', answered_at = ? WHERE id = ? AND state IN ('dialing', 'ringing')";
                let n = self.tx.exec(Sql::new(sql, cells![*at, *attempt])).await?;
                Ok(if n == 0 { Outcome::Ignored("the attempt is not on its way") } else { Outcome::Done })
            }
            Fact::Result { tenant, campaign, lead, attempt, call, code, callback, variables, at } => {
                let (tenant, campaign, lead, attempt, call, callback, at) =
                    (*tenant, *campaign, *lead, *attempt, *call, *callback, *at);
                self.result(NewResult { tenant, campaign, lead, attempt, call, code, callback, variables, at }).await
            }
            Fact::AttemptEnded { end, call, recordings } => self.attempt_ended(end, call.as_deref(), recordings).await,
            Fact::CallEnded { call, recordings, callback_of } => self.call_ended(call, recordings, *callback_of).await,
            Fact::LeadSkipped { campaign, lead, agent, reason, until, at } => {
                self.skipped((*campaign, *lead, *agent), reason, *until, *at).await
            }
            Fact::CampaignFinished { campaign, at } => self.finished(*campaign, *at).await,
            Fact::Interval(interval) => self.interval(interval).await,
            Fact::QueueEntry(entry) => self.queue_entry(entry).await,
            Fact::Pacer(kept) => {
                self.tx.insert(crate::pacer::upsert(kept)).await?;
                Ok(Outcome::Done)
            }
            Fact::NumberFlagged { tenant, number, reason, note, at } => {
                self.number_flagged(*tenant, *number, *reason, note, *at).await
            }
            Fact::Alarm { tenant, code, text, at } => {
                self.tx.emit(*tenant, ALARM, *at, json!({ "code": code, "text": text, "at": at }));
                Ok(Outcome::Done)
            }
        }
    }

    async fn ringing(&mut self, id: AttemptId, at: At, trunk: TrunkId, failovers: u32) -> Result<Outcome> {
        let Some(attempt) =
            self.tx.one::<Attempt>(Sql::new("WHERE id = ? AND state IN ('dialing', 'ringing')", cells![id])).await?
        else {
            return Ok(Outcome::Ignored("the attempt is not on its way"));
        };
        let sql = "UPDATE attempts SET state = 'ringing', ringing_at = COALESCE(ringing_at, ?), trunk_id = ?, failovers = ? WHERE id = ?";
        self.tx.exec(Sql::new(sql, cells![at, trunk, failovers, id])).await?;
        self.other_trunk(&attempt, Some(trunk));
        Ok(Outcome::Done)
    }

    /// A failover is a call on the other trunk too.
    pub(super) fn other_trunk(&mut self, attempt: &Attempt, now_on: Option<TrunkId>) {
        if let Some(trunk) = now_on.filter(|trunk| attempt.trunk_id != Some(*trunk)) {
            self.tallies.add(attempt.tenant_id, Tally::Trunk, trunk, attempt.dialing_at, 1);
        }
    }

    pub(crate) async fn result(&mut self, new: NewResult<'_>) -> Result<Outcome> {
        let Some(campaign) = self.campaign(new.tenant, new.campaign).await? else {
            return Ok(Outcome::Failed(StoreError::NotFound("campaign")));
        };
        let found: Option<Lead> = self.tx.one(locked(new.tenant, new.lead, self.tx.engine())).await?;
        let Some(mut lead) = found.filter(|lead| lead.campaign_id == new.campaign) else {
            return Ok(Outcome::Failed(StoreError::NotFound("lead")));
        };
        if lead.result.as_deref() == Some(new.code) && lead.result_at == Some(new.at) {
            return Ok(Outcome::Ignored("the result is stored already"));
        }
        let settles = campaign.results.iter().any(|r| r.code == new.code && r.settles);
        // Who calls back and decides is not called any more; a call that is up settles the lead by its own end.
        if settles && matches!(lead.state, LeadState::Ready | LeadState::Retry | LeadState::Leased | LeadState::Exhausted) {
            lead.state = LeadState::Done;
            lead.lease_until = None;
        }
        lead.result = Some(new.code.to_string());
        lead.result_at = Some(new.at);
        for (key, value) in new.variables {
            lead.variables.insert(key.clone(), value.clone());
        }
        let sql = "UPDATE leads SET result = ?, result_at = ?, variables = ?j, state = ?, lease_until = ? WHERE id = ?";
        let values = cells![lead.result, lead.result_at, lead.variables, lead.state, lead.lease_until, lead.id];
        self.tx.exec(Sql::new(sql, values)).await?;
        if let Some(attempt) = new.attempt {
            self.tx.exec(Sql::new("UPDATE attempts SET result = ? WHERE id = ?", cells![lead.result, attempt])).await?;
        }
        // What an agent decides brings none: what the flow gathered before stays.
        if !new.variables.is_empty() {
            let who = Answering { tenant: new.tenant, campaign: new.campaign, lead: new.lead, call: new.call, at: new.at };
            self.answered(&who, new.variables).await?;
        }
        self.consent_of(&campaign, &lead.phone, new.code, new.call, new.at).await?;
        let data = super::describe::result(&campaign, &lead, new.attempt, new.call, new.code, new.callback, new.at);
        if new.callback {
            self.tx.emit(new.tenant, CALLBACK_RECEIVED, new.at, data.clone().into());
        }
        self.tx.emit(new.tenant, LEAD_RESULT, new.at, data.into());
        Ok(Outcome::Done)
    }

    /// The lead goes back to where it was before the claim, and waits.
    async fn skipped(&mut self, who: (CampaignId, LeadId, AgentId), reason: &str, until: At, at: At) -> Result<Outcome> {
        let (campaign, lead, agent) = who;
        let mut sql = Sql::new(RELEASE, Vec::new());
        // A fresh one whose time is yet to come stands where claims do not look until then.
        let hold = "hold = CASE WHEN hold = 'filter' THEN hold WHEN last_attempt_at IS NULL THEN 'time' ELSE 'none' END";
        sql.push(", ")
            .push(hold)
            .push(", next_at = ? WHERE state = 'leased' AND id = ? AND campaign_id = ?")
            .bind(&until)
            .bind(&lead)
            .bind(&campaign);
        if self.tx.exec(sql).await? == 0 {
            return Ok(Outcome::Ignored("the lead is not held any more"));
        }
        let Some(lead) = self.tx.one::<Lead>(Sql::new("WHERE id = ?", cells![lead])).await? else {
            return Ok(Outcome::Ignored("the lead is gone"));
        };
        let data = json!({
            "campaign_id": campaign,
            "lead_id": lead.id,
            "source_id": lead.source_id,
            "phone": lead.phone,
            "name": lead.name,
            "agent_id": agent,
            "reason": reason,
            "until": until,
            "at": at,
        });
        self.tx.emit(lead.tenant_id, LEAD_SKIPPED, at, data);
        Ok(Outcome::Done)
    }

    /// A result by which the callee agreed to calls, or wants no more of them.
    pub(super) async fn consent_of(&mut self, campaign: &Campaign, phone: &str, code: &str, call: CallId, at: At) -> Result<()> {
        let rules = &campaign.dial_rules;
        let is = |codes: &[String]| codes.iter().any(|c| c == code);
        let (action, reach) = if is(&rules.refusal_results) {
            (ConsentAction::Refused, (rules.refusal_scope == RefusalScope::Campaign).then_some(campaign.id))
        } else if is(&rules.consent_results) {
            (ConsentAction::Given, None)
        } else {
            return Ok(());
        };
        let label = campaign.results.iter().find(|r| r.code == code).map_or(code, |r| r.label.as_str());
        let new = NewConsent {
            tenant: campaign.tenant_id,
            phone: phone.to_owned(),
            action,
            campaign: reach,
            source: ConsentSource::Key,
            evidence: format!("call:{call}"),
            words: format!("{label}（{}）", campaign.name),
            by: "callee".into(),
        };
        let id = ConsentId(self.new_id(at));
        consent::note(&self.tx, id, &new, at).await.map(|_| ())
    }

    async fn finished(&mut self, id: CampaignId, at: At) -> Result<Outcome> {
        let open = "SELECT COUNT(*) FROM (SELECT 1 FROM leads WHERE campaign_id = ? AND state IN ('ready', 'retry', 'leased', 'dialing') LIMIT 1) o";
        if self.tx.cell::<i64>(Sql::new(open, cells![id])).await? != Some(0) {
            return Ok(Outcome::Failed(StoreError::Conflict("leads are open again; the campaign goes on")));
        }
        let change = StatusChange { from: &[CampaignStatus::Running], to: CampaignStatus::Finished, by: None, note: None };
        let campaign = match move_status(&mut self.tx, None, id, &change, at).await {
            Ok(campaign) => campaign,
            Err(StoreError::Conflict(_)) => return Ok(Outcome::Ignored("the campaign is not running")),
            Err(StoreError::NotFound(what)) => return Ok(Outcome::Failed(StoreError::NotFound(what))),
            Err(e) => return Err(e),
        };
        // Attempts of this very batch are in the figures too.
        self.tallies.write(&self.tx).await?;
        let figures = progress(&self.tx, campaign.tenant_id, id).await?;
        let data = json!({
            "campaign_id": id,
            "campaign_name": campaign.name,
            "finished_at": at,
            "leads": figures.leads,
            "by_state": figures.by_state,
            "by_disposition": figures.by_disposition,
            "by_result": figures.by_result,
            "attempts": figures.attempts,
            "answered": figures.answered,
            "talk_ms": figures.talk_ms,
        });
        self.tx.emit(campaign.tenant_id, CAMPAIGN_FINISHED, at, data);
        Ok(Outcome::Done)
    }
}
