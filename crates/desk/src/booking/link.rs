//! The link to a task's page of appointments: made anew by the leader, and switched off.

use super::task;
use crate::access::random_secret;
use crate::{Actor, Result, audit, now};
use model::CampaignId;
use model::record::{BookingLink, Permission};
use serde_json::json;
use store::Store;

/// A new link; the one before leads nowhere any more.
///
/// # Errors
/// No right; the task takes no appointments.
pub async fn renew(store: &Store, actor: &Actor, id: CampaignId) -> Result<BookingLink> {
    actor.require(Permission::CampaignWrite)?;
    let campaign = task(store, actor.tenant, id).await?;
    let link = BookingLink {
        campaign_id: campaign.id,
        tenant_id: actor.tenant,
        token: random_secret(),
        made_by: actor.name.clone(),
        made_at: now(),
    };
    store.put_booking_link(&link).await?;
    audit(store, actor, "booking_link.renew", &format!("campaign:{id}"), json!({})).await?;
    Ok(link)
}

/// # Errors
/// No right.
pub async fn switch_off(store: &Store, actor: &Actor, id: CampaignId) -> Result<()> {
    actor.require(Permission::CampaignWrite)?;
    if store.remove_booking_link(actor.tenant, id).await? {
        audit(store, actor, "booking_link.off", &format!("campaign:{id}"), json!({})).await?;
    }
    Ok(())
}
