//! One call as the floor lives through it: from the wish to dial, or the first ring from outside, until its books are closed.

use crate::ears::Ears;
use crate::tenant::Script;
use call::Call;
use dialer::Refusal;
use flow::io::Token;
use flow::{In, Run};
use model::record::{AbandonedEnd, Campaign, ClaimedLead, DialFacts, Lead};
use model::telephony::Action;
use model::{At, AttemptId, CampaignId, Disposition, LeadId, LegId, OpId, TenantId, TrunkId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// The store writes the attempt.
    Beginning,
    /// For the line's next slot, or, inbound, for the caller to be looked up and the answer to be sent.
    Waiting,
    /// INVITE sent, nothing heard that rings.
    Trying,
    Ringing,
    Up,
    /// The far end is gone; the flow and the recorder may still finish.
    Over,
}

impl Stage {
    pub(crate) const COUNT: usize = 6;
}

/// What is known about an outbound attempt.
#[derive(Debug)]
pub(crate) struct Dial {
    pub(crate) attempt: AttemptId,
    pub(crate) campaign: Arc<Campaign>,
    pub(crate) lead: ClaimedLead,
    /// What the store said of the number, and when.
    pub(crate) facts: Option<(At, DialFacts)>,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) zone: String,
}

/// A line is being looked for, for the callee or for a transfer.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) e164: String,
    /// Routes not tried yet, best first.
    pub(crate) left: VecDeque<TrunkId>,
    /// A place is held on this line; the leg that is made takes it over.
    pub(crate) held: Option<TrunkId>,
    pub(crate) tried: u32,
    pub(crate) caller_id: String,
    pub(crate) ring_ms_max: u32,
    /// The dialog elsewhere that the new call replaces; empty: none.
    pub(crate) replaces: String,
    /// Whom the line is for, where it is neither the callee nor a transfer.
    pub(crate) party: Option<crate::party::Draft>,
}

#[derive(Debug)]
pub(crate) struct Transfer {
    pub(crate) token: Token,
    pub(crate) leg: Option<LegId>,
    /// Who was put through before and asked for somebody else: stays until that one is there.
    pub(crate) referrer: Option<LegId>,
}

/// The far end, or before the answer the network, is being heard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hearing {
    /// The flow's; none: early media.
    pub(crate) token: Option<Token>,
    pub(crate) op: OpId,
    pub(crate) leg: LegId,
    pub(crate) since: At,
}

/// A file being written.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) leg: LegId,
    /// The flow that waits for it; none: the whole call.
    pub(crate) token: Option<Token>,
    pub(crate) label: String,
    pub(crate) file_name: String,
    pub(crate) started_at: At,
}

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) tenant: TenantId,
    pub(crate) call: Call,
    pub(crate) stage: Stage,
    pub(crate) dial: Option<Dial>,
    pub(crate) search: Option<Search>,
    pub(crate) script: Option<Script>,
    pub(crate) run: Option<Box<Run>>,
    pub(crate) inbox: VecDeque<In>,
    /// The run is out of its place and being driven.
    pub(crate) driving: bool,
    /// What is being said: the run's token and the request, rendering or playing.
    pub(crate) speech: Option<(Token, OpId)>,
    /// The words whose text is being rendered.
    pub(crate) words: Vec<flow::SpeechPart>,
    pub(crate) ops: BTreeSet<OpId>,
    pub(crate) recorders: BTreeMap<OpId, Recorder>,
    pub(crate) answers: u32,
    pub(crate) hearing: Option<Hearing>,
    /// Our own words being heard, and since when.
    pub(crate) saying: Option<(String, At)>,
    pub(crate) transfer: Option<Transfer>,
    pub(crate) talk: crate::party::Talk,
    pub(crate) ears: Ears,
    pub(crate) result: Option<String>,
    /// Why we ended it, when we did.
    pub(crate) action: Option<Action>,
    /// As far as the legs have shown.
    pub(crate) disposition: Option<Disposition>,
    /// Answered, and no agent came: how long they waited, and whether they heard why.
    pub(crate) found_nobody: Option<AbandonedEnd>,
    /// Inbound: the lead who calls back and its campaign.
    pub(crate) caller: Option<(Lead, Arc<Campaign>)>,
}

impl Session {
    pub(crate) fn new(tenant: TenantId, call: Call, stage: Stage) -> Self {
        Self {
            tenant,
            call,
            stage,
            dial: None,
            search: None,
            script: None,
            run: None,
            inbox: VecDeque::new(),
            driving: false,
            speech: None,
            words: Vec::new(),
            ops: BTreeSet::new(),
            recorders: BTreeMap::new(),
            answers: 0,
            hearing: None,
            saying: None,
            transfer: None,
            talk: crate::party::Talk::default(),
            ears: Ears::default(),
            result: None,
            action: None,
            disposition: None,
            found_nobody: None,
            caller: None,
        }
    }

    pub(crate) fn campaign_id(&self) -> Option<CampaignId> {
        self.dial.as_ref().map(|d| d.campaign.id)
    }

    /// The campaign and lead a result belongs to.
    pub(crate) fn owner(&self) -> Option<(CampaignId, LeadId)> {
        match (&self.dial, &self.caller) {
            (Some(d), _) => Some((d.campaign.id, d.lead.id)),
            (None, Some((lead, campaign))) => Some((campaign.id, lead.id)),
            (None, None) => None,
        }
    }

    pub(crate) fn campaign(&self) -> Option<&Arc<Campaign>> {
        self.dial.as_ref().map(|d| &d.campaign).or(self.caller.as_ref().map(|(_, c)| c))
    }

    /// An answer of this call is for an agent of the task's group, at once.
    pub(crate) fn wants_agent(&self) -> bool {
        self.talk.dialed_by.is_none() && self.dial.as_ref().is_some_and(|d| crate::paced::wants_agent(d.campaign.mode))
    }

    /// Somebody of the talk is being dialled; not a supervisor, whom nobody waits for.
    pub(crate) fn seeks(&self) -> bool {
        let party = self.search.as_ref().and_then(|s| s.party.as_ref());
        party.is_some_and(|p| !matches!(p.kind, crate::party::Kind::Supervisor { .. }))
    }

    /// Who is at the other end, in E.164 where it is known.
    pub(crate) fn far_number(&self) -> &str {
        let head = &self.call.head;
        if head.direction == model::record::Direction::Outbound { &head.called } else { &head.caller }
    }
}
