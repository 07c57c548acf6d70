//! 话术与表单: what agents wrote about a campaign's calls, what follows for the lead, and 预约.

use crate::campaign::{StatusChange, move_status};
use crate::commit::{Batch, NewResult};
use crate::consent::{self, NewConsent};
use crate::customer::put_summary;
use crate::db::{Insert, Runs, Sql, Tx};
use crate::lead::locked;
use crate::list::NewListEntry;
use crate::row::{Cell, cells};
use crate::{Result, Store, StoreError};
use model::record::{Appointment, Attempt, CallWork, CampaignStatus, ConsentAction, ConsentSource, Lead, LeadState, Summary};
use model::{AgentId, AppointmentId, At, CallId, ConsentId, LeadId, TenantId, Vars};
use serde_json::json;

/// One answer that an agent took down: of a question with several answers one each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenDown {
    /// Of the question or the field.
    pub key: String,
    /// As it read when it was asked.
    pub label: String,
    pub kind: String,
    pub value: String,
}

/// An agent's work with all that it brings about: written whole, or not at all.
#[derive(Clone, Debug)]
pub struct WorkSave {
    pub work: CallWork,
    /// Of one that is final.
    pub answers: Vec<TakenDown>,
    pub summary: Option<Summary>,
    pub appointment: Option<Appointment>,
    /// The number is put on the list of those whom no marketing calls any more.
    pub exempt: Option<NewListEntry>,
    /// The campaign finished before this was written up, and has somebody to call again.
    pub reopen: bool,
}

/// Appointments of one agent that a list shows.
const SHOWN_MAX: i64 = 200;

impl Store {
    /// A later one replaces what the agent wrote about the call before; a draft never replaces what is final. The same again
    /// does nothing more to the lead.
    ///
    /// # Errors
    /// `NotFound` of a lead or campaign that is not the tenant's.
    pub async fn save_work(&self, save: &WorkSave) -> Result<CallWork> {
        let mut batch = Batch::begin(self).await?;
        let new = &save.work;
        let lead: Option<Lead> = batch.tx.one(locked(new.tenant_id, new.lead_id, batch.tx.engine())).await?;
        let lead = lead.filter(|l| l.campaign_id == new.campaign_id).ok_or(StoreError::NotFound("lead"))?;
        let sql = "WHERE tenant_id = ? AND call_id = ? AND agent_id = ?";
        let old: Option<CallWork> = batch.tx.one(Sql::new(sql, cells![new.tenant_id, new.call_id, new.agent_id])).await?;
        if let Some(kept) = old.clone().filter(|old| old.final_at.is_some() && (new.final_at.is_none() || same(old, new))) {
            // What was noted beside it may have changed all the same.
            if let (Some(summary), true) = (&save.summary, new.final_at.is_some()) {
                put_summary(&mut batch.tx, summary, told(save)).await?;
                batch.commit().await?;
            }
            return Ok(kept);
        }
        let tail = "ON CONFLICT (call_id, agent_id) DO UPDATE SET path = excluded.path, answers = excluded.answers, \
                    form = excluded.form, outcome = excluded.outcome, outcome_label = excluded.outcome_label, \
                    confirmed = excluded.confirmed, callback_at = excluded.callback_at, callback_mine = excluded.callback_mine, \
                    refusal = excluded.refusal, result = excluded.result, lead_state = excluded.lead_state, \
                    lead_note = excluded.lead_note, next_at = excluded.next_at, final_at = excluded.final_at, \
                    updated_at = excluded.updated_at";
        batch.tx.insert(Insert::of(new).tail(tail)).await?;
        if new.final_at.is_some() {
            finish(&mut batch, save, lead, old.as_ref()).await?;
        }
        let stored: Option<CallWork> = batch.tx.one(Sql::new(sql, cells![new.tenant_id, new.call_id, new.agent_id])).await?;
        batch.commit().await?;
        stored.ok_or(StoreError::NotFound("work"))
    }

    pub async fn call_work(&self, tenant: TenantId, call: CallId, agent: AgentId) -> Result<Option<CallWork>> {
        self.read().one(Sql::new("WHERE tenant_id = ? AND call_id = ? AND agent_id = ?", cells![tenant, call, agent])).await
    }

    /// By all agents of a call, the last one first.
    pub async fn call_works(&self, tenant: TenantId, call: CallId) -> Result<Vec<CallWork>> {
        self.read().all(Sql::new("WHERE tenant_id = ? AND call_id = ? ORDER BY updated_at DESC", cells![tenant, call])).await
    }

    /// What agents chose in a lead's calls, the last one first; at most 20.
    pub async fn lead_works(&self, tenant: TenantId, lead: LeadId) -> Result<Vec<CallWork>> {
        let sql = "WHERE tenant_id = ? AND lead_id = ? AND final_at IS NOT NULL ORDER BY final_at DESC LIMIT 20";
        self.read().all(Sql::new(sql, cells![tenant, lead])).await
    }

    /// What agents took down in a call, in their order.
    pub async fn taken_down(&self, tenant: TenantId, call: CallId) -> Result<Vec<TakenDown>> {
        let sql =
            "SELECT key, label, kind, value FROM answers WHERE tenant_id = ? AND call_id = ? AND source = 'agent' ORDER BY id";
        let rows = self.read().rows(Sql::new(sql, cells![tenant, call])).await?;
        let read = |row: &sea_orm::QueryResult| {
            Ok(TakenDown {
                key: Cell::get(row, 0)?,
                label: Cell::get(row, 1)?,
                kind: Cell::get(row, 2)?,
                value: Cell::get(row, 3)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// What an agent is to call, the one due first first; without those whose lead is settled meanwhile. At most 200.
    pub async fn appointments(&self, tenant: TenantId, agent: AgentId) -> Result<Vec<Appointment>> {
        let sql = "WHERE tenant_id = ? AND agent_id = ? AND mine AND state = 'due' AND NOT EXISTS (SELECT 1 FROM leads l \
                   WHERE l.id = appointments.lead_id AND (l.state = 'excluded' OR l.state IN ('done', 'exhausted') \
                   AND l.last_attempt_at > appointments.created_at)) ORDER BY due_at, id LIMIT ?";
        self.read().all(Sql::new(sql, cells![tenant, agent, SHOWN_MAX])).await
    }

    pub async fn appointment(&self, tenant: TenantId, id: AppointmentId) -> Result<Option<Appointment>> {
        self.read().by_id(tenant, id.0).await
    }

    /// The one of this agent that was dialled last within `since`, by the number.
    pub async fn dialled_appointment(
        &self,
        tenant: TenantId,
        agent: AgentId,
        phone: &str,
        since: At,
    ) -> Result<Option<Appointment>> {
        let sql = "WHERE tenant_id = ? AND agent_id = ? AND phone = ? AND dialled_at >= ? ORDER BY dialled_at DESC LIMIT 1";
        self.read().one(Sql::new(sql, cells![tenant, agent, phone.to_string(), since])).await
    }

    /// Writes what a person changes of one: state, time, note, and when it was dialled. A lead waits along.
    pub async fn update_appointment(&self, next: &Appointment, lead_next_at: Option<At>) -> Result<Appointment> {
        let tx = self.begin().await?;
        let sql =
            "UPDATE appointments SET state = ?, due_at = ?, note = ?, dialled_at = ?, done_at = ? WHERE id = ? AND tenant_id = ?";
        let values = cells![next.state, next.due_at, next.note, next.dialled_at, next.done_at, next.id, next.tenant_id];
        if tx.exec(Sql::new(sql, values)).await? == 0 {
            return Err(StoreError::NotFound("appointment"));
        }
        if let (Some(lead), Some(at)) = (next.lead_id, lead_next_at) {
            let sql = "UPDATE leads SET next_at = ? WHERE id = ? AND tenant_id = ? AND state = 'retry'";
            tx.exec(Sql::new(sql, cells![at, lead, next.tenant_id])).await?;
        }
        tx.commit().await?;
        Ok(next.clone())
    }

    /// Makes, moves or calls off what a call's summary arranged; whoever was to be called at this number has been.
    pub async fn arrange(&self, of: (TenantId, CallId, AgentId), phone: &str, wish: Option<&Appointment>, now: At) -> Result<()> {
        let tx = self.begin().await?;
        let (tenant, call, agent) = of;
        put_appointment(&tx, of, wish, now).await?;
        let sql = "UPDATE appointments SET state = 'done', done_at = ? WHERE tenant_id = ? AND agent_id = ? AND phone = ? \
                   AND lead_id IS NULL AND state = 'due' AND call_id <> ? AND (due_at <= ? OR dialled_at IS NOT NULL)";
        // One that lies ahead was meant for then.
        tx.exec(Sql::new(sql, cells![now, tenant, agent, phone.to_string(), call, now])).await?;
        tx.commit().await.map(|_| ())
    }
}

/// Whether the two say the same, whenever they said it.
fn same(old: &CallWork, new: &CallWork) -> bool {
    let at = |work: &CallWork| CallWork {
        id: old.id,
        final_at: old.final_at,
        updated_at: old.updated_at,
        next_at: old.next_at,
        ..work.clone()
    };
    at(new) == *old
}

/// What the event of the summary tells of the campaign's side.
fn told(save: &WorkSave) -> serde_json::Value {
    let w = &save.work;
    json!({
        "campaign_id": w.campaign_id, "lead_id": w.lead_id, "answers": w.answers, "form": w.form, "result": w.result,
        "refusal": w.refusal, "callback_mine": w.callback_at.map(|_| w.callback_mine),
    })
}

async fn finish(batch: &mut Batch, save: &WorkSave, mut lead: Lead, old: Option<&CallWork>) -> Result<()> {
    let work = &save.work;
    let at = work.final_at.unwrap_or(work.updated_at);
    let sql = "DELETE FROM answers WHERE call_id = ? AND agent_id = ? AND source = 'agent'";
    batch.tx.exec(Sql::new(sql, cells![work.call_id, work.agent_id])).await?;
    let sql = "INSERT INTO answers (id, tenant_id, campaign_id, lead_id, call_id, agent_id, source, key, label, kind, value, at) \
               VALUES (?, ?, ?, ?, ?, ?, 'agent', ?, ?, ?, ?, ?)";
    for a in &save.answers {
        let id: i64 = batch.tx.new_id(at);
        let of = cells![id, work.tenant_id, work.campaign_id, work.lead_id, work.call_id, work.agent_id];
        let said = cells![a.key, a.label, a.kind, a.value, at];
        batch.tx.exec(Sql::new(sql, [of, said].concat())).await?;
    }
    match &work.result {
        Some(code) => {
            let sql = "WHERE tenant_id = ? AND call_id = ? AND lead_id = ?";
            let attempt: Option<Attempt> =
                batch.tx.one(Sql::new(sql, cells![work.tenant_id, work.call_id, work.lead_id])).await?;
            let new = NewResult {
                tenant: work.tenant_id,
                campaign: work.campaign_id,
                lead: work.lead_id,
                attempt: attempt.map(|a| a.id),
                call: work.call_id,
                code,
                callback: false,
                variables: &Vars::new(),
                at,
            };
            batch.result(new).await?;
            lead = batch.tx.by_id(work.tenant_id, work.lead_id.0).await?.ok_or(StoreError::NotFound("lead"))?;
        }
        // It was chosen by mistake and is taken back.
        None if old.is_some_and(|o| o.final_at.is_some() && o.result.is_some() && o.result == lead.result) => {
            batch.tx.exec(Sql::new("UPDATE leads SET result = NULL, result_at = NULL WHERE id = ?", cells![lead.id])).await?;
        }
        None => {}
    }
    // While the call is up its end says what becomes of the lead, with this before it.
    if lead.state != LeadState::Dialing {
        apply(&mut lead, work);
        let sql = "UPDATE leads SET state = ?, next_at = ?, note = ?, lease_until = NULL WHERE id = ?";
        batch.tx.exec(Sql::new(sql, cells![lead.state, lead.next_at, lead.note, lead.id])).await?;
    }
    put_appointment(&batch.tx, (work.tenant_id, work.call_id, work.agent_id), save.appointment.as_ref(), at).await?;
    let sql = "UPDATE appointments SET state = 'done', done_at = ? WHERE tenant_id = ? AND lead_id = ? AND state = 'due' \
               AND NOT (call_id = ? AND agent_id = ?)";
    batch.tx.exec(Sql::new(sql, cells![at, work.tenant_id, work.lead_id, work.call_id, work.agent_id])).await?;
    if let Some(entry) = &save.exempt {
        refuse(batch, work, entry, at).await?;
    }
    if save.reopen {
        let change = StatusChange { from: &[CampaignStatus::Finished], to: CampaignStatus::Running, by: None, note: None };
        match move_status(&mut batch.tx, Some(work.tenant_id), work.campaign_id, &change, at).await {
            // Somebody started it meanwhile.
            Err(StoreError::Conflict(_)) => {}
            done => drop(done?),
        }
    }
    if let Some(summary) = &save.summary {
        put_summary(&mut batch.tx, summary, told(save)).await?;
    }
    Ok(())
}

/// What the agent chose, upon the lead; not upon one that somebody took out.
fn apply(lead: &mut Lead, work: &CallWork) {
    let by_agent = matches!(lead.note.as_deref(), Some("refused" | "wrong_number"));
    if lead.state == LeadState::Excluded && !by_agent {
        return;
    }
    let Some(state) = work.lead_state else { return };
    lead.state = state;
    if by_agent || work.lead_note.is_some() {
        lead.note.clone_from(&work.lead_note);
    }
    lead.next_at = work.next_at.unwrap_or(lead.next_at);
}

/// A call of a lead is over: what an agent chose in it, or since it began, comes before what the dialling rules say.
pub(crate) async fn follow(db: &impl Runs, lead: &mut Lead, begun: At) -> Result<()> {
    let sql = "WHERE lead_id = ? AND final_at >= ? ORDER BY final_at DESC LIMIT 1";
    let work: Option<CallWork> = db.one(Sql::new(sql, cells![lead.id, begun])).await?;
    if let Some(work) = work {
        apply(lead, &work);
    }
    Ok(())
}

/// The customer told the agent that they want no such calls.
async fn refuse(batch: &Batch, work: &CallWork, entry: &NewListEntry, at: At) -> Result<()> {
    let refused = NewConsent {
        tenant: work.tenant_id,
        phone: entry.phone.clone(),
        action: ConsentAction::Refused,
        campaign: None,
        source: ConsentSource::Agent,
        evidence: format!("call:{}", work.call_id),
        words: entry.reason.clone(),
        by: format!("agent:{}", work.agent_id),
    };
    consent::note(&batch.tx, ConsentId(batch.new_id(at)), &refused, at).await.map(|_| ())
}

async fn put_appointment(
    tx: &Tx,
    (tenant, call, agent): (TenantId, CallId, AgentId),
    wish: Option<&Appointment>,
    now: At,
) -> Result<()> {
    match wish {
        Some(appointment) => {
            let tail = "ON CONFLICT (call_id, agent_id) DO UPDATE SET mine = excluded.mine, customer_id = excluded.customer_id, \
                        note = excluded.note, due_at = excluded.due_at, state = 'due', done_at = NULL";
            tx.insert(Insert::of(appointment).tail(tail)).await?;
        }
        None => {
            let sql = "UPDATE appointments SET state = 'cancelled', done_at = ? \
                       WHERE tenant_id = ? AND call_id = ? AND agent_id = ? AND state = 'due'";
            tx.exec(Sql::new(sql, cells![now, tenant, call, agent])).await?;
        }
    }
    Ok(())
}
