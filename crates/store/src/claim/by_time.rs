//! Claims of a task in appointment mode: not leads are due there, but their appointments, the one due first first.

use super::{Asked, Claim, Taken};
use crate::Result;
use crate::db::{Runs as _, Sql, Tx};
use crate::row::{Cell, cells};
use model::record::{Booking, BookingState, ClaimedLead};
use model::{At, Disposition, LeadId};
use std::collections::BTreeMap;

/// Leads of lists that may be dialled, and that nobody has in hand.
const FREE: &str = "l.state NOT IN ('leased', 'dialing', 'excluded') AND l.hold <> 'filter' \
                    AND l.list_id IN (SELECT id FROM lead_lists WHERE campaign_id = ? AND enabled AND applied AND removed_at IS NULL)";
/// What was begun goes on when its lead may be tried again.
const OPEN: &str = "b.campaign_id = ? AND b.medium = 'phone' AND (b.state = 'waiting' AND b.late_at > ? \
                    OR b.state = 'reaching' AND l.state = 'retry' AND l.next_at + b.late_at - b.next_at > ?)";
/// When it is looked at.
const TIME: &str = "CASE WHEN b.state = 'waiting' THEN b.next_at ELSE l.next_at END";

impl Asked {
    /// Up to `n` leads whose appointment is due. There are always more to come: nothing is ever settled.
    pub(super) async fn appointments(&self, tx: Tx, n: usize, untidy: bool) -> Result<Claim> {
        if untidy {
            self.tidy(&tx).await?;
        }
        let lock = tx.engine().skip_locked();
        let text = format!(
            "SELECT l.id FROM bookings b JOIN leads l ON l.id = b.lead_id WHERE {OPEN} AND {FREE} AND {TIME} <= ? \
             ORDER BY b.due_at, b.id LIMIT ?{lock}"
        );
        let many = i64::try_from(n).unwrap_or(i64::MAX);
        let due = Sql::new(text, cells![self.campaign, self.now, self.now, self.campaign, self.now, many]);
        let taken = self.take(&tx, &[due]).await?;
        let mut leads = self.with_their_times(&tx, taken).await?;
        tried(&tx, &mut leads).await?;
        let text = format!(
            "SELECT MIN(at) FROM (SELECT {TIME} AS at FROM bookings b JOIN leads l ON l.id = b.lead_id WHERE {OPEN} \
             AND l.state NOT IN ('leased', 'dialing', 'excluded') UNION ALL \
             SELECT lease_until FROM leads WHERE campaign_id = ? AND state = 'leased') due"
        );
        let next: Option<Option<At>> = tx.cell(Sql::new(text, cells![self.campaign, self.now, self.now, self.campaign])).await?;
        tx.commit().await?;
        let next_due = if leads.len() < n { next.flatten() } else { Some(self.now) };
        Ok(Claim { leads, next_due, all_settled: false })
    }

    /// In the order of their appointments, with what was asked for each; a first try counts from nought.
    async fn with_their_times(&self, tx: &Tx, taken: Vec<Taken>) -> Result<Vec<ClaimedLead>> {
        let ids: Vec<LeadId> = taken.iter().map(|t| t.lead.id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new(
            "WHERE medium = 'phone' AND (state = 'reaching' OR state = 'waiting' AND due_at <= ? AND late_at > ?)",
            cells![self.now, self.now],
        );
        sql.and_in("lead_id", &ids).push(" ORDER BY state, due_at, id");
        let mut ahead: BTreeMap<LeadId, Booking> = BTreeMap::new();
        for booking in tx.all::<Booking>(sql).await? {
            if let Some(lead) = booking.lead_id {
                ahead.entry(lead).or_insert(booking);
            }
        }
        let mut leads: Vec<(At, ClaimedLead)> = Vec::with_capacity(taken.len());
        for Taken { mut lead, .. } in taken {
            let Some(booking) = ahead.remove(&lead.id) else { continue };
            // Whoever it belongs to: it is the task that promised the call.
            lead.agent_id = None;
            lead.variables.extend(booking.variables);
            if !booking.name.is_empty() {
                lead.name = booking.name;
            }
            if booking.state == BookingState::Waiting {
                lead.attempts = 0;
            }
            leads.push((booking.due_at, lead));
        }
        leads.sort_by_key(|(due, lead)| (*due, lead.id));
        Ok(leads.into_iter().map(|(_, lead)| lead).collect())
    }
}

/// How the calls for the appointment at hand ended; those for others are past.
async fn tried(tx: &Tx, leads: &mut [ClaimedLead]) -> Result<()> {
    let ids: Vec<LeadId> = leads.iter().map(|lead| lead.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new(
        "SELECT a.lead_id, a.phone, a.disposition, COUNT(*) FROM attempts a JOIN bookings b ON b.lead_id = a.lead_id \
         AND b.state = 'reaching' AND a.dialing_at >= b.begun_at WHERE a.disposition IS NOT NULL",
        Vec::new(),
    );
    sql.and_in("a.lead_id", &ids).push(" GROUP BY a.lead_id, a.phone, a.disposition");
    for row in tx.rows(sql).await? {
        let (id, phone, n) = (LeadId::get(&row, 0)?, String::get(&row, 1)?, u32::get(&row, 3)?);
        if let Some(lead) = leads.iter_mut().find(|lead| lead.id == id && lead.phone == phone) {
            *lead.ended.entry(Disposition::get(&row, 2)?).or_default() += n;
        }
    }
    Ok(())
}
