//! Legs on the wire: SIP over UDP, TCP, TLS and WebSocket, SDP, RTP on worker threads. Performs `model::telephony` commands and reports
//! its events; decides nothing about calls.
//!
//! May use: model, media, fax. An EDGE room: tokio, sockets and threads live here.
//!
//! Start one with [`Switch::start`], tell it the trunks with [`Switch::set_trunks`], hand it commands with
//! [`Switch::send`]; read the events from the receiver that `start` returned. The phones that may register are told with
//! [`Switch::set_extensions`]; a WebSocket that a web server has accepted is handed over by [`Switch::accept_web`].
//!
//! `sip` reads and writes messages (`gate` reads every one before anything else, `admission` judges who sent it: strangers, phones
//! with their secrets, bans; `port` alone knows the library), `sdp` agrees on media (`t38` on fax over IP), `exchange` is the one task
//! that owns legs, dialogs, trunks and timers, `rtp` the media threads, `fax_line` the threads of faxes.
//! To take a new in-dialog method: name it in `sip/gate.rs`, answer it in `exchange/indialog.rs`, and play it in
//! `tests/scripted.rs`. A new scenario of a carrier is an XML file in `tests/sipp` and a test in `tests/outbound.rs`.

mod config;
mod ears;
mod exchange;
mod fax_line;
mod handle;
pub mod rtp;
pub mod sdp;
pub mod sip;
pub mod t38;

pub use config::{InboundPolicy, Limits, SwitchConfig, SwitchError, Timing};
pub use exchange::{Held, LegInfo, LegTrace};
pub use handle::{Switch, quiet_log_filter};
pub use sip::stream::SipSocket;
pub use sip::tls::{CertificateProblem, TlsListen, check_authority};
