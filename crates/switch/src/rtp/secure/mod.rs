//! What stands between a leg's socket and its RTP: nothing, SDES-SRTP, or DTLS-SRTP with ICE-lite.
//!
//! A datagram goes through [`Shield::open`] before anybody reads it, a packet through [`Shield::seal_rtp`] before it is sent;
//! both work in place on the leg's own buffers. `demux` tells the protocols apart, `keys` and `srtp` are RFC 3711 and 7714,
//! `ice` answers connectivity checks, `handshake` is the thread that does DTLS, `identity` our certificate.

pub mod demux;
mod handshake;
pub mod ice;
mod identity;
mod keys;
mod shield;
pub mod srtp;

pub use handshake::Association;
pub(super) use handshake::{HandshakeLink, Handshakes, Outcome};
pub use identity::{Fingerprint, Identity};
pub use keys::{MasterKey, SRTCP_TRAILER_MAX, Suite, TAG_MAX};
pub use shield::{IceKeying, Keying};
pub(super) use shield::{Opened, Shield};
