//! Facts on their way from the floor to the store: attempts as they begin and end, results, calls.

use crate::record::{
    AttemptEnd, Call, CallerIdUse, Campaign, CustomerBrief, DialFacts, FlagReason, KeptPacer, Lead, QueueEntry, Recording,
    StateInterval,
};
use crate::{AgentId, At, AttemptId, CallId, CampaignId, LeadId, MailAddress, NumberId, TenantId, TrunkId, Vars};

/// An attempt about to be dialled: written as dialling before its INVITE leaves.
#[derive(Clone, Debug)]
pub struct Begin {
    pub attempt: AttemptId,
    pub call: CallId,
    pub tenant: TenantId,
    pub campaign: CampaignId,
    pub lead: LeadId,
    pub ordinal: u32,
    pub phone: String,
    pub caller_id: String,
    pub trunk: TrunkId,
    pub at: At,
    /// Start of today in the callee's zone, for `contact_today`.
    pub midnight: At,
    /// Nobody is called for so long after an abandoned call.
    pub lockout_ms: i64,
    pub lease_until: At,
    /// How the caller id stands with this attempt counted; none where none is shown.
    pub used: Option<CallerIdUse>,
}

#[derive(Clone, Debug)]
pub struct SmsDraft {
    pub phone: String,
    pub text: String,
    pub campaign: Option<CampaignId>,
    pub lead: Option<LeadId>,
    pub attempt: Option<AttemptId>,
    pub call: CallId,
    pub at: At,
}

/// A mail for the journal. The subject is one line whatever stands in it.
#[derive(Clone, Debug)]
pub struct MailDraft {
    pub to: MailAddress,
    pub subject: String,
    pub text: String,
    pub campaign: Option<CampaignId>,
    pub lead: Option<LeadId>,
    pub at: At,
}

/// What happened, for the store: each is written whole with its outbox entries, or not at all.
#[derive(Clone, Debug)]
pub enum Fact {
    AttemptRinging {
        attempt: AttemptId,
        at: At,
        trunk: TrunkId,
        failovers: u32,
    },
    AttemptAnswered {
        attempt: AttemptId,
        at: At,
    },
    /// The flow set a result: durable before the callee is thanked. `callback`: set by somebody who called us back.
    Result {
        tenant: TenantId,
        campaign: CampaignId,
        lead: LeadId,
        attempt: Option<AttemptId>,
        call: CallId,
        code: String,
        callback: bool,
        variables: Vars,
        at: At,
    },
    /// A campaign call is over: attempt, lead, call with legs, recordings and outbox at once.
    AttemptEnded {
        end: Box<AttemptEnd>,
        call: Option<Box<Call>>,
        recordings: Vec<Recording>,
    },
    /// A call without an attempt is over (inbound).
    CallEnded {
        call: Box<Call>,
        recordings: Vec<Recording>,
        callback_of: Option<(CampaignId, LeadId)>,
    },
    /// An agent looked at a lead and did not want it dialled, or did not decide in time.
    LeadSkipped {
        campaign: CampaignId,
        lead: LeadId,
        agent: AgentId,
        reason: String,
        /// Nobody sees it again sooner.
        until: At,
        at: At,
    },
    /// Every lead is settled.
    CampaignFinished {
        campaign: CampaignId,
        at: At,
    },
    /// A span of an agent's time begins (`ended_at` none), or is over: the same session and ordinal again.
    Interval(Box<StateInterval>),
    /// A stay in a queue is over.
    QueueEntry(Box<QueueEntry>),
    /// What a group's pacer has learned by now.
    Pacer(Box<KeptPacer>),
    /// A number has been answered or refused in a way that it should not be shown any more.
    NumberFlagged {
        tenant: TenantId,
        number: NumberId,
        reason: FlagReason,
        note: String,
        at: At,
    },
    Alarm {
        tenant: TenantId,
        code: &'static str,
        text: String,
        at: At,
    },
}

/// How an attempt went, for what can be learned from it.
#[derive(Clone, Debug)]
pub struct PastAttempt {
    pub phone: String,
    pub region: String,
    pub carrier: crate::Carrier,
    /// When it was dialled.
    pub at: At,
    /// 1 for the first.
    pub ordinal: u32,
    pub disposition: crate::Disposition,
}

/// Who is calling, as far as the store can tell.
#[derive(Clone, Debug, Default)]
pub struct CallerFacts {
    pub blocked: bool,
    pub vip: bool,
    /// Customers with this number, the one changed last first; at most 20.
    pub customers: Vec<CustomerBrief>,
    /// Who talked with this number last, within 30 days.
    pub last_agent: Option<AgentId>,
    /// The lead most recently dialled with this number, and its campaign (O3: who calls back is recognised).
    pub lead: Option<Lead>,
    pub campaign: Option<Campaign>,
}

/// Whom somebody of ours is about to dial by hand: what the rules look at, and what is known of them.
#[derive(Clone, Debug, Default)]
pub struct CalleeFacts {
    pub dial: DialFacts,
    pub known: CallerFacts,
}
