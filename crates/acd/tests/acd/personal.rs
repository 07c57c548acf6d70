//! D3, D4: agents who suit a caller personally.

use crate::house::{House, ask};
use acd::{Ask, Input, Wishes};
use model::AgentId;
use model::record::Preference;

fn owned(n: i64) -> Ask {
    Ask { wishes: Wishes { owner: Some(AgentId(2)), ..Wishes::default() }, ..ask(n) }
}

fn again(n: i64) -> Ask {
    Ask { wishes: Wishes { last: Some(AgentId(2)), ..Wishes::default() }, ..ask(n) }
}

fn with_last(rule: Preference) -> House {
    let mut h = House::new(|q| {
        q.last_agent = rule;
        q.announcements.first_ms = 0;
    });
    h.sign_in(1);
    h.sign_in(2);
    h
}

#[test]
fn d3_the_owner_first_others_when_busy() {
    let mut h = House::new(|_| {});
    h.sign_in(1);
    h.sign_in(2);
    h.enqueue(owned(1));
    h.enqueue(owned(2));
    assert_eq!((h.rung(1), h.rung(2)), (vec![2], vec![1]));
}

#[test]
fn d4_the_last_agent_first_others_at_once() {
    let mut h = with_last(Preference::First);
    h.enqueue(again(1));
    h.enqueue(again(2));
    assert_eq!((h.rung(1), h.rung(2)), (vec![2], vec![1]));
}

#[test]
fn d4_the_caller_waits_for_the_last_agent_who_is_locked_for_them() {
    let mut h = with_last(Preference::Wait { ms_max: 60_000 });
    h.enqueue(again(1));
    h.answer(2);
    h.enqueue(again(2));
    assert_eq!(h.acd.waiting(1.into())[0].locked_to, Some(AgentId(2)));
    assert!(h.rung(2).is_empty(), "1 is ready, and not wanted");
    h.enqueue(ask(3));
    h.answer(1);
    h.enqueue(ask(4));
    h.ok(Input::MoveUp { entry: 4.into() });
    h.pass(30_000);
    h.hang_up(2);
    assert_eq!(h.rung(2), [2], "before everybody else");
    assert_eq!(h.line(1), [4]);
}

#[test]
fn d4_the_wait_for_the_last_agent_ends() {
    let mut h = with_last(Preference::Wait { ms_max: 60_000 });
    h.enqueue(again(1));
    h.answer(2);
    h.enqueue(again(2));
    h.pass(59_999);
    assert!(h.rung(2).is_empty());
    h.pass(1);
    assert_eq!(h.rung(2), [1], "others after the time limit");
}

#[test]
fn d4_an_agent_who_asks_for_a_break_is_not_waited_for() {
    let mut h = with_last(Preference::Wait { ms_max: 60_000 });
    h.enqueue(again(1));
    h.answer(2);
    h.enqueue(again(2));
    h.ok(Input::Break { agent: AgentId(2), reason: "meal".into() });
    assert_eq!(h.rung(2), [1]);
    h.answer(1);
    h.hang_up(1);
    h.enqueue(again(3));
    assert_eq!(h.rung(3), [1], "nor locked at all");
}

#[test]
fn d4_two_who_wait_for_one_agent_are_served_in_their_order() {
    let mut h = with_last(Preference::Wait { ms_max: 600_000 });
    h.enqueue(again(1));
    h.answer(2);
    for n in [2, 3] {
        h.enqueue(again(n));
        h.pass(10);
    }
    h.hang_up(2);
    assert_eq!((h.rung(2), h.rung(3)), (vec![2], vec![]));
    h.answer(2);
    h.hang_up(2);
    assert_eq!(h.rung(3), [2]);
}

#[test]
fn d4_an_open_ticket_leads_to_its_agent_and_the_owner_comes_before_the_last() {
    let mut h = with_last(Preference::First);
    h.sign_in(3);
    h.enqueue(Ask { wishes: Wishes { ticket: Some(AgentId(3)), last: Some(AgentId(2)), ..Wishes::default() }, ..ask(1) });
    assert_eq!(h.rung(1), [3]);
    h.enqueue(Ask { wishes: Wishes { owner: Some(AgentId(2)), last: Some(AgentId(1)), ..Wishes::default() }, ..ask(2) });
    assert_eq!(h.rung(2), [2]);
}

#[test]
fn a_wish_for_somebody_outside_the_group_is_no_wish() {
    let mut h = House::new(|q| q.owner = Preference::Wait { ms_max: 60_000 });
    h.sign_in(1);
    h.enqueue(Ask { wishes: Wishes { owner: Some(AgentId(77)), ..Wishes::default() }, ..ask(1) });
    assert_eq!(h.rung(1), [1]);
}
