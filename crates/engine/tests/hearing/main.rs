//! Speech in whole calls on loopback: a caller speaks, the house hears, understands, stops talking and writes it down.

mod house;
#[path = "../../../connect/tests/realtime_server.rs"]
mod realtime_server;

use house::{House, slow_synthesiser, texts};
use model::settings::{Recognition, Settings, Speech};
use realtime_server::{Mood, RealtimeServer};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

fn recognised_by(server: &RealtimeServer) -> Settings {
    let recognition =
        Recognition { provider: "realtime".into(), base_url: server.url.clone(), answer_ms_max: 2_000, ..Recognition::default() };
    Settings { recognition, ..Settings::default() }
}

fn question() -> Value {
    json!({
        "schema": "fengling.flow/1", "name": "t", "entry": "ask",
        "nodes": {
            "ask": { "type": "gather", "parts": [{ "prompt": "long" }], "retries": 1, "branches": { "2": "no" }, "on_timeout": "bye",
                "speech": { "cases": [{ "any": ["不参加"], "next": "no" }, { "any": ["参加"], "next": "yes" }] } },
            "yes": { "type": "set", "result": "attend", "next": "bye" },
            "no": { "type": "set", "result": "decline", "next": "bye" },
            "bye": { "type": "hangup" }
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_speaks_stops_the_playback_and_is_understood() {
    let server = RealtimeServer::start(Mood::Well).await;
    let mut house = House::open(question(), recognised_by(&server)).await;
    let mut caller = house.call().await;
    caller.until(true, 10).await;
    let spoke = Instant::now();
    caller.say(400, 900);
    let stopped = caller.until(false, 5).await;
    let latency = stopped.duration_since(spoke);
    println!(
        "barge-in: playback stopped {} ms after the caller began to speak (of these 240 ms are the onset asked for)",
        latency.as_millis()
    );
    assert!(latency > Duration::from_millis(200), "a word, not a click: {latency:?}");
    assert!(latency < Duration::from_millis(900), "{latency:?}");
    house.ended(&caller).await;
    let (call, _) = &house.records(1).await[0];
    assert_eq!(call.result.as_deref(), Some("attend"), "{:?}", call.trail);
    assert_eq!(texts(&call.utterances), [("house", "〔long〕"), ("far", "我要参加")]);
    let said = &call.utterances[1];
    let spoke_ms = i64::from(said.from_ms) - call.answered_at.unwrap().since_ms(call.started_at);
    assert!(said.to_ms > said.from_ms && spoke_ms > 0, "{said:?}");
    assert!(call.heard_ms > 1_000, "{}", call.heard_ms);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_costs_its_own_call_a_moment_and_others_nothing() {
    let server = RealtimeServer::start(Mood::Hang).await;
    let mut house = House::open(question(), recognised_by(&server)).await;
    let mut stuck = house.call().await;
    stuck.until(true, 5).await;
    stuck.say(400, 600);
    stuck.until(false, 5).await;
    let started = Instant::now();
    let mut other = house.call().await;
    other.until(true, 5).await;
    other.press("2");
    house.ended(&other).await;
    let took = started.elapsed();
    println!("beside a hanging recogniser another call was answered, heard and ended in {} ms", took.as_millis());
    assert!(took < Duration::from_millis(3_000), "{took:?}");
    // The stuck one is asked again, and a key helps.
    stuck.until(true, 5).await;
    stuck.press("2");
    house.ended(&stuck).await;
    let records = house.records(2).await;
    assert!(records.iter().all(|(call, _)| call.result.as_deref() == Some("decline")));
    let errors = records.iter().flat_map(|(c, _)| &c.trail).filter(|s| s.outcome.starts_with("error: ")).count();
    assert_eq!(errors, 1, "the record says what was wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_answer_is_recorded_without_any_recogniser() {
    let flow = json!({
        "schema": "fengling.flow/1", "name": "t", "entry": "tell",
        "nodes": {
            "tell": { "type": "listen", "label": "opinion", "into": "opinion", "end_silence_ms": 600, "next": "bye" },
            "bye": { "type": "hangup" }
        }
    });
    let mut house = House::open(flow, Settings::default()).await;
    let caller = house.call().await;
    caller.say(500, 1_200);
    house.ended(&caller).await;
    let (call, recordings) = &house.records(1).await[0];
    assert_eq!((recordings.len(), recordings[0].label.as_str()), (1, "opinion"));
    assert!((1_400..3_500).contains(&recordings[0].duration_ms), "{recordings:?}");
    assert!(call.utterances.is_empty() && call.heard_ms == 0, "nothing was given to anybody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_text_is_heard_while_it_is_made_and_kept_for_the_next_call() {
    let (url, asked) = slow_synthesiser(15, Duration::from_millis(180)).await;
    let speech = Speech { provider: "http".into(), base_url: url, stream_over_chars: 20, ..Speech::default() };
    let text = "各位专家您好，".repeat(10);
    let flow = json!({
        "schema": "fengling.flow/1", "name": "t", "entry": "bye",
        "nodes": { "bye": { "type": "hangup", "parts": [{ "say": text }] } }
    });
    let mut house = House::open(flow, Settings { speech, ..Settings::default() }).await;
    for n in 0..2 {
        let answered = Instant::now();
        let mut caller = house.call().await;
        let first = caller.until(true, 3).await.duration_since(answered);
        println!("call {n}: first sound {} ms after dialling, of a text that takes 2,700 ms to make", first.as_millis());
        assert!(first < Duration::from_millis(1_000), "{first:?}");
        house.ended(&caller).await;
        let whole = answered.elapsed();
        assert!(whole > Duration::from_millis(2_900), "the whole text is said: {whole:?}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1, "the second time from the file");
    for (call, _) in house.records(2).await {
        assert!(call.trail.iter().all(|s| !s.outcome.starts_with("error")), "{:?}", call.trail);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hangs_up_in_the_middle_of_a_live_text_ends_its_synthesis() {
    let (url, _) = slow_synthesiser(100, Duration::from_millis(180)).await;
    let speech = Speech { provider: "http".into(), base_url: url, stream_over_chars: 1, ..Speech::default() };
    let flow = json!({
        "schema": "fengling.flow/1", "name": "t", "entry": "bye",
        "nodes": { "bye": { "type": "hangup", "parts": [{ "say": "请听一段很长的话" }] } }
    });
    let mut house = House::open(flow, Settings { speech, ..Settings::default() }).await;
    let mut caller = house.call().await;
    caller.until(true, 3).await;
    caller.hang_up();
    house.ended(&caller).await;
    // The media threads may report the stopped text before the end of the leg: then the node has come to its own end.
    let records = house.records(1).await;
    let outcome = records[0].0.trail.last().map(|s| s.outcome.as_str());
    assert!(matches!(outcome, Some("hung up" | "hang up")), "{outcome:?}");
}
