//! Typed ids. Every id is unique per kind, grows with time and fits in 53 bits, so JavaScript reads it as a number.

use crate::At;
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub i64);
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{}", self.0) }
        }
        impl From<i64> for $name { fn from(v: i64) -> Self { Self(v) } }
        impl From<$name> for i64 { fn from(v: $name) -> Self { v.0 } }
        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> { s.parse().map(Self) }
        }
    )*};
}

ids! {
    /// A customer hosted on this installation; 1 is the first one.
    TenantId, UserId, SessionId, ApiKeyId, AuditId,
    /// 部门: a node of the tenant's organisation.
    OrgUnitId,
    CampaignId,
    /// 名单: one of a campaign's lists of leads.
    LeadListId,
    LeadId, AttemptId, ImportId, ListEntryId,
    CallId,
    /// One dialog on the wire, from one end of one call.
    LegId,
    TrunkId, RouteId,
    /// A DID: a number callers dial and campaigns may show.
    NumberId,
    FlowId, PromptId, RecordingId, FingerprintId, SmsId, MailId, WebhookId, DeliveryId,
    /// 分机: a SIP phone or a browser of ours that registers here.
    ExtensionId,
    /// 坐席: who works under one 工号, on whatever phone.
    AgentId,
    /// From an agent's sign-in to the sign-out.
    AgentSessionId,
    SkillId,
    /// 坐席组: a skill group with the callers who wait for it.
    QueueId,
    /// One caller's wait, through all the queues it leads through.
    QueueEntryId,
    /// An agent bound to one piece of work, from the offer to its end. Unique within one process run.
    ReservationId,
    /// 公海: one change of a customer's owner.
    PoolMoveId,
    /// 客户, one of their numbers, and what was noted about one call.
    CustomerId, CustomerNumberId, SummaryId,
    /// What an agent wrote about a campaign's call, and 预约.
    WorkId, AppointmentId,
    /// 产品, 订单, and one answer to one question.
    ProductId, OrderId, AnswerId,
    /// 预约外呼: one appointment of a task.
    BookingId,
    /// 同意或拒绝, once given.
    ConsentId,
    /// One request that waits for an answer (a playback, a claim, an HTTP call). Unique within one process run.
    OpId,
    /// One conversation of several legs on the switch. Made by the floor.
    MixId,
}

/// Hands out ids: milliseconds since 2024 in the upper 41 bits, a counter in the next 10, the lane in the last two. Runs
/// ahead of the clock under load and never goes back within one generator; generators of different lanes never meet.
#[derive(Clone, Debug)]
pub struct IdGen {
    last: i64,
    lane: i64,
}

/// Which room makes the ids, where two of them make the same kind (both the floor and the switch make legs).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdLane {
    Floor = 0,
    Switch = 1,
    Store = 2,
    Edge = 3,
}

impl IdGen {
    const EPOCH_MS: i64 = 1_704_067_200_000;

    pub const fn new(lane: IdLane) -> Self {
        Self { last: 0, lane: lane as i64 }
    }

    pub fn next(&mut self, now: At) -> i64 {
        let floor = (now.ms() - Self::EPOCH_MS).max(1) << 12;
        self.last = floor.max(self.last + 4);
        self.last | self.lane
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_steps_back() {
        let mut ids = IdGen::new(IdLane::Floor);
        let a = ids.next(At(1_790_000_000_000));
        let b = ids.next(At(1_780_000_000_000));
        assert!(b > a);
        assert!(b < 1 << 53);
    }

    #[test]
    fn lanes_never_meet() {
        let (mut a, mut b) = (IdGen::new(IdLane::Floor), IdGen::new(IdLane::Switch));
        let now = At(1_790_000_000_000);
        let left: Vec<i64> = (0..5_000).map(|_| a.next(now)).collect();
        let right: Vec<i64> = (0..5_000).map(|_| b.next(now)).collect();
        assert!(left.iter().all(|id| right.binary_search(id).is_err()));
    }
}
