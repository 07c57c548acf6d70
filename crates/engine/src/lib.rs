//! Drives one floor: feeds it inputs, performs its outputs in order, decides nothing.
//!
//! Uses the floor, the store, the switch, the desk's speech cache and connect's HTTP. Three tasks: the loop that owns the
//! floor (`drive`), the writer that commits facts in groups (`writer`), and the reader that turns changes of configuration
//! into inputs (`load`); beside them the keeper of SIP traces (`traces`). A new kind of `floor::Output` is performed in `perform.rs`.

mod drive;
mod live;
mod load;
mod perform;
mod traces;
mod writer;

pub use drive::{Engine, EngineError, Parts};
pub use floor::quote;
pub use live::{CampaignGauge, Change, Live};
