//! E1, E2, F1: sessions, breaks, wrap-up, lost connections, the supervisor's hand, and the ledger of it all.

use crate::house::{House, ask, queue};
use crate::ledger::Ledger;
use acd::{Alarm, Engagement, Forced, Input, Output, Refusal, Withdrawal};
use model::record::{AgentState as S, Seat};
use model::{AgentId, AgentSessionId, CallId, ExtensionId, QueueEntryId, UserId};
use std::sync::Arc;

const ONE: AgentId = AgentId(1);

fn take_break(reason: &str) -> Input {
    Input::Break { agent: ONE, reason: reason.into() }
}

#[test]
fn e2_every_change_is_an_interval_and_no_time_is_missing() {
    let mut h = House::new(|q| q.wrap_up_ms = 10_000);
    h.sign_in(1);
    h.pass(5_000);
    h.enqueue(ask(1));
    h.pass(300);
    let reservation = h.reservation(1);
    h.ok(Input::Rang { reservation });
    h.pass(2_000);
    h.ok(Input::Answered { reservation });
    h.pass(30_000);
    h.ok(Input::Held { reservation, on: true });
    h.pass(4_000);
    h.ok(Input::Held { reservation, on: false });
    h.ok(take_break("meal"));
    assert_eq!(h.acd.agent(ONE).unwrap().next, Some(S::Break));
    h.pass(6_000);
    h.ok(Input::Done { reservation });
    h.pass(10_000);
    h.ok(Input::SignOut { agent: ONE });
    h.pass(1_000);
    h.sign_in(1);
    let mut ledger = Ledger::default();
    h.out.iter().for_each(|o| ledger.note(o));
    let spans: Vec<(S, i64)> = ledger.ended(ONE).map(|i| (i.state, i.ended_at.unwrap().since_ms(i.started_at))).collect();
    assert_eq!(
        spans,
        [
            (S::Ready, 5_001),
            (S::Reserved, 300),
            (S::Ringing, 2_000),
            (S::Talking, 30_000),
            (S::Held, 4_000),
            (S::Talking, 6_000),
            (S::WrapUp, 10_000),
            (S::Break, 0),
            (S::Off, 1_000),
        ]
    );
    let talk = ledger.ended(ONE).find(|i| i.state == S::Talking).unwrap();
    assert_eq!((talk.queue_id, talk.call_id), (Some(1.into()), Some(CallId(1))));
    assert_eq!(ledger.ended(ONE).find(|i| i.state == S::Break).unwrap().reason.as_deref(), Some("meal"));
}

#[test]
fn e2_breaks_have_reasons_and_the_next_state_can_be_taken_back() {
    let mut h = House::new(|_| {});
    h.sign_in(1);
    assert_eq!(h.give(take_break("because")), Err(Refusal::UnknownReason));
    h.ok(take_break("rest"));
    h.pass(900_000);
    assert!(h.out.contains(&Output::Alarm(Alarm::LongBreak { agent: ONE })));
    h.ok(Input::Ready { agent: ONE });
    h.enqueue(ask(1));
    h.answer(1);
    h.ok(take_break("rest"));
    h.ok(Input::Ready { agent: ONE });
    h.hang_up(1);
    assert_eq!(h.state(1), S::Ready);
    h.enqueue(ask(2));
    h.answer(1);
    h.ok(Input::SignOut { agent: ONE });
    assert_eq!(h.state(1), S::Talking);
    h.hang_up(1);
    assert_eq!(h.state(1), S::Off);
}

#[test]
fn e2_wrap_up_ends_by_time_by_the_agent_or_by_hand_alone() {
    let mut h = House::new(|q| q.wrap_up_ms = 10_000);
    h.sign_in(1);
    h.enqueue(ask(1));
    h.answer(1);
    h.hang_up(1);
    h.enqueue(ask(2));
    h.pass(9_999);
    assert_eq!(h.state(1), S::WrapUp);
    h.pass(1);
    assert_eq!(h.rung(2), [1]);
    h.answer(1);
    h.hang_up(1);
    h.ok(Input::Ready { agent: ONE });
    assert_eq!(h.state(1), S::Ready);
    let mut manual = queue(1);
    (manual.wrap_up_ms, manual.wrap_up_manual) = (10_000, true);
    h.ok(Input::Queue(Arc::new(manual)));
    h.enqueue(ask(3));
    h.answer(1);
    h.hang_up(1);
    h.pass(60_000);
    assert_eq!(h.state(1), S::WrapUp);
    assert!(h.out.contains(&Output::Alarm(Alarm::LongWrapUp { agent: ONE })));
}

#[test]
fn e1_a_second_sign_in_takes_the_seat_over_and_keeps_state_and_call() {
    let mut h = House::new(|_| {});
    h.sign_in(1);
    h.enqueue(ask(1));
    h.answer(1);
    let session = h.acd.agent(ONE).unwrap().session;
    let seat = Seat::Phone { extension: ExtensionId(99) };
    h.ok(Input::SignIn { agent: ONE, session: AgentSessionId(77), seat: seat.clone(), ready: false });
    let view = h.acd.agent(ONE).unwrap();
    assert_eq!((view.state, view.session, view.seat), (S::Talking, session, Some(seat)));
}

#[test]
fn a_desk_without_connection_is_not_offered_calls_and_becomes_a_break() {
    let mut h = House::new(|_| {});
    h.sign_in(1);
    h.ok(Input::Link { agent: ONE, up: false });
    h.enqueue(ask(1));
    assert_eq!(h.line(1), [1]);
    h.pass(5_000);
    h.ok(Input::Link { agent: ONE, up: true });
    assert_eq!(h.rung(1), [1], "back after 5 s");
    h.answer(1);
    h.ok(Input::Link { agent: ONE, up: false });
    h.pass(60_000);
    assert_eq!(h.state(1), S::Talking, "the call is not the page's");
    h.hang_up(1);
    assert_eq!((h.state(1), h.reason(1).as_deref()), (S::Break, Some("link_lost")));
    h.ok(Input::Link { agent: ONE, up: true });
    h.ok(Input::Ready { agent: ONE });
    h.ok(Input::Link { agent: ONE, up: false });
    h.pass(20_000);
    assert_eq!(h.state(1), S::Break);
}

#[test]
fn f1_forced_states_take_an_offer_back_and_name_who_did_it() {
    let mut h = House::new(|_| {});
    let by = UserId(42);
    h.sign_in(1);
    h.enqueue(ask(1));
    let reservation = h.reservation(1);
    h.ok(Input::Force { agent: ONE, to: Forced::Break("meeting".into()), by });
    assert!(h.out.contains(&Output::Withdraw { reservation, agent: ONE, why: Withdrawal::Taken }));
    assert_eq!((h.state(1), h.line(1)), (S::Break, vec![1]));
    h.ok(Input::Force { agent: ONE, to: Forced::Ready, by });
    assert_eq!(h.rung(1), [1, 1]);
    h.answer(1);
    h.ok(Input::Force { agent: ONE, to: Forced::Off, by });
    assert_eq!(h.state(1), S::Talking, "the floor releases the call, if it is to end");
    h.hang_up(1);
    let last = h.out.iter().rev().find_map(|o| if let Output::Interval(i) = o { Some(i.clone()) } else { None }).unwrap();
    assert_eq!((last.state, last.set_by), (S::Off, Some(by)));
    assert_eq!(h.give(Input::Force { agent: ONE, to: Forced::Ready, by }), Err(Refusal::SignedOut));
}

#[test]
fn f1_a_caller_is_moved_up() {
    let mut h = House::new(|_| {});
    for n in 1..=3 {
        h.enqueue(ask(n));
    }
    h.ok(Input::MoveUp { entry: QueueEntryId(3) });
    assert_eq!(h.line(1), [3, 1, 2]);
    h.sign_in(1);
    assert_eq!(h.serve_all(), [3, 1, 2]);
}

#[test]
fn e3_a_call_is_picked_up_from_a_colleague_s_ringing_phone() {
    let mut h = House::new(|_| {});
    h.sign_in(1);
    h.enqueue(ask(1));
    h.sign_in(2);
    h.ok(Input::Break { agent: AgentId(2), reason: "rest".into() });
    let colleague = h.reservation(1);
    h.ok(Input::Take { entry: QueueEntryId(1), agent: AgentId(2) });
    assert!(h.out.contains(&Output::Withdraw { reservation: colleague, agent: ONE, why: Withdrawal::Taken }));
    assert_eq!((h.state(1), h.rung(1)), (S::Ready, vec![1, 2]));
    h.answer(2);
    assert_eq!(h.give(Input::Take { entry: QueueEntryId(1), agent: ONE }), Err(Refusal::UnknownEntry));
    h.hang_up(2);
    assert_eq!(h.state(2), S::Break, "back to the break");
}

#[test]
fn e3_dialling_and_being_called_by_colleagues_keep_the_agent_from_the_queue() {
    let mut h = House::new(|_| {});
    h.sign_in(1);
    h.ok(Input::Engage { agent: ONE, call: CallId(70), way: Engagement::Dial, queue: None });
    assert_eq!(h.state(1), S::Dialing);
    h.enqueue(ask(1));
    assert_eq!(h.line(1), [1]);
    assert_eq!(h.give(Input::Engage { agent: ONE, call: CallId(71), way: Engagement::Ring, queue: None }), Err(Refusal::Busy));
    let reservation = h.reservation(1);
    h.ok(Input::Answered { reservation });
    h.pass(5_000);
    h.ok(Input::Done { reservation });
    assert_eq!(h.rung(1), [1]);
    h.ok(Input::CallerLeft { call: CallId(1) });
    h.ok(Input::Engage { agent: ONE, call: CallId(72), way: Engagement::Ring, queue: None });
    let reservation = h.reservation(1);
    h.ok(Input::Rang { reservation });
    h.pass(60_000);
    assert_eq!(h.state(1), S::Ready, "a colleague's call that is not answered is no reason for a break");
    assert!(h.out.contains(&Output::Withdraw { reservation, agent: ONE, why: Withdrawal::NoAnswer }));
}

#[test]
fn an_agent_who_is_deleted_mid_ring_leaves_the_caller_in_place() {
    let mut h = House::new(|_| {});
    h.sign_in(1);
    h.enqueue(ask(1));
    h.ok(Input::AgentGone { agent: ONE });
    assert_eq!(h.line(1), [1]);
    h.sign_in(2);
    assert_eq!(h.rung(1), [1, 2]);
}
