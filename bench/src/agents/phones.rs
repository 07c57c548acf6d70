//! The agents' phones: registered at the house, they ring, answer at once and say a tone.
//!
//! A switch is a hundred phones: what comes from one address is held to the rate of one phone.

use super::house::Account;
use super::{AGENT_HZ, Ear};
use crate::soft;
use model::record::Trunk;
use model::telephony::{Action, Clip, Command, Event, TrunkState};
use model::{LegId, OpId, TrunkId};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use switch::{Switch, SwitchConfig};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

const PER_SWITCH: usize = 100;
const RTP_FROM: u16 = 49_000;
const RTP_EACH: u16 = 1_000;

/// A phone that has answered.
pub struct Answered {
    /// Which one, from 0.
    pub phone: usize,
    /// When it rang and was answered at once.
    pub answered_at: Instant,
    pub ear: Ear,
}

/// What becomes of a call that nobody here waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strangers {
    Refused,
    Welcome,
}

#[derive(Default)]
struct Table {
    /// By the end of the caller's number.
    awaited: HashMap<String, oneshot::Sender<Answered>>,
    talking: HashSet<(usize, LegId)>,
}

#[derive(Clone)]
pub struct Phones {
    switches: Vec<Switch>,
    table: Arc<Mutex<Table>>,
}

/// Numbers are told by their last digits: the way they are written differs from line to line.
pub fn tail(number: &str) -> String {
    number.chars().skip(number.chars().count().saturating_sub(10)).collect()
}

impl Phones {
    /// # Panics
    /// When they are not registered within a minute.
    pub async fn register(house: SocketAddr, accounts: &[Account], strangers: Strangers) -> Self {
        let mut phones = Self { switches: Vec::new(), table: Arc::default() };
        for (n, some) in (0..).zip(accounts.chunks(PER_SWITCH)) {
            let from = RTP_FROM + n * RTP_EACH;
            let config = SwitchConfig { rtp_ports: from..=from + RTP_EACH - 2, ..soft::config(from) };
            let (switch, events) = Switch::start(config).await.expect("a switch");
            let first = usize::from(n) * PER_SWITCH;
            switch.set_trunks((first..).zip(some).map(|(phone, account)| line(house, phone, account)).collect());
            let (table, calls) = (phones.table.clone(), HashMap::new());
            let desk = Desk { number: usize::from(n), strangers, switch: switch.clone(), table, calls };
            tokio::spawn(desk.run(events));
            phones.switches.push(switch);
        }
        let deadline = Instant::now() + Duration::from_secs(60);
        while phones.registered() < accounts.len() {
            assert!(Instant::now() < deadline, "{} of {} phones registered", phones.registered(), accounts.len());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        phones
    }

    fn registered(&self) -> usize {
        self.switches.iter().map(|s| s.trunk_states().values().filter(|state| TrunkState::is_up(state)).count()).sum()
    }

    /// The phone that will answer this caller.
    pub fn expect(&self, caller: &str) -> oneshot::Receiver<Answered> {
        let (tell, answered) = oneshot::channel();
        self.table.lock().expect("a table").awaited.insert(tail(caller), tell);
        answered
    }

    pub fn talking(&self) -> usize {
        self.table.lock().expect("a table").talking.len()
    }

    pub async fn close(self) {
        for switch in self.switches {
            switch.shutdown(Duration::ZERO).await;
        }
    }
}

fn line(house: SocketAddr, phone: usize, account: &Account) -> Trunk {
    let id = TrunkId(i64::try_from(phone).unwrap_or(0) + 1);
    let (username, password) = (account.login.clone(), Some(account.secret.clone()));
    Trunk { id, register: true, register_expires_s: 3_600, username, password, ..soft::line(&house.to_string()) }
}

/// A hundred phones.
struct Desk {
    number: usize,
    strangers: Strangers,
    switch: Switch,
    table: Arc<Mutex<Table>>,
    /// Those that have rung and are not through yet: the phone, the caller, when it was answered.
    calls: HashMap<LegId, (usize, String, Instant)>,
}

impl Desk {
    async fn run(mut self, mut events: UnboundedReceiver<Event>) {
        while let Some(event) = events.recv().await {
            match event {
                Event::Incoming { leg, trunk, from, .. } => {
                    let now = Instant::now();
                    self.switch.send(Command::Ring { leg });
                    self.switch.send(Command::Answer { leg });
                    self.calls.insert(leg, (usize::try_from(trunk.0 - 1).unwrap_or(0), from, now));
                }
                Event::Answered { leg } => self.answered(leg),
                Event::Ended { leg, .. } => {
                    self.calls.remove(&leg);
                    self.table.lock().expect("a table").talking.remove(&(self.number, leg));
                }
                _ => {}
            }
        }
    }

    fn answered(&mut self, leg: LegId) {
        let Some((phone, from, answered_at)) = self.calls.remove(&leg) else { return };
        let clips = vec![Clip::Tone { hz: AGENT_HZ, ms: 600_000 }];
        self.switch.send(Command::Play { leg, op: OpId(1), clips });
        let ear = Ear::on(&self.switch, leg, super::CALLER_HZ);
        let mut table = self.table.lock().expect("a table");
        table.talking.insert((self.number, leg));
        match table.awaited.remove(&tail(&from)) {
            Some(tell) => drop(tell.send(Answered { phone, answered_at, ear })),
            None if self.strangers == Strangers::Welcome => {}
            None => self.switch.send(Command::Hangup { leg, action: Action::Normal }),
        }
    }
}
