//! Calls of appointments: which one a call is for, and what came of it, in the transactions that begin and end the attempt.

use super::{end, tell};
use crate::commit::Batch;
use crate::db::{Runs, Sql, Tx};
use crate::row::cells;
use crate::{Result, StoreError};
use model::fact::Begin;
use model::record::{Attempt, Booking, BookingState, Campaign, DialMode, Lead, LeadState};
use model::{At, Disposition, LeadId, TenantId};

/// The one that a call of this lead is for: what was begun before what waits.
async fn at_hand(tx: &Tx, lead: LeadId, now: At) -> Result<Option<Booking>> {
    let sql = "WHERE lead_id = ? AND medium = 'phone' AND (state = 'reaching' OR state = 'waiting' AND due_at <= ? AND late_at > ?) \
               ORDER BY state, due_at, id LIMIT 1";
    tx.one(Sql::new(sql, cells![lead, now, now])).await
}

/// Since when the lead's attempts are for the appointment at hand: those before were for others.
pub(crate) async fn begun_at(db: &impl Runs, tenant: TenantId, lead: LeadId) -> Result<Option<At>> {
    let sql = "SELECT MIN(begun_at) FROM bookings WHERE tenant_id = ? AND lead_id = ? AND state = 'reaching'";
    Ok(db.cell::<Option<At>>(Sql::new(sql, cells![tenant, lead])).await?.flatten())
}

impl Batch {
    pub(crate) async fn is_by_appointment(&mut self, begin: &Begin) -> Result<bool> {
        let campaign = self.campaign(begin.tenant, begin.campaign).await?;
        Ok(campaign.is_some_and(|c| c.mode == DialMode::Appointment))
    }

    /// What the attempt is for.
    ///
    /// # Errors
    /// `Conflict` when it was called off or is too late by now.
    pub(crate) async fn appointment_of(&self, begin: &Begin) -> Result<std::result::Result<Booking, StoreError>> {
        let found = at_hand(&self.tx, begin.lead, begin.at).await?;
        Ok(found.ok_or(StoreError::Conflict("the appointment was called off, moved or is too late")))
    }

    /// The attempt stands as dialling: so does the appointment. A first try counts from nought.
    pub(crate) async fn appointment_begun(&mut self, mut booking: Booking, begin: &Begin) -> Result<()> {
        let first = booking.state == BookingState::Waiting;
        if first {
            let sql =
                "UPDATE leads SET attempts = 0, result = NULL, result_at = NULL, phones_spent = 0, note = NULL WHERE id = ?";
            self.tx.exec(Sql::new(sql, cells![begin.lead])).await?;
        }
        booking.state = BookingState::Reaching;
        booking.tries += 1;
        booking.begun_at = booking.begun_at.or(Some(begin.at));
        booking.call_id = Some(begin.call);
        let sql = "UPDATE bookings SET state = ?, tries = ?, begun_at = ?, call_id = ? WHERE id = ?";
        let b = &booking;
        self.tx.exec(Sql::new(sql, cells![b.state, b.tries, b.begun_at, b.call_id, b.id])).await?;
        if first {
            tell(&mut self.tx, &booking, begin.at);
        }
        Ok(())
    }

    /// The call is over, and this is how the lead stands.
    pub(crate) async fn appointment_reached(&mut self, campaign: &Campaign, lead: &Lead, attempt: &Attempt) -> Result<()> {
        if campaign.mode != DialMode::Appointment {
            return Ok(());
        }
        let sql = "WHERE lead_id = ? AND state = 'reaching' ORDER BY id LIMIT 1";
        let Some(mut booking) = self.tx.one::<Booking>(Sql::new(sql, cells![lead.id])).await? else { return Ok(()) };
        let at = attempt.ended_at.unwrap_or(attempt.dialing_at);
        let unsent = attempt.disposition == Some(Disposition::Blocked);
        let why = attempt.refusal.clone().or_else(|| attempt.disposition.map(|d| d.code().to_owned()));
        booking.result = attempt.result.clone().or(booking.result);
        booking.tries -= u32::from(unsent).min(booking.tries);
        match over(lead.state) {
            None => self.again(campaign, lead, booking, why, at).await,
            Some(state) => {
                let state = if unsent && state == BookingState::Failed { BookingState::Refused } else { state };
                let why = why.filter(|_| state != BookingState::Done);
                end(&mut self.tx, &mut booking, state, why.as_deref(), at).await
            }
        }
    }

    /// Another try; one of which nothing was sent yet waits as before, and its limit runs on.
    async fn again(&mut self, campaign: &Campaign, lead: &Lead, mut b: Booking, why: Option<String>, at: At) -> Result<()> {
        (b.next_at, b.why) = (lead.next_at, why);
        if b.tries == 0 {
            (b.state, b.begun_at, b.call_id) = (BookingState::Waiting, None, None);
        } else {
            b.late_at = campaign.booking.late_after(lead.next_at);
        }
        let sql = "UPDATE bookings SET state = ?, tries = ?, next_at = ?, late_at = ?, begun_at = ?, call_id = ?, why = ?, result = ? WHERE id = ?";
        let values = cells![b.state, b.tries, b.next_at, b.late_at, b.begun_at, b.call_id, b.why, b.result, b.id];
        self.tx.exec(Sql::new(sql, values)).await?;
        tell(&mut self.tx, &b, at);
        Ok(())
    }
}

/// What a lead's state makes of its appointment; none: it goes on.
pub(super) const fn over(lead: LeadState) -> Option<BookingState> {
    match lead {
        LeadState::Done => Some(BookingState::Done),
        LeadState::Exhausted => Some(BookingState::Failed),
        LeadState::Excluded => Some(BookingState::Refused),
        LeadState::Expired => Some(BookingState::Missed),
        LeadState::Ready | LeadState::Leased | LeadState::Dialing | LeadState::Retry => None,
    }
}
