//! Drives one floor: feeds it inputs, performs its outputs in order, decides nothing.
//!
//! Uses the floor, the store, the switch, the desk's speech cache, connect's HTTP and speech, and media. Three tasks: the loop that owns the
//! floor (`drive`), the writer that commits facts in groups (`writer`), and the reader that turns changes of configuration
//! into inputs (`load`); beside them the keeper of SIP traces (`traces`) and of who is registered (`phones`), and one more for each
//! leg that is heard (`hear`) or spoken to live (`speak`). A new kind of `floor::Output` is performed in `perform.rs`.

mod clock;
mod drive;
mod hear;
mod live;
mod load;
mod people;
mod perform;
mod phones;
mod speak;
mod traces;
mod writer;

pub use drive::{Engine, EngineError, Parts};
pub use floor::quote;
pub use live::{CampaignGauge, Change, Live};
pub use switch::SipSocket;
