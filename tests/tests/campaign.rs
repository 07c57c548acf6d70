//! The bid-expert campaign through the whole binary: real SIP and RTP, a business system that takes
//! messages and signed webhooks, a second line when the first refuses, and an expert who calls back.

mod business;

use business::Business;
use carrier::{CallIn, Carrier, Plan, Profile};
use checks::{Client, Scene, say};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const DID: &str = "057188001000";
const DESK: &str = "057188002000";
const WAIT: Duration = Duration::from_secs(150);

/// Number → how it behaves → the lead's result and last disposition.
fn cast() -> Vec<(&'static str, Profile, Option<&'static str>, &'static str)> {
    let presses = |keys: &str| Profile::Presses { ring_ms: 800, keys: keys.into(), think_ms: 300 };
    vec![
        ("13800000001", presses("1"), Some("attend"), "human"),
        ("13800000002", presses("2"), Some("decline"), "human"),
        ("13800000003", presses("0ssss"), Some("agent"), "human"),
        ("13800000004", presses("71"), Some("attend"), "human"),
        ("13800000005", Profile::Busy, None, "busy"),
        ("13800000006", Profile::Rejects { ring_ms: 500 }, None, "rejected"),
        ("13800000007", Profile::Invalid, None, "invalid"),
        ("13800000008", Profile::Off, None, "off"),
        ("13800000009", Profile::NoAnswer, None, "no_answer"),
        ("13800000010", Profile::Unreachable, None, "unreachable"),
        ("13800000011", Profile::HangsUp { ring_ms: 500, after_ms: 1_500 }, None, "human"),
    ]
}

fn plan() -> Plan {
    let mut plan = Plan { call_back: 0.0, time_scale: 0.6, ..Plan::default() };
    plan.numbers = cast().into_iter().map(|(n, p, ..)| (n.to_owned(), p)).collect();
    plan.numbers.insert(DESK.into(), Profile::Operator { ring_ms: 500, talk_ms: 4_000 });
    plan
}

#[tokio::test(flavor = "multi_thread")]
async fn experts_are_asked_and_the_business_system_knows() {
    whole_campaign("").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_campaign_over_postgresql() {
    let Some(url) = own_database() else { return };
    whole_campaign(&format!("[database]\nurl = \"{url}\"\n")).await;
}

/// A database of this test's own beside the one that `FENGLING_TEST_POSTGRES` names; `None` when that half is left out.
///
/// # Panics
/// When PostgreSQL is neither named nor left out on purpose.
fn own_database() -> Option<String> {
    let Ok(url) = std::env::var("FENGLING_TEST_POSTGRES") else {
        let left_out = std::env::var("FENGLING_TEST_SQLITE_ONLY").is_ok_and(|v| v == "1");
        assert!(left_out, "run under scripts/with-postgres, or set FENGLING_TEST_SQLITE_ONLY=1 to leave PostgreSQL out");
        return None;
    };
    let name = format!("campaign_{}", std::process::id());
    let made = std::process::Command::new("psql").args([&url, "-qc", &format!("CREATE DATABASE {name}")]).status();
    assert!(made.expect("psql").success(), "no database of our own");
    let (server, query) = url.split_once('?').unwrap_or((&url, ""));
    let (server, _) = server.rsplit_once('/').expect("a database in the address");
    Some(format!("{server}/{name}?{query}"))
}

async fn whole_campaign(config: &str) {
    let scene = Scene::open(49_000, plan(), config, None).await;
    let refusing = refusing_line(&scene).await;
    let business = Business::start().await;
    connect_business(&scene.client, &business).await;
    let campaign = prepare(&scene).await;
    let id = campaign["id"].clone();
    scene.client.post(&format!("/campaigns/{id}/start"), json!({})).await;
    let done = |c: &Value| c["status"] == "finished";
    scene.client.until(&format!("/campaigns/{id}"), WAIT, done).await;

    outcomes(&scene.client, &id).await;
    failed_over(&refusing, &scene.client, &id).await;
    transferred(&scene);
    messages(&business).await;
    webhooks(&business).await;
    exported(&scene.client, &id).await;
    called_back(&scene, &id, &business).await;
}

/// A cheaper line that refuses every call with 503: each call must fail over and no attempt is lost.
async fn refusing_line(scene: &Scene) -> Carrier {
    let plan =
        Plan { mix: vec![carrier::Weighted { weight: 1.0, profile: Profile::Refuses { sip_code: 503 } }], ..Plan::default() };
    let network = checks::network(57_000, plan, scene.process.sip).await;
    let trunk = checks::line(&scene.client, "refusing", network.local_addr(), 0).await;
    let up = |t: &Value| t["state"]["state"] == "up";
    scene.client.until(&format!("/trunks/{trunk}"), Duration::from_secs(20), up).await;
    scene.client.until(&format!("/trunks/{}", scene.trunk), Duration::from_secs(20), up).await;
    network
}

async fn connect_business(client: &Client, business: &Business) {
    let sms = json!({ "url": format!("http://{}/sms", business.at), "method": "POST", "headers": { "content-type": "application/json" },
        "body": "{\"mobile\": {{ phone|tojson }}, \"content\": {{ text|tojson }}}", "success_pointer": "/code", "success_value": "0",
        "ref_pointer": "/msgid", "signature": "【评标中心】", "timeout_s": 3, "per_second_max": 50, "tries_max": 5 });
    client.ask(Method::PUT, "/settings/sms", Some(&sms)).await;
    let hook = json!({ "name": "business", "url": format!("http://{}/hook", business.at), "events": [], "enabled": true });
    let made = client.post("/webhooks", hook).await;
    business.expect_secret(made["secret"].as_str().expect("a secret"));
}

async fn prepare(scene: &Scene) -> Value {
    let client = &scene.client;
    let made = client.post("/campaigns/from-template", json!({ "template": "bid_expert_notice", "name": "评标专家抽取" })).await;
    let number = json!({ "number": DID, "inbound_flow_id": made["callback_flow_id"], "outbound": true });
    client.post("/numbers", number).await;
    let mut change = made.clone();
    change["caller_ids"] = json!([DID]);
    change["variables"]["agent_number"] = json!(DESK);
    change["ring_ms_max"] = json!(15_000);
    change["retry"] = json!({ "attempts_max": 1, "rules": {}, "no_result": null });
    change["schedule"]["windows"] = json!([{ "from": "00:00", "to": "24:00" }]);
    client.ask(Method::PUT, &format!("/campaigns/{}", made["id"]), Some(&change)).await;
    let mut sheet = "专家姓名,手机号码\n".to_owned();
    for (i, (number, ..)) in cast().iter().enumerate() {
        sheet.push_str(&format!("王{i}号,{number}\n"));
    }
    let gbk = encoding(&sheet);
    let mapping = json!([{ "column": 0, "target": "name" }, { "column": 1, "target": "phone" }]);
    let import = client.import(&made["id"], "专家.csv", gbk, mapping).await;
    assert_eq!(import["accepted"], json!(cast().len()), "{import}");
    made
}

/// As an office's spreadsheet writes CSV.
fn encoding(text: &str) -> Vec<u8> {
    encoding_rs::GBK.encode(text).0.into_owned()
}

async fn outcomes(client: &Client, id: &Value) {
    let leads = client.all(&format!("/campaigns/{id}/leads")).await;
    for (number, _, result, disposition) in cast() {
        let lead = leads.iter().find(|l| l["phone"] == format!("+86{number}")).unwrap_or_else(|| panic!("{number} is gone"));
        say(&format!("{number}: {} {} {}", lead["state"], lead["last_disposition"], lead["result"]));
        assert_eq!(lead["last_disposition"], disposition, "{number}");
        assert_eq!(lead["result"], json!(result), "{number}");
        assert_eq!(lead["attempts"], 1, "{number}");
    }
}

/// The cheaper line was asked first, and its refusal cost nobody an attempt.
async fn failed_over(refusing: &Carrier, client: &Client, id: &Value) {
    assert!(!refusing.ledger().entries().is_empty(), "the cheaper line was never tried");
    let leads = client.all(&format!("/campaigns/{id}/leads")).await;
    let mut failovers = 0;
    for lead in leads {
        let detail = client.get(&format!("/leads/{}", lead["id"])).await;
        assert_eq!(detail["history"].as_array().map(Vec::len), Some(1), "{detail}");
        failovers += detail["history"][0]["failovers"].as_u64().unwrap_or(0);
    }
    assert!(failovers > 0);
}

fn transferred(scene: &Scene) {
    let calls = scene.network.ledger().entries();
    let desk = calls.iter().find(|e| e.number == DESK).expect("nobody rang at the desk");
    assert!(desk.answered_at.is_some() && desk.heard, "the desk heard nobody: {desk:?}");
}

async fn messages(business: &Business) {
    let texts = business.until(WAIT, |b| (b.messages.len() >= 2).then(|| b.messages.clone())).await;
    let mobiles: Vec<_> = texts.iter().map(|m| m["mobile"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(
        mobiles.iter().any(|m| m.contains("13800000001")) && mobiles.iter().any(|m| m.contains("13800000004")),
        "{mobiles:?}"
    );
    let text = texts[0]["content"].as_str().unwrap_or_default();
    assert!(text.starts_with("【评标中心】王") && text.contains("评标"), "{text}");
}

async fn webhooks(business: &Business) {
    let results = business
        .until(WAIT, |b| {
            let found: Vec<Value> = b.events.iter().filter(|e| e["type"] == "lead.result").cloned().collect();
            (found.len() >= 4).then_some(found)
        })
        .await;
    assert_eq!(business.refused(), 0, "a signature did not hold");
    let attend = results.iter().find(|e| e["data"].to_string().contains("13800000001")).expect("the first expert's result");
    assert!(attend["data"].to_string().contains("attend"), "{attend}");
}

async fn exported(client: &Client, id: &Value) {
    let csv = client.get(&format!("/campaigns/{id}/results.csv")).await;
    let csv = csv.as_str().expect("text");
    assert!(csv.contains("王0号") && csv.contains("13800000001") && csv.contains("参加"), "{csv}");
}

/// An expert who declined calls the number shown, is known by it and asks for leave with a spoken reason.
async fn called_back(scene: &Scene, id: &Value, business: &Business) {
    scene.network.call_in(CallIn { from: "13800000001".into(), to: DID.into(), keys: "1s#".into() });
    let leave = business.until(WAIT, |b| b.events.iter().find(|e| e["type"] == "callback.received").cloned()).await;
    say(&format!("call back: {leave}"));
    let leads = scene.client.all(&format!("/campaigns/{id}/leads")).await;
    let lead = leads.iter().find(|l| l["phone"] == "+8613800000001").expect("the lead");
    assert_eq!(lead["result"], "leave", "{lead}");
    let calls =
        scene.client.until("/calls?direction=inbound", WAIT, |c| c["items"].as_array().is_some_and(|i| !i.is_empty())).await;
    let call = scene.client.get(&format!("/calls/{}", calls["items"][0]["id"])).await;
    let answer = call["recordings"].as_array().and_then(|r| r.iter().find(|r| r["kind"] == "answer").cloned());
    let answer = answer.unwrap_or_else(|| panic!("the spoken reason was not kept: {call}"));
    assert!(answer["duration_ms"].as_u64().unwrap_or(0) > 1_000, "{answer}");
}
