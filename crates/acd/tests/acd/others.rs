//! O1: agents shared with the dialer.

use crate::house::{House, ask, member, queue};
use acd::{Input, Output, Refusal, Withdrawal};
use model::record::AgentState as S;
use model::{AgentId, CallId, QueueId};
use std::sync::Arc;

/// Queue 1 takes calls; queue 2 is a campaign's group with agents 1 and 2, of whom 2 may dial.
fn blended(keep_ready: u32) -> House {
    let mut h = House::new(|q| q.keep_ready = keep_ready);
    h.ok(Input::Queue(Arc::new(queue(2))));
    let mut two = member(2, 2);
    two.outbound = true;
    h.ok(Input::Members { queue: QueueId(2), members: vec![member(2, 1), two] });
    h.sign_in(1);
    h.sign_in(2);
    h
}

const RESERVE: Input = Input::Reserve { queue: QueueId(2), call: CallId(90), ms: 40_000, agent: None };

#[test]
fn o1_an_agent_is_kept_for_a_call_that_is_dialled() {
    let mut h = blended(0);
    assert_eq!(h.acd.queue(QueueId(2)).unwrap().ready_outbound, 1);
    h.ok(RESERVE);
    assert!(h.out.iter().any(|o| matches!(o, Output::Reserved { agent: AgentId(2), call: CallId(90), .. })));
    h.enqueue(ask(1));
    h.enqueue(ask(2));
    assert_eq!((h.rung(1), h.rung(2)), (vec![1], vec![]), "a kept agent gets no callers");
    h.answer(2);
    assert_eq!(h.state(2), S::Talking);
    h.hang_up(2);
    assert_eq!(h.rung(2), [2]);
}

#[test]
fn o1_a_kept_agent_is_given_back_and_never_kept_for_ever() {
    let mut h = blended(0);
    h.ok(RESERVE);
    let reservation = h.reservation(2);
    h.ok(Input::Release { reservation });
    assert_eq!(h.state(2), S::Ready);
    h.ok(RESERVE);
    let reservation = h.reservation(2);
    h.pass(40_000);
    assert_eq!(h.state(2), S::Ready, "not the agent's fault");
    assert!(h.out.contains(&Output::Withdraw { reservation, agent: AgentId(2), why: Withdrawal::Expired }));
}

#[test]
fn o1_the_dialer_leaves_inbound_queues_their_ready_agents() {
    let mut h = blended(2);
    assert_eq!(h.give(RESERVE), Err(Refusal::NoAgent));
    h.sign_in(3);
    h.ok(RESERVE);
    assert_eq!(h.state(2), S::Reserved);
}
