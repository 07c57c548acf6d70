//! 外呼: when to dial, whom, over which line, and what becomes of the lead afterwards.
//!
//! PURE: decisions over snapshots. May use `model` and jiff (civil time); time comes in as a parameter, and nothing is kept
//! between two decisions but a [`Rate`] and a cache of opening hours ([`Hours`]), both owned by the caller.
//!
//! A new dial mode: `mode/<x>.rs`, a function from a snapshot to a number of leads, and one line in `mode/mod.rs`
//! (docs/adding-a-dial-mode.md). A new rule at dial time: one function in `guard.rs`. A new way for an attempt to end: a row in
//! `result.rs` with its test.

pub mod announcement;
pub mod answers;
pub mod caller_id;
pub mod guard;

pub mod mode;
pub mod pacer;
pub mod rate;
pub mod result;
pub mod retry;
pub mod route;
pub mod wire;

pub use guard::{Ask, Hours, Refusal, Rule, Then, Verdict};
pub use model::{ledger, zone};
pub use rate::Rate;
pub use result::Evidence;
pub use retry::{LeadNext, Outcome};
pub use route::{Called, Line};
