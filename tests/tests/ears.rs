//! What the line says decides the whole way: numbers that answer with tones, machines and announcements are dialled by the
//! real binary; the attempts end with the right result and its evidence, and an announcement that a person has marked is
//! known on the next call.

use carrier::{Plan, Profile, Sounds};
use checks::{Client, Scene, campaign_over, play_and_gather, quick_campaign, say};
use model::telephony::Clip;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

const WAIT: Duration = Duration::from_secs(60);
const SUSPENDED: &str = "13900000007";
/// The same announcement, but after a false answer.
const ANSWERED: &str = "13900000008";

/// A number, how it behaves, and what becomes of the attempt: disposition, business result, what was heard of it.
struct Row {
    number: &'static str,
    profile: Profile,
    disposition: &'static str,
    result: Option<&'static str>,
    heard: &'static str,
    means: &'static str,
    early: bool,
}

fn cast() -> Vec<Row> {
    let row = |number, profile, disposition, heard, means, early| Row {
        number,
        profile,
        disposition,
        result: None,
        heard,
        means,
        early,
    };
    let presses = Profile::Presses { ring_ms: 500, keys: "1".into(), think_ms: 300 };
    vec![
        row("13900000001", Profile::BusyTone, "busy", "busy", "tone", true),
        row("13900000002", Profile::CongestionTone, "congestion", "congestion", "tone", true),
        row("13900000003", Profile::Fax { ring_ms: 500 }, "fax", "fax", "tone", false),
        row("13900000004", Profile::Voicemail { ring_ms: 500 }, "machine", "machine", "timing", false),
        row("13900000005", Profile::DeadAir { ring_ms: 500 }, "dead_air", "dead_air", "timing", false),
        Row { result: Some("attend"), ..row("13900000006", presses, "human", "human", "timing", false) },
    ]
}

fn speak(dir: &Path, name: &str, text: &str) -> Clip {
    let voice = ["-b", "1", "--stdout", "-v", "cmn-latn-pinyin", "-s", "170", text];
    let out = std::process::Command::new("espeak-ng").args(voice).output().expect("espeak-ng");
    let path = dir.join(format!("{name}.alaw"));
    std::fs::write(&path, media::prompt::import(&out.stdout).expect("a WAV").alaw).expect("a file");
    Clip::File { path: path.to_string_lossy().into_owned() }
}

fn sounds(dir: &Path) -> Sounds {
    let suspended = speak(dir, "suspended", "您好，您拨打的电话已停机，请稍后再拨");
    Sounds {
        greeting: Some(speak(dir, "greeting", "您好，我现在不方便接听电话，请在提示音后留言，我会尽快回电")),
        hello: Some(speak(dir, "hello", "喂，您好")),
        announcements: BTreeMap::from([("suspended".to_owned(), suspended)]),
        ..Sounds::default()
    }
}

fn plan() -> Plan {
    let announces = |answered| Profile::Announces { class: "suspended".into(), answered };
    let mut numbers: BTreeMap<String, Profile> = cast().into_iter().map(|r| (r.number.to_owned(), r.profile)).collect();
    numbers.insert(SUSPENDED.into(), announces(false));
    numbers.insert(ANSWERED.into(), announces(true));
    Plan { numbers, call_back: 0.0, time_scale: 0.6, ..Plan::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_line_says_ends_the_attempt_and_stands_on_the_record() {
    let spoken = tempfile::tempdir().expect("a directory");
    let scene = Scene::with_sounds(33_000, plan(), sounds(spoken.path()), "", None).await;
    let client = &scene.client;
    let ears = json!({ "early_media": true, "end_on_announcement": true, "keep_s": 12, "silence_ms": 2000, "dead_air_ms": 3000, "cadences": [] });
    client.ask(Method::PUT, "/settings/ears", Some(&ears)).await;
    let mut numbers: Vec<String> = cast().iter().map(|r| r.number.to_owned()).collect();
    numbers.push(SUSPENDED.into());
    let campaign =
        quick_campaign(&scene, play_and_gather("这里是检查，参加请按一，不参加请按二。"), &numbers, amd("first")).await;
    let calls = run(client, &campaign).await;
    for row in cast() {
        let call = &calls[row.number];
        say(&format!("{}: {} {}", row.number, call["disposition"], call["heard"]));
        assert_eq!((&call["disposition"], &call["result"]), (&json!(row.disposition), &json!(row.result)), "{}", row.number);
        let heard = call["heard"].as_array().and_then(|h| h.iter().find(|h| h["class"] == row.heard));
        let heard = heard.unwrap_or_else(|| panic!("{} is not on the record of {}", row.heard, row.number));
        assert_eq!((&heard["means"], &heard["early"]), (&json!(row.means), &json!(row.early)), "{heard}");
        assert!(heard["evidence"].as_str().is_some_and(|e| !e.is_empty()), "{heard}");
    }
    // Nobody has said yet what this announcement means: what counts is the 480 behind it.
    let unknown = &calls[SUSPENDED];
    assert_eq!(unknown["disposition"], "no_answer", "{unknown}");
    let marked = mark(client, unknown).await;
    known_the_next_time(client, &campaign["flow_id"], &marked).await;
}

fn amd(name: &str) -> Value {
    json!({
        "name": name, "retry": { "attempts_max": 1, "rules": {}, "no_result": null },
        "amd": { "mode": "detect", "machine": "hang_up", "assistant": "hang_up", "end_dead_air": true },
    })
}

/// Starts the campaign, waits for its end and answers its calls by the number dialled.
async fn run(client: &Client, campaign: &Value) -> BTreeMap<String, Value> {
    let id = &campaign["id"];
    client.post(&format!("/campaigns/{id}/start"), json!({})).await;
    client.until(&format!("/campaigns/{id}"), WAIT, |c| c["status"] == "finished").await;
    let mut calls = BTreeMap::new();
    for call in client.all(&format!("/calls?campaign_id={id}")).await {
        let whole = client.get(&format!("/calls/{}", call["id"])).await;
        let number = whole["called"].as_str().expect("a number").trim_start_matches("+86").to_owned();
        calls.insert(number, whole);
    }
    calls
}

/// Marks what was kept of the call as 停机; answers the entry.
async fn mark(client: &Client, call: &Value) -> Value {
    let kept = call["recordings"].as_array().and_then(|r| r.iter().find(|r| r["kind"] == "early"));
    let kept = kept.unwrap_or_else(|| panic!("nothing was kept of {call}"));
    let untried = client.post("/fingerprints/test", json!({ "recording_id": kept["id"] })).await;
    assert_eq!(untried["found"], Value::Null, "the library is empty");
    let body = json!({ "recording_id": kept["id"], "name": "停机 检查", "class": "suspended", "from_ms": 0, "to_ms": kept["duration_ms"] });
    let marked = client.post("/fingerprints", body).await;
    let tried = client.post("/fingerprints/test", json!({ "recording_id": kept["id"] })).await;
    assert_eq!(tried["found"]["id"], marked["id"], "{tried}");
    marked
}

async fn known_the_next_time(client: &Client, flow: &Value, marked: &Value) {
    let numbers = [SUSPENDED.to_owned(), ANSWERED.to_owned()];
    let campaign = campaign_over(client, flow, &numbers, amd("second")).await;
    let calls = run(client, &campaign).await;
    for (number, early) in [(SUSPENDED, true), (ANSWERED, false)] {
        let call = &calls[number];
        say(&format!("{number}: {} {}", call["disposition"], call["heard"]));
        assert_eq!(call["disposition"], "suspended", "{number}");
        let heard = &call["heard"].as_array().and_then(|h| h.last()).cloned().unwrap_or_default();
        assert_eq!((&heard["class"], &heard["means"]), (&json!("suspended"), &json!("fingerprint")), "{heard}");
        assert_eq!((&heard["fingerprint_id"], &heard["early"]), (&marked["id"], &json!(early)), "{heard}");
        assert!(heard["evidence"].as_str().is_some_and(|e| e.contains("停机 检查")), "{heard}");
    }
    let library = client.get("/fingerprints").await;
    assert_eq!((&library[0]["id"], &library[0]["hits"]), (&marked["id"], &json!(2)), "{library}");
}
