//! One leg: its state and its times.

use model::record::{LegRecord, Route};
use model::telephony::{Cause, MediaStats};
use model::{At, LegId, TrunkId};

/// What a leg is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// We call them.
    Callee,
    /// They call us.
    Caller,
    /// Somebody the far party is put through to.
    Transfer,
    /// An agent's phone.
    Agent,
    /// Somebody whom an agent asked or joined: a colleague's extension, an outside number.
    Guest,
    /// A supervisor who listens, whispers or speaks.
    Supervisor,
}

impl Role {
    /// The party the call is with.
    pub const fn is_far(self) -> bool {
        matches!(self, Self::Callee | Self::Caller)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LegState {
    Starting,
    Ringing,
    Answered,
    /// We asked for its end and wait for the switch's last word.
    HangingUp,
    Ended,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Leg {
    pub id: LegId,
    pub role: Role,
    pub trunk: TrunkId,
    pub from: String,
    pub to: String,
    pub state: LegState,
    pub started_at: At,
    pub ringing_at: Option<At>,
    pub answered_at: Option<At>,
    pub ended_at: Option<At>,
    pub cause: Cause,
    pub stats: MediaStats,
    /// The line of the rate table it was sent by.
    pub rate: Option<Route>,
}

impl Leg {
    pub fn new(id: LegId, role: Role, trunk: TrunkId, from: String, to: String, now: At) -> Self {
        Self {
            id,
            role,
            trunk,
            from,
            to,
            state: LegState::Starting,
            started_at: now,
            ringing_at: None,
            answered_at: None,
            ended_at: None,
            cause: Cause::default(),
            stats: MediaStats::default(),
            rate: None,
        }
    }

    pub(crate) fn ring(&mut self, now: At) -> bool {
        let first = self.state == LegState::Starting;
        if first {
            self.state = LegState::Ringing;
            self.ringing_at = Some(now);
        }
        first
    }

    /// An answer that crosses our hang-up is noted in the times and wanted no more.
    pub(crate) fn answer(&mut self, now: At) -> bool {
        if self.state == LegState::Ended || self.answered_at.is_some() {
            return false;
        }
        self.answered_at = Some(now);
        let wanted = self.state != LegState::HangingUp;
        if wanted {
            self.state = LegState::Answered;
        }
        wanted
    }

    pub(crate) fn hang_up(&mut self) -> bool {
        let first = self.state < LegState::HangingUp;
        if first {
            self.state = LegState::HangingUp;
        }
        first
    }

    pub(crate) fn end(&mut self, cause: Cause, stats: MediaStats, now: At) -> bool {
        let first = self.state != LegState::Ended;
        if first {
            self.state = LegState::Ended;
            self.ended_at = Some(now);
            self.cause = cause;
            self.stats = stats;
        }
        first
    }

    pub(crate) fn into_record(self, now: At) -> LegRecord {
        let ended_at = self.ended_at.unwrap_or(now);
        // Who was not reached costs nothing.
        let talk_ms = self.answered_at.map_or(0, |at| ended_at.since_ms(at));
        let cost = self.rate.filter(|r| r.cost > 0).map(|r| r.price(talk_ms));
        LegRecord {
            id: self.id,
            trunk_id: Some(self.trunk).filter(|t| t.0 != 0),
            from: self.from,
            to: self.to,
            started_at: self.started_at,
            ringing_at: self.ringing_at,
            answered_at: self.answered_at,
            ended_at,
            cause: self.cause,
            stats: self.stats,
            cost,
        }
    }
}
