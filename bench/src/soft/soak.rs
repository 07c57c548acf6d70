//! Hours of calls that come and go: memory must stay flat and no descriptor be left behind.

use super::load::Load;
use crate::gauge::{descriptors, figure, memory_kib};
use checks::say;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

const CALLS: usize = 300;
/// Calls that end and are replaced each second: a call lasts half a minute.
const CHURN_PER_S: usize = 10;

/// Keeps 300 recorded, bridged calls up for so long, each for half a minute.
#[expect(clippy::cast_precision_loss, reason = "counts")]
pub async fn run(time: Duration) {
    let mut load = Load::open("bridge-record").await;
    let pid = load.server.pid();
    let empty = descriptors(pid);
    load.fill(CALLS).await;
    let mut oldest: VecDeque<_> = load.calls.iter().copied().collect();
    let (began, mut ended, mut samples) = (Instant::now(), 0_usize, Vec::new());
    let mut next = Instant::now() + Duration::from_secs(1);
    let mut sample = Instant::now() + Duration::from_secs(60);
    while began.elapsed() < time {
        load.step(next.saturating_duration_since(Instant::now())).await;
        if Instant::now() < next {
            continue;
        }
        next += Duration::from_secs(1);
        for _ in 0..CHURN_PER_S {
            if let Some(leg) = oldest.pop_front() {
                load.hang_up(leg);
                ended += 1;
            }
            oldest.push_back(load.call());
        }
        if Instant::now() >= sample {
            sample += Duration::from_secs(60);
            samples.push((memory_kib(pid), descriptors(pid)));
            let (memory, open) = samples[samples.len() - 1];
            say(&format!("  soak {:>4} min: {memory:.0} KiB, {open} descriptors, {ended} calls ended", samples.len()));
        }
    }
    let failed = load.failed;
    let mut server = load.close().await;
    let left = server.ask("figures").await;
    let after = descriptors(pid);
    figure("soak, calls ended", ended as f64, "");
    figure("soak, calls lost", failed as f64, "");
    if let (Some(first), Some(last)) = (samples.first(), samples.last()) {
        figure("soak, memory after one minute", first.0, "KiB");
        figure("soak, memory at the end", last.0, "KiB");
    }
    figure("soak, descriptors before and after, difference", after as f64 - empty as f64, "");
    say(&format!("  legs left at the server: {}", left.split(' ').next().unwrap_or("?")));
}
