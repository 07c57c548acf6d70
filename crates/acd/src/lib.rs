//! 排队与坐席: who waits, who is free, and who gets whom.
//!
//! PURE. May use `model`. One [`Input`] at a time goes in with the time it happened at, [`Output`]s come out in order, and
//! [`Acd::next_timer`] says when to come back if nothing else happens: every wait, ring, wrap-up and break that may end by
//! itself has a timer. Ties are broken by ids, so the same inputs give the same decisions.
//!
//! An agent has one [`Seat`](model::record::Seat), one state and at most one piece of work, known by its `ReservationId` from
//! the offer to the end. A caller has one place: in one queue, or offered to one agent, or gone. What rings, plays and bridges
//! is the floor's; it reports back by reservation, and a report about one that is over is refused as [`Refusal::Gone`].
//!
//! A new strategy: a variant of `model::record::Strategy` and its line in `strategy.rs`. A new reason to leave a queue: a
//! variant of `OverflowWhen` and its line in `overflow.rs`. A new timer: a variant in `timer.rs`, set where the wait begins.

mod acd;
mod agent;
mod announce;
mod callback;
mod configure;
mod direct;
mod entry;
mod invariants;
mod io;
mod leave;
mod level;
mod longest;
mod offer;
mod overflow;
mod prefer;
mod queue;
mod serve;
mod session;
mod shift;
mod state;
mod strategy;
mod supervise;
mod timer;
mod view;
mod wait;
mod work;

pub use acd::{Acd, Limits};
pub use io::{Alarm, Ask, Engagement, Failure, Forced, Input, Offer, Output, Refusal, Wishes, Withdrawal};
pub use view::{AgentView, QueueView, WaitingView};
