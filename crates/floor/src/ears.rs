//! 识音: what the ears report of a leg, and what becomes of the call. Before the answer an announcement ends it; after the
//! answer the flow waits until a person is heard, or for as long as it is told to.

use crate::floor::Floor;
use crate::session::Stage;
use crate::timer::Timer;
use call::LegState;
use model::record::{Amd, AmdMode, Heard, HeardClass, HeardMeans, OnMachine, Recording, RecordingKind};
use model::telephony::{Action, Command, Detect};
use model::{CallId, Disposition, LegId, RecordingId};

/// Nobody waits longer than this for the ears to make up their mind.
const DECIDE_MS: i64 = 4_500;
/// A greeting longer than this is spoken over.
const BEEP_MS: i64 = 45_000;

/// How far the ears are with a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Not answered, or nothing is waited for.
    #[default]
    Idle,
    /// Answered; the flow waits for the verdict.
    Deciding,
    /// A machine's greeting is waited out.
    Greeting,
    /// The flow has begun.
    Begun,
}

/// What is known of a call by its sound.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ears {
    pub(crate) phase: Phase,
    /// By tone, recording or words before the answer. The first that says nobody will answer stands.
    pub(crate) early: Option<Disposition>,
    /// `early` is such a one.
    settled: bool,
    pub(crate) class: Option<Disposition>,
    /// The file named for what is kept of the latest leg.
    kept: Option<(LegId, String)>,
}

impl Floor {
    /// A leg of ours has left; it is listened to from its first sound on.
    pub(crate) fn put_ears_on(&mut self, call: CallId, leg: LegId) {
        let now = self.now;
        let Some(session) = self.sessions.get(&call) else { return };
        let tenant = session.tenant;
        let settings = self.tenants.get(&tenant).and_then(|t| t.settings.as_ref()).map(|s| s.ears.clone()).unwrap_or_default();
        // What the line before said was said about that line.
        if let Some(session) = self.sessions.get_mut(&call) {
            session.ears = Ears::default();
        }
        if !settings.early_media && self.amd(call).mode == AmdMode::Off {
            return;
        }
        let keep = (settings.keep_s > 0).then(|| format!("{}/{leg}-early.wav", crate::talk::date_path(now)));
        if let Some(session) = self.sessions.get_mut(&call) {
            session.ears.kept = keep.clone().map(|k| (leg, k));
        }
        self.command(Command::Detect(Detect { leg, tenant, settings, keep }));
    }

    pub(crate) fn amd(&self, call: CallId) -> Amd {
        self.sessions.get(&call).and_then(|s| s.dial.as_ref()).map(|d| d.campaign.amd).unwrap_or_default()
    }

    /// The callee answered: the flow begins now, or when the ears have spoken.
    pub(crate) fn listen_or_begin(&mut self, call: CallId, leg: LegId) {
        if self.amd(call).mode == AmdMode::Off {
            if self.sessions.get(&call).is_some_and(|s| s.dial.is_some()) {
                self.command(Command::StopDetect { leg });
            }
            return self.begin_flow(call);
        }
        self.set_phase(call, Phase::Deciding);
        self.timers.set(Timer::Ears(call), self.now.plus_ms(DECIDE_MS));
    }

    /// The ears took too long: nothing speaks against a person, or against the machine's having ended.
    pub(crate) fn ears_timed_out(&mut self, call: CallId) {
        self.begin_flow(call);
    }

    fn set_phase(&mut self, call: CallId, phase: Phase) {
        if let Some(session) = self.sessions.get_mut(&call) {
            session.ears.phase = phase;
        }
    }

    fn set_class(&mut self, call: CallId, class: Disposition) {
        if let Some(session) = self.sessions.get_mut(&call) {
            session.ears.class = Some(class);
        }
    }

    /// A key before the verdict: a person, and no machine presses keys. `true` when the flow had not begun.
    pub(crate) fn key_decides(&mut self, call: CallId) -> bool {
        let waiting = self.sessions.get(&call).is_some_and(|s| matches!(s.ears.phase, Phase::Deciding | Phase::Greeting));
        if waiting {
            self.person(call);
        }
        waiting
    }

    fn person(&mut self, call: CallId) {
        self.set_class(call, Disposition::Human);
        self.stop_ears(call);
        self.begin_if_waiting(call);
    }

    fn stop_ears(&mut self, call: CallId) {
        if let Some(leg) = self.sessions.get(&call).and_then(|s| s.call.far()).map(|l| l.id) {
            self.command(Command::StopDetect { leg });
        }
    }

    fn begin_if_waiting(&mut self, call: CallId) {
        if self.sessions.get(&call).is_some_and(|s| matches!(s.ears.phase, Phase::Deciding | Phase::Greeting)) {
            self.begin_flow(call);
        }
    }

    pub(crate) fn on_heard(&mut self, leg: LegId, heard: Heard) {
        let Some(call) = self.legs.get(&leg).copied() else { return };
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some(state) = session.call.leg(leg).map(|l| l.state) else { return };
        let (class, means, early) = (heard.class, heard.means, heard.early);
        session.call.hear(heard);
        match state {
            LegState::Starting | LegState::Ringing => self.heard_early(call, leg, class),
            LegState::Answered if !early && session.stage == Stage::Up => self.heard_answered(call, class, means),
            LegState::Answered | LegState::HangingUp | LegState::Ended => {}
        }
    }

    fn heard_early(&mut self, call: CallId, leg: LegId, class: HeardClass) {
        if !class.is_refusal() && class != HeardClass::Assistant {
            return;
        }
        let Some(session) = self.sessions.get_mut(&call).filter(|s| !s.ears.settled) else { return };
        session.ears.early = class.disposition();
        session.ears.settled = class.is_refusal();
        let tenant = self.tenants.get(&session.tenant);
        let ends = tenant.and_then(|t| t.settings.as_ref()).is_none_or(|s| s.ears.end_on_announcement);
        if ends && class.is_refusal() {
            // Not the call's own end: a congested line still hands over to the next route.
            self.hang_up(call, leg, Action::Normal);
        }
    }

    /// Words that are not final yet: they say how a call ended that ends before better is known, and end none.
    pub(crate) fn early_guess(&mut self, call: CallId, class: HeardClass) {
        if let Some(session) = self.sessions.get_mut(&call).filter(|s| !s.ears.settled) {
            session.ears.early = class.disposition();
        }
    }

    fn heard_answered(&mut self, call: CallId, class: HeardClass, means: HeardMeans) {
        let amd = self.amd(call);
        let begun = self.sessions.get(&call).is_some_and(|s| s.ears.phase == Phase::Begun);
        match class {
            // Over our own words the rhythm of theirs says nothing.
            HeardClass::Human | HeardClass::Machine if begun && means == HeardMeans::Timing => {}
            HeardClass::Human => self.person(call),
            HeardClass::Silence => self.begin_if_waiting(call),
            HeardClass::Machine | HeardClass::Beep => self.machine(call, class, amd.machine),
            HeardClass::Assistant => {
                self.set_class(call, Disposition::Assistant);
                if amd.assistant == OnMachine::HangUp {
                    self.end_legs(call, Action::Normal);
                } else {
                    self.begin_if_waiting(call);
                }
            }
            HeardClass::DeadAir if !amd.end_dead_air => {
                self.set_class(call, Disposition::DeadAir);
                self.begin_if_waiting(call);
            }
            HeardClass::Ringing | HeardClass::Information | HeardClass::Other => {}
            _ => {
                if let Some(class) = class.disposition() {
                    self.set_class(call, class);
                }
                self.end_legs(call, Action::Normal);
            }
        }
    }

    fn machine(&mut self, call: CallId, class: HeardClass, then: OnMachine) {
        self.set_class(call, Disposition::Machine);
        let phase = self.sessions.get(&call).map(|s| s.ears.phase).unwrap_or_default();
        match then {
            OnMachine::HangUp => self.end_legs(call, Action::Normal),
            OnMachine::Message if phase == Phase::Deciding && class == HeardClass::Machine => {
                self.set_phase(call, Phase::Greeting);
                self.timers.set(Timer::Ears(call), self.now.plus_ms(BEEP_MS));
            }
            OnMachine::Message | OnMachine::GoOn => {
                self.stop_ears(call);
                self.begin_if_waiting(call);
            }
        }
    }

    /// What was said is in a file: it can be heard on the call's page, and marked.
    pub(crate) fn on_kept(&mut self, leg: LegId, duration_ms: u32, bytes: u64) {
        let id = RecordingId(self.ids.next(self.now));
        let Some(call) = self.legs.get(&leg).copied() else { return };
        let started_at = self.now.plus_ms(-i64::from(duration_ms));
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some((_, file_name)) = session.ears.kept.take_if(|(l, _)| *l == leg) else { return };
        session.call.recordings.push(Recording {
            id,
            tenant_id: session.tenant,
            call_id: call,
            kind: RecordingKind::Early,
            file_name,
            label: String::new(),
            started_at,
            duration_ms,
            bytes,
            recovered: false,
        });
    }
}
