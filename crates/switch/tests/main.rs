//! The switch on loopback against every kind of peer. One program: a dozen would be compiled and linked a dozen times.

mod baresip;
mod baresip_phones;
mod browser;
mod domains;
mod early;
mod faxes;
mod inbound;
mod outbound;
mod pair;
mod parsing;
mod phones;
mod registration;
mod rules;
mod scripted;
mod secure;
mod support;
mod talks;
mod tls;
mod torture;
mod trace;
mod transfers;
