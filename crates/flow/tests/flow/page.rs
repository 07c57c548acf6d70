//! The reference page says what is so: its examples are valid flows, and it names every node, reading and template.

use crate::driver::Call;
use flow::reading::As;
use flow::{Flow, QueueOutcome, schema, templates};
use model::record::EntryOutcome;
use serde_json::Value;

const PAGE: &str = include_str!("../../../../docs/flow-documents.md");

/// The whole documents on the page, in order.
fn examples() -> Vec<Value> {
    let blocks = PAGE.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.filter(|b| b.starts_with("{\n")).map(|b| serde_json::from_str(b).unwrap()).collect()
}

#[test]
fn the_examples_are_valid_flows() {
    let examples = examples();
    assert_eq!(examples.len(), 2);
    for example in examples {
        assert_eq!(Flow::parse(&example).unwrap().warnings(), []);
    }
}

#[test]
fn the_hotline_asks_queues_rates_and_says_goodbye() {
    let hotline = || Call::start_doc(&examples()[1]);
    let (mut call, outs) = hotline();
    assert_eq!(outs, ["speak 您好，欢迎致电服务热线。"]);
    assert_eq!(call.press("1"), ["stop speaking", "queue 21 '业务咨询' [] 0"]);
    assert!(call.queued(QueueOutcome::Talked { talk_ms: 60_000 })[0].contains("满意请按1"));
    assert_eq!(call.press("1"), ["stop speaking", "rate 1", "speak 感谢您的评价。"]);
    assert_eq!(call.spoken(), ["speak 感谢您的来电，再见。"]);
    assert_eq!(call.spoken(), ["hangup"]);
    assert_eq!(call.run.errors(), 0);

    let (mut call, _) = hotline();
    assert_eq!(call.spoken(), ["speak 业务咨询请按1，投诉建议请按2，人工服务请按0。"]);
    assert_eq!(call.press("2"), ["stop speaking", "queue 22 '投诉建议' [] 60000"]);
    let closed = QueueOutcome::NotServed { why: EntryOutcome::Closed };
    assert!(call.queued(closed)[0].contains("非工作时间，请在滴声后留言"));

    let (mut call, _) = hotline();
    for _ in 0..3 {
        call.spoken();
        call.spoken();
        call.time_out();
    }
    assert_eq!(call.trail, ["welcome: played", "menu: timeout", "menu: timeout", "menu: timeout"], "and then the operator");
    let left = QueueOutcome::NotServed { why: EntryOutcome::Left };
    assert!(call.queued(left)[0].contains("业务咨询请按1"));
    call.press("0");
    let full = QueueOutcome::NotServed { why: EntryOutcome::Full };
    assert!(call.queued(full)[0].contains("坐席都在忙"));
}

#[test]
fn nothing_is_left_out() {
    for node in schema()["properties"]["nodes"]["additionalProperties"]["oneOf"].as_array().unwrap() {
        let kind = node["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        assert!(PAGE.contains(&format!("| `{kind}` |")) && PAGE.contains(&format!("### {kind}")), "{kind}");
        for field in schema()["$defs"][kind]["properties"].as_object().unwrap().keys().filter(|f| *f != "type") {
            assert!(PAGE.contains(&format!("`{field}`")), "{kind}.{field}");
        }
    }
    for what in As::ALL {
        assert!(PAGE.contains(&format!("| `{}` |", what.code())), "{}", what.code());
    }
    for template in templates() {
        let row =
            PAGE.lines().find(|l| l.contains(&format!("| `{}` |", template.code))).unwrap_or_else(|| panic!("{}", template.code));
        assert!(row.contains(template.name_zh), "{}", template.code);
        for result in &template.results {
            assert!(row.contains(&result.code), "{}: {}", template.code, result.code);
        }
    }
}
