//! 通话小结: what an agent notes about a call.

use crate::error::Issues;
use crate::{Actor, DeskError, Result, now};
use model::record::{Agent, Appointment, AppointmentState, Permission, Summary};
use model::{At, CallId, CustomerId};
use store::Store;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryWish {
    pub customer_id: Option<CustomerId>,
    /// Empty: none chosen.
    pub disposition: String,
    pub note: String,
    pub next_contact_at: Option<At>,
}

/// The other end of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Far {
    pub number: String,
    pub name: String,
}

/// A later one replaces what the agent noted before; a next contact stands in the agent's appointments. Whether the call is theirs has been looked at.
///
/// # Errors
/// Every field that is wrong; the right is missing.
pub async fn summarise(
    store: &Store,
    actor: &Actor,
    agent: &Agent,
    (call, far): (CallId, &Far),
    wish: SummaryWish,
) -> Result<Summary> {
    actor.require(Permission::DeskUse)?;
    let mut issues = Issues::default();
    if let Some(id) = wish.customer_id {
        let known = store.customer(actor.tenant, id).await?.is_some();
        issues.unless(
            known,
            "customer_id",
            "没有这个客户，可能已被删除",
            "there is no such customer; they may have been deleted",
        );
    }
    let known = store.settings(actor.tenant).await?.customers.dispositions;
    let choice = known.into_iter().find(|d| d.code == wish.disposition);
    issues.unless(
        wish.disposition.is_empty() || choice.is_some(),
        "disposition",
        "没有这个小结结果，请刷新后重新选择",
        "there is no such result; reload and choose again",
    );
    issues.unless(wish.note.chars().count() <= 2_000, "note", "小结不能超过 2000 个字", "a note has at most 2,000 characters");
    let at = now();
    let due = wish.next_contact_at.is_none_or(|next| next > at);
    issues.unless(due, "next_contact_at", "下次联系时间须晚于现在", "the next contact lies in the future");
    issues.done()?;
    let summary = Summary {
        id: store.new_id(at),
        tenant_id: actor.tenant,
        call_id: call,
        agent_id: agent.id,
        customer_id: wish.customer_id,
        disposition: wish.disposition,
        label: choice.map(|c| c.name).unwrap_or_default(),
        note: wish.note.trim().to_owned(),
        next_contact_at: wish.next_contact_at,
        created_at: at,
        updated_at: at,
    };
    let stored = store.save_summary(&summary).await.map_err(DeskError::from)?;
    let appointment = stored.next_contact_at.map(|due_at| appointment(store, &stored, far, due_at));
    store.arrange((actor.tenant, call, agent.id), &far.number, appointment.as_ref(), at).await?;
    Ok(stored)
}

fn appointment(store: &Store, summary: &Summary, far: &Far, due_at: At) -> Appointment {
    Appointment {
        id: store.new_id(summary.updated_at),
        tenant_id: summary.tenant_id,
        campaign_id: None,
        lead_id: None,
        customer_id: summary.customer_id,
        call_id: summary.call_id,
        agent_id: summary.agent_id,
        mine: true,
        phone: far.number.clone(),
        name: far.name.clone(),
        note: summary.note.chars().take(500).collect(),
        due_at,
        state: AppointmentState::Due,
        dialled_at: None,
        done_at: None,
        created_at: summary.updated_at,
    }
}
