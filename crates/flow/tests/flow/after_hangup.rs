//! What happens when the far end hangs up.

use crate::driver::{Call, doc};
use serde_json::{Value, json};

fn with_branch(nodes: Value) -> Value {
    let mut document = doc(nodes);
    for (id, node) in [
        ("left", json!({ "type": "branch", "cases": [{ "when": "call.result", "next": "done" }], "else": "gone" })),
        ("gone", json!({ "type": "set", "result": "gone", "next": "tell" })),
        ("tell", json!({ "type": "sms", "text": "没听完", "next": "done" })),
        ("done", json!({ "type": "hangup", "parts": [{ "say": "没人听" }] })),
    ] {
        document["nodes"][id] = node;
    }
    document["on_hangup"] = "left".into();
    document
}

#[test]
fn the_branch_sets_results_and_sends_messages_but_says_nothing() {
    let (mut call, _) =
        Call::start_doc(&with_branch(json!({ "p": { "type": "play", "next": "done", "parts": [{ "say": "听" }] } })));
    assert_eq!(call.hung_up(), ["result gone {}"]);
    assert!(call.press("1").is_empty() && call.hung_up().is_empty());
    assert_eq!(call.saved(true), ["sms - 没听完"]);
    assert_eq!(call.sms(true), ["hangup"]);
    assert_eq!(call.trail, ["p: hung up", "left: else", "gone: gone", "tell: queued"]);
}

#[test]
fn without_a_branch_every_waiting_node_ends_the_call() {
    let end = json!({ "type": "hangup" });
    let nodes = [
        json!({ "type": "play", "next": "end", "parts": [{ "say": "听" }] }),
        json!({ "type": "gather", "on_timeout": "end", "branches": { "1": "end" }, "parts": [{ "say": "问" }] }),
        json!({ "type": "record", "label": "x", "next": "end", "parts": [{ "say": "说" }] }),
        json!({ "type": "transfer", "to": "10086" }),
        json!({ "type": "jump", "flow": 3 }),
        json!({ "type": "hangup", "parts": [{ "say": "再见" }] }),
    ];
    for node in nodes {
        let (mut call, _) = Call::start(json!({ "n": node, "end": end }));
        assert_eq!(call.hung_up(), ["hangup"], "{node}");
    }
}

#[test]
fn a_key_pressed_just_before_still_counts_and_still_gets_its_sms() {
    let nodes = json!({
        "g": { "type": "gather", "on_timeout": "done", "branches": { "1": "yes" } },
        "yes": { "type": "set", "result": "attend", "next": "look" },
        "look": { "type": "http", "url": "https://erp.example/", "next": "send" },
        "send": { "type": "sms", "text": "已确认", "next": "thanks" },
        "thanks": { "type": "play", "next": "done", "parts": [{ "say": "谢谢" }] },
    });
    let (mut call, _) = Call::start_doc(&with_branch(nodes));
    assert_eq!(call.press("1"), ["result attend {}"]);
    assert!(call.hung_up().is_empty(), "the result is still being stored");
    assert!(call.saved(true)[0].starts_with("http GET"));
    assert_eq!(call.http(Ok((200, Value::Null))), ["sms - 已确认"]);
    assert_eq!(call.sms(true), ["hangup"], "the thanks are for nobody; the branch saw a result");
    assert_eq!(call.trail.last().unwrap(), "left: case 1");
}

#[test]
fn a_recording_under_way_is_closed_and_kept() {
    let mut document =
        with_branch(json!({ "r": { "type": "record", "label": "x", "into": "a", "ms_min": 5000, "next": "done" } }));
    document["nodes"]["left"]["cases"] = json!([{ "when": "var.a.duration_ms > 1000", "next": "gone" }]);
    document["nodes"]["left"]["else"] = "done".into();
    let (mut call, _) = Call::start_doc(&document);
    call.spoken();
    assert_eq!(call.hung_up(), ["stop recording"]);
    let outs = call.recorded(2_000);
    assert_eq!(outs, [r#"result gone {"a":{"file_name":"a.wav","duration_ms":2000}}"#]);

    let (mut call, _) = Call::start_doc(&document);
    call.spoken();
    call.hung_up();
    assert_eq!(call.time_out(), (3_000, vec!["hangup".into()]), "a file that is never closed does not hold the call");
}

#[test]
fn what_is_left_to_do_is_bounded_in_time_and_steps() {
    let circle = json!({
        "p": { "type": "play", "next": "a", "parts": [{ "say": "听" }] },
        "a": { "type": "http", "url": "https://erp.example/", "timeout_ms": 30000, "next": "a" },
    });
    let mut document = doc(circle);
    document["on_hangup"] = "a".into();
    let (mut call, _) = Call::start_doc(&document);
    call.hung_up();
    assert_eq!(call.time_out().0, 32_000);
    assert_eq!(call.time_out(), (28_000, vec!["hangup".into()]));
    assert!(call.trail.last().unwrap().ends_with("no time left after the far end hung up"));
    assert!(call.give(flow::In::Tick).is_empty(), "a late tick finds nothing to do");

    let (mut call, _) = Call::start_doc(&document);
    call.hung_up();
    let mut asked = 1;
    while !call.over {
        call.http(Ok((200, Value::Null)));
        asked += 1;
    }
    assert_eq!(asked, 51);
}

#[test]
fn hanging_up_before_the_start_ends_the_run() {
    let mut call = Call::new(crate::driver::parse(&doc(json!({ "end": { "type": "hangup" } }))), crate::driver::scope());
    assert_eq!(call.hung_up(), ["hangup"]);
    assert!(call.give(flow::In::Start).is_empty());
}
