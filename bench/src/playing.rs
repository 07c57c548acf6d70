//! CPU per call-minute, late packets and memory while many calls hear a prompt.

use crate::gauge::{cpu_seconds, figure, memory_kib, metric};
use carrier::{Plan, Profile, Weighted};
use checks::{Scene, quick_campaign, say};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long the middle of the calls is watched.
const WINDOW: Duration = Duration::from_secs(30);

#[expect(clippy::cast_precision_loss, reason = "a count of calls")]
pub async fn play(calls: usize) {
    let plan =
        Plan { mix: vec![Weighted { weight: 1.0, profile: Profile::Listens { ring_ms: 1 } }], call_back: 0.0, ..Plan::default() };
    let scene = Scene::open(41_000, plan, "", Some(0)).await;
    let numbers: Vec<String> = (0..calls).map(|i| format!("139{:08}", 30_000_000 + i)).collect();
    // Speech that lasts longer than dialling everybody and watching them.
    let text = "各位专家您好，现在播报会议安排，请您仔细收听。".repeat(30);
    let doc = json!({ "schema": "fengling.flow/1", "name": "long", "entry": "say", "nodes": {
        "say": { "type": "play", "parts": [{ "say": text }], "next": "again" },
        "again": { "type": "play", "parts": [{ "say": text }], "next": "bye" },
        "bye": { "type": "hangup" } } });
    let change = json!({ "concurrency_max": calls, "calls_per_second_max": 100.0, "retry": { "attempts_max": 1, "rules": {}, "no_result": null } });
    let campaign = quick_campaign(&scene, doc, &numbers, change).await;
    let id = &campaign["id"];
    let pid = scene.process.pid();
    let memory = memory_kib(pid);
    scene.client.post(&format!("/campaigns/{id}/start"), json!({})).await;
    let path = format!("/campaigns/{id}/progress");
    scene.client.until(&path, Duration::from_secs(120), |p| talking(p) >= calls as u64).await;
    let at = scene.process.http;
    let (late, sent) = (metric(at, "fengling_rtp_late_packets_total").await, metric(at, "fengling_rtp_packets_sent_total").await);
    let (started, cpu) = (Instant::now(), cpu_seconds(pid));
    tokio::time::sleep(WINDOW).await;
    let minutes = started.elapsed().as_secs_f64() / 60.0;
    let used = cpu_seconds(pid) - cpu;
    let (late, sent) =
        (metric(at, "fengling_rtp_late_packets_total").await - late, metric(at, "fengling_rtp_packets_sent_total").await - sent);
    let still = talking(&scene.client.get(&path).await);
    if still < calls as u64 {
        say(&format!("only {still} of {calls} calls were still up at the end of the window"));
    }
    figure(&format!("play to {calls}, CPU s per call-minute"), used / (calls as f64 * minutes), "s");
    figure(&format!("play to {calls}, packets sent per second"), sent / (minutes * 60.0), "1/s");
    figure(&format!("play to {calls}, packets later than 10 ms"), 100.0 * late / sent.max(1.0), "%");
    figure(&format!("play to {calls}, memory per call"), (memory_kib(pid) - memory) / calls as f64, "KiB");
}

fn talking(progress: &Value) -> u64 {
    progress["talking"].as_u64().unwrap_or(0)
}
