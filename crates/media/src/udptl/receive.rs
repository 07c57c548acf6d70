//! The side that receives: every packet once and in order, repaired where the datagrams say how.

use super::wire::{Datagram, Recovery, ifp_len, parse};
use super::{IFP_MAX, UdptlError};

/// Packets remembered; parities reach back over them.
const WINDOW: usize = 128;
/// Packets that may wait behind a hole before it is given up: the deepest copies and a swapped neighbour.
const AHEAD_MAX: i16 = 8;
/// A number this far from the one expected is another stream or nonsense.
const JUMP_MAX: u16 = 64;
/// Parities remembered.
const GROUPS_MAX: usize = 24;

/// What became of the datagrams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UdptlCounts {
    /// Well-formed datagrams.
    pub datagrams: u64,
    /// Packets rebuilt from copies or parities.
    pub recovered: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Datagrams whose packet was known already or whose time had passed.
    pub late: u64,
    /// Datagrams that are none.
    pub garbage: u64,
    /// Times the sender began to count anew.
    pub restarts: u64,
}

/// One IFP packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub sequence: u16,
    pub ifp: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Slot {
    sequence: u16,
    ifp: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Group {
    /// Number of the first packet covered, how many, and their distance.
    first: u16,
    span: usize,
    step: u16,
    parity: Vec<u8>,
}

impl Group {
    fn members(&self) -> impl Iterator<Item = u16> {
        let (first, step) = (self.first, self.step);
        (0..self.span as u16).map(move |k| first.wrapping_add(k.wrapping_mul(step)))
    }
}

#[derive(Clone, Debug)]
pub struct Receiver {
    slots: Vec<Option<Slot>>,
    groups: Vec<Group>,
    /// Number of the next packet to give out.
    next: u16,
    /// Number after the newest packet known.
    end: u16,
    started: bool,
    /// A number far away; the next one after it is believed.
    suspect: Option<u16>,
    pub counts: UdptlCounts,
}

impl Default for Receiver {
    fn default() -> Self {
        Self::new()
    }
}

const fn distance(from: u16, to: u16) -> i16 {
    to.wrapping_sub(from) as i16
}

impl Receiver {
    pub fn new() -> Self {
        Self {
            slots: vec![None; WINDOW],
            groups: Vec::new(),
            next: 0,
            end: 0,
            started: false,
            suspect: None,
            counts: UdptlCounts::default(),
        }
    }

    /// Takes a datagram; [`Self::pop`] gives what it brought.
    ///
    /// # Errors
    /// [`UdptlError::Malformed`], which is counted as garbage.
    pub fn push(&mut self, datagram: &[u8]) -> Result<(), UdptlError> {
        let parsed = parse(datagram).inspect_err(|_| self.counts.garbage += 1)?;
        if parsed.primary.is_empty() {
            self.counts.garbage += 1;
            return Err(UdptlError::Malformed);
        }
        self.counts.datagrams += 1;
        if !self.place(&parsed) {
            return Ok(());
        }
        let known = self.known(parsed.sequence);
        if known || distance(self.next, parsed.sequence) < 0 {
            self.counts.late += 1;
        }
        if !known {
            self.keep(parsed.sequence, parsed.primary);
        }
        match parsed.recovery {
            Recovery::Copies(copies) => self.take_copies(parsed.sequence, &copies),
            Recovery::Parities { span, entries } => self.take_parities(parsed.sequence, span, &entries),
        }
        self.repair();
        Ok(())
    }

    /// Whether the number fits the stream. The first one of a stream tells where it begins: what its copies bring before
    /// it is taken, too.
    fn place(&mut self, datagram: &Datagram<'_>) -> bool {
        let sequence = datagram.sequence;
        if !self.started {
            self.started = true;
            let before = match &datagram.recovery {
                Recovery::Copies(copies) => copies.len() as u16,
                Recovery::Parities { .. } => 0,
            };
            // Streams begin at 0: copies cannot be older than that.
            self.next = sequence.saturating_sub(before.min(sequence));
            self.end = self.next;
            return true;
        }
        if distance(self.next, sequence).unsigned_abs() < JUMP_MAX {
            self.suspect = None;
            return true;
        }
        let follows = self.suspect.is_some_and(|s| (0..8).contains(&distance(s, sequence)));
        self.suspect = Some(sequence);
        if follows {
            self.counts.restarts += 1;
            let counts = self.counts;
            *self = Self { counts, next: sequence, end: sequence, started: true, ..Self::new() };
        } else {
            self.counts.late += 1;
        }
        follows
    }

    fn slot(&self, sequence: u16) -> Option<&Slot> {
        self.slots[usize::from(sequence) % WINDOW].as_ref().filter(|s| s.sequence == sequence)
    }

    fn known(&self, sequence: u16) -> bool {
        self.slot(sequence).is_some()
    }

    fn keep(&mut self, sequence: u16, ifp: &[u8]) {
        let mut room = self.slots[usize::from(sequence) % WINDOW].take().map(|s| s.ifp).unwrap_or_default();
        room.clear();
        room.extend_from_slice(ifp);
        self.slots[usize::from(sequence) % WINDOW] = Some(Slot { sequence, ifp: room });
        let after = sequence.wrapping_add(1);
        if distance(self.end, after) > 0 {
            self.end = after;
        }
    }

    fn take_copies(&mut self, sequence: u16, copies: &[&[u8]]) {
        for (n, copy) in copies.iter().enumerate() {
            let old = sequence.wrapping_sub(1 + n as u16);
            if !copy.is_empty() && distance(self.next, old) >= 0 && !self.known(old) {
                self.keep(old, copy);
                self.counts.recovered += 1;
            }
        }
    }

    fn take_parities(&mut self, sequence: u16, span: usize, entries: &[&[u8]]) {
        let step = entries.len() as u16;
        for (m, parity) in entries.iter().enumerate().filter(|(_, p)| !p.is_empty()) {
            if self.groups.len() == GROUPS_MAX {
                self.groups.remove(0);
            }
            let first = sequence.wrapping_sub(span as u16 * step).wrapping_add(m as u16);
            self.groups.push(Group { first, span, step, parity: parity.to_vec() });
        }
    }

    /// A group that lacks one packet gives it: the parity is the exclusive or of all of them.
    fn repair(&mut self) {
        while let Some((missing, ifp)) = self.groups.iter().find_map(|g| self.rebuild(g)) {
            self.keep(missing, &ifp);
            self.counts.recovered += 1;
        }
        let next = self.next;
        self.groups.retain(|g| g.members().any(|s| distance(next, s) >= 0));
    }

    fn rebuild(&self, group: &Group) -> Option<(u16, Vec<u8>)> {
        let mut missing = group.members().filter(|s| !self.known(*s));
        let (one, more) = (missing.next()?, missing.next());
        if more.is_some() || distance(self.next, one) < 0 {
            return None;
        }
        let mut ifp = group.parity.clone();
        for other in group.members().filter_map(|s| self.slot(s)) {
            for (o, i) in ifp.iter_mut().zip(&other.ifp) {
                *o ^= i;
            }
        }
        let length = ifp_len(&ifp)?;
        ifp.truncate(length.min(IFP_MAX));
        Some((one, ifp))
    }

    /// The next packet in order. While one is missing the newer ones wait, until so many do that it is given up.
    pub fn pop(&mut self) -> Option<Received> {
        while distance(self.next, self.end) > 0 {
            let sequence = self.next;
            if let Some(slot) = self.slot(sequence) {
                let ifp = slot.ifp.clone();
                self.next = sequence.wrapping_add(1);
                return Some(Received { sequence, ifp });
            }
            if distance(self.next, self.end) <= AHEAD_MAX {
                return None;
            }
            self.skip();
        }
        None
    }

    /// Whether packets wait for one that has not come.
    pub fn waits(&self) -> bool {
        distance(self.next, self.end) > 0 && !self.known(self.next)
    }

    #[cfg(test)]
    pub(super) fn groups_held(&self) -> usize {
        self.groups.len()
    }

    /// Gives up what is missing before the next known packet: its time has passed.
    pub fn skip(&mut self) {
        while self.waits() {
            self.next = self.next.wrapping_add(1);
            self.counts.lost += 1;
        }
    }
}
