//! The floor against a world of its own: a store, a switch, callees, time and bad luck, all from one seed.

mod scenarios;
mod setup;
mod simulation;
mod store;
mod switch;
mod world;
