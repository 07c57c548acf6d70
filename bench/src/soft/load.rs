//! The load: a switch of its own on the second core that calls the measured one and speaks on every leg.

use super::{config, line, prompt, web_line};
use crate::gauge::Child;
use model::telephony::{Action, Clip, Command, Event, Originate};
use model::{LegId, OpId, TrunkId};
use std::collections::BTreeSet;
use std::time::Duration;
use switch::Switch;
use tokio::sync::mpsc::UnboundedReceiver;

/// Calls set up at once while a scenario is filled.
const RAMP: usize = 40;

pub struct Load {
    pub server: Child,
    pub switch: Switch,
    events: UnboundedReceiver<Event>,
    _dir: tempfile::TempDir,
    prompt: String,
    next: i64,
    /// Our calls that are up.
    pub calls: BTreeSet<LegId>,
    /// Every leg that is up: ours, and those the server made back to us.
    pub legs: BTreeSet<LegId>,
    pub failed: usize,
}

impl Load {
    pub async fn open(doing: &str) -> Self {
        let mut server = Child::start(&["switch"]).await;
        let (switch, events) = Switch::start(config(40_000)).await.expect("a switch");
        let address = server.ask("address").await;
        server.ask(&format!("do {doing}")).await;
        server.ask(&format!("peer {}", switch.local_addr())).await;
        switch.set_trunks(vec![if doing == "browser" { web_line(&address) } else { line(&address) }]);
        let dir = tempfile::tempdir().expect("a directory");
        let prompt = prompt(dir.path());
        let calls = BTreeSet::new();
        let mut load = Self { server, switch, events, _dir: dir, prompt, next: 1, calls, legs: BTreeSet::new(), failed: 0 };
        while !matches!(load.events.recv().await, Some(Event::Trunk { state, .. }) if state.is_up()) {}
        load
    }

    pub fn call(&mut self) -> LegId {
        self.next += 1;
        let leg = LegId(self.next);
        let (to, from) = ("13800138000".to_owned(), "01088886666".to_owned());
        let (context, diverted_from, replaces) = Default::default();
        let o = Originate { leg, trunk: TrunkId(1), to, from, ring_ms_max: 30_000, context, diverted_from, replaces };
        self.switch.send(Command::Originate(o));
        leg
    }

    /// Takes one event; gives the call of ours that came up or ended by it.
    pub fn on_event(&mut self, event: Event) {
        match event {
            Event::Incoming { leg, .. } => self.switch.send(Command::Answer { leg }),
            Event::Answered { leg } => {
                self.legs.insert(leg);
                if leg.0 <= self.next {
                    self.calls.insert(leg);
                }
                self.next += 1;
                let clips = vec![Clip::File { path: self.prompt.clone() }; 40];
                self.switch.send(Command::Play { leg, op: OpId(self.next), clips });
            }
            Event::Ended { leg, .. } => {
                self.legs.remove(&leg);
                if !self.calls.remove(&leg) && leg.0 <= self.next {
                    self.failed += 1;
                }
            }
            _ => {}
        }
    }

    /// Waits for the next event, or until `wait` has passed; false then.
    pub async fn step(&mut self, wait: Duration) -> bool {
        match tokio::time::timeout(wait, self.events.recv()).await {
            Ok(Some(event)) => {
                self.on_event(event);
                true
            }
            _ => false,
        }
    }

    /// Brings up so many calls.
    ///
    /// # Panics
    /// When one fails or nothing happens for 20 s.
    pub async fn fill(&mut self, calls: usize) {
        let mut started = self.calls.len();
        while self.calls.len() < calls {
            while started < calls && started - self.calls.len() < RAMP {
                self.call();
                started += 1;
            }
            assert!(self.step(Duration::from_secs(20)).await, "{} of {calls} calls came up", self.calls.len());
            assert_eq!(self.failed, 0, "a call failed");
        }
    }

    pub fn hang_up(&mut self, leg: LegId) {
        self.switch.send(Command::Hangup { leg, action: Action::Normal });
    }

    /// Ends every call and waits until both sides have none.
    pub async fn close(mut self) -> Child {
        for leg in std::mem::take(&mut self.calls) {
            self.switch.send(Command::Hangup { leg, action: Action::Normal });
            self.legs.remove(&leg);
        }
        while self.step(Duration::from_millis(700)).await {}
        self.switch.shutdown(Duration::from_secs(2)).await;
        self.server
    }
}
