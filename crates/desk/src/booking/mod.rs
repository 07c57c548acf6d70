//! 预约外呼: appointments of tasks, made by systems, sheets, agents, callers' keys and the web form; moved, called off, and sent where
//! they go by message. Those by phone are dialled by the floor.

mod clock;
mod form;
pub(crate) mod hours;
mod key;
mod link;
mod make;
mod text;

pub use clock::run;
pub use form::{BookedSlot, BookingPage, Form, PageField, book_by_form, call_off, page};
pub use key::{KeyAnswer, KeyTime, KeyWish, book_by_key};
pub use link::{renew, switch_off};
pub(crate) use make::offered;
pub use make::{Made, Wish, make};
pub(crate) use text::flaw;

use crate::error::Issues;
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{Booking, Campaign, CampaignStatus, DialMode, Permission, Slot};
use model::{At, CampaignId};
use serde_json::json;
use store::{BookingPatch, Store, StoreError};

/// What a person changes of one that waits.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub due_at: Option<At>,
    pub name: Option<String>,
    pub note: Option<String>,
    pub variables: Option<model::Vars>,
}

/// # Errors
/// No right, a time the task does not keep, one that does not wait any more.
pub async fn change(store: &Store, actor: &Actor, before: &Booking, wish: Change) -> Result<Booking> {
    actor.require(Permission::LeadWrite)?;
    let campaign = task(store, before.tenant_id, before.campaign_id).await?;
    let mut issues = Issues::default();
    if let Some(due) = wish.due_at {
        let settings = store.settings(actor.tenant).await?;
        let hours = hours::Hours { campaign: &campaign, settings: &settings };
        hours.check(&before.phone, due, now(), "due_at", &mut issues);
    }
    make::lengths(wish.name.as_deref(), wish.note.as_deref(), wish.variables.as_ref(), "", &mut issues);
    issues.done()?;
    let patch = BookingPatch { due_at: wish.due_at, name: wish.name, note: wish.note, variables: wish.variables };
    let stored = store.change_booking(&campaign, before.id, patch, now()).await.map_err(refused)?;
    let detail = json!({ "campaign": campaign.id, "due_at": stored.due_at });
    audit(store, actor, "appointment.change", &format!("booking:{}", stored.id), detail).await?;
    Ok(stored)
}

/// # Errors
/// No right; one that is being reached or is over.
pub async fn cancel(store: &Store, actor: &Actor, before: &Booking) -> Result<Booking> {
    actor.require(Permission::LeadWrite)?;
    let stored = store.cancel_booking(actor.tenant, before.id, "cancelled", false, now()).await.map_err(refused)?;
    let detail = json!({ "campaign": stored.campaign_id, "due_at": stored.due_at });
    audit(store, actor, "appointment.cancel", &format!("booking:{}", stored.id), detail).await?;
    Ok(stored)
}

fn refused(error: StoreError) -> DeskError {
    match error {
        StoreError::Conflict(_) => DeskError::conflict(
            "appointment_state",
            "这个预约正在联系中或已经结束，不能再改",
            "the appointment is being reached or is over and may not be changed",
        ),
        StoreError::Duplicate { .. } => DeskError { field: Some("due_at".into()), ..twice() },
        other => other.into(),
    }
}

fn twice() -> DeskError {
    DeskError::conflict(
        "appointment_twice",
        "同一个人在这个时间已有预约，请换一个时间",
        "this person has an appointment at this time already; choose another time",
    )
}

/// A task that takes appointments.
async fn task(store: &Store, tenant: model::TenantId, id: CampaignId) -> Result<Campaign> {
    let campaign = store.campaign(tenant, id).await?.ok_or_else(|| DeskError::not_found("外呼任务", "campaign"))?;
    if campaign.mode != DialMode::Appointment {
        return Err(DeskError::conflict(
            "not_by_appointment",
            "这个任务不是“预约”方式，不能收预约；请选择预约任务",
            "the task is not in appointment mode; choose one that is",
        ));
    }
    if matches!(campaign.status, CampaignStatus::Stopped | CampaignStatus::Finished) {
        return Err(DeskError::conflict(
            "campaign_over",
            "任务已结束，不再收预约",
            "the campaign is over and takes no appointments any more",
        ));
    }
    Ok(campaign)
}

/// Slots with a place left, of so many days.
///
/// # Errors
/// The store's.
pub async fn slots(store: &Store, campaign: &Campaign, days: Option<u32>) -> Result<Vec<Slot>> {
    if campaign.mode != DialMode::Appointment {
        return Ok(Vec::new());
    }
    let (at, days) = (now(), days.unwrap_or(campaign.booking.form.days_ahead).clamp(1, 90));
    let settings = store.settings(campaign.tenant_id).await?;
    let booked = store.booked_times(campaign.id, at, at.plus_ms(i64::from(days + 1) * 86_400_000)).await?;
    Ok(hours::Hours { campaign, settings: &settings }.slots(at, days, &booked))
}

/// Tasks of the tenant that take appointments now.
///
/// # Errors
/// The store's.
pub async fn open_tasks(store: &Store, tenant: model::TenantId) -> Result<Vec<Campaign>> {
    let statuses = vec![CampaignStatus::Approved, CampaignStatus::Running, CampaignStatus::Paused];
    let filter = store::CampaignFilter { statuses, text: String::new() };
    let mut page = store::PageQuery::first(store::PageQuery::LIMIT_MAX);
    let mut open = Vec::new();
    loop {
        let found = store.campaigns(tenant, &filter, page).await?;
        open.extend(found.items.into_iter().filter(|c| c.mode == DialMode::Appointment));
        page.after = found.next;
        if page.after.is_none() {
            return Ok(open);
        }
    }
}
