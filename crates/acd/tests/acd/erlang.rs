//! Waits and losses against the theory of queues: Erlang C where nobody gives up, Erlang A where they do.

use crate::house::{agent, ask, member, queue};
use acd::{Acd, Ask, Input, Limits, Output};
use model::record::Seat;
use model::{AgentId, AgentSessionId, At, CallId, ExtensionId, QueueEntryId, QueueId, ReservationId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

const AGENTS: u32 = 20;
const TALK_S: f64 = 180.0;
const WITHIN_S: f64 = 20.0;
const BATCHES: usize = 20;
const BATCH: i64 = 12_500;

struct Rng(u64);

impl Rng {
    fn exponential_ms(&mut self, mean_s: f64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let unit = ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
        (-unit.ln() * mean_s * 1_000.0).round() as i64
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Call(i64),
    GiveUp(i64),
    Done(ReservationId),
}

/// Of one batch: share of callers who waited, mean wait in seconds, share answered within the limit, share lost.
type Figures = [f64; 4];

fn simulate(seed: u64, gap_s: f64, patience_s: Option<f64>) -> Vec<Figures> {
    let (mut rng, mut acd, start) = (Rng(seed), Acd::new(Limits::default()), At(1_795_485_600_000));
    let mut record = queue(1);
    record.capacity = 100_000;
    record.wait_ms_max = u32::MAX;
    record.longest_wait_ms = 0;
    record.announcements.first_ms = 0;
    acd.handle(start, Input::Queue(Arc::new(record))).unwrap();
    for id in 1..=i64::from(AGENTS) {
        acd.handle(start, Input::Agent(Arc::new(agent(id, &[])))).unwrap();
        let seat = Seat::Phone { extension: ExtensionId(id) };
        let input = Input::SignIn { agent: AgentId(id), session: AgentSessionId(id), seat, ready: true };
        acd.handle(start, input).unwrap();
    }
    let members = (1..=i64::from(AGENTS)).map(|a| member(1, a)).collect();
    acd.handle(start, Input::Members { queue: QueueId(1), members }).unwrap();
    let mut events = BinaryHeap::from([Reverse((start, Event::Call(1)))]);
    // Arrival of who waits; wait in ms of who does not any more, and whether they were lost.
    let (mut came, mut waited): (BTreeMap<i64, At>, BTreeMap<i64, (i64, bool)>) = Default::default();
    while let Some(Reverse((now, event))) = events.pop() {
        let input = match event {
            Event::Call(n) => {
                came.insert(n, now);
                if n < BATCH * (BATCHES as i64 + 1) {
                    events.push(Reverse((now.plus_ms(rng.exponential_ms(gap_s)), Event::Call(n + 1))));
                }
                if let Some(mean) = patience_s {
                    events.push(Reverse((now.plus_ms(rng.exponential_ms(mean)), Event::GiveUp(n))));
                }
                Input::Enqueue(Box::new(Ask { entry: QueueEntryId(n), call: Some(CallId(n)), ..ask(1) }))
            }
            Event::GiveUp(n) => match came.remove(&n) {
                Some(at) => {
                    waited.insert(n, (now.since_ms(at), true));
                    Input::CallerLeft { call: CallId(n) }
                }
                None => continue,
            },
            Event::Done(reservation) => Input::Done { reservation },
        };
        acd.handle(now, input).unwrap();
        while let Some(out) = acd.poll_output() {
            let Output::Offer(offer) = out else { continue };
            let at = came.remove(&offer.entry.0).expect("offered once");
            waited.insert(offer.entry.0, (now.since_ms(at), false));
            acd.handle(now, Input::Answered { reservation: offer.reservation }).unwrap();
            events.push(Reverse((now.plus_ms(rng.exponential_ms(TALK_S)), Event::Done(offer.reservation))));
        }
    }
    // The first batch fills the house.
    (1..=BATCHES as i64).map(|b| figures(waited.range(b * BATCH..(b + 1) * BATCH).map(|(_, w)| *w))).collect()
}

fn figures(waits: impl Iterator<Item = (i64, bool)>) -> Figures {
    let (mut n, mut sum) = (0.0, [0.0; 4]);
    for (ms, lost) in waits {
        n += 1.0;
        let s = ms as f64 / 1_000.0;
        sum[0] += f64::from(u8::from(ms > 0));
        sum[1] += s;
        sum[2] += f64::from(u8::from(!lost && s <= WITHIN_S));
        sum[3] += f64::from(u8::from(lost));
    }
    sum.map(|s| s / n)
}

#[track_caller]
fn agrees(what: &str, batches: &[Figures], index: usize, theory: f64) -> String {
    let n = batches.len() as f64;
    let mean = batches.iter().map(|b| b[index]).sum::<f64>() / n;
    let variance = batches.iter().map(|b| (b[index] - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    assert!(error < 0.06 * theory, "{what}: too few to tell");
    assert!((mean - theory).abs() < 3.5 * error + 1e-3, "{what}: {mean} ± {error}, theory {theory}");
    format!("{what}: {mean:.4} ± {error:.4}, theory {theory:.4}")
}

#[test]
fn waits_agree_with_erlang_c() {
    let gap_s = 11.0;
    let (load, n) = (TALK_S / gap_s, f64::from(AGENTS));
    let mut term = 1.0;
    let mut below = 0.0;
    for k in 0..AGENTS {
        below += term;
        term *= load / f64::from(k + 1);
    }
    let at_n = term * n / (n - load);
    let waits = at_n / (below + at_n);
    let batches = simulate(11, gap_s, None);
    println!("{}", agrees("Erlang C, share who wait", &batches, 0, waits));
    println!("{}", agrees("Erlang C, mean wait s", &batches, 1, waits * TALK_S / (n - load)));
    println!("{}", agrees("Erlang C, answered within 20 s", &batches, 2, 1.0 - waits * (-(n - load) * WITHIN_S / TALK_S).exp()));
}

#[test]
fn losses_agree_with_erlang_a() {
    let (gap_s, patience_s) = (8.5, 120.0);
    let (mut weight, mut total, mut waiting, mut busy) = (1.0, 0.0, 0.0, 0.0);
    for k in 0u32..2_000 {
        let queued = f64::from(k.saturating_sub(AGENTS));
        total += weight;
        waiting += weight * queued;
        busy += if k >= AGENTS { weight } else { 0.0 };
        let next = f64::from(k + 1);
        let leaves = next.min(f64::from(AGENTS)) / TALK_S + (next - f64::from(AGENTS)).max(0.0) / patience_s;
        weight *= 1.0 / gap_s / leaves;
    }
    let mean_queue = waiting / total;
    let batches = simulate(12, gap_s, Some(patience_s));
    println!("{}", agrees("Erlang A, share who wait", &batches, 0, busy / total));
    println!("{}", agrees("Erlang A, mean wait s", &batches, 1, mean_queue * gap_s));
    println!("{}", agrees("Erlang A, share lost", &batches, 3, mean_queue * gap_s / patience_s));
}
