//! Business off the line: sign-in, the organisation, agents, groups, customers, campaigns, imports and exports, prompts, recordings, the library of announcements, SMS and webhook workers.
//!
//! An edge: it reads the clock and files and awaits the store. Uses `model`, `store`, `connect`, `media`, `flow` and `simulate`. One use
//! case is one function: check the actor's right, check the input, write through the store, write the audit log. The api
//! turns a [`DeskError`] into problem+json; workers (`message`, `webhook`, `recording`) are `run(store, shutdown)` loops.
//!
//! A new use case: a function in its noun's folder that takes `&Store` and `&Actor`, and its audit action. A new template of
//! a campaign: one entry in `campaign/template.rs`.

pub mod access;
mod actor;
pub mod agent;
pub mod appointment;
pub mod booking;
pub mod campaign;
pub mod consent;
pub mod customer;
mod error;
pub mod export;
pub mod extension;
pub mod hearing;
pub mod import;
pub mod lead;
pub mod lists;
pub mod message;
pub mod order;
pub mod org;
pub mod pool;
pub mod product;
pub mod prompt;
pub mod queue;
pub mod rates;
pub mod recording;
pub mod webhook;

pub use actor::{Actor, audit};
pub use error::{DeskError, Issue, Kind};

pub type Result<T, E = DeskError> = std::result::Result<T, E>;

/// The wall clock.
pub fn now() -> model::At {
    model::At(jiff::Timestamp::now().as_millisecond())
}
