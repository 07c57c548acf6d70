//! SIP messages and their way to and from the wire. Only [`port`], `client`, `answered`, `udp` and `stream` know the library.

pub mod accounts;
pub mod admission;
mod answered;
mod client;
pub mod digest;
pub mod dns;
pub mod gate;
pub mod guard;
pub mod handshakes;
pub mod header;
pub mod message;
pub mod port;
pub mod shares;
pub mod stream;
pub mod tls;
pub mod trace;
mod udp;
pub mod verify;
pub mod wire;
