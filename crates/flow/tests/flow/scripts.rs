//! Templates and expressions cannot be used to hold up or blow up a call.

use crate::driver::{Call, doc};
use flow::{Flow, Problem};
use proptest::prelude::*;
use serde_json::{Value, json};

fn speaking(say: &str) -> Value {
    doc(json!({ "p": { "type": "play", "next": "end", "parts": [{ "say": say }] }, "end": { "type": "hangup" } }))
}

#[track_caller]
fn refused(say: &str, part: &str) {
    let errors = Flow::parse(&speaking(say)).expect_err(say);
    assert_eq!(errors.len(), 1, "{errors:?}");
    let e = &errors[0];
    assert_eq!((e.code, e.node.as_deref(), e.field.as_str()), (Problem::Template, Some("p"), "nodes.p.parts.0.say"));
    assert!(e.message_en.contains(part), "{}", e.message_en);
}

#[test]
fn what_could_grow_without_end_is_refused_when_saved() {
    refused("{% set a = 'x' %}", "only if and for");
    refused("{%- macro m() %}{% endmacro %}", "only if and for");
    refused("{% include 'x' %}", "only if and for");
    refused("{{ 'x' * 100000000 }}", "|times(n)");
    refused("{{ [1] ** 9 }}", "|times(n)");
    refused("{% if lead.a * 2 %}{% endif %}", "|times(n)");
    refused("{{ lead.a|monye }}", "did you mean money?");
    refused("{{ lead.a|center(99999999) }}", "no filter named center");
    refused("{{ range(10) }}", "range is not known");
    refused("{{ name }}", "e.g. lead.name");
    refused("{{ lead.a", "cannot be read");
    refused("{% if lead.a %}", "cannot be read");
    refused(&"字".repeat(3_000), "too long");
    refused(&format!("{{{{ {}1{} }}}}", "(".repeat(1_000), ")".repeat(1_000)), "at most 400 words and signs");
    assert!(Flow::parse(&speaking("{{ '* {% set' }} {# {% set * #} 3 * 4 {")).is_ok(), "texts and comments may say anything");
}

#[test]
fn expressions_that_nest_without_end_are_refused_before_they_are_read() {
    // A quarter of what a thread of the server has.
    let small = std::thread::Builder::new().stack_size(512 << 10).spawn(|| {
        for hostile in
            ["-", "- ", "not ", "lead.a + ", "lead.a and ", "lead.a ~", "lead.a[0] == ", "[", "(", "lead.a if lead.b else "]
        {
            refused(&format!("{{{{ {}1 }}}}", hostile.repeat(8_000 / hostile.len())), "at most 400 words and signs");
        }
        refused(&format!("{{{{ lead{} }}}}", ".a".repeat(4_000)), "at most 400 words and signs");
        refused(&format!("{{% if {}1 %}}{{% endif %}}", "-".repeat(8_000)), "at most 400 words and signs");
        let long = format!("{{{{ lead.a{} }}}}", " ~ 'x'".repeat(190));
        assert!(Flow::parse(&speaking(&long)).is_ok(), "as many as are allowed");
        for deep in ["-".repeat(390), "not ".repeat(390)] {
            let _ = Flow::parse(&speaking(&format!("{{{{ {deep}lead.a }}}}")));
        }
    });
    small.unwrap().join().unwrap();
}

#[test]
fn a_bomb_ends_as_an_error_step() {
    let loops = "{% for a in lead.list %}".repeat(6) + "x" + &"{% endfor %}".repeat(6);
    let wide = format!("{{% for a in lead.list %}}{{% for b in lead.list %}}{}{{% endfor %}}{{% endfor %}}", "字".repeat(300));
    let replaced = format!("{{{{ lead.text{} }}}}", "|replace('x','xxxxxxxx')".repeat(12));
    let recursive = "{% for a in lead.list recursive %}{{ loop(lead.list) }}{% endfor %}".to_owned();
    for bomb in [loops, wide, replaced, recursive] {
        let mut scope = crate::driver::scope();
        scope.lead.insert("list".into(), (0..1_000).collect::<Vec<_>>().into());
        scope.lead.insert("text".into(), "x".repeat(100).into());
        let mut call = Call::new(crate::driver::parse(&speaking(&bomb)), scope);
        let outs = call.give(flow::In::Start);
        assert_eq!(outs, ["hangup"], "{bomb}");
        // The limits end it, not the clock.
        let ends = ["runs too long", "too long", "recursion limit"];
        assert!(ends.iter().any(|end| call.trail[0].contains(end)), "{:?}", call.trail);
        assert_eq!(call.run.errors(), 1);
    }
}

#[test]
fn a_bomb_in_an_expression_ends_too() {
    let mut scope = crate::driver::scope();
    scope.lead.insert("text".into(), "x".repeat(10_000).into());
    let grow = format!("lead.text{}", "|replace('x','xxxxxxxx')".repeat(20));
    let document = doc(json!({ "s": { "type": "set", "variables": { "a": grow }, "next": "end" }, "end": { "type": "hangup" } }));
    let mut call = Call::new(crate::driver::parse(&document), scope);
    assert_eq!(call.give(flow::In::Start), ["hangup"]);
    assert_eq!(call.run.errors(), 1);
}

/// Two nodes that double a text for ever: the steps end the loop, and the text stops growing long before.
#[test]
fn a_text_doubled_for_ever_stops_growing() {
    let mut document = doc(json!({
        "a": { "type": "set", "variables": { "x": "var.x ~ var.x" }, "next": "b" },
        "b": { "type": "set", "variables": { "x": "var.x ~ var.x" }, "next": "a" },
    }));
    document["variables"] = json!({ "x": "字" });
    let (call, outs) = Call::start_doc(&document);
    assert_eq!(outs, ["hangup"]);
    let first = call.trail.iter().find(|t| t.contains("error")).unwrap();
    assert!(first.ends_with("error: the value for x is too large"), "{first}");
}

#[test]
fn whole_answers_of_other_systems_are_not_stored_with_the_result() {
    let (mut call, _) = Call::start(json!({
        "h": { "type": "http", "url": "https://erp.example/", "into": "big", "extract": { "id": "/id" }, "next": "s" },
        "s": { "type": "set", "result": "done", "next": "end" },
        "end": { "type": "hangup" },
    }));
    assert_eq!(call.http(Ok((200, json!({ "id": 7, "text": "x".repeat(5_000) })))), [r#"result done {"id":7}"#]);
}

proptest! {
    /// Whatever is written into a template, it is refused or rendered, and in no time.
    #[test]
    fn strange_templates_do_not_panic(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..14)) {
        let source = pieces.concat();
        if let Ok(flow) = Flow::parse(&speaking(&source)) {
            Call::new(std::sync::Arc::new(flow), crate::driver::scope()).give(flow::In::Start);
        }
        let branch = doc(json!({
            "b": { "type": "branch", "cases": [{ "when": source, "next": "end" }], "else": "end" }, "end": { "type": "hangup" },
        }));
        if let Ok(flow) = Flow::parse(&branch) {
            Call::new(std::sync::Arc::new(flow), crate::driver::scope()).give(flow::In::Start);
        }
    }
}

const PIECES: [&str; 44] = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    " lead.name ",
    "lead",
    "lead.tags",
    "lead.amount",
    "lead.nope",
    "var.x",
    "|",
    "|money",
    "|date(",
    "weekday=true)",
    "|join(",
    "|replace('a','b')",
    "|default('x')",
    "|first",
    "|int",
    "|times(3)",
    " if ",
    " else ",
    "elif ",
    "endif ",
    "for a in ",
    "endfor ",
    "loop.index",
    "loop(",
    " recursive ",
    "(",
    ")",
    "[",
    "]",
    "1",
    "-",
    "+",
    "~",
    "'字'",
    "\"",
    " not ",
    " in ",
    " == ",
];

#[test]
fn the_filters_a_flow_needs() {
    let rows = [
        ("{{ lead.amount|times(3)|round(1) }}", "315.9"),
        ("{{ '3'|int + 1 }} {{ '2.5'|float }} {{ 0.1|times(3) }} {{ (0-3)|abs }}", "4 2.5 0.3 3"),
        ("{{ lead.tags|join('、') }} {{ lead.tags|first }}{{ lead.tags|last }} {{ lead.tags|length }}", "a、b ab 2"),
        ("{{ lead.none|default('无') }} {{ lead.none.deeper|default('无') }}", "无 无"),
        ("{{ 'Ab'|upper }}{{ 'Ab'|lower }}{{ ' x '|trim }}", "ABabx"),
        ("{{ '张/三'|urlencode }} {{ lead.tags|tojson }}", "%E5%BC%A0%2F%E4%B8%89 [\"a\",\"b\"]"),
        (
            "{{ lead.amount|money }} {{ lead.due|date(weekday=true) }} {{ '15:30'|time(language='en') }}",
            "一百零五元三角 二〇二六年十一月二十一日，星期六 three thirty PM",
        ),
        ("{{ lead.name|replace('伟', '老师') }}", "张老师"),
        ("{{ lead.name|money }} {{ 'x'|int }}好", "张伟 x好"),
        ("{% for t in lead.tags %}{{ loop.index }}{{ t }}{% endfor %}", "1a2b"),
        ("{{ campaign.time[:10] }} {{ lead['name'] }} {{ '是' if lead.amount > 5 else '否' }}", "2026-11-25 张伟 是"),
    ];
    for (template, said) in rows {
        assert_eq!(Call::start_doc(&speaking(template)).1, [format!("speak {said}")], "{template}");
    }
}
