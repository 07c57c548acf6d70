//! A simulated phone network: thousands of subscribers behind one real SIP port, with real RTP.
//!
//! Used by the demo, by tests and by `make bench`. The behaviour of a subscriber (`subscriber.rs`) is pure: seeded, and
//! driven by the same telephony events as the floor. `network.rs` runs it over a `switch` of its own.
//! To add a way to behave: a variant of [`Profile`] and its arm in `subscriber.rs`.

mod ledger;
mod network;
mod plan;
mod rng;
mod subscriber;

pub use ledger::{Entry, Ledger};
pub use network::{CallIn, Carrier, CarrierConfig, CarrierError};
pub use plan::{Plan, Profile, Weighted};
pub use subscriber::{Act, Sounds, Subscriber};
