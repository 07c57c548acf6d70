//! A call that is up: its flow speaks, listens, records, looks things up; each of its wishes becomes an output and comes back.

use crate::ears::Phase;
use crate::floor::{Floor, Pending};
use crate::io::{AppointWish, Output};
use crate::session::{Recorder, Session, Stage};
use crate::timer::Timer;
use flow::io::Token;
use flow::{In, Out, Run, Scope, SpeechPart};
use model::fact::{Fact, SmsDraft};
use model::record::{Direction, Recording, RecordingKind};
use model::telephony::{Action, Clip, Command};
use model::{At, CallId, LegId, OpId, RecordingId, Vars};

/// The flow's own limits end it long before; this ends a flow that does not.
const ROUNDS_MAX: u32 = 10_000;
/// A recorder told to stop has this long to close its file.
const CLOSE_FILE_MS: i64 = 5_000;
/// Pause between two alarms about recordings.
const RECORD_ALARM_MS: i64 = 600_000;

impl Floor {
    /// The far party answered, or we answered it.
    pub(crate) fn start_talk(&mut self, call: CallId, leg: LegId) {
        let Some(session) = self.sessions.get(&call) else { return };
        if session.campaign().is_some_and(|c| c.record) {
            self.record(call, leg, None, String::new());
        }
        self.listen_or_begin(call, leg);
    }

    /// The flow speaks from now on.
    pub(crate) fn begin_flow(&mut self, call: CallId) {
        self.timers.clear(Timer::Ears(call));
        let Some(session) = self.sessions.get_mut(&call) else { return };
        // Nobody waits any more, even where nothing is said because the call is being ended.
        session.ears.phase = Phase::Begun;
        if session.stage != Stage::Up || session.run.is_some() || session.action.is_some() {
            return;
        }
        if self.want_agent(call) {
            return;
        }
        let Some(session) = self.sessions.get(&call) else { return };
        let Some(script) = session.script.clone() else { return self.end_legs(call, Action::Normal) };
        let run = Box::new(Run::new(script.doc, script.id, script.version, self.scope(session)));
        if let Some(session) = self.sessions.get_mut(&call) {
            // What an agent sends the customer into, and the documents of the house, are not the call's own flow.
            if script.id.0 != 0 && session.talk.confirming.is_none() {
                session.call.flow = Some((script.id, script.version));
            }
            session.run = Some(run);
        }
        self.feed(call, In::Start);
    }

    /// What the flow knows of the lead, the campaign and the call.
    pub(crate) fn scope(&self, session: &Session) -> Scope {
        let text = |s: &str| serde_json::Value::String(s.to_owned());
        let mut scope = Scope { zone: dialer::zone::HOME.to_owned(), ..Scope::default() };
        let lead = match (&session.dial, &session.caller) {
            (Some(d), _) => Some((&d.lead.variables, &d.lead.phone, &d.lead.name)),
            (None, Some((lead, _))) => Some((&lead.variables, &lead.phone, &lead.name)),
            (None, None) => None,
        };
        if let Some((variables, phone, name)) = lead {
            scope.lead.clone_from(variables);
            scope.lead.insert("phone".into(), text(phone));
            scope.lead.insert("name".into(), text(name));
        }
        if let Some(campaign) = session.campaign() {
            scope.campaign.clone_from(&campaign.variables);
            scope.campaign.insert("name".into(), text(&campaign.name));
        }
        if let Some(dial) = &session.dial {
            scope.zone.clone_from(&dial.zone);
        }
        let head = &session.call.head;
        let direction = if head.direction == Direction::Inbound { "inbound" } else { "outbound" };
        scope.call = Vars::from_iter([
            ("caller".to_owned(), text(&head.caller)),
            ("called".to_owned(), text(&head.called)),
            ("direction".to_owned(), text(direction)),
            ("answered_by".to_owned(), text(session.ears.class.map_or("unknown", model::Disposition::code))),
            ("started".to_owned(), text(&local_minute(head.started_at, &scope.zone))),
            ("agent".to_owned(), text(&self.agent_calling(session.tenant, &head.caller, head.direction))),
        ]);
        scope
    }

    /// Gives the run an input and does what it asks for, until it is quiet.
    pub(crate) fn feed(&mut self, call: CallId, input: In) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.inbox.push_back(input);
        // Whoever drives the run already takes the input up.
        if session.run.is_some() {
            self.drive(call);
        }
    }

    pub(crate) fn drive(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some(mut run) = session.run.take() else { return };
        session.driving = true;
        let mut rounds = 0;
        while let Some(input) = self.sessions.get_mut(&call).and_then(|s| s.inbox.pop_front()) {
            run.handle(self.now, input);
            while let Some(out) = run.poll() {
                self.perform(call, out);
            }
            rounds += 1;
            if rounds > ROUNDS_MAX {
                self.end_legs(call, Action::Refused);
                break;
            }
        }
        let (deadline, over) = (run.next_deadline(), run.is_over());
        if let Some(session) = self.sessions.get_mut(&call) {
            session.run = Some(run);
            session.driving = false;
        }
        match deadline {
            Some(at) if !over => self.timers.set(Timer::Flow(call), at.max(self.now.plus_ms(1))),
            _ => self.timers.clear(Timer::Flow(call)),
        }
        self.close_if_over(call);
    }

    fn perform(&mut self, call: CallId, out: Out) {
        self.flow_leaves_room(call, &out);
        match out {
            Out::Speak { token, parts } => self.speak(call, token, parts),
            Out::StopSpeaking => self.stop_speaking(call),
            Out::SetResult { token, code, variables } => self.set_result(call, token, code, variables),
            Out::Http { token, request } => {
                let Some(tenant) = self.sessions.get(&call).map(|s| s.tenant) else { return };
                let op = self.ask(Pending::Http(call, token), i64::from(request.timeout_ms) + 2_000);
                self.out.push_back(Output::Http { op, tenant, request });
            }
            Out::Sms { token, phone, text } => self.send_sms(call, token, phone, text),
            Out::Appoint { token, ask } => self.appoint(call, token, ask),
            Out::StartRecording { token, label, .. } => match self.far_leg(call) {
                Some(leg) => self.record(call, leg, Some(token), label),
                None => self.queue(call, In::Recorded { token, duration_ms: 0, file_name: String::new() }),
            },
            Out::StopRecording { token } => self.stop_recording(call, token),
            Out::Hear { token, ask } => self.hear(call, token, ask),
            Out::StopHearing { token } => self.stop_hearing(call, token),
            Out::Transfer { token, to, ring_ms_max, hand_over, checked: true } => {
                self.transfer_checked(call, token, &to, ring_ms_max, hand_over);
            }
            Out::Transfer { token, to, ring_ms_max, hand_over: true, .. } => self.hand_over(call, token, &to, ring_ms_max),
            Out::Transfer { token, to, ring_ms_max, .. } => self.transfer(call, token, &to, ring_ms_max),
            Out::RecordCall => self.start_record(call),
            Out::Conference { token, ask } => self.enter_room(call, token, ask),
            Out::Queue { token, ask } => self.enter_queue(call, token, ask),
            Out::Rate { score } => {
                if let Some(session) = self.sessions.get_mut(&call) {
                    session.call.satisfaction = Some(score);
                }
            }
            Out::Jump { token, flow } => {
                let Some(session) = self.sessions.get(&call) else { return };
                let found = self.tenants.get(&session.tenant).and_then(|t| t.scripts.get(&flow));
                let flow = found.map(|s| (s.id, s.version, s.doc.clone()));
                self.queue(call, In::Jumped { token, flow });
            }
            Out::Trail(step) => {
                if let Some(session) = self.sessions.get_mut(&call) {
                    session.call.step(step);
                }
            }
            // Of a flow the agent sent the customer into: the call goes on.
            Out::Hangup if self.sessions.get(&call).is_some_and(|s| s.talk.confirming.is_some()) => self.confirm_over(call),
            // The far party is gone; whoever of ours talk on among themselves are none of the flow's.
            Out::Hangup if self.sessions.get(&call).is_some_and(|s| s.stage == Stage::Over) => {}
            Out::Hangup => self.end_legs(call, Action::Normal),
        }
    }

    /// An answer that is known at once.
    pub(crate) fn queue(&mut self, call: CallId, input: In) {
        if let Some(session) = self.sessions.get_mut(&call) {
            session.inbox.push_back(input);
        }
    }

    /// The leg of the party the flow talks to, while it can be talked to.
    pub(crate) fn far_leg(&self, call: CallId) -> Option<LegId> {
        let session = self.sessions.get(&call).filter(|s| s.stage == Stage::Up)?;
        session.call.far().filter(|l| l.state == call::LegState::Answered).map(|l| l.id)
    }

    fn speak(&mut self, call: CallId, token: Token, parts: Vec<SpeechPart>) {
        self.forget_speech(call);
        if self.sessions.get(&call).is_some_and(|s| s.transfer.is_some()) {
            self.cancel_transfer(call);
        }
        if self.far_leg(call).is_none() {
            return self.queue(call, In::Spoken { token, ok: false });
        }
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let tenant = session.tenant;
        let texts: Vec<SpeechPart> = parts.iter().filter(|p| matches!(p, SpeechPart::Say { .. })).cloned().collect();
        session.words = parts;
        if texts.is_empty() {
            return self.play(call, token, &[]);
        }
        let op = self.ask(Pending::Render(call, token), self.limits.render_ms_max);
        self.set_speech(call, Some((token, op)));
        self.out.push_back(Output::Render { op, tenant, parts: texts, ahead: false });
    }

    pub(crate) fn on_rendered(&mut self, op: OpId, clips: Result<Vec<Clip>, String>) {
        // A late answer for speech that was replaced finds nobody.
        let (call, token) = match self.answered(op) {
            Some(Pending::Render(call, token)) => (call, token),
            Some(Pending::Words(call)) => {
                if let Ok(clips) = clips {
                    self.words_rendered(call, clips);
                }
                return;
            }
            _ => return,
        };
        match clips {
            Ok(clips) => self.play(call, token, &clips),
            Err(_) => self.spoken(call, token, false),
        }
        if self.sessions.get(&call).is_some_and(|s| !s.inbox.is_empty()) {
            self.drive(call);
        }
    }

    /// Plays the words of the session, with `rendered` where text stands.
    fn play(&mut self, call: CallId, token: Token, rendered: &[Clip]) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let words = std::mem::take(&mut session.words);
        self.begin_words(call, &words);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let prompts = self.tenants.get(&session.tenant).map(|t| t.prompts.clone()).unwrap_or_default();
        let mut texts = rendered.iter();
        let clips: Option<Vec<Clip>> = words
            .into_iter()
            .map(|part| match part {
                SpeechPart::Prompt { name } => prompts.get(&name).cloned(),
                SpeechPart::Say { .. } => texts.next().cloned(),
                SpeechPart::Silence { ms } => Some(Clip::Silence { ms }),
                SpeechPart::Tone { hz, ms } => Some(Clip::Tone { hz, ms }),
            })
            .collect();
        self.set_speech(call, None);
        match (clips, self.far_leg(call)) {
            (Some(clips), Some(_)) if clips.is_empty() => self.queue(call, In::Spoken { token, ok: true }),
            (Some(clips), Some(leg)) => {
                let op = self.ask(Pending::Play(call, token), self.limits.play_ms_max);
                self.set_speech(call, Some((token, op)));
                self.command(Command::Play { leg, op, clips });
            }
            _ => self.queue(call, In::Spoken { token, ok: false }),
        }
    }

    fn set_speech(&mut self, call: CallId, speech: Option<(Token, OpId)>) {
        if let Some(session) = self.sessions.get_mut(&call) {
            session.speech = speech;
        }
    }

    pub(crate) fn spoken(&mut self, call: CallId, token: Token, ok: bool) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if session.speech.is_some_and(|(t, _)| t == token) {
            session.speech = None;
        }
        self.feed(call, In::Spoken { token, ok });
    }

    /// Whatever was being rendered or played is not waited for any more.
    fn forget_speech(&mut self, call: CallId) -> bool {
        let Some((_, op)) = self.sessions.get_mut(&call).and_then(|s| s.speech.take()) else { return false };
        let playing = matches!(self.answered(op), Some(Pending::Play(..)));
        if playing {
            self.end_words(call, model::telephony::PlayOutcome::Stopped);
        }
        playing
    }

    fn stop_speaking(&mut self, call: CallId) {
        let playing = self.forget_speech(call);
        if let Some(leg) = self.far_leg(call).filter(|_| playing) {
            self.command(Command::StopPlay { leg });
        }
    }

    fn set_result(&mut self, call: CallId, token: Token, code: String, variables: Vars) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.result = Some(code.clone());
        let tenant = session.tenant;
        let attempt = session.dial.as_ref().map(|d| d.attempt);
        let Some((campaign, lead)) = session.owner() else {
            // Nobody's lead: the call record carries it.
            self.has_confirmed(call);
            return self.queue(call, In::ResultSaved { token, ok: true });
        };
        let callback = attempt.is_none();
        let op = self.ask(Pending::Result(call, token), self.limits.save_ms_max);
        let at = self.now;
        let fact = Fact::Result { tenant, campaign, lead, attempt, call, code, callback, variables, at };
        self.out.push_back(Output::Persist { op, ack: true, fact: Box::new(fact) });
    }

    fn send_sms(&mut self, call: CallId, token: Token, phone: Option<String>, text: String) {
        let Some(session) = self.sessions.get(&call) else { return };
        let owner = session.owner();
        let sms = SmsDraft {
            phone: phone.unwrap_or_else(|| session.far_number().to_owned()),
            text,
            campaign: owner.map(|o| o.0),
            lead: owner.map(|o| o.1),
            attempt: session.dial.as_ref().map(|d| d.attempt),
            call,
            at: self.now,
        };
        let tenant = session.tenant;
        let op = self.ask(Pending::Sms(call, token), self.limits.sms_ms_max);
        self.out.push_back(Output::Sms { op, tenant, sms });
    }

    fn appoint(&mut self, call: CallId, token: Token, ask: flow::AppointAsk) {
        let Some(session) = self.sessions.get(&call) else { return };
        let (name, variables) = match (&session.dial, &session.caller) {
            (Some(dial), _) => (dial.lead.name.clone(), dial.lead.variables.clone()),
            (None, Some((lead, _))) => (lead.name.clone(), lead.variables.clone()),
            (None, None) => (session.call.head.name.clone(), model::Vars::new()),
        };
        let wish = AppointWish {
            tenant: session.tenant,
            task: ask.task.or(session.owner().map(|(campaign, _)| campaign)),
            call,
            phone: session.far_number().to_owned(),
            name,
            variables,
            ask,
        };
        let op = self.ask(Pending::Appointment(call, token), self.limits.sms_ms_max);
        self.out.push_back(Output::Appoint { op, wish: Box::new(wish) });
    }

    pub(crate) fn on_appointed(&mut self, op: OpId, outcome: flow::AppointOutcome) {
        if let Some(Pending::Appointment(call, token)) = self.answered(op) {
            self.feed(call, In::Appointed { token, outcome });
        }
    }

    pub(crate) fn on_http(&mut self, op: OpId, outcome: Result<(u16, serde_json::Value), String>) {
        if let Some(Pending::Http(call, token)) = self.answered(op) {
            self.feed(call, In::HttpDone { token, outcome });
        }
    }

    pub(crate) fn on_sms(&mut self, op: OpId, ok: bool) {
        if let Some(Pending::Sms(call, token)) = self.answered(op) {
            self.feed(call, In::SmsQueued { token, ok });
        }
    }

    /// Starts a recorder: of the whole call, or, with a token, of one answer of the flow.
    pub(crate) fn record(&mut self, call: CallId, leg: LegId, token: Option<Token>, label: String) {
        let op = self.new_op();
        let started_at = self.now;
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let own = session.campaign().and_then(|c| c.recording_format);
        let tenant = self.tenants.get(&session.tenant).and_then(|t| t.settings.as_ref());
        let format = own.or_else(|| tenant.map(|s| s.recording.format)).unwrap_or_default();
        let (day, extension) = (date_path(started_at), format.extension());
        let again = session.call.recordings.iter().any(|r| r.kind == RecordingKind::Call);
        let file_name = if token.is_some() || again {
            session.answers += 1;
            format!("{day}/{call}-{}.{extension}", session.answers)
        } else {
            format!("{day}/{call}.{extension}")
        };
        session.ops.insert(op);
        session.recorders.insert(op, Recorder { leg, token, label, file_name: file_name.clone(), started_at });
        // Bounded by the call: a recorder ends with its leg at the latest.
        self.pending.insert(op, Pending::Record(call));
        self.command(Command::Record { leg, op, path: file_name, format });
    }

    fn stop_recording(&mut self, call: CallId, token: Token) {
        let Some(session) = self.sessions.get(&call) else { return };
        let Some((op, leg)) = session.recorders.iter().find(|(_, r)| r.token == Some(token)).map(|(op, r)| (*op, r.leg)) else {
            return;
        };
        self.timers.set(Timer::Op(op), self.now.plus_ms(CLOSE_FILE_MS));
        self.command(Command::StopRecord { leg, op });
    }

    pub(crate) fn on_record_done(&mut self, op: OpId, duration_ms: u32, bytes: u64) {
        if let Some(Pending::Record(call)) = self.answered(op) {
            self.recorded(call, op, duration_ms, bytes, false);
        }
    }

    /// One alarm stands for all calls that the disk fails at a time.
    pub(crate) fn on_record_failed(&mut self, leg: LegId, reason: &str) {
        if self.record_told.is_some_and(|told| self.now < told.plus_ms(RECORD_ALARM_MS)) {
            return;
        }
        let Some(tenant) = self.legs.get(&leg).and_then(|call| self.sessions.get(call)).map(|s| s.tenant) else { return };
        self.record_told = Some(self.now);
        let text = format!("录音中断：{reason}。通话不受影响，请检查录音磁盘的空间和速度");
        let at = self.now;
        self.note(Fact::Alarm { tenant, code: "recording_failed", text, at });
    }

    fn recorded(&mut self, call: CallId, op: OpId, duration_ms: u32, bytes: u64, recovered: bool) {
        let id = RecordingId(self.ids.next(self.now));
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some(r) = session.recorders.remove(&op) else { return };
        session.call.recordings.push(Recording {
            id,
            tenant_id: session.tenant,
            call_id: call,
            kind: if r.token.is_some() { RecordingKind::Answer } else { RecordingKind::Call },
            file_name: r.file_name.clone(),
            label: r.label,
            started_at: r.started_at,
            duration_ms,
            bytes,
            recovered,
        });
        if let Some(token) = r.token {
            self.feed(call, In::Recorded { token, duration_ms, file_name: r.file_name });
        }
    }

    /// The switch never said what became of the file: it is noted with the time it should hold, to be looked at again.
    pub(crate) fn recorder_lost(&mut self, call: CallId, op: OpId) {
        let started = self.sessions.get(&call).and_then(|s| s.recorders.get(&op)).map(|r| r.started_at);
        let ms = started.map_or(0, |at| self.now.since_ms(at));
        self.recorded(call, op, u32::try_from(ms).unwrap_or(u32::MAX), 0, true);
    }

    pub(crate) fn recorders_of_leg_lost(&mut self, call: CallId, leg: LegId) {
        let Some(session) = self.sessions.get(&call) else { return };
        let ops: Vec<OpId> = session.recorders.iter().filter(|(_, r)| r.leg == leg).map(|(op, _)| *op).collect();
        for op in ops {
            self.answered(op);
            self.recorder_lost(call, op);
        }
    }
}

/// `2026/11/21`, by the clock of the house.
pub(crate) fn date_path(at: At) -> String {
    local(at, dialer::zone::HOME).get(..10).map(|d| d.replace('-', "/")).unwrap_or_default()
}

/// `2026-11-21 10:05`
fn local_minute(at: At, zone: &str) -> String {
    local(at, zone).get(..16).map(|t| t.replace('T', " ")).unwrap_or_default()
}

fn local(at: At, zone: &str) -> String {
    match model::calendar::zone_of(zone) {
        Ok(tz) => at.timestamp().to_zoned(tz).datetime().to_string(),
        Err(_) => at.to_rfc3339(),
    }
}
