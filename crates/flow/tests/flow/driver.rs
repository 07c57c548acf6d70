//! One call under simulated time. Every output becomes a short line, so that a test reads like a transcript.

use flow::{
    AppointOutcome, ConferenceAsk, ConferenceOutcome, Flow, Heard, In, Out, QueueAsk, QueueOutcome, Run, Scope, SpeechPart,
    TransferOutcome,
};
use model::{At, FlowId};
use serde_json::{Value, json};
use std::sync::Arc;

pub struct Call {
    pub run: Run,
    pub now: At,
    token: u32,
    ear: u32,
    /// `node: outcome`, in order.
    pub trail: Vec<String>,
    pub over: bool,
    started: bool,
    hung_up: bool,
}

pub fn parse(doc: &Value) -> Arc<Flow> {
    Arc::new(Flow::parse(doc).unwrap_or_else(|errors| panic!("{errors:#?}")))
}

/// A document around some nodes; the first one is the entry.
pub fn doc(nodes: Value) -> Value {
    let entry = nodes.as_object().unwrap().keys().next().unwrap().clone();
    json!({ "schema": "fengling.flow/1", "name": "t", "entry": entry, "nodes": nodes })
}

pub fn scope() -> Scope {
    let map = |v: Value| v.as_object().unwrap().clone();
    Scope {
        lead: map(json!({ "phone": "+8613800138000", "name": "张伟", "amount": 105.3, "due": "2026-11-21", "tags": ["a", "b"] })),
        campaign: map(json!({ "name": "测试", "agent_number": "0531-8888 6666", "time": "2026-11-25 09:00" })),
        call: map(json!({ "caller": "053112345678", "called": "+8613800138000", "direction": "outbound" })),
        zone: "Asia/Shanghai".into(),
        language: flow::Language::Zh,
    }
}

impl Call {
    pub fn new(flow: Arc<Flow>, scope: Scope) -> Self {
        let run = Run::new(flow, FlowId(1), 3, scope);
        Self { run, now: At(1_800_000_000_000), token: 0, ear: 0, trail: Vec::new(), over: false, started: false, hung_up: false }
    }

    /// Starts a document of these nodes and gives the first outputs.
    pub fn start(nodes: Value) -> (Self, Vec<String>) {
        Self::start_doc(&doc(nodes))
    }

    pub fn start_doc(doc: &Value) -> (Self, Vec<String>) {
        let mut call = Self::new(parse(doc), scope());
        let outs = call.give(In::Start);
        (call, outs)
    }

    /// Hands in one input, checks what must always hold, and gives the outputs as lines.
    pub fn give(&mut self, input: In) -> Vec<String> {
        self.started |= matches!(input, In::Start | In::HungUp);
        self.hung_up |= matches!(input, In::HungUp);
        self.run.handle(self.now, input);
        let mut lines = Vec::new();
        while let Some(out) = self.run.poll() {
            assert!(!self.over, "{out:?} after the hangup");
            let silent = !matches!(
                out,
                Out::Hear { .. }
                    | Out::Speak { .. }
                    | Out::StartRecording { .. }
                    | Out::Transfer { .. }
                    | Out::Queue { .. }
                    | Out::Conference { .. }
                    | Out::RecordCall
                    | Out::Rate { .. }
                    | Out::Appoint { .. }
                    | Out::Jump { .. }
            );
            assert!(silent || !self.hung_up, "{out:?} with nobody on the line");
            lines.extend(self.line(out));
        }
        assert_eq!(self.over, self.run.is_over());
        let waiting = self.started && !self.over;
        assert_eq!(self.run.next_deadline().is_some(), waiting, "every wait has a deadline, and only a wait");
        if let Some(deadline) = self.run.next_deadline() {
            assert!(deadline > self.now, "a deadline in the past would spin");
        }
        lines
    }

    fn line(&mut self, out: Out) -> Option<String> {
        Some(match out {
            Out::Trail(step) => {
                self.trail.push(format!("{}: {}", step.node, step.outcome));
                return None;
            }
            Out::Speak { token, parts } => {
                self.token = token;
                format!("speak {}", parts.iter().map(part).collect::<Vec<_>>().join("|"))
            }
            Out::StopSpeaking => "stop speaking".into(),
            Out::SetResult { token, code, variables } => {
                self.token = token;
                format!("result {code} {}", Value::Object(variables))
            }
            Out::Http { token, request: r } => {
                self.token = token;
                format!("http {} {} {:?} {:?} {}", r.method, r.url, r.headers, r.body, r.timeout_ms)
            }
            Out::Sms { token, phone, text } => {
                self.token = token;
                format!("sms {} {text}", phone.as_deref().unwrap_or("-"))
            }
            Out::Appoint { token, ask } => {
                self.token = token;
                let verb = if ask.store { "book" } else { "look" };
                let task = ask.task.map_or("-".into(), |t| t.to_string());
                format!("{verb} {task} {} {:?}", ask.medium.code(), ask.time)
            }
            Out::StartRecording { token, label, ms_max } => {
                self.token = token;
                format!("record {label} {ms_max}")
            }
            Out::StopRecording { token } => {
                assert_eq!(token, self.token);
                "stop recording".into()
            }
            Out::Transfer { token, to, ring_ms_max, checked, .. } => {
                self.token = token;
                format!("transfer {to} {ring_ms_max}{}", if checked { " checked" } else { "" })
            }
            Out::RecordCall => "record call".into(),
            Out::Conference { token, ask: ConferenceAsk { room, muted, leave_key, parties_max } } => {
                self.token = token;
                format!("conference {room} {}{leave_key} {parties_max}", if muted { "muted " } else { "" })
            }
            Out::Queue { token, ask } => {
                self.token = token;
                queued(&ask)
            }
            Out::Rate { score } => format!("rate {score}"),
            Out::Jump { token, flow } => {
                self.token = token;
                format!("jump {flow}")
            }
            Out::Hear { token, ask } => {
                self.ear = token;
                format!("hear {} {}", ask.hints.join(","), ask.end_silence_ms)
            }
            Out::StopHearing { token } => {
                assert_eq!(token, self.ear);
                "stop hearing".into()
            }
            Out::Hangup => {
                self.over = true;
                "hangup".into()
            }
        })
    }

    pub fn spoken(&mut self) -> Vec<String> {
        let token = self.token;
        self.give(In::Spoken { token, ok: true })
    }

    pub fn not_spoken(&mut self) -> Vec<String> {
        let token = self.token;
        self.give(In::Spoken { token, ok: false })
    }

    pub fn press(&mut self, digits: &str) -> Vec<String> {
        digits.chars().flat_map(|digit| self.give(In::Digit { digit })).collect()
    }

    pub fn heard(&mut self, heard: Heard) -> Vec<String> {
        let token = self.ear;
        self.give(In::Heard { token, heard })
    }

    /// A whole utterance: begun, ended, understood.
    pub fn says(&mut self, text: &str) -> Vec<String> {
        let text = Heard::Text { text: text.into(), is_final: true };
        [Heard::Started, Heard::Ended, text].into_iter().flat_map(|h| self.heard(h)).collect()
    }

    pub fn saved(&mut self, ok: bool) -> Vec<String> {
        let token = self.token;
        self.give(In::ResultSaved { token, ok })
    }

    pub fn http(&mut self, outcome: Result<(u16, Value), &str>) -> Vec<String> {
        let token = self.token;
        self.give(In::HttpDone { token, outcome: outcome.map_err(str::to_owned) })
    }

    pub fn sms(&mut self, ok: bool) -> Vec<String> {
        let token = self.token;
        self.give(In::SmsQueued { token, ok })
    }

    pub fn appointed(&mut self, outcome: AppointOutcome) -> Vec<String> {
        let token = self.token;
        self.give(In::Appointed { token, outcome })
    }

    pub fn recorded(&mut self, duration_ms: u32) -> Vec<String> {
        let token = self.token;
        self.give(In::Recorded { token, duration_ms, file_name: "a.wav".into() })
    }

    pub fn transferred(&mut self, outcome: TransferOutcome) -> Vec<String> {
        let token = self.token;
        self.give(In::TransferDone { token, outcome })
    }

    pub fn queued(&mut self, outcome: QueueOutcome) -> Vec<String> {
        let token = self.token;
        self.give(In::QueueDone { token, outcome })
    }

    pub fn conferred(&mut self, outcome: ConferenceOutcome) -> Vec<String> {
        let token = self.token;
        self.give(In::ConferenceDone { token, outcome })
    }

    pub fn jumped(&mut self, flow: Option<(i64, u32, Arc<Flow>)>) -> Vec<String> {
        let token = self.token;
        self.give(In::Jumped { token, flow: flow.map(|(id, version, flow)| (FlowId(id), version, flow)) })
    }

    pub fn hung_up(&mut self) -> Vec<String> {
        self.give(In::HungUp)
    }

    /// Lets time pass until the next deadline; says how long that was.
    pub fn time_out(&mut self) -> (i64, Vec<String>) {
        let deadline = self.run.next_deadline().expect("nothing is waited for");
        let waited = deadline.since_ms(self.now);
        self.now = deadline.plus_ms(-1);
        let early = self.give(In::Tick);
        assert!(early.is_empty(), "a tick before the deadline did something: {early:?}");
        self.now = deadline;
        (waited, self.give(In::Tick))
    }
}

fn queued(ask: &QueueAsk) -> String {
    let needs: Vec<String> = ask.needs.iter().map(|n| format!("{}≥{}", n.skill, n.level_min)).collect();
    format!("queue {} '{}' [{}] {}", ask.queue, ask.service, needs.join(" "), ask.head_start_ms)
}

fn part(part: &SpeechPart) -> String {
    match part {
        SpeechPart::Prompt { name } => format!("[{name}]"),
        SpeechPart::Say { text, voice: None } => text.clone(),
        SpeechPart::Say { text, voice: Some(voice) } => format!("<{voice}>{text}"),
        SpeechPart::Silence { ms } => format!("[{ms} ms]"),
        SpeechPart::Tone { hz, ms } => format!("[{hz} Hz {ms} ms]"),
    }
}
