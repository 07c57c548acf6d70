//! The words every room speaks: ids, points in time, phone numbers, calendars, dispositions, telephony commands and
//! events, and the records that are stored and shown.
//!
//! PURE: no clock, no sockets, no randomness. Uses only serde, jiff (civil time) and phonenumber (foreign numbers).
//! To add a record: a struct in `record/`, its table in `store/src/migration`, its file in `store/src/`.

pub mod at;
pub mod calendar;
pub mod desk;
pub mod disposition;
pub mod event;
pub mod fact;
pub mod ids;
pub mod ledger;
pub mod mail_address;
pub mod number;
pub mod record;
pub mod settings;
pub mod telephony;
pub mod zone;

pub use at::At;
pub use disposition::Disposition;
pub use ids::*;
pub use mail_address::{MailAddress, MailAddressError};
pub use number::{Carrier, PhoneNumber};

/// An ordered bag of values: lead variables, custom fields, flow variables. Order is the sheet's column order.
pub type Vars = serde_json::Map<String, serde_json::Value>;
