//! 10,000 leads a seed, with everything that can go wrong.

use crate::setup::{self, TENANT, campaign, route, trunk};
use crate::world::{Luck, World};
use floor::Input;
use model::record::{Amd, AmdMode, CampaignStatus, OnMachine};
use model::{At, CampaignId, Disposition, TrunkId};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

const HOUR: i64 = 3_600_000;

/// Bad things on their way.
enum Chaos {
    Pause(CampaignId),
    Stop(CampaignId),
    Resume(CampaignId),
    TrunkDown(TrunkId),
    TrunkUp(TrunkId),
    StoreDown,
    Crash,
    CallIn,
    Gone,
}

struct Seen {
    steps: u64,
    invites: u64,
    dispositions: BTreeSet<Disposition>,
}

fn world(seed: u64, leads: u32) -> World {
    let mut w = World::new(seed, vec![trunk(1, 4, 5.0), trunk(2, 3, 4.0)], vec![route(1, 1, 10), route(2, 2, 20)]);
    w.luck = Luck { store_fails: 2, answer_lost: 2, answer_doubled: 5, event_doubled: 10, render_fails: 10 };
    let concurrency = w.rng.range(2, 6) as u32;
    let (now, half) = (w.now, leads / 2);
    let amd = |machine| Amd { mode: AmdMode::Detect, machine, assistant: machine, end_dead_air: machine == OnMachine::HangUp };
    let mut first = campaign(1, concurrency, 6.0);
    // A third of the seeds listens to nobody.
    first.amd = [Amd::default(), amd(OnMachine::HangUp), amd(OnMachine::GoOn)][(seed % 3) as usize];
    w.store.add_campaign(first, half, 0, now);
    // A tenth of the numbers are in both campaigns.
    let mut second = campaign(2, 4, 2.5);
    second.record = false;
    second.amd = amd(OnMachine::Message);
    second.retry.attempts_max = 2;
    second.retry.no_result = None;
    w.store.add_campaign(second, leads - half, (half - half / 10) as usize, now);
    for i in 0..w.store.phones.len() {
        w.store.phones[i].blocked = w.rng.chance(10);
    }
    w
}

fn chaos(w: &mut World, first: At) -> Vec<(At, Chaos)> {
    let mut plan = Vec::new();
    let when = |w: &mut World, share: i64| first.plus_ms(w.rng.range(0, share * HOUR / 10));
    for _ in 0..12 {
        let t = when(w, 40);
        let id = CampaignId(w.rng.range(1, 3));
        let back = t.plus_ms(w.rng.range(1_000, 300_000));
        plan.push((t, if w.rng.chance(500) { Chaos::Pause(id) } else { Chaos::Stop(id) }));
        plan.push((back, Chaos::Resume(id)));
        let t = when(w, 40);
        let id = TrunkId(w.rng.range(1, 3));
        plan.push((t, Chaos::TrunkDown(id)));
        plan.push((t.plus_ms(w.rng.range(500, 120_000)), Chaos::TrunkUp(id)));
    }
    for _ in 0..4 {
        let (crash, down, gone) = (when(w, 60), when(w, 60), when(w, 60));
        plan.extend([(crash, Chaos::Crash), (down, Chaos::StoreDown), (gone, Chaos::Gone)]);
    }
    for _ in 0..100 {
        plan.push((when(w, 60), Chaos::CallIn));
    }
    plan.sort_by_key(|(at, _)| *at);
    plan
}

fn strike(w: &mut World, chaos: &Chaos) {
    match chaos {
        Chaos::Pause(id) => w.set_status(*id, CampaignStatus::Paused),
        Chaos::Stop(id) => w.set_status(*id, CampaignStatus::Stopped),
        Chaos::Resume(id) => w.set_status(*id, CampaignStatus::Running),
        Chaos::TrunkDown(id) => w.trunk_state(*id, false),
        Chaos::TrunkUp(id) => w.trunk_state(*id, true),
        Chaos::StoreDown => w.store_down_until = w.now.plus_ms(w.rng.range(1_000, 60_000)),
        Chaos::Crash => w.crash(),
        Chaos::CallIn => {
            let i = w.rng.range(0, w.store.phones.len() as i64) as usize;
            let from = w.store.phones[i].number.trim_start_matches("+86").to_owned();
            w.call_in(&from, "01088886666");
        }
        // Deleted by mistake and put back: calls go on or end, leads are not lost.
        Chaos::Gone => {
            let id = CampaignId(w.rng.range(1, 3));
            w.give(Input::CampaignGone { campaign: id });
            w.tell_campaign(id);
        }
    }
}

fn run(seed: u64, leads: u32) -> Seen {
    let mut w = world(seed, leads);
    w.boot();
    let start = w.now;
    let plan = chaos(&mut w, start);
    for (at, chaos) in &plan {
        w.run_until(*at);
        strike(&mut w, chaos);
    }
    for id in [1, 2] {
        w.set_status(CampaignId(id), CampaignStatus::Running);
    }
    let limit = start.plus_ms(60 * 24 * HOUR);
    while !w.is_finished() {
        assert!(w.now < limit, "not finished after 60 days: {:?}", w.store.unsettled);
        assert!(w.step(), "nothing moves any more");
    }
    let settle = w.now.plus_ms(2 * HOUR);
    w.run_until(settle);
    assert!(w.floor.is_idle(), "{:?}", w.floor.live());
    w.store.check_balance();
    for leg in &w.switch.began {
        assert!(w.store.legs.contains(leg), "leg {leg} has no record");
    }
    assert!(w.alarms == 0 && w.store.callbacks > 0 && w.sms > 0);
    assert_eq!(TENANT, setup::TENANT);
    Seen { steps: w.steps, invites: w.switch.invites, dispositions: w.store.dispositions.keys().copied().collect() }
}

fn seeds(count: u64, leads: u32) {
    let next = AtomicU64::new(0);
    let total = Mutex::new(Seen { steps: 0, invites: 0, dispositions: BTreeSet::new() });
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from).min(8) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= count {
                        break;
                    }
                    let seen = std::panic::catch_unwind(|| run(seed, leads)).unwrap_or_else(|_| panic!("seed {seed}"));
                    let mut total = total.lock().unwrap();
                    total.steps += seen.steps;
                    total.invites += seen.invites;
                    total.dispositions.extend(seen.dispositions);
                }
            });
        }
    });
    let total = total.into_inner().unwrap();
    println!("{count} seeds of {leads} leads: {} steps, {} INVITEs, {:?}", total.steps, total.invites, total.dispositions);
    use Disposition as D;
    let expected = [
        D::Human,
        D::DeadAir,
        D::Busy,
        D::NoAnswer,
        D::Rejected,
        D::Invalid,
        D::Changed,
        D::Off,
        D::Unreachable,
        D::Restricted,
        D::Unwanted,
        D::CallerIdBlocked,
        D::Congestion,
        D::RouteFailed,
        D::PacingCancel,
        D::Interrupted,
        D::Blocked,
        D::Stopped,
        D::Machine,
        D::Assistant,
        D::Fax,
        D::Suspended,
    ];
    for d in expected {
        assert!(total.dispositions.contains(&d), "no attempt ended {d:?}");
    }
}

#[test]
fn ten_thousand_leads_two_hundred_seeds() {
    let env = |name: &str, default: u32| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default);
    seeds(u64::from(env("FLOOR_SEEDS", 200)), env("FLOOR_LEADS", 10_000));
}
