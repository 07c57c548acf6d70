//! Numbers that agents dial, callers who are called back, and where callers go who are not served or have talked.

use crate::bench::{Bench, bridges, hangs_up, outside, phone, plays, stops};
use crate::setup::TENANT;
use model::desk::{DeskCommand, DeskRefusal, PartyState};
use model::record::{AgentState, Direction, EntryOutcome, RingEnd};
use model::settings::Settings;
use model::telephony::{Command, Event, TrunkState};
use model::{AgentId, Disposition, LegId, QueueId, TrunkId};

const NUMBER: &str = "13900000099";

fn dial() -> DeskCommand {
    DeskCommand::Dial { number: NUMBER.into() }
}

/// Agent 1 has picked up and the number is being called.
fn dialing(b: &mut Bench) -> (LegId, LegId) {
    b.sign_in(1);
    assert_eq!(b.desk(1, dial()), Ok(()));
    let own = phone(&b.asked()).leg;
    assert_eq!(b.state(1), AgentState::Dialing);
    b.rings(own);
    let commands = b.answers(own);
    assert!(plays(&commands, own), "ring-back");
    (own, outside(&commands).leg)
}

#[test]
fn an_agent_dials_and_talks() {
    let mut b = Bench::new();
    let (own, far) = dialing(&mut b);
    assert_eq!(b.view(1).parties[0].state, PartyState::Ringing);
    assert_eq!(b.desk(1, dial()), Err(DeskRefusal::Busy));
    assert_eq!(b.desk(1, DeskCommand::Hold { on: true }), Err(DeskRefusal::NotNow));
    assert_eq!(b.desk(1, DeskCommand::Consult { to: crate::bench::to_agent(2) }), Err(DeskRefusal::NotNow));
    b.rings(far);
    b.wait(5_000);
    let commands = b.answers(far);
    assert!(bridges(&commands, far, own) && stops(&commands, own), "{commands:?}");
    assert!(commands.iter().any(|c| matches!(c, Command::Record { leg, .. } if *leg == far)));
    assert_eq!(b.state(1), AgentState::Talking);
    b.wait(4_000);
    assert_eq!(b.desk(1, DeskCommand::HangUp), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, own) && hangs_up(&commands, far), "no survey: {commands:?}");
    b.ended(own);
    b.ended(far);
    b.quiet();
    let call = b.record();
    assert_eq!((call.direction, call.disposition, call.queue_id), (Direction::Outbound, Disposition::Human, None));
    assert_eq!((call.caller.as_str(), call.called.as_str()), ("+861088886666", "+8613900000099"));
    let talk = &call.talks[0];
    assert_eq!((call.agent_id, talk.answered_at), (Some(AgentId(1)), call.answered_at), "from the far answer on");
}

#[test]
fn what_may_not_be_dialled_is_not() {
    let mut b = Bench::new();
    b.sign_in(1);
    for bad in ["12", "", "abc", "+86x139"] {
        assert_eq!(b.desk(1, DeskCommand::Dial { number: bad.into() }), Err(DeskRefusal::BadNumber), "{bad}");
    }
    let forbid: [fn(&mut model::record::DialFacts); 3] = [|f| f.blocked = true, |f| f.exempt = true, |f| f.number_24h = 5];
    for set in forbid {
        set(&mut b.callee.as_mut().unwrap().dial);
        assert_eq!(b.desk(1, dial()), Err(DeskRefusal::Forbidden));
        b.callee = Some(Default::default());
    }
    b.callee = None;
    let (op, told) = b.ask(1, dial());
    b.wait(3_500);
    assert_eq!((told, b.told(op)), (None, Some(Err(DeskRefusal::Forbidden))));
    b.callee = Some(Default::default());
    for trunk in [1, 2] {
        b.event(Event::Trunk { trunk: TrunkId(trunk), state: TrunkState::Down { reason: "test".into() } });
    }
    assert_eq!(b.desk(1, dial()), Err(DeskRefusal::NoRoute));
    for trunk in [1, 2] {
        b.event(Event::Trunk { trunk: TrunkId(trunk), state: TrunkState::Up { latency_ms: 1 } });
    }
    // At night.
    b.wait(12 * 3_600_000);
    assert_eq!(b.desk(1, dial()), Err(DeskRefusal::Forbidden));
    assert!(b.asked().is_empty());
    b.quiet();
    assert!(b.ledger.calls.is_empty());
}

#[test]
fn the_agent_gives_up_before_anybody_answers() {
    // Before their own phone is answered, while it rings there, and after.
    let mut b = Bench::new();
    b.sign_in(1);
    assert_eq!(b.desk(1, dial()), Ok(()));
    let own = phone(&b.asked()).leg;
    assert_eq!(b.desk(1, DeskCommand::HangUp), Ok(()));
    assert!(hangs_up(&b.asked(), own));
    b.ended(own);
    assert_eq!(b.state(1), AgentState::Ready);
    b.quiet();
    let mut b = Bench::new();
    let (own, far) = dialing(&mut b);
    b.rings(far);
    let commands = b.hangs_up(own);
    assert!(hangs_up(&commands, far), "{commands:?}");
    b.refuses(far, 487);
    assert_eq!(b.state(1), AgentState::Ready);
    b.quiet();
    assert_eq!((b.record().agent_id, b.record().talks[0].answered_at), (None, None), "they have not talked");
}

#[test]
fn a_number_that_is_not_reached_lets_the_agent_go() {
    for (code, disposition) in [(486, Disposition::Busy), (404, Disposition::Invalid)] {
        let mut b = Bench::new();
        let (own, far) = dialing(&mut b);
        let commands = b.refuses(far, code);
        assert!(hangs_up(&commands, own), "{commands:?}");
        b.ended(own);
        assert_eq!(b.state(1), AgentState::Ready);
        b.quiet();
        assert_eq!(b.record().disposition, disposition);
    }
}

#[test]
fn the_agent_hears_the_network_and_then_the_next_line() {
    let mut b = Bench::new();
    let (own, far) = dialing(&mut b);
    let commands = b.event(Event::Progress { leg: far, sip_code: 183, early_media: true });
    assert!(bridges(&commands, far, own) && stops(&commands, own), "{commands:?}");
    let commands = b.refuses(far, 503);
    let next = outside(&commands).leg;
    assert!(plays(&commands, own), "ring-back again: {commands:?}");
    assert!(bridges(&b.answers(next), next, own));
    b.hangs_up(next);
    b.ended(own);
    b.quiet();
    assert_eq!(b.record().legs.len(), 3);
}

// --- callbacks ---

/// Somebody waits and asks to be called back.
fn asks_to_be_called(b: &mut Bench) {
    let (caller, _) = b.calls();
    b.wait(6_500);
    b.asked();
    b.presses(caller, '2');
    assert!(b.said("已为您保留排队位置"));
    assert!(hangs_up(&b.played(caller), caller));
    b.ended(caller);
    let queue = &b.floor.queues_live(TENANT)[0];
    assert_eq!((queue.waiting, queue.callbacks), (0, 1));
}

#[test]
fn a_caller_is_called_back_when_an_agent_is_free() {
    let mut b = Bench::new();
    asks_to_be_called(&mut b);
    b.wait(11_000);
    b.sign_in(1);
    assert_eq!(b.state(1), AgentState::Reserved);
    let far = outside(&b.asked());
    assert!(far.to.starts_with("13800"), "{}", far.to);
    b.rings(far.leg);
    let commands = b.answers(far.leg);
    let own = phone(&commands).leg;
    assert!(plays(&commands, far.leg), "music until the agent is there");
    b.rings(own);
    assert!(bridges(&b.answers(own), far.leg, own));
    assert_eq!(b.view(1).queue_id, Some(QueueId(1)));
    // The queue's survey follows, where no flow does.
    assert!(b.view(1).survey);
    assert_eq!(b.desk(1, DeskCommand::HangUp), Ok(()));
    assert!(plays(&b.asked(), far.leg) && b.said("请对本次服务作出评价"));
    b.ended(own);
    b.played(far.leg);
    assert!(plays(&b.presses(far.leg, '1'), far.leg), "thanks");
    assert!(hangs_up(&b.played(far.leg), far.leg));
    b.ended(far.leg);
    b.quiet();
    let back = b.ledger.calls.values().find(|c| c.direction == Direction::Outbound).unwrap();
    assert_eq!((back.satisfaction, back.agent_id, back.queue_id), (Some(1), Some(AgentId(1)), Some(QueueId(1))));
    let stay = b.ledger.entries.values().next().unwrap();
    assert_eq!((stay.outcome, stay.callback, stay.call_id), (EntryOutcome::Answered, true, Some(back.id)));
}

#[test]
fn a_callback_that_is_not_reached_is_tried_again_and_then_given_up() {
    let mut b = Bench::new();
    asks_to_be_called(&mut b);
    b.wait(11_000);
    b.sign_in(1);
    let far = outside(&b.asked()).leg;
    b.refuses(far, 486);
    assert_eq!(b.state(1), AgentState::Ready);
    b.wait(5_500);
    let again = outside(&b.asked()).leg;
    b.rings(again);
    b.wait(15_500);
    assert!(hangs_up(&b.asked(), again), "the agent is not kept longer");
    b.ended(again);
    b.quiet();
    let stay = b.ledger.entries.values().next().unwrap();
    assert_eq!((stay.outcome, stay.rung.len()), (EntryOutcome::CallbackFailed, 2));
    assert!(stay.rung.iter().all(|r| r.end == RingEnd::CustomerNotReached));
}

#[test]
fn a_number_has_one_callback() {
    let mut b = Bench::new();
    asks_to_be_called(&mut b);
    // The same number in another call: withheld digits make it the same caller.
    let leg = LegId(9_001);
    let first = b.floor.queues_live(TENANT)[0].callers[0].caller.clone();
    let from = first.trim_start_matches("+86").to_owned();
    let (trunk, to) = (TrunkId(1), "01088887777".to_owned());
    b.event(Event::Incoming { leg, trunk, from, to, diverted_from: None, replaces: None });
    b.answers(leg);
    let queue = &b.floor.queues_live(TENANT)[0];
    assert_eq!((queue.waiting, queue.callbacks), (1, 0), "they have their place on the line");
    b.hangs_up(leg);
    b.quiet();
    let mut outcomes: Vec<EntryOutcome> = b.ledger.entries.values().map(|e| e.outcome).collect();
    outcomes.sort_by_key(|o| o.code());
    assert_eq!(outcomes, [EntryOutcome::Abandoned, EntryOutcome::Superseded]);
}

// --- after the talk, and without one ---

#[test]
fn the_flow_asks_for_a_rating_after_the_talk() {
    let mut b = Bench::new();
    b.sign_in(1);
    let (caller, _) = b.calls_to(crate::house::ACCESS);
    let commands = b.presses(caller, '1');
    let own = phone(&commands).leg;
    b.answers(own);
    assert_eq!(b.view(1).service.as_deref(), Some("咨询"));
    b.presses(caller, '3');
    b.wait(60_000);
    b.asked();
    assert_eq!(b.desk(1, DeskCommand::HangUp), Ok(()));
    assert!(plays(&b.asked(), caller));
    b.ended(own);
    b.played(caller);
    assert!(hangs_up(&b.presses(caller, '2'), caller));
    b.ended(caller);
    b.quiet();
    let call = b.record();
    assert_eq!((call.satisfaction, call.digits.as_str()), (Some(2), "132"), "a key of the talk is no rating");
}

#[test]
fn whoever_hangs_up_first_is_not_asked() {
    let mut settings = Settings::default();
    settings.desk.survey_text = String::new();
    let mut b = Bench::with(settings);
    let (caller, own) = b.talk();
    assert!(hangs_up(&b.hangs_up(caller), own));
    b.ended(own);
    b.quiet();
    assert_eq!(b.record().satisfaction, None);
}

/// Somebody waits in queue 2 and chooses.
fn chooses(key: char) -> (Bench, LegId, Vec<Command>) {
    let mut b = Bench::new();
    let (caller, _) = b.calls_to(crate::house::ACCESS);
    b.presses(caller, '2');
    b.wait(5_500);
    b.asked();
    b.give(floor::Input::Telephony(Event::Digit { leg: caller, digit: key }));
    let commands = b.asked();
    (b, caller, commands)
}

#[test]
fn callers_choose_where_they_go() {
    // Voicemail.
    let (mut b, caller, commands) = chooses('1');
    assert!(plays(&commands, caller) && b.said("请在提示音后留言"), "{commands:?}");
    b.played(caller);
    b.played(caller);
    assert!(b.asked().is_empty());
    b.presses(caller, '#');
    b.hangs_up(caller);
    b.quiet();
    assert_eq!(b.ledger.entries.values().next().unwrap().outcome, EntryOutcome::Left);
    // Numbers, one after the other.
    let (mut b, caller, commands) = chooses('2');
    let first = outside(&commands);
    assert!(first.to.contains("13800000001"), "{}", first.to);
    let second = outside(&b.refuses(first.leg, 486));
    assert!(second.to.contains("13800000002"));
    let commands = b.answers(second.leg);
    assert!(bridges(&commands, caller, second.leg), "{commands:?}");
    b.hangs_up(caller);
    b.quiet();
    // Nowhere.
    let (mut b, caller, commands) = chooses('3');
    assert!(hangs_up(&commands, caller), "{commands:?}");
    b.quiet();
    // Another flow, and the queue of that.
    let (mut b, caller, commands) = chooses('4');
    assert!(plays(&commands, caller), "{commands:?}");
    b.played(caller);
    assert_eq!(b.floor.queues_live(TENANT)[0].waiting, 1);
    b.hangs_up(caller);
    b.quiet();
    // Back into the flow.
    let (mut b, caller, commands) = chooses('5');
    assert!(plays(&commands, caller) && b.said("请稍后再拨"), "{commands:?}");
    b.hangs_up(caller);
    b.quiet();
}

fn dial_colleague(number: &str) -> DeskCommand {
    DeskCommand::Dial { number: number.into() }
}

#[test]
fn an_agent_dials_a_colleague_and_both_desks_show_it() {
    let mut b = Bench::new();
    b.sign_in(1);
    b.sign_in(2);
    b.phones(102, 0);
    assert_eq!(b.desk(1, dial_colleague("1002")), Err(DeskRefusal::NoPhone), "no phone has registered");
    b.phones(102, 1);
    assert_eq!(b.desk(1, dial_colleague("1001")), Err(DeskRefusal::BadNumber), "themselves");
    assert_eq!(b.desk(1, dial_colleague("1002")), Ok(()));
    let own = phone(&b.asked()).leg;
    let commands = b.answers(own);
    assert!(plays(&commands, own), "ring-back");
    let theirs = phone(&commands);
    assert_eq!(theirs.extension, model::ExtensionId(102));
    b.rings(theirs.leg);
    assert_eq!((b.state(2), b.view(2).number.as_str()), (AgentState::Ringing, "1001"), "who calls");
    assert_eq!(b.view(1).number, "1002");
    let commands = b.answers(theirs.leg);
    assert!(bridges(&commands, own, theirs.leg) && stops(&commands, own), "{commands:?}");
    assert_eq!((b.state(1), b.state(2)), (AgentState::Talking, AgentState::Talking));
    b.wait(60_000);
    assert_eq!(b.desk(2, DeskCommand::HangUp), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, own) && hangs_up(&commands, theirs.leg), "{commands:?}");
    b.ended(own);
    b.ended(theirs.leg);
    b.quiet();
    let call = b.record();
    assert_eq!((call.caller.as_str(), call.called.as_str(), call.disposition), ("1001", "1002", Disposition::Human));
    assert!(call.talks.iter().all(|t| t.answered_at.is_some()) && call.talks.len() == 2);
}

#[test]
fn a_colleague_who_does_not_come_leaves_nobody_in_silence() {
    let call = |b: &mut Bench| {
        b.sign_in(1);
        b.phones(121, 1);
        assert_eq!(b.desk(1, dial_colleague("8121")), Ok(()), "an extension");
        let own = phone(&b.asked()).leg;
        let theirs = phone(&b.answers(own)).leg;
        b.rings(theirs);
        (own, theirs)
    };
    let mut b = Bench::new();
    let (own, theirs) = call(&mut b);
    let commands = b.refuses(theirs, 486);
    assert!(hangs_up(&commands, own), "{commands:?}");
    b.ended(own);
    b.quiet();
    assert_eq!((b.record().disposition, b.notes), (Disposition::NoAnswer, vec!["1 dial_failed".to_owned()]));
    // The other way round, and nobody at all.
    let mut b = Bench::new();
    let (own, theirs) = call(&mut b);
    let commands = b.hangs_up(own);
    assert!(hangs_up(&commands, theirs), "{commands:?}");
    b.refuses(theirs, 487);
    b.quiet();
    let mut b = Bench::new();
    let (own, theirs) = call(&mut b);
    b.asked();
    b.wait(70_000);
    assert!(hangs_up(&b.asked(), theirs));
    assert!(hangs_up(&b.refuses(theirs, 487), own));
    b.ended(own);
    b.quiet();
}
