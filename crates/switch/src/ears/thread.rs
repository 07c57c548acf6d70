//! The loop: every 20 ms each leg's new frames, one leg after the other.

use super::{Ask, LISTENERS_MAX, Listening, Report, heard};
use media::FRAME;
use media::ears::Class;
use model::LegId;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

const TICK: Duration = Duration::from_millis(20);

pub(super) fn run(asked: &Receiver<Ask>, report: &UnboundedSender<Report>) {
    let mut legs: BTreeMap<LegId, Box<Listening>> = BTreeMap::new();
    let mut next = Instant::now() + TICK;
    loop {
        let idle = if legs.is_empty() { Duration::from_secs(3_600) } else { next.saturating_duration_since(Instant::now()) };
        match asked.recv_timeout(idle) {
            Ok(ask) => take(&mut legs, ask),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if Instant::now() < next {
            continue;
        }
        next = Instant::now() + TICK;
        legs.retain(|_, leg| hear(leg, report));
        metrics::gauge!("fengling_ears_listening").set(legs.len() as f64);
    }
}

fn take(legs: &mut BTreeMap<LegId, Box<Listening>>, ask: Ask) {
    match ask {
        Ask::Listen(l) if legs.len() < LISTENERS_MAX => {
            legs.insert(l.leg, l);
        }
        Ask::Listen(_) => metrics::counter!("fengling_ears_turned_away_total").increment(1),
        Ask::Answered(leg) => {
            if let Some(l) = legs.get_mut(&leg) {
                // What is still in the ring was said before.
                drain(&mut l.ring);
                l.answered = true;
                l.listener.answered();
                l.shelf.clear();
            }
        }
        Ask::Stop(leg) => {
            legs.remove(&leg);
        }
    }
}

fn drain(ring: &mut rtrb::Consumer<i16>) {
    let mut frame = [0; FRAME];
    while ring.pop_entire_slice(&mut frame).is_ok() {}
}

/// Everything that has come; `false` when nothing more will.
fn hear(leg: &mut Listening, report: &UnboundedSender<Report>) -> bool {
    let over = leg.ring.is_abandoned();
    let mut frame = [0; FRAME];
    while leg.ring.pop_entire_slice(&mut frame).is_ok() {
        let verdict = leg.listener.on_frame(&frame);
        leg.shelf.push(&frame, leg.listener.hears_voice(), leg.listener.hears_tone());
        let Some(verdict) = verdict else { continue };
        // What comes after ring-back is what is worth keeping.
        if verdict.class == Class::Ringing {
            leg.shelf.clear();
        }
        if let Some(heard) = heard(verdict, !leg.answered) {
            metrics::counter!("fengling_ears_heard_total", "class" => heard.class.code()).increment(1);
            if report.send((leg.leg, heard)).is_err() {
                return false;
            }
        }
    }
    !over
}
