//! Five hundred agents at their phones: how long a caller waits for one who is free, how soon the page shows the call, and
//! what half of them in talks cost the server. `house` is what the REST API makes, `phones` the agents' phones, `callers`
//! who calls them, `desks` the pages they have open.

mod callers;
pub mod desks;
pub mod house;
pub mod phones;

use crate::gauge::{cpu_seconds, figure, memory_kib, metric};
use carrier::Plan;
use checks::{Scene, say};
use futures::StreamExt as _;
use media::goertzel::level_db;
use std::time::{Duration, Instant};

const AGENTS: usize = 500;
/// One after the other, so many at a time.
const SINGLE: usize = 300;
const AT_A_TIME: usize = 4;
/// Talks that are up at once.
const TALKS: usize = 250;
/// Further calls while those are up.
const BESIDE: usize = 200;
const WINDOW: Duration = Duration::from_secs(30);
const IDLE: Duration = Duration::from_secs(10);

/// Of callers and of agents: neither music nor any key's tones come near.
const CALLER_HZ: u16 = 2_500;
const AGENT_HZ: u16 = 2_100;

#[expect(clippy::cast_precision_loss, reason = "a count of agents")]
pub async fn serve() {
    let plan = Plan { call_back: 0.0, ..Plan::default() };
    let scene = Scene::open(41_000, plan, "", Some(0)).await;
    let pid = scene.process.pid();
    let empty = memory_kib(pid);
    let house = house::build(&scene, AGENTS, 0).await;
    let made = memory_kib(pid);
    let phones = phones::Phones::register(scene.process.sip, &house.phones, phones::Strangers::Refused).await;
    let desks = desks::Desks::default().open(scene.process.http, &house).await;
    settle().await;
    let idle = over(pid, IDLE).await;
    let signed_in = memory_kib(pid);
    figure("nobody there yet, memory", empty / 1_024.0, "MiB");
    figure("500 agents made, memory", made / 1_024.0, "MiB");
    figure("500 agents signed in, memory", signed_in / 1_024.0, "MiB");
    figure("500 agents signed in, memory per agent's page and phone", (signed_in - made) / AGENTS as f64, "KiB");
    figure("500 agents signed in, no call, share of the core", idle * 100.0, "%");
    let callers = callers::Callers::open(scene.process.sip, phones.clone()).await;
    let lone = sample(&callers, &desks, &house, 0, SINGLE).await;
    lone.print("");
    talks(&scene, &callers, &phones, signed_in, || sample(&callers, &desks, &house, SINGLE, BESIDE)).await;
    callers.close().await;
    phones.close().await;
}

/// Brings up half of the agents' calls and watches them; then further ones `beside` them.
#[expect(clippy::cast_precision_loss, reason = "a count of calls")]
async fn talks<F: Future<Output = Waits>>(
    scene: &Scene,
    callers: &callers::Callers,
    phones: &phones::Phones,
    before: f64,
    beside: impl FnOnce() -> F,
) {
    let (at, pid) = (scene.process.http, scene.process.pid());
    let numbers = (SINGLE + BESIDE..).take(TALKS);
    let held: Vec<_> = futures::stream::iter(numbers).map(|n| callers.call(n)).buffer_unordered(AT_A_TIME).collect().await;
    let held: Vec<_> = held.into_iter().flatten().collect();
    settle().await;
    let (late, sent) = (metric(at, "fengling_rtp_late_packets_total").await, metric(at, "fengling_rtp_packets_sent_total").await);
    let used = over(pid, WINDOW).await;
    let (late, sent) =
        (metric(at, "fengling_rtp_late_packets_total").await - late, metric(at, "fengling_rtp_packets_sent_total").await - sent);
    let up = phones.talking();
    if up < TALKS {
        say(&format!("only {up} of {TALKS} talks were up at the end of the window"));
    }
    figure("250 talks among 500 agents, CPU s per call-minute", used * 60.0 / TALKS as f64, "s");
    figure("250 talks among 500 agents, share of the core", used * 100.0, "%");
    figure("250 talks among 500 agents, packets sent per second", sent / WINDOW.as_secs_f64(), "1/s");
    figure("250 talks among 500 agents, packets later than 10 ms", 100.0 * late / sent.max(1.0), "%");
    figure("250 talks among 500 agents, memory", memory_kib(pid) / 1_024.0, "MiB");
    figure("250 talks among 500 agents, memory per talk", (memory_kib(pid) - before) / TALKS as f64, "KiB");
    beside().await.print(", beside 250 talks");
    drop(held);
}

/// CPU seconds per second over a span.
async fn over(pid: u32, span: Duration) -> f64 {
    let (began, cpu) = (Instant::now(), cpu_seconds(pid));
    tokio::time::sleep(span).await;
    (cpu_seconds(pid) - cpu) / began.elapsed().as_secs_f64()
}

/// What was asked of the server before is over, and the threads that hashed passwords have ended: the time of a thread that
/// ends within a window would be missed.
async fn settle() {
    tokio::time::sleep(Duration::from_secs(13)).await;
}

/// Milliseconds of many calls.
#[derive(Default)]
struct Waits {
    digit_to_ring: Vec<f64>,
    digit_to_agent: Vec<f64>,
    digit_to_audio: Vec<f64>,
    answer_to_pop: Vec<f64>,
    answer_to_talk: Vec<f64>,
    failed: usize,
}

impl Waits {
    fn print(self, when: &str) {
        spread(&format!("digit 0 to the phone's ring{when}"), self.digit_to_ring);
        spread(&format!("digit 0 to the agent's voice{when}"), self.digit_to_agent);
        spread(&format!("digit 0 to two-way audio{when}"), self.digit_to_audio);
        spread(&format!("agent's answer to pop{when}"), self.answer_to_pop);
        spread(&format!("agent's answer to talk shown{when}"), self.answer_to_talk);
        if self.failed > 0 {
            say(&format!("{} calls came to no talk{when}", self.failed));
        }
    }
}

/// Calls one after the other, each put through to an agent and hung up.
async fn sample(callers: &callers::Callers, desks: &desks::Desks, house: &house::House, from: usize, count: usize) -> Waits {
    let one = |n: usize| async move {
        let call = callers.call(n).await?;
        // The page hears of it through the server's other door.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let shown = desks.since(house.agents.get(call.phone).copied()?, call.digit_at);
        Some((call.digit_at, call.answered_at, call.heard_at, call.audio_at, shown))
    };
    let calls: Vec<_> = futures::stream::iter(from..from + count).map(one).buffer_unordered(AT_A_TIME).collect().await;
    let mut waits = Waits::default();
    for call in calls {
        let Some((digit, answered, heard, audio, (pop, talk))) = call else {
            waits.failed += 1;
            continue;
        };
        waits.digit_to_ring.push(ms(digit, answered));
        waits.digit_to_agent.push(ms(digit, heard));
        waits.digit_to_audio.push(ms(digit, audio));
        waits.answer_to_pop.extend(pop.map(|at| ms(answered, at)));
        waits.answer_to_talk.extend(talk.map(|at| ms(answered, at)));
    }
    waits
}

/// Below zero when `to` came first.
fn ms(from: Instant, to: Instant) -> f64 {
    let forth = to.saturating_duration_since(from).as_secs_f64();
    (forth - from.saturating_duration_since(to).as_secs_f64()) * 1_000.0
}

fn spread(name: &str, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    let at = |percent: usize| values.get((values.len() * percent / 100).min(values.len().saturating_sub(1))).copied();
    let (Some(median), Some(high)) = (at(50), at(99)) else { return say(&format!("{name}: nothing measured")) };
    figure(&format!("{name}, median of {}", values.len()), median, "ms");
    figure(&format!("{name}, 99th percentile"), high, "ms");
}

/// Listens on a leg for one tone, in the steps of packets.
pub struct Ear {
    ring: rtrb::Consumer<i16>,
    hz: u16,
    heard: Option<Instant>,
}

impl Ear {
    const STEP: usize = 160;
    /// Tones come at −10 dB; half of a packet of one is enough.
    const LEVEL_DB: f32 = -17.0;

    fn on(switch: &switch::Switch, leg: model::LegId, hz: u16) -> Self {
        let (tap, ring) = rtrb::RingBuffer::new(8_000);
        switch.tap(leg, tap);
        Self { ring, hz, heard: None }
    }

    /// When the tone was there first.
    fn heard(&mut self) -> Option<Instant> {
        while self.heard.is_none()
            && let Ok(chunk) = self.ring.read_chunk(Self::STEP)
        {
            let (a, b) = chunk.as_slices();
            let samples = [a, b].concat();
            chunk.commit_all();
            self.heard = (level_db(&samples, self.hz) > Self::LEVEL_DB).then(Instant::now);
        }
        self.heard
    }
}
