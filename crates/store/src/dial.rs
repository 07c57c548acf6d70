//! What the rules of dialling look at: lists a number is on, calls to it before, and how much a caller id and a trunk did today.

use crate::Result;
use crate::db::{Runs, Sql};
use crate::list::EVERYWHERE;
use crate::row::{Cell, cells};
use crate::tally::pair;
use model::record::{AttemptState, DialFacts, ListKind};
use model::{At, AttemptId, CampaignId, Disposition, TenantId, TrunkId};

const HOUR_MS: i64 = 3_600_000;

/// A number about to be dialled.
pub(crate) struct Ask<'a> {
    pub tenant: TenantId,
    pub phone: &'a str,
    pub caller_id: &'a str,
    pub trunk: Option<TrunkId>,
    /// Whose own lists count too.
    pub campaign: Option<CampaignId>,
    pub at: At,
    /// Start of today in the callee's zone.
    pub midnight: At,
    pub lockout_ms: i64,
    /// The attempt that asks does not count.
    pub but: Option<AttemptId>,
}

/// Calls that agents made by hand count against the number like a campaign's attempts.
pub(crate) async fn facts(db: &impl Runs, ask: &Ask<'_>) -> Result<DialFacts> {
    let mut facts = DialFacts::default();
    let phone = ask.phone.to_string();
    lists(db, ask, &mut facts).await?;
    let horizon = ask.at.plus_ms(-ask.lockout_ms - 24 * HOUR_MS);
    let day = ask.at.plus_ms(-24 * HOUR_MS);
    let tried = "SELECT dialing_at, state, disposition, ended_at, CAST(0 AS BIGINT) FROM attempts \
                 WHERE tenant_id = ? AND phone = ? AND dialing_at > ? AND id <> ? UNION ALL \
                 SELECT started_at, 'ended', disposition, ended_at, CAST(1 AS BIGINT) FROM calls WHERE tenant_id = ? AND called = ? \
                 AND direction = 'outbound' AND attempt_id IS NULL AND started_at > ?";
    let but = ask.but.unwrap_or(AttemptId(0));
    for row in db.rows(Sql::new(tried, cells![ask.tenant, phone, horizon, but, ask.tenant, phone, day])).await? {
        let call = Before {
            dialing_at: Cell::get(&row, 0)?,
            state: Cell::get(&row, 1)?,
            disposition: Cell::get(&row, 2)?,
            ended_at: Cell::get(&row, 3)?,
            by_hand: i64::get(&row, 4)? == 1,
        };
        count(&mut facts, ask, &call);
    }
    let trunk = ask.trunk.map(|t| t.to_string()).unwrap_or_default();
    let (by_number, by_trunk) = pair(db, ask.tenant, ask.caller_id, &trunk, ask.midnight).await?;
    facts.caller_id_today = u32::try_from(by_number).unwrap_or(0);
    facts.trunk_today = u32::try_from(by_trunk).unwrap_or(0);
    Ok(facts)
}

/// What the lists alone say of a number.
pub(crate) async fn listed(db: &impl Runs, tenant: TenantId, campaign: CampaignId, phone: &str, at: At) -> Result<DialFacts> {
    let (caller_id, campaign) = ("", Some(campaign));
    let ask = Ask { tenant, phone, caller_id, trunk: None, campaign, at, midnight: at, lockout_ms: 0, but: None };
    let mut facts = DialFacts::default();
    lists(db, &ask, &mut facts).await?;
    Ok(facts)
}

/// Lists of the tenant, of the campaign, and of the whole house.
async fn lists(db: &impl Runs, ask: &Ask<'_>, facts: &mut DialFacts) -> Result<()> {
    let sql = "SELECT kind, tenant_id, campaign_id FROM list_entries WHERE tenant_id IN (?, ?) AND phone = ? \
               AND (campaign_id IS NULL OR campaign_id = ?) AND (expires_at IS NULL OR expires_at > ?)";
    let values = cells![ask.tenant, EVERYWHERE, ask.phone.to_string(), ask.campaign, ask.at];
    for row in db.rows(Sql::new(sql, values)).await? {
        let everywhere = TenantId::get(&row, 1)? == EVERYWHERE;
        let here = Option::<CampaignId>::get(&row, 2)?.is_some();
        match (ListKind::get(&row, 0)?, everywhere) {
            (ListKind::Block, true) => facts.blocked_everywhere = true,
            (ListKind::Block, false) => facts.blocked = true,
            (ListKind::Exempt, true) => facts.exempt_everywhere = true,
            (ListKind::Exempt, false) if here => facts.exempt_here = true,
            (ListKind::Exempt, false) => facts.exempt = true,
            (ListKind::Consent, false) => facts.consent = true,
            (ListKind::Vip | ListKind::Consent, _) => {}
        }
    }
    Ok(())
}

/// An earlier call to the same number.
struct Before {
    dialing_at: At,
    state: AttemptState,
    disposition: Option<Disposition>,
    ended_at: Option<At>,
    by_hand: bool,
}

fn count(facts: &mut DialFacts, ask: &Ask<'_>, call: &Before) {
    let dialing_at = call.dialing_at;
    facts.number_in_call |= call.state != AttemptState::Ended;
    let abandoned = call.disposition == Some(Disposition::Abandoned);
    let until = call.ended_at.unwrap_or(dialing_at).plus_ms(ask.lockout_ms);
    if abandoned && until > ask.at {
        facts.locked_out = true;
        facts.locked_until = facts.locked_until.max(Some(until));
    }
    if call.disposition.is_some_and(|d| !d.counts()) {
        return;
    }
    let earliest = |known: Option<At>| Some(known.map_or(dialing_at, |k| k.min(dialing_at)));
    let age_ms = ask.at.since_ms(dialing_at);
    if age_ms < 24 * HOUR_MS {
        facts.number_24h += 1;
        facts.number_24h_oldest = earliest(facts.number_24h_oldest);
    }
    if age_ms < HOUR_MS / 12 {
        facts.number_5min += 1;
        facts.number_5min_oldest = earliest(facts.number_5min_oldest);
    }
    // A campaign's cap on how often one contact is tried is about its own tries.
    if dialing_at >= ask.midnight && !call.by_hand {
        facts.contact_today += 1;
    }
}
