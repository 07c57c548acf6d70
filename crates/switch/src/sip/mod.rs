//! SIP messages and their way to and from the wire. Only [`port`], [`udp`] and [`tcp`] know the library.

pub mod admission;
pub mod digest;
pub mod gate;
pub mod header;
pub mod message;
pub mod port;
mod tcp;
pub mod trace;
mod udp;
