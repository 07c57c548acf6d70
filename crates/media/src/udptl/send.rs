//! The side that sends.

use super::wire::{length_size, write_length, write_packet};
use super::{DATAGRAM_MAX, DEPTH_MAX, IFP_MAX, UdptlError};
use std::collections::VecDeque;

/// What goes with a packet so that its predecessors survive a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    None,
    /// Copies of this many older packets, at most [`DEPTH_MAX`].
    Redundancy {
        depth: u8,
    },
}

/// Writes datagrams. Numbers begin at 0, as every gateway expects.
#[derive(Clone, Debug)]
pub struct Sender {
    depth: usize,
    datagram_max: usize,
    sequence: u16,
    /// The newest first.
    sent: VecDeque<Vec<u8>>,
    buffer: Vec<u8>,
}

impl Sender {
    /// `datagram_max` is what the far end takes (`T38FaxMaxDatagram`); copies that do not fit are left out, oldest first.
    pub fn new(correction: Correction, datagram_max: usize) -> Self {
        let depth = match correction {
            Correction::None => 0,
            Correction::Redundancy { depth } => depth.min(DEPTH_MAX),
        };
        Self {
            depth: usize::from(depth),
            datagram_max: datagram_max.clamp(1, DATAGRAM_MAX),
            sequence: 0,
            sent: VecDeque::new(),
            buffer: Vec::new(),
        }
    }

    /// The datagram for the next IFP packet.
    ///
    /// # Errors
    /// [`UdptlError::Length`] when it is empty or longer than [`IFP_MAX`]. One longer than `datagram_max` is sent alone:
    /// the limit is a wish, a hole is none.
    pub fn packet(&mut self, ifp: &[u8]) -> Result<&[u8], UdptlError> {
        if ifp.is_empty() || ifp.len() > IFP_MAX {
            return Err(UdptlError::Length { len: ifp.len(), max: IFP_MAX });
        }
        let out = &mut self.buffer;
        out.clear();
        out.extend_from_slice(&self.sequence.to_be_bytes());
        write_packet(out, ifp);
        out.push(0);
        let mut size = out.len() + 1;
        let fits = |old: &&Vec<u8>| {
            size += length_size(old.len()) + old.len();
            size <= self.datagram_max
        };
        let copies = self.sent.iter().take_while(fits).count();
        write_length(out, copies);
        for old in self.sent.iter().take(copies) {
            write_packet(out, old);
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.remember(ifp);
        Ok(&self.buffer)
    }

    fn remember(&mut self, ifp: &[u8]) {
        if self.depth == 0 {
            return;
        }
        let mut room = if self.sent.len() < self.depth { Vec::new() } else { self.sent.pop_back().unwrap_or_default() };
        room.clear();
        room.extend_from_slice(ifp);
        self.sent.push_front(room);
    }
}
