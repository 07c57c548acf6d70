//! What happens to appointments by time: those by message are put into their journals, those that are too late are missed.

use super::hours::Hours;
use super::make::outgoing;
use crate::{Result, now};
use model::calendar::Opening;
use model::record::{Booking, BookingState, Campaign};
use model::settings::Settings;
use model::{At, CampaignId};
use std::collections::BTreeMap;
use std::time::Duration;
use store::Store;
use tokio_util::sync::CancellationToken;

const LOOK_EVERY: Duration = Duration::from_secs(1);
const BATCH: u32 = 200;
/// A batch is settled well before, or taken again by whoever comes.
const LEASE_MS: i64 = 120_000;
const UNKNOWN_HOURS_MS: i64 = 3_600_000;

/// Runs until shutdown.
pub async fn run(store: Store, shutdown: CancellationToken) {
    let mut clock = tokio::time::interval(LOOK_EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(clock.tick()).await.is_some() {
        if let Err(error) = turn(&store).await {
            tracing::warn!(%error, "appointments could not be looked at; trying again soon");
        }
    }
}

/// One look: what is due and what is over, until nothing more is due now.
pub(crate) async fn turn(store: &Store) -> Result<()> {
    store.end_bookings(now()).await?;
    loop {
        let at = now();
        let due = store.take_due_bookings(at, at.plus_ms(LEASE_MS), BATCH).await?;
        let full = due.len() == BATCH as usize;
        let mut tasks: BTreeMap<CampaignId, Option<(Campaign, Settings)>> = BTreeMap::new();
        for booking in due {
            if let std::collections::btree_map::Entry::Vacant(free) = tasks.entry(booking.campaign_id) {
                let campaign = store.campaign(booking.tenant_id, booking.campaign_id).await?;
                let settings = store.settings(booking.tenant_id).await?;
                free.insert(campaign.map(|c| (c, settings)));
            }
            if let Some(Some((campaign, settings))) = tasks.get(&booking.campaign_id) {
                send(store, campaign, settings, &booking).await?;
            }
        }
        if !full {
            return Ok(());
        }
    }
}

async fn send(store: &Store, campaign: &Campaign, settings: &Settings, booking: &Booking) -> Result<()> {
    let at = now();
    let hours = Hours { campaign, settings };
    match hours.opening(&booking.phone, at) {
        Ok(Opening::Open { .. }) => {}
        Ok(Opening::Closed { opens }) => return put_off(store, booking, opens, "outside_hours").await,
        Err(_) => return put_off(store, booking, None, "region_unknown").await,
    }
    let lead = match booking.lead_id {
        Some(id) => store.lead(booking.tenant_id, id).await?,
        None => None,
    };
    if lead.as_ref().is_some_and(|l| l.state == model::record::LeadState::Excluded) {
        let why = lead.and_then(|l| l.note).unwrap_or_else(|| "excluded".into());
        return Ok(store.fail_booking(booking, BookingState::Refused, &why, at).await?);
    }
    match outgoing(campaign, booking, lead.as_ref()) {
        Ok(what) => store.send_booking(campaign, booking, &what, at).await.map(drop)?,
        Err(why) => store.fail_booking(booking, BookingState::Failed, why, at).await?,
    }
    Ok(())
}

/// Until it opens; when that is too late, it will be missed.
async fn put_off(store: &Store, booking: &Booking, opens: Option<At>, why: &str) -> Result<()> {
    let at = now();
    Ok(store.put_off_booking(booking.id, opens.unwrap_or(at.plus_ms(UNKNOWN_HOURS_MS)), why, at).await?)
}
