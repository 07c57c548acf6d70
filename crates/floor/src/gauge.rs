//! Figures for screens.

use model::CampaignId;
use model::record::PacingLive;
use serde::Serialize;
use std::collections::BTreeMap;

/// One running or paused campaign, now.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CampaignGauge {
    /// Attempts begun whose callee does not ring yet.
    pub dialing: u32,
    pub ringing: u32,
    pub talking: u32,
    /// Why it is not dialling now, e.g. `outside_hours`, `no_trunk`; none when it is.
    pub waiting_for: Option<String>,
    /// Why it dials as it does, where it dials for agents.
    pub pacing: Option<PacingLive>,
}

/// The whole floor, now.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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
use crate::runtime::Runtime;
use crate::timer::Timer;

/// Screens are told at most this often, per campaign.
const TELL_MS: i64 = 1_000;

impl Floor {
    pub(crate) fn tell_progress(&mut self) {
        let now = self.now;
        let untold: Vec<CampaignId> = self.campaigns.iter().filter(|(_, r)| !r.is_told()).map(|(id, _)| *id).collect();
        for id in &untold {
            let Some(runtime) = self.campaigns.get(id) else { continue };
            let due = runtime.told_at.plus_ms(TELL_MS);
            if now < due {
                self.timers.set_earlier(Timer::Progress(*id), due);
                continue;
            }
            let gauge = self.gauge(runtime);
            let Some(runtime) = self.campaigns.get_mut(id) else { continue };
            let data = serde_json::json!({
                "campaign_id": id,
                "dialing": gauge.dialing,
                "ringing": gauge.ringing,
                "talking": gauge.talking,
                "waiting_for": gauge.waiting_for,
                "pacing": gauge.pacing,
            });
            let tenant = runtime.campaign.tenant_id;
            self.out.push_back(Output::Notify { tenant, kind: model::event::CAMPAIGN_PROGRESS, data });
            runtime.told = gauge;
            runtime.told_at = now;
            runtime.pacing_told = true;
        }
    }

    pub(crate) fn gauge(&self, runtime: &Runtime) -> CampaignGauge {
        CampaignGauge { pacing: self.pacing_live(runtime), ..runtime.gauge() }
    }
}
