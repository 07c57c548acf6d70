//! A conversation of many on one pacing thread. All legs of a mix take their turn together: everybody is heard first, then
//! the voices are added up once, then everybody gets the sum less their own voice.

use super::leg::{Leg, Surroundings};
use media::{
    FRAME,
    g711::{ALAW_SILENCE, Law},
};
use model::{LegId, MixId, telephony::Role};

/// Parties of one mix.
pub const PARTIES_MAX: usize = 500;

type Sum = [i32; FRAME];

#[derive(Clone, Copy, Debug)]
struct Party {
    leg: LegId,
    /// Its place among the legs of the thread.
    index: usize,
    role: Role,
}

#[derive(Debug)]
pub struct Mix {
    pub id: MixId,
    /// The sub-tick at which the whole mix takes its turn.
    pub slot: usize,
    parties: Vec<Party>,
}

impl Mix {
    pub const fn new(id: MixId, slot: usize) -> Self {
        Self { id, slot, parties: Vec::new() }
    }

    pub const fn len(&self) -> usize {
        self.parties.len()
    }

    pub fn has(&self, leg: LegId) -> bool {
        self.parties.iter().any(|p| p.leg == leg)
    }

    /// Takes a party in, or changes its role.
    pub fn join(&mut self, leg: LegId, index: usize, role: Role) {
        match self.parties.iter_mut().find(|p| p.leg == leg) {
            Some(party) => party.role = role,
            None => self.parties.push(Party { leg, index, role }),
        }
    }

    pub fn leave(&mut self, leg: LegId) {
        self.parties.retain(|p| p.leg != leg);
    }

    pub fn index(&self, n: usize) -> usize {
        self.parties[n].index
    }

    /// The places of its legs.
    pub fn indices(&self) -> impl Iterator<Item = usize> {
        self.parties.iter().map(|p| p.index)
    }

    /// One turn of everybody.
    pub fn turn(&self, legs: &mut [Option<Box<Leg>>], with: &Surroundings<'_>) {
        for index in self.indices() {
            if let Some(leg) = legs[index].as_deref_mut() {
                leg.hear(None, with);
            }
        }
        let mut sum = [0; FRAME];
        let mut voices = 0;
        for party in &self.parties {
            let Some(leg) = legs[party.index].as_deref_mut() else { continue };
            if let Some(announced) = leg.announce(with) {
                add(&mut sum, &announced);
                voices += 1;
            }
            if let Some(voice) = leg.said().filter(|_| party.role == Role::Talker) {
                add(&mut sum, voice);
                voices += 1;
            }
        }
        let all = (voices > 0).then(|| encode(&sum));
        let whispered = self.parties.iter().any(|p| matches!(p.role, Role::Whisperer { .. }));
        for (n, party) in self.parties.iter().enumerate() {
            let own = self.own_share(n, whispered, &sum, legs);
            if let Some(leg) = legs[party.index].as_deref_mut() {
                leg.answer(own.as_ref().or(all.as_ref()), with);
            }
        }
    }

    /// What this party hears where it is not what everybody hears: without its own voice, with what is whispered to it.
    fn own_share(&self, n: usize, whispered: bool, sum: &Sum, legs: &[Option<Box<Leg>>]) -> Option<[u8; FRAME]> {
        let party = &self.parties[n];
        let voice = |p: &Party| legs[p.index].as_deref().and_then(Leg::said);
        let own = voice(party).filter(|_| party.role == Role::Talker);
        let whisperers = if whispered { &self.parties[..] } else { &[] };
        let mut whispers = whisperers.iter().filter(|p| p.role == Role::Whisperer { to: party.leg }).filter_map(voice).peekable();
        if own.is_none() && whispers.peek().is_none() {
            return None;
        }
        let mut share = *sum;
        if let Some(own) = own {
            share.iter_mut().zip(own).for_each(|(s, o)| *s -= i32::from(Law::A.decode(*o)));
        }
        whispers.for_each(|w| add(&mut share, w));
        Some(encode(&share))
    }
}

fn add(sum: &mut Sum, voice: &[u8; FRAME]) {
    sum.iter_mut().zip(voice).for_each(|(s, o)| *s += i32::from(Law::A.decode(*o)));
}

/// Clipped once, at the end, so that the order of the voices does not matter.
fn encode(sum: &Sum) -> [u8; FRAME] {
    let mut out = [ALAW_SILENCE; FRAME];
    out.iter_mut().zip(sum).for_each(|(o, s)| *o = Law::A.encode((*s).clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16));
    out
}
