//! A campaign while it runs: leads in hand, calls in flight, why it waits.

use crate::gauge::CampaignGauge;
use crate::session::Stage;
use dialer::{Hours, Rate};
use model::ledger::Ledger;
use model::record::{Campaign, CampaignStatus, ClaimedLead};
use model::{AgentId, At, CallId, OpId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Why a running campaign does not dial now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    OutsideHours,
    ScheduleOver,
    ScheduleUnreadable,
    NoTrunk,
    TrunkBusy,
    NoCallerId,
    /// Every number that may be shown rests.
    CallerIdsRest,
    NoFlow,
    NoSettings,
    DailyCap,
    /// Every lead left is to be tried later.
    RetryLater,
    Store,
    Draining,
    /// The group of its agents is not there.
    NoGroup,
    /// Nobody of the group works.
    NoAgents,
    /// Whoever works does so at an outside phone: nobody is there within two seconds of an answer.
    OutsideSeats,
}

impl Waiting {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::OutsideHours => "outside_hours",
            Self::ScheduleOver => "schedule_over",
            Self::ScheduleUnreadable => "schedule_unreadable",
            Self::NoTrunk => "no_trunk",
            Self::TrunkBusy => "trunk_busy",
            Self::NoCallerId => "no_caller_id",
            Self::CallerIdsRest => "caller_ids_rest",
            Self::NoFlow => "no_flow",
            Self::NoSettings => "no_settings",
            Self::DailyCap => "daily_cap",
            Self::RetryLater => "retry_later",
            Self::Store => "store",
            Self::Draining => "draining",
            Self::NoGroup => "no_group",
            Self::NoAgents => "no_agents",
            Self::OutsideSeats => "outside_seats",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Runtime {
    pub(crate) campaign: Arc<Campaign>,
    /// Attempts begun today, and until when today lasts.
    pub(crate) today: u32,
    pub(crate) today_until: At,
    pub(crate) rate: Rate,
    pub(crate) hours: Hours,
    pub(crate) hand: VecDeque<ClaimedLead>,
    pub(crate) asked: Option<(OpId, u32)>,
    /// Whose own leads were asked for with them, and who has none until when.
    pub(crate) own_asked: Vec<AgentId>,
    pub(crate) own_none: BTreeMap<AgentId, At>,
    pub(crate) claim_at: At,
    pub(crate) claimed_at: At,
    pub(crate) claim_failures: u32,
    pub(crate) calls: BTreeSet<CallId>,
    /// Of those, answered by a person for whom an agent is wanted and not there yet.
    pub(crate) wanting: BTreeSet<CallId>,
    /// Of those, with an agent, or past one.
    pub(crate) served: BTreeSet<CallId>,
    pub(crate) cancelled: u32,
    /// 呼损台账: who answered and who found nobody, of 30 days.
    pub(crate) ledger: Ledger,
    /// What was before this process began has been told.
    pub(crate) ledger_known: bool,
    /// Screens know the pacer's last decision.
    pub(crate) pacing_told: bool,
    stages: [u32; Stage::COUNT],
    /// Ended calls of this campaign whose facts wait for the store.
    pub(crate) unsaved: u32,
    pub(crate) turn: usize,
    pub(crate) waiting: Option<Waiting>,
    pub(crate) finishing: bool,
    pub(crate) gone: bool,
    pub(crate) told: CampaignGauge,
    pub(crate) told_at: At,
}

impl Runtime {
    pub(crate) fn new(campaign: Arc<Campaign>, today: u32, now: At) -> Self {
        Self {
            rate: Rate::new(campaign.calls_per_second_max),
            campaign,
            today,
            today_until: At(0),
            hours: Hours::default(),
            hand: VecDeque::new(),
            asked: None,
            own_asked: Vec::new(),
            own_none: BTreeMap::new(),
            claim_at: At(0),
            claimed_at: At(0),
            claim_failures: 0,
            calls: BTreeSet::new(),
            wanting: BTreeSet::new(),
            served: BTreeSet::new(),
            cancelled: 0,
            ledger: Ledger::default(),
            ledger_known: false,
            pacing_told: true,
            stages: [0; Stage::COUNT],
            unsaved: 0,
            turn: 0,
            waiting: None,
            finishing: false,
            gone: false,
            told: CampaignGauge::default(),
            // A campaign that was dropped and comes back at once is not told of twice in a second.
            told_at: now,
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        !self.gone && self.campaign.status == CampaignStatus::Running
    }

    pub(crate) fn enter(&mut self, stage: Stage) {
        self.stages[stage as usize] += 1;
    }

    pub(crate) fn leave(&mut self, stage: Stage) {
        self.stages[stage as usize] = self.stages[stage as usize].saturating_sub(1);
    }

    pub(crate) const fn count(&self, stage: Stage) -> u32 {
        self.stages[stage as usize]
    }

    /// Calls that use a line or will.
    pub(crate) fn in_flight(&self) -> u32 {
        self.stages.iter().sum::<u32>() - self.count(Stage::Over)
    }

    /// Leads that anybody may call.
    pub(crate) fn in_hand(&self) -> usize {
        self.hand.iter().filter(|l| l.agent_id.is_none()).count()
    }

    /// Nothing is under way and nothing is held.
    pub(crate) fn is_quiet(&self) -> bool {
        self.calls.is_empty() && self.hand.is_empty() && self.asked.is_none() && self.unsaved == 0
    }

    /// Whether screens know the figures as they are; cheap, for it is asked after every input.
    pub(crate) fn is_told(&self) -> bool {
        let t = &self.told;
        let dialing = self.count(Stage::Beginning) + self.count(Stage::Waiting) + self.count(Stage::Trying);
        let waiting = self.waiting.filter(|_| self.is_running()).map(Waiting::code);
        self.pacing_told
            && (t.dialing, t.ringing, t.talking) == (dialing, self.count(Stage::Ringing), self.count(Stage::Up))
            && t.waiting_for.as_deref() == waiting
    }

    pub(crate) fn gauge(&self) -> CampaignGauge {
        CampaignGauge {
            dialing: self.count(Stage::Beginning) + self.count(Stage::Waiting) + self.count(Stage::Trying),
            ringing: self.count(Stage::Ringing),
            talking: self.count(Stage::Up),
            waiting_for: if self.is_running() { self.waiting.map(|w| w.code().into()) } else { None },
            pacing: None,
        }
    }
}
