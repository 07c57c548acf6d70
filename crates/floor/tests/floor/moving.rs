//! Calls that are moved: by whoever was put through (REFER, Replaces), by our own wish, and to where they were meant at first.

use crate::setup::{campaign, route, trunk};
use crate::switch::{Fate, ours};
use crate::world::World;
use floor::Input;
use model::record::NumberRule;
use model::telephony::{Action, Command, Event, MediaStats};
use model::{CampaignId, Disposition, LegId, TrunkId};

const BUSY: Fate = Fate::Refuses { sip_code: 486, q850: 0, rings: false, retry_after_s: 0 };

fn world(leads: u32) -> World {
    let mut w = World::new(11, vec![trunk(1, 10, 10.0)], vec![route(1, 1, 10)]);
    w.switch.keep_commands = true;
    w.switch.wordless = true;
    let now = w.now;
    w.store.add_campaign(campaign(1, 5, 5.0), leads, 0, now);
    w
}

fn run(w: &mut World, ms: i64) {
    let until = w.now.plus_ms(ms);
    w.run_until(until);
}

fn bridges(w: &World) -> Vec<(LegId, LegId)> {
    let bridge = |c: &Command| if let Command::Bridge { a, b } = c { Some((*a, *b)) } else { None };
    w.switch.commands.iter().filter_map(bridge).collect()
}

fn told(w: &World, referrer: LegId) -> Vec<u16> {
    let progress = |c: &Command| match c {
        Command::ReferProgress { leg, sip_code } if *leg == referrer => Some(*sip_code),
        _ => None,
    };
    w.switch.commands.iter().filter_map(progress).collect()
}

/// Runs until so many bridges were made; the legs of the last one.
fn bridged(w: &mut World, n: usize) -> (LegId, LegId) {
    for _ in 0..600 {
        if bridges(w).len() >= n {
            return bridges(w)[n - 1];
        }
        run(w, 100);
    }
    panic!("{n} bridges were never made: {:?}", w.switch.commands);
}

fn put_through(w: &mut World, later: &[Fate]) -> (LegId, LegId) {
    w.switch.fates.extend([Fate::Answers, Fate::Answers]);
    w.switch.fates.extend(later);
    w.switch.keys.push_back(Some('0'));
    w.boot();
    bridged(w, 1)
}

fn refer(w: &mut World, leg: LegId, to: &str, with: Option<LegId>) {
    w.give(Input::Telephony(Event::Referred { leg, to: to.into(), with, replaces: String::new() }));
}

#[test]
fn whoever_was_put_through_passes_the_call_on() {
    let mut w = world(1);
    let (far, agent) = put_through(&mut w, &[Fate::Answers]);
    refer(&mut w, agent, "13900139000", None);
    let (a, second) = bridged(&mut w, 2);
    assert_eq!(a, far, "the same far party");
    assert_ne!(second, agent);
    assert!(told(&w, agent).ends_with(&[200]), "{:?}", told(&w, agent));
    let let_go = |c: &Command| matches!(c, Command::Hangup { leg, action: Action::Normal } if *leg == agent);
    assert!(w.switch.commands.iter().any(let_go), "whoever asked is let go");
    run(&mut w, 200_000);
    assert_eq!(
        (w.store.attempts.values().filter_map(|a| a.ended).collect::<Vec<_>>(), w.store.legs.len()),
        (vec![Disposition::Human], 3)
    );
    w.floor.check_invariants().unwrap();
}

#[test]
fn a_busy_colleague_brings_the_call_back() {
    let mut w = world(1);
    let (far, agent) = put_through(&mut w, &[BUSY]);
    refer(&mut w, agent, "13900139000", None);
    assert_eq!(bridged(&mut w, 2), (far, agent), "the two have each other again");
    assert_eq!(told(&w, agent), [486]);
    run(&mut w, 200_000);
    w.floor.check_invariants().unwrap();
}

#[test]
fn whoever_asked_may_leave_before_the_other_is_there() {
    let mut w = world(1);
    let (far, agent) = put_through(&mut w, &[Fate::Answers]);
    refer(&mut w, agent, "13900139000", None);
    w.switch.legs.remove(&agent);
    w.give(Input::Telephony(Event::Ended { leg: agent, cause: ours(Action::Normal), stats: MediaStats::default() }));
    let (a, second) = bridged(&mut w, 2);
    assert_eq!(a, far);
    assert_ne!(second, agent);
    w.floor.check_invariants().unwrap();
    run(&mut w, 200_000);
    w.floor.check_invariants().unwrap();
}

#[test]
fn an_extension_is_called_over_the_line_that_knows_it() {
    let mut w = world(1);
    w.trunks.push(trunk(2, 10, 10.0));
    let (_, agent) = put_through(&mut w, &[Fate::Answers]);
    refer(&mut w, agent, "8002", None);
    bridged(&mut w, 2);
    let last = w
        .switch
        .commands
        .iter()
        .rev()
        .find_map(|c| if let Command::Originate(o) = c { Some((o.trunk, o.to.clone())) } else { None });
    assert_eq!(last, Some((TrunkId(1), "8002".into())));
}

#[test]
fn nobody_else_moves_a_call() {
    let mut w = world(1);
    let (far, agent) = put_through(&mut w, &[]);
    refer(&mut w, far, "13900139000", None);
    assert_eq!(told(&w, far), [603], "the far party has nobody to pass on");
    refer(&mut w, agent, "8005", Some(far));
    assert_eq!(told(&w, agent), [603], "its own call is no other call");
    refer(&mut w, LegId(42), "1", None);
    assert_eq!(bridges(&w), [(far, agent)]);
}

#[test]
fn two_calls_of_one_person_are_joined() {
    let mut w = world(1);
    w.numbers[0].inbound_flow_id = Some(crate::setup::OUTBOUND);
    let (far, agent) = put_through(&mut w, &[Fate::Answers]);
    // The same person calls in and is put through to somebody.
    w.switch.keys.push_back(Some('0'));
    let other = w.call_in("13700137000", "01088886666");
    let of_other = |w: &World| bridges(w).into_iter().find(|(a, _)| *a == other);
    let until = w.now.plus_ms(60_000);
    while of_other(&w).is_none() && w.now < until {
        run(&mut w, 100);
    }
    let (_, third) = of_other(&w).expect("put through within a minute");
    refer(&mut w, agent, "8005", Some(other));
    assert_eq!(bridges(&w).last(), Some(&(far, third)), "the far parties have each other");
    assert_eq!(told(&w, agent), [200]);
    w.floor.check_invariants().unwrap();
    run(&mut w, 200_000);
    w.floor.check_invariants().unwrap();
    assert_eq!(w.floor.live().calls, 0);
}

#[test]
fn a_call_takes_the_place_of_whoever_was_put_through() {
    let mut w = world(1);
    let (far, agent) = put_through(&mut w, &[]);
    let leg = LegId(7_777_777);
    w.switch.incoming(leg, TrunkId(1));
    let (from, to) = ("8003".to_owned(), "01088886666".to_owned());
    let replacing = Event::Incoming { leg, trunk: TrunkId(1), from, to, diverted_from: None, replaces: Some(agent) };
    w.give(Input::Telephony(replacing));
    assert_eq!(bridged(&mut w, 2), (far, leg));
    let let_go = |c: &Command| matches!(c, Command::Hangup { leg, .. } if *leg == agent);
    assert!(w.switch.commands.iter().any(let_go));
    run(&mut w, 200_000);
    w.floor.check_invariants().unwrap();
    assert_eq!(w.floor.live().calls, 0);
}

#[test]
fn a_forwarded_call_is_served_by_the_number_it_was_meant_for() {
    let mut w = world(0);
    w.store.campaigns.get_mut(&CampaignId(1)).unwrap().status = model::record::CampaignStatus::Paused;
    w.trunks[0].rules.called_in = vec![NumberRule { prefix: "77".into(), length: 0, strip: 2, prepend: String::new() }];
    w.boot();
    let mut incoming = |to: &str, diverted_from: Option<&str>| {
        let leg = LegId(w.now.0 + w.steps as i64 + to.len() as i64 * 1_000_003);
        w.switch.incoming(leg, TrunkId(1));
        let diverted_from = diverted_from.map(str::to_owned);
        let event =
            Event::Incoming { leg, trunk: TrunkId(1), from: "13700137000".into(), to: to.into(), diverted_from, replaces: None };
        w.give(Input::Telephony(event));
        let refused = |c: &Command| matches!(c, Command::Reject { leg: l, sip_code: 404, .. } if *l == leg);
        !w.switch.commands.iter().any(refused)
    };
    assert!(!incoming("99", None), "no number of ours");
    assert!(incoming("999", Some("01088886666")), "meant for one of ours");
    assert!(incoming("7701088886666", None), "after the trunk's rule");
    assert!(incoming("01088886666", Some("13100131000")), "forwarded from elsewhere");
}
