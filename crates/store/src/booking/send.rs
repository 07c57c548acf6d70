//! Appointments by message: taken under a lease, and put into the journal in the transaction that marks them done.

use super::{all_columns, end};
use crate::db::{Runs as _, Sql};
use crate::row::{Row as _, cells};
use crate::{Result, Store, dial, sms};
use model::fact::MailDraft;
use model::record::{Booking, BookingState, Campaign};
use model::{At, MailAddress};

/// What goes out, its values filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    Sms { text: String },
    Mail { to: MailAddress, subject: String, text: String },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// It stands in its journal.
    Queued(Booking),
    /// A list says no.
    Refused(Booking),
    /// It was called off, moved or sent by another.
    Gone,
}

impl Store {
    /// Those whose time has come of tasks that run, of all tenants; nobody else gets them before `lease_until`.
    pub async fn take_due_bookings(&self, now: At, lease_until: At, limit: u32) -> Result<Vec<Booking>> {
        let db = self.write();
        let sql = format!(
            "UPDATE bookings SET next_at = ? WHERE id IN (SELECT id FROM bookings WHERE state = 'waiting' AND medium <> 'phone' \
             AND next_at <= ? AND late_at > ? AND campaign_id IN (SELECT id FROM campaigns WHERE status = 'running' AND mode = 'appointment') \
             ORDER BY next_at, id LIMIT ?{}) RETURNING {}",
            db.engine().skip_locked(),
            all_columns()
        );
        let rows = db.rows(Sql::new(sql, cells![lease_until, now, now, limit])).await?;
        let mut taken = rows.iter().map(Booking::read).collect::<Result<Vec<_>>>()?;
        taken.sort_by_key(|b| (b.due_at, b.id));
        Ok(taken)
    }

    /// The lists are asked, the message is put into its journal and the appointment is done, or nothing of it. `taken` is as
    /// [`Store::take_due_bookings`] gave it.
    pub async fn send_booking(&self, campaign: &Campaign, taken: &Booking, what: &Outgoing, now: At) -> Result<Sent> {
        let mut tx = self.begin().await?;
        let sql = format!("WHERE id = ? AND state = 'waiting' AND due_at = ? AND next_at = ?{}", tx.engine().for_update());
        let held: Option<Booking> = tx.one(Sql::new(sql, cells![taken.id, taken.due_at, taken.next_at])).await?;
        let Some(mut booking) = held else { return Ok(Sent::Gone) };
        if !booking.phone.is_empty() {
            let facts = dial::listed(&tx, campaign.tenant_id, campaign.id, &booking.phone, now).await?;
            if let Some(rule) = super::make::said_no(campaign, &facts, false) {
                end(&mut tx, &mut booking, BookingState::Refused, Some(rule), now).await?;
                tx.commit().await?;
                return Ok(Sent::Refused(booking));
            }
        }
        match what {
            Outgoing::Sms { text } => booking.sms_id = Some(sms::put(&mut tx, &booking, text, now).await?),
            Outgoing::Mail { to, subject, text } => {
                let draft = MailDraft {
                    to: to.clone(),
                    subject: subject.clone(),
                    text: text.clone(),
                    campaign: Some(booking.campaign_id),
                    lead: booking.lead_id,
                    at: now,
                };
                booking.mail_id = Some(crate::mail::put_mail(&mut tx, booking.tenant_id, &draft, now).await?.id);
            }
        }
        end(&mut tx, &mut booking, BookingState::Done, None, now).await?;
        tx.commit().await?;
        Ok(Sent::Queued(booking))
    }

    /// It cannot be sent at all.
    pub async fn fail_booking(&self, taken: &Booking, state: BookingState, why: &str, now: At) -> Result<()> {
        let mut tx = self.begin().await?;
        let sql = format!("WHERE id = ? AND state = 'waiting' AND next_at = ?{}", tx.engine().for_update());
        if let Some(mut booking) = tx.one::<Booking>(Sql::new(sql, cells![taken.id, taken.next_at])).await? {
            end(&mut tx, &mut booking, state, Some(why), now).await?;
        }
        tx.commit().await.map(|_| ())
    }
}
