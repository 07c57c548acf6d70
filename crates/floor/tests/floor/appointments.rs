//! 预约外呼: a task in appointment mode calls at the time, and callers book by key.

use crate::bench::{Bench, plays};
use crate::setup::{self, TENANT};
use crate::tasks::lead;
use floor::Input;
use flow::{AppointOutcome, AppointTime, Flow};
use model::record::{BookingPlan, Campaign, CampaignStatus, DialMode, Medium};
use model::telephony::Command;
use model::{At, CampaignId, Disposition, FlowId, LegId};
use std::sync::Arc;

const TASK: CampaignId = CampaignId(7);
const REMIND: FlowId = FlowId(70);
const MIN: i64 = 60_000;

fn remind() -> serde_json::Value {
    serde_json::json!({
        "schema": "fengling.flow/1", "name": "remind", "entry": "say",
        "nodes": {
            "say": { "type": "play", "parts": [{ "say": "您预约的时间到了" }], "next": "again" },
            "again": { "type": "appoint", "offers": { "1": { "in_min": 30 } }, "on_full": "bye", "on_refused": "no", "next": "bye" },
            "no": { "type": "hangup", "parts": [{ "say": "不能预约" }] },
            "bye": { "type": "hangup", "parts": [{ "say": "再见" }] }
        }
    })
}

fn task(media: Vec<Medium>) -> Campaign {
    let booking = BookingPlan { media, ..BookingPlan::default() };
    let record = false;
    Campaign { mode: DialMode::Appointment, booking, flow_id: REMIND, record, ..setup::campaign(TASK.0, 20, 50.0) }
}

/// The task runs, and one appointment is due at this time.
fn waiting(task: Campaign, due: &str) -> Bench {
    let mut b = Bench::new();
    let doc = Arc::new(Flow::parse(&remind()).unwrap());
    b.give(Input::Flow { tenant: TENANT, id: REMIND, version: 1, doc });
    b.due_at = setup::at(due);
    b.leads.push_back(lead(1));
    b.give(Input::Campaign { campaign: Arc::new(task), today_attempts: 0 });
    b
}

fn dialled(b: &mut Bench) -> Vec<LegId> {
    b.asked().iter().filter_map(|c| if let Command::Originate(o) = c { Some(o.leg) } else { None }).collect()
}

fn why(b: &Bench) -> Option<String> {
    b.floor.campaign_gauges()[&TASK].waiting_for.clone()
}

fn until(b: &mut Bench, time: &str) {
    let ms = setup::at(time).since_ms(b.now);
    b.wait(ms);
}

#[test]
fn an_appointment_is_dialled_at_its_time_and_not_before() {
    let mut b = waiting(task(vec![Medium::Phone]), "2026-11-26T10:30:00+08:00");
    until(&mut b, "2026-11-26T10:29:59+08:00");
    assert!(dialled(&mut b).is_empty());
    until(&mut b, "2026-11-26T10:30:01+08:00");
    let call = dialled(&mut b)[0];
    let commands = b.answers(call);
    assert!(plays(&commands, call) && b.said("您预约的时间到了"), "no agent is needed: {commands:?}");
    b.hangs_up(call);
    assert_eq!(b.ledger.ended[&Disposition::Human], 1);
    b.wait(10 * MIN);
    assert_eq!(why(&b).as_deref(), Some("retry_later"), "the task goes on: others may book");
}

#[test]
fn outside_its_hours_nobody_is_dialled_and_a_paused_task_holds_nobody() {
    let mut b = waiting(task(vec![Medium::Phone]), "2026-11-26T12:30:00+08:00");
    until(&mut b, "2026-11-26T13:59:00+08:00");
    assert!(dialled(&mut b).is_empty(), "closed from 12 to 14");
    assert_eq!(why(&b).as_deref(), Some("outside_hours"));
    until(&mut b, "2026-11-26T14:00:02+08:00");
    assert_eq!(dialled(&mut b).len(), 1, "as soon as it opens; whether that is too late is the store's to say");

    let mut b = waiting(task(vec![Medium::Phone]), "2026-11-26T10:30:00+08:00");
    b.give(Input::Campaign {
        campaign: Arc::new(Campaign { status: CampaignStatus::Paused, ..task(vec![Medium::Phone]) }),
        today_attempts: 0,
    });
    until(&mut b, "2026-11-26T11:00:00+08:00");
    assert!(dialled(&mut b).is_empty());
}

#[test]
fn one_by_message_alone_needs_neither_flow_nor_line() {
    let mut b = waiting(Campaign { flow_id: FlowId(0), ..task(vec![Medium::Sms, Medium::Mail]) }, "2026-11-26T10:30:00+08:00");
    b.wait(60 * MIN);
    assert!(dialled(&mut b).is_empty());
    assert_eq!((why(&b), b.leads.len()), (None, 1), "and it asks for nobody");
}

#[test]
fn a_callee_books_the_next_time_by_key_and_is_told_once_it_stands() {
    let mut b = waiting(task(vec![Medium::Phone]), "2026-11-26T10:30:00+08:00");
    until(&mut b, "2026-11-26T10:30:01+08:00");
    let call = dialled(&mut b)[0];
    b.answers(call);
    b.played(call);
    let due_at = At(setup::at("2026-11-26T11:00:00+08:00").ms());
    b.appointed = AppointOutcome::Fine { due_at };
    b.presses(call, '1');
    let wish = b.wishes[0].clone();
    assert_eq!((wish.task, wish.name.as_str(), wish.phone.as_str()), (Some(TASK), "客户1", "+8613700000001"), "its own task");
    assert_eq!((wish.ask.store, wish.ask.time), (false, AppointTime::In { ms: 30 * MIN }));
    assert!(b.said("上午十一点，确认请按1") && !b.said("已为您预约"));
    b.presses(call, '1');
    let wish = b.wishes[1].clone();
    assert_eq!((wish.ask.store, wish.ask.time), (true, AppointTime::At { at: due_at }));
    assert!(b.said("已为您预约"));
    b.played(call);
    assert!(b.said("再见"));
}

#[test]
fn a_callee_who_is_not_to_be_called_is_told_so() {
    let mut b = waiting(task(vec![Medium::Phone]), "2026-11-26T10:30:00+08:00");
    until(&mut b, "2026-11-26T10:30:01+08:00");
    let call = dialled(&mut b)[0];
    b.answers(call);
    b.played(call);
    b.presses(call, '1');
    assert!(b.said("不能预约"));
}
