//! One live contact center: campaigns, their leads in flight, calls, flows. The brain.
//!
//! PURE. `Floor::handle(now, Input)`, then `poll_output()` until it is empty, then sleep until `next_deadline()`. It decides
//! everything and does nothing: the engine performs [`Output`]s in order and feeds back what came of them as [`Input`]s.
//! Uses `model`, `flow`, `dialer`, `call` and `acd`. A new thing to be asked of the world is a variant of [`Output`] with an
//! [`Input`] that answers it and a timer that fires when it does not.

mod arrange;
mod attempt;
mod caller_ids;
mod close;
mod colleague;
pub mod config;
mod configure;
mod consult;
mod desk;
mod desk_view;
mod dial_out;
mod ears;
mod extension;
mod floor;
pub mod gauge;
mod hearing;
mod inbound;
mod invariants;
pub mod io;
mod kept_pace;
mod learned;
mod leave;
mod line;
mod outside;
mod paced;
mod party;
mod people;
mod preview;
mod pump;
mod quiet;
mod quote;
mod refer;
mod returning;
mod rooms;
mod runtime;
mod session;
mod supervise;
mod talk;
mod telephony;
mod tenant;
mod timer;
mod transfer;
mod waiting;

pub use config::{FloorConfig, Limits};
pub use floor::Floor;
pub use gauge::{CampaignGauge, Live};
pub use io::{AppointWish, Input, Output};
pub use quote::quote;
