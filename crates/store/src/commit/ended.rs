//! A call is over: attempt, lead, call, legs, recordings and events at once, exactly once.

use super::{Batch, Outcome, describe};
use crate::Result;
use crate::consent::{self, NewConsent};
use crate::db::{Insert, Runs as _, Sql};
use crate::lead::locked;
use crate::row::cells;
use crate::tally::Tally;
use crate::work;
use model::event::{ATTEMPT_ENDED, CALL_ENDED, CALLBACK_RECEIVED, LEAD_RESULT};
use model::record::{
    Attempt, AttemptEnd, AttemptState, Call, Campaign, ConsentAction, ConsentSource, Direction, Lead, LeadHold, LeadState,
    Recording,
};
use model::{CampaignId, ConsentId, Disposition, LeadId};
use serde_json::json;

impl Batch {
    pub(crate) async fn attempt_ended(
        &mut self,
        end: &AttemptEnd,
        call: Option<&Call>,
        recordings: &[Recording],
    ) -> Result<Outcome> {
        let Some(before) = self.tx.one::<Attempt>(Sql::new("WHERE id = ?", cells![end.id])).await? else {
            return Ok(Outcome::Ignored("the attempt never began"));
        };
        if before.state == AttemptState::Ended {
            return Ok(Outcome::Ignored("the attempt has ended already"));
        }
        let attempt = ended(&before, end, call);
        let sql = "UPDATE attempts SET state = 'ended', trunk_id = ?, ringing_at = ?, answered_at = ?, ended_at = ?, disposition = ?, \
                   failovers = ?, cause = ?j, result = ?, refusal = ? WHERE id = ?";
        let a = &attempt;
        let values = cells![
            a.trunk_id,
            a.ringing_at,
            a.answered_at,
            a.ended_at,
            a.disposition,
            a.failovers,
            a.cause,
            a.result,
            a.refusal,
            a.id
        ];
        self.tx.exec(Sql::new(sql, values)).await?;
        self.count_end(&before, &attempt);

        let campaign = self.campaign(attempt.tenant_id, attempt.campaign_id).await?;
        let lead: Option<Lead> = self.tx.one(locked(attempt.tenant_id, attempt.lead_id, self.tx.engine())).await?;
        self.ruled(&attempt, end, lead.as_ref().map_or("", |l| l.name.as_str())).await?;
        let mut data = serde_json::Map::new();
        if let (Some(campaign), Some(mut lead)) = (&campaign, lead) {
            settle(&mut lead, end, &before, campaign);
            work::follow(&self.tx, &mut lead, before.dialing_at).await?;
            self.hold(&mut lead).await?;
            let sql = "UPDATE leads SET state = ?, attempts = ?, next_at = ?, hold = ?, phone_at = ?, phones_spent = ?, lease_until = NULL, \
                       last_disposition = ?, last_attempt_at = ?, result = ?, result_at = ?, note = ? WHERE id = ?";
            let l = &lead;
            let values = cells![
                l.state,
                l.attempts,
                l.next_at,
                l.hold,
                l.phone_at,
                l.phones_spent,
                l.last_disposition,
                l.last_attempt_at,
                l.result,
                l.result_at,
                l.note,
                l.id
            ];
            self.tx.exec(Sql::new(sql, values)).await?;
            self.appointment_reached(campaign, &lead, &attempt).await?;
            data = describe::lead(campaign, &lead);
            // The fact of the result was lost on its way; the end brings it.
            if let (Some(code), None) = (&end.result, &before.result) {
                let told = describe::result(campaign, &lead, Some(attempt.id), attempt.call_id, code, false, end.ended_at);
                self.tx.emit(attempt.tenant_id, LEAD_RESULT, end.ended_at, told.into());
                self.consent_of(campaign, &attempt.phone, code, attempt.call_id, end.ended_at).await?;
            }
        }
        describe::attempt(&mut data, &attempt, campaign.as_deref(), recordings);
        let agent = call.and_then(|c| c.agent_id);
        describe::extend(&mut data, json!({ "agent_id": agent, "satisfaction": call.and_then(|c| c.satisfaction) }));
        self.tx.emit(attempt.tenant_id, ATTEMPT_ENDED, end.ended_at, data.into());
        if let Some(call) = call {
            self.write_call(call, recordings, campaign.as_deref()).await?;
        }
        Ok(Outcome::Done)
    }

    /// What the rules of dialling remember of it.
    async fn ruled(&mut self, attempt: &Attempt, end: &AttemptEnd, name: &str) -> Result<()> {
        if let Some(rule) = &attempt.refusal {
            self.refusals.add(attempt.campaign_id, rule, attempt.dialing_at);
        }
        if end.disposition == Disposition::Unwanted {
            self.unwanted(attempt, end).await?;
        }
        self.live_answer(attempt, end, name).await
    }

    /// 607: the callee's phone says that they want no such calls.
    async fn unwanted(&mut self, attempt: &Attempt, end: &AttemptEnd) -> Result<()> {
        let new = NewConsent {
            tenant: attempt.tenant_id,
            phone: attempt.phone.clone(),
            action: ConsentAction::Refused,
            campaign: None,
            source: ConsentSource::Network,
            evidence: format!("call:{}", attempt.call_id),
            words: "SIP 607".into(),
            by: "callee".into(),
        };
        let id = ConsentId(self.new_id(end.ended_at));
        consent::note(&self.tx, id, &new, end.ended_at).await.map(|_| ())
    }

    /// A filter may speak of the attempts, which have changed.
    async fn hold(&mut self, lead: &mut Lead) -> Result<()> {
        if lead.state == LeadState::Retry {
            let passes = match self.list(lead.tenant_id, lead.list_id).await? {
                Some(list) => list.filter.passes(&lead.region, lead.carrier, lead.attempts, &lead.variables),
                None => true,
            };
            lead.hold = if passes { LeadHold::Nothing } else { LeadHold::Filter };
        }
        Ok(())
    }

    fn count_end(&mut self, before: &Attempt, attempt: &Attempt) {
        let (tenant, campaign, at) = (attempt.tenant_id, attempt.campaign_id, attempt.dialing_at);
        if attempt.disposition == Some(Disposition::Blocked) {
            // Nothing was sent.
            self.tallies.attempt(tenant, campaign, &before.caller_id, before.trunk_id, at, -1);
            return;
        }
        self.other_trunk(before, attempt.trunk_id);
        let counted = match attempt.disposition {
            Some(d) if d.is_answered() => Some(Tally::CallerIdAnswered),
            Some(Disposition::Unwanted | Disposition::CallerIdBlocked) => Some(Tally::CallerIdRefused),
            _ => None,
        };
        if let Some(tally) = counted {
            self.tallies.add(tenant, tally, &before.caller_id, at, 1);
        }
        if let (Some(answered), Some(over)) = (attempt.answered_at, attempt.ended_at) {
            self.tallies.add(tenant, Tally::Answered, campaign, at, 1);
            self.tallies.add(tenant, Tally::Talk, campaign, at, over.since_ms(answered));
        }
    }

    pub(super) async fn call_ended(
        &mut self,
        call: &Call,
        recordings: &[Recording],
        callback_of: Option<(CampaignId, LeadId)>,
    ) -> Result<Outcome> {
        if self.tx.by_id::<Call>(call.tenant_id, call.id.0).await?.is_some() {
            return Ok(Outcome::Ignored("the call is stored already"));
        }
        let campaign = match callback_of.map(|(campaign, _)| campaign).or(call.campaign_id) {
            Some(id) => self.campaign(call.tenant_id, id).await?,
            None => None,
        };
        self.write_call(call, recordings, campaign.as_deref()).await?;
        if let (Direction::Outbound, None, Some(trunk)) = (call.direction, call.attempt_id, call.trunk_id) {
            // Dialled by hand: it took the caller id and the trunk like any other.
            self.tallies.add(call.tenant_id, Tally::CallerId, &call.caller, call.started_at, 1);
            self.tallies.add(call.tenant_id, Tally::Trunk, trunk, call.started_at, 1);
        }
        // A result has told of the callback already.
        if let (Some((_, lead)), Some(campaign), None) = (callback_of, &campaign, &call.result) {
            let lead: Option<Lead> = self.tx.by_id(call.tenant_id, lead.0).await?;
            if let Some(lead) = lead {
                let mut data = describe::lead(campaign, &lead);
                let more = json!({
                    "attempt_id": null, "call_id": call.id, "result": null, "result_label": null,
                    "settles": false, "callback": true, "at": call.ended_at,
                });
                describe::extend(&mut data, more);
                self.tx.emit(call.tenant_id, CALLBACK_RECEIVED, call.ended_at, data.into());
            }
        }
        Ok(Outcome::Done)
    }

    async fn write_call(&mut self, call: &Call, recordings: &[Recording], campaign: Option<&Campaign>) -> Result<()> {
        self.tx.insert(Insert::of(call)).await?;
        for leg in &call.legs {
            self.tx.insert(Insert::of(leg).with("tenant_id", &call.tenant_id).with("call_id", &call.id)).await?;
        }
        for utterance in &call.utterances {
            self.tx.insert(Insert::of(utterance).with("tenant_id", &call.tenant_id).with("call_id", &call.id)).await?;
        }
        if call.heard_ms > 0 {
            self.tallies.add(call.tenant_id, Tally::Heard, "", call.ended_at, i64::from(call.heard_ms));
        }
        self.count_cost(call);
        if let Some(insert) = Insert::many(recordings) {
            self.tx.insert(insert.tail("ON CONFLICT (file_name) DO NOTHING")).await?;
        }
        for id in call.heard.iter().filter_map(|h| h.fingerprint_id) {
            let sql = "UPDATE fingerprints SET hits = hits + 1, last_hit_at = ? WHERE id = ? AND tenant_id = ?";
            self.tx.exec(Sql::new(sql, cells![call.ended_at, id, call.tenant_id])).await?;
        }
        self.tx.emit(call.tenant_id, CALL_ENDED, call.ended_at, describe::call(call, campaign, recordings));
        Ok(())
    }
}

impl Batch {
    /// What a campaign's calls cost is asked all day long.
    fn count_cost(&mut self, call: &Call) {
        let Some(campaign) = call.campaign_id else { return };
        if let Some(cost) = call.cost {
            self.tallies.add(call.tenant_id, Tally::Cost, campaign, call.started_at, i64::from(cost));
        } else if let (Some(answered), Direction::Outbound) = (call.answered_at, call.direction) {
            let minutes = (call.ended_at.since_ms(answered) + 59_999) / 60_000;
            self.tallies.add(call.tenant_id, Tally::Unrated, campaign, call.started_at, minutes);
        }
    }
}

/// The attempt as it stands after its end.
fn ended(before: &Attempt, end: &AttemptEnd, call: Option<&Call>) -> Attempt {
    Attempt {
        state: AttemptState::Ended,
        trunk_id: end.trunk_id.or(before.trunk_id),
        ringing_at: before.ringing_at.or(call.and_then(|c| c.ringing_at)),
        answered_at: before.answered_at.or(call.and_then(|c| c.answered_at)),
        ended_at: Some(end.ended_at),
        disposition: Some(end.disposition),
        failovers: end.failovers,
        cause: end.cause.clone(),
        result: end.result.clone().or_else(|| before.result.clone()),
        refusal: end.refusal.clone(),
        ..before.clone()
    }
}

/// What becomes of the lead: what the floor says, unless a person excluded it or it settled itself by calling back meanwhile.
fn settle(lead: &mut Lead, end: &AttemptEnd, before: &Attempt, campaign: &Campaign) {
    if let (Some(result), None) = (&end.result, &before.result) {
        lead.result = Some(result.clone());
        lead.result_at = Some(end.ended_at);
    }
    let settled = lead.result.as_ref().is_some_and(|code| campaign.results.iter().any(|r| r.settles && r.code == *code));
    lead.state = match (lead.state, end.lead_state) {
        (LeadState::Excluded, _) => LeadState::Excluded,
        // Its list was removed while it was in the call: the books are closed, it is not dialled again.
        (_, LeadState::Retry | LeadState::Ready) if lead.note.as_deref() == Some("list_removed") => LeadState::Excluded,
        (_, LeadState::Retry | LeadState::Ready | LeadState::Exhausted) if settled => LeadState::Done,
        (_, asked) => asked,
    };
    lead.attempts += u32::from(end.disposition.counts());
    lead.next_at = end.next_at;
    if lead.state == LeadState::Retry {
        lead.turn_number(end.number);
    }
    lead.lease_until = None;
    lead.last_disposition = Some(end.disposition);
    lead.last_attempt_at = Some(before.dialing_at);
    if end.lead_note.is_some() {
        lead.note.clone_from(&end.lead_note);
    }
}
