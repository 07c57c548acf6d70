//! What a floor is born with: its ids and its limits.

use model::{IdGen, IdLane};

/// Given to `Floor::new`.
#[derive(Clone, Debug)]
pub struct FloorConfig {
    /// Ids grow from here; a restarted floor starts from a fresh generator, which runs ahead with the clock.
    pub ids: IdGen,
    pub limits: Limits,
}

impl Default for FloorConfig {
    fn default() -> Self {
        Self { ids: IdGen::new(IdLane::Floor), limits: Limits::default() }
    }
}

/// Everything has a limit. The defaults suit one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Leads leased and not yet begun, per campaign.
    pub hand_max: u32,
    /// How long a lead may be held before it is dialled.
    pub lease_ms: i64,
    /// The same where agents look at it first.
    pub preview_lease_ms: i64,
    /// Inbound calls up at once; one more is refused with 503.
    pub inbound_calls_max: u32,
    /// Ended calls whose facts are not stored yet; beyond it nothing new is dialled.
    pub unsaved_max: usize,
    /// Longest call.
    pub call_ms_max: i64,
    /// Waits for answers of the world.
    pub claim_ms_max: i64,
    pub begin_ms_max: i64,
    pub save_ms_max: i64,
    pub render_ms_max: i64,
    pub look_up_ms_max: i64,
    pub sms_ms_max: i64,
    pub play_ms_max: i64,
    pub answer_ms_max: i64,
    /// After the last provisional answer the switch has this much longer than the ring time to say what came of it.
    pub ring_grace_ms: i64,
    /// An INVITE may take this long before anything is heard of it.
    pub setup_grace_ms: i64,
    /// From our hang-up to the switch's last word about a leg; then the books are closed without it.
    pub hangup_ms_max: i64,
    /// A flow may still set results and send messages this long after the far end has gone.
    pub epilogue_ms_max: i64,
    /// Routes tried for one leg.
    pub routes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            hand_max: 200,
            lease_ms: 60_000,
            preview_lease_ms: 900_000,
            inbound_calls_max: 2_000,
            unsaved_max: 1_000,
            call_ms_max: 3_600_000,
            claim_ms_max: 10_000,
            begin_ms_max: 10_000,
            save_ms_max: 5_000,
            render_ms_max: 15_000,
            look_up_ms_max: 3_000,
            sms_ms_max: 5_000,
            play_ms_max: 900_000,
            answer_ms_max: 10_000,
            ring_grace_ms: 5_000,
            setup_grace_ms: 40_000,
            hangup_ms_max: 35_000,
            epilogue_ms_max: 65_000,
            routes_max: 4,
        }
    }
}
