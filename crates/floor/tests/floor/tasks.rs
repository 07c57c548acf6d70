//! Tasks whose calls are for agents, mode by mode.

use crate::bench::{Bench, bridges, hangs_up, outside, phone, plays};
use crate::setup;
use floor::Input;
use model::desk::{DeskCommand, DeskRefusal};
use model::record::{AgentState, Campaign, CampaignStatus, ClaimedLead, DialMode, Pacing, PacingLimit, PreviewEnd};
use model::telephony::{Action, Command};
use model::{CampaignId, Carrier, Disposition, FlowId, LeadId, LegId, QueueId, Vars};
use std::collections::BTreeMap;
use std::sync::Arc;

const TASK: CampaignId = CampaignId(7);

fn task(mode: DialMode) -> Campaign {
    let caller_ids = vec![];
    let record = false;
    Campaign { mode, queue_id: Some(QueueId(1)), flow_id: FlowId(0), caller_ids, record, ..setup::campaign(TASK.0, 20, 50.0) }
}

pub fn lead(id: i64) -> ClaimedLead {
    ClaimedLead {
        id: LeadId(id),
        phone: format!("+86137{id:08}"),
        name: format!("客户{id}"),
        region: String::new(),
        carrier: Carrier::Mobile,
        variables: Vars::new(),
        attempts: 0,
        ended: BTreeMap::new(),
        numbers_left: 0,
        agent_id: None,
        may_wait: false,
        lease_until: model::At(0),
    }
}

fn start(b: &mut Bench, campaign: Campaign) {
    b.give(Input::Campaign { campaign: Arc::new(campaign), today_attempts: 0 });
}

/// So many agents are ready, so many leads wait, and the task runs.
fn running(campaign: Campaign, agents: i64, leads: i64) -> Bench {
    let mut b = Bench::new();
    b.leads.extend((1..=leads).map(lead));
    (1..=agents).for_each(|a| b.sign_in(a));
    start(&mut b, campaign);
    b
}

fn dialled(commands: &[Command]) -> Vec<LegId> {
    commands.iter().filter_map(|c| if let Command::Originate(o) = c { Some(o.leg) } else { None }).collect()
}

fn pacing(b: &Bench) -> model::record::PacingLive {
    b.floor.campaign_gauges()[&TASK].pacing.expect("a task with agents")
}

#[test]
fn progressive_dials_once_for_every_ready_agent_and_an_answer_finds_one_at_once() {
    let mut b = running(task(DialMode::Progressive), 2, 10);
    let calls = dialled(&b.asked());
    assert_eq!((calls.len(), pacing(&b).limit), (2, PacingLimit::Ready));
    b.rings(calls[0]);
    let commands = b.answers(calls[0]);
    let own = phone(&commands);
    assert!(own.auto_answer, "nobody waits for an agent to press a key");
    assert!(!plays(&commands, calls[0]), "no music: a person or the message is heard within two seconds");
    b.wait(100);
    let commands = b.answers(own.leg);
    assert!(bridges(&commands, calls[0], own.leg), "{commands:?}");
    b.wait(5_000);
    assert!(dialled(&b.asked()).is_empty(), "the other agent has a call coming");
    let view = b.floor.desk_view(model::AgentId(1)).or_else(|| b.floor.desk_view(model::AgentId(2))).expect("a desk");
    assert_eq!(view.tasks.iter().map(|t| (t.campaign_id, t.mode)).collect::<Vec<_>>(), [(TASK, DialMode::Progressive)]);
    b.hangs_up(calls[0]);
    b.ended(own.leg);
    b.wait(2_100);
    assert_eq!(dialled(&b.asked()).len(), 1, "after the wrap-up");
    assert_eq!(b.ledger.ended[&Disposition::Human], 1);
}

#[test]
fn whoever_finds_nobody_hears_why_and_is_counted_as_abandoned() {
    let mut b = running(task(DialMode::Progressive), 1, 5);
    let call = dialled(&b.asked())[0];
    assert_eq!(b.desk(1, DeskCommand::Break { reason: "rest".into() }), Ok(()));
    b.rings(call);
    let commands = b.answers(call);
    assert!(!plays(&commands, call));
    b.wait(1_900);
    assert!(!b.said("敬请谅解"));
    b.wait(200);
    assert!(b.said("敬请谅解"), "within two seconds of the answer");
    b.played(call);
    b.ended(call);
    assert_eq!(b.ledger.ended[&Disposition::Abandoned], 1);
    assert_eq!(b.floor.campaign_gauges()[&TASK].waiting_for.as_deref(), Some("no_agents"));
    assert!(dialled(&b.asked()).is_empty(), "nobody is there to be dialled for");
}

#[test]
fn whoever_hangs_up_before_an_agent_is_there_is_abandoned_too() {
    let mut b = running(task(DialMode::Progressive), 1, 5);
    let call = dialled(&b.asked())[0];
    let own = phone(&b.answers(call)).leg;
    let commands = b.hangs_up(call);
    assert!(hangs_up(&commands, own));
    b.ended(own);
    assert_eq!(b.ledger.ended[&Disposition::Abandoned], 1);
    assert_eq!(b.state(1), AgentState::Ready, "it is not the agent's fault");
}

#[test]
fn power_dials_by_its_ratio_which_may_change_while_it_runs() {
    let pacing_of = |ratio| Pacing { ratio, ..Pacing::default() };
    let mut b = running(Campaign { pacing: pacing_of(2.0), ..task(DialMode::Power) }, 2, 20);
    assert_eq!((dialled(&b.asked()).len(), pacing(&b).limit), (4, PacingLimit::Ratio));
    start(&mut b, Campaign { pacing: pacing_of(3.0), ..task(DialMode::Power) });
    b.wait(500);
    assert_eq!(dialled(&b.asked()).len(), 2);
    start(&mut b, task(DialMode::Progressive));
    b.wait(3_000);
    assert!(dialled(&b.asked()).is_empty(), "six ring for two");
}

#[test]
fn a_task_that_passed_its_share_dials_one_to_one_until_that_is_past() {
    let task = Campaign { pacing: Pacing { ratio: 3.0, ..Pacing::default() }, ..task(DialMode::Power) };
    let mut b = Bench::new();
    b.leads.extend((1..=20).map(lead));
    (1..=2).for_each(|a| b.sign_in(a));
    start(&mut b, Campaign { status: CampaignStatus::Paused, ..task.clone() });
    let hour = model::ledger::hour_of(b.now);
    let hours = |answers, abandoned| vec![model::record::LedgerHour { hour, answers, abandoned }];
    b.give(Input::Ledger { campaign: TASK, hours: hours(200, 7) });
    start(&mut b, task);
    assert_eq!((dialled(&b.asked()).len(), pacing(&b).limit), (2, PacingLimit::Guard));
    assert_eq!((pacing(&b).answers_24h, pacing(&b).abandoned_30d, pacing(&b).budget_left), (200, 7, -1.0));
    // What the store says again is known already.
    b.give(Input::Ledger { campaign: TASK, hours: hours(1_000, 0) });
    assert_eq!(pacing(&b).answers_24h, 200);
}

#[test]
fn predictive_begins_one_to_one_and_says_that_it_learns() {
    let mut b = running(task(DialMode::Predictive), 3, 20);
    b.wait(600);
    assert_eq!(dialled(&b.asked()).len(), 3);
    assert_eq!(pacing(&b).limit, PacingLimit::Learning);
    b.wait(5_000);
    assert!(dialled(&b.asked()).is_empty());
    start(&mut b, Campaign { status: CampaignStatus::Paused, ..task(DialMode::Predictive) });
    b.wait(5_000);
    assert!(b.floor.campaign_gauges()[&TASK].pacing.is_none(), "it does not run");
}

#[test]
fn a_machine_reaches_no_agent() {
    let amd = model::record::Amd { mode: model::record::AmdMode::Detect, ..model::record::Amd::default() };
    let mut b = running(Campaign { amd, ..task(DialMode::Progressive) }, 1, 5);
    let call = dialled(&b.asked())[0];
    let commands = b.answers(call);
    assert!(commands.iter().all(|c| !matches!(c, Command::CallExtension(_))), "the ears have not spoken");
    let heard = model::record::Heard {
        class: model::record::HeardClass::Machine,
        means: model::record::HeardMeans::Timing,
        evidence: String::new(),
        at_ms: 1_000,
        early: false,
        confidence: 0.9,
        fingerprint_id: None,
    };
    let commands = b.event(model::telephony::Event::Heard { leg: call, heard });
    assert!(commands.iter().all(|c| !matches!(c, Command::CallExtension(_))) && hangs_up(&commands, call), "{commands:?}");
}

#[test]
fn play_then_agent_lets_the_flow_decide() {
    let mut b = running(Campaign { flow_id: crate::house::PLAIN, ..task(DialMode::PlayAgent) }, 1, 5);
    let call = dialled(&b.asked())[0];
    let commands = b.answers(call);
    assert!(plays(&commands, call), "its flow puts the callee into a queue, with music: {commands:?}");
    let own = phone(&commands);
    assert!(!own.auto_answer);
}

#[test]
fn outside_phones_are_too_slow_for_whoever_answers_and_the_task_says_so() {
    // Agent 4 works from outside.
    for mode in [DialMode::Progressive, DialMode::Power, DialMode::Predictive] {
        let mut b = running(task(mode), 0, 10);
        b.sign_in(4);
        b.wait(2_000);
        assert!(dialled(&b.asked()).is_empty());
        assert_eq!(b.floor.campaign_gauges()[&TASK].waiting_for.as_deref(), Some("outside_seats"), "{mode:?}");
        b.sign_in(1);
        b.wait(2_000);
        assert_eq!((dialled(&b.asked()).len(), pacing(&b).agents), (1, 1), "as if the other were not there: {mode:?}");
    }
    let mut b = running(preview(Pacing::default()), 0, 10);
    b.sign_in(4);
    assert!(shown(&b, 4).is_some(), "a lead that is seen first waits for their phone");
}

#[test]
fn all_agents_vanish_while_calls_ring() {
    let mut b = running(task(DialMode::Predictive), 3, 20);
    b.wait(600);
    let calls = dialled(&b.asked());
    assert_eq!(calls.len(), 3);
    calls.iter().for_each(|c| b.rings(*c));
    for agent in 1..=3 {
        assert_eq!(b.desk(agent, DeskCommand::SignOut), Ok(()));
    }
    assert_eq!(b.floor.campaign_gauges()[&TASK].waiting_for.as_deref(), Some("no_agents"));
    // One answers at once: the message is heard within two seconds, as nobody comes.
    let commands = b.answers(calls[0]);
    assert!(commands.iter().all(|c| !matches!(c, Command::CallExtension(_))));
    b.wait(2_100);
    assert!(b.said("敬请谅解"));
    b.played(calls[0]);
    b.ended(calls[0]);
    // The others are given up as soon as that is fair, and nobody else is called.
    b.wait(11_000);
    assert!(b.asked().iter().all(|c| !matches!(c, Command::Hangup { .. })), "13 s is too soon");
    b.wait(4_000);
    let commands = b.asked();
    for call in &calls[1..] {
        assert!(
            commands.iter().any(|c| matches!(c, Command::Hangup { leg, action: Action::PacingCancel } if leg == call)),
            "{commands:?}"
        );
        b.ends(*call, crate::switch::ours(Action::PacingCancel));
    }
    b.wait(60_000);
    assert!(dialled(&b.asked()).is_empty());
    assert_eq!((b.ledger.ended[&Disposition::Abandoned], b.ledger.ended[&Disposition::PacingCancel]), (1, 2));
    b.sign_in(1);
    b.wait(600);
    assert_eq!(dialled(&b.asked()).len(), 1, "somebody is back");
}

#[test]
fn a_holiday_declared_at_noon_stops_the_dialling_at_once() {
    let mut b = running(
        Campaign {
            schedule: model::calendar::Schedule { skip_holidays: true, ..task(DialMode::Power).schedule },
            ..task(DialMode::Power)
        },
        1,
        20,
    );
    let calls = dialled(&b.asked());
    assert!(!calls.is_empty());
    b.rings(calls[0]);
    let mut settings = model::settings::Settings::default();
    settings.holidays.off.insert("2026-11-26".parse().unwrap(), "临时放假".into());
    b.give(Input::Settings { tenant: setup::TENANT, settings: Arc::new(settings) });
    assert_eq!(b.floor.campaign_gauges()[&TASK].waiting_for.as_deref(), Some("outside_hours"));
    // Who rings already may talk.
    let own = phone(&b.answers(calls[0]));
    let commands = b.answers(own.leg);
    assert!(bridges(&commands, calls[0], own.leg));
    b.hangs_up(calls[0]);
    b.ended(own.leg);
    b.wait(3_600_000);
    assert!(dialled(&b.asked()).is_empty());
}

#[test]
fn a_clock_that_is_put_back_opens_nothing_and_holds_up_nobody() {
    let mut b = running(task(DialMode::Progressive), 1, 20);
    let call = dialled(&b.asked())[0];
    // It is 10:00, and then it turns out to be 07:00.
    b.give(Input::Clock { behind_ms: 3 * 3_600_000 });
    b.rings(call);
    let own = phone(&b.answers(call));
    b.answers(own.leg);
    b.hangs_up(call);
    b.ended(own.leg);
    b.wait(10_000);
    assert_eq!(b.state(1), AgentState::Ready, "the wrap-up went by all the same");
    assert!(dialled(&b.asked()).is_empty(), "nobody is called at seven");
    assert_eq!(b.floor.campaign_gauges()[&TASK].waiting_for.as_deref(), Some("outside_hours"));
    b.give(Input::Clock { behind_ms: 0 });
    assert_eq!(dialled(&b.asked()).len(), 1, "it was ten after all");
}

#[test]
fn a_trunk_that_starts_answering_503_teaches_the_pacer_nothing_about_people() {
    let mut b = running(task(DialMode::Predictive), 3, 400);
    let mut refused = 0;
    for _ in 0..1_200 {
        b.wait(500);
        for call in dialled(&b.asked()) {
            let next = dialled(&b.refuses(call, 503));
            next.into_iter().for_each(|leg| drop(b.refuses(leg, 503)));
            refused += 1;
        }
    }
    let ended = b.ledger.ended.get(&Disposition::Congestion).copied().unwrap_or(0);
    assert!(refused > 60 && ended > 60, "{refused} refused, {ended} written");
    // The lines have rested.
    b.wait(61_000);
    assert_eq!(pacing(&b).limit, PacingLimit::Learning, "sixty calls that ended would have been enough to go by");
    assert_eq!((pacing(&b).answers_24h, pacing(&b).trend), (0, 1.0));
}

#[test]
fn a_number_that_an_agent_talks_to_by_hand_is_not_dialled_by_a_task() {
    let mut b = Bench::new();
    (1..=2).for_each(|a| b.sign_in(a));
    assert_eq!(b.desk(1, DeskCommand::Dial { number: "13700000001".into() }), Ok(()));
    let own = phone(&b.asked()).leg;
    let far = outside(&b.answers(own)).leg;
    b.answers(far);
    assert_eq!(b.state(1), AgentState::Talking);
    b.leads.extend([lead(1), lead(2)]);
    start(&mut b, task(DialMode::Progressive));
    b.wait(5_000);
    let commands = b.asked();
    assert_eq!(outside(&commands).to, "13700000002", "the other one is");
    assert_eq!(b.ledger.ended[&Disposition::Blocked], 1);
}

#[test]
fn an_agent_s_own_call_does_not_leave_after_hours_because_their_phone_rang_long() {
    let mut b = Bench::new();
    b.wait(10 * 3_600_000 + 59 * 60_000 + 50_000);
    b.sign_in(1);
    assert_eq!(b.desk(1, DeskCommand::Dial { number: "13700000001".into() }), Ok(()), "ten seconds to nine");
    let own = phone(&b.asked()).leg;
    b.rings(own);
    b.wait(15_000);
    let commands = b.answers(own);
    assert!(dialled(&commands).is_empty() && hangs_up(&commands, own), "{commands:?}");
    assert!(b.notes.iter().any(|n| n == "1 dial_failed"), "{:?}", b.notes);
}

// --- shown first ---

fn preview(pacing: Pacing) -> Campaign {
    Campaign { pacing, ..task(DialMode::Preview) }
}

fn shown(b: &Bench, agent: i64) -> Option<LeadId> {
    b.floor.desk_view(model::AgentId(agent)).and_then(|v| v.preview).map(|p| p.lead_id)
}

#[test]
fn a_lead_is_shown_dialled_and_talked_to() {
    let mut b = running(preview(Pacing::default()), 1, 5);
    assert_eq!((shown(&b, 1), b.state(1)), (Some(LeadId(1)), AgentState::Reserved));
    b.wait(100_000);
    assert!(dialled(&b.asked()).is_empty(), "nothing is dialled by itself");
    assert_eq!(b.desk(1, DeskCommand::PreviewDial), Ok(()));
    let own = phone(&b.asked());
    assert!(own.auto_answer);
    assert_eq!(b.desk(1, DeskCommand::PreviewDial), Err(DeskRefusal::NotNow));
    assert_eq!(b.desk(1, DeskCommand::PreviewSkip { reason: String::new() }), Err(DeskRefusal::NotNow));
    b.rings(own.leg);
    let commands = b.answers(own.leg);
    let far = outside(&commands);
    assert!(plays(&commands, own.leg), "ring-back");
    assert_eq!(shown(&b, 1), None, "the call is on the desk");
    b.rings(far.leg);
    let commands = b.answers(far.leg);
    assert!(bridges(&commands, far.leg, own.leg), "{commands:?}");
    assert_eq!(b.state(1), AgentState::Talking);
    assert_eq!(b.view(1).lead_id, Some(LeadId(1)));
    b.hangs_up(far.leg);
    b.ended(own.leg);
    assert_eq!((b.state(1), b.ledger.ended[&Disposition::Human]), (AgentState::WrapUp, 1));
    b.wait(2_100);
    assert_eq!(shown(&b, 1), Some(LeadId(2)));
}

/// Leads 1 and 2 are anybody's, 3 is the second agent's.
fn with_an_own_lead(mode: DialMode) -> Bench {
    let mut b = Bench::new();
    b.leads.extend([lead(1), lead(2), ClaimedLead { agent_id: Some(model::AgentId(2)), ..lead(3) }]);
    (1..=2).for_each(|a| b.sign_in(a));
    start(&mut b, task(mode));
    b
}

#[test]
fn an_agent_s_own_lead_comes_to_them_first_and_to_nobody_else() {
    let mut b = with_an_own_lead(DialMode::Preview);
    assert_eq!((shown(&b, 1), shown(&b, 2)), (Some(LeadId(1)), Some(LeadId(3))));
    assert_eq!(b.desk(2, DeskCommand::PreviewSkip { reason: String::new() }), Ok(()));
    assert_eq!(shown(&b, 2), Some(LeadId(2)), "then any");
    // One given to the first agent while the task runs is theirs next.
    b.leads.push_back(ClaimedLead { agent_id: Some(model::AgentId(1)), ..lead(4) });
    start(&mut b, preview(Pacing::default()));
    assert_eq!(b.desk(1, DeskCommand::PreviewSkip { reason: String::new() }), Ok(()));
    assert_eq!(shown(&b, 1), Some(LeadId(4)));
}

#[test]
fn an_own_lead_of_somebody_away_waits_for_them() {
    let mut b = Bench::new();
    b.leads.push_back(ClaimedLead { agent_id: Some(model::AgentId(2)), ..lead(3) });
    b.sign_in(1);
    start(&mut b, preview(Pacing::default()));
    assert_eq!(shown(&b, 1), None);
    b.sign_in(2);
    assert_eq!((shown(&b, 1), shown(&b, 2)), (None, Some(LeadId(3))));
    // Progressive dials for whoever is free: what is somebody's own goes back.
    start(&mut b, task(DialMode::Progressive));
    b.wait(100);
    assert!(dialled(&b.asked()).is_empty());
}

#[test]
fn who_asks_for_the_next_lead_gets_their_own() {
    let mut b = with_an_own_lead(DialMode::Manual);
    assert_eq!(b.desk(2, DeskCommand::NextLead { campaign: TASK }), Ok(()));
    assert_eq!(b.desk(1, DeskCommand::NextLead { campaign: TASK }), Ok(()));
    assert_eq!((shown(&b, 1), shown(&b, 2)), (Some(LeadId(1)), Some(LeadId(3))));
}

#[test]
fn a_lead_is_skipped_as_often_as_the_task_allows() {
    let mut b = running(preview(Pacing { skips_per_hour_max: Some(1), ..Pacing::default() }), 1, 5);
    let left = |b: &Bench| b.floor.desk_view(model::AgentId(1)).and_then(|v| v.preview).and_then(|p| p.skips_left);
    assert_eq!(left(&b), Some(1));
    assert_eq!(b.desk(1, DeskCommand::PreviewSkip { reason: "开会".into() }), Ok(()));
    assert_eq!((shown(&b, 1), left(&b), b.ledger.skipped.as_slice()), (Some(LeadId(2)), Some(0), &[LeadId(1)][..]));
    assert_eq!(b.desk(1, DeskCommand::PreviewSkip { reason: String::new() }), Err(DeskRefusal::Limit));
    b.wait(3_600_000 / 4);
    assert_eq!(b.state(1), AgentState::Reserved, "the lease of the first has ended; the next one is shown");
    assert!(b.released.is_empty() && b.ledger.skipped.len() >= 2);
}

#[test]
fn a_countdown_dials_or_skips() {
    let counted = |preview_end| Pacing { preview_end, preview_ms: 10_000, ..Pacing::default() };
    let mut b = running(preview(counted(PreviewEnd::Dial)), 1, 5);
    b.wait(9_000);
    assert!(b.asked().is_empty());
    b.wait(1_100);
    phone(&b.asked());
    let mut b = running(preview(counted(PreviewEnd::Skip)), 1, 5);
    b.wait(10_100);
    assert_eq!((shown(&b, 1), b.ledger.skipped.as_slice()), (Some(LeadId(2)), &[LeadId(1)][..]));
}

#[test]
fn a_forbidden_number_is_said_to_be_and_the_agent_goes_on() {
    let mut b = running(preview(Pacing::default()), 1, 5);
    b.facts.blocked = true;
    assert_eq!(b.desk(1, DeskCommand::PreviewDial), Ok(()));
    assert!(b.asked().iter().all(|c| !matches!(c, Command::Originate(_) | Command::CallExtension(_))), "nothing rings");
    assert_eq!((b.ledger.ended[&Disposition::Blocked], shown(&b, 1)), (1, Some(LeadId(2))));
    assert!(b.notes.iter().any(|n| n == "1 dial_failed"), "{:?}", b.notes);
}

#[test]
fn what_the_store_cannot_write_is_not_dialled() {
    let mut b = running(preview(Pacing::default()), 1, 5);
    b.begin_fails = true;
    assert_eq!(b.desk(1, DeskCommand::PreviewDial), Ok(()));
    assert!(b.asked().iter().all(|c| !matches!(c, Command::Originate(_) | Command::CallExtension(_))));
    assert_eq!(b.released, [LeadId(1)]);
    assert!(b.state(1) == AgentState::Ready || shown(&b, 1).is_some());
}

#[test]
fn a_paused_task_takes_its_leads_back() {
    let mut b = running(preview(Pacing::default()), 2, 2);
    assert!(shown(&b, 1).is_some() && shown(&b, 2).is_some());
    start(&mut b, Campaign { status: CampaignStatus::Paused, ..preview(Pacing::default()) });
    assert_eq!((shown(&b, 1), shown(&b, 2), b.released.len()), (None, None, 2));
    assert_eq!((b.state(1), b.state(2)), (AgentState::Ready, AgentState::Ready));
}

#[test]
fn an_agent_who_leaves_gives_the_lead_back() {
    let mut b = running(preview(Pacing::default()), 1, 1);
    assert_eq!(b.desk(1, DeskCommand::SignOut), Ok(()));
    assert_eq!((b.state(1), b.released.as_slice()), (AgentState::Off, &[LeadId(1)][..]));
}

#[test]
fn preview_connect_has_the_agent_on_the_line_first() {
    let mut b = running(task(DialMode::PreviewConnect), 1, 5);
    let own = phone(&b.asked());
    assert_eq!(b.desk(1, DeskCommand::PreviewDial), Err(DeskRefusal::NoPhone), "their phone rings still");
    b.answers(own.leg);
    b.wait(20_000);
    assert!(dialled(&b.asked()).is_empty());
    assert_eq!(b.desk(1, DeskCommand::PreviewDial), Ok(()));
    let far = outside(&b.asked());
    b.rings(far.leg);
    let commands = b.answers(far.leg);
    assert!(bridges(&commands, far.leg, own.leg), "{commands:?}");
    b.hangs_up(far.leg);
    b.ended(own.leg);
    assert_eq!(b.ledger.ended[&Disposition::Human], 1);
}

#[test]
fn a_phone_that_is_not_there_is_not_rung_for_the_next_lead() {
    let mut b = running(task(DialMode::PreviewConnect), 1, 5);
    let own = phone(&b.asked());
    b.refuses(own.leg, 480);
    assert_eq!((b.state(1), b.released.first()), (AgentState::Break, Some(&LeadId(1))));
}

#[test]
fn manual_shows_what_is_asked_for() {
    let mut b = running(task(DialMode::Manual), 2, 5);
    assert_eq!((shown(&b, 1), b.state(1)), (None, AgentState::Ready));
    assert_eq!(b.desk(1, DeskCommand::NextLead { campaign: TASK }), Ok(()));
    assert_eq!(shown(&b, 1), Some(LeadId(1)));
    assert_eq!(b.desk(1, DeskCommand::NextLead { campaign: TASK }), Err(DeskRefusal::NotNow));
    assert_eq!(b.desk(2, DeskCommand::NextLead { campaign: CampaignId(9) }), Err(DeskRefusal::NotNow));
    assert_eq!(b.desk(5, DeskCommand::NextLead { campaign: TASK }), Err(DeskRefusal::NotNow), "not of the group");
    assert_eq!(b.desk(1, DeskCommand::PreviewDial), Ok(()));
    phone(&b.asked());
}

// --- together with callers ---

#[test]
fn blended_agents_take_callers_and_others_do_not() {
    // Agent 3 is of both groups.
    let mut b = running(task(DialMode::Manual), 3, 1);
    assert_eq!(b.desk(1, DeskCommand::Break { reason: "rest".into() }), Ok(()));
    assert_eq!(b.desk(2, DeskCommand::Break { reason: "rest".into() }), Ok(()));
    let (second, _) = b.calls_to("01088886666");
    let commands = b.presses(second, '2');
    assert_eq!(phone(&commands).extension.0, 103);
    let mut b = running(Campaign { pacing: Pacing { blended: false, ..Pacing::default() }, ..task(DialMode::Manual) }, 3, 1);
    let (second, _) = b.calls_to("01088886666");
    let commands = b.presses(second, '2');
    assert!(commands.iter().all(|c| !matches!(c, Command::CallExtension(_))), "{commands:?}");
    start(&mut b, Campaign { status: CampaignStatus::Paused, ..task(DialMode::Manual) });
    assert_eq!(phone(&b.asked()).extension.0, 103, "the task pauses: callers have them again");
}

#[test]
fn a_call_that_rings_too_long_for_want_of_agents_is_given_up() {
    let mut b = running(task(DialMode::Progressive), 1, 1);
    let call = dialled(&b.asked())[0];
    b.rings(call);
    start(&mut b, Campaign { status: CampaignStatus::Stopped, ..task(DialMode::Progressive) });
    assert!(b.asked().iter().any(|c| matches!(c, Command::Hangup { action: Action::Stopped, .. })));
}

/// Thousands of attempts have told that mobiles answer in the evening, and landlines at any hour.
fn taught(b: &mut Bench) {
    let past = |i: i64| {
        let (evening, mobile) = (i % 2 == 0, i % 4 < 2);
        let at = b.now.plus_ms(-86_400_000 + if evening { 8 * 3_600_000 } else { 0 } + i * 100);
        let answers = if mobile { evening && i % 5 != 0 } else { i % 3 == 0 };
        let disposition = if answers { Disposition::Human } else { Disposition::NoAnswer };
        let carrier = if mobile { Carrier::Mobile } else { Carrier::Unknown };
        model::fact::PastAttempt { phone: number(i, mobile), region: String::new(), carrier, ordinal: 1, at, disposition }
    };
    let attempts = (0..8_000).map(past).collect();
    b.give(Input::Past { tenant: setup::TENANT, attempts });
}

fn number(i: i64, mobile: bool) -> String {
    if mobile { format!("+86138{i:08}") } else { format!("+86531{i:08}") }
}

#[test]
fn who_answers_likelier_in_the_evening_waits_while_others_are_there() {
    let of = |id: i64, mobile: bool, may_wait: bool| {
        let carrier = if mobile { Carrier::Mobile } else { Carrier::Unknown };
        ClaimedLead { phone: number(id, mobile), carrier, may_wait, ..lead(id) }
    };
    let put_off = |best_hour: bool, may_wait: bool| {
        let mut b = Bench::new();
        taught(&mut b);
        b.leads.extend((1..=200).map(|id| of(id, id % 2 == 0, may_wait)));
        b.sign_in(1);
        start(&mut b, Campaign { pacing: Pacing { best_hour, ..Pacing::default() }, ..task(DialMode::Progressive) });
        b.put_off.iter().map(|(lead, at)| (lead.0 % 2, at.since_ms(b.now) / 3_600_000)).collect::<Vec<_>>()
    };
    assert_eq!(put_off(true, true), [(0, 7)], "the mobile, from ten o'clock to six");
    // Without the setting, and for those who must not wait, nobody does.
    assert_eq!((put_off(false, true), put_off(true, false)), (vec![], vec![]));
}
