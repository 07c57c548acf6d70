//! The room by itself: each rule by the id it has in the contract, then a day of many at once.

mod arrivals;
mod callbacks;
mod cost;
mod desk;
mod erlang;
mod house;
mod ledger;
mod others;
mod personal;
mod ringing;
mod simulation;
mod waiting;
