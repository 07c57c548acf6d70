//! Kills the process at random moments of a running campaign, again and again, and finds the books balanced: nobody is
//! dialled twice for one attempt, no confirmed answer is lost, the campaign carries on by itself.

use carrier::{Entry, Plan, Profile, Weighted};
use checks::{Scene, play_and_gather, quick_campaign, say};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const LEADS: usize = 300;
const KILLS: usize = 20;

fn plan() -> Plan {
    let w = |weight, profile| Weighted { weight, profile };
    let presses = |keys: &str| Profile::Presses { ring_ms: 400, keys: keys.into(), think_ms: 250 };
    Plan {
        seed: 7,
        mix: vec![w(0.6, presses("1")), w(0.3, presses("2")), w(0.1, Profile::Busy)],
        numbers: BTreeMap::new(),
        time_scale: 1.0,
        call_back: 0.0,
    }
}

/// Deterministic spread of kill moments, 0.3–2.6 s after the process is ready.
fn kill_after(round: usize) -> Duration {
    let x = (round as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    Duration::from_millis(300 + x % 2_300)
}

fn numbers() -> Vec<String> {
    (0..LEADS).map(|i| format!("138{:08}", 10_000_000 + i * 37)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_the_books_balance() {
    let mut scene = Scene::open(41_000, plan(), "", None).await;
    let numbers = numbers();
    let mut limits = json!({ "concurrency_max": 12, "calls_per_second_max": 12.0, "record": true });
    // Busy people are not tried again: every number then has one outcome to compare.
    limits["retry"] = json!({ "attempts_max": 20, "rules": { "interrupted": { "attempts_max": 20, "delay_s": 1 },
        "route_failed": { "attempts_max": 20, "delay_s": 1 }, "congestion": { "attempts_max": 20, "delay_s": 1 } },
        "no_result": { "attempts_max": 20, "delay_s": 1 } });
    let campaign = quick_campaign(&scene, play_and_gather("请按一或二。"), &numbers, limits).await;
    let id = &campaign["id"];
    scene.client.post(&format!("/campaigns/{id}/start"), json!({})).await;

    let mut kills = 0;
    while kills < KILLS {
        tokio::time::sleep(kill_after(kills)).await;
        scene.process.kill();
        kills += 1;
        scene.process.start(None);
        let status = scene.client.get(&format!("/campaigns/{id}")).await["status"].clone();
        say(&format!("kill {kills}: {status}"));
        assert!(status == "running" || kills > 10, "the campaign was over after {kills} kills: make it longer");
        if status == "finished" {
            break;
        }
    }
    let path = format!("/campaigns/{id}");
    let done = scene.client.until(&path, Duration::from_secs(240), |c| c["status"] == "finished").await;
    assert!(kills >= KILLS, "only {kills} kills before the end: {done}");
    balance(&scene, id).await;
    recordings_play(&scene).await;
}

async fn balance(scene: &Scene, campaign: &Value) {
    let leads = scene.client.all(&format!("/campaigns/{campaign}/leads")).await;
    assert_eq!(leads.len(), LEADS);
    let ledger = scene.network.ledger().entries();
    let mut interrupted = 0;
    for lead in &leads {
        let number = lead["phone"].as_str().unwrap().trim_start_matches("+86");
        let seen: Vec<&Entry> = ledger.iter().filter(|e| e.number == number).collect();
        let detail = scene.client.get(&format!("/leads/{}", lead["id"])).await;
        let attempts = detail["history"].as_array().unwrap();
        assert!(seen.len() <= attempts.len(), "{number} was dialled {} times in {} attempts", seen.len(), attempts.len());
        assert!(attempts.iter().all(|a| a["state"] == "ended"), "an attempt is still open: {attempts:?}");
        let ordinals: Vec<_> = attempts.iter().map(|a| a["ordinal"].as_u64().unwrap()).collect();
        assert!(ordinals.windows(2).all(|w| w[0] <= w[1]), "{ordinals:?}");
        interrupted += attempts.iter().filter(|a| a["disposition"] == "interrupted").count();
        for call in seen.iter().filter(|e| e.confirmed) {
            let want = if call.keys.ends_with('1') { "attend" } else { "decline" };
            assert_eq!(lead["result"], want, "{number} heard thanks for {} and the book says otherwise: {detail}", call.keys);
        }
        assert!(matches!(lead["state"].as_str(), Some("done" | "exhausted")), "{lead}");
        no_two_at_once(number, &seen);
    }
    let confirmed = ledger.iter().filter(|e| e.confirmed).count();
    say(&format!("{} calls, {confirmed} confirmed, {interrupted} interrupted", ledger.len()));
    assert!(interrupted > 0, "no kill ever met a call: the check proved nothing");
    assert!(confirmed > LEADS / 2);
}

/// One number is never in two calls that both began after the same start of the process.
fn no_two_at_once(number: &str, seen: &[&Entry]) {
    for pair in seen.windows(2) {
        let (first, second) = (pair[0], pair[1]);
        let overlap = first.ended_at.is_some_and(|end| second.offered_at.is_some_and(|start| start < end));
        // A killed process cannot say BYE: its call stays up on the far side until that side gives up.
        assert!(!overlap || !first.confirmed, "{number} was dialled again while a confirmed call was up");
    }
}

async fn recordings_play(scene: &Scene) {
    let started = Instant::now();
    let calls = scene.client.all("/calls?has_recording=true").await;
    assert!(!calls.is_empty(), "nothing was recorded");
    let root = scene.process.data_dir().join("recordings");
    let mut checked = 0;
    for call in calls {
        let detail = scene.client.get(&format!("/calls/{}", call["id"])).await;
        for recording in detail["recordings"].as_array().unwrap() {
            let bytes = std::fs::read(root.join(recording["file_name"].as_str().unwrap())).unwrap();
            let riff = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
            assert!(&bytes[..4] == b"RIFF" && &bytes[8..12] == b"WAVE", "not a WAV: {recording}");
            assert_eq!(riff + 8, bytes.len(), "the header does not tell the file's length: {recording}");
            checked += 1;
        }
    }
    say(&format!("{checked} recordings checked in {:?}", started.elapsed()));
    assert!(checked > LEADS / 2);
}
