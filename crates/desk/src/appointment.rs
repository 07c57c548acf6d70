//! 预约: moved, done or called off by the agent who made it.

use crate::error::Issues;
use crate::{Actor, Result, audit, now};
use model::At;
use model::record::{Appointment, AppointmentState, Permission};
use serde_json::json;
use store::Store;

/// A campaign may call a lead that an agent keeps for themself when they have not called so long after the time.
pub(crate) const HOLD_MS: i64 = 30 * 60_000;
pub(crate) const DAYS_MAX: i64 = 90;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub state: Option<AppointmentState>,
    pub due_at: Option<At>,
}

/// Not before now, and not after 90 days.
pub(crate) fn ahead(due: At, now: At) -> bool {
    due > now && due.since_ms(now) <= DAYS_MAX * 24 * 3_600_000
}

/// # Errors
/// A time that has passed; the right is missing.
pub async fn change(store: &Store, actor: &Actor, before: Appointment, wish: Change) -> Result<Appointment> {
    actor.require(Permission::DeskUse)?;
    let at = now();
    let mut issues = Issues::default();
    let fits = wish.due_at.is_none_or(|due| ahead(due, at));
    issues.unless(fits, "due_at", "预约时间须在现在之后、90 天之内", "an appointment lies within 90 days ahead");
    issues.done()?;
    let mut next = before;
    next.due_at = wish.due_at.unwrap_or(next.due_at);
    next.state = wish.state.unwrap_or(next.state);
    next.done_at = (next.state != AppointmentState::Due).then(|| next.done_at.unwrap_or(at));
    let waits = wish.due_at.map(|due| due.plus_ms(if next.mine { HOLD_MS } else { 0 }));
    let stored = store.update_appointment(&next, waits).await?;
    let detail = json!({ "state": stored.state, "due_at": stored.due_at });
    audit(store, actor, "appointment.update", &format!("appointment:{}", stored.id), detail).await?;
    Ok(stored)
}

/// The agent is about to dial it.
///
/// # Errors
/// The store's.
pub async fn dialled(store: &Store, appointment: &Appointment) -> Result<()> {
    let next = Appointment { dialled_at: Some(now()), ..appointment.clone() };
    store.update_appointment(&next, None).await?;
    Ok(())
}
