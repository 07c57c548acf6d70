//! An attempt begins: written as dialling, with its lead, before its INVITE leaves; the guard's facts read beside it.

use super::{Batch, Outcome};
use crate::db::{Insert, Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::tally::{Tally, pair};
use crate::{Result, StoreError};
use model::fact::Begin;
use model::record::{Attempt, AttemptState, DialFacts, ListKind};
use model::telephony::Cause;
use model::{At, Disposition};

const HOUR_MS: i64 = 3_600_000;

impl Batch {
    pub(super) async fn begin_attempt(&mut self, begin: &Begin) -> Result<Outcome> {
        let known: Option<Attempt> = self.tx.by_id(begin.tenant, begin.attempt.0).await?;
        if known.is_some() {
            return Ok(Outcome::Begun(self.facts(begin, 1).await?));
        }
        let take = "UPDATE leads SET state = 'dialing', lease_until = ?, last_attempt_at = ? \
                    WHERE id = ? AND tenant_id = ? AND campaign_id = ? AND state = 'leased'";
        let values = cells![begin.lease_until, begin.at, begin.lead, begin.tenant, begin.campaign];
        if self.tx.exec(Sql::new(take, values)).await? == 0 {
            return Ok(Outcome::Failed(StoreError::Conflict(
                "the lead is no longer held: excluded, removed or taken by somebody else",
            )));
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
        Ok(Outcome::Begun(facts))
    }

    /// `counted`: how often this very attempt stands in the tallies already.
    async fn facts(&self, begin: &Begin, counted: u32) -> Result<DialFacts> {
        let mut facts = DialFacts::default();
        let lists = "SELECT kind FROM list_entries WHERE tenant_id = ? AND phone = ? AND (expires_at IS NULL OR expires_at > ?)";
        for row in self.tx.rows(Sql::new(lists, cells![begin.tenant, begin.phone, begin.at])).await? {
            match ListKind::get(&row, 0)? {
                ListKind::Block => facts.blocked = true,
                ListKind::Exempt => facts.exempt = true,
                ListKind::Vip => {}
            }
        }
        let horizon = begin.at.plus_ms(-begin.lockout_ms - 24 * HOUR_MS);
        let tried = "SELECT dialing_at, state, disposition, ended_at FROM attempts \
                     WHERE tenant_id = ? AND phone = ? AND dialing_at > ? AND id <> ?";
        for row in self.tx.rows(Sql::new(tried, cells![begin.tenant, begin.phone, horizon, begin.attempt])).await? {
            count(&mut facts, begin, Cell::get(&row, 0)?, Cell::get(&row, 1)?, Cell::get(&row, 2)?, Cell::get(&row, 3)?);
        }
        let trunk = begin.trunk.to_string();
        let (by_number, by_trunk) = pair(&self.tx, begin.tenant, &begin.caller_id, &trunk, begin.midnight).await?;
        let pending = |tally, key: &str| self.tallies.pending(begin.tenant, tally, key, begin.midnight);
        let total = |stored: i64, pending: i64| u32::try_from(stored + pending).unwrap_or(0).saturating_sub(counted);
        facts.caller_id_today = total(by_number, pending(Tally::CallerId, &begin.caller_id));
        facts.trunk_today = total(by_trunk, pending(Tally::Trunk, &trunk));
        Ok(facts)
    }
}

/// Adds one earlier attempt to the same number.
fn count(
    facts: &mut DialFacts,
    begin: &Begin,
    dialing_at: At,
    state: AttemptState,
    disposition: Option<Disposition>,
    ended_at: Option<At>,
) {
    facts.number_in_call |= state != AttemptState::Ended;
    if disposition == Some(Disposition::Abandoned) && begin.at.since_ms(ended_at.unwrap_or(dialing_at)) < begin.lockout_ms {
        facts.locked_out = true;
    }
    if disposition.is_some_and(|d| !d.counts()) {
        return;
    }
    let earliest = |known: Option<At>| Some(known.map_or(dialing_at, |k| k.min(dialing_at)));
    let age_ms = begin.at.since_ms(dialing_at);
    if age_ms < 24 * HOUR_MS {
        facts.number_24h += 1;
        facts.number_24h_oldest = earliest(facts.number_24h_oldest);
    }
    if age_ms < HOUR_MS / 12 {
        facts.number_5min += 1;
        facts.number_5min_oldest = earliest(facts.number_5min_oldest);
    }
    if dialing_at >= begin.midnight {
        facts.contact_today += 1;
    }
}
