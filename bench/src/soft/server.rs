//! The measured process: a switch and the few decisions a scenario needs.

use super::{CARRIER, carrier_line, config, line, prompt, web_line};
use crate::gauge::{answer, pin_self};
use model::telephony::{Action, Clip, Command, Event, Originate, Role};
use model::{LegId, MixId, OpId, TrunkId};
use std::collections::HashMap;
use std::time::Duration;
use switch::Switch;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::sync::mpsc::UnboundedReceiver;

/// What is done with a call that comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Answered; the caller hangs up.
    Answer,
    Play {
        record: bool,
    },
    Bridge {
        record: bool,
    },
    /// A leg in Opus over SRTP, bridged to a plain one in G.711.
    Browser,
    /// Everybody talks, in conferences of so many.
    Conference,
}

/// Parties of a conference.
const PARTIES: i64 = 20;

impl Doing {
    pub fn parse(name: &str) -> Self {
        match name {
            "answer" => Self::Answer,
            "play" => Self::Play { record: false },
            "play-record" => Self::Play { record: true },
            "bridge" => Self::Bridge { record: false },
            "bridge-record" => Self::Bridge { record: true },
            "browser" => Self::Browser,
            "conference" => Self::Conference,
            other => panic!("no such scenario: {other}"),
        }
    }
}

struct Server {
    switch: Switch,
    dir: tempfile::TempDir,
    prompt: String,
    doing: Doing,
    /// The other leg of a bridged call, both ways.
    other: HashMap<LegId, LegId>,
    next: i64,
}

/// Runs until its input ends. Says its SIP address first; then answers `do SCENARIO`, `peer ADDR` and `figures`.
pub fn run() {
    pin_self(0);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
    runtime.block_on(serve());
}

async fn serve() {
    let (switch, mut events) = Switch::start(config(20_000)).await.expect("a switch");
    let dir = tempfile::tempdir().expect("a directory");
    let prompt = prompt(dir.path());
    let mut server = Server { switch, dir, prompt, doing: Doing::Answer, other: HashMap::new(), next: 1 };
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        tokio::select! {
            Some(event) = events.recv() => server.on_event(event),
            line = lines.next_line() => match line {
                Ok(Some(line)) => server.on_line(&line, &mut events).await,
                _ => break,
            }
        }
    }
    server.switch.shutdown(Duration::ZERO).await;
}

impl Server {
    async fn on_line(&mut self, text: &str, events: &mut UnboundedReceiver<Event>) {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        match word {
            "address" => answer(&self.switch.local_addr().to_string()),
            "peer" => {
                self.switch.set_trunks(match self.doing {
                    Doing::Browser => vec![web_line(rest), carrier_line(rest)],
                    _ => vec![line(rest)],
                });
                while let Some(event) = events.recv().await {
                    if matches!(&event, Event::Trunk { state, .. } if state.is_up()) {
                        break;
                    }
                }
                answer("up");
            }
            "do" => {
                self.doing = Doing::parse(rest);
                answer("yes");
            }
            "figures" => {
                let c = self.switch.media_counters();
                let late: u64 = c.lateness[6..].iter().sum();
                answer(&format!("{} {} {late}", self.switch.legs(), c.packets_sent));
            }
            other => panic!("not understood: {other}"),
        }
    }

    fn id(&mut self) -> i64 {
        self.next += 1;
        self.next
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Incoming { leg, .. } if matches!(self.doing, Doing::Bridge { .. } | Doing::Browser) => self.reach_out(leg),
            Event::Incoming { leg, .. } => self.switch.send(Command::Answer { leg }),
            Event::Answered { leg } => self.answered(leg),
            Event::Ended { leg, .. } => {
                if let Some(other) = self.other.remove(&leg) {
                    self.other.remove(&other);
                    self.switch.send(Command::Hangup { leg: other, action: Action::Normal });
                }
            }
            // A soak would fill the disk.
            Event::RecordDone { path, .. } => drop(std::fs::remove_file(path)),
            _ => {}
        }
    }

    fn reach_out(&mut self, caller: LegId) {
        let leg = LegId(self.id());
        self.other.insert(leg, caller);
        self.other.insert(caller, leg);
        let to = "13800138000".to_owned();
        let from = "01088886666".to_owned();
        let (context, diverted_from, replaces) = Default::default();
        let trunk = if self.doing == Doing::Browser { CARRIER } else { TrunkId(1) };
        let o = Originate { leg, trunk, to, from, ring_ms_max: 30_000, context, diverted_from, replaces };
        self.switch.send(Command::Originate(o));
    }

    fn answered(&mut self, leg: LegId) {
        match self.doing {
            Doing::Answer => {}
            Doing::Play { record } => {
                if record {
                    self.record(leg);
                }
                let op = OpId(self.id());
                let clips = vec![Clip::File { path: self.prompt.clone() }; 40];
                self.switch.send(Command::Play { leg, op, clips });
            }
            Doing::Conference => {
                let mix = MixId(self.id() / PARTIES);
                self.switch.send(Command::Join { leg, mix, role: Role::Talker });
            }
            Doing::Browser => self.join(leg, false),
            Doing::Bridge { record } => self.join(leg, record),
        }
    }

    /// The leg reached is the one with a small number; the caller is answered and joined to it.
    fn join(&mut self, leg: LegId, record: bool) {
        let Some(caller) = self.other.get(&leg).copied().filter(|_| leg.0 <= self.next) else { return };
        self.switch.send(Command::Answer { leg: caller });
        self.switch.send(Command::Bridge { a: caller, b: leg });
        if record {
            self.record(leg);
        }
    }

    fn record(&mut self, leg: LegId) {
        let op = OpId(self.id());
        let path = self.dir.path().join(format!("{}.wav", leg.0));
        self.switch.send(Command::Record {
            leg,
            op,
            path: path.to_string_lossy().into_owned(),
            format: model::record::RecordingFormat::default(),
        });
    }
}
