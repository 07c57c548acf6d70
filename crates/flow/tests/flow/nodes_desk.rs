//! queue and rate.

use crate::driver::{Call, doc, parse};
use flow::{Flow, In, QueueOutcome};
use model::record::EntryOutcome;
use model::{FlowId, QueueId, SkillId};
use serde_json::{Value, json};
use std::sync::Arc;

const LINKS: [&str; 6] = ["on_done", "on_left", "on_timeout", "on_closed", "on_full", "on_failed"];

fn say(text: &str) -> Value {
    json!({ "type": "hangup", "parts": [{ "say": text }] })
}

/// A queue with these of its links, each to a node that says its name.
fn queue(links: &[&str], more: Value) -> Value {
    let mut queue = json!({ "type": "queue", "queue": 7 });
    for (key, value) in more.as_object().unwrap() {
        queue[key] = value.clone();
    }
    for link in links {
        queue[link] = (*link).into();
    }
    let mut nodes = json!({ "q": queue });
    for link in LINKS {
        nodes[link] = say(link);
    }
    nodes
}

fn unserved(why: EntryOutcome) -> QueueOutcome {
    QueueOutcome::NotServed { why }
}

#[test]
fn a_caller_is_put_into_the_queue_with_all_that_is_known() {
    let (call, outs) = Call::start(queue(&[], json!({})));
    assert_eq!(outs, ["queue 7 '' [] 0"]);
    assert!(call.trail.is_empty());
    let more = json!({ "service": " {{ lead.name }}的咨询 ", "skills": { "12": 1, "3": 10 }, "head_start_s": 60 });
    let (_, outs) = Call::start(queue(&[], more));
    assert_eq!(outs, ["queue 7 '张伟的咨询' [12≥1 3≥10] 60000"]);
    let (_, outs) = Call::start(queue(&[], json!({ "service": "长".repeat(120), "head_start_s": 86_400 })));
    assert_eq!(outs, [format!("queue 7 '{}…' [] 86400000", "长".repeat(100))]);
    let (call, outs) = Call::start(queue(&[], json!({ "service": "{{ lead.nope }}" })));
    assert_eq!(outs, ["queue 7 '' [] 0"], "a service that cannot be named keeps nobody out");
    assert_eq!(call.run.errors(), 1);
}

#[test]
fn every_end_of_the_wait_has_its_branch() {
    use EntryOutcome::{Abandoned, Answered, Cancelled, Closed, Full, Left, Overflowed, TimedOut};
    let cases = [
        (QueueOutcome::Talked { talk_ms: 65_000 }, "on_done", "q: talked 65000 ms"),
        (unserved(Left), "on_left", "q: left: left"),
        (unserved(TimedOut), "on_timeout", "q: left: timed_out"),
        (unserved(Closed), "on_closed", "q: left: closed"),
        (unserved(Full), "on_full", "q: left: full"),
        (unserved(Overflowed), "on_failed", "q: left: overflowed"),
        (unserved(Cancelled), "on_failed", "q: left: cancelled"),
        (unserved(Abandoned), "on_failed", "q: left: abandoned"),
        (unserved(Answered), "on_failed", "q: left: answered"),
        (QueueOutcome::Failed { text: "no such queue".into() }, "on_failed", "q: error: queue failed: no such queue"),
    ];
    for (outcome, branch, trail) in cases {
        let (mut call, _) = Call::start(queue(&LINKS, json!({})));
        assert_eq!(call.queued(outcome.clone()), [format!("speak {branch}")], "{outcome:?}");
        assert_eq!(call.trail, [trail]);

        let (mut call, _) = Call::start(queue(&["on_failed"], json!({})));
        let talked = matches!(outcome, QueueOutcome::Talked { .. });
        let expected = if talked { "hangup" } else { "speak on_failed" };
        assert_eq!(call.queued(outcome.clone()), [expected], "{outcome:?}: on_failed takes what has no branch");

        let (mut call, _) = Call::start(queue(&[], json!({})));
        assert_eq!(call.queued(outcome), ["hangup"]);
    }
}

#[test]
fn every_outcome_of_an_entry_goes_on_somewhere() {
    for why in EntryOutcome::ALL {
        let (mut call, _) = Call::start(queue(&LINKS, json!({})));
        assert_eq!(call.queued(unserved(*why)).len(), 1, "{why:?}");
        assert_eq!(call.trail, [format!("q: left: {}", why.code())]);
        assert_eq!(call.run.errors(), 0, "{why:?} is no mistake of the flow");
    }
}

#[test]
fn a_stay_that_is_never_reported_over_does_not_hold_the_call() {
    let (mut call, _) = Call::start(queue(&["on_failed"], json!({})));
    let late = QueueOutcome::Talked { talk_ms: 1 };
    assert_eq!(call.time_out(), (4 * 3_600_000, vec!["speak on_failed".into()]));
    assert_eq!(call.trail, ["q: error: the end of the stay in the queue was never reported"]);
    assert!(call.give(In::QueueDone { token: 1, outcome: late }).is_empty(), "its late answer finds nobody waiting");
}

#[test]
fn a_caller_who_hangs_up_in_the_queue_or_the_talk_ends_the_flow() {
    let (mut call, _) = Call::start(queue(&LINKS, json!({})));
    assert_eq!(call.hung_up(), ["hangup"]);
    assert_eq!(call.trail, ["q: hung up"]);

    let mut document = doc(queue(&LINKS, json!({})));
    document["nodes"]["gone"] = json!({ "type": "set", "result": "gone", "next": "on_done" });
    document["on_hangup"] = "gone".into();
    let (mut call, _) = Call::start_doc(&document);
    assert_eq!(call.hung_up(), ["result gone {}"]);
    assert!(call.queued(unserved(EntryOutcome::Abandoned)).is_empty());
    assert_eq!(call.saved(true), ["hangup"]);
}

#[test]
fn nobody_is_queued_after_the_far_end_has_gone() {
    let mut nodes = queue(&LINKS, json!({}));
    nodes["s"] = json!({ "type": "set", "result": "x", "next": "q" });
    let mut document = doc(nodes);
    document["entry"] = "s".into();
    let (mut call, outs) = Call::start_doc(&document);
    assert_eq!(outs, ["result x {}"]);
    assert!(call.hung_up().is_empty());
    assert_eq!(call.saved(true), ["hangup"]);
}

#[test]
fn keys_of_the_wait_and_the_talk_are_not_kept() {
    let mut nodes = queue(&[], json!({ "on_done": "ask" }));
    nodes["g"] = json!({ "type": "gather", "branches": { "1": "q" }, "parts": [{ "say": "问" }], "on_timeout": "on_failed" });
    nodes["ask"] =
        json!({ "type": "gather", "branches": { "2": "on_left" }, "parts": [{ "say": "再问" }], "on_timeout": "on_failed" });
    let mut document = doc(nodes);
    document["entry"] = "g".into();
    let (mut call, _) = Call::start_doc(&document);
    assert_eq!(call.press("12"), ["stop speaking", "queue 7 '' [] 0"]);
    assert!(call.press("2*#").is_empty());
    assert_eq!(call.queued(QueueOutcome::Talked { talk_ms: 9 }), ["speak 再问"], "the 2 was for the agent");
}

#[test]
fn the_queue_may_send_the_caller_into_another_flow() {
    let mut first = doc(queue(&LINKS, json!({})));
    first["variables"] = json!({ "x": "甲" });
    let mut second = doc(json!({ "e": say("{{ var.x }}{{ var.y }}") }));
    second["variables"] = json!({ "x": "默认", "y": "乙" });
    let (mut call, _) = Call::start_doc(&first);
    assert_eq!(call.queued(go(&parse(&second))), ["speak 甲乙"], "variables go along");
    assert_eq!((call.run.flow_id(), call.run.version()), (FlowId(9), 2));
    assert_eq!(call.trail, ["q: flow 9 version 2"]);
}

fn go(doc: &Arc<Flow>) -> QueueOutcome {
    QueueOutcome::Go { flow: FlowId(9), version: 2, doc: doc.clone() }
}

#[test]
fn queues_that_lead_into_each_other_for_ever_end() {
    let circle = parse(&doc(queue(&LINKS, json!({}))));
    let (mut call, _) = Call::start(queue(&LINKS, json!({})));
    let mut times = 0;
    while !call.over {
        call.queued(go(&circle));
        times += 1;
    }
    assert_eq!(times, 21, "twenty jumps are followed");
    assert_eq!(call.trail.last().unwrap(), "q: error: too many jumps between flows");
}

#[test]
fn jumps_and_sendings_count_together() {
    let jump = parse(&doc(json!({ "j": { "type": "jump", "flow": 9 } })));
    let queue = parse(&doc(queue(&LINKS, json!({}))));
    let (mut call, _) = Call::start(json!({ "q": { "type": "queue", "queue": 7 } }));
    let mut rounds = 0;
    while !call.over {
        call.queued(go(&jump));
        call.jumped(Some((9, 2, queue.clone())));
        rounds += 1;
    }
    assert_eq!(rounds, 11);
}

#[test]
fn a_document_says_which_queues_and_skills_it_uses() {
    let mut nodes = queue(&LINKS, json!({ "skills": { "3": 5 } }));
    nodes["other"] = json!({ "type": "queue", "queue": 2_000_000_000_000_i64, "skills": { "4": 1, "3": 2 } });
    let flow = parse(&doc(nodes));
    assert_eq!(flow.queues().iter().copied().collect::<Vec<_>>(), [QueueId(7), QueueId(2_000_000_000_000)]);
    assert_eq!(flow.skills().iter().copied().collect::<Vec<_>>(), [SkillId(3), SkillId(4)]);
}

const USUAL: &str = "speak 请对本次服务作出评价，满意请按1，不满意请按2，一般请按3。";

fn rate(more: Value) -> Value {
    let mut rate = json!({ "type": "rate", "next": "next", "on_timeout": "quiet" });
    for (key, value) in more.as_object().unwrap() {
        rate[key] = value.clone();
    }
    json!({ "r": rate, "next": say("完 {{ var.satisfaction|default('-') }}"), "quiet": say("静") })
}

#[test]
fn a_key_during_or_after_the_question_rates() {
    for (key, score) in [("1", 1), ("2", 2), ("3", 3)] {
        let (mut call, outs) = Call::start(rate(json!({})));
        assert_eq!(outs, [USUAL]);
        assert_eq!(call.press(key), ["stop speaking".to_owned(), format!("rate {score}"), format!("speak 完 {score}")]);
        assert_eq!(call.trail, [format!("r: rated {score}")]);

        let (mut call, _) = Call::start(rate(json!({})));
        assert!(call.spoken().is_empty());
        assert_eq!(call.press(key), [format!("rate {score}"), format!("speak 完 {score}")]);
    }
}

#[test]
fn the_question_the_thanks_and_the_variable_can_be_ones_own() {
    let more = json!({ "parts": [{ "say": "{{ lead.name }}满意吗" }], "thanks": [{ "say": "谢谢" }], "variable": "score" });
    let mut nodes = rate(more);
    nodes["next"] = say("{{ var.score + 1 }}");
    let (mut call, outs) = Call::start(nodes);
    assert_eq!(outs, ["speak 张伟满意吗"]);
    assert_eq!(call.press("3"), ["stop speaking", "rate 3", "speak 谢谢"]);
    assert!(call.press("1").is_empty(), "it has been rated");
    assert_eq!(call.spoken(), ["speak 4"], "the score is a number");
    assert_eq!(Call::start(rate(json!({ "parts": [] }))).1, [USUAL]);
}

#[test]
fn silence_and_other_keys_are_asked_again_and_then_given_up() {
    let (mut call, _) = Call::start(rate(json!({ "retries": 2, "timeout_ms": 4000 })));
    call.spoken();
    assert_eq!(call.time_out(), (4_000, vec![USUAL.into()]));
    assert_eq!(call.press("9"), ["stop speaking", USUAL]);
    call.spoken();
    assert_eq!(call.press("*"), ["speak 静"]);
    assert_eq!(call.trail, ["r: timeout", "r: invalid 9", "r: invalid *"]);

    let (mut call, _) = Call::start(rate(json!({ "retries": 0, "on_timeout": null })));
    call.spoken();
    assert_eq!(call.time_out().1, ["speak 完 -"], "without on_timeout the call goes on");
    let (mut call, _) = Call::start(rate(json!({})));
    assert_eq!(call.press("0"), ["stop speaking", USUAL], "one more try is usual");
    assert_eq!(call.press("0"), ["stop speaking", "speak 静"]);
}

#[test]
fn a_question_or_thanks_that_cannot_be_said_do_not_stop_the_rating() {
    let (mut call, _) = Call::start(rate(json!({ "thanks": [{ "say": "谢谢" }] })));
    assert!(call.not_spoken().is_empty());
    assert_eq!(call.press("1"), ["rate 1", "speak 谢谢"]);
    assert_eq!(call.not_spoken(), ["speak 完 1"]);
    assert_eq!(call.run.errors(), 2);

    let (mut call, _) = Call::start(rate(json!({ "thanks": [{ "say": "谢谢" }] })));
    assert_eq!(call.time_out().1, ["stop speaking"]);
    assert_eq!(call.press("2"), ["rate 2", "speak 谢谢"]);
    assert_eq!(call.time_out().1, ["stop speaking", "speak 完 2"]);

    let (mut call, outs) = Call::start(rate(json!({ "parts": [{ "say": "{{ lead.nope }}" }] })));
    assert!(outs.is_empty(), "there is nothing to say, but a key still counts");
    assert_eq!(call.press("1"), ["rate 1", "speak 完 1"]);
}

#[test]
fn a_caller_who_hangs_up_is_rated_once_or_not_at_all() {
    let (mut call, _) = Call::start(rate(json!({})));
    assert_eq!(call.hung_up(), ["hangup"]);
    assert_eq!(call.trail, ["r: hung up"]);
    let (mut call, _) = Call::start(rate(json!({ "thanks": [{ "say": "谢谢" }] })));
    assert_eq!(call.press("1"), ["stop speaking", "rate 1", "speak 谢谢"]);
    assert_eq!(call.hung_up(), ["hangup"]);
    assert!(call.press("2").is_empty());
}

#[test]
fn keys_pressed_before_the_question_rate_nothing() {
    let mut nodes = rate(json!({}));
    nodes["s"] = json!({ "type": "set", "result": "x", "next": "r" });
    let mut document = doc(nodes);
    document["entry"] = "s".into();
    let (mut call, _) = Call::start_doc(&document);
    assert!(call.press("2").is_empty());
    assert_eq!(call.saved(true), [USUAL]);
    assert_eq!(call.press("3"), ["stop speaking", "rate 3", "speak 完 3"]);

    // Typed ahead for a play that lets keys through.
    let mut nodes = rate(json!({}));
    nodes["p"] = json!({ "type": "play", "parts": [{ "say": "听" }], "barge_in": true, "next": "r" });
    let mut document = doc(nodes);
    document["entry"] = "p".into();
    let (mut call, _) = Call::start_doc(&document);
    assert_eq!(call.press("2"), ["stop speaking", USUAL]);
    assert_eq!(call.press("3"), ["stop speaking", "rate 3", "speak 完 3"]);
}

#[test]
fn its_usual_variable_counts_as_set_and_its_question_is_rendered_ahead() {
    let flow = parse(&doc(rate(json!({}))));
    assert_eq!(flow.warnings(), []);
    let ahead = flow.ahead(&crate::driver::scope());
    let usual = ahead.iter().any(|p| matches!(p, flow::SpeechPart::Say { text, .. } if USUAL.ends_with(text.as_str())));
    assert!(usual, "{ahead:?}");
}
