//! What enters the floor and what it asks of the world.

use model::desk::{DeskCommand, DeskRefusal, SupervisorCommand};
use model::fact::{Begin, CalleeFacts, CallerFacts, Fact, PastAttempt, SmsDraft};
use model::record::{
    Agent, CallerIdHour, CallerIdUse, Campaign, ClaimedLead, DialFacts, Extension, KeptPacer, LedgerHour, Membership, Number,
    Queue, Route, Trunk,
};
use model::settings::Settings;
use model::telephony::{Clip, Command, Event};
use model::{AgentId, At, AttemptId, CallId, CampaignId, FlowId, LeadId, OpId, TenantId, UserId, Vars};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Something that happened, or an answer to an [`Output`].
#[derive(Clone, Debug)]
pub enum Input {
    /// Time has passed `next_deadline`.
    Tick,

    // --- configuration, as stored; each replaces what was known before ---
    Settings {
        tenant: TenantId,
        settings: Arc<Settings>,
    },
    /// New or changed, status included: start, pause, resume and stop arrive this way.
    Campaign {
        campaign: Arc<Campaign>,
        today_attempts: u32,
    },
    CampaignGone {
        campaign: CampaignId,
    },
    /// Who answered a campaign before this process began, and who of them found nobody. Counted on from there: told again it
    /// changes nothing.
    Ledger {
        campaign: CampaignId,
        hours: Vec<LedgerHour>,
    },
    /// What a group's pacer had learned when this process began; before the group's tasks.
    Pacer(Box<KeptPacer>),
    Trunks {
        tenant: TenantId,
        trunks: Vec<Trunk>,
        routes: Vec<Route>,
        numbers: Vec<Number>,
    },
    /// How the tenant's numbers were used, and what calls that showed them came to; after a start and when numbers change.
    CallerIds {
        tenant: TenantId,
        uses: Vec<CallerIdUse>,
        hours: Vec<CallerIdHour>,
    },
    /// The phones that register with us.
    Extensions {
        tenant: TenantId,
        extensions: Vec<Extension>,
    },
    /// The newest published version of a flow. Running calls keep the version they hold.
    Flow {
        tenant: TenantId,
        id: FlowId,
        version: u32,
        doc: Arc<flow::Flow>,
    },
    /// All agents of a tenant.
    Agents {
        tenant: TenantId,
        agents: Vec<Agent>,
        /// Who may not see the numbers of customers: their phones are not shown them either.
        veiled: BTreeSet<AgentId>,
    },
    /// All groups of a tenant, and who belongs to them.
    Queues {
        tenant: TenantId,
        queues: Vec<Queue>,
        members: Vec<Membership>,
    },
    /// What an agent did today before this process began.
    Tally {
        agent: AgentId,
        calls: u32,
        talk_ms: i64,
    },
    /// How attempts of a tenant went before this process began, oldest first.
    Past {
        tenant: TenantId,
        attempts: Vec<PastAttempt>,
    },
    /// Prompt name → sound file, for a tenant; replaces the whole table.
    Prompts {
        tenant: TenantId,
        files: Arc<std::collections::BTreeMap<String, Clip>>,
    },

    // --- answers ---
    /// To [`Output::Claim`]. Fewer than asked: no more are due now; `next_due` says when the next one may be.
    Claimed {
        op: OpId,
        campaign: CampaignId,
        leads: Vec<ClaimedLead>,
        next_due: Option<At>,
        all_settled: bool,
    },
    ClaimFailed {
        op: OpId,
        campaign: CampaignId,
    },
    /// To [`Output::Begin`]: the attempt is stored as dialling. The guard decides over the facts before the INVITE.
    Begun {
        attempt: AttemptId,
        facts: DialFacts,
    },
    BeginFailed {
        attempt: AttemptId,
    },
    /// To every [`Output::Persist`] with `ack`.
    Persisted {
        op: OpId,
        ok: bool,
    },
    /// To [`Output::Render`]: clips in the order of the parts, or why there are none.
    Rendered {
        op: OpId,
        clips: Result<Vec<Clip>, String>,
    },
    /// To [`Output::LookUpCaller`].
    CallerLookedUp {
        op: OpId,
        found: Box<CallerFacts>,
    },
    /// To [`Output::Http`]: status and body (JSON where it is JSON, else a string), or why there is no answer.
    HttpDone {
        op: OpId,
        outcome: Result<(u16, serde_json::Value), String>,
    },
    /// To [`Output::Sms`]: it stands in the journal, or could not be written there.
    SmsQueued {
        op: OpId,
        outcome: Result<(), String>,
    },

    /// To [`Output::Appoint`].
    Appointed {
        op: OpId,
        outcome: flow::AppointOutcome,
    },

    /// To [`Output::LookUpCallee`]; none: the store did not say.
    CalleeLookedUp {
        op: OpId,
        found: Option<Box<CalleeFacts>>,
    },

    // --- people; each is answered by [`Output::Told`] ---
    Desk {
        op: OpId,
        agent: AgentId,
        command: DeskCommand,
    },
    Supervise {
        op: OpId,
        tenant: TenantId,
        by: UserId,
        command: SupervisorCommand,
    },
    /// A desk's connection was lost or came back.
    Link {
        agent: AgentId,
        up: bool,
    },

    Telephony(Event),
    /// The clock on the wall was put back by so much and shows less than the time the floor is told, which goes on. Hours go by the wall.
    Clock {
        behind_ms: i64,
    },
    /// Stop dialling; calls that are up may end until `until`, then they are hung up with `Action::Shutdown`.
    Drain {
        until: At,
    },
}

/// Asked of the world, in this order.
/// An appointment that a caller chose by key.
#[derive(Clone, Debug)]
pub struct AppointWish {
    pub tenant: TenantId,
    /// The one that the flow names, or the call's own; none: there is neither.
    pub task: Option<CampaignId>,
    pub call: CallId,
    pub phone: String,
    pub name: String,
    /// What the call's lead brings along.
    pub variables: Vars,
    pub ask: flow::AppointAsk,
}

#[derive(Clone, Debug)]
pub enum Output {
    Telephony(Command),
    /// Claim up to `n` leads under a lease, and one of their own for each of the agents; answered by `Claimed` or `ClaimFailed`.
    Claim {
        op: OpId,
        campaign: CampaignId,
        n: u32,
        agents: Vec<AgentId>,
        lease_until: At,
    },
    /// Leads that wait for a better hour, until then or until nothing else is left.
    PutOff {
        campaign: CampaignId,
        leads: Vec<LeadId>,
        until: At,
    },
    /// Give leads back untouched (paused, stopped, no line free).
    Release {
        campaign: CampaignId,
        leads: Vec<LeadId>,
    },
    /// Write the attempt as dialling, in one transaction with the lead's state, and read the facts.
    Begin(Box<Begin>),
    /// Write facts. With `ack` the floor waits for `Persisted` before the caller hears that it is so.
    Persist {
        op: OpId,
        ack: bool,
        fact: Box<Fact>,
    },
    /// Turn parts into sound files. `ahead`: nobody waits yet, only warm the cache; no answer is due.
    Render {
        op: OpId,
        tenant: TenantId,
        parts: Vec<flow::SpeechPart>,
        ahead: bool,
    },
    LookUpCaller {
        op: OpId,
        tenant: TenantId,
        caller: String,
    },
    /// What the rules need to know before this number is dialled by hand. `midnight`: start of today where the callee is.
    LookUpCallee {
        op: OpId,
        tenant: TenantId,
        phone: String,
        midnight: At,
    },
    /// To an input of people.
    Told {
        op: OpId,
        outcome: Result<(), DeskRefusal>,
    },
    Http {
        op: OpId,
        tenant: TenantId,
        request: flow::HttpRequest,
    },
    /// Put a message into the journal; the sender takes it from there.
    Sms {
        op: OpId,
        tenant: TenantId,
        sms: SmsDraft,
    },
    /// Look whether the far party of a call can be booked into a task, or book it.
    Appoint {
        op: OpId,
        wish: Box<AppointWish>,
    },
    /// Tell screens; forgotten if nobody looks.
    Notify {
        tenant: TenantId,
        kind: &'static str,
        data: serde_json::Value,
    },
}
