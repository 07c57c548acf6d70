//! What becomes of appointments by time alone, or by what people did to their leads.

use super::{end, reach, tell};
use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store};
use model::record::{Booking, BookingState, Lead, LeadState, Medium};
use model::{At, BookingId};

/// Ended in one transaction.
const CHUNK: i64 = 500;

/// Too late, and no call is just being made. What is waiting for another try is late from then on.
const LATE: &str = "SELECT b.id FROM bookings b LEFT JOIN leads l ON l.id = b.lead_id AND b.medium = 'phone' \
                    WHERE b.state IN ('waiting', 'reaching') AND b.late_at <= ? AND (l.id IS NULL OR l.state NOT IN ('leased', 'dialing')) \
                    ORDER BY b.late_at LIMIT ?";
/// Its lead was taken out, or settled by somebody.
const SETTLED: &str = "SELECT b.id FROM bookings b LEFT JOIN leads l ON l.id = b.lead_id WHERE b.medium = 'phone' \
                       AND b.state IN ('waiting', 'reaching') AND (l.id IS NULL OR l.state = 'excluded' \
                       OR b.state = 'reaching' AND l.state IN ('done', 'exhausted', 'expired')) LIMIT ?";

/// What has become of an open one; none: nothing yet.
fn what_of(b: &Booking, lead: Option<&Lead>, now: At) -> Option<(BookingState, Option<String>)> {
    let settled = lead.filter(|l| b.state == BookingState::Reaching || l.state == LeadState::Excluded);
    if let Some((state, lead)) = settled.and_then(|l| Some((reach::over(l.state)?, l))) {
        let why = lead.note.clone().or_else(|| lead.last_disposition.map(|d| d.code().to_owned()));
        return Some((state, why.filter(|_| state != BookingState::Done)));
    }
    // The next try may have been put off by whoever talked.
    let late_at = match lead {
        Some(lead) if b.state == BookingState::Reaching => lead.next_at.plus_ms(b.late_at.since_ms(b.next_at)),
        _ => b.late_at,
    };
    if late_at <= now && lead.is_none_or(|l| !l.state.is_busy()) {
        return Some((BookingState::Missed, Some("late".into())));
    }
    (lead.is_none() && b.medium == Medium::Phone).then(|| (BookingState::Cancelled, Some("removed".into())))
}

impl Store {
    /// Ends what is over, of all tenants, and tells of each. Answers how many.
    pub async fn end_bookings(&self, now: At) -> Result<usize> {
        let mut ended = 0;
        loop {
            let found = self.end_some(Sql::new(LATE, cells![now, CHUNK]), now).await?;
            ended += found;
            if found < usize::try_from(CHUNK).unwrap_or(usize::MAX) {
                break;
            }
        }
        Ok(ended + self.end_some(Sql::new(SETTLED, cells![CHUNK]), now).await?)
    }

    async fn end_some(&self, which: Sql, now: At) -> Result<usize> {
        let ids = self.read().rows(which).await?;
        let ids = ids.iter().map(|row| BookingId::get(row, 0)).collect::<Result<Vec<_>>>()?;
        if ids.is_empty() {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let mut sql = Sql::new("WHERE state IN ('waiting', 'reaching')", Vec::new());
        sql.and_in("id", &ids).push(" ORDER BY id").push(tx.engine().for_update());
        let open: Vec<Booking> = tx.all(sql).await?;
        let mut ended = 0;
        for mut booking in open {
            let lead: Option<Lead> = match booking.lead_id {
                Some(id) => tx.by_id(booking.tenant_id, id.0).await?,
                None => None,
            };
            // Looked at again under the lock: a call may have begun meanwhile, or it was moved.
            let Some((state, why)) = what_of(&booking, lead.as_ref(), now) else { continue };
            booking.result = lead.and_then(|l| l.result).filter(|_| state == BookingState::Done).or(booking.result);
            end(&mut tx, &mut booking, state, why.as_deref(), now).await?;
            ended += 1;
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// It cannot be sent yet: looked at again then.
    pub async fn put_off_booking(&self, id: BookingId, until: At, why: &str, now: At) -> Result<()> {
        let mut tx = self.begin().await?;
        let sql = "UPDATE bookings SET next_at = ?, why = ? WHERE id = ? AND state = 'waiting' AND (why IS NULL OR why <> ?)";
        let told = tx.exec(Sql::new(sql, cells![until, why.to_string(), id, why.to_string()])).await? > 0;
        if told {
            if let Some(booking) = tx.one::<Booking>(Sql::new("WHERE id = ?", cells![id])).await? {
                tell(&mut tx, &booking, now);
            }
        } else {
            tx.exec(Sql::new("UPDATE bookings SET next_at = ? WHERE id = ? AND state = 'waiting'", cells![until, id])).await?;
        }
        tx.commit().await.map(|_| ())
    }
}
