//! What a node works with: variables, speech, requests, one time limit, digits typed ahead.

use super::Scope;
use crate::fields::{NodeId, clipped};
use crate::io::{AppointOutcome, ConferenceOutcome, HearAsk, Heard, Token};
use crate::node::{Answer, Appointing, Gathering, Knocking, Rating, Recording};
use crate::part::{Part, Setting};
use crate::script::{Context, Expr, Template, from_json, to_json};
use crate::{Flow, In, Language, Out, QueueOutcome, SpeechPart, TransferOutcome};
use minijinja::Value;
use model::record::TrailStep;
use model::{At, FlowId, Vars};
use serde_json::Value as Json;
use std::collections::VecDeque;
use std::sync::Arc;

/// What happens after a node has done something.
#[derive(Clone, Debug)]
pub(crate) enum Next {
    To(NodeId),
    /// Wait, as the time limit says.
    Wait(Progress),
    /// The far end has gone and there is nothing to do without it.
    LineLost,
    End,
}

/// How far a waiting node has come.
#[derive(Clone, Debug)]
pub(crate) enum Progress {
    Plain,
    Gather(Gathering),
    Record(Recording),
    Listen(Answer),
    Rate(Rating),
    Conference(Knocking),
    Appoint(Appointing),
}

/// What wakes a waiting node.
#[derive(Clone, Debug)]
pub(crate) enum Wake {
    Digit(char),
    Timeout,
    HungUp,
    Spoken(bool),
    Saved(bool),
    Http(Result<(u16, Json), String>),
    Sms(bool),
    Appointed(AppointOutcome),
    Recorded { duration_ms: u32, file_name: String },
    Transferred(TransferOutcome),
    Queued(QueueOutcome),
    Conferred(ConferenceOutcome),
    Jumped(Option<(FlowId, u32, Arc<Flow>)>),
    Heard(Heard),
}

/// Which answer is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    Speech,
    Saved,
    Http,
    Sms,
    Appointment,
    Recording,
    Transfer,
    Queue,
    Conference,
    Jump,
}

/// The far end is being heard.
#[derive(Clone, Copy, Debug)]
struct Hearing {
    token: Token,
    speaking: bool,
}

/// Digits kept for the next gather.
const TYPED_AHEAD_MAX: usize = 32;
/// Errors written to the trail; the rest is only counted.
const ERRORS_ON_TRAIL_MAX: u32 = 100;
const OUTCOME_CHARS_MAX: usize = 200;
/// A synthesiser at its slowest needs less than this for a character, and this to begin.
const SAY_MS_PER_CHAR: u64 = 1_000;
const SAY_MS_SLACK: u64 = 60_000;
const PROMPT_MS_MAX: u64 = 600_000;
const SPEECH_MS_MAX: u64 = 1_800_000;

#[derive(Clone, Debug)]
pub(crate) struct Walk {
    pub now: At,
    pub flow: Arc<Flow>,
    pub flow_id: FlowId,
    pub version: u32,
    pub outs: VecDeque<Out>,
    pub deadline: Option<At>,
    pub errors: u32,
    pub node: NodeId,
    pub kind: &'static str,
    pub is_gone: bool,
    pub jumps: u32,
    /// Digits that came while nobody gathered.
    pub typed: VecDeque<char>,
    awaiting: Option<(Awaited, Token)>,
    hearing: Option<Hearing>,
    token: Token,
    vars: Vars,
    lead: Value,
    campaign: Value,
    call: Vars,
    zone: String,
    language: Language,
    context: Option<Context>,
}

impl Walk {
    pub fn new(flow: Arc<Flow>, flow_id: FlowId, version: u32, scope: Scope) -> Self {
        Self {
            now: At::default(),
            vars: flow.variables().clone(),
            flow,
            flow_id,
            version,
            outs: VecDeque::new(),
            deadline: None,
            errors: 0,
            node: "".into(),
            kind: "",
            is_gone: false,
            jumps: 0,
            typed: VecDeque::new(),
            awaiting: None,
            hearing: None,
            token: 0,
            lead: from_json(&Json::Object(scope.lead)),
            campaign: from_json(&Json::Object(scope.campaign)),
            call: scope.call,
            zone: scope.zone,
            language: scope.language,
            context: None,
        }
    }

    // --- variables and scripts ---

    pub fn vars(&self) -> &Vars {
        &self.vars
    }

    pub fn set_var(&mut self, name: &str, value: Json) {
        self.vars.insert(name.to_owned(), value);
        self.context = None;
    }

    pub fn set_result(&mut self, code: &str) {
        self.call.insert("result".into(), code.into());
        self.context = None;
    }

    /// Takes over a flow jumped to: its defaults fill what is not set yet.
    pub fn switch_to(&mut self, flow_id: FlowId, version: u32, flow: Arc<Flow>) {
        for (name, value) in flow.variables() {
            if !self.vars.contains_key(name) {
                self.vars.insert(name.clone(), value.clone());
            }
        }
        (self.flow_id, self.version, self.flow) = (flow_id, version, flow);
        self.context = None;
    }

    fn context(&mut self) -> Context {
        let Self { lead, campaign, call, vars, zone, flow, language, .. } = self;
        let build = || {
            context(
                lead.clone(),
                campaign.clone(),
                from_json(&Json::Object(call.clone())),
                from_json(&Json::Object(vars.clone())),
                zone,
                flow.language().unwrap_or(*language),
            )
        };
        self.context.get_or_insert_with(build).clone()
    }

    /// In which the house speaks here.
    pub fn language(&self) -> Language {
        self.flow.language().unwrap_or(self.language)
    }

    pub fn render(&mut self, template: &Template) -> String {
        let outcome = template.render(&self.context());
        self.note(outcome.error);
        outcome.value
    }

    pub fn holds(&mut self, expr: &Expr) -> bool {
        let outcome = expr.holds(&self.context());
        self.note(outcome.error);
        outcome.value
    }

    pub fn eval(&mut self, expr: &Expr) -> Json {
        let outcome = expr.eval(&self.context());
        self.note(outcome.error);
        to_json(&outcome.value)
    }

    // --- the trail ---

    pub fn trail(&mut self, outcome: &str) {
        self.outs.push_back(Out::Trail(TrailStep {
            at: self.now,
            node: self.node.to_string(),
            kind: self.kind.to_owned(),
            outcome: clipped(outcome, OUTCOME_CHARS_MAX),
        }));
    }

    /// Counts a step that went wrong and says so on the trail.
    pub fn error(&mut self, text: &str) {
        self.errors += 1;
        if self.errors <= ERRORS_ON_TRAIL_MAX {
            self.trail(&format!("error: {text}"));
        }
    }

    fn note(&mut self, error: Option<String>) {
        if let Some(text) = error {
            self.error(&text);
        }
    }

    // --- waiting ---

    pub fn wait_ms(&mut self, ms: u32) {
        self.deadline = Some(self.now.plus_ms(i64::from(ms)));
    }

    pub fn stop_waiting(&mut self) {
        self.deadline = None;
        self.awaiting = None;
    }

    /// Asks for something and waits for its answer, at most `ms_max`.
    pub fn ask(&mut self, what: Awaited, ms_max: u32, out: impl FnOnce(Token) -> Out) -> Token {
        self.token = self.token.wrapping_add(1);
        self.awaiting = Some((what, self.token));
        self.outs.push_back(out(self.token));
        self.wait_ms(ms_max);
        self.token
    }

    /// Goes on waiting for an answer whose time limit has passed once; a new limit must be set.
    pub fn await_again(&mut self, what: Awaited, token: Token) {
        self.awaiting = Some((what, token));
    }

    /// The wake an answer means; none when nobody waits for it any more.
    pub fn answered(&mut self, input: In) -> Option<Wake> {
        let (what, token, wake) = match input {
            In::Spoken { token, ok } => (Awaited::Speech, token, Wake::Spoken(ok)),
            In::ResultSaved { token, ok } => (Awaited::Saved, token, Wake::Saved(ok)),
            In::HttpDone { token, outcome } => (Awaited::Http, token, Wake::Http(outcome)),
            In::SmsQueued { token, ok } => (Awaited::Sms, token, Wake::Sms(ok)),
            In::Appointed { token, outcome } => (Awaited::Appointment, token, Wake::Appointed(outcome)),
            In::Recorded { token, duration_ms, file_name } => {
                (Awaited::Recording, token, Wake::Recorded { duration_ms, file_name })
            }
            In::TransferDone { token, outcome } => (Awaited::Transfer, token, Wake::Transferred(outcome)),
            In::QueueDone { token, outcome } => (Awaited::Queue, token, Wake::Queued(outcome)),
            In::ConferenceDone { token, outcome } => (Awaited::Conference, token, Wake::Conferred(outcome)),
            In::Jumped { token, flow } => (Awaited::Jump, token, Wake::Jumped(flow)),
            In::Heard { token, heard } => return self.heard(token, heard),
            In::Start | In::Tick | In::HungUp | In::Digit { .. } => return None,
        };
        if self.awaiting != Some((what, token)) {
            return None;
        }
        self.stop_waiting();
        Some(wake)
    }

    // --- speech and digits ---

    /// Says the parts and waits for the end; false when there is nothing to say.
    pub fn say<'p>(&mut self, parts: impl IntoIterator<Item = &'p Part>, last: Option<SpeechPart>) -> bool {
        let context = self.context();
        let flow = self.flow.clone();
        let zone = self.zone.clone();
        let language = flow.language().unwrap_or(self.language);
        let setting = Setting { context: &context, zone: &zone, language, voice: flow.voice() };
        let mut speech = Vec::new();
        for part in parts {
            let (said, error) = part.speech(&setting);
            speech.extend(said);
            self.note(error);
        }
        speech.extend(last);
        if speech.is_empty() || self.is_gone {
            return false;
        }
        let ms_max = speech_ms_max(&speech);
        self.ask(Awaited::Speech, ms_max, |token| Out::Speak { token, parts: speech });
        true
    }

    pub fn stop_speaking(&mut self) {
        self.stop_waiting();
        self.outs.push_back(Out::StopSpeaking);
    }

    /// Begins to hear, or goes on hearing as before; true when the far end is speaking already.
    pub fn hear(&mut self, ask: &HearAsk) -> bool {
        if let Some(hearing) = &self.hearing {
            return hearing.speaking;
        }
        self.token = self.token.wrapping_add(1);
        self.hearing = Some(Hearing { token: self.token, speaking: false });
        self.outs.push_back(Out::Hear { token: self.token, ask: ask.clone() });
        false
    }

    pub fn stop_hearing(&mut self) {
        if let Some(Hearing { token, .. }) = self.hearing.take() {
            self.outs.push_back(Out::StopHearing { token });
        }
    }

    /// The wake it means; none when it belongs to a hearing that is over.
    fn heard(&mut self, token: Token, heard: Heard) -> Option<Wake> {
        let hearing = self.hearing.as_mut().filter(|h| h.token == token)?;
        match heard {
            Heard::Started => hearing.speaking = true,
            Heard::Ended => hearing.speaking = false,
            Heard::Text { .. } | Heard::Failed(_) => {}
        }
        Some(Wake::Heard(heard))
    }

    /// Keeps a digit for the next gather.
    pub fn type_ahead(&mut self, digit: char) {
        if self.typed.len() < TYPED_AHEAD_MAX {
            self.typed.push_back(digit);
        }
    }
}

/// Everything scripts see; `zone` and `language` are for the reading filters.
pub(crate) fn context(lead: Value, campaign: Value, call: Value, vars: Value, zone: &str, language: Language) -> Context {
    let language = match language {
        Language::Zh => "zh",
        Language::En => "en",
    };
    Context(Value::from_pairs([
        ("lead", lead),
        ("campaign", campaign),
        ("call", call),
        ("var", vars),
        ("zone", Value::from(zone)),
        ("language", Value::from(language)),
    ]))
}

/// How long the answer to a Speak may take at most.
fn speech_ms_max(parts: &[SpeechPart]) -> u32 {
    let sum: u64 = parts
        .iter()
        .map(|part| match part {
            SpeechPart::Prompt { .. } => PROMPT_MS_MAX,
            SpeechPart::Say { text, .. } => SAY_MS_PER_CHAR * text.chars().count() as u64,
            SpeechPart::Silence { ms } | SpeechPart::Tone { ms, .. } => u64::from(*ms),
        })
        .sum();
    u32::try_from((sum + SAY_MS_SLACK).min(SPEECH_MS_MAX)).unwrap_or(u32::MAX)
}
