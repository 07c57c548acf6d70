//! Who hears whom: what should be is worked out anew after every change, and the switch is told the difference.

use crate::floor::Floor;
use crate::party::Kind;
use call::LegState;
use model::telephony::{Command, Role};
use model::{AgentId, CallId, LegId, MixId};
use std::collections::BTreeMap;

/// Two who only talk with each other are relayed; more, or a supervisor among them, are mixed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Arrangement {
    #[default]
    Apart,
    Pair(LegId, LegId),
    Mix(BTreeMap<LegId, Role>),
}

impl Arrangement {
    fn legs(&self) -> Vec<LegId> {
        match self {
            Self::Apart => Vec::new(),
            Self::Pair(a, b) => vec![*a, *b],
            Self::Mix(parts) => parts.keys().copied().collect(),
        }
    }
}

impl Floor {
    pub(crate) fn arrange(&mut self, call: CallId) {
        self.supervisors_follow(call);
        let wanted = self.arrangement(call);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let old = std::mem::replace(&mut session.talk.arranged, wanted.clone());
        if old != wanted {
            self.rearrange(call, &old, &wanted);
        }
        self.set_aside(call, &wanted, old != wanted);
    }

    /// Whoever is with an agent who has given the call away is with the next one.
    fn supervisors_follow(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let agents = session.talk.parties.values().filter(|p| !p.leaving);
        let agents: Vec<(bool, AgentId)> = agents
            .filter_map(|p| if let Kind::Agent { agent, .. } = p.kind { Some((p.answered_at.is_none(), agent)) } else { None })
            .collect();
        let Some((_, next)) = agents.iter().min().copied() else { return };
        for party in session.talk.parties.values_mut() {
            if let Kind::Supervisor { agent, .. } = &mut party.kind
                && !agents.iter().any(|(_, a)| a == agent)
            {
                self.people.stale.extend([*agent, next]);
                *agent = next;
            }
        }
    }

    fn arrangement(&self, call: CallId) -> Arrangement {
        let Some(session) = self.sessions.get(&call) else { return Arrangement::Apart };
        let talk = &session.talk;
        let up = |leg: &LegId| session.call.leg(*leg).is_some_and(|l| l.state == LegState::Answered);
        let mut parts: BTreeMap<LegId, Role> = BTreeMap::new();
        for (leg, party) in talk.parties.iter().filter(|(leg, p)| p.answered_at.is_some() && !p.leaving && up(leg)) {
            parts.insert(*leg, self.mix_role(call, party.kind));
        }
        let spoken_to = talk.talkers().any(|(leg, _)| up(&leg));
        let far = session.call.far().filter(|l| l.state == LegState::Answered || (talk.early && l.state == LegState::Ringing));
        if let Some(far) = far.filter(|_| spoken_to && talk.confirming.is_none()) {
            parts.insert(far.id, Role::Talker);
        }
        match parts.iter().collect::<Vec<_>>()[..] {
            _ if !spoken_to => Arrangement::Apart,
            [] | [_] => Arrangement::Apart,
            [(a, Role::Talker), (b, Role::Talker)] => Arrangement::Pair(*a, *b),
            _ => Arrangement::Mix(parts),
        }
    }

    fn rearrange(&mut self, call: CallId, old: &Arrangement, wanted: &Arrangement) {
        let stays = wanted.legs();
        for leg in old.legs().into_iter().filter(|leg| !stays.contains(leg)) {
            let open = self.sessions.get(&call).and_then(|s| s.call.leg(leg)).is_some_and(|l| l.state == LegState::Answered);
            if open {
                self.command(Command::Leave { leg });
            }
        }
        match wanted {
            Arrangement::Apart => {}
            Arrangement::Pair(a, b) => self.command(Command::Bridge { a: *a, b: *b }),
            Arrangement::Mix(parts) => {
                let before = if let Arrangement::Mix(before) = old { before.clone() } else { BTreeMap::new() };
                for (leg, role) in parts.iter().filter(|(leg, role)| before.get(leg) != Some(role)) {
                    self.command(Command::Join { leg: *leg, mix: MixId(call.0), role: *role });
                }
            }
        }
    }

    /// Who is on hold or muted, where that is not what the switch was told.
    fn set_aside(&mut self, call: CallId, wanted: &Arrangement, again: bool) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let far = session.call.far().map(|l| l.id);
        let mut commands = Vec::new();
        for leg in wanted.legs() {
            let party = session.talk.parties.get(&leg);
            let held = if Some(leg) == far { session.talk.far_held.is_some() } else { party.is_some_and(|p| p.held) };
            let muted = party.is_some_and(|p| p.muted);
            let told = session.talk.flags.get(&leg).copied().unwrap_or_default();
            if held != told.0 || (again && held) {
                commands.push(Command::Hold { leg, on: held });
            }
            if muted != told.1 || (again && muted) {
                commands.push(Command::Mute { leg, on: muted });
            }
            session.talk.flags.insert(leg, (held, muted));
        }
        // Whoever was set aside and is alone now hears what is played to them all the same; nothing is left to be undone.
        let gone: Vec<LegId> = session.talk.flags.keys().copied().filter(|l| !wanted.legs().contains(l)).collect();
        for leg in gone {
            if let Some((held, muted)) = session.talk.flags.remove(&leg) {
                let open = session.call.leg(leg).is_some_and(|l| l.state == LegState::Answered);
                if open && held {
                    commands.push(Command::Hold { leg, on: false });
                }
                if open && muted {
                    commands.push(Command::Mute { leg, on: false });
                }
            }
        }
        for command in commands {
            self.command(command);
        }
    }
}
