//! gather, record and transfer.

use crate::driver::Call;
use flow::TransferOutcome;
use serde_json::{Value, json};

fn menu(more: Value) -> Value {
    let mut gather = json!({
        "type": "gather", "parts": [{ "say": "问" }], "timeout": [{ "say": "没听到" }], "invalid": [{ "say": "不对" }],
        "timeout_ms": 5000, "inter_digit_ms": 2000, "retries": 1, "into": "key",
        "branches": { "1": "one", "2": "two" }, "on_timeout": "quiet", "on_invalid": "wrong",
    });
    for (key, value) in more.as_object().unwrap() {
        gather[key] = value.clone();
    }
    let say = |text: &str| json!({ "type": "hangup", "parts": [{ "say": text }] });
    json!({
        "g": gather, "one": say("一"), "two": say("二 {{ var.key }}"), "quiet": say("静"), "wrong": say("错"),
        "other": say("其他 {{ var.key|digits }}"),
    })
}

#[test]
fn a_key_during_or_after_the_question_decides() {
    let (mut call, outs) = Call::start(menu(json!({})));
    assert_eq!(outs, ["speak 问"]);
    assert_eq!(call.press("1"), ["stop speaking", "speak 一"]);
    assert_eq!(call.trail, ["g: 1"]);

    let (mut call, _) = Call::start(menu(json!({})));
    assert!(call.spoken().is_empty());
    assert_eq!(call.press("2"), ["speak 二 2"]);
}

#[test]
fn silence_is_asked_again_and_then_given_up() {
    let (mut call, _) = Call::start(menu(json!({})));
    call.spoken();
    assert_eq!(call.time_out(), (5_000, vec!["speak 没听到|问".into()]));
    call.spoken();
    assert_eq!(call.time_out(), (5_000, vec!["speak 静".into()]));
    assert_eq!(call.trail, ["g: timeout", "g: timeout"]);
}

#[test]
fn input_that_fits_nothing_is_asked_again_and_then_given_up() {
    let (mut call, _) = Call::start(menu(json!({})));
    assert_eq!(call.press("7"), ["stop speaking", "speak 不对|问"]);
    assert_eq!(call.press("#"), ["stop speaking", "speak 错"], "the terminator alone is no input");
    assert_eq!(call.trail, ["g: invalid 7", "g: invalid nothing"]);
    let (mut call, _) = Call::start(menu(json!({ "on_invalid": null, "retries": 0 })));
    assert_eq!(call.press("7"), ["stop speaking", "speak 静"], "without on_invalid, as after silence");
}

#[test]
fn without_barge_in_the_question_is_heard_to_its_end() {
    let (mut call, _) = Call::start(menu(json!({ "barge_in": false })));
    assert!(call.press("1").is_empty());
    assert!(call.spoken().is_empty());
    assert_eq!(call.press("1"), ["speak 一"]);
}

#[test]
fn longer_input_ends_by_count_terminator_or_pause() {
    let long = json!({ "digits_min": 3, "digits_max": 5, "otherwise": "other", "branches": { "1": "one", "911": "two" } });
    let cases: [(&str, bool, &str); 7] = [
        ("12345", false, "speak 其他 幺二三四五"),
        ("123#", false, "speak 其他 幺二三"),
        ("123", true, "speak 其他 幺二三"),
        ("12#", false, "speak 不对|问"),
        ("12", true, "speak 不对|问"),
        ("1", true, "speak 一"),
        ("911#", false, "speak 二 911"),
    ];
    for (keys, pause, expected) in cases {
        let (mut call, _) = Call::start(menu(long.clone()));
        call.spoken();
        let mut outs = call.press(keys);
        if pause {
            assert!(outs.is_empty(), "{keys}: {outs:?}");
            let (waited, late) = call.time_out();
            assert_eq!(waited, 2_000);
            outs = late;
        }
        assert_eq!(outs, [expected], "{keys}");
    }
}

#[test]
fn a_branch_that_cannot_grow_is_taken_at_once() {
    let (mut call, _) = Call::start(menu(json!({ "digits_max": 2, "branches": { "1": "one", "2": "two", "22": "wrong" } })));
    assert_eq!(call.press("1"), ["stop speaking", "speak 一"]);
    let (mut call, _) = Call::start(menu(json!({ "digits_max": 2, "branches": { "1": "one", "2": "two", "22": "wrong" } })));
    assert_eq!(call.press("2"), ["stop speaking"], "22 may follow");
    assert_eq!(call.time_out().1, ["speak 二 2"]);
}

#[test]
fn hash_and_star_can_be_branches() {
    let (mut call, _) = Call::start(menu(json!({ "branches": { "#": "one", "*": "two" } })));
    assert_eq!(call.press("#"), ["stop speaking", "speak 一"]);
    let (mut call, _) = Call::start(menu(json!({ "terminator": "", "otherwise": "other" })));
    assert_eq!(call.press("#"), ["stop speaking", "speak 其他 井号"]);
}

#[test]
fn keys_typed_ahead_answer_later_questions_unless_cleared() {
    let two = |clear: bool| {
        json!({
            "a": { "type": "gather", "parts": [{ "say": "甲" }], "branches": { "1": "s" }, "on_timeout": "end" },
            "s": { "type": "set", "result": "x", "next": "b" },
            "b": { "type": "gather", "clear_digits": clear, "parts": [{ "say": "乙" }], "branches": { "2": "end" }, "on_timeout": "end" },
            "end": { "type": "hangup", "parts": [{ "say": "完" }] },
        })
    };
    let (mut call, _) = Call::start(two(false));
    assert_eq!(call.press("12"), ["stop speaking", "result x {}"]);
    assert_eq!(call.saved(true), ["speak 完"]);
    let (mut call, _) = Call::start(two(true));
    call.press("12");
    assert_eq!(call.saved(true), ["speak 乙"]);
}

#[test]
fn a_question_that_cannot_be_said_still_takes_keys() {
    let (mut call, _) = Call::start(menu(json!({})));
    assert!(call.not_spoken().is_empty());
    assert_eq!(call.run.errors(), 1);
    assert_eq!(call.press("1"), ["speak 一"]);
    let (mut call, _) = Call::start(menu(json!({})));
    assert_eq!(call.time_out().1, ["stop speaking"]);
    assert_eq!(call.time_out(), (5_000, vec!["speak 没听到|问".into()]));
    let (mut call, outs) = Call::start(menu(json!({ "parts": [] })));
    assert!(outs.is_empty());
    assert_eq!(call.time_out().0, 5_000);
}

fn record(more: Value) -> Value {
    let mut record = json!({
        "type": "record", "parts": [{ "say": "请说" }], "too_short": [{ "say": "太短" }], "label": "reason", "into": "answer",
        "ms_min": 1000, "ms_max": 20000, "retries": 1, "next": "ok", "on_error": "bad",
    });
    for (key, value) in more.as_object().unwrap() {
        record[key] = value.clone();
    }
    json!({
        "r": record,
        "ok": { "type": "hangup", "parts": [{ "say": "好 {{ var.answer.file_name }} {{ var.answer.duration_ms }}" }] },
        "bad": { "type": "hangup", "parts": [{ "say": "坏" }] },
    })
}

#[test]
fn record_beeps_records_and_stops_at_a_key() {
    let (mut call, outs) = Call::start(record(json!({})));
    assert_eq!(outs, ["speak 请说|[1000 Hz 300 ms]"]);
    assert!(call.press("#").is_empty(), "not yet recording");
    assert_eq!(call.spoken(), ["record reason 20000"]);
    assert!(call.press("5").is_empty(), "not a stop key");
    assert_eq!(call.press("#"), ["stop recording"]);
    assert_eq!(call.recorded(4_200), ["speak 好 a.wav 4200"]);
    assert_eq!(call.trail, ["r: recorded 4200 ms"]);
}

#[test]
fn record_stops_at_its_limit_and_survives_a_lost_answer() {
    let (mut call, _) = Call::start(record(json!({ "beep": false })));
    call.spoken();
    assert_eq!(call.time_out(), (20_000, vec!["stop recording".into()]));
    assert_eq!(call.recorded(20_000), ["speak 好 a.wav 20000"]);

    let (mut call, _) = Call::start(record(json!({})));
    call.spoken();
    call.time_out();
    assert_eq!(call.time_out(), (3_000, vec!["speak 坏".into()]));
    assert_eq!(call.trail, ["r: error: the recording was never closed"]);

    let (mut call, _) = Call::start(record(json!({})));
    call.spoken();
    assert_eq!(call.recorded(9_000), ["speak 好 a.wav 9000"], "closed by the switch itself");
}

#[test]
fn too_short_an_answer_is_asked_for_again() {
    let (mut call, _) = Call::start(record(json!({})));
    call.spoken();
    assert_eq!(call.recorded(300), ["speak 太短|请说|[1000 Hz 300 ms]"]);
    call.spoken();
    assert_eq!(call.recorded(300), ["speak 坏"]);
    let (mut call, _) = Call::start(record(json!({ "retries": 0, "on_error": null })));
    call.spoken();
    assert_eq!(call.recorded(300)[0], "speak 好", "without on_error the call goes on");
}

#[test]
fn record_begins_even_when_the_question_fails() {
    let (mut call, _) = Call::start(record(json!({})));
    assert_eq!(call.not_spoken(), ["record reason 20000"]);
    let (mut call, _) = Call::start(record(json!({})));
    assert_eq!(call.time_out().1, ["stop speaking", "record reason 20000"]);
    let (_, outs) = Call::start(record(json!({ "parts": [], "beep": false })));
    assert_eq!(outs, ["record reason 20000"]);
}

fn transfer(to: &str, branches: bool) -> Value {
    let mut transfer = json!({ "type": "transfer", "to": to, "ring_ms_max": 20000, "talk_ms_max": 60000 });
    if branches {
        for key in ["on_done", "on_busy", "on_no_answer", "on_failed"] {
            transfer[key] = key.into();
        }
    }
    let say = |text: &str| json!({ "type": "hangup", "parts": [{ "say": text }] });
    json!({ "t": transfer, "on_done": say("完"), "on_busy": say("忙"), "on_no_answer": say("无人"), "on_failed": say("败") })
}

#[test]
fn every_outcome_of_a_transfer_has_its_branch() {
    let number = "{{ campaign.agent_number }}";
    let cases = [
        (TransferOutcome::Completed { talk_ms: 5 }, "speak 完", "t: talked 5 ms"),
        (TransferOutcome::Busy, "speak 忙", "t: busy"),
        (TransferOutcome::NoAnswer, "speak 无人", "t: no answer"),
        (TransferOutcome::Failed { text: "503".into() }, "speak 败", "t: error: transfer failed: 503"),
    ];
    for (outcome, expected, trail) in cases {
        let (mut call, outs) = Call::start(transfer(number, true));
        assert_eq!(outs, ["transfer 053188886666 20000"]);
        assert!(call.press("123").is_empty(), "keys belong to the talk");
        assert_eq!(call.transferred(outcome.clone()), [expected]);
        assert_eq!(call.trail, [trail]);
        let (mut call, _) = Call::start(transfer(number, false));
        assert_eq!(call.transferred(outcome), ["hangup"]);
    }
    let (mut call, _) = Call::start(transfer(number, true));
    assert_eq!(call.time_out(), (90_000, vec!["speak 败".into()]));
}

#[test]
fn nothing_to_dial_fails_at_once() {
    for to in ["{{ lead.nothing }}", "{{ lead.name }}", "  ", "sip:x@y"] {
        let (call, outs) = Call::start(transfer(to, true));
        assert_eq!(outs, ["speak 败"], "{to}");
        assert_eq!(call.trail.last().unwrap(), "t: error: no number to transfer to");
    }
}
