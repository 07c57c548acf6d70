//! branch, set, http, sms and jump.

use crate::driver::{Call, doc, parse};
use serde_json::{Value, json};

fn say(text: &str) -> Value {
    json!({ "type": "hangup", "parts": [{ "say": text }] })
}

#[test]
fn the_first_condition_that_holds_decides() {
    let cases = [
        ("lead.amount > 100", "lead.amount > 1", "speak 甲", "b: case 1"),
        ("lead.name == '李'", "lead.phone is startingwith '+86'", "speak 乙", "b: case 2"),
        ("lead.nope and lead.nope.deeper", "not lead.name", "speak 否", "b: else"),
        ("lead.nope > 5", "lead.nope", "speak 否", "b: else"),
    ];
    for (first, second, expected, trail) in cases {
        let (call, outs) = Call::start(json!({
            "b": { "type": "branch", "cases": [{ "when": first, "next": "a" }, { "when": second, "next": "c" }], "else": "n" },
            "a": say("甲"), "c": say("乙"), "n": say("否"),
        }));
        assert_eq!(outs, [expected], "{first} / {second}");
        assert_eq!(call.trail.last().unwrap(), trail);
    }
}

#[test]
fn a_condition_that_cannot_be_decided_does_not_hold() {
    let (call, outs) = Call::start(json!({
        "b": { "type": "branch", "cases": [{ "when": "lead.name|int > 5", "next": "a" }], "else": "n" }, "a": say("甲"), "n": say("否"),
    }));
    assert_eq!(outs, ["speak 否"]);
    assert_eq!(call.run.errors(), 1);
}

#[test]
fn set_evaluates_texts_and_keeps_other_values() {
    let mut document = doc(json!({
        "s": { "type": "set", "variables": { "sum": "lead.amount + var.base", "list": [1, 2], "on": true, "text": "'好' ~ lead.name" },
               "result": "counted", "next": "end" },
        "end": say("{{ var.sum|money }} {{ var.list|length }} {{ var.on }} {{ var.text }} {{ call.result }}"),
    }));
    document["variables"] = json!({ "base": 100 });
    let (mut call, outs) = Call::start_doc(&document);
    assert_eq!(outs, [r#"result counted {"base":100,"sum":205.3,"list":[1,2],"on":true,"text":"好张伟"}"#]);
    assert_eq!(call.saved(true), ["speak 两百零五元三角 2 true 好张伟 counted"].map(|s| s.replace("两百", "二百")));
    assert_eq!(call.trail, ["s: counted"]);
}

#[test]
fn nothing_is_said_before_the_result_is_stored() {
    let nodes = |on_error: Value| json!({ "s": { "type": "set", "result": "attend", "next": "ok", "on_error": on_error }, "ok": say("谢谢"), "bad": say("失败") });
    let (mut call, outs) = Call::start(nodes("bad".into()));
    assert_eq!(outs, ["result attend {}"]);
    assert!(call.press("1").is_empty() && call.spoken().is_empty());
    assert_eq!(call.saved(false), ["speak 失败"]);
    let (mut call, _) = Call::start(nodes("bad".into()));
    assert_eq!(call.time_out(), (10_000, vec!["speak 失败".into()]));
    assert_eq!(call.trail, ["s: error: the result could not be stored"]);
    let (mut call, _) = Call::start(nodes(Value::Null));
    assert_eq!(call.saved(false), ["speak 谢谢"], "without on_error the call goes on");
}

fn http(more: Value) -> Value {
    let mut http = json!({
        "type": "http", "url": "https://erp.example/leads/{{ lead.phone|urlencode }}", "timeout_ms": 3000, "into": "answer",
        "extract": { "city": "/data/0/city", "none": "/data/9" }, "next": "ok", "on_error": "bad",
    });
    for (key, value) in more.as_object().unwrap() {
        http[key] = value.clone();
    }
    json!({
        "h": http,
        "ok": say("好 {{ var.city }} {{ var.answer.status }} {{ var.answer.body.data|length }} {{ var.none|default('无') }}"),
        "bad": say("坏 {{ var.answer.status|default('-') }}"),
    })
}

#[test]
fn http_asks_and_keeps_the_answer() {
    let (mut call, outs) = Call::start(http(json!({})));
    assert_eq!(outs, ["http GET https://erp.example/leads/%2B8613800138000 [] None 3000"]);
    let answer = json!({ "data": [{ "city": "济南" }] });
    assert_eq!(call.http(Ok((200, answer))), ["speak 好 济南 200 1 无"]);
    assert_eq!(call.trail, ["h: status 200"]);
}

#[test]
fn http_sends_headers_and_json_that_no_name_can_break() {
    let mut document = doc(http(json!({
        "method": "POST", "headers": { "X-Name": "{{ var.evil }}" }, "body": { "name": "{{ var.evil }}", "n": 1, "list": ["{{ lead.name }}", null] },
    })));
    document["variables"] = json!({ "evil": "a\"b\r\nX-Admin: 1" });
    let (_, outs) = Call::start_doc(&document);
    assert_eq!(
        outs,
        [
            r#"http POST https://erp.example/leads/%2B8613800138000 [("X-Name", "a\"bX-Admin: 1"), ("content-type", "application/json")] Some("{\"name\":\"a\\\"b\\r\\nX-Admin: 1\",\"n\":1,\"list\":[\"张伟\",null]}") 3000"#
        ]
    );
    let (_, outs) = Call::start(http(json!({ "method": "PUT", "body": "n={{ lead.name|urlencode }}" })));
    assert!(outs[0].contains(r#"[] Some("n=%E5%BC%A0%E4%BC%9F")"#), "{outs:?}");
}

#[test]
fn every_failure_of_http_takes_on_error() {
    let (mut call, _) = Call::start(http(json!({})));
    assert_eq!(call.http(Err("connection refused")), ["speak 坏 -"]);
    assert_eq!(call.trail, ["h: error: connection refused"]);
    let (mut call, _) = Call::start(http(json!({})));
    assert_eq!(call.http(Ok((500, json!("oops")))), ["speak 坏 500"]);
    let (mut call, _) = Call::start(http(json!({})));
    assert_eq!(call.time_out(), (5_000, vec!["speak 坏 -".into()]), "its own limit and a little more");
    let (mut call, _) = Call::start(http(json!({})));
    assert_eq!(call.http(Ok((200, json!("x".repeat(70_000))))), ["speak 坏 -"], "too large an answer is not kept");
    let (call, outs) = Call::start(http(json!({ "url": "{{ lead.name }}" })));
    assert_eq!(outs, ["speak 坏 -"]);
    assert_eq!(call.trail, ["h: error: not a web address: 张伟"]);
    let (mut call, _) = Call::start(http(json!({ "on_error": null })));
    assert_eq!(call.http(Err("down"))[0], "speak 好 0 无", "without on_error the call goes on");
}

fn sms(more: Value) -> Value {
    let mut sms = json!({ "type": "sms", "text": "{{ lead.name }}：{{ campaign.time }}", "next": "ok", "on_error": "bad" });
    for (key, value) in more.as_object().unwrap() {
        sms[key] = value.clone();
    }
    json!({ "m": sms, "ok": say("好"), "bad": say("坏") })
}

#[test]
fn sms_goes_to_the_callee_or_to_a_number() {
    let (mut call, outs) = Call::start(sms(json!({})));
    assert_eq!(outs, ["sms - 张伟：2026-11-25 09:00"]);
    assert_eq!(call.sms(true), ["speak 好"]);
    let (_, outs) = Call::start(sms(json!({ "phone": "{{ campaign.agent_number }}" })));
    assert_eq!(outs, ["sms 053188886666 张伟：2026-11-25 09:00"]);
}

#[test]
fn every_failure_of_sms_takes_on_error() {
    let (mut call, _) = Call::start(sms(json!({})));
    assert_eq!(call.sms(false), ["speak 坏"]);
    let (mut call, _) = Call::start(sms(json!({})));
    assert_eq!(call.time_out(), (10_000, vec!["speak 坏".into()]));
    for more in
        [json!({ "text": "{{ lead.none }}" }), json!({ "text": "字".repeat(1_001) }), json!({ "phone": "{{ lead.none }}" })]
    {
        let (call, outs) = Call::start(sms(more));
        assert_eq!(outs, ["speak 坏"]);
        assert!(call.run.errors() > 0);
    }
    let (mut call, _) = Call::start(sms(json!({ "on_error": null })));
    assert_eq!(call.sms(false), ["speak 好"]);
}

#[test]
fn jump_goes_on_in_the_other_flow_with_all_variables() {
    let mut first = doc(json!({
        "s": { "type": "set", "variables": { "x": "'甲'" }, "next": "j" },
        "j": { "type": "jump", "flow": 7, "on_error": "bad" }, "bad": say("坏"),
    }));
    first["variables"] = json!({ "x": "old" });
    let mut second = doc(json!({ "e": say("{{ var.x }}{{ var.y }}") }));
    second["variables"] = json!({ "x": "default", "y": "乙" });

    let (mut call, outs) = Call::start_doc(&first);
    assert_eq!(outs, ["jump 7"]);
    assert_eq!(call.jumped(Some((7, 12, parse(&second)))), ["speak 甲乙"]);
    assert_eq!((call.run.flow_id().0, call.run.version()), (7, 12));
    assert_eq!(call.trail, ["s: set", "j: flow 7 version 12"]);

    let (mut call, _) = Call::start_doc(&first);
    assert_eq!(call.jumped(None), ["speak 坏"]);
    let (mut call, _) = Call::start_doc(&first);
    assert_eq!(call.time_out(), (10_000, vec!["speak 坏".into()]));
}

#[test]
fn flows_that_jump_into_each_other_for_ever_end() {
    let circle = parse(&doc(json!({ "j": { "type": "jump", "flow": 7 } })));
    let (mut call, _) = Call::start(json!({ "j": { "type": "jump", "flow": 7 } }));
    let mut jumps = 0;
    while !call.over {
        call.jumped(Some((7, 1, circle.clone())));
        jumps += 1;
    }
    assert_eq!(jumps, 20);
    assert_eq!(call.trail.last().unwrap(), "j: error: too many jumps between flows");
}
