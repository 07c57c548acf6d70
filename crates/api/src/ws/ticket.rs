//! Tickets that open one socket: for clients that can send neither cookie nor header.

use crate::principal::Principal;
use model::At;
use parking_lot::Mutex;
use rand::Rng as _;
use std::collections::HashMap;

const GOOD_MS: i64 = 30_000;
const TICKETS_MAX: usize = 10_000;

#[derive(Debug, Default)]
pub struct Tickets {
    open: Mutex<HashMap<String, (Principal, At)>>,
}

impl Tickets {
    pub fn issue(&self, who: Principal, now: At) -> (String, At) {
        let mut secret = [0_u8; 32];
        rand::rng().fill_bytes(&mut secret);
        let ticket = hex::encode(secret);
        let until = now.plus_ms(GOOD_MS);
        let mut open = self.open.lock();
        open.retain(|_, (_, until)| *until > now);
        if open.len() >= TICKETS_MAX {
            open.clear();
        }
        open.insert(ticket.clone(), (who, until));
        (ticket, until)
    }

    /// The principal behind a ticket, once.
    pub fn redeem(&self, ticket: &str, now: At) -> Option<Principal> {
        let (who, until) = self.open.lock().remove(ticket)?;
        (until > now).then_some(who)
    }
}
