//! UDPTL, the framing of T.38 over UDP (ITU-T T.38 §9.1 and Annex D): a sequence number, the newest IFP packet, and error recovery
//! behind it — copies of older packets (redundancy) or parities over groups of them (FEC).
//!
//! [`Sender`] writes redundancy; [`Receiver`] reads both, puts packets in order and gives each out once. What is garbage
//! is counted and forgotten. Both hold fixed windows: a stranger can cost no memory.

mod receive;
mod send;
mod wire;

#[cfg(test)]
mod tests;

pub use receive::{Received, Receiver, UdptlCounts};
pub use send::{Correction, Sender};

/// Longest IFP packet taken or sent, octets. Real ones stay below 300.
pub const IFP_MAX: usize = 1_024;
/// Longest datagram read, octets; longer ones are garbage.
pub const DATAGRAM_MAX: usize = 2_048;
/// Older packets copied into a datagram at most.
pub const DEPTH_MAX: u8 = 7;

/// Why a packet cannot be sent or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UdptlError {
    #[error("an IFP packet of {len} octets does not fit: 1 to {max} are possible")]
    Length { len: usize, max: usize },
    #[error("not a UDPTL datagram")]
    Malformed,
}
