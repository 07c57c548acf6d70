//! The templates that come with the house, walked the way people walk them.

use crate::driver::{Call, parse};
use flow::{Flow, Scope, SpeechPart, TransferOutcome, templates};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn scope(code: &str, lead: Value) -> Scope {
    let template = templates().into_iter().find(|t| t.code == code).unwrap();
    let campaign = template.campaign_variables.iter().map(|v| (v.key.to_owned(), v.example.into())).collect();
    Scope { lead: lead.as_object().unwrap().clone(), campaign, zone: "Asia/Shanghai".into(), ..Scope::default() }
}

fn call(code: &str, lead: Value) -> Call {
    let template = templates().into_iter().find(|t| t.code == code).unwrap();
    Call::new(parse(&template.doc), scope(code, lead))
}

fn expert() -> Value {
    json!({ "phone": "+8613800138000", "name": "张伟" })
}

#[test]
fn all_are_valid_without_warnings_and_say_what_they_use() {
    let all = templates();
    assert!(all.len() >= 5);
    for t in all {
        let flow = parse(&t.doc);
        assert_eq!(flow.warnings(), [], "{}", t.code);
        let listed: BTreeSet<String> = t.results.iter().map(|r| r.code.clone()).collect();
        assert_eq!(&listed, flow.results(), "{}", t.code);
        let keys: BTreeSet<String> = t.campaign_variables.iter().map(|v| format!("campaign.{}", v.key)).collect();
        let read: BTreeSet<String> = flow.names().filter(|n| n.starts_with("campaign.")).map(str::to_owned).collect();
        assert_eq!(keys, read, "{}", t.code);
        assert!(
            t.doc["nodes"].as_object().unwrap().values().all(|n| n["ui"]["x"].is_i64()),
            "{}: every node has its place",
            t.code
        );
    }
}

#[test]
fn an_expert_attends_and_gets_the_sms() {
    let mut call = call("bid_expert_notice", expert());
    let outs = call.give(flow::In::Start);
    assert_eq!(
        outs,
        ["speak 您好，张伟老师。|这里是山东省公共资源交易中心。您被抽选为济南市第三人民医院医疗设备采购项目的评标专家。"]
    );
    assert_eq!(
        call.spoken(),
        [
            "speak 评标时间是二〇二六年十一月二十五日，星期三，上午九点，地点在济南市历下区经十路88号三楼评标二室。|参加请按一，不能参加请按二，重听请按九，转人工请按零。"
        ]
    );
    let again = call.press("9");
    assert!(again[1].starts_with("speak 评标时间是"), "{again:?}");
    assert_eq!(call.press("1"), ["stop speaking", "result attend {\"key\":\"1\"}"]);
    let sms = call.saved(true);
    assert!(sms[0].starts_with("sms - 张伟老师您好，您已确认参加"), "{sms:?}");
    assert!(call.sms(true)[0].contains("会议信息已经用短信发给您"));
    assert_eq!(call.spoken(), ["hangup"]);
    assert_eq!(call.run.errors(), 0);
}

#[test]
fn declining_asking_for_a_person_and_saying_nothing() {
    let mut decline = call("bid_expert_notice", json!({ "phone": "+8613800138000" }));
    assert!(decline.give(flow::In::Start)[0].starts_with("speak 您好。|这里是"));
    decline.spoken();
    assert_eq!(decline.press("2")[1], "result decline {\"key\":\"2\"}");
    assert!(decline.saved(true)[0].contains("不参加"));

    let mut agent = call("bid_expert_notice", expert());
    agent.give(flow::In::Start);
    agent.spoken();
    assert!(agent.press("0")[1].starts_with("result agent"));
    assert!(agent.saved(true)[0].contains("转接人工"));
    assert_eq!(agent.spoken(), ["transfer 053188886666 30000"]);
    assert!(agent.transferred(TransferOutcome::NoAnswer)[0].contains("都在忙"));
    assert_eq!(agent.spoken(), ["hangup"]);

    let mut quiet = call("bid_expert_notice", expert());
    quiet.give(flow::In::Start);
    quiet.spoken();
    for _ in 0..2 {
        quiet.spoken();
        assert!(quiet.time_out().1[0].starts_with("speak 没有收到您的按键。|评标时间是"));
    }
    quiet.spoken();
    assert!(quiet.time_out().1[0].starts_with("result no_key"));
}

#[test]
fn an_expert_who_calls_back_asks_for_leave() {
    let mut known = call("bid_expert_callback", expert());
    assert!(known.give(flow::In::Start)[0].starts_with("speak 您好，张伟老师，这里是山东省公共资源交易中心。|您被抽选参加"));
    assert_eq!(known.press("1")[0], "stop speaking");
    assert_eq!(known.spoken(), ["record leave_reason 60000"]);
    assert_eq!(known.press("#"), ["stop recording"]);
    assert!(known.recorded(5_000)[0].starts_with("result leave {\"reason\":{\"file_name\":"));
    assert!(known.saved(true)[0].contains("请假已经登记"));

    let mut stranger = call("bid_expert_callback", json!({}));
    assert!(stranger.give(flow::In::Start)[0].contains("没有查到与您来电号码相关的评标通知"));
    assert!(stranger.spoken()[0].contains("转接人工"));
    assert_eq!(stranger.spoken(), ["transfer 053188886666 30000"]);
}

#[test]
fn a_debtor_hears_the_amount_and_confirms() {
    let mut call =
        call("payment_reminder", json!({ "phone": "+8613800138000", "name": "王芳", "amount": "1,280.50", "due": "2026/12/1" }));
    call.give(flow::In::Start);
    assert_eq!(
        call.spoken(),
        [
            "speak 您有一笔费用尚未缴纳，金额是|一千二百八十元五角|，请在二〇二六年十二月一日前缴纳。|确认收到并接收缴费短信请按一，重听请按九，转人工请按零。"
        ]
    );
    assert_eq!(call.press("1")[1], "result confirmed {}");
    assert!(call.saved(true)[0].contains("1,280.50元尚未缴纳，请于2026/12/1前缴纳"));
    assert!(call.sms(true)[0].contains("再见"));
}

#[test]
fn a_score_counts_even_if_they_hang_up_before_the_opinion() {
    let mut answered = call("survey", expert());
    answered.give(flow::In::Start);
    answered.spoken();
    assert!(answered.press("1")[1].contains("很抱歉没能让您满意"));
    answered.spoken();
    assert_eq!(answered.hung_up(), ["stop recording"]);
    assert!(answered.recorded(6_000)[0].starts_with("result answered {\"score\":\"1\""));
    assert_eq!(answered.saved(true), ["hangup"]);

    let mut partial = call("survey", expert());
    partial.give(flow::In::Start);
    partial.spoken();
    assert!(partial.press("5")[1].contains("感谢您的评价"));
    assert_eq!(partial.hung_up(), ["result partial {\"score\":\"5\"}"]);
    assert_eq!(partial.saved(true), ["hangup"]);

    let mut early = call("survey", expert());
    early.give(flow::In::Start);
    assert_eq!(early.hung_up(), ["hangup"], "who never scored sets no result");
}

#[test]
fn a_notice_is_confirmed_by_one() {
    let mut call = call("voice_notice", expert());
    assert!(call.give(flow::In::Start)[0].contains("|确认收到请按一，重听请按九。"));
    call.spoken();
    assert_eq!(call.press("1"), ["result confirmed {}"]);
    assert!(call.saved(true)[0].contains("已收到您的确认"));
}

/// Everything rendered ahead is spoken later in exactly that form, or never: it must not miss the cache by a space.
#[test]
fn speech_rendered_ahead_is_the_speech_spoken() {
    for template in templates() {
        let lead = json!({ "phone": "+8613800138000", "name": "王芳", "amount": 12.5, "due": "2026-12-01" });
        let scope = scope(template.code, lead);
        let flow = parse(&template.doc);
        let ahead: BTreeSet<SpeechPart> = flow.ahead(&scope).into_iter().collect();
        assert!(!ahead.is_empty());
        let mut spoken = BTreeSet::new();
        for keys in ["1", "2", "0", "9", "7", ""] {
            collect(&flow, &scope, keys, &mut spoken);
        }
        let unwarmed: Vec<_> = spoken.difference(&ahead).collect();
        assert_eq!(unwarmed, Vec::<&SpeechPart>::new(), "{}", template.code);
    }
}

/// Walks a call that answers every question with `keys`, taking down what is said.
fn collect(flow: &std::sync::Arc<Flow>, scope: &Scope, keys: &str, spoken: &mut BTreeSet<SpeechPart>) {
    use flow::{In, Out};
    let mut run = flow::Run::new(flow.clone(), model::FlowId(1), 1, scope.clone());
    let mut now = model::At(0);
    run.handle(now, In::Start);
    for _ in 0..200 {
        let mut answers = Vec::new();
        while let Some(out) = run.poll() {
            match out {
                Out::Speak { token, parts } => {
                    spoken.extend(parts.into_iter().filter(|p| matches!(p, SpeechPart::Say { .. })));
                    answers.push(In::Spoken { token, ok: true });
                }
                Out::SetResult { token, .. } => answers.push(In::ResultSaved { token, ok: true }),
                Out::Sms { token, .. } => answers.push(In::SmsQueued { token, ok: true }),
                Out::Transfer { token, .. } => answers.push(In::TransferDone { token, outcome: TransferOutcome::Busy }),
                Out::StartRecording { token, .. } => {
                    answers.push(In::Recorded { token, duration_ms: 3_000, file_name: "a.wav".into() });
                }
                _ => {}
            }
        }
        if answers.is_empty() {
            answers.extend(keys.chars().map(|digit| In::Digit { digit }));
            answers.push(In::Tick);
            now = run.next_deadline().unwrap_or(now);
        }
        for answer in answers {
            run.handle(now, answer);
        }
    }
}

fn dial_in(agent: &str) -> Call {
    let template = templates().into_iter().find(|t| t.code == "remote_dial_in").unwrap();
    let call = json!({ "caller": "13900000004", "agent": agent }).as_object().unwrap().clone();
    Call::new(parse(&template.doc), Scope { call, zone: "Asia/Shanghai".into(), ..Scope::default() })
}

#[test]
fn a_registered_agent_dials_on_through_the_house_as_often_as_wanted() {
    let mut call = dial_in("1004");
    assert_eq!(call.give(flow::In::Start), ["speak 请输入被叫号码，按井号键结束。"]);
    call.spoken();
    assert_eq!(call.press("053188886666#"), ["record call", "transfer 053188886666 60000 checked"]);
    assert_eq!(call.transferred(TransferOutcome::Completed { talk_ms: 9_000 }), ["speak 对方已挂机。"]);
    assert_eq!(call.spoken(), ["speak 请输入被叫号码，按井号键结束。"]);
    // Too short for a number; then one that the rules keep from being called.
    assert_eq!(call.press("12#").last().unwrap(), "speak 号码有误。|请输入被叫号码，按井号键结束。");
    assert_eq!(call.press("13900139000#").last().unwrap(), "transfer 13900139000 60000 checked");
    let refused = call.transferred(TransferOutcome::Failed { text: "forbidden".into() });
    assert_eq!(refused, ["speak 这个号码暂时无法接通，或者现在不允许呼叫。"]);
    assert_eq!(call.press("10086#").last().unwrap(), "transfer 10086 60000 checked", "the next one may be typed at once");
}

#[test]
fn a_stranger_dials_nothing() {
    let mut call = dial_in("");
    assert!(call.give(flow::In::Start)[0].contains("您的号码没有登记"));
    assert_eq!(call.spoken(), ["hangup"]);
}
