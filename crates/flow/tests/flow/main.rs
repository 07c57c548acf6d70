//! The flow room, tested from outside: documents in, outputs under simulated time out.

mod after_hangup;
mod documents;
mod driver;
mod nodes_appointing;
mod nodes_asking;
mod nodes_conference;
mod nodes_desk;
mod nodes_listening;
mod nodes_silent;
mod nodes_speaking;
mod page;
mod properties;
mod readings;
mod schema;
mod scripts;
mod templates;
