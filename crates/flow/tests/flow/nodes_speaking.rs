//! play and hangup.

use crate::driver::{Call, doc};
use serde_json::{Value, json};

fn end() -> Value {
    json!({ "type": "hangup" })
}

#[test]
fn play_says_every_kind_of_part_in_order() {
    let (mut call, outs) = Call::start(json!({
        "p": { "type": "play", "next": "end", "parts": [
            { "say": "您好，{{ lead.name }}。" },
            { "silence": 300 },
            { "prompt": "welcome" },
            { "value": "lead.amount", "as": "money", "voice": "xiaoyan" },
            { "value": "lead.due", "as": "date", "weekday": true },
            { "value": "lead.amount", "as": "number", "language": "en" },
        ] },
        "end": end(),
    }));
    assert_eq!(
        outs,
        [
            "speak 您好，张伟。|[300 ms]|[welcome]|<xiaoyan>一百零五元三角|二〇二六年十一月二十一日，星期六|one hundred five point three"
        ]
    );
    assert_eq!(call.spoken(), ["hangup"]);
    assert_eq!(call.trail, ["p: played", "end: hang up"]);
    assert_eq!(call.run.errors(), 0);
}

#[test]
fn the_document_s_voice_and_language_are_the_default() {
    let mut document = doc(json!({
        "p": { "type": "play", "next": "end", "parts": [{ "value": "2026", "as": "number" }, { "say": "x {{ 3|ordinal }}", "voice": "b" }] },
        "end": end(),
    }));
    document["voice"] = "a".into();
    document["language"] = "en".into();
    assert_eq!(Call::start_doc(&document).1, ["speak <a>two thousand twenty-six|<b>x third"]);
}

#[test]
fn conditions_choose_parts() {
    let (_, outs) = Call::start(json!({
        "p": { "type": "play", "next": "end", "parts": [
            { "say": "甲", "when": "lead.amount > 100" },
            { "say": "乙", "when": "lead.amount > 200" },
            { "say": "丙", "when": "lead.nothing" },
            { "prompt": "丁", "when": "'a' in lead.tags" },
        ] },
        "end": end(),
    }));
    assert_eq!(outs, ["speak 甲|[丁]"]);
}

#[test]
fn undefined_values_read_empty_and_are_counted() {
    let (mut call, outs) = Call::start(json!({
        "p": { "type": "play", "next": "end", "parts": [{ "say": "您好{{ lead.title }}，再见" }, { "value": "lead.debt", "as": "money" }] },
        "end": end(),
    }));
    assert_eq!(outs, ["speak 您好，再见"]);
    assert_eq!(call.trail, ["p: error: undefined: lead.title", "p: error: undefined: lead.debt"]);
    assert_eq!(call.run.errors(), 2);
    assert_eq!(call.spoken(), ["hangup"]);
}

#[test]
fn a_value_that_is_not_what_it_should_be_is_said_as_it_is() {
    let (call, outs) = Call::start(json!({
        "p": { "type": "play", "next": "end", "parts": [{ "value": "lead.name", "as": "money" }, { "say": "{{ lead.name|date }}好" }] },
        "end": end(),
    }));
    assert_eq!(outs, ["speak 张伟|张伟好"]);
    assert_eq!(call.run.errors(), 2);
    assert!(call.trail.iter().all(|t| t.contains("`张伟` cannot be read as")), "{:?}", call.trail);
}

#[test]
fn nothing_to_say_goes_on_at_once() {
    let (call, outs) = Call::start(json!({
        "p": { "type": "play", "next": "end", "parts": [{ "say": "甲", "when": "false" }, { "say": " 。，" }] },
        "end": end(),
    }));
    assert_eq!(outs, ["hangup"]);
    assert_eq!(call.trail, ["p: nothing to say", "end: hang up"]);
}

#[test]
fn speech_that_fails_or_is_never_reported_does_not_hold_the_call() {
    let nodes = || json!({ "p": { "type": "play", "next": "end", "parts": [{ "say": "你好世界" }] }, "end": end() });
    let (mut call, _) = Call::start(nodes());
    assert_eq!(call.not_spoken(), ["hangup"]);
    assert_eq!(call.trail[0], "p: error: could not be played");

    let (mut call, _) = Call::start(nodes());
    assert_eq!(call.time_out(), (64_000, vec!["stop speaking".into(), "hangup".into()]));
    assert_eq!(call.trail[0], "p: error: the end of the speech was never reported");
}

#[test]
fn keys_are_dropped_without_barge_in_and_end_the_speech_with_it() {
    let nodes = |barge_in: bool| {
        json!({
            "p": { "type": "play", "barge_in": barge_in, "next": "g", "parts": [{ "say": "很长的话" }] },
            "g": { "type": "gather", "parts": [{ "say": "请按键" }], "branches": { "1": "one" }, "on_timeout": "end" },
            "one": { "type": "hangup", "parts": [{ "say": "一" }] },
            "end": end(),
        })
    };
    let (mut call, _) = Call::start(nodes(false));
    assert!(call.press("1").is_empty());
    assert_eq!(call.spoken(), ["speak 请按键"]);

    let (mut call, _) = Call::start(nodes(true));
    assert_eq!(call.press("1"), ["stop speaking", "speak 一"], "the key is carried into the gather");
    assert_eq!(call.trail, ["p: interrupted", "g: 1"]);
}

#[test]
fn stale_and_foreign_answers_are_ignored() {
    let (mut call, _) = Call::start(json!({ "p": { "type": "play", "next": "end", "parts": [{ "say": "好" }] }, "end": end() }));
    assert!(call.give(flow::In::Spoken { token: 77, ok: true }).is_empty());
    assert!(call.saved(true).is_empty(), "the right token, but nobody asked for a result");
    assert!(call.give(flow::In::Start).is_empty(), "a second start");
    assert!(call.press("x").is_empty(), "no such key");
    assert_eq!(call.spoken(), ["hangup"]);
    assert!(call.spoken().is_empty() && call.press("1").is_empty() && call.hung_up().is_empty(), "nothing after the end");
}

#[test]
fn hangup_says_its_last_word_first() {
    let nodes = || json!({ "end": { "type": "hangup", "parts": [{ "say": "再见" }] } });
    let (mut call, outs) = Call::start(nodes());
    assert_eq!(outs, ["speak 再见"]);
    assert!(call.press("1").is_empty());
    assert_eq!(call.spoken(), ["hangup"]);

    let (mut call, _) = Call::start(nodes());
    assert_eq!(call.not_spoken(), ["hangup"]);
    let (mut call, _) = Call::start(nodes());
    assert_eq!(call.time_out().1, ["stop speaking", "hangup"]);
    let (mut call, _) = Call::start(nodes());
    assert_eq!(call.hung_up(), ["hangup"]);
}

#[test]
fn a_flow_that_runs_in_circles_ends_its_own_call() {
    let (call, outs) = Call::start(json!({
        "a": { "type": "set", "variables": { "n": "var.n|default(0) + 1" }, "next": "b" },
        "b": { "type": "branch", "cases": [{ "when": "false", "next": "end" }], "else": "a" },
        "end": end(),
    }));
    assert_eq!(outs, ["hangup"]);
    assert_eq!(call.trail.last().unwrap(), "a: error: the flow runs in circles: too many steps");
    assert_eq!(call.trail.len(), 201);
}

#[test]
fn a_circle_with_waits_in_it_ends_too() {
    let (mut call, _) = Call::start(json!({
        "p": { "type": "play", "next": "q", "parts": [{ "say": "甲" }] },
        "q": { "type": "play", "next": "p", "parts": [{ "say": "乙" }] },
    }));
    let mut rounds = 0;
    while !call.over {
        call.spoken();
        rounds += 1;
    }
    assert_eq!(rounds, 2_000);
    assert!(call.trail.last().unwrap().ends_with("too many steps"));
}
