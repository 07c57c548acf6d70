//! What the far end says, heard: for the flow that asked, for the call's record, and, before the answer, for what the
//! network announces.

use crate::floor::Floor;
use crate::session::{Hearing, Stage};
use flow::io::Token;
use flow::{HearAsk, Heard, In, SpeechPart};
use model::record::{HeardMeans, Speaker, Utterance};
use model::telephony::{Command, Event, Hear, PlayOutcome};
use model::{At, CallId, LegId, OpId};

/// Announcements are short and clear; nobody interrupts them.
const EARLY: (u32, u32, u32) = (200, 700, 15_000);
/// Characters of one text of our own that are kept.
const WORDS_MAX: usize = 2_000;

impl Floor {
    /// The flow wants to hear.
    pub(crate) fn hear(&mut self, call: CallId, token: Token, ask: HearAsk) {
        let Some(leg) = self.far_leg(call) else { return };
        self.end_hearing(call);
        let op = self.new_op();
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.hearing = Some(Hearing { token: Some(token), op, leg, since: self.now });
        let tenant = session.tenant;
        let HearAsk { language, hints, onset_ms, level_db, end_silence_ms, utterance_ms_max } = ask;
        self.command(Command::Hear(Hear {
            leg,
            op,
            tenant,
            language,
            hints,
            onset_ms,
            level_db,
            end_silence_ms,
            utterance_ms_max,
        }));
    }

    pub(crate) fn stop_hearing(&mut self, call: CallId, token: Token) {
        if self.sessions.get(&call).is_some_and(|s| s.hearing.as_ref().is_some_and(|h| h.token == Some(token))) {
            self.end_hearing(call);
        }
    }

    /// Early media flows: what the network says is heard where the tenant wants it.
    pub(crate) fn hear_early(&mut self, call: CallId, leg: LegId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let settings = self.tenants.get(&session.tenant).and_then(|t| t.settings.as_ref());
        let wanted = settings.is_some_and(|s| s.recognition.is_on() && s.recognition.early_media);
        if !wanted || session.hearing.is_some() || session.stage >= Stage::Up {
            return;
        }
        let tenant = session.tenant;
        let op = self.new_op();
        if let Some(session) = self.sessions.get_mut(&call) {
            session.hearing = Some(Hearing { token: None, op, leg, since: self.now });
        }
        let (onset_ms, end_silence_ms, utterance_ms_max) = EARLY;
        self.command(Command::Hear(Hear {
            leg,
            op,
            tenant,
            language: String::new(),
            hints: Vec::new(),
            onset_ms,
            level_db: -42,
            end_silence_ms,
            utterance_ms_max,
        }));
    }

    /// The running hearing ends; what was heard is counted.
    pub(crate) fn end_hearing(&mut self, call: CallId) {
        if let Some(Hearing { leg, op, .. }) = self.forget_hearing(call) {
            self.command(Command::StopHearing { leg, op });
        }
    }

    /// Like [`Floor::end_hearing`], for a leg that is gone.
    pub(crate) fn forget_hearing(&mut self, call: CallId) -> Option<Hearing> {
        let counts = self.is_transcribed(call);
        let session = self.sessions.get_mut(&call)?;
        let hearing = session.hearing.take()?;
        if counts {
            session.call.heard_ms = session.call.heard_ms.saturating_add(ms_between(hearing.since, self.now));
        }
        Some(hearing)
    }

    fn is_transcribed(&self, call: CallId) -> bool {
        let tenant = self.sessions.get(&call).and_then(|s| self.tenants.get(&s.tenant));
        tenant.and_then(|t| t.settings.as_ref()).is_some_and(|s| s.recognition.is_on())
    }

    /// The call and the flow's token of the hearing an event belongs to; none: it is over.
    fn hearing_of(&self, leg: LegId, op: OpId) -> Option<(CallId, Option<Token>, At)> {
        let call = *self.legs.get(&leg)?;
        let hearing = self.sessions.get(&call)?.hearing.as_ref().filter(|h| h.op == op)?;
        Some((call, hearing.token, hearing.since))
    }

    pub(crate) fn on_hearing(&mut self, event: Event) {
        let (leg, op, heard) = match event {
            Event::SpeechStarted { leg, op, .. } => (leg, op, Heard::Started),
            Event::SpeechEnded { leg, op, .. } => (leg, op, Heard::Ended),
            Event::HearingFailed { leg, op, reason } => (leg, op, Heard::Failed(reason)),
            Event::Transcript { leg, op, text, is_final, from_ms, to_ms, confidence } => {
                let Some((call, token, since)) = self.hearing_of(leg, op) else { return };
                let speaker = if token.is_some() { Speaker::Far } else { Speaker::Line };
                self.note_words(call, since, Utterance { speaker, from_ms, to_ms, text: text.clone(), is_final, confidence });
                (leg, op, Heard::Text { text, is_final })
            }
            _ => return,
        };
        let Some((call, token, _)) = self.hearing_of(leg, op) else { return };
        match (token, heard) {
            (Some(token), heard) => self.feed(call, In::Heard { token, heard }),
            (None, Heard::Text { text, is_final }) => self.announced(call, leg, &text, is_final),
            (None, _) => {}
        }
    }

    /// Words go into the record with their place in the call.
    fn note_words(&mut self, call: CallId, since: At, mut said: Utterance) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let offset = ms_between(session.call.head.started_at, since);
        said.from_ms = said.from_ms.saturating_add(offset);
        said.to_ms = said.to_ms.saturating_add(offset);
        session.call.said(said);
    }

    /// The network has said why the callee is not there. A text that is not final yet may still turn out otherwise: it counts
    /// only until a surer verdict comes.
    fn announced(&mut self, call: CallId, leg: LegId, text: &str, is_final: bool) {
        let Some((class, phrase)) = dialer::announcement::by_text(text) else { return };
        if !is_final {
            return self.early_guess(call, class);
        }
        let began = self.sessions.get(&call).and_then(|s| s.call.leg(leg)).map_or(self.now, |l| l.ringing_at.unwrap_or(self.now));
        self.on_heard(
            leg,
            model::record::Heard {
                class,
                means: HeardMeans::Text,
                confidence: 0.9,
                at_ms: ms_between(began, self.now),
                early: true,
                evidence: format!("the words \"{phrase}\""),
                fingerprint_id: None,
            },
        );
    }

    /// Our own words begin to be heard.
    pub(crate) fn begin_words(&mut self, call: CallId, parts: &[SpeechPart]) {
        if !self.is_transcribed(call) {
            return;
        }
        let words: Vec<String> = parts
            .iter()
            .filter_map(|part| match part {
                SpeechPart::Say { text, .. } => Some(text.clone()),
                SpeechPart::Prompt { name } => Some(format!("〔{name}〕")),
                SpeechPart::Silence { .. } | SpeechPart::Tone { .. } => None,
            })
            .collect();
        let text: String = words.join(" ").chars().take(WORDS_MAX).collect();
        if let Some(session) = self.sessions.get_mut(&call) {
            session.saying = (!text.is_empty()).then_some((text, self.now));
        }
    }

    /// They are over, or cut short.
    pub(crate) fn end_words(&mut self, call: CallId, outcome: PlayOutcome) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some((text, since)) = session.saying.take().filter(|_| outcome != PlayOutcome::Failed) else { return };
        let started = session.call.head.started_at;
        let (from_ms, to_ms) = (ms_between(started, since), ms_between(started, self.now));
        session.call.said(Utterance { speaker: Speaker::House, from_ms, to_ms, text, is_final: true, confidence: None });
    }
}

fn ms_between(from: At, to: At) -> u32 {
    u32::try_from(to.since_ms(from).max(0)).unwrap_or(u32::MAX)
}
