//! RTP on a fixed number of pacing threads. Each thread owns its legs outright: no lock and no allocation per packet, one
//! pass per 20 ms and leg, the legs spread over 20 sub-ticks of 1 ms, the schedule on an absolute clock.
//!
//! The signalling side holds a [`MediaPool`] and reads [`MediaEvent`]s; it never waits. Files are opened by the loader
//! thread and written by the writer thread, so that no disk can hold up a packet.
//!
//! `secure` stands between the sockets and everything else: SRTP, DTLS, ICE.
//!
//! One packet: `worker` (whose turn is it) → `leg::receive` (latch, digits, relay) → `hearing` (decoding, jitter buffer) → `turn`
//! (play, peer or `mixing`, digits, recording taps, `rings`, activity) → `saying` (encoding, packet length) → one `send`.
//! Two legs of one codec with nobody listening skip all between: their packets are relayed. Sound between legs is A-law
//! (docs/adr). G.729 and Opus are encoded by `coders` on threads of their own.

mod api;
mod coders;
mod counters;
mod hearing;
mod latch;
mod leg;
mod loader;
mod looks;
mod mixing;
mod outgoing;
mod player;
mod pool;
mod ports;
mod reports;
mod rings;
mod saying;
pub mod secure;
mod shielded;
mod sys;
mod turn;
mod worker;
mod writer;

pub use api::{Direction, Format, Formats, LATENESS_US, LocalRtp, MediaConfig, MediaCounters, MediaError, MediaEvent, RemoteRtp};
pub use pool::MediaPool;
pub use ports::SocketPair;
pub use writer::repair_recordings;

#[cfg(test)]
mod tests;
