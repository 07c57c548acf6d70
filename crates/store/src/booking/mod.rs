//! 预约外呼: appointments of tasks, made and reached, moved and called off; the links to their pages.

mod make;
mod reach;
mod send;
mod sweep;

pub use make::{Booked, BookingRules, NewBooking};
pub(crate) use reach::begun_at;
pub use send::{Outgoing, Sent};

use crate::db::{Insert, Runs as _, Sql, Tx, columns};
use crate::dialect::contains;
use crate::row::{Cell, cells};
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::APPOINTMENT_CHANGED;
use model::record::{Booking, BookingLink, BookingOrigin, BookingState, Campaign, DialMode, Medium};
use model::{At, BookingId, CampaignId, LeadId, TenantId};
use serde_json::json;
use std::collections::BTreeMap;

/// Empty fields match all.
#[derive(Clone, Debug, Default)]
pub struct BookingFilter {
    pub states: Vec<BookingState>,
    pub media: Vec<Medium>,
    pub origins: Vec<BookingOrigin>,
    pub lead_id: Option<LeadId>,
    /// In number, name or mail address, or the whole id of the source.
    pub text: String,
    /// Due at or after, before.
    pub due_from: Option<At>,
    pub due_until: Option<At>,
}

/// What a person changes of one that waits.
#[derive(Clone, Debug, Default)]
pub struct BookingPatch {
    pub due_at: Option<At>,
    pub name: Option<String>,
    pub note: Option<String>,
    pub variables: Option<model::Vars>,
}

/// Whoever was called off or missed leaves the place in the slot to others.
const TAKES_A_PLACE: &str = "state NOT IN ('cancelled', 'missed')";

impl Store {
    /// Newest first.
    pub async fn bookings(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        filter: &BookingFilter,
        page: PageQuery,
    ) -> Result<Page<Booking>> {
        self.read().must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        let mut sql = Sql::new("WHERE campaign_id = ? AND tenant_id = ?", cells![campaign, tenant]);
        sql.and_in("state", &filter.states).and_in("medium", &filter.media).and_in("origin", &filter.origins);
        sql.and_some("lead_id = ?", filter.lead_id.as_ref());
        sql.and_some("due_at >= ?", filter.due_from.as_ref()).and_some("due_at < ?", filter.due_until.as_ref());
        if !filter.text.trim().is_empty() {
            let (like, pattern) = (self.read().engine().like(), contains(&filter.text));
            sql.push(&format!(" AND (phone {like} OR name {like} OR mail {like} OR source_id = ?)"));
            sql.bind(&pattern).bind(&pattern).bind(&pattern).bind(&filter.text.trim().to_string());
        }
        self.read().page(sql, true, page).await
    }

    pub async fn booking(&self, tenant: TenantId, id: BookingId) -> Result<Option<Booking>> {
        self.read().by_id(tenant, id.0).await
    }

    /// By the hash of the reference that the web form gave.
    pub async fn booking_by_reference(&self, campaign: CampaignId, reference: &str) -> Result<Option<Booking>> {
        self.read().one(Sql::new("WHERE reference = ? AND campaign_id = ?", cells![reference.to_string(), campaign])).await
    }

    /// Appointments by their time that take a place, from `from` until `until`.
    pub async fn booked_times(&self, campaign: CampaignId, from: At, until: At) -> Result<BTreeMap<At, u32>> {
        let sql = format!(
            "SELECT due_at, COUNT(*) FROM bookings WHERE campaign_id = ? AND due_at >= ? AND due_at < ? AND {TAKES_A_PLACE} \
             GROUP BY due_at"
        );
        let rows = self.read().rows(Sql::new(sql, cells![campaign, from, until])).await?;
        rows.iter().map(|row| Ok((Cell::get(row, 0)?, Cell::get(row, 1)?))).collect()
    }

    /// Changes one that waits.
    ///
    /// # Errors
    /// `Conflict` when it does not wait any more; `Duplicate` of `due_at` when there is one at this time already.
    pub async fn change_booking(&self, campaign: &Campaign, id: BookingId, patch: BookingPatch, now: At) -> Result<Booking> {
        let mut tx = self.begin().await?;
        let mut booking = waiting(&tx, campaign.tenant_id, id).await?;
        if let Some(due) = patch.due_at {
            (booking.due_at, booking.next_at, booking.late_at) = (due, due, campaign.booking.late_after(due));
        }
        booking.name = patch.name.unwrap_or(booking.name);
        booking.note = patch.note.unwrap_or(booking.note);
        booking.variables = patch.variables.unwrap_or(booking.variables);
        let sql = "UPDATE bookings SET due_at = ?, next_at = ?, late_at = ?, name = ?, note = ?, variables = ?j WHERE id = ?";
        let b = &booking;
        tx.exec(Sql::new(sql, cells![b.due_at, b.next_at, b.late_at, b.name, b.note, b.variables, b.id])).await?;
        if let Some(lead) = b.lead_id {
            let sql = "UPDATE leads SET next_at = ? WHERE id = ? AND state = 'ready'";
            tx.exec(Sql::new(sql, cells![b.due_at, lead])).await?;
        }
        tell(&mut tx, &booking, now);
        tx.commit().await?;
        Ok(booking)
    }

    /// Made by the web form for this number or address since then.
    pub async fn web_bookings(&self, campaign: CampaignId, phone: &str, mail: &str, since: At) -> Result<u32> {
        let sql = "SELECT COUNT(*) FROM bookings WHERE campaign_id = ? AND origin = 'web' AND created_at >= ? \
                   AND (phone = ? AND phone <> '' OR mail = ? AND mail <> '')";
        let values = cells![campaign, since, phone.to_string(), mail.to_string()];
        Ok(self.read().cell(Sql::new(sql, values)).await?.unwrap_or(0))
    }

    /// Calls one off that waits, or that waits for another try. `quietly`: one that a list refused, too, as its maker was not told.
    ///
    /// # Errors
    /// `Conflict` while it is being reached, or when it is over.
    pub async fn cancel_booking(&self, tenant: TenantId, id: BookingId, why: &str, quietly: bool, now: At) -> Result<Booking> {
        let mut tx = self.begin().await?;
        let sql = format!("WHERE id = ? AND tenant_id = ?{}", tx.engine().for_update());
        let found: Option<Booking> = tx.one(Sql::new(sql, cells![id, tenant])).await?;
        let mut booking = found.ok_or(StoreError::NotFound("appointment"))?;
        let busy = "SELECT COUNT(*) FROM leads WHERE id = ? AND state = 'dialing'";
        let dialing = booking.state == BookingState::Reaching
            && tx.cell::<i64>(Sql::new(busy, cells![booking.lead_id])).await?.is_some_and(|n| n > 0);
        let untold = quietly && booking.state == BookingState::Refused && booking.tries == 0;
        if booking.state.is_over() && !untold || dialing {
            return Err(StoreError::Conflict("the appointment is being reached or is over"));
        }
        end(&mut tx, &mut booking, BookingState::Cancelled, Some(why), now).await?;
        tx.commit().await?;
        Ok(booking)
    }

    pub async fn booking_link(&self, tenant: TenantId, campaign: CampaignId) -> Result<Option<BookingLink>> {
        self.read().one(Sql::new("WHERE campaign_id = ? AND tenant_id = ?", cells![campaign, tenant])).await
    }

    /// The link of this token, whatever its tenant.
    pub async fn booking_link_by_token(&self, token: &str) -> Result<Option<BookingLink>> {
        self.read().one(Sql::new("WHERE token = ?", cells![token.to_string()])).await
    }

    /// The one before is worth nothing any more.
    pub async fn put_booking_link(&self, link: &BookingLink) -> Result<()> {
        let tx = self.begin().await?;
        tx.must_own::<Campaign>(link.tenant_id, link.campaign_id.0, "campaign").await?;
        let tail = "ON CONFLICT (campaign_id) DO UPDATE SET token = excluded.token, made_by = excluded.made_by, made_at = excluded.made_at";
        tx.insert(Insert::of(link).tail(tail)).await?;
        tx.commit().await.map(|_| ())
    }

    pub async fn remove_booking_link(&self, tenant: TenantId, campaign: CampaignId) -> Result<bool> {
        let sql = "DELETE FROM booking_links WHERE campaign_id = ? AND tenant_id = ?";
        Ok(self.write().exec(Sql::new(sql, cells![campaign, tenant])).await? > 0)
    }
}

/// One that waits, locked.
async fn waiting(tx: &Tx, tenant: TenantId, id: BookingId) -> Result<Booking> {
    let sql = format!("WHERE id = ? AND tenant_id = ?{}", tx.engine().for_update());
    let found: Option<Booking> = tx.one(Sql::new(sql, cells![id, tenant])).await?;
    let booking = found.ok_or(StoreError::NotFound("appointment"))?;
    if booking.state == BookingState::Waiting {
        Ok(booking)
    } else {
        Err(StoreError::Conflict("the appointment does not wait any more"))
    }
}

/// The task's limit was changed: it holds for those that wait, too.
pub(crate) async fn keep_late(tx: &Tx, campaign: &Campaign) -> Result<()> {
    if campaign.mode != DialMode::Appointment {
        return Ok(());
    }
    let late_ms = campaign.booking.late_after(At(0)).ms();
    let sql = "UPDATE bookings SET late_at = due_at + ? WHERE campaign_id = ? AND state = 'waiting' AND late_at <> due_at + ?";
    tx.exec(Sql::new(sql, cells![late_ms, campaign.id, late_ms])).await.map(|_| ())
}

/// Nothing more comes of it. A lead with nothing else ahead stands as the appointment ended.
async fn end(tx: &mut Tx, booking: &mut Booking, state: BookingState, why: Option<&str>, now: At) -> Result<()> {
    (booking.state, booking.why, booking.done_at) = (state, why.map(str::to_owned), Some(now));
    let sql = "UPDATE bookings SET state = ?, why = ?, result = ?, tries = ?, call_id = ?, sms_id = ?, mail_id = ?, done_at = ? WHERE id = ?";
    let b = &*booking;
    tx.exec(Sql::new(sql, cells![b.state, b.why, b.result, b.tries, b.call_id, b.sms_id, b.mail_id, b.done_at, b.id])).await?;
    let stands = match state {
        BookingState::Missed => Some("expired"),
        BookingState::Cancelled => Some("done"),
        // How a call ended stands on its lead already.
        BookingState::Done if b.medium != Medium::Phone => Some("done"),
        _ => None,
    };
    if let (Some(stands), Some(lead)) = (stands, b.lead_id) {
        let sql = "UPDATE leads SET state = ?, lease_until = NULL WHERE id = ? AND state IN ('ready', 'retry') AND NOT EXISTS \
                   (SELECT 1 FROM bookings WHERE lead_id = ? AND state IN ('waiting', 'reaching'))";
        tx.exec(Sql::new(sql, cells![stands.to_string(), lead, lead])).await?;
    }
    tell(tx, booking, now);
    Ok(())
}

fn tell(tx: &mut Tx, b: &Booking, now: At) {
    let data = json!({
        "appointment_id": b.id, "campaign_id": b.campaign_id, "lead_id": b.lead_id, "source_id": b.source_id, "origin": b.origin,
        "medium": b.medium, "phone": b.phone, "mail": b.mail, "name": b.name, "variables": b.variables, "due_at": b.due_at,
        "state": b.state, "why": b.why, "result": b.result, "tries": b.tries, "call_id": b.call_id, "sms_id": b.sms_id,
        "mail_id": b.mail_id, "made_in": b.made_in, "agent_id": b.agent_id, "note": b.note, "at": now,
    });
    tx.emit(b.tenant_id, APPOINTMENT_CHANGED, now, data);
}

fn all_columns() -> String {
    columns::<Booking>("")
}
