//! The API through its router, in process, over a temporary SQLite store. Files mirror the URLs.

mod agents;
mod app;
mod bookings;
mod campaigns;
mod customers;
mod desk_and_board;
mod extensions;
mod fixture;
mod hostile;
mod idempotency;
mod imports;
mod isolation;
mod lists;
mod mails;
mod masking;
mod openapi;
mod orders;
mod recordings;
mod rights;
mod rules;
mod scope;
mod session;
#[path = "../../../connect/tests/smtp_server.rs"]
mod smtp_server;
mod static_files;
mod trunks;
mod what_if;
mod work;
mod ws;
