//! Agents and callers, step by step: waiting, talking, hold, consultation, conference, transfer, and whoever is left.

use crate::bench::{Bench, bridges, hangs_up, outside, phone, plays, stops, to_agent, to_number};
use crate::house::{self, CONFIRM, FOREIGN_QUEUE};
use model::desk::{DeskCommand, DeskRefusal, Destination, PartyKind, PartyState};
use model::record::{AgentState, Confirmation, EntryOutcome, RingEnd, Seat, StateInterval};
use model::telephony::{Cause, Command, EndedBy, Event, Role};
use model::{AgentId, Disposition, ExtensionId, FlowId, LegId, MixId, QueueEntryId, QueueId};

pub fn lost() -> Cause {
    Cause { by: EndedBy::Network, ..Cause::default() }
}

/// The parts that legs have taken in the mix.
pub fn joins(commands: &[Command]) -> Vec<(LegId, Role)> {
    let join = |c: &Command| if let Command::Join { leg, role, .. } = c { Some((*leg, *role)) } else { None };
    commands.iter().filter_map(join).collect()
}

#[test]
fn a_caller_waits_with_music_and_is_put_through_to_the_agent() {
    let mut b = Bench::new();
    let (caller, commands) = b.calls();
    assert!(plays(&commands, caller), "music: {commands:?}");
    b.sign_in(1);
    let ring = phone(&b.asked());
    assert_eq!((ring.extension, ring.ring_ms_max), (ExtensionId(101), 20_000));
    assert!(!ring.from.contains("13800"), "the page's phone is not shown the caller: {}", ring.from);
    assert_eq!(b.state(1), AgentState::Reserved);
    b.rings(ring.leg);
    assert_eq!((b.state(1), b.view(1).number.starts_with("+8613800")), (AgentState::Ringing, true));
    let commands = b.answers(ring.leg);
    let heard = commands.iter().position(|c| matches!(c, Command::StopPlay { leg } if *leg == caller));
    let talk = commands.iter().position(|c| matches!(c, Command::Bridge { .. }));
    assert!(heard < talk && bridges(&commands, caller, ring.leg), "{commands:?}");
    assert!(commands.iter().any(|c| matches!(c, Command::Record { leg, .. } if *leg == caller)));
    assert!(b.said("工号1 0 0 1为您服务"), "the greeting");
    assert_eq!(b.view(1).parties.len(), 2);
    // The agent hangs up; the flow has nothing after the talk.
    assert_eq!(b.desk(1, DeskCommand::HangUp), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, ring.leg) && hangs_up(&commands, caller), "{commands:?}");
    b.ended(ring.leg);
    assert_eq!(b.state(1), AgentState::WrapUp);
    b.ended(caller);
    b.quiet();
    let call = b.record();
    assert_eq!((call.queue_id, call.agent_id, call.disposition), (Some(QueueId(1)), Some(AgentId(1)), Disposition::Human));
    assert_eq!((call.talks.len(), call.legs.len(), call.flow_id), (1, 2, Some(house::PLAIN)));
    let stay = b.ledger.entries.values().next().unwrap();
    assert_eq!((stay.outcome, stay.agent_id, stay.rung[0].end), (EntryOutcome::Answered, Some(AgentId(1)), RingEnd::Answered));
    let states: Vec<AgentState> = b.ledger.intervals.values().map(|i: &StateInterval| i.state).collect();
    use AgentState as S;
    assert_eq!(states, [S::Ready, S::Reserved, S::Ringing, S::Talking, S::WrapUp, S::Off]);
}

#[test]
fn what_is_said_about_the_wait_is_not_said_into_the_talk() {
    let mut b = Bench::new();
    let (caller, _) = b.calls();
    b.wait(4_000);
    assert!(b.said("您是下一位"), "their place");
    b.wait(3_000);
    assert!(b.said("继续等待请按1"), "the choices");
    assert!(plays(&b.played(caller), caller), "music again");
    b.sign_in(1);
    let own = phone(&b.asked()).leg;
    b.answers(own);
    b.played(caller);
    assert!(!plays(&b.asked(), caller), "the greeting is over, and nothing follows");
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn music_goes_on_without_its_prompt() {
    let mut b = Bench::new();
    let (caller, commands) = b.calls();
    let play =
        commands.iter().find_map(|c| if let Command::Play { op, clips, .. } = c { Some((*op, clips.clone())) } else { None });
    let (op, clips) = play.unwrap();
    assert!(matches!(&clips[..], [model::telephony::Clip::File { path }] if path.ends_with("tune")), "{clips:?}");
    let outcome = model::telephony::PlayOutcome::Failed;
    let commands = b.event(Event::PlayDone { leg: caller, op, outcome, played_ms: 0 });
    assert!(commands.iter().any(|c| matches!(c, Command::Play { clips, .. } if clips.len() > 10)), "the melody: {commands:?}");
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn the_next_agent_is_rung_where_one_declines_does_not_answer_or_cannot_be_reached() {
    let mut b = Bench::new();
    for agent in [1, 2, 3] {
        b.sign_in(agent);
    }
    let (caller, commands) = b.calls();
    let first = phone(&commands);
    b.rings(first.leg);
    assert_eq!(b.desk(1, DeskCommand::Decline), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, first.leg), "{commands:?}");
    let second = phone(&commands);
    assert_eq!((second.extension, b.state(1)), (ExtensionId(102), AgentState::Ready));
    b.ended(first.leg);
    let third = phone(&b.refuses(second.leg, 480));
    assert_eq!((third.extension, b.state(2)), (ExtensionId(103), AgentState::Break));
    assert!(third.from.contains("13800"), "a SIP phone shows the caller");
    b.rings(third.leg);
    b.wait(21_000);
    let commands = b.asked();
    assert!(hangs_up(&commands, third.leg), "{commands:?}");
    // Agent 1 is asked again: nobody else is there.
    let again = phone(&commands);
    b.ended(third.leg);
    b.hangs_up(caller);
    assert!(hangs_up(&b.asked(), again.leg) || b.told(model::OpId(0)).is_none());
    b.quiet();
    let stay = b.ledger.entries.values().next().unwrap();
    assert_eq!(stay.outcome, EntryOutcome::Abandoned);
    let ends: Vec<RingEnd> = stay.rung.iter().map(|r| r.end).collect();
    assert_eq!(ends[..3], [RingEnd::Declined, RingEnd::Unreachable, RingEnd::NoAnswer]);
}

#[test]
fn hold_and_retrieve() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Hold { on: true }), Ok(()));
    let commands = b.asked();
    assert!(commands.contains(&Command::Hold { leg: caller, on: true }) && plays(&commands, caller), "{commands:?}");
    assert_eq!((b.state(1), b.view(1).parties[0].state), (AgentState::Held, PartyState::Held));
    b.wait(5_000);
    assert_eq!(b.desk(1, DeskCommand::Hold { on: false }), Ok(()));
    let commands = b.asked();
    assert!(commands.contains(&Command::Hold { leg: caller, on: false }) && stops(&commands, caller), "{commands:?}");
    // The phone's own key does the same.
    let commands = b.event(Event::Held { leg: own, on: true });
    assert!(commands.contains(&Command::Hold { leg: caller, on: true }), "{commands:?}");
    assert_eq!(b.desk(1, DeskCommand::Mute { on: true }), Ok(()));
    assert!(b.asked().contains(&Command::Mute { leg: own, on: true }));
    // Who hangs up on hold was on hold until then.
    b.wait(2_000);
    let commands = b.hangs_up(caller);
    assert!(hangs_up(&commands, own), "{commands:?}");
    b.ended(own);
    b.quiet();
    let held = b.record().talks[0].held_ms;
    assert!((7_000..7_100).contains(&held), "{held}");
}

#[test]
fn keys_reach_the_other_side() {
    let mut b = Bench::new();
    let (caller, _) = b.talk();
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Digits { digits: "12#".into() }), Ok(()));
    assert!(b.asked().iter().any(|c| matches!(c, Command::SendDigits { leg, digits, .. } if *leg == caller && digits == "12#")));
    for bad in ["", "12x", "1234567890123456789012345678901234"] {
        assert_eq!(b.desk(1, DeskCommand::Digits { digits: bad.into() }), Err(DeskRefusal::BadNumber));
    }
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn a_colleague_is_asked_and_the_customer_comes_back() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.sign_in(2);
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Consult { to: to_agent(2) }), Ok(()));
    let commands = b.asked();
    assert!(plays(&commands, caller) && plays(&commands, own), "music and ring-back: {commands:?}");
    let asked = phone(&commands).leg;
    assert_eq!((b.state(1), b.view(1).consulting), (AgentState::Held, true));
    assert_eq!(b.desk(1, DeskCommand::Consult { to: to_agent(2) }), Err(DeskRefusal::NotNow));
    b.rings(asked);
    let commands = b.answers(asked);
    assert!(stops(&commands, own), "{commands:?}");
    let parts = joins(&commands);
    assert!(parts.len() == 3 && parts.iter().all(|(_, r)| *r == Role::Talker), "{commands:?}");
    assert!(commands.contains(&Command::Hold { leg: caller, on: true }), "{commands:?}");
    // To the customer and back.
    assert_eq!(b.desk(1, DeskCommand::Swap), Ok(()));
    let commands = b.asked();
    assert!(commands.contains(&Command::Hold { leg: caller, on: false }) && stops(&commands, caller), "{commands:?}");
    assert!(commands.contains(&Command::Hold { leg: asked, on: true }) && plays(&commands, asked), "{commands:?}");
    assert_eq!(b.desk(1, DeskCommand::Swap), Ok(()));
    assert!(b.asked().contains(&Command::Hold { leg: asked, on: false }));
    assert_eq!(b.desk(1, DeskCommand::CancelConsult), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, asked) && bridges(&commands, caller, own) && stops(&commands, caller), "{commands:?}");
    // At once, though the other phone has not said so yet.
    assert_eq!(b.desk(1, DeskCommand::Hold { on: true }), Ok(()));
    b.ended(asked);
    assert_eq!(b.view(1).parties[0].state, PartyState::Held, "the end of the other changes nothing");
    b.hangs_up(caller);
    b.quiet();
    assert_eq!(b.record().talks.len(), 2);
}

#[test]
fn whoever_was_asked_hangs_up_and_the_customer_is_back() {
    let mut b = Bench::new();
    let (caller, own, asked) = b.consultation();
    let commands = b.hangs_up(asked);
    assert!(bridges(&commands, caller, own) && stops(&commands, caller), "{commands:?}");
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn a_completed_transfer_leaves_customer_and_colleague() {
    let mut b = Bench::new();
    let (caller, own, asked) = b.consultation();
    assert_eq!(b.desk(1, DeskCommand::CompleteTransfer), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, own) && bridges(&commands, caller, asked) && stops(&commands, caller), "{commands:?}");
    b.ended(own);
    assert_eq!((b.state(1), b.state(2)), (AgentState::WrapUp, AgentState::Talking));
    assert_eq!(b.view(2).parties[0].state, PartyState::Talking);
    let commands = b.hangs_up(asked);
    assert!(hangs_up(&commands, caller), "the flow ends after the talk: {commands:?}");
    b.ended(caller);
    b.quiet();
    let call = b.record();
    assert_eq!(call.agent_id, Some(AgentId(1)));
    let talked: Vec<AgentId> = call.talks.iter().map(|t| t.agent_id).collect();
    assert_eq!(talked, [AgentId(1), AgentId(2)]);
}

#[test]
fn a_transfer_completed_while_it_rings_comes_back_when_nobody_answers() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.sign_in(2);
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Consult { to: to_agent(2) }), Ok(()));
    let asked = phone(&b.asked()).leg;
    b.rings(asked);
    assert_eq!(b.desk(1, DeskCommand::CompleteTransfer), Ok(()));
    assert!(plays(&b.asked(), caller), "the customer hears it ring");
    b.ended(own);
    b.wait(3_000);
    b.asked();
    let commands = b.refuses(asked, 486);
    let back = phone(&commands);
    assert_eq!(back.extension, ExtensionId(101), "to whoever gave them away");
    assert!(plays(&commands, caller));
    b.rings(back.leg);
    b.wait(10_000);
    let commands = b.answers(back.leg);
    assert!(bridges(&commands, caller, back.leg) && stops(&commands, caller), "{commands:?}");
    assert_eq!(b.state(1), AgentState::Talking);
    b.wait(90_000);
    assert_eq!(b.state(1), AgentState::Talking, "the talk goes on");
    b.hangs_up(caller);
    b.ended(back.leg);
    b.quiet();
}

#[test]
fn a_blind_transfer_is_answered() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.sign_in(2);
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Transfer { to: to_number("1002") }), Ok(()), "by 工号");
    let commands = b.asked();
    assert!(hangs_up(&commands, own) && plays(&commands, caller), "{commands:?}");
    let to = phone(&commands).leg;
    b.ended(own);
    b.rings(to);
    let commands = b.answers(to);
    assert!(bridges(&commands, caller, to) && stops(&commands, caller), "{commands:?}");
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn a_blind_transfer_that_nobody_takes_goes_back_into_the_queue_when_the_agent_is_busy() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Transfer { to: to_number("8121") }), Ok(()));
    let guest = phone(&b.asked());
    assert_eq!(guest.extension, ExtensionId(121));
    b.ended(own);
    b.wait(3_000);
    // The agent is in another call meanwhile.
    let (second, commands) = b.calls();
    let other = phone(&commands).leg;
    b.answers(other);
    b.asked();
    let commands = b.refuses(guest.leg, 486);
    assert!(plays(&commands, caller) && !hangs_up(&commands, caller), "music: {commands:?}");
    assert_eq!(b.floor.queues_live(crate::setup::TENANT)[0].waiting, 1);
    // Served next, before whoever came later.
    let (third, _) = b.calls();
    b.hangs_up(second);
    b.ended(other);
    b.asked();
    b.wait(2_500);
    let ring = phone(&b.asked());
    let commands = b.answers(ring.leg);
    assert!(bridges(&commands, caller, ring.leg), "{commands:?}");
    b.hangs_up(caller);
    b.hangs_up(third);
    b.quiet();
}

#[test]
fn a_transfer_into_a_queue_waits_there() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.asked();
    let to = Destination::Queue { queue: QueueId(2) };
    assert_eq!(b.desk(1, DeskCommand::Consult { to: to.clone() }), Err(DeskRefusal::NotNow));
    assert_eq!(b.view(1).parties[0].state, PartyState::Talking, "refused: nothing has changed");
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Transfer { to }), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, own) && plays(&commands, caller), "{commands:?}");
    b.ended(own);
    b.sign_in(5);
    let ring = phone(&b.asked()).leg;
    assert!(bridges(&b.answers(ring), caller, ring));
    b.hangs_up(caller);
    b.quiet();
    assert_eq!((b.record().queue_id, b.ledger.entries.len()), (Some(QueueId(2)), 2));
}

#[test]
fn transfers_that_cannot_be_leave_the_talk_as_it_was() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.sign_in(2);
    b.asked();
    let unknown = Destination::Queue { queue: FOREIGN_QUEUE };
    let refused = [
        (to_agent(1), DeskRefusal::BadNumber),
        (to_agent(3), DeskRefusal::SignedOut),
        (to_agent(90), DeskRefusal::UnknownAgent),
        (unknown, DeskRefusal::UnknownQueue),
        (to_number("nobody"), DeskRefusal::BadNumber),
    ];
    for (to, why) in refused {
        assert_eq!(b.desk(1, DeskCommand::Transfer { to: to.clone() }), Err(why));
        assert_eq!(
            b.desk(1, DeskCommand::Consult { to: to.clone() }),
            Err(if to_queue(&to) { DeskRefusal::UnknownQueue } else { why })
        );
        assert_eq!((b.state(1), b.view(1).parties[0].state), (AgentState::Talking, PartyState::Talking));
    }
    assert!(!hangs_up(&b.asked(), own));
    // Outside: forbidden, no line, not told by the store in time.
    let to = to_number("13900000099");
    b.callee.as_mut().unwrap().dial.blocked = true;
    assert_eq!(b.desk(1, DeskCommand::Transfer { to: to.clone() }), Err(DeskRefusal::Forbidden));
    b.callee = None;
    let (op, told) = b.ask(1, DeskCommand::Transfer { to: to.clone() });
    assert_eq!(told, None);
    b.wait(4_000);
    assert_eq!(b.told(op), Some(Err(DeskRefusal::Forbidden)), "what cannot be read forbids");
    b.callee = Some(Default::default());
    for trunk in [1, 2] {
        let state = model::telephony::TrunkState::Down { reason: "test".into() };
        b.event(Event::Trunk { trunk: model::TrunkId(trunk), state });
    }
    assert_eq!(b.desk(1, DeskCommand::Consult { to }), Err(DeskRefusal::NoRoute));
    assert_eq!(b.view(1).parties[0].state, PartyState::Talking);
    b.hangs_up(caller);
    b.quiet();
}

fn to_queue(to: &Destination) -> bool {
    matches!(to, Destination::Queue { .. })
}

#[test]
fn an_outside_number_is_asked_joined_and_dropped() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Consult { to: to_number("13900000099") }), Ok(()));
    let commands = b.asked();
    let guest = outside(&commands);
    assert!(guest.to.contains("13900000099") && plays(&commands, own) && plays(&commands, caller));
    b.rings(guest.leg);
    b.answers(guest.leg);
    assert_eq!(b.desk(1, DeskCommand::Conference), Ok(()));
    let commands = b.asked();
    assert!(commands.contains(&Command::Hold { leg: caller, on: false }) && stops(&commands, caller), "{commands:?}");
    // A supervisor is no party of theirs, and oneself is not dropped.
    assert_eq!(b.desk(1, DeskCommand::Drop { leg: own }), Err(DeskRefusal::NoSuchParty));
    assert_eq!(b.desk(1, DeskCommand::Drop { leg: LegId(1) }), Err(DeskRefusal::NoSuchParty));
    assert!(b.view(1).parties.iter().any(|p| p.kind == PartyKind::Guest && p.state == PartyState::Talking));
    assert_eq!(b.desk(1, DeskCommand::Drop { leg: guest.leg }), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, guest.leg) && bridges(&commands, caller, own), "{commands:?}");
    b.ended(guest.leg);
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn an_outside_number_that_is_busy_brings_the_customer_back() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Consult { to: to_number("13900000099") }), Ok(()));
    let guest = outside(&b.asked()).leg;
    // The line fails: the next one is tried.
    let commands = b.refuses(guest, 503);
    let again = outside(&commands).leg;
    let commands = b.refuses(again, 486);
    assert!(bridges(&commands, caller, own) || commands.contains(&Command::Hold { leg: caller, on: false }), "{commands:?}");
    assert!(stops(&commands, caller) && stops(&commands, own));
    assert_eq!(b.state(1), AgentState::Talking);
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn a_conference_of_three_goes_on_without_the_customer() {
    let mut b = Bench::new();
    let (caller, own, asked) = b.consultation();
    assert_eq!(b.desk(1, DeskCommand::Conference), Ok(()));
    let commands = b.asked();
    assert!(commands.contains(&Command::Hold { leg: caller, on: false }), "{commands:?}");
    assert!(commands.iter().all(|c| !matches!(c, Command::Join { mix, .. } if mix.0 == 0)) && MixId(0).0 == 0);
    let commands = b.hangs_up(caller);
    assert!(bridges(&commands, own, asked) && !hangs_up(&commands, own) && !hangs_up(&commands, asked), "{commands:?}");
    assert_eq!(b.desk(1, DeskCommand::HangUp), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, own) && hangs_up(&commands, asked), "nobody is left alone: {commands:?}");
    b.ended(own);
    b.ended(asked);
    b.quiet();
}

#[test]
fn the_agent_leaves_a_conference_and_the_others_go_on() {
    let mut b = Bench::new();
    let (caller, own, asked) = b.consultation();
    assert_eq!(b.desk(1, DeskCommand::Conference), Ok(()));
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::HangUp), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, own) && bridges(&commands, caller, asked), "{commands:?}");
    b.ended(own);
    assert_eq!(b.state(2), AgentState::Talking);
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn a_caller_hangs_up_at_any_time() {
    // While they wait.
    let mut b = Bench::new();
    let (caller, _) = b.calls();
    b.wait(5_000);
    b.hangs_up(caller);
    b.quiet();
    assert_eq!(b.ledger.entries.values().next().unwrap().outcome, EntryOutcome::Abandoned);
    assert_eq!((b.record().agent_id, b.record().queue_id), (None, Some(QueueId(1))));
    // While it rings.
    let mut b = Bench::new();
    b.sign_in(1);
    let (caller, commands) = b.calls();
    let own = phone(&commands).leg;
    b.rings(own);
    assert!(hangs_up(&b.hangs_up(caller), own));
    assert_eq!(b.state(1), AgentState::Ready, "not to blame");
    b.ended(own);
    b.quiet();
    // While somebody is asked.
    let mut b = Bench::new();
    let (caller, own, asked) = b.consultation();
    let commands = b.hangs_up(caller);
    assert!(bridges(&commands, own, asked) || !hangs_up(&commands, own), "the two go on: {commands:?}");
    b.hangs_up(asked);
    assert!(hangs_up(&b.asked(), own) || b.state(1) != AgentState::Off);
    b.ended(own);
    b.quiet();
}

#[test]
fn a_lost_phone_is_rung_again_when_it_registers() {
    for cause in [lost(), Cause { by: EndedBy::Us, action: Some(model::telephony::Action::MediaTimeout), ..Cause::default() }] {
        let mut b = Bench::new();
        let (caller, own) = b.talk();
        b.phones(101, 0);
        let commands = b.ends(own, cause);
        assert!(plays(&commands, caller), "music: {commands:?}");
        assert_eq!(b.state(1), AgentState::Talking, "still theirs");
        b.wait(4_000);
        b.asked();
        let back = phone(&b.phones(101, 1));
        let commands = b.answers(back.leg);
        assert!(bridges(&commands, caller, back.leg) && stops(&commands, caller), "{commands:?}");
        b.wait(60_000);
        assert_eq!(b.state(1), AgentState::Talking);
        b.hangs_up(caller);
        b.ended(back.leg);
        b.quiet();
        assert_eq!(b.record().talks.len(), 2);
    }
}

#[test]
fn a_phone_that_does_not_come_back_gives_the_caller_to_the_queue() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.phones(101, 0);
    b.ends(own, lost());
    b.sign_in(2);
    b.wait(29_000);
    let commands = b.asked();
    assert!(!commands.iter().any(|c| matches!(c, Command::CallExtension(_))), "{commands:?}");
    b.wait(1_500);
    let ring = phone(&b.asked());
    assert_eq!((ring.extension, b.state(1)), (ExtensionId(102), AgentState::WrapUp));
    assert!(bridges(&b.answers(ring.leg), caller, ring.leg));
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn a_page_that_signs_in_anew_gets_its_call() {
    for registered in [1, 0] {
        let mut b = Bench::new();
        let (caller, own) = b.talk();
        b.phones(101, registered);
        b.asked();
        b.sign_in(1);
        let mut commands = b.asked();
        assert!(hangs_up(&commands, own) && plays(&commands, caller), "{commands:?}");
        commands.extend(b.ended(own));
        if registered == 0 {
            commands.extend(b.phones(101, 1));
        }
        let back = phone(&commands).leg;
        assert!(bridges(&b.answers(back), caller, back));
        assert_eq!(b.state(1), AgentState::Talking);
        b.hangs_up(caller);
        b.quiet();
    }
}

#[test]
fn the_customer_confirms_and_comes_back() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Confirm { flow: FlowId(77), back: true }), Err(DeskRefusal::NoSuchParty));
    assert_eq!(b.desk(1, DeskCommand::Confirm { flow: CONFIRM, back: true }), Ok(()));
    let commands = b.asked();
    assert!(plays(&commands, own) && plays(&commands, caller) && b.said("同意请按1"), "{commands:?}");
    assert_eq!((b.view(1).parties[0].state, b.view(1).confirmation), (PartyState::Flow, Some(Confirmation::Running)));
    for command in [DeskCommand::Hold { on: true }, DeskCommand::CancelConsult, DeskCommand::Consult { to: to_agent(2) }] {
        assert_eq!(b.desk(1, command), Err(DeskRefusal::NotNow));
    }
    b.presses(caller, '1');
    b.wait(10);
    let commands = b.asked();
    assert!(bridges(&commands, caller, own) && stops(&commands, own), "{commands:?}");
    assert_eq!(b.view(1).confirmation, Some(Confirmation::Pressed));
    // And the flow still waits for the end of the talk.
    assert_eq!(b.desk(1, DeskCommand::HangUp), Ok(()));
    b.ended(own);
    b.ended(caller);
    b.quiet();
    let call = b.record();
    assert_eq!((call.result.as_deref(), call.digits.as_str(), call.flow_id), (Some("agreed"), "1", Some(house::PLAIN)));
    assert_eq!(call.confirmation, Some(Confirmation::Pressed));
    // Who presses nothing comes back too, and has not confirmed; asked again, they may.
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    for pressed in [false, true] {
        assert_eq!(b.desk(1, DeskCommand::Confirm { flow: CONFIRM, back: true }), Ok(()));
        assert_eq!(b.view(1).confirmation, Some(Confirmation::Running), "a new one begins anew");
        if pressed {
            b.presses(caller, '1');
            b.wait(10);
        } else {
            for _ in 0..2 {
                b.played(caller);
                b.wait(3_100);
            }
        }
        b.asked();
        assert_eq!(b.view(1).confirmation, Some(if pressed { Confirmation::Pressed } else { Confirmation::Missed }));
    }
    b.hangs_up(caller);
    b.ended(own);
    b.quiet();
}

#[test]
fn the_customer_confirms_and_goes_on_alone() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::Confirm { flow: CONFIRM, back: false }), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, own) && !hangs_up(&commands, caller), "{commands:?}");
    b.ended(own);
    assert_eq!(b.view(1).confirmation, Some(Confirmation::Running), "who writes it up sees what becomes of it");
    b.presses(caller, '1');
    b.wait(10);
    assert_eq!(b.view(1).confirmation, Some(Confirmation::Pressed));
    assert!(hangs_up(&b.asked(), caller), "the flow they came from ends after the talk");
    b.ended(caller);
    b.quiet();
    // Who says nothing is asked again, and then goes on.
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    assert_eq!(b.desk(1, DeskCommand::Confirm { flow: CONFIRM, back: false }), Ok(()));
    b.ended(own);
    b.played(caller);
    b.wait(3_100);
    assert!(plays(&b.asked(), caller), "asked again");
    b.played(caller);
    b.wait(3_100);
    assert!(hangs_up(&b.asked(), caller));
    b.ended(caller);
    b.quiet();
    // Who hangs up on the confirmation leaves nobody waiting.
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    assert_eq!(b.desk(1, DeskCommand::Confirm { flow: CONFIRM, back: true }), Ok(()));
    b.asked();
    let commands = b.hangs_up(caller);
    assert!(hangs_up(&commands, own), "{commands:?}");
    b.ended(own);
    b.wait(10);
    assert_eq!(b.record().confirmation, Some(Confirmation::Missed));
    assert!(b.ledger.calls.values().any(|c| c.trail.iter().any(|t| t.kind == "queue")), "the first flow has heard of it");
    b.quiet();
}

#[test]
fn commands_without_a_call_are_refused() {
    use DeskCommand as D;
    let mut b = Bench::new();
    b.sign_in(1);
    b.asked();
    let to = to_agent(2);
    let none = [
        D::Decline,
        D::HangUp,
        D::Hold { on: true },
        D::Mute { on: true },
        D::Digits { digits: "1".into() },
        D::Consult { to: to.clone() },
        D::Swap,
        D::CancelConsult,
        D::CompleteTransfer,
        D::Transfer { to },
        D::Conference,
        D::Drop { leg: LegId(5) },
        D::Confirm { flow: CONFIRM, back: true },
        D::Record { on: true },
    ];
    for command in none {
        assert_eq!(b.desk(1, command.clone()), Err(DeskRefusal::NoCall), "{command:?}");
    }
    assert_eq!(b.desk(1, D::ExtendWrapUp), Err(DeskRefusal::NotNow));
    assert_eq!(b.desk(1, D::PickUp { entry: QueueEntryId(9) }), Err(DeskRefusal::UnknownEntry));
    assert_eq!(b.desk(2, D::Ready), Err(DeskRefusal::SignedOut));
    assert_eq!(b.desk(2, D::Dial { number: "13900000099".into() }), Err(DeskRefusal::SignedOut));
    assert_eq!(b.desk(77, D::Ready), Err(DeskRefusal::UnknownAgent));
    assert_eq!(b.desk(77, D::HangUp), Err(DeskRefusal::NoCall));
    let foreign = Seat::Browser { extension: ExtensionId(190) };
    assert_eq!(b.desk(2, D::SignIn { seat: foreign, ready: true }), Err(DeskRefusal::NoPhone));
    let bad = Seat::Outside { number: "12".into() };
    assert_eq!(b.desk(2, D::SignIn { seat: bad, ready: true }), Err(DeskRefusal::BadNumber));
    assert_eq!(b.desk(1, D::Break { reason: "nothing".into() }), Err(DeskRefusal::UnknownReason));
    assert!(b.asked().is_empty());
    // An agent of another tenant takes nobody's caller.
    let (caller, _) = b.calls();
    let entry = b.floor.queues_live(crate::setup::TENANT)[0].callers.first().map(|c| c.entry_id);
    let seat = Seat::Browser { extension: ExtensionId(190) };
    assert_eq!(b.desk(90, D::SignIn { seat, ready: true }), Ok(()));
    let entry = entry.unwrap_or(QueueEntryId(9));
    assert_eq!(b.desk(90, D::PickUp { entry }), Err(DeskRefusal::UnknownEntry));
    b.hangs_up(caller);
    assert_eq!(b.desk(90, D::SignOut), Ok(()));
    b.quiet();
}
