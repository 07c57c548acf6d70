//! The octets of a datagram. Lengths and counts are aligned PER: one octet below 128, two below 16 384.

use super::{DATAGRAM_MAX, DEPTH_MAX, IFP_MAX, UdptlError};

/// Parities in one datagram and packets in one parity, at most; their product stays within the receiver's window.
pub const ENTRIES_MAX: usize = 8;
pub const SPAN_MAX: usize = 8;
/// Copies looked at in one datagram; some senders send more than is useful.
const COPIES_MAX: usize = DEPTH_MAX as usize + 9;

/// A datagram taken apart; all parts lie in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    pub sequence: u16,
    pub primary: &'a [u8],
    pub recovery: Recovery<'a>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Recovery<'a> {
    /// Copies of the packets before, the newest first.
    Copies(Vec<&'a [u8]>),
    /// Parity `m` of `entries` covers every `entries`-th of the last `span × entries` packets, beginning with number
    /// `sequence − span × entries + m`.
    Parities { span: usize, entries: Vec<&'a [u8]> },
}

struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    fn octet(&mut self) -> Result<u8, UdptlError> {
        let (first, rest) = self.left.split_first().ok_or(UdptlError::Malformed)?;
        self.left = rest;
        Ok(*first)
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], UdptlError> {
        let (taken, rest) = self.left.split_at_checked(n).ok_or(UdptlError::Malformed)?;
        self.left = rest;
        Ok(taken)
    }

    fn length(&mut self) -> Result<usize, UdptlError> {
        let first = usize::from(self.octet()?);
        match first >> 6 {
            0 | 1 => Ok(first),
            2 => Ok((first & 0x3F) << 8 | usize::from(self.octet()?)),
            // Fragments of 16 384 octets never fit a datagram.
            _ => Err(UdptlError::Malformed),
        }
    }

    fn packet(&mut self) -> Result<&'a [u8], UdptlError> {
        let length = self.length()?;
        if length > IFP_MAX {
            return Err(UdptlError::Malformed);
        }
        self.take(length)
    }
}

/// Takes a datagram apart.
///
/// # Errors
/// [`UdptlError::Malformed`].
pub fn parse(datagram: &[u8]) -> Result<Datagram<'_>, UdptlError> {
    if datagram.len() > DATAGRAM_MAX {
        return Err(UdptlError::Malformed);
    }
    let mut r = Reader { left: datagram };
    let sequence = u16::from_be_bytes([r.octet()?, r.octet()?]);
    let primary = r.packet()?;
    let recovery = if r.octet()? & 0x80 == 0 {
        let count = r.length()?;
        if count > COPIES_MAX {
            return Err(UdptlError::Malformed);
        }
        Recovery::Copies((0..count).map(|_| r.packet()).collect::<Result<_, _>>()?)
    } else {
        let (size, span, count) = (r.octet()?, usize::from(r.octet()?), r.length()?);
        if size != 1 || !(1..=SPAN_MAX).contains(&span) || count > ENTRIES_MAX {
            return Err(UdptlError::Malformed);
        }
        Recovery::Parities { span, entries: (0..count).map(|_| r.packet()).collect::<Result<_, _>>()? }
    };
    Ok(Datagram { sequence, primary, recovery })
}

/// Octets that a length takes on the wire.
pub const fn length_size(n: usize) -> usize {
    if n < 0x80 { 1 } else { 2 }
}

pub fn write_length(out: &mut Vec<u8>, n: usize) {
    if n < 0x80 {
        out.push(n as u8);
    } else {
        out.extend_from_slice(&(0x8000 | n as u16).to_be_bytes());
    }
}

pub fn write_packet(out: &mut Vec<u8>, packet: &[u8]) {
    write_length(out, packet.len());
    out.extend_from_slice(packet);
}

/// Length of the IFP packet at the beginning of `octets` (T.38 version 0). A parity does not carry the lengths of its
/// packets, so a repaired one comes padded with zeros.
pub fn ifp_len(octets: &[u8]) -> Option<usize> {
    let mut r = Reader { left: octets };
    let head = r.octet().ok()?;
    let is_data = head & 0x40 != 0;
    let has_fields = head & 0x80 != 0;
    if is_data && has_fields {
        for _ in 0..r.octet().ok()? {
            if r.octet().ok()? & 0x80 != 0 {
                let n = usize::from(u16::from_be_bytes([r.octet().ok()?, r.octet().ok()?])) + 1;
                r.take(n).ok()?;
            }
        }
    }
    Some(octets.len() - r.left.len())
}
