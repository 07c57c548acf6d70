//! Random documents and random callers: nothing panics, every wait has a deadline, every call ends with exactly one hangup.

use crate::documents::{broken, everything};
use crate::driver::{Call, doc, scope};
use flow::{AppointOutcome, ConferenceOutcome, Flow, In, QueueOutcome, TransferOutcome};
use model::FlowId;
use model::record::EntryOutcome;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::sync::Arc;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z{}%|*\" .()\\[\\]]{0,12}".prop_map(Value::from),
        prop_oneof![Just("n1"), Just("play"), Just("{{ lead.name }}"), Just("1")].prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z_]{1,8}", inner), 0..4).prop_map(|f| Value::Object(f.into_iter().collect())),
        ]
    })
}

/// One of a dozen nodes, with links to any of them.
fn any_node() -> impl Strategy<Value = Value> {
    let id = || (0..12usize).prop_map(|i| format!("n{i}"));
    let text =
        || prop_oneof![Just("您好"), Just("{{ lead.name }}"), Just("{{ var.x|money }}"), Just("{{ lead.nope }}"), Just("。")];
    prop_oneof![
        (text(), any::<bool>(), id()).prop_map(|(t, b, n)| json!({ "type": "play", "parts": [{ "say": t }], "barge_in": b, "next": n })),
        (text(), any::<bool>(), any::<bool>(), 0..3u32, id(), id(), id(), id()).prop_map(|(t, b, c, r, a, o, q, w)| json!({
            "type": "gather", "parts": [{ "say": t }], "barge_in": b, "clear_digits": c, "retries": r, "digits_max": 3, "into": "x",
            "branches": { "1": a, "2": q, "22": o }, "otherwise": o, "on_timeout": q, "on_invalid": w,
        })),
        (id(), id()).prop_map(|(a, b)| json!({ "type": "branch", "cases": [{ "when": "var.x|default('') == '1'", "next": a }], "else": b })),
        (any::<bool>(), id()).prop_map(|(r, n)| {
            let mut set = json!({ "type": "set", "variables": { "x": "var.x|default('0')|int + 1" }, "next": n });
            if r {
                set["result"] = "done".into();
            }
            set
        }),
        (id(), id()).prop_map(|(n, e)| json!({ "type": "http", "url": "https://e.example/", "into": "x", "next": n, "on_error": e })),
        (text(), id(), id()).prop_map(|(t, n, e)| json!({ "type": "sms", "text": t, "next": n, "on_error": e })),
        (text(), 0..5_000u32, id(), id()).prop_map(|(t, m, n, e)| {
            json!({ "type": "record", "label": "x", "parts": [{ "say": t }], "ms_min": m, "ms_max": 10_000, "next": n, "on_error": e })
        }),
        (id(), id()).prop_map(|(d, f)| json!({ "type": "transfer", "to": "10086", "on_done": d, "on_failed": f })),
        (id(), id(), id()).prop_map(|(d, l, f)| {
            json!({ "type": "queue", "queue": 3, "service": "{{ var.x }}", "on_done": d, "on_left": l, "on_failed": f })
        }),
        (any::<bool>(), id(), id(), id()).prop_map(|(p, l, w, f)| {
            json!({ "type": "conference", "room": "8{{ var.x }}", "pin": if p { "11" } else { "" }, "record": p, "on_left": l, "on_wrong_pin": w,
                    "on_failed": f })
        }),
        (text(), 0..3u32, id(), id()).prop_map(|(t, r, q, n)| {
            json!({ "type": "rate", "thanks": [{ "say": t }], "retries": r, "variable": "x", "on_timeout": q, "next": n })
        }),
        (text(), 0..3u32, id(), id(), id()).prop_map(|(t, r, f, q, n)| {
            let offers = json!({ "1": { "in_min": 5 }, "2": { "day": 1 } });
            json!({ "type": "appoint", "offers": offers, "full": [{ "say": t }], "retries": r, "into": "x", "on_full": f, "on_timeout": q, "next": n })
        }),
        id().prop_map(|e| json!({ "type": "jump", "flow": 2, "on_error": e })),
        text().prop_map(|t| json!({ "type": "hangup", "parts": [{ "say": t }] })),
    ]
}

fn any_flow() -> impl Strategy<Value = Value> {
    (prop::collection::vec(any_node(), 12), 0..12usize).prop_map(|(nodes, gone)| {
        let nodes: Map<String, Value> = nodes.into_iter().enumerate().map(|(i, n)| (format!("n{i}"), n)).collect();
        let mut document = doc(Value::Object(nodes));
        document["on_hangup"] = format!("n{gone}").into();
        // A random branch seldom works without the line; then the flow has none.
        if Flow::parse(&document).is_err() {
            document.as_object_mut().unwrap().remove("on_hangup");
        }
        document
    })
}

#[derive(Clone, Debug)]
enum Act {
    Answer(bool),
    /// The queue sends the caller into the other flow.
    Send,
    Press(char),
    Foreign(u32),
    TimeOut,
    Early,
    HangUp,
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        10 => any::<bool>().prop_map(Act::Answer),
        4 => prop::sample::select(vec!['0', '1', '2', '9', '*', '#', 'A', 'x']).prop_map(Act::Press),
        2 => Just(Act::Send),
        1 => (0..50u32).prop_map(Act::Foreign),
        3 => Just(Act::TimeOut),
        1 => Just(Act::Early),
        1 => Just(Act::HangUp),
    ]
}

fn perform(call: &mut Call, act: &Act, other: &Arc<Flow>) {
    match act {
        Act::Press(key) => drop(call.press(&key.to_string())),
        Act::Send => drop(call.queued(QueueOutcome::Go { flow: FlowId(2), version: 1, doc: other.clone() })),
        Act::Foreign(token) => drop(call.give(In::Spoken { token: *token, ok: true })),
        Act::Early => drop(call.give(In::Tick)),
        Act::HangUp => drop(call.hung_up()),
        Act::TimeOut if call.over => {}
        Act::TimeOut => drop(call.time_out()),
        // Whatever is being waited for takes its own answer and ignores the others.
        Act::Answer(ok) => {
            let outcome = if *ok { TransferOutcome::Completed { talk_ms: 1 } } else { TransferOutcome::Busy };
            call.not_spoken();
            call.saved(*ok);
            call.http(if *ok { Ok((200, json!({ "a": 1 }))) } else { Err("down") });
            call.sms(*ok);
            call.appointed(if *ok { AppointOutcome::Fine { due_at: call.now.plus_ms(60_000) } } else { AppointOutcome::NoTime });
            call.recorded(if *ok { 6_000 } else { 10 });
            call.transferred(outcome);
            call.queued(if *ok {
                QueueOutcome::Talked { talk_ms: 1 }
            } else {
                QueueOutcome::NotServed { why: EntryOutcome::TimedOut }
            });
            call.conferred(if *ok { ConferenceOutcome::Left { ms: 1 } } else { ConferenceOutcome::Full });
            call.jumped(ok.then(|| (2, 1, other.clone())));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// The driver checks after each input: nothing after the hangup, a deadline for every wait, no speech into a dead line.
    #[test]
    fn every_call_ends_with_one_hangup(document in any_flow(), other in any_flow(), acts in prop::collection::vec(any_act(), 0..60)) {
        let (flow, other) = (crate::driver::parse(&document), crate::driver::parse(&other));
        let mut call = Call::new(flow, scope());
        call.give(In::Start);
        for act in &acts {
            perform(&mut call, act, &other);
        }
        call.hung_up();
        let mut ticks = 0;
        while !call.over {
            call.time_out();
            ticks += 1;
            prop_assert!(ticks <= 60, "the end is in sight once the far end has gone");
        }
    }

    #[test]
    fn strange_documents_are_read_without_panic(document in any_json()) {
        let _ = Flow::parse(&document);
    }

    /// A good document with something strange somewhere inside: read, and if taken, run.
    #[test]
    fn nearly_good_documents_are_read_and_run(strange in any_json(), place in 0..200usize) {
        let places = places(&everything());
        let document = broken(&places[place % places.len()], &strange);
        if let Ok(flow) = Flow::parse(&document) {
            let _ = flow.warnings();
            let _ = flow.ahead(&scope());
            let mut call = Call::new(Arc::new(flow), scope());
            call.give(In::Start);
            call.press("1#");
            call.hung_up();
        }
    }

    #[test]
    fn strange_data_is_spoken_without_panic(lead in any_json(), campaign in any_json()) {
        let map = |v: Value| v.as_object().cloned().unwrap_or_default();
        let scope = flow::Scope { lead: map(lead), campaign: map(campaign), zone: "Mars/Olympus".into(), ..flow::Scope::default() };
        let flow = crate::driver::parse(&everything());
        let _ = flow.ahead(&scope);
        let mut call = Call::new(flow, scope);
        call.give(In::Start);
    }
}

proptest! {
    // Each case may walk two thousand nodes.
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Nobody presses, nobody answers: the time limits alone end every call.
    #[test]
    fn silence_ends_every_call(document in any_flow()) {
        let mut call = Call::new(crate::driver::parse(&document), scope());
        call.give(In::Start);
        let mut ticks = 0u32;
        while !call.over {
            call.time_out();
            ticks += 1;
            prop_assert!(ticks < 20_000);
        }
    }
}

/// Every place of a document, as JSON pointers.
fn places(document: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, out: &mut Vec<String>) {
        let inner: Vec<(String, &Value)> = match value {
            Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), v)).collect(),
            Value::Array(items) => items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
            _ => Vec::new(),
        };
        for (key, value) in inner {
            // The keys of this document hold neither ~ nor /.
            let path = format!("{at}/{key}");
            walk(value, &path, out);
            out.push(path);
        }
    }
    let mut out = Vec::new();
    walk(document, "", &mut out);
    out
}
