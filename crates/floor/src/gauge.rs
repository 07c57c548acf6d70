//! Figures for screens.

use model::CampaignId;
use serde::Serialize;
use std::collections::BTreeMap;

/// One running or paused campaign, now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CampaignGauge {
    /// Attempts begun whose callee does not ring yet.
    pub dialing: u32,
    pub ringing: u32,
    pub talking: u32,
    /// Why it is not dialling now, e.g. `outside_hours`, `no_trunk`; none when it is.
    pub waiting_for: Option<String>,
}

/// The whole floor, now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Live {
    pub campaigns: BTreeMap<CampaignId, CampaignGauge>,
    /// Calls with a leg on the wire, transfers included once.
    pub calls: u32,
    pub inbound: u32,
    /// Ended calls whose facts wait for the store.
    pub unsaved: u32,
}
