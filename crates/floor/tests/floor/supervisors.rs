//! Supervisors: hearing, whispering, joining in, ending and moving calls of others, and agents' states.

use crate::bench::{Bench, bridges, hangs_up, outside, phone, plays, to_agent, to_number};
use crate::house::{FOREIGN, FOREIGN_QUEUE};
use model::desk::{DeskRefusal, Destination, ForcedState, MonitorMode, PartyKind, SupervisorCommand};
use model::record::{AgentState, Seat};
use model::telephony::{Command, Role};
use model::{AgentId, ExtensionId, LegId, QueueEntryId, QueueId};

const SEAT: Seat = Seat::Phone { extension: ExtensionId(131) };

fn monitor(agent: i64, mode: MonitorMode) -> SupervisorCommand {
    SupervisorCommand::Monitor { agent: AgentId(agent), mode, seat: SEAT }
}

fn role(commands: &[Command], of: LegId) -> Option<Role> {
    commands.iter().find_map(|c| match c {
        Command::Join { leg, role, .. } if *leg == of => Some(*role),
        _ => None,
    })
}

/// Agent 1 talks, and a supervisor hears it.
fn heard(b: &mut Bench) -> (LegId, LegId, LegId) {
    let (caller, own) = b.talk();
    b.asked();
    assert_eq!(b.supervise(monitor(1, MonitorMode::Listen)), Ok(()));
    let ring = phone(&b.asked());
    assert_eq!(ring.extension, ExtensionId(131));
    b.rings(ring.leg);
    let commands = b.answers(ring.leg);
    assert_eq!(role(&commands, ring.leg), Some(Role::Listener), "{commands:?}");
    assert_eq!((role(&commands, caller), role(&commands, own)), (Some(Role::Talker), Some(Role::Talker)));
    (caller, own, ring.leg)
}

#[test]
fn a_supervisor_listens_whispers_joins_in_and_leaves() {
    let mut b = Bench::new();
    let (caller, own, leg) = heard(&mut b);
    assert!(b.view(1).parties.iter().all(|p| p.kind != PartyKind::Supervisor), "the agent is not shown who listens");
    assert_eq!(b.supervise(monitor(1, MonitorMode::Whisper)), Ok(()));
    assert_eq!(role(&b.asked(), leg), Some(Role::Whisperer { to: own }));
    assert_eq!(b.supervise(monitor(1, MonitorMode::Barge)), Ok(()));
    assert_eq!(role(&b.asked(), leg), Some(Role::Talker));
    assert!(b.view(1).parties.iter().any(|p| p.kind == PartyKind::Supervisor));
    assert_eq!(b.supervise(SupervisorCommand::StopMonitor), Ok(()));
    let commands = b.asked();
    assert!(hangs_up(&commands, leg) && bridges(&commands, caller, own), "{commands:?}");
    b.ended(leg);
    assert_eq!(b.supervise(SupervisorCommand::StopMonitor), Err(DeskRefusal::NoCall));
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn a_supervisor_goes_on_to_another_agent_with_the_same_phone() {
    let mut b = Bench::new();
    let (first, one, leg) = heard(&mut b);
    b.sign_in(2);
    let (second, commands) = b.calls();
    let two = phone(&commands).leg;
    b.answers(two);
    b.asked();
    assert_eq!(b.supervise(monitor(2, MonitorMode::Listen)), Ok(()));
    let commands = b.asked();
    assert!(bridges(&commands, first, one) && role(&commands, leg) == Some(Role::Listener), "{commands:?}");
    // The first call ends; the supervisor stays with the second, and goes with it.
    assert!(!hangs_up(&b.hangs_up(first), leg));
    b.ended(one);
    let commands = b.hangs_up(second);
    assert!(hangs_up(&commands, leg) && hangs_up(&commands, two), "{commands:?}");
    b.ended(leg);
    b.ended(two);
    b.quiet();
    assert_eq!(b.ledger.calls.len(), 2);
}

#[test]
fn nobody_listens_to_a_survey() {
    let mut b = Bench::new();
    let (caller, own, leg) = heard(&mut b);
    let commands = b.hangs_up(own);
    assert!(hangs_up(&commands, leg), "{commands:?}");
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn a_call_is_ended_by_force() {
    let mut b = Bench::new();
    let (caller, own, leg) = heard(&mut b);
    let release = SupervisorCommand::Release { agent: AgentId(1), reason: "test".into() };
    assert_eq!(b.supervise(release.clone()), Ok(()));
    let commands = b.asked();
    assert!([caller, own, leg].into_iter().all(|l| hangs_up(&commands, l)), "{commands:?}");
    b.quiet();
    assert_eq!(b.supervise(release), Err(DeskRefusal::NoCall));
}

#[test]
fn a_supervisor_gives_a_customer_away() {
    let mut b = Bench::new();
    let (caller, own) = b.talk();
    b.sign_in(2);
    b.asked();
    assert_eq!(b.supervise(SupervisorCommand::Transfer { agent: AgentId(1), to: to_agent(2) }), Ok(()));
    let commands = b.asked();
    let to = phone(&commands).leg;
    assert!(hangs_up(&commands, own) && plays(&commands, caller), "{commands:?}");
    assert!(bridges(&b.answers(to), caller, to));
    assert_eq!(b.supervise(SupervisorCommand::Transfer { agent: AgentId(2), to: to_number("13900000099") }), Ok(()));
    let commands = b.asked();
    let guest = outside(&commands).leg;
    assert!(hangs_up(&commands, to) && bridges(&b.answers(guest), caller, guest));
    b.hangs_up(guest);
    b.ended(caller);
    b.quiet();
}

#[test]
fn agents_are_made_ready_sent_on_a_break_and_signed_out() {
    let mut b = Bench::new();
    b.sign_in(1);
    let force = |b: &mut Bench, to| b.supervise(SupervisorCommand::Force { agent: AgentId(1), to });
    let rest = || ForcedState::Break { reason: "rest".into() };
    assert_eq!((force(&mut b, rest()), b.state(1)), (Ok(()), AgentState::Break));
    assert_eq!((force(&mut b, ForcedState::Ready), b.state(1)), (Ok(()), AgentState::Ready));
    let nothing = ForcedState::Break { reason: "nothing".into() };
    assert_eq!(force(&mut b, nothing), Err(DeskRefusal::UnknownReason));
    // One who rings is let off, and the caller goes to another.
    b.sign_in(2);
    let (caller, commands) = b.calls();
    let first = phone(&commands).leg;
    assert_eq!((force(&mut b, rest()), b.state(1)), (Ok(()), AgentState::Break));
    let commands = b.asked();
    assert!(hangs_up(&commands, first), "{commands:?}");
    let second = phone(&commands).leg;
    b.answers(second);
    // One who talks goes when the call is over.
    let off = SupervisorCommand::Force { agent: AgentId(2), to: ForcedState::Off };
    assert_eq!((b.supervise(off), b.state(2)), (Ok(()), AgentState::Talking));
    b.hangs_up(caller);
    b.ended(second);
    assert_eq!(b.state(2), AgentState::Off);
    b.quiet();
}

#[test]
fn callers_are_moved_up_and_given_to_an_agent() {
    let mut b = Bench::new();
    let callers = [b.calls().0, b.calls().0, b.calls().0];
    let entries: Vec<QueueEntryId> = b.floor.queues_live(crate::setup::TENANT)[0].callers.iter().map(|c| c.entry_id).collect();
    assert_eq!(b.supervise(SupervisorCommand::MoveUp { entry: entries[1] }), Ok(()));
    let first = b.floor.queues_live(crate::setup::TENANT)[0].callers[0].entry_id;
    assert_eq!(first, entries[1]);
    let assign = |agent| SupervisorCommand::Assign { entry: entries[2], agent: AgentId(agent) };
    assert_eq!(b.supervise(assign(5)), Err(DeskRefusal::SignedOut));
    b.sign_in(5);
    b.asked();
    assert_eq!(b.supervise(assign(5)), Ok(()), "not of the group, and yet");
    let ring = phone(&b.asked()).leg;
    assert!(bridges(&b.answers(ring), callers[2], ring));
    callers.into_iter().for_each(|c| {
        b.hangs_up(c);
    });
    b.quiet();
}

#[test]
fn what_belongs_to_another_tenant_is_not_there() {
    use SupervisorCommand as S;
    let mut b = Bench::new();
    let (caller, _) = b.talk();
    let agent = FOREIGN;
    let unknown = [
        S::Force { agent, to: ForcedState::Ready },
        S::Monitor { agent, mode: MonitorMode::Listen, seat: SEAT },
        S::Release { agent, reason: "test".into() },
        S::Transfer { agent, to: to_agent(2) },
        S::Record { agent, on: true },
    ];
    for command in unknown {
        assert_eq!(b.supervise(command), Err(DeskRefusal::UnknownAgent));
    }
    for command in [S::MoveUp { entry: QueueEntryId(5) }, S::Assign { entry: QueueEntryId(5), agent: AgentId(1) }] {
        assert_eq!(b.supervise(command), Err(DeskRefusal::UnknownEntry));
    }
    let foreign_seat = Seat::Phone { extension: ExtensionId(190) };
    let listen = S::Monitor { agent: AgentId(1), mode: MonitorMode::Listen, seat: foreign_seat };
    assert_eq!(b.supervise(listen), Err(DeskRefusal::NoPhone));
    let queue = Destination::Queue { queue: FOREIGN_QUEUE };
    assert_eq!(b.supervise(S::Transfer { agent: AgentId(1), to: queue }), Err(DeskRefusal::UnknownQueue));
    assert_eq!(b.supervise(monitor(2, MonitorMode::Listen)), Err(DeskRefusal::NoCall));
    assert_eq!(b.view(1).queue_id, Some(QueueId(1)));
    b.hangs_up(caller);
    b.quiet();
}

#[test]
fn a_supervisor_stays_with_the_customer_who_is_given_to_another_agent() {
    let mut b = Bench::new();
    let (caller, own, leg) = heard(&mut b);
    let seen = |b: &Bench, agent: i64| {
        let all = b.floor.agents_live(crate::setup::TENANT);
        let one = all.into_iter().find(|a| a.agent_id == AgentId(agent)).unwrap();
        one.monitors.iter().map(|m| (m.user_id.0, m.mode)).collect::<Vec<_>>()
    };
    assert_eq!(seen(&b, 1), [(50, MonitorMode::Listen)]);
    let shown = b.floor.desk_view(AgentId(1)).unwrap().agent;
    assert!(shown.monitored.is_none() && shown.monitors.is_empty(), "who only listens is not shown to the agent");
    b.sign_in(2);
    b.asked();
    assert_eq!(b.desk(1, model::desk::DeskCommand::Transfer { to: to_agent(2) }), Ok(()));
    let next = phone(&b.asked()).leg;
    b.ended(own);
    b.rings(next);
    let commands = b.answers(next);
    assert_eq!((role(&commands, leg), role(&commands, next)), (Some(Role::Listener), Some(Role::Talker)), "{commands:?}");
    assert_eq!((seen(&b, 1), seen(&b, 2)), (vec![], vec![(50, MonitorMode::Listen)]));
    assert_eq!(b.supervise(SupervisorCommand::StopMonitor), Ok(()));
    assert!(bridges(&b.asked(), caller, next));
    b.ended(leg);
    b.hangs_up(caller);
    b.ended(next);
    b.quiet();
}
