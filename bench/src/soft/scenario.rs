//! CPU per call-minute, late packets and memory of one scenario, beside the bare loop of the same packets.

use super::load::Load;
use crate::gauge::{cpu_seconds, figure, memory_kib};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(15);

/// What one scenario cost.
pub struct Scenario {
    name: String,
    streams: usize,
    /// CPU seconds per call-minute.
    cpu: f64,
    late_percent: f64,
    sent_percent: f64,
    memory_kib: f64,
}

/// One scenario with so many calls. `streams`: RTP streams a call has at the server.
#[expect(clippy::cast_precision_loss, reason = "counts of calls and packets")]
pub async fn measure(doing: &str, calls: usize, streams: usize) -> Scenario {
    let mut load = Load::open(doing).await;
    let pid = load.server.pid();
    let empty = memory_kib(pid);
    load.fill(calls).await;
    settle(&mut load, Duration::from_secs(3)).await;
    let memory_kib = (memory_kib(pid) - empty) / calls as f64;
    let (before, cpu, began) = (figures(&mut load).await, cpu_seconds(pid), Instant::now());
    settle(&mut load, WINDOW).await;
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    let cpu = (cpu_seconds(pid) - cpu) / (calls as f64 * minutes);
    let after = figures(&mut load).await;
    let (sent, late) = (after.sent - before.sent, after.late - before.late);
    load.close().await;
    Scenario {
        name: format!("{doing} × {calls}"),
        streams,
        cpu,
        late_percent: 100.0 * late / sent.max(1.0),
        sent_percent: 100.0 * sent / (calls as f64 * streams as f64 * minutes * 3_000.0),
        memory_kib,
    }
}

impl Scenario {
    /// `bare`: what one stream costs in the bare loop, CPU seconds per minute.
    #[expect(clippy::cast_precision_loss, reason = "a count of streams")]
    pub fn print(&self, bare: f64) {
        let name = &self.name;
        figure(&format!("{name}, CPU s per call-minute"), self.cpu, "s");
        figure(&format!("{name}, times the bare loop"), self.cpu / (bare * self.streams as f64), "×");
        figure(&format!("{name}, packets later than 10 ms"), self.late_percent, "%");
        figure(&format!("{name}, packets sent of those due"), self.sent_percent, "%");
        figure(&format!("{name}, memory per call"), self.memory_kib, "KiB");
    }
}

/// Lets time pass and takes what happens.
async fn settle(load: &mut Load, time: Duration) {
    let until = Instant::now() + time;
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|l| !l.is_zero()) {
        load.step(left).await;
    }
}

struct Figures {
    sent: f64,
    late: f64,
}

async fn figures(load: &mut Load) -> Figures {
    let line = load.server.ask("figures").await;
    let n: Vec<f64> = line.split_whitespace().map(|w| w.parse().expect("a figure")).collect();
    Figures { sent: n[1], late: n[2] }
}
