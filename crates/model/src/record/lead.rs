//! 名单: who is called, and each try.

use super::codes;
use crate::telephony::{Cause, MediaStats};
use crate::{
    AgentId, At, AttemptId, CallId, CampaignId, Carrier, Disposition, FlowId, ImportId, LeadId, LeadListId, ListEntryId,
    TenantId, TrunkId, Vars,
};
use serde::{Deserialize, Serialize};

// 待呼 / 已领取 / 呼叫中 / 待重呼 / 已完成 / 未接通(次数用尽) / 已排除 / 已过期
codes!(LeadState {
    Ready = "ready", Leased = "leased", Dialing = "dialing", Retry = "retry",
    Done = "done", Exhausted = "exhausted", Excluded = "excluded", Expired = "expired",
});

impl LeadState {
    /// Somebody is about to dial it, or does.
    pub const fn is_busy(self) -> bool {
        matches!(self, Self::Leased | Self::Dialing)
    }
}

// Why a waiting lead is not handed out: nothing / its time has not come / its list's filter keeps it back / a better hour is coming,
// and others are there to be called meanwhile.
codes!(LeadHold { Nothing = "none", Time = "time", Filter = "filter", Hour = "hour" });

/// Numbers of one lead, the first included.
pub const LEAD_NUMBERS_MAX: usize = 10;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Lead {
    pub id: LeadId,
    pub tenant_id: TenantId,
    pub campaign_id: CampaignId,
    /// 名单 it stands on.
    pub list_id: LeadListId,
    pub import_id: Option<ImportId>,
    /// The id that the system it came from knows it by, unique in the campaign; given back in webhooks.
    pub source_id: Option<String>,
    /// E.164, unique in the campaign.
    pub phone: String,
    /// As it was in the sheet.
    pub phone_raw: String,
    /// Further numbers of the same person, E.164, in the order in which they are tried.
    pub phones: Vec<String>,
    /// The number that is dialled next: 0 is `phone`, 1 the first of `phones`.
    pub phone_at: u32,
    /// One bit for each number that has been given up.
    pub phones_spent: u32,
    pub name: String,
    /// 归属地, e.g. 山东省济南市; empty when not known.
    pub region: String,
    pub carrier: Carrier,
    /// The other columns.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub variables: Vars,
    pub state: LeadState,
    /// Higher first.
    pub priority: i32,
    /// Attempts that count.
    pub attempts: u32,
    /// Not before this.
    pub next_at: At,
    /// What keeps a waiting lead back.
    pub hold: LeadHold,
    /// Worth nothing after this: dialled before all others, and `expired` when its time is over.
    pub expires_at: Option<At>,
    /// The one agent who calls it; none: anybody.
    pub agent_id: Option<AgentId>,
    pub lease_until: Option<At>,
    pub last_disposition: Option<Disposition>,
    pub last_attempt_at: Option<At>,
    pub result: Option<String>,
    pub result_at: Option<At>,
    /// Why it was excluded: `removed`, `blocked`, `exempt`, `unwanted`.
    pub note: Option<String>,
    pub created_at: At,
}

impl Lead {
    /// All numbers, the first one first.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.phone.as_str()).chain(self.phones.iter().map(String::as_str))
    }

    /// The number to dial now.
    pub fn number_now(&self) -> &str {
        usize::try_from(self.phone_at).ok().and_then(|at| self.numbers().nth(at)).unwrap_or(&self.phone)
    }

    /// Numbers besides the one at hand that have not been given up.
    pub fn numbers_left(&self) -> u32 {
        (0..self.numbers_in_all()).filter(|at| *at != self.phone_at && !self.is_spent(*at)).count().try_into().unwrap_or(0)
    }

    /// What follows from an attempt for its numbers: the next one that is not given up takes its turn.
    pub fn turn_number(&mut self, turn: NumberTurn) {
        if turn == NumberTurn::Spent {
            self.phones_spent |= 1_u32.checked_shl(self.phone_at).unwrap_or(0);
        }
        if turn != NumberTurn::Keep {
            let all = self.numbers_in_all();
            let next = (1..all).map(|step| (self.phone_at + step) % all).find(|at| !self.is_spent(*at));
            self.phone_at = next.unwrap_or(self.phone_at);
        }
    }

    fn numbers_in_all(&self) -> u32 {
        u32::try_from(self.phones.len().min(LEAD_NUMBERS_MAX - 1)).unwrap_or(0) + 1
    }

    fn is_spent(&self, at: u32) -> bool {
        self.phones_spent & 1_u32.checked_shl(at).unwrap_or(0) != 0
    }
}

// After an attempt: the same number again / the next one / this one is given up, the next one.
codes!(NumberTurn { Keep = "keep", Next = "next", Spent = "spent" });

#[expect(clippy::derivable_impls, reason = "the macro derives no default")]
impl Default for NumberTurn {
    fn default() -> Self {
        Self::Keep
    }
}

// 已领取 → 呼叫 → 振铃 → 接听 → 结束
codes!(AttemptState { Dialing = "dialing", Ringing = "ringing", Answered = "answered", Ended = "ended" });

/// One try to reach one lead. Written as `dialing` before its INVITE leaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Attempt {
    pub id: AttemptId,
    pub tenant_id: TenantId,
    pub campaign_id: CampaignId,
    pub lead_id: LeadId,
    pub call_id: CallId,
    /// 1 for the first.
    pub ordinal: u32,
    pub phone: String,
    pub caller_id: String,
    pub trunk_id: Option<TrunkId>,
    pub state: AttemptState,
    pub dialing_at: At,
    pub ringing_at: Option<At>,
    pub answered_at: Option<At>,
    pub ended_at: Option<At>,
    pub disposition: Option<Disposition>,
    /// Routes tried after the first.
    pub failovers: u32,
    pub cause: Cause,
    pub result: Option<String>,
    /// Which rule said no, for `blocked`.
    pub refusal: Option<String>,
}

// Lists of numbers with a meaning of their own. block: never (in- and outbound); exempt 免呼: not by marketing or collection; vip;
// consent 已同意: may be called by tasks that need it.
codes!(ListKind { Block = "block", Exempt = "exempt", Vip = "vip", Consent = "consent" });

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ListEntry {
    pub id: ListEntryId,
    pub tenant_id: TenantId,
    pub kind: ListKind,
    /// Holds for this campaign alone, whatever its purpose; none: for all.
    pub campaign_id: Option<CampaignId>,
    pub phone: String,
    pub reason: String,
    pub expires_at: Option<At>,
    pub created_at: At,
}

codes!(ImportState { Uploaded = "uploaded", Running = "running", Done = "done", Failed = "failed" });

/// One sheet brought in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Import {
    pub id: ImportId,
    pub tenant_id: TenantId,
    pub campaign_id: CampaignId,
    pub file_name: String,
    pub state: ImportState,
    pub rows_total: u64,
    pub rows_read: u64,
    pub accepted: u64,
    pub duplicates: u64,
    pub rejected: u64,
    /// For people, when it failed: the row, the field and the way out.
    pub error: Option<String>,
    pub created_by: String,
    pub created_at: At,
    pub finished_at: Option<At>,
}

codes!(Direction { Outbound = "outbound", Inbound = "inbound" });

/// Facts about a number read in the transaction that writes the attempt; the guard decides over them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialFacts {
    pub blocked: bool,
    pub exempt: bool,
    /// On the lists of the whole installation.
    pub blocked_everywhere: bool,
    pub exempt_everywhere: bool,
    /// On the campaign's own exempt list.
    pub exempt_here: bool,
    /// On the list of those who agreed.
    pub consent: bool,
    /// Counted attempts to this number by the tenant, this one excluded.
    pub number_24h: u32,
    pub number_5min: u32,
    /// When the oldest attempt counted in `number_24h` and in `number_5min` was dialled: says when a cap frees.
    pub number_24h_oldest: Option<At>,
    pub number_5min_oldest: Option<At>,
    /// Counted attempts to this contact since midnight of the callee's zone.
    pub contact_today: u32,
    /// A call to this number is up right now, in this or another campaign.
    pub number_in_call: bool,
    /// An abandoned call less than `compliance.lockout_h` ago.
    pub locked_out: bool,
    /// When that is over.
    pub locked_until: Option<At>,
    /// Calls shown this caller id / sent by this trunk since midnight.
    pub caller_id_today: u32,
    pub trunk_today: u32,
}

/// What the floor knows about a lead it may dial: claimed under a lease.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimedLead {
    pub id: LeadId,
    /// The number to dial now, of one or several.
    pub phone: String,
    pub name: String,
    pub region: String,
    pub carrier: Carrier,
    pub variables: Vars,
    /// Counted attempts so far, and how many ended in each way.
    pub attempts: u32,
    pub ended: std::collections::BTreeMap<Disposition, u32>,
    /// Other numbers of this person that may still be tried; `ended` speaks of `phone` alone.
    #[serde(default)]
    pub numbers_left: u32,
    /// The one agent who calls it; none: anybody.
    #[serde(default)]
    pub agent_id: Option<AgentId>,
    /// Came with a list, was never tried, and nobody said when: it may wait for a better hour.
    #[serde(default)]
    pub may_wait: bool,
    pub lease_until: At,
}

/// Everything that ends an attempt, for one transaction: attempt, lead, call, legs, recording and outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptEnd {
    pub id: AttemptId,
    pub lead_id: LeadId,
    pub campaign_id: CampaignId,
    pub ended_at: At,
    pub disposition: Disposition,
    pub cause: Cause,
    pub result: Option<String>,
    pub refusal: Option<String>,
    pub trunk_id: Option<TrunkId>,
    pub failovers: u32,
    /// What becomes of the lead.
    pub lead_state: LeadState,
    pub lead_note: Option<String>,
    /// Which of its numbers is tried next.
    #[serde(default)]
    pub number: NumberTurn,
    pub next_at: At,
    pub stats: MediaStats,
    pub flow_id: Option<FlowId>,
    /// With `Disposition::Abandoned`; none: the wait is told from the times.
    #[serde(default)]
    pub abandoned: Option<super::AbandonedEnd>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(phones: &[&str]) -> Lead {
        let text = serde_json::json!({
            "id": 1, "tenant_id": 1, "campaign_id": 1, "list_id": 1, "import_id": null, "source_id": null, "phone": "+861", "phone_raw": "1",
            "phones": phones, "phone_at": 0, "phones_spent": 0, "name": "", "region": "", "carrier": Carrier::Unknown, "variables": {},
            "state": "ready", "priority": 0, "attempts": 0, "next_at": At(0), "hold": "none", "expires_at": null, "agent_id": null,
            "lease_until": null, "last_disposition": null, "last_attempt_at": null, "result": null, "result_at": null, "note": null,
            "created_at": At(0),
        });
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn numbers_take_turns_and_those_given_up_are_passed_over() {
        let mut lead = lead(&["+862", "+863"]);
        let mut seen = Vec::new();
        for turn in [NumberTurn::Keep, NumberTurn::Next, NumberTurn::Spent, NumberTurn::Next, NumberTurn::Next, NumberTurn::Spent]
        {
            seen.push((lead.number_now().to_owned(), lead.numbers_left()));
            lead.turn_number(turn);
        }
        let seen: Vec<_> = seen.iter().map(|(n, left)| (n.as_str(), *left)).collect();
        assert_eq!(seen, [("+861", 2), ("+861", 2), ("+862", 2), ("+863", 1), ("+861", 1), ("+863", 1)]);
        assert_eq!((lead.number_now(), lead.numbers_left()), ("+861", 0));
        lead.turn_number(NumberTurn::Spent);
        assert_eq!(lead.number_now(), "+861", "the last one stays, whatever came of it");
    }
}
