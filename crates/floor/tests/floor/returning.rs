//! Who comes back, who is left and what desks are told: the talk after something went otherwise than wanted.

use crate::bench::{Bench, bridges, hangs_up, phone, plays, stops, to_agent, to_number};
use crate::house;
use crate::people::{joins, lost};
use model::desk::{DeskCommand, DeskRefusal, PartyState};
use model::record::{AgentState, Seat};
use model::telephony::{Cause, Command};
use model::{AgentId, ExtensionId, QueueId};

#[test]
fn who_declines_to_come_back_leaves_the_caller_to_the_queue() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.phones(101, 1);
    b.asked();
    let commands = b.ends(own, lost());
    assert!(plays(&commands, caller), "music: {commands:?}");
    let again = phone(&commands).leg;
    b.rings(again);
    assert_eq!(b.desk(1, DeskCommand::Decline), Ok(()));
    b.ended(again);
    assert_eq!(b.floor.queues_live(crate::setup::TENANT)[0].waiting, 1, "the caller waits for somebody");
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn a_transfer_to_a_phone_that_is_not_there_comes_back() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Transfer { to: to_number("8121") }), Ok(()));
    let guest = phone(&b.asked());
    // The switch knows at once that nobody is there; the agent's own phone takes longer to hang up.
    let commands = b.refuses(guest.leg, 480);
    assert!(plays(&commands, caller) && !hangs_up(&commands, caller), "music: {commands:?}");
    let commands = b.ended(own);
    let back = phone(&commands);
    assert_eq!(back.extension, ExtensionId(101), "whoever gave them away is rung");
    assert!(bridges(&b.answers(back.leg), caller, back.leg));
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn when_the_maker_leaves_a_conference_nobody_stays_on_hold() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Consult { to: to_number("8121") }), Ok(()));
    let guest = phone(&b.asked()).leg;
    b.answers(guest);
    assert_eq!(b.desk(1, DeskCommand::Conference), Ok(()));
    b.sign_in(2);
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Consult { to: to_agent(2) }), Ok(()));
    let asked = phone(&b.asked()).leg;
    b.answers(asked);
    assert_eq!(b.view(2).parties[0].state, PartyState::Held, "the customer");
    assert!(b.view(2).parties.iter().any(|p| p.consulted && p.agent_id == Some(AgentId(2))));
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::CompleteTransfer), Ok(()));
    let commands = b.asked();
    assert!(stops(&commands, caller), "no music: {commands:?}");
    assert_eq!(b.view(2).parties[0].state, PartyState::Talking);
    assert_eq!(b.desk(2, DeskCommand::Hold { on: true }), Ok(()), "the customer is agent 2's now");
    b.ended(own);
    b.hangs_up(caller);
    b.hangs_up(guest);
    b.ended(asked);
    b.quiet();
}

#[test]
fn who_comes_back_to_a_consultation_finds_the_customer_on_hold() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.phones(101, 1);
    b.sign_in(2);
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Consult { to: to_agent(2) }), Ok(()));
    let asked = phone(&b.asked()).leg;
    b.rings(asked);
    let again = phone(&b.ends(own, lost())).leg;
    let commands = b.answers(again);
    assert!(plays(&commands, again), "ring-back: {commands:?}");
    assert!(commands.contains(&Command::Hold { leg: caller, on: true }), "{commands:?}");
    assert_eq!(b.view(1).parties[0].state, PartyState::Held);
    let commands = b.answers(asked);
    assert_eq!(joins(&commands).len(), 3, "{commands:?}");
    assert!(commands.contains(&Command::Hold { leg: caller, on: true }) && !stops(&commands, caller), "{commands:?}");
    assert_eq!(b.desk(1, DeskCommand::CancelConsult), Ok(()));
    let commands = b.asked();
    assert!(bridges(&commands, caller, again), "{commands:?}");
    b.ended(asked);
    b.hangs_up(caller);
    b.ended(again);
    b.quiet();
}

#[test]
fn whoever_may_not_see_numbers_is_not_shown_them_on_the_phone_either() {
    let ring = |veiled: &[i64]| {
        let mut b = Bench::new();
        let veiled = veiled.iter().map(|id| AgentId(*id)).collect();
        b.give(floor::Input::Agents { tenant: crate::setup::TENANT, agents: house::agents(), veiled });
        let seat = Seat::Phone { extension: ExtensionId(103) };
        assert_eq!(b.desk(3, DeskCommand::SignIn { seat, ready: true }), Ok(()));
        let (caller, commands) = b.calls();
        let from = phone(&commands).from;
        b.hangs_up(caller);
        from
    };
    assert!(ring(&[]).starts_with("+8613800"));
    assert_eq!(ring(&[3]), "+861088887777", "the number of ours that was dialled");
}

#[test]
fn only_members_pick_up_who_waits_for_their_group() {
    let mut b = Bench::new();
    let (caller, _) = b.calls();
    let entry = b.floor.queues_live(crate::setup::TENANT)[0].callers[0].entry_id;
    b.sign_in(5);
    assert_eq!(b.desk(5, DeskCommand::PickUp { entry }), Err(DeskRefusal::UnknownEntry), "not of group 1");
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn a_desk_that_a_supervisor_signs_out_is_told() {
    let mut b = Bench::new();
    b.sign_in(1);
    let before = b.desks_told(1);
    let to = model::desk::ForcedState::Off;
    assert_eq!(b.supervise(model::desk::SupervisorCommand::Force { agent: AgentId(1), to }), Ok(()));
    assert_eq!(b.desks_told(1), before + 1);
    b.quiet();
    assert_eq!(b.desks_told(1), before + 1, "once");
}

#[test]
fn whoever_was_given_a_customer_writes_them_up() {
    // Blind, after a consultation, and back to whoever gave them away.
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.sign_in(2);
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Transfer { to: to_agent(2) }), Ok(()));
    let to = phone(&b.asked()).leg;
    b.ended(own);
    b.answers(to);
    b.hangs_up(caller);
    b.ended(to);
    assert_eq!(b.state(2), AgentState::WrapUp);
    b.quiet();
    assert!(b.record().talks.iter().all(|t| t.queue_id == Some(QueueId(1))), "{:?}", b.record().talks);
    let mut b = Bench::new();
    let (caller, own, asked) = b.consultation();
    assert_eq!(b.desk(1, DeskCommand::CompleteTransfer), Ok(()));
    b.ended(own);
    b.hangs_up(caller);
    b.ended(asked);
    assert_eq!(b.state(2), AgentState::WrapUp);
    b.quiet();
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Transfer { to: to_number("8121") }), Ok(()));
    let guest = phone(&b.asked()).leg;
    b.ended(own);
    b.wait(61_000);
    let back = phone(&b.refuses(guest, 486)).leg;
    assert_eq!(b.notes, ["1 came_back"]);
    b.answers(back);
    b.hangs_up(caller);
    b.ended(back);
    assert_eq!(b.state(1), AgentState::WrapUp);
    b.quiet();
}

#[test]
fn a_page_that_is_lost_while_it_rings_has_not_ignored_the_call() {
    let mut b = Bench::new();
    let (caller, _) = b.calls();
    b.sign_in(1);
    let ring = phone(&b.asked()).leg;
    b.rings(ring);
    b.phones(101, 0);
    b.ends(ring, Cause { sip_code: Some(408), ..lost() });
    let reason = |b: &Bench| b.floor.desk_view(AgentId(1)).unwrap().agent.reason;
    assert_eq!((b.state(1), reason(&b).as_deref()), (AgentState::Break, Some("unreachable")));
    b.asked();
    let again = phone(&b.phones(101, 1)).leg;
    assert!(bridges(&b.answers(again), caller, again), "ready as soon as the page is back");
    b.hangs_up(caller);
    b.ended(again);
    b.quiet();
}
