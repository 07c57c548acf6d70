//! conference, and what transfer does with numbers that callers choose.

use crate::driver::{Call, doc, parse};
use flow::{ConferenceOutcome, In, Out, Run, Scope, TransferOutcome};
use model::{At, FlowId};
use serde_json::{Value, json};

const LINKS: [&str; 4] = ["on_left", "on_full", "on_wrong_pin", "on_failed"];
const ASK: &str = "speak 请输入会议密码，按井号键结束。";
const AGAIN: &str = "speak 密码不正确，请重新输入，按井号键结束。";

/// A conference with these of its links, each to a node that says its name.
fn conference(links: &[&str], more: Value) -> Value {
    let mut node = json!({ "type": "conference", "room": "8001" });
    for (key, value) in more.as_object().unwrap() {
        node[key] = value.clone();
    }
    for link in links {
        node[link] = (*link).into();
    }
    let mut nodes = json!({ "c": node });
    for link in LINKS {
        nodes[link] = json!({ "type": "hangup", "parts": [{ "say": link }] });
    }
    nodes
}

fn with_pin(links: &[&str]) -> (Call, Vec<String>) {
    Call::start(conference(links, json!({ "pin": "1234" })))
}

#[test]
fn a_caller_goes_into_the_room_as_the_node_says() {
    let (call, outs) = Call::start(conference(&[], json!({})));
    assert_eq!(outs, ["conference 8001 * 20"]);
    assert!(call.trail.is_empty());
    let more =
        json!({ "room": "{{ campaign.agent_number }}", "muted": true, "leave_key": "#", "parties_max": 3, "record": true });
    let (_, outs) = Call::start(conference(&[], more));
    assert_eq!(outs, ["record call", "conference 053188886666 muted # 3"], "blanks and dashes are no part of the number");
}

#[test]
fn what_is_no_room_is_not_entered() {
    for room in ["{{ lead.name }}", "{{ lead.nope }}", "{{ lead.phone }}", "{{ lead.amount }}", "{{ '123456789012345678901' }}"] {
        let (mut call, outs) = Call::start(conference(&["on_failed"], json!({ "room": room })));
        assert_eq!(outs, ["speak on_failed"], "{room}");
        assert_eq!(call.trail.last().unwrap(), "c: error: the room is not 1–20 digits");
        assert_eq!(call.spoken(), ["hangup"]);
        let (_, outs) = Call::start(conference(&[], json!({ "room": room })));
        assert_eq!(outs, ["hangup"], "without a branch the call ends");
    }
}

#[test]
fn every_end_of_the_stay_has_its_branch() {
    let failed = ConferenceOutcome::Failed { text: "an agent waits".into() };
    let cases = [
        (ConferenceOutcome::Left { ms: 65_000 }, "on_left", "c: in conference 65000 ms"),
        (ConferenceOutcome::Full, "on_full", "c: full"),
        (failed, "on_failed", "c: error: conference failed: an agent waits"),
    ];
    for (outcome, branch, trail) in cases {
        let (mut call, _) = Call::start(conference(&LINKS, json!({})));
        assert_eq!(call.conferred(outcome.clone()), [format!("speak {branch}")]);
        assert_eq!(call.trail, [trail]);
        let (mut call, _) = Call::start(conference(&["on_failed"], json!({})));
        let expected = if branch == "on_left" { "hangup" } else { "speak on_failed" };
        assert_eq!(call.conferred(outcome.clone()), [expected], "on_failed takes what has no branch");
        let (mut call, _) = Call::start(conference(&[], json!({})));
        assert_eq!(call.conferred(outcome), ["hangup"]);
    }
}

#[test]
fn keys_pressed_inside_answer_nothing_and_hanging_up_ends_the_flow() {
    let (mut call, _) = Call::start(conference(&LINKS, json!({})));
    assert!(call.press("12*#").is_empty());
    assert_eq!(call.hung_up(), ["hangup"]);
    assert_eq!(call.trail, ["c: hung up"]);
    let (mut call, _) = Call::start(conference(&LINKS, json!({})));
    assert_eq!(call.time_out(), (86_400_000, vec!["speak on_failed".into()]), "an end that is never told ends it");
}

#[test]
fn the_right_pin_opens_the_door_also_before_the_question_is_over() {
    let (mut call, outs) = with_pin(&LINKS);
    assert_eq!(outs, [ASK]);
    assert!(call.spoken().is_empty());
    assert_eq!(call.press("1234#"), ["conference 8001 * 20"]);
    let (mut call, _) = with_pin(&LINKS);
    assert_eq!(call.press("1"), ["stop speaking"]);
    assert!(call.press("234").is_empty(), "the end of it is the pound key");
    assert_eq!(call.press("#"), ["conference 8001 * 20"]);
    assert!(call.trail.is_empty(), "a PIN is not written down");
    // Without the pound key a pause ends it.
    let (mut call, _) = with_pin(&LINKS);
    call.spoken();
    call.press("1234");
    assert_eq!(call.time_out(), (4_000, vec!["conference 8001 * 20".into()]));
}

#[test]
fn three_wrong_pins_are_enough() {
    let (mut call, _) = with_pin(&LINKS);
    call.spoken();
    assert_eq!(call.press("1235#"), [AGAIN]);
    call.spoken();
    assert_eq!(call.time_out(), (8_000, vec![AGAIN.into()]), "no key is no PIN");
    call.spoken();
    assert_eq!(call.press("12345#"), ["speak on_wrong_pin"]);
    assert_eq!(call.trail, ["c: wrong pin", "c: timeout", "c: wrong pin"]);
    // The right one at last.
    let (mut call, _) = with_pin(&[]);
    call.press("#");
    call.press("9#");
    assert_eq!(call.press("1234#"), ["stop speaking", "conference 8001 * 20"]);
    // Without a branch the call ends.
    let (mut call, _) = with_pin(&[]);
    call.press("1#");
    call.press("2#");
    assert_eq!(call.press("3#"), ["stop speaking", "hangup"]);
}

#[test]
fn a_question_that_cannot_be_heard_is_answered_all_the_same() {
    let (mut call, _) = with_pin(&LINKS);
    assert!(call.not_spoken().is_empty());
    assert_eq!(call.press("1234#"), ["conference 8001 * 20"]);
    let (mut call, _) = with_pin(&LINKS);
    let (_, outs) = call.time_out();
    assert_eq!(outs, ["stop speaking"], "its end was never told");
    assert_eq!(call.press("1234#"), ["conference 8001 * 20"]);
    assert_eq!(call.hung_up(), ["hangup"]);
}

#[test]
fn a_pin_that_is_empty_is_not_asked_for_and_one_that_is_unknown_opens_no_door() {
    for pin in ["", " ", "{{ '' }}", "{{ lead.nope | default('') }}"] {
        let (_, outs) = Call::start(conference(&LINKS, json!({ "pin": pin })));
        assert_eq!(outs, ["conference 8001 * 20"], "{pin}");
    }
    for pin in ["{{ lead.nope }}", "{{ lead.name }}"] {
        let (call, outs) = Call::start(conference(&LINKS, json!({ "pin": pin })));
        assert_eq!(outs, ["speak on_failed"], "{pin}");
        assert!(call.trail.last().unwrap().starts_with("c: error: the pin is not"));
    }
}

#[test]
fn room_and_pin_may_be_typed_in_one_go() {
    let nodes = || {
        let mut nodes = json!({ "ask": { "type": "gather", "parts": [{ "say": "会议号" }], "digits_max": 20, "otherwise": "hello", "into": "room", "on_timeout": "on_failed" },
            "hello": { "type": "play", "parts": [{ "say": "请稍候。" }], "barge_in": true, "next": "c" } });
        for (id, node) in conference(&LINKS, json!({ "room": "{{ var.room }}", "pin": "77" })).as_object().unwrap() {
            nodes[id] = node.clone();
        }
        json!({ "schema": "fengling.flow/1", "name": "t", "entry": "ask", "nodes": nodes })
    };
    let (mut call, _) = Call::start_doc(&nodes());
    call.spoken();
    // The keys skip the words in between and are taken by the conference.
    let outs = call.press("8001#77#");
    assert_eq!(outs.last().unwrap(), "conference 8001 * 20", "{outs:?}");
    let (mut call, _) = Call::start_doc(&nodes());
    call.spoken();
    let outs = call.press("8001#78#");
    assert_eq!(outs.last().unwrap(), AGAIN, "{outs:?}");
}

#[test]
fn the_question_is_in_the_language_and_the_voice_of_the_flow() {
    let mut document = doc(conference(&LINKS, json!({ "pin": "1" })));
    document["language"] = "en".into();
    document["voice"] = "xiaoyan".into();
    let (mut call, outs) = Call::start_doc(&document);
    assert_eq!(outs, ["speak <xiaoyan>Please enter the conference PIN, followed by the pound key."]);
    assert!(call.press("2#")[1].starts_with("speak <xiaoyan>That PIN is not correct."));
}

#[test]
fn a_number_the_caller_chose_is_checked_and_the_call_recorded() {
    let nodes = json!({
        "t": { "type": "transfer", "to": "13900139000", "checked": true, "record": true, "on_failed": "no" },
        "no": { "type": "hangup", "parts": [{ "say": "no" }] },
    });
    let (mut call, outs) = Call::start(nodes.clone());
    assert_eq!(outs, ["record call", "transfer 13900139000 30000 checked"]);
    assert_eq!(call.transferred(TransferOutcome::Failed { text: "forbidden".into() }), ["speak no"]);
    assert_eq!(call.trail, ["t: error: transfer failed: forbidden"]);
    // Not asked for: neither.
    let mut run = Run::new(parse(&doc(json!({ "t": { "type": "transfer", "to": "10086" } }))), FlowId(1), 1, Scope::default());
    run.handle(At(0), In::Start);
    assert!(matches!(run.poll(), Some(Out::Transfer { checked: false, hand_over: false, .. })));
}
