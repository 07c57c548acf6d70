//! A running installation with a line into a simulated network: what most checks begin with.

use crate::client::Client;
use crate::process::{Process, free_port};
use carrier::{Carrier, CarrierConfig, Plan, Sounds};
use reqwest::Method;
use serde_json::{Value, json};
use std::net::SocketAddr;

pub struct Scene {
    pub process: Process,
    pub network: Carrier,
    pub client: Client,
    pub dir: tempfile::TempDir,
    pub trunk: Value,
}

impl Scene {
    /// `ports`: first RTP port; the network uses those from `ports + 4 000`.
    pub async fn open(ports: u16, plan: Plan, more: &str, cpu: Option<usize>) -> Self {
        Self::with_sounds(ports, plan, Sounds::default(), more, cpu).await
    }

    /// The same with a network that speaks.
    pub async fn with_sounds(ports: u16, plan: Plan, sounds: Sounds, more: &str, cpu: Option<usize>) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let mut process = Process::new(dir.path(), ports, more);
        let network = speaking(ports + 4_000, plan, sounds, process.sip).await;
        process.start(cpu);
        let client = Client::first(process.http).await;
        let trunk = line(&client, "network", network.local_addr(), 1).await;
        open_hours(&client).await;
        Self { process, network, client, dir, trunk }
    }
}

/// A simulated network of its own port.
///
/// # Panics
/// When no port is free.
pub async fn network(rtp_from: u16, plan: Plan, deliver_to: SocketAddr) -> Carrier {
    speaking(rtp_from, plan, Sounds::default(), deliver_to).await
}

async fn speaking(rtp_from: u16, plan: Plan, sounds: Sounds, deliver_to: SocketAddr) -> Carrier {
    Carrier::start(CarrierConfig {
        bind: SocketAddr::from(([127, 0, 0, 1], free_port())),
        rtp_ports: rtp_from..=rtp_from + 3_999,
        media_workers: 1,
        plan,
        sounds,
        deliver_to: Some(deliver_to),
        call_back_number: None,
    })
    .await
    .expect("the simulated network")
}

/// A trunk into a network, with a route for every number; answers its id.
pub async fn line(client: &Client, name: &str, network: SocketAddr, cost: u32) -> Value {
    let trunk = client
        .post(
            "/trunks",
            json!({
                "name": name, "enabled": true, "address": network.to_string(), "transport": "udp", "options_interval_s": 5,
                "codecs": ["pcma", "pcmu"], "calls_max": 2000, "calls_per_second_max": 1000.0, "caller_id": "057188001000",
                "dial_format": "national", "inbound_from": ["127.0.0.1"],
            }),
        )
        .await;
    client.post("/routes", json!({ "trunk_id": trunk["id"], "priority": 0, "cost": cost, "enabled": true })).await;
    trunk["id"].clone()
}

/// Checks run at any hour and dial the same numbers again and again.
async fn open_hours(client: &Client) {
    let body = json!({
        "hours_from": "00:00", "hours_to": "24:00", "contact_per_day_max": 100, "number_per_24h_max": 100,
        "number_per_5min_max": 100, "approval_required": false, "approval_by_other": false,
    });
    client.ask(Method::PUT, "/settings/compliance", Some(&body)).await;
}

/// A flow that says `text`, takes 1 or 2 as the results `attend` and `decline`, says thanks and hangs up.
pub fn play_and_gather(text: &str) -> Value {
    json!({
        "schema": "fengling.flow/1", "name": "check", "entry": "ask",
        "nodes": {
            "ask": { "type": "gather", "parts": [{ "say": text }], "digits_max": 1, "timeout_ms": 6000, "retries": 1,
                     "branches": { "1": "yes", "2": "no" }, "on_timeout": "bye", "on_invalid": "bye" },
            "yes": { "type": "set", "result": "attend", "next": "thanks" },
            "no": { "type": "set", "result": "decline", "next": "thanks" },
            "thanks": { "type": "play", "parts": [{ "say": "谢谢，再见。" }], "next": "bye" },
            "bye": { "type": "hangup" }
        }
    })
}

/// Publishes `doc`, makes a campaign over it and imports `numbers`; the campaign is approved and ready to start.
pub async fn quick_campaign(scene: &Scene, doc: Value, numbers: &[String], change: Value) -> Value {
    let client = &scene.client;
    let flow = client.post("/flows", json!({ "name": "check", "doc": doc })).await;
    let publish = json!({ "revision": flow["revision"], "note": "check" });
    client.post(&format!("/flows/{}/publish", flow["id"]), publish).await;
    campaign_over(client, &flow["id"], numbers, change).await
}

/// A campaign over a published flow, with `numbers` in it, ready to start.
pub async fn campaign_over(client: &Client, flow: &Value, numbers: &[String], change: Value) -> Value {
    let rule = json!({ "attempts_max": 20, "delay_s": 1 });
    let mut campaign = json!({
        "name": "check", "purpose": "notice", "flow_id": flow, "concurrency_max": 40, "calls_per_second_max": 20.0,
        "ring_ms_max": 30000, "record": false,
        "schedule": { "weekdays": [1, 2, 3, 4, 5, 6, 7], "windows": [{ "from": "00:00", "to": "24:00" }] },
        "retry": { "attempts_max": 20, "rules": { "interrupted": rule, "busy": rule, "no_answer": rule, "congestion": rule,
                   "route_failed": rule, "unreachable": rule }, "no_result": rule },
        "results": [{ "code": "attend", "label": "参加", "settles": true }, { "code": "decline", "label": "不参加", "settles": true }],
    });
    merge(&mut campaign, change);
    let campaign = client.post("/campaigns", campaign).await;
    let sheet = numbers.iter().fold("手机号码\n".to_owned(), |mut s, n| {
        s.push_str(n);
        s.push('\n');
        s
    });
    let mapping = json!([{ "column": 0, "target": "phone" }]);
    let import = client.import(&campaign["id"], "numbers.csv", sheet.into_bytes(), mapping).await;
    assert_eq!(import["accepted"], json!(numbers.len()), "{import}");
    campaign
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}
