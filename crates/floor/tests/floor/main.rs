//! The floor against a world of its own: a store, a switch, callees, time and bad luck, all from one seed.

#![expect(clippy::print_stdout, reason = "the simulation prints its figures")]

mod appointments;
mod bench;
mod by_hand;
mod caller_ids;
mod crowd;
mod exchange;
mod extensions;
mod forbidden;
mod hearing;
mod house;
mod ledger;
mod moving;
mod pace;
mod people;
mod returning;
mod rooms;
mod scenarios;
mod setup;
mod simulation;
mod store;
mod supervisors;
mod switch;
mod tasks;
mod world;
