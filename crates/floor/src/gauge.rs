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

use crate::floor::Floor;
use crate::io::Output;
use crate::timer::Timer;

/// Screens are told at most this often, per campaign.
const TELL_MS: i64 = 1_000;

impl Floor {
    pub(crate) fn tell_progress(&mut self) {
        let now = self.now;
        for (id, runtime) in &mut self.campaigns {
            let due = runtime.told_at.plus_ms(TELL_MS);
            if runtime.is_told() {
                continue;
            }
            if now < due {
                self.timers.set_earlier(Timer::Progress(*id), due);
                continue;
            }
            let gauge = runtime.gauge();
            let data = serde_json::json!({
                "campaign_id": id,
                "dialing": gauge.dialing,
                "ringing": gauge.ringing,
                "talking": gauge.talking,
                "waiting_for": gauge.waiting_for,
            });
            let tenant = runtime.campaign.tenant_id;
            self.out.push_back(Output::Notify { tenant, kind: model::event::CAMPAIGN_PROGRESS, data });
            runtime.told = gauge;
            runtime.told_at = now;
        }
    }
}
