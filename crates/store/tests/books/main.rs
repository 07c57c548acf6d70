//! The store's suite: every test runs on both engines, each in a database of its own.
//! SQLite needs nothing; PostgreSQL comes from `scripts/with-postgres`.

mod access;
mod agents;
mod bookings;
mod bulk;
mod calls;
mod campaigns;
mod claims;
mod commits;
mod customers;
mod engines;
mod events;
mod flows;
mod history;
mod imports;
mod leads;
mod lines;
mod lists;
mod mails;
mod messages;
mod opening;
mod org;
mod pool;
mod recovery;
mod reports;
mod results;
mod rules;
mod sample;
mod works;
