//! Calls per second for answer-and-hang-up, every attempt persisted.

use crate::gauge::{cpu_seconds, figure, metric};
use carrier::{Plan, Profile, Weighted};
use checks::{Scene, quick_campaign};
use serde_json::json;
use std::time::{Duration, Instant};

const CALLS: usize = 4_000;

pub async fn answer_and_hang_up() {
    let plan =
        Plan { mix: vec![Weighted { weight: 1.0, profile: Profile::Listens { ring_ms: 1 } }], call_back: 0.0, ..Plan::default() };
    let scene = Scene::open(41_000, plan, "", Some(0)).await;
    let doc = json!({ "schema": "fengling.flow/1", "name": "bye", "entry": "bye", "nodes": { "bye": { "type": "hangup" } } });
    let numbers: Vec<String> = (0..CALLS).map(|i| format!("139{:08}", 20_000_000 + i)).collect();
    let change = json!({ "concurrency_max": 1000, "calls_per_second_max": 1000.0, "retry": { "attempts_max": 1, "rules": {}, "no_result": null } });
    let campaign = quick_campaign(&scene, doc, &numbers, change).await;
    let id = &campaign["id"];
    let (started, cpu) = (Instant::now(), cpu_seconds(scene.process.pid()));
    scene.client.post(&format!("/campaigns/{id}/start"), json!({})).await;
    let path = format!("/campaigns/{id}");
    scene.client.until(&path, Duration::from_secs(300), |c| c["status"] == "finished").await;
    let seconds = started.elapsed().as_secs_f64();
    let used = cpu_seconds(scene.process.pid()) - cpu;
    let answered = scene.network.ledger().entries().iter().filter(|e| e.answered_at.is_some()).count();
    #[expect(clippy::cast_precision_loss, reason = "a count of calls")]
    let answered = answered as f64;
    figure("answer and hang up, calls per second", answered / seconds, "1/s");
    figure("answer and hang up, server CPU per call", used / answered * 1_000.0, "ms");
    figure("store commits per call", metric(scene.process.http, "fengling_commit_seconds_count").await / answered, "");
}
