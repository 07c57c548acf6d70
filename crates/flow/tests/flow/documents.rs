//! Documents that are refused, each with the node and the field, and what is reported about good ones.

use crate::driver::{doc, parse};
use flow::{Flow, Problem};
use serde_json::{Value, json};

/// A good document that uses every node.
pub fn everything() -> Value {
    let mut document = doc(json!({
        "start": { "type": "play", "parts": [{ "say": "您好 {{ lead.name }}" }, { "prompt": "欢迎" }, { "silence": 200 },
                   { "value": "lead.due", "as": "datetime", "weekday": true, "when": "lead.due" }], "barge_in": true, "speech_barge_in": true, "onset_ms": 300, "level_db": -35, "next": "ask" },
        "ask": { "type": "gather", "parts": [{ "say": "请按键" }], "branches": { "1": "yes", "*": "ask" }, "otherwise": "look",
                 "digits_max": 4, "into": "key", "on_timeout": "wait", "on_invalid": "bye", "terminator": "#",
                 "speech": { "cases": [{ "any": ["参加", "好的"], "none": ["不参加"], "all": [], "value": "1", "next": "yes" }], "otherwise": "tell",
                             "into": "words", "hints": ["请假"], "language": "zh", "end_silence_ms": 700, "ms_max": 9000, "barge_in": false } },
        "tell": { "type": "listen", "parts": [{ "say": "请讲" }], "silent": [{ "say": "没听到" }], "label": "opinion", "into": "opinion",
                  "on_silence": "bye", "on_error": "bye", "next": "look" },
        "yes": { "type": "set", "result": "attend", "variables": { "n": "var.n + 1" }, "next": "look" },
        "look": { "type": "http", "method": "POST", "url": "https://erp.example/{{ var.key }}", "headers": { "X-Key": "k" },
                  "body": { "phone": "{{ lead.phone }}" }, "into": "answer", "extract": { "city": "/city" }, "on_error": "bye", "next": "which" },
        "which": { "type": "branch", "cases": [{ "when": "var.answer.status == 200", "next": "send" }], "else": "leave" },
        "send": { "type": "sms", "text": "{{ var.city }}", "phone": "{{ lead.phone }}", "next": "person" },
        "leave": { "type": "record", "parts": [{ "say": "请留言" }], "label": "message", "into": "file", "ms_min": 500, "next": "other" },
        "person": { "type": "transfer", "to": "{{ campaign.agent_number }}", "on_busy": "bye", "on_failed": "bye", "on_done": "bye", "on_no_answer": "bye",
                    "checked": true, "record": true },
        "wait": { "type": "queue", "queue": 21, "service": "{{ var.key }} 咨询", "skills": { "5": 3 }, "head_start_s": 60, "on_done": "meet",
                  "on_left": "bye", "on_timeout": "bye", "on_closed": "leave", "on_full": "bye", "on_failed": "person" },
        "stars": { "type": "rate", "parts": [{ "say": "满意请按1" }], "thanks": [{ "say": "谢谢" }], "variable": "stars", "timeout_ms": 6000,
                   "retries": 2, "on_timeout": "book", "next": "bye" },
        "book": { "type": "appoint", "task": 31, "medium": "sms", "offers": { "1": { "in_min": 30 }, "2": { "day": 1, "at": "9:05" }, "3": { "day": 2 } },
                  "parts": [{ "say": "请选时间" }], "hour": [{ "say": "几点" }], "confirm": [{ "say": "确认请按1" }], "full": [{ "say": "约满" }],
                  "thanks": [{ "say": "好" }], "timeout_ms": 6000, "retries": 1, "into": "slot", "on_full": "bye", "on_refused": "bye",
                  "on_timeout": "bye", "next": "bye" },
        "meet": { "type": "conference", "room": "{{ var.key }}", "pin": "{{ campaign.agent_number }}", "muted": true, "leave_key": "#",
                  "parties_max": 10, "record": true, "on_left": "stars", "on_full": "bye", "on_wrong_pin": "bye", "on_failed": "bye" },
        "other": { "type": "jump", "flow": 12, "on_error": "bye" },
        "bye": { "type": "hangup", "parts": [{ "prompt": "再见" }], "note": "完", "ui": { "x": 1, "y": 2 } },
        "gone": { "type": "set", "result": "gone", "next": "end" },
        "end": { "type": "hangup" },
    }));
    document["variables"] = json!({ "n": 0 });
    document["on_hangup"] = "gone".into();
    document["voice"] = "xiaoyan".into();
    document["language"] = "zh".into();
    document
}

#[test]
fn a_good_document_says_what_it_uses() {
    let document = everything();
    let flow = parse(&document);
    assert_eq!(flow.warnings(), []);
    assert_eq!(flow.prompts().iter().map(String::as_str).collect::<Vec<_>>(), ["再见", "欢迎"]);
    assert_eq!(flow.results().iter().map(String::as_str).collect::<Vec<_>>(), ["attend", "gone"]);
    assert_eq!(flow.jumps().iter().map(|j| j.0).collect::<Vec<_>>(), [12]);
    assert_eq!(flow.tasks().iter().map(|t| t.0).collect::<Vec<_>>(), [31]);
    assert_eq!(flow.queues().iter().map(|q| q.0).collect::<Vec<_>>(), [21]);
    assert_eq!(flow.skills().iter().map(|s| s.0).collect::<Vec<_>>(), [5]);
    assert!(flow.names().any(|n| n == "campaign.agent_number"));
    assert_eq!((flow.name(), flow.source()), ("t", &document));
}

/// Where to put what, and what is then wrong: path, value (null removes), node, field, kind of mistake, part of the message.
type Case = (&'static str, Value, Option<&'static str>, &'static str, Problem, &'static str);

pub fn rejected() -> Vec<Case> {
    let mut cases = of_the_document();
    cases.extend(of_speaking_nodes());
    cases.extend(of_other_nodes());
    cases.extend(of_the_rest());
    cases
}

fn of_the_document() -> Vec<Case> {
    use Problem::{Conflict, Missing, Reference, Type, Unknown, Value as Bad};
    vec![
        ("/schema", Value::Null, None, "schema", Missing, "required"),
        ("/schema", json!("fengling.flow/2"), None, "schema", Bad, "must be fengling.flow/1"),
        ("/name", Value::Null, None, "name", Missing, "required"),
        ("/name", json!(""), None, "name", Bad, "1–64"),
        ("/name", json!(5), None, "name", Type, "must be a string, not a number"),
        ("/entry", Value::Null, None, "entry", Missing, "required"),
        ("/entry", json!("strat"), None, "entry", Reference, "did you mean start?"),
        ("/nods", json!({}), None, "nods", Unknown, "did you mean nodes?"),
        ("/voice", json!([]), None, "voice", Type, "not an array"),
        ("/language", json!("de"), None, "language", Bad, "zh, en"),
        ("/variables", json!([]), None, "variables", Type, "must be an object"),
        ("/variables/1x", json!(1), None, "variables.1x", Bad, "letters, digits"),
        ("/on_hangup", json!("gnoe"), None, "on_hangup", Reference, "did you mean gone?"),
        ("/on_hangup", json!("yes"), Some("leave"), "on_hangup", Conflict, "leave is a record"),
        ("/nodes", json!([]), None, "nodes", Type, "must be an object"),
        ("/nodes/a b", json!({ "type": "hangup" }), Some("a b"), "nodes.a b", Bad, "letters, digits"),
        ("/nodes/x", json!("hangup"), Some("x"), "nodes.x", Type, "must be an object"),
        ("/nodes/bye/type", Value::Null, Some("bye"), "nodes.bye.type", Missing, "required"),
        ("/nodes/bye/type", json!("hang_up"), Some("bye"), "nodes.bye.type", Bad, "did you mean hangup?"),
        ("/nodes/bye/note", json!(1), Some("bye"), "nodes.bye.note", Type, "must be a string"),
    ]
}

fn of_speaking_nodes() -> Vec<Case> {
    use Problem::{Conflict, Missing, Reference, Template, Type, Unknown, Value as Bad};
    vec![
        ("/nodes/start/level_db", json!(5), Some("start"), "nodes.start.level_db", Bad, "-60 to -10"),
        ("/nodes/start/onset_ms", json!(10), Some("start"), "nodes.start.onset_ms", Bad, "60 to 2000"),
        ("/nodes/ask/speech/cases/0/any", json!("好"), Some("ask"), "nodes.ask.speech.cases.0.any", Type, "must be an array"),
        ("/nodes/ask/speech/cases/0/any/0", json!(""), Some("ask"), "nodes.ask.speech.cases.0.any.0", Bad, "1–40"),
        (
            "/nodes/ask/speech/cases/0/next",
            json!("yse"),
            Some("ask"),
            "nodes.ask.speech.cases.0.next",
            Reference,
            "did you mean yes?",
        ),
        ("/nodes/ask/speech/case", json!([]), Some("ask"), "nodes.ask.speech.case", Unknown, "did you mean cases?"),
        ("/nodes/ask/speech", json!({}), Some("ask"), "nodes.ask.speech.otherwise", Missing, "needs cases, otherwise"),
        ("/nodes/ask/speech/language", json!("x"), Some("ask"), "nodes.ask.speech.language", Bad, "language code"),
        ("/nodes/tell/label", Value::Null, Some("tell"), "nodes.tell.label", Missing, "required"),
        ("/nodes/tell/silence_ms", json!(0), Some("tell"), "nodes.tell.silence_ms", Bad, "1000 to 60000"),
        ("/nodes/tell/on_silence", json!("bya"), Some("tell"), "nodes.tell.on_silence", Reference, "did you mean bye?"),
        ("/nodes/start/parts", Value::Null, Some("start"), "nodes.start.parts", Missing, "required"),
        ("/nodes/start/parts", json!([]), Some("start"), "nodes.start.parts", Bad, "at least one"),
        ("/nodes/start/parts", json!("hi"), Some("start"), "nodes.start.parts", Type, "must be an array"),
        ("/nodes/start/parts/0", json!("hi"), Some("start"), "nodes.start.parts.0", Type, "must be an object"),
        ("/nodes/start/parts/0", json!({}), Some("start"), "nodes.start.parts.0", Missing, "say, prompt, silence, value"),
        ("/nodes/start/parts/0/prompt", json!("x"), Some("start"), "nodes.start.parts.0", Conflict, "only one of say, prompt"),
        ("/nodes/start/parts/0/say", json!("{{ lead.name"), Some("start"), "nodes.start.parts.0.say", Template, "cannot be read"),
        ("/nodes/start/parts/0/wehn", json!("x"), Some("start"), "nodes.start.parts.0.wehn", Unknown, "did you mean when?"),
        ("/nodes/start/parts/0/when", json!("lead."), Some("start"), "nodes.start.parts.0.when", Template, "cannot be read"),
        ("/nodes/start/parts/0/when", json!(" "), Some("start"), "nodes.start.parts.0.when", Template, "empty"),
        ("/nodes/start/parts/1/prompt", json!(""), Some("start"), "nodes.start.parts.1.prompt", Bad, "1–64"),
        ("/nodes/start/parts/1/voice", json!("x"), Some("start"), "nodes.start.parts.1.voice", Unknown, "no such field"),
        ("/nodes/start/parts/2/silence", json!(5), Some("start"), "nodes.start.parts.2.silence", Bad, "10 to 60000"),
        ("/nodes/start/parts/3/as", Value::Null, Some("start"), "nodes.start.parts.3.as", Missing, "required"),
        ("/nodes/start/parts/3/as", json!("dat"), Some("start"), "nodes.start.parts.3.as", Bad, "did you mean date?"),
        ("/nodes/start/barge_in", json!("yes"), Some("start"), "nodes.start.barge_in", Type, "true or false"),
        ("/nodes/start/next", Value::Null, Some("start"), "nodes.start.next", Missing, "required"),
        ("/nodes/start/next", json!("aks"), Some("start"), "nodes.start.next", Reference, "did you mean ask?"),
        ("/nodes/ask/on_timeout", Value::Null, Some("ask"), "nodes.ask.on_timeout", Missing, "required"),
        ("/nodes/ask/branches/1", json!("yse"), Some("ask"), "nodes.ask.branches.1", Reference, "did you mean yes?"),
        ("/nodes/ask/branches/1", json!(1), Some("ask"), "nodes.ask.branches.1", Type, "id of a node"),
        ("/nodes/ask/branches/x", json!("yes"), Some("ask"), "nodes.ask.branches.x", Bad, "must be keys"),
        ("/nodes/ask/branches/12345", json!("yes"), Some("ask"), "nodes.ask.branches.12345", Conflict, "longer than digits_max"),
        ("/nodes/ask/branches/#", json!("yes"), Some("ask"), "nodes.ask.terminator", Conflict, "branches"),
        ("/nodes/ask/terminator", json!("##"), Some("ask"), "nodes.ask.terminator", Bad, "one key"),
        ("/nodes/ask/digits_min", json!(5), Some("ask"), "nodes.ask.digits_min", Conflict, "digits_max"),
        ("/nodes/ask/digits_max", json!(99), Some("ask"), "nodes.ask.digits_max", Bad, "1 to 32"),
        ("/nodes/ask/timeout_ms", json!("5s"), Some("ask"), "nodes.ask.timeout_ms", Type, "500 to 120000"),
        ("/nodes/ask/into", json!("a-b"), Some("ask"), "nodes.ask.into", Bad, "letters, digits"),
        ("/nodes/ask/retry", json!(1), Some("ask"), "nodes.ask.retry", Unknown, "no such field"),
        ("/nodes/leave/label", Value::Null, Some("leave"), "nodes.leave.label", Missing, "required"),
        ("/nodes/leave/ms_max", json!(50), Some("leave"), "nodes.leave.ms_max", Bad, "1000 to 600000"),
        ("/nodes/leave/ms_min", json!(60000), Some("leave"), "nodes.leave.ms_min", Conflict, "less than ms_max"),
        ("/nodes/leave/stop_digits", json!("x"), Some("leave"), "nodes.leave.stop_digits", Bad, "must be keys"),
    ]
}

fn of_other_nodes() -> Vec<Case> {
    use Problem::{Missing, Reference, Template, Type, Unknown, Value as Bad};
    vec![
        ("/nodes/which/cases", Value::Null, Some("which"), "nodes.which.cases", Missing, "required"),
        ("/nodes/which/cases", json!([]), Some("which"), "nodes.which.cases", Bad, "at least one"),
        ("/nodes/which/cases/0/when", Value::Null, Some("which"), "nodes.which.cases.0.when", Missing, "required"),
        ("/nodes/which/cases/0/when", json!("foo > 1"), Some("which"), "nodes.which.cases.0.when", Template, "foo is not known"),
        ("/nodes/which/cases/0/next", json!("sned"), Some("which"), "nodes.which.cases.0.next", Reference, "did you mean send?"),
        ("/nodes/which/else", Value::Null, Some("which"), "nodes.which.else", Missing, "required"),
        ("/nodes/gone/result", Value::Null, Some("gone"), "nodes.gone.result", Missing, "variables, result, or both"),
        ("/nodes/gone/result", json!("Attend!"), Some("gone"), "nodes.gone.result", Bad, "a–z"),
        ("/nodes/yes/variables/n", json!("var.n +"), Some("yes"), "nodes.yes.variables.n", Template, "cannot be read"),
        ("/nodes/yes/variables/a b", json!(1), Some("yes"), "nodes.yes.variables.a b", Bad, "letters, digits"),
        ("/nodes/look/url", Value::Null, Some("look"), "nodes.look.url", Missing, "required"),
        ("/nodes/look/url", json!("ftp://x"), Some("look"), "nodes.look.url", Bad, "http://"),
        ("/nodes/look/method", json!("FETCH"), Some("look"), "nodes.look.method", Bad, "GET, POST"),
        ("/nodes/look/headers/X-Key", json!(1), Some("look"), "nodes.look.headers.X-Key", Type, "must be a string"),
        ("/nodes/look/headers/a:b", json!("x"), Some("look"), "nodes.look.headers.a:b", Bad, "header name"),
        ("/nodes/look/body/phone", json!("{{ x }}"), Some("look"), "nodes.look.body.phone", Template, "x is not known"),
        ("/nodes/look/timeout_ms", json!(60000), Some("look"), "nodes.look.timeout_ms", Bad, "100 to 30000"),
        ("/nodes/look/extract/city", json!("city"), Some("look"), "nodes.look.extract.city", Bad, "JSON pointer"),
        ("/nodes/send/text", Value::Null, Some("send"), "nodes.send.text", Missing, "required"),
        ("/nodes/send/phone", json!(1), Some("send"), "nodes.send.phone", Type, "must be a string"),
        ("/nodes/person/to", Value::Null, Some("person"), "nodes.person.to", Missing, "required"),
        ("/nodes/person/ring_ms_max", json!(1), Some("person"), "nodes.person.ring_ms_max", Bad, "5000 to 120000"),
        ("/nodes/wait/queue", Value::Null, Some("wait"), "nodes.wait.queue", Missing, "required"),
        ("/nodes/wait/queue", json!("咨询"), Some("wait"), "nodes.wait.queue", Type, "id of a queue"),
        ("/nodes/wait/queue", json!(0), Some("wait"), "nodes.wait.queue", Bad, "positive whole number"),
        ("/nodes/wait/service", json!("{{ key }}"), Some("wait"), "nodes.wait.service", Template, "key is not known"),
        ("/nodes/wait/service", json!(5), Some("wait"), "nodes.wait.service", Type, "must be a string"),
        ("/nodes/wait/skills", json!([5]), Some("wait"), "nodes.wait.skills", Type, "must be an object"),
        ("/nodes/wait/skills/5", json!(11), Some("wait"), "nodes.wait.skills.5", Bad, "1 to 10"),
        ("/nodes/wait/skills/5", json!(0), Some("wait"), "nodes.wait.skills.5", Bad, "1 to 10"),
        ("/nodes/wait/skills/5", json!("3"), Some("wait"), "nodes.wait.skills.5", Type, "1 to 10"),
        ("/nodes/wait/skills/英语", json!(3), Some("wait"), "nodes.wait.skills.英语", Bad, "id of a skill"),
        ("/nodes/wait/skills/05", json!(3), Some("wait"), "nodes.wait.skills.05", Bad, "id of a skill"),
        ("/nodes/wait/skills", many_skills(), Some("wait"), "nodes.wait.skills", Bad, "at most 10"),
        ("/nodes/wait/head_start_s", json!(86_401), Some("wait"), "nodes.wait.head_start_s", Bad, "0 to 86400"),
        ("/nodes/wait/on_done", json!("byte"), Some("wait"), "nodes.wait.on_done", Reference, "did you mean bye?"),
        ("/nodes/wait/on_left", json!(1), Some("wait"), "nodes.wait.on_left", Type, "must be a string"),
        ("/nodes/wait/on_timeout", json!("byte"), Some("wait"), "nodes.wait.on_timeout", Reference, "did you mean bye?"),
        ("/nodes/wait/on_closed", json!("laeve"), Some("wait"), "nodes.wait.on_closed", Reference, "did you mean leave?"),
        ("/nodes/wait/on_full", json!("byte"), Some("wait"), "nodes.wait.on_full", Reference, "did you mean bye?"),
        ("/nodes/wait/on_failed", json!("byte"), Some("wait"), "nodes.wait.on_failed", Reference, "did you mean bye?"),
        ("/nodes/wait/on_no_agents", json!("bye"), Some("wait"), "nodes.wait.on_no_agents", Unknown, "no such field"),
    ]
}

fn of_the_rest() -> Vec<Case> {
    use Problem::{Missing, Reference, Template, Type, Unknown, Value as Bad};
    vec![
        ("/nodes/person/checked", json!("yes"), Some("person"), "nodes.person.checked", Type, "true or false"),
        ("/nodes/person/record", json!(1), Some("person"), "nodes.person.record", Type, "true or false"),
        ("/nodes/book/task", json!(0), Some("book"), "nodes.book.task", Bad, "positive whole number"),
        ("/nodes/book/task", json!("31"), Some("book"), "nodes.book.task", Type, "positive whole number"),
        ("/nodes/book/medium", json!("mail"), Some("book"), "nodes.book.medium", Bad, "phone, sms"),
        ("/nodes/book/offers", json!({}), Some("book"), "nodes.book.offers", Bad, "1–9 times"),
        ("/nodes/book/offers/1", json!({ "in_min": 0 }), Some("book"), "nodes.book.offers.1", Bad, "in_min"),
        ("/nodes/book/offers/2", json!({ "day": 1, "at": "24:00" }), Some("book"), "nodes.book.offers.2", Bad, "HH:MM"),
        ("/nodes/book/offers/x", json!({ "day": 1 }), Some("book"), "nodes.book.offers.x", Bad, "one key"),
        ("/nodes/book/retries", json!(11), Some("book"), "nodes.book.retries", Bad, "0 to 10"),
        ("/nodes/book/timeout_ms", json!(1), Some("book"), "nodes.book.timeout_ms", Bad, "500 to 120000"),
        ("/nodes/book/into", json!("1x"), Some("book"), "nodes.book.into", Bad, "letters, digits"),
        ("/nodes/book/on_full", json!("bya"), Some("book"), "nodes.book.on_full", Reference, "did you mean bye?"),
        ("/nodes/book/next", Value::Null, Some("book"), "nodes.book.next", Missing, "required"),
        ("/nodes/meet/room", Value::Null, Some("meet"), "nodes.meet.room", Missing, "required"),
        ("/nodes/meet/room", json!(8001), Some("meet"), "nodes.meet.room", Type, "must be a string"),
        ("/nodes/meet/room", json!("会议一"), Some("meet"), "nodes.meet.room", Bad, "1–20 digits"),
        ("/nodes/meet/room", json!(" "), Some("meet"), "nodes.meet.room", Bad, "1–20 digits"),
        ("/nodes/meet/room", json!("{{ key }}"), Some("meet"), "nodes.meet.room", Template, "key is not known"),
        ("/nodes/meet/pin", json!("abc"), Some("meet"), "nodes.meet.pin", Bad, "1–20 digits"),
        ("/nodes/meet/pin", json!("123456789012345678901"), Some("meet"), "nodes.meet.pin", Bad, "1–20 digits"),
        ("/nodes/meet/pin", json!("{{ pin }}"), Some("meet"), "nodes.meet.pin", Template, "pin is not known"),
        ("/nodes/meet/muted", json!(1), Some("meet"), "nodes.meet.muted", Type, "true or false"),
        ("/nodes/meet/record", json!("on"), Some("meet"), "nodes.meet.record", Type, "true or false"),
        ("/nodes/meet/leave_key", json!(""), Some("meet"), "nodes.meet.leave_key", Bad, "one key"),
        ("/nodes/meet/leave_key", json!("x"), Some("meet"), "nodes.meet.leave_key", Bad, "one key"),
        ("/nodes/meet/leave_key", json!(9), Some("meet"), "nodes.meet.leave_key", Type, "must be a string"),
        ("/nodes/meet/parties_max", json!(1), Some("meet"), "nodes.meet.parties_max", Bad, "2 to 100"),
        ("/nodes/meet/on_left", json!("byte"), Some("meet"), "nodes.meet.on_left", Reference, "did you mean bye?"),
        ("/nodes/meet/on_full", json!("byte"), Some("meet"), "nodes.meet.on_full", Reference, "did you mean bye?"),
        ("/nodes/meet/on_wrong_pin", json!("byte"), Some("meet"), "nodes.meet.on_wrong_pin", Reference, "did you mean bye?"),
        ("/nodes/meet/on_failed", json!("byte"), Some("meet"), "nodes.meet.on_failed", Reference, "did you mean bye?"),
        ("/nodes/meet/parts", json!([]), Some("meet"), "nodes.meet.parts", Unknown, "no such field"),
        ("/nodes/stars/parts", json!("满意吗"), Some("stars"), "nodes.stars.parts", Type, "must be an array"),
        ("/nodes/stars/thanks/0", json!({}), Some("stars"), "nodes.stars.thanks.0", Missing, "say, prompt, silence, value"),
        ("/nodes/stars/timeout_ms", json!(100), Some("stars"), "nodes.stars.timeout_ms", Bad, "500 to 120000"),
        ("/nodes/stars/retries", json!(4), Some("stars"), "nodes.stars.retries", Bad, "0 to 3"),
        ("/nodes/stars/variable", json!("a-b"), Some("stars"), "nodes.stars.variable", Bad, "letters, digits"),
        ("/nodes/stars/on_timeout", json!("byte"), Some("stars"), "nodes.stars.on_timeout", Reference, "did you mean bye?"),
        ("/nodes/stars/next", Value::Null, Some("stars"), "nodes.stars.next", Missing, "required"),
        ("/nodes/other/flow", Value::Null, Some("other"), "nodes.other.flow", Missing, "required"),
        ("/nodes/other/flow", json!("main"), Some("other"), "nodes.other.flow", Type, "id of a flow"),
        ("/nodes/bye/parts", json!({}), Some("bye"), "nodes.bye.parts", Type, "must be an array"),
    ]
}

fn many_skills() -> Value {
    (1..=11).map(|i| (i.to_string(), json!(1))).collect::<serde_json::Map<_, _>>().into()
}

/// The good document with one thing put (or taken out) at a JSON pointer.
pub fn broken(pointer: &str, value: &Value) -> Value {
    let mut document = everything();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}")) {
        Value::Object(map) if value.is_null() => drop(map.remove(last).unwrap_or_else(|| panic!("no {pointer}"))),
        Value::Object(map) => drop(map.insert(last.to_owned(), value.clone())),
        Value::Array(items) => items[last.parse::<usize>().unwrap()] = value.clone(),
        other => panic!("{parent} is {other}"),
    }
    document
}

#[test]
fn every_mistake_names_its_node_and_field() {
    for (pointer, value, node, field, code, part) in rejected() {
        let errors = Flow::parse(&broken(pointer, &value)).expect_err(&format!("{pointer} = {value} was accepted"));
        let found = errors.iter().find(|e| e.field == field && e.code == code && e.node.as_deref() == node);
        let found = found.unwrap_or_else(|| panic!("{pointer} = {value}: {errors:#?}"));
        assert!(found.message_en.contains(part), "{pointer}: {}", found.message_en);
        assert!(!found.message_zh.is_ascii(), "{pointer}: {}", found.message_zh);
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let errors = Flow::parse(&json!({
        "schema": "x", "name": 1, "entry": "a",
        "nodes": { "b": { "type": "play" }, "c": { "type": "wat" }, "d": { "type": "hangup", "x": 1 } },
    }))
    .unwrap_err();
    let mut fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["entry", "name", "nodes.b.next", "nodes.b.parts", "nodes.c.type", "nodes.d.x", "schema"]);
}

#[test]
fn documents_beyond_the_limits_are_refused() {
    let many: serde_json::Map<String, Value> = (0..501).map(|i| (format!("n{i}"), json!({ "type": "hangup" }))).collect();
    assert_eq!(Flow::parse(&doc(Value::Object(many))).unwrap_err()[0].field, "nodes");
    let huge = json!({ "schema": "fengling.flow/1", "name": "x", "entry": "a", "nodes": { "a": { "type": "hangup", "note": "x".repeat(1_100_000) } } });
    assert!(Flow::parse(&huge).unwrap_err()[0].message_en.contains("1 MB"));
    for not_a_document in [Value::Null, json!([]), json!("x"), json!(1)] {
        assert_eq!(Flow::parse(&not_a_document).unwrap_err()[0].code, Problem::Type);
    }
}

#[test]
fn what_is_most_likely_not_meant_is_a_warning() {
    let mut document = everything();
    document["nodes"]["island"] = json!({ "type": "play", "parts": [{ "say": "{{ var.kye }}" }], "next": "end" });
    let warnings = parse(&document).warnings();
    let short: Vec<_> = warnings.iter().map(|w| (w.field.as_str(), w.code, w.message_en.as_str())).collect();
    assert_eq!(
        short,
        [
            ("nodes.island", Problem::Suspicious, "no other node leads here"),
            ("nodes.island.parts.0.say", Problem::Suspicious, "kye is never set; did you mean key?"),
        ]
    );
}
