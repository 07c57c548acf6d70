//! Configuration as it comes in, and what it changes at once: start, pause, resume and stop of campaigns among it.

use crate::floor::Floor;
use crate::io::Output;
use crate::line::Line;
use crate::runtime::Runtime;
use crate::session::Stage;
use crate::timer::Timer;
use dialer::route::RateTable;
use model::fact::Fact;
use model::record::{Campaign, CampaignStatus, Number, Route, Trunk};
use model::settings::Settings;
use model::telephony::{Action, TrunkState};
use model::{At, CallId, CampaignId, TenantId, TrunkId, event};
use std::sync::Arc;

impl Floor {
    pub(crate) fn on_settings(&mut self, tenant: TenantId, settings: Arc<Settings>) {
        let (desk, holidays) = (Arc::new(settings.desk.clone()), Arc::new(settings.holidays.clone()));
        self.tell_acd(acd::Input::Desk { tenant, settings: desk, holidays });
        self.tenants.entry(tenant).or_default().settings = Some(settings);
        for runtime in self.campaigns.values_mut().filter(|r| r.campaign.tenant_id == tenant) {
            runtime.hours.forget();
        }
        self.stir = true;
    }

    pub(crate) fn on_campaign(&mut self, campaign: Arc<Campaign>, today: u32) {
        let (id, status) = (campaign.id, campaign.status);
        self.stir = true;
        // Leads of agents' own are shown and not dialled by themselves.
        let own = |r: &Runtime| r.asked.is_some() && !r.own_asked.is_empty() || r.hand.iter().any(|l| l.agent_id.is_some());
        if self.campaigns.get(&id).is_some_and(|r| r.campaign.mode != campaign.mode && own(r)) {
            self.release_hand(id);
        }
        if let Some(runtime) = self.campaigns.get_mut(&id) {
            runtime.own_none.clear();
            runtime.rate.set(campaign.calls_per_second_max);
            runtime.hours.forget();
            runtime.campaign = campaign;
            runtime.today = runtime.today.max(today);
            runtime.finishing = false;
            runtime.gone = false;
            runtime.claim_at = self.now;
        } else if matches!(status, CampaignStatus::Running | CampaignStatus::Paused) {
            self.campaigns.insert(id, Runtime::new(campaign, today, self.now));
        }
        if status != CampaignStatus::Running {
            self.halt(id, status == CampaignStatus::Stopped);
        }
        self.set_paces();
    }

    pub(crate) fn on_campaign_gone(&mut self, id: CampaignId) {
        if let Some(runtime) = self.campaigns.get_mut(&id) {
            runtime.gone = true;
            self.halt(id, true);
        }
        self.set_paces();
    }

    /// No new dials; leads go back. `clear`: calls that nobody has answered end too.
    fn halt(&mut self, id: CampaignId, clear: bool) {
        self.release_hand(id);
        self.drop_previews(id);
        let Some(runtime) = self.campaigns.get(&id) else { return };
        let calls: Vec<CallId> = runtime.calls.iter().copied().collect();
        for call in calls {
            match self.sessions.get(&call).map(|s| s.stage) {
                Some(Stage::Waiting) => self.refuse_halted(call),
                Some(Stage::Trying | Stage::Ringing) if clear => self.end_legs(call, Action::Stopped),
                _ => {}
            }
        }
        self.forget_campaign_if_over(id);
    }

    /// A campaign that neither runs nor may run again is dropped with its last call.
    pub(crate) fn forget_campaign_if_over(&mut self, id: CampaignId) {
        let over = |r: &Runtime| {
            let alive = matches!(r.campaign.status, CampaignStatus::Running | CampaignStatus::Paused) && !r.gone;
            !alive && r.is_quiet()
        };
        if self.campaigns.get(&id).is_some_and(over) {
            self.campaigns.remove(&id);
            for timer in [Timer::Pace(id), Timer::Claim(id), Timer::Hand(id), Timer::Progress(id)] {
                self.timers.clear(timer);
            }
        }
    }

    pub(crate) fn release_hand(&mut self, id: CampaignId) {
        let Some(runtime) = self.campaigns.get_mut(&id) else { return };
        let leads: Vec<_> = runtime.hand.drain(..).map(|l| l.id).collect();
        self.timers.clear(Timer::Hand(id));
        if !leads.is_empty() {
            self.out.push_back(Output::Release { campaign: id, leads });
        }
        // An answer that is still under way is given back when it comes.
        if let Some((op, _)) = self.campaigns.get_mut(&id).and_then(|r| r.asked.take()) {
            self.answered(op);
        }
    }

    pub(crate) fn on_trunks(&mut self, tenant: TenantId, trunks: Vec<Trunk>, routes: Vec<Route>, numbers: Vec<Number>) {
        let ids: Vec<TrunkId> = trunks.iter().map(|t| t.id).collect();
        for trunk in trunks {
            let id = trunk.id;
            match self.lines.get_mut(&id) {
                Some(line) => line.change(trunk),
                None => {
                    let line = Line::new(trunk, self.states.remove(&id));
                    self.lines.insert(id, line);
                }
            }
        }
        // A trunk that is gone takes nothing new; its line stays for the calls that are up.
        for line in self.lines.values_mut().filter(|l| l.trunk.tenant_id == tenant && !ids.contains(&l.trunk.id)) {
            line.trunk.enabled = false;
        }
        self.lift_flags(tenant, &numbers);
        let entry = self.tenants.entry(tenant).or_default();
        entry.routes = Arc::new(RateTable::new(routes));
        entry.numbers = numbers;
        self.stir = true;
    }

    pub(crate) fn on_trunk_state(&mut self, id: TrunkId, state: TrunkState) {
        let Some(line) = self.lines.get_mut(&id) else {
            self.states.insert(id, state);
            return;
        };
        if line.state == state {
            return;
        }
        let tenant = line.trunk.tenant_id;
        let alarm = match &state {
            TrunkState::Down { reason } if line.trunk.enabled && line.state.is_up() => {
                Some(format!("线路“{}”不通：{reason}", line.trunk.name))
            }
            _ => None,
        };
        line.state = state.clone();
        let data = serde_json::json!({ "trunk_id": id, "state": state });
        self.out.push_back(Output::Notify { tenant, kind: event::TRUNK_STATE, data });
        if let Some(text) = alarm {
            let at = self.now;
            self.note(Fact::Alarm { tenant, code: "trunk_down", text, at });
        }
        self.stir = true;
    }

    pub(crate) fn on_drain(&mut self, until: At) {
        self.drain = Some(until);
        self.timers.set(Timer::Drain, until);
        self.keep_paces();
        let campaigns: Vec<CampaignId> = self.campaigns.keys().copied().collect();
        for id in campaigns {
            self.release_hand(id);
        }
        self.halt_waiting();
    }

    fn halt_waiting(&mut self) {
        let waiting: Vec<CallId> =
            self.sessions.iter().filter(|(_, s)| s.stage == Stage::Waiting && s.dial.is_some()).map(|(id, _)| *id).collect();
        for call in waiting {
            self.refuse_halted(call);
        }
    }

    pub(crate) fn drain_over(&mut self) {
        let calls: Vec<CallId> = self.sessions.keys().copied().collect();
        for call in calls {
            self.end_legs(call, Action::Shutdown);
        }
    }
}
