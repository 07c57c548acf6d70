//! Those who call the house, press 0 and say a tone until they hear an agent's.

use super::house::DID;
use super::phones::Phones;
use super::{AGENT_HZ, CALLER_HZ, Ear};
use crate::soft;
use model::telephony::{Action, Clip, Command, Event, Originate, TrunkState};
use model::{LegId, OpId, TrunkId};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use switch::{Switch, SwitchConfig};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const RTP_FROM: u16 = 55_000;
/// Until the line answers, and until an agent is heard.
const PATIENCE: Duration = Duration::from_secs(10);
/// Callers listen for a moment before they press a key.
const LISTENS: Duration = Duration::from_millis(400);
/// How often ears are asked.
const LOOK: Duration = Duration::from_millis(2);

type Told = Arc<Mutex<HashMap<LegId, UnboundedSender<Event>>>>;

pub struct Callers {
    switch: Switch,
    phones: Phones,
    told: Told,
}

/// A caller who talks to an agent; hangs up when dropped.
pub struct Talk {
    switch: Switch,
    leg: LegId,
    pub phone: usize,
    pub digit_at: Instant,
    pub answered_at: Instant,
    /// The caller hears the agent.
    pub heard_at: Instant,
    /// Both hear each other.
    pub audio_at: Instant,
}

impl Callers {
    pub async fn open(house: SocketAddr, phones: Phones) -> Self {
        let config = SwitchConfig { rtp_ports: RTP_FROM..=RTP_FROM + 1_998, ..soft::config(RTP_FROM) };
        let (switch, events) = Switch::start(config).await.expect("a switch");
        switch.set_trunks(vec![soft::line(&house.to_string())]);
        while !switch.trunk_states().values().all(TrunkState::is_up) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let told = Told::default();
        tokio::spawn(carry(events, told.clone()));
        Self { switch, phones, told }
    }

    /// One call of the caller `n`, put through to an agent. None, and said, when it comes to no talk.
    pub async fn call(&self, n: usize) -> Option<Talk> {
        let from = format!("139{:08}", 40_000_000 + n);
        let leg = LegId(i64::try_from(n).unwrap_or(0) + 1);
        let (tell, mut events) = unbounded_channel();
        self.told.lock().expect("callers").insert(leg, tell);
        let talk = self.to_talk(leg, &from, &mut events).await;
        if let Err(why) = &talk {
            checks::say(&format!("caller {n}: {why}"));
            self.switch.send(Command::Hangup { leg, action: Action::Normal });
        }
        talk.ok()
    }

    async fn to_talk(&self, leg: LegId, from: &str, events: &mut UnboundedReceiver<Event>) -> Result<Talk, String> {
        let (context, diverted_from, replaces) = Default::default();
        let (to, from) = (DID.to_owned(), from.to_owned());
        let agent = self.phones.expect(&from);
        let o = Originate { leg, trunk: TrunkId(1), to, from, ring_ms_max: 30_000, context, diverted_from, replaces };
        self.switch.send(Command::Originate(o));
        until_answered(events).await?;
        self.switch.send(Command::Play { leg, op: OpId(1), clips: vec![Clip::Tone { hz: CALLER_HZ, ms: 600_000 }] });
        let mut ear = Ear::on(&self.switch, leg, AGENT_HZ);
        tokio::time::sleep(LISTENS).await;
        let digit_at = Instant::now();
        self.switch.send(Command::SendDigits { leg, op: OpId(2), digits: "0".into() });
        let agent = tokio::time::timeout(PATIENCE, agent).await.map_err(|_| "no phone answered")?;
        let mut agent = agent.map_err(|e| e.to_string())?;
        let deadline = Instant::now() + PATIENCE;
        let (heard_at, audio_at) = loop {
            match (ear.heard(), agent.ear.heard()) {
                (Some(here), Some(there)) => break (here, here.max(there)),
                (here, there) if Instant::now() > deadline => {
                    return Err(format!("the agent was heard: {}, the caller: {}", here.is_some(), there.is_some()));
                }
                _ => tokio::time::sleep(LOOK).await,
            }
        };
        let (phone, answered_at) = (agent.phone, agent.answered_at);
        Ok(Talk { switch: self.switch.clone(), leg, phone, digit_at, answered_at, heard_at, audio_at })
    }

    pub async fn close(self) {
        self.switch.shutdown(Duration::from_secs(2)).await;
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.switch.send(Command::Hangup { leg: self.leg, action: Action::Normal });
    }
}

async fn until_answered(events: &mut UnboundedReceiver<Event>) -> Result<(), String> {
    loop {
        match tokio::time::timeout(PATIENCE, events.recv()).await {
            Ok(Some(Event::Answered { .. })) => return Ok(()),
            Ok(Some(Event::Ended { cause, .. })) => return Err(format!("the line did not answer: {cause:?}")),
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return Err("the line did not answer in time".into()),
        }
    }
}

/// Hands each caller what concerns them.
async fn carry(mut events: UnboundedReceiver<Event>, told: Told) {
    while let Some(event) = events.recv().await {
        let (leg, over) = match &event {
            Event::Answered { leg } => (*leg, false),
            Event::Ended { leg, .. } => (*leg, true),
            _ => continue,
        };
        let mut told = told.lock().expect("callers");
        if let Some(tell) = told.get(&leg) {
            // A caller who talks reads no more.
            let _ = tell.send(event);
        }
        if over {
            told.remove(&leg);
        }
    }
}
