//! An attempt begins: written as dialling, with its lead, before its INVITE leaves; the guard's facts read beside it.

use super::{Batch, Outcome};
use crate::db::{Insert, Runs as _, Sql};
use crate::dial::{self, Ask};
use crate::row::cells;
use crate::tally::Tally;
use crate::{Result, StoreError};
use model::fact::Begin;
use model::record::{Attempt, AttemptState, DialFacts};
use model::telephony::Cause;

impl Batch {
    pub(super) async fn begin_attempt(&mut self, begin: &Begin) -> Result<Outcome> {
        let known: Option<Attempt> = self.tx.by_id(begin.tenant, begin.attempt.0).await?;
        if known.is_some() {
            return Ok(Outcome::Begun(self.facts(begin, 1).await?));
        }
        let appointment = match self.is_by_appointment(begin).await? {
            true => match self.appointment_of(begin).await? {
                Ok(booking) => Some(booking),
                Err(gone) => return Ok(Outcome::Failed(gone)),
            },
            false => None,
        };
        let take = "UPDATE leads SET state = 'dialing', lease_until = ?, last_attempt_at = ? \
                    WHERE id = ? AND tenant_id = ? AND campaign_id = ? AND state = 'leased' \
                    AND (expires_at IS NULL OR expires_at > ?)";
        let values = cells![begin.lease_until, begin.at, begin.lead, begin.tenant, begin.campaign, begin.at];
        if self.tx.exec(Sql::new(take, values)).await? == 0 {
            return Ok(Outcome::Failed(StoreError::Conflict(
                "the lead is no longer held: excluded, removed, expired or taken by somebody else",
            )));
        }
        if let Some(booking) = appointment {
            self.appointment_begun(booking, begin).await?;
        }
        let facts = self.facts(begin, 0).await?;
        let attempt = Attempt {
            id: begin.attempt,
            tenant_id: begin.tenant,
            campaign_id: begin.campaign,
            lead_id: begin.lead,
            call_id: begin.call,
            ordinal: begin.ordinal,
            phone: begin.phone.clone(),
            caller_id: begin.caller_id.clone(),
            trunk_id: Some(begin.trunk),
            state: AttemptState::Dialing,
            dialing_at: begin.at,
            ringing_at: None,
            answered_at: None,
            ended_at: None,
            disposition: None,
            failovers: 0,
            cause: Cause::default(),
            result: None,
            refusal: None,
        };
        self.tx.insert(Insert::of(&attempt)).await?;
        self.tallies.attempt(begin.tenant, begin.campaign, &begin.caller_id, Some(begin.trunk), begin.at, 1);
        if let Some(used) = &begin.used {
            self.uses.add(begin.tenant, used);
        }
        Ok(Outcome::Begun(facts))
    }

    /// `counted`: how often this very attempt stands in the tallies already.
    async fn facts(&self, begin: &Begin, counted: u32) -> Result<DialFacts> {
        let ask = Ask {
            tenant: begin.tenant,
            phone: &begin.phone,
            caller_id: &begin.caller_id,
            trunk: Some(begin.trunk),
            campaign: Some(begin.campaign),
            at: begin.at,
            midnight: begin.midnight,
            lockout_ms: begin.lockout_ms,
            but: Some(begin.attempt),
        };
        let mut facts = dial::facts(&self.tx, &ask).await?;
        let pending = |tally, key: &str| self.tallies.pending(begin.tenant, tally, key, begin.midnight);
        let total = |stored: u32, pending: i64| u32::try_from(i64::from(stored) + pending).unwrap_or(0).saturating_sub(counted);
        facts.caller_id_today = total(facts.caller_id_today, pending(Tally::CallerId, &begin.caller_id));
        facts.trunk_today = total(facts.trunk_today, pending(Tally::Trunk, &begin.trunk.to_string()));
        Ok(facts)
    }
}
