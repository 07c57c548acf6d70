//! Which number is shown: not a flagged one, not one that rests, one of the callee's city where the task wants that.

use crate::setup::{self, campaign, route, trunk};
use crate::switch::Fate;
use crate::world::World;
use model::CampaignId;
use model::record::{CallerIdUse, DialRules, FlagReason, Number, NumberFlag};
use model::telephony::Command;
use model::{At, NumberId};

const C1: CampaignId = CampaignId(1);
const BEIJING: &str = "+861088886666";
const JINAN: &str = "+8653188886666";
const QINGDAO: &str = "+8653288886666";
const BUSY: Fate = Fate::Refuses { sip_code: 486, q850: 0, rings: false, retry_after_s: 0 };
const BLOCKED_608: Fate = Fate::Refuses { sip_code: 608, q850: 0, rings: false, retry_after_s: 0 };

fn number(id: i64, number: &str) -> Number {
    Number { id: NumberId(id), number: number.into(), ..setup::number() }
}

/// One call at a time, each to somebody who is busy, so that only the choice of the number counts.
fn world(leads: u32, rules: DialRules) -> World {
    let mut w = World::new(7, vec![trunk(1, 10, 10.0)], vec![route(1, 1, 10)]);
    w.switch.keep_commands = true;
    w.numbers = vec![number(1, BEIJING), number(2, JINAN), number(3, QINGDAO)];
    let now = w.now;
    let mut task = campaign(1, 1, 10.0);
    task.caller_ids = [BEIJING, JINAN, QINGDAO].map(String::from).into();
    task.dial_rules = rules;
    w.store.add_campaign(task, leads, 0, now);
    w.switch.fates.extend((0..leads).map(|_| BUSY));
    w
}

fn run(w: &mut World, s: i64) {
    let until = w.now.plus_ms(s * 1_000);
    w.run_until(until);
}

/// What was shown, in national form.
fn shown(w: &World) -> Vec<String> {
    let from = |c: &Command| match c {
        Command::Originate(o) => Some(o.from.clone()),
        _ => None,
    };
    w.switch.commands.iter().filter_map(from).collect()
}

fn national(numbers: &[&str]) -> Vec<String> {
    numbers.iter().map(|n| model::number::national(n)).collect()
}

fn waiting(w: &World) -> Option<String> {
    w.floor.campaign_gauges()[&C1].waiting_for.clone()
}

fn flag(at: At) -> NumberFlag {
    NumberFlag { at: Some(at), reason: Some(FlagReason::Manual), ..NumberFlag::default() }
}

#[test]
fn numbers_take_turns_and_a_flagged_one_has_none() {
    let mut w = world(4, DialRules::default());
    w.numbers[1].flag = flag(w.now);
    w.boot();
    run(&mut w, 60);
    let seen = shown(&w);
    assert_eq!(seen.len(), 4);
    assert!(!seen.contains(&national(&[JINAN])[0]), "{seen:?}");
    assert!(seen.contains(&national(&[BEIJING])[0]) && seen.contains(&national(&[QINGDAO])[0]), "{seen:?}");
}

#[test]
fn with_every_number_flagged_nothing_is_dialled_and_the_task_says_why() {
    let mut w = world(2, DialRules::default());
    let now = w.now;
    w.numbers.iter_mut().for_each(|n| n.flag = flag(now));
    w.boot();
    run(&mut w, 120);
    assert!(shown(&w).is_empty());
    assert_eq!(waiting(&w).as_deref(), Some("no_caller_id"));
    w.numbers[2].flag = NumberFlag::default();
    w.lines();
    run(&mut w, 20);
    assert_eq!(shown(&w), national(&[QINGDAO, QINGDAO]));
}

#[test]
fn the_line_s_own_number_is_not_shown_while_it_is_flagged() {
    let mut w = world(1, DialRules::default());
    w.store.campaigns.get_mut(&C1).unwrap().caller_ids.clear();
    w.numbers[0].flag = flag(w.now);
    w.boot();
    run(&mut w, 30);
    assert!(shown(&w).is_empty(), "{:?}", shown(&w));
}

#[test]
fn a_callee_of_the_province_sees_a_number_of_the_city_or_else_of_the_province() {
    let mut w = world(4, DialRules { local_presence: true, ..DialRules::default() });
    w.store.region = "山东省青岛市".into();
    w.boot();
    run(&mut w, 60);
    assert_eq!(shown(&w), national(&[QINGDAO; 4]));

    let mut w = world(4, DialRules { local_presence: true, ..DialRules::default() });
    w.store.region = "山东省烟台市".into();
    w.boot();
    run(&mut w, 60);
    let seen = shown(&w);
    assert_eq!(seen.len(), 4);
    assert!(!seen.contains(&national(&[BEIJING])[0]), "{seen:?}");
}

#[test]
fn a_number_is_left_alone_between_two_calls() {
    let mut w = world(6, DialRules { caller_id_interval_s: 60, ..DialRules::default() });
    w.boot();
    run(&mut w, 30);
    assert_eq!(shown(&w), national(&[BEIJING, JINAN, QINGDAO]));
    assert_eq!(waiting(&w).as_deref(), Some("caller_ids_rest"));
    run(&mut w, 60);
    assert_eq!(shown(&w).len(), 6);
}

#[test]
fn a_number_that_rests_rests_on_in_the_next_process() {
    let rules = DialRules { caller_id_rest_after: 1, caller_id_rest_min: 10, ..DialRules::default() };
    let mut w = world(2, rules);
    let (last_at, rest_until) = (w.now.plus_ms(-60_000), w.now.plus_ms(540_000));
    let used = |id: &str| CallerIdUse { caller_id: id.into(), last_at, run: 0, rest_until };
    w.uses = [BEIJING, JINAN, QINGDAO].map(used).into();
    w.boot();
    run(&mut w, 30);
    assert_eq!(waiting(&w).as_deref(), Some("caller_ids_rest"));
    run(&mut w, 500);
    assert!(shown(&w).is_empty(), "all three rest");
    run(&mut w, 100);
    assert_eq!(shown(&w).len(), 2);
}

#[test]
fn a_number_that_networks_refuse_is_flagged_and_shown_no_more() {
    let mut w = world(12, DialRules::default());
    w.settings.compliance.flag_after_refusals = 2;
    w.store.campaigns.get_mut(&C1).unwrap().caller_ids.truncate(2);
    w.switch.fates.clear();
    w.switch.fates.extend((0..12).map(|n| if n == 0 || n == 2 { BLOCKED_608 } else { BUSY }));
    w.boot();
    run(&mut w, 200);
    let seen = shown(&w);
    assert_eq!(seen.len(), 12);
    let refused = seen[0].clone();
    assert_eq!(seen.iter().filter(|n| **n == refused).count(), 2, "{seen:?}");
    assert_eq!(w.store.flagged[0].1, FlagReason::Refused);
}
