//! appoint.

use crate::driver::Call;
use flow::AppointOutcome as O;
use model::At;
use serde_json::{Value, json};

const USUAL: &str = "speak 三十分钟后回访请按1，明天上午十点请按2，明天其他时间请按3。";
const SORRY: &str = "speak 这个时间约不了，请换一个时间。";
/// 2027-01-16 10:00 in China.
const TEN: At = At(1_800_064_800_000);

fn say(text: &str) -> Value {
    json!({ "type": "hangup", "parts": [{ "say": text }] })
}

fn appoint(more: Value) -> Value {
    let mut node =
        json!({ "type": "appoint", "next": "next", "on_full": "full", "on_refused": "refused", "on_timeout": "quiet" });
    for (key, value) in more.as_object().unwrap() {
        node[key] = value.clone();
    }
    json!({ "a": node, "next": say("完 {{ var.appointment_at|default('-') }}"), "full": say("满"), "refused": say("拒"), "quiet": say("静") })
}

#[test]
fn a_time_is_looked_up_confirmed_stored_and_only_then_told() {
    let (mut call, outs) = Call::start(appoint(json!({})));
    assert_eq!(outs, [USUAL]);
    assert_eq!(call.press("2"), ["stop speaking", "look - phone Day { days: 1, minute: 600 }"]);
    let asked = call.appointed(O::Fine { due_at: TEN });
    assert_eq!(asked, ["speak 您选的是二〇二七年一月十六日上午十点，确认请按1，重新选择请按2。"]);
    call.spoken();
    assert_eq!(call.press("1"), [format!("book - phone At {{ at: {TEN:?} }}")], "what was told is what is stored");
    let told = call.appointed(O::Fine { due_at: TEN });
    assert_eq!(told, ["speak 已为您预约二〇二七年一月十六日上午十点，到时我们联系您。"]);
    assert_eq!(call.spoken(), ["speak 完 2027-01-16T10:00:00+08:00"]);
    assert_eq!(call.trail, ["a: appointed 2027-01-16T10:00:00+08:00"]);
}

#[test]
fn the_hour_is_keyed_in_and_offers_are_the_document_s() {
    let offers = json!({ "4": { "in_min": 90 }, "5": { "day": 2 } });
    let (mut call, _) = Call::start(appoint(json!({ "task": 31, "medium": "sms", "offers": offers })));
    assert_eq!(call.press("4"), ["stop speaking", "look 31 sms In { ms: 5400000 }"]);
    assert_eq!(call.appointed(O::NoTime), [SORRY]);
    call.spoken();
    assert_eq!(call.press("5"), ["stop speaking", "speak 请按两位数的钟点，例如下午三点请按15。"]);
    call.spoken();
    assert_eq!(call.press("15"), ["look 31 sms Day { days: 2, minute: 900 }"]);
}

#[test]
fn a_time_that_cannot_be_had_is_asked_for_again_and_then_left_by_its_exit() {
    let (mut call, _) = Call::start(appoint(json!({ "retries": 1 })));
    call.press("1");
    assert_eq!(call.appointed(O::NoTime), [SORRY]);
    assert_eq!(call.spoken(), [USUAL]);
    call.press("1");
    call.appointed(O::Fine { due_at: TEN });
    assert_eq!(call.press("1").last().unwrap(), &format!("book - phone At {{ at: {TEN:?} }}"));
    assert_eq!(call.appointed(O::NoTime), ["speak 满"], "taken by somebody else while it was confirmed");
}

#[test]
fn who_may_not_be_called_is_told_nothing_of_a_time() {
    let (mut call, _) = Call::start(appoint(json!({})));
    call.press("1");
    assert_eq!(call.appointed(O::Refused), ["speak 拒"]);
    for outcome in [None, Some(O::Failed)] {
        let (mut call, _) = Call::start(appoint(json!({})));
        call.press("1");
        let outs = match outcome {
            Some(outcome) => call.appointed(outcome),
            None => call.time_out().1,
        };
        assert_eq!(outs, ["speak 拒"], "a store that does not answer promises nothing");
        assert_eq!(call.run.errors(), 1);
    }
}

#[test]
fn silence_wrong_keys_and_wrong_hours_are_tries() {
    let (mut call, _) = Call::start(appoint(json!({ "retries": 1 })));
    call.spoken();
    assert_eq!(call.time_out(), (6_000, vec![USUAL.to_owned()]));
    assert_eq!(call.press("9"), ["stop speaking", "speak 静"]);
    let (mut call, _) = Call::start(appoint(json!({ "retries": 0 })));
    call.press("3");
    assert_eq!(call.press("25").last().unwrap(), "speak 静");
    let (mut call, _) = Call::start(appoint(json!({ "retries": 1 })));
    call.press("1");
    call.appointed(O::Fine { due_at: TEN });
    assert_eq!(call.press("2"), ["stop speaking", USUAL], "chosen again");
}

#[test]
fn who_hangs_up_before_it_is_stored_has_booked_nothing() {
    let (mut call, _) = Call::start(appoint(json!({})));
    call.press("1");
    call.appointed(O::Fine { due_at: TEN });
    assert_eq!(call.hung_up(), ["hangup"]);
}
