//! One thing at a time.

use crate::setup::{self, campaign, route, trunk};
use crate::switch::{Fate, far, heard};
use crate::world::World;
use floor::Input;
use model::record::{CampaignStatus, LeadState, Trunk};
use model::telephony::{Action, Command, Event};
use model::{At, CampaignId, Disposition, LeadId, TrunkId};

const C1: CampaignId = CampaignId(1);
const REFUSED_503: Fate = Fate::Refuses { sip_code: 503, q850: 0, rings: false, retry_after_s: 30 };
const BUSY: Fate = Fate::Refuses { sip_code: 486, q850: 0, rings: false, retry_after_s: 0 };

fn world(trunks: Vec<Trunk>, leads: u32) -> World {
    let routes = trunks.iter().map(|t| route(t.id.0, t.id.0, t.id.0 as i32 * 10)).collect();
    let mut w = World::new(7, trunks, routes);
    w.switch.keep_commands = true;
    let now = w.now;
    w.store.add_campaign(campaign(1, 5, 5.0), leads, 0, now);
    w
}

/// Runs for so many seconds.
fn run(w: &mut World, s: i64) {
    let until = w.now.plus_ms(s * 1_000);
    w.run_until(until);
}

fn originated(w: &World) -> Vec<(TrunkId, String)> {
    let invite = |c: &Command| match c {
        Command::Originate(o) => Some((o.trunk, o.to.clone())),
        _ => None,
    };
    w.switch.commands.iter().filter_map(invite).collect()
}

fn hangups(w: &World, action: Action) -> usize {
    w.switch.commands.iter().filter(|c| matches!(c, Command::Hangup { action: a, .. } if *a == action)).count()
}

fn ended(w: &World) -> Vec<Disposition> {
    w.store.attempts.values().filter_map(|a| a.ended).collect()
}

fn waiting(w: &World) -> Option<String> {
    w.floor.campaign_gauges()[&C1].waiting_for.clone()
}

#[test]
fn who_presses_one_attends_gets_a_message_and_is_not_called_again() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 1);
    w.switch.fates.push_back(Fate::Answers);
    w.switch.keys.push_back(Some('1'));
    w.boot();
    run(&mut w, 120);
    assert_eq!(ended(&w), [Disposition::Human]);
    assert_eq!((w.store.leads[0].state, w.store.leads[0].result.as_deref()), (LeadState::Done, Some("attend")));
    assert_eq!(w.sms, 1);
    assert!(w.is_finished(), "every lead is settled");
    assert_eq!(originated(&w), [(TrunkId(1), "13800000000".to_owned())]);
    let records =
        w.switch.commands.iter().filter(|c| matches!(c, Command::Record { path, .. } if path.starts_with("2026/11/21/")));
    assert_eq!(records.count(), 1);
}

#[test]
fn a_congested_line_hands_over_to_the_next_and_rests() {
    let mut w = world(vec![trunk(1, 10, 10.0), trunk(2, 10, 10.0)], 2);
    w.store.campaigns.get_mut(&C1).unwrap().concurrency_max = 1;
    w.switch.fates.extend([REFUSED_503, BUSY, BUSY]);
    w.boot();
    run(&mut w, 20);
    let lines: Vec<i64> = originated(&w).iter().map(|(t, _)| t.0).collect();
    assert_eq!(lines, [1, 2, 2], "the first line asked for thirty seconds of rest");
    assert_eq!(ended(&w), [Disposition::Busy, Disposition::Busy]);
    assert_eq!(w.store.leads[0].attempts, 1, "one attempt, whatever the routes");
}

#[test]
fn congestion_everywhere_is_not_counted() {
    let mut w = world(vec![trunk(1, 10, 10.0), trunk(2, 10, 10.0)], 1);
    w.switch.fates.extend([Fate::Refuses { sip_code: 503, q850: 0, rings: false, retry_after_s: 0 }; 2]);
    w.boot();
    run(&mut w, 20);
    assert_eq!(ended(&w), [Disposition::Congestion]);
    assert_eq!((w.store.leads[0].attempts, w.store.leads[0].state), (0, LeadState::Retry));
}

#[test]
fn a_pause_lets_calls_go_on_and_a_stop_clears_who_still_rings() {
    for (status, dropped) in [(CampaignStatus::Paused, 0), (CampaignStatus::Stopped, 5)] {
        let mut w = world(vec![trunk(1, 10, 10.0)], 50);
        w.switch.fates.extend([Fate::RingsOut; 5]);
        w.boot();
        run(&mut w, 6);
        let before = originated(&w).len();
        assert_eq!(before, 5);
        w.set_status(C1, status);
        assert_eq!(hangups(&w, Action::Stopped), dropped);
        run(&mut w, 120);
        assert_eq!(originated(&w).len(), before, "{status:?} dials");
        assert!(w.store.leads.iter().all(|l| l.state != LeadState::Leased), "leases are given back");
        let want = if dropped > 0 { Disposition::Stopped } else { Disposition::NoAnswer };
        assert_eq!(ended(&w), [want; 5]);
        w.set_status(C1, CampaignStatus::Running);
        run(&mut w, 30);
        assert!(originated(&w).len() > before, "and it resumes");
    }
}

#[test]
fn outside_the_hours_nothing_is_dialled_and_the_campaign_says_why() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 500);
    w.now = setup::at("2026-11-21T11:59:50+08:00");
    w.boot();
    run(&mut w, 600);
    let before = originated(&w).len();
    assert!((1..60).contains(&before), "{before} in ten seconds at five a second");
    assert_eq!(waiting(&w).as_deref(), Some("outside_hours"));
    let opens = setup::at("2026-11-21T14:00:00+08:00");
    w.run_until(opens.plus_ms(-1));
    assert_eq!(originated(&w).len(), before);
    w.run_until(opens.plus_ms(10_000));
    assert!(originated(&w).len() > before, "it wakes by itself");
}

#[test]
fn without_a_line_or_a_flow_a_campaign_waits() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 5);
    w.boot();
    w.trunk_state(TrunkId(1), false);
    run(&mut w, 60);
    assert_eq!((waiting(&w).as_deref(), w.store.alarms), (Some("no_trunk"), 1));
    let mut w = world(vec![trunk(1, 10, 10.0)], 5);
    w.store.campaigns.get_mut(&C1).unwrap().flow_id = model::FlowId(99);
    w.boot();
    run(&mut w, 60);
    assert_eq!((waiting(&w).as_deref(), originated(&w).len()), (Some("no_flow"), 0));
}

#[test]
fn a_blocked_number_is_written_down_and_never_dialled() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 1);
    w.store.phones[0].blocked = true;
    w.boot();
    run(&mut w, 60);
    assert_eq!((ended(&w), originated(&w).len()), (vec![Disposition::Blocked], 0));
    assert_eq!(w.store.leads[0].state, LeadState::Excluded);
    assert!(w.is_finished());
}

#[test]
fn a_leg_the_switch_has_lost_is_closed_with_one_record() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 1);
    w.switch.fates.push_back(Fate::Lost);
    w.boot();
    run(&mut w, 60);
    assert_eq!(ended(&w), []);
    run(&mut w, 60);
    assert_eq!(ended(&w), [Disposition::NoAnswer], "our own ring time-out");
    assert_eq!(w.store.legs.len(), 1);
    // Word comes after all: nobody is there to hear it.
    let leg = *w.store.legs.first().unwrap();
    w.give(Input::Telephony(Event::Ended { leg, cause: far(), stats: heard() }));
    assert_eq!(w.store.legs.len(), 1);
}

#[test]
fn who_presses_zero_is_put_through_and_both_hear_each_other() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 1);
    w.switch.fates.extend([Fate::Answers, Fate::Answers]);
    w.switch.keys.push_back(Some('0'));
    w.boot();
    run(&mut w, 40);
    let to: Vec<String> = originated(&w).into_iter().map(|(_, to)| to).collect();
    assert_eq!(to, ["13800000000", "053188886666"]);
    assert!(w.switch.commands.iter().any(|c| matches!(c, Command::Bridge { .. })));
    run(&mut w, 120);
    assert_eq!((ended(&w), w.store.legs.len()), (vec![Disposition::Human], 2));
    assert_eq!(w.store.leads[0].result.as_deref(), Some("agent"));
}

#[test]
fn a_transfer_nobody_takes_comes_back_to_the_flow() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 1);
    w.switch.fates.extend([Fate::Answers, BUSY]);
    w.switch.keys.push_back(Some('0'));
    w.boot();
    run(&mut w, 60);
    let path = "/bye".to_owned();
    let bye = |c: &Command| matches!(c, Command::Play { clips, .. } if clips.contains(&model::telephony::Clip::File { path: path.clone() }));
    assert!(w.switch.commands.iter().any(bye));
    assert_eq!(ended(&w), [Disposition::Human]);
}

#[test]
fn who_calls_back_is_recognised_and_may_ask_for_leave() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 1);
    w.store.campaigns.get_mut(&C1).unwrap().status = CampaignStatus::Paused;
    w.boot();
    w.switch.keys.push_back(Some('1'));
    w.call_in("013800000000", "01088886666");
    run(&mut w, 60);
    assert_eq!((w.store.callbacks, w.store.leads[0].result.as_deref()), (1, Some("decline")));
    assert_eq!(w.store.calls.len(), 1);
    assert_eq!(w.floor.live().calls, 0);
}

#[test]
fn callers_are_refused_by_the_right_code() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 1);
    w.store.phones[0].blocked = true;
    w.boot();
    w.call_in("13800000000", "01088886666");
    w.call_in("13900000001", "01012345678");
    run(&mut w, 5);
    w.give(Input::Drain { until: At(i64::MAX) });
    w.call_in("13900000001", "01088886666");
    let codes: Vec<u16> = w
        .switch
        .commands
        .iter()
        .filter_map(|c| match c {
            Command::Reject { sip_code, .. } => Some(*sip_code),
            _ => None,
        })
        .collect();
    assert_eq!(codes, [404, 603, 503]);
}

#[test]
fn two_campaigns_share_one_line() {
    let mut w = world(vec![trunk(1, 4, 2.0)], 400);
    let now = w.now;
    w.store.add_campaign(campaign(2, 50, 50.0), 400, 400, now);
    w.boot();
    run(&mut w, 1_800);
    let begun =
        |c: i64| w.store.attempts.values().filter(|a| w.store.leads[a.lead.0 as usize].campaign == CampaignId(c)).count() as f64;
    let share = begun(1) / (begun(1) + begun(2));
    assert!(begun(1) > 50.0 && (0.4..0.6).contains(&share), "{} and {}", begun(1), begun(2));
}

#[test]
fn a_store_that_hangs_stops_the_dialling_and_nothing_else() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 20);
    w.switch.fates.extend([Fate::Answers; 5]);
    w.boot();
    run(&mut w, 4);
    let before = originated(&w).len();
    assert!(before > 0);
    w.store_down_until = w.now.plus_ms(120_000);
    run(&mut w, 110);
    assert!(originated(&w).len() <= before + 5);
    assert!(w.switch.legs.is_empty(), "calls went on and ended");
    assert!(w.floor.live().unsaved > 0);
    run(&mut w, 120);
    assert!(ended(&w).len() > before, "what was kept is written, and dialling goes on");
}

#[test]
fn a_drain_ends_with_nothing_left() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 50);
    w.boot();
    run(&mut w, 10);
    let until = w.now.plus_ms(5_000);
    w.give(Input::Drain { until });
    let before = originated(&w).len();
    run(&mut w, 60);
    assert_eq!(originated(&w).len(), before);
    assert!(w.floor.is_idle());
    assert!(w.store.leads.iter().all(|l| l.open.is_none() && l.state != LeadState::Leased));
}

#[test]
fn caps_hold_over_campaigns() {
    let mut w = world(vec![trunk(1, 10, 10.0)], 1);
    let now = w.now;
    for id in 2..=4 {
        w.store.add_campaign(campaign(id, 5, 5.0), 1, 0, now);
    }
    w.switch.fates.extend([BUSY; 3]);
    w.boot();
    run(&mut w, 3_000);
    assert_eq!(w.switch.invites, 3, "three a day for one contact, whoever asks");
    let blocked = ended(&w).into_iter().filter(|d| *d == Disposition::Blocked).count();
    assert!(blocked >= 1);
    assert_eq!(w.store.leads.iter().filter(|l| l.state == LeadState::Retry).count(), 4);
    assert!(w.store.leads[LeadId(3).0 as usize].next_at > now);
}
