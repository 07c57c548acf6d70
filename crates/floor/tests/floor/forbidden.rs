//! The whole floor never dials what is forbidden: tasks of all modes over the same numbers and agents, while entries, holidays, hours, caps,
//! numbers, lists and modes change, the clock jumps and the process dies. What is forbidden is said a second time here, from DESIGN's list
//! and over the INVITEs that were really sent; `dialer/tests/forbidden.rs` does the same for the guard alone.
//!
//! A failure names its seed: `FORBIDDEN_FLOOR_SEED=<n> cargo nextest run -p floor forbidden`; `FORBIDDEN_FLOOR_SEEDS=100` runs more.

use crate::setup::{Rng, campaign, number, route, trunk};
use crate::store::{Listed, home_day};
use crate::world::World;
use floor::Input;
use model::calendar::{Holidays, Schedule, Window};
use model::desk::DeskCommand;
use model::record::{Campaign, CampaignStatus, DialMode, NumberFlag, Pacing, PreviewEnd, Purpose, RetryRule};
use model::telephony::Originate;
use model::{At, AttemptId, CampaignId, Disposition, LeadId, NumberId, QueueId, TrunkId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const AGENTS: i64 = 5;
const PHONES: usize = 260;
const LEADS: u32 = 90;
const MODES: [DialMode; 8] = [
    DialMode::Ivr,
    DialMode::PlayAgent,
    DialMode::Manual,
    DialMode::Preview,
    DialMode::PreviewConnect,
    DialMode::Progressive,
    DialMode::Power,
    DialMode::Predictive,
];
const SHOWN: [&str; 3] = ["+861088886666", "+861088886667", "+861088886668"];
/// What is known of a number when its attempt is written holds for so long.
const FACTS_MS: i64 = 2 * MINUTE;

/// An INVITE of a task that left, and when its attempt was written.
struct Sent {
    at: At,
    attempt: AttemptId,
    phone: usize,
    campaign: CampaignId,
    shown: String,
}

/// What the oracle remembers, apart from everybody's books.
#[derive(Default)]
struct Seen {
    sent: Vec<Sent>,
    dials: BTreeMap<String, u32>,
}

thread_local! {
    static SEEN: std::cell::RefCell<Seen> = std::cell::RefCell::default();
}

// --- what is forbidden ---

fn oracle(w: &mut World, o: &Originate, attempt: Option<AttemptId>) {
    let digits = o.to.trim_start_matches('+');
    let Some(phone) = w.store.phones.iter().position(|p| p.number.ends_with(digits)) else { return };
    SEEN.with_borrow_mut(|seen| {
        let mut no = of_anybody(w, phone, attempt);
        let (campaign, what) = match attempt {
            Some(attempt) => {
                let lead = &w.store.leads[w.store.attempts[&attempt].lead.0 as usize];
                no.extend(of_task(w, seen, &w.store.campaigns[&lead.campaign], o, attempt));
                (lead.campaign, format!("{:?}", w.store.campaigns[&lead.campaign].mode))
            }
            None => {
                let exempt = [Listed::Exempt, Listed::ExemptEverywhere].iter().any(|l| bound(w, phone, *l, w.now));
                no.extend(exempt.then_some("exempt, by hand"));
                no.extend(by_hand_over(w, seen, phone));
                (CampaignId(0), "by hand".to_owned())
            }
        };
        let number = &w.store.phones[phone].number;
        assert!(no.is_empty(), "a forbidden dial ({what}) to {number} at {}: {no:?}", wall(w).to_rfc3339());
        *seen.dials.entry(what).or_default() += 1;
        if let Some(attempt) = attempt {
            let at = w.store.attempts[&attempt].begun_at;
            seen.sent.push(Sent { at, attempt, phone, campaign, shown: shown(o) });
        }
    });
}

/// What the clock on the wall says.
fn wall(w: &World) -> At {
    w.now.plus_ms(-w.behind_ms)
}

/// On a list for long enough for the dial to know it: begun, or asked for, since.
fn bound(w: &World, phone: usize, what: Listed, known: At) -> bool {
    w.store.phones[phone].listed.get(&what).is_some_and(|since| *since <= known)
}

/// The number shown, as it is stored.
fn shown(o: &Originate) -> String {
    format!("+86{}", o.from.trim_start_matches("+86").trim_start_matches('0'))
}

/// Hours ahead of Greenwich of the clocks that may hang there. The last numbers are of no country at all.
fn clocks(w: &World, phone: usize, by_hand: bool) -> Vec<i64> {
    let p = &w.store.phones[phone];
    let xinjiang = w.settings.compliance.region_zones.contains_key("新疆");
    match p.region.as_str() {
        _ if p.number.starts_with("+999") => vec![],
        // What a sheet said of a number is not asked: the number itself says Beijing time.
        _ if by_hand && !p.number.starts_with("+864001") => vec![8],
        "" if xinjiang => vec![8, 6],
        r if r.starts_with("新疆") && xinjiang => vec![6],
        _ => vec![8],
    }
}

/// Day since 1970, and minute, of a wall clock.
fn civil(at: At, ahead: i64) -> (i64, i64) {
    let local = at.0 + ahead * HOUR;
    (local.div_euclid(DAY), local.rem_euclid(DAY) / MINUTE)
}

fn minutes(text: &str) -> i64 {
    let (h, m) = text.split_once(':').unwrap();
    h.parse::<i64>().unwrap() * 60 + m.parse::<i64>().unwrap()
}

fn inside(from: &str, to: &str, minute: i64) -> bool {
    minute >= minutes(from) && minute < minutes(to)
}

fn is_off(h: &Holidays, day: i64) -> bool {
    let date = At(day * DAY).to_rfc3339();
    h.off.keys().any(|off| date.starts_with(&off.to_string()))
}

/// 1970 began on a Thursday.
fn weekday(day: i64) -> u8 {
    ((day + 3).rem_euclid(7) + 1) as u8
}

fn of_anybody(w: &World, phone: usize, attempt: Option<AttemptId>) -> Vec<&'static str> {
    let rules = &w.settings.compliance;
    let clocks = clocks(w, phone, attempt.is_none());
    let known = attempt.map_or(w.now, |a| w.store.attempts[&a].begun_at);
    let legal = clocks.iter().all(|z| inside(&rules.hours_from, &rules.hours_to, civil(wall(w), *z).1));
    let lists = [Listed::Block, Listed::BlockEverywhere];
    let locked = w.store.phones[phone].abandoned.iter().any(|at| at.plus_ms(72 * HOUR) > w.now);
    let others = w.switch.legs.values().filter(|l| !l.inbound && l.attempt.is_some() && l.attempt != attempt);
    let talks = others.filter_map(|l| l.attempt).any(|a| {
        let stored = &w.store.attempts[&a];
        stored.ended.is_none() && w.store.leads[stored.lead.0 as usize].phone == phone
    });
    let no = [
        (clocks.is_empty(), "nobody knows where"),
        (!legal, "outside the hours of the law"),
        (lists.iter().any(|l| bound(w, phone, *l, known)), "blocked"),
        (locked, "locked out"),
        (talks, "in a call"),
        (w.now.since_ms(known) > FACTS_MS + 15_000, "what is known of it is old"),
    ];
    no.into_iter().filter(|(yes, _)| *yes).map(|(_, why)| why).collect()
}

/// Attempts before that count, an attempt that went over two routes being one.
fn before<'a>(w: &'a World, seen: &'a Seen, attempt: Option<AttemptId>) -> impl Iterator<Item = &'a Sent> {
    let counts = |a: AttemptId| {
        let ended = w.store.attempts[&a].ended;
        !matches!(ended, Some(Disposition::Congestion | Disposition::RouteFailed | Disposition::Blocked))
    };
    let mut once = BTreeSet::new();
    let other = move |s: &&Sent| Some(s.attempt) != attempt && counts(s.attempt);
    seen.sent.iter().filter(other).filter(move |s| once.insert(s.attempt))
}

/// Calls to a number in the time before `at`, those that agents made and that are written down among them.
fn calls_to(w: &World, seen: &Seen, phone: usize, attempt: Option<AttemptId>, at: At, ms: i64) -> usize {
    let recent = |t: At| at.since_ms(t) < ms;
    let by_hand = w.store.phones[phone].by_hand.iter().filter(|t| recent(**t)).count();
    before(w, seen, attempt).filter(|s| s.phone == phone && recent(s.at)).count() + by_hand
}

fn lower(caps: &[u32]) -> usize {
    caps.iter().copied().filter(|c| *c > 0).min().map_or(usize::MAX, |c| c as usize)
}

/// An agent's own calls keep to the tenant's caps, as far as calls that are written down go.
fn by_hand_over(w: &World, seen: &Seen, phone: usize) -> Option<&'static str> {
    let c = &w.settings.compliance;
    // An agent's phone rings between the question and the call.
    let to = |ms: i64| calls_to(w, seen, phone, None, w.now, ms - MINUTE);
    (to(DAY) >= c.number_per_24h_max as usize || to(5 * MINUTE) >= c.number_per_5min_max as usize).then_some("too often, by hand")
}

fn of_task(w: &World, seen: &Seen, c: &Campaign, o: &Originate, attempt: AttemptId) -> Vec<&'static str> {
    let stored = &w.store.attempts[&attempt];
    let lead = &w.store.leads[stored.lead.0 as usize];
    let (phone, known, rules, task) = (lead.phone, stored.begun_at, &w.settings.compliance, &c.dial_rules);
    let clocks = clocks(w, phone, false);
    let open = clocks.iter().all(|z| {
        let (day, minute) = civil(wall(w), *z);
        let right =
            c.schedule.weekdays.contains(&weekday(day)) && !(c.schedule.skip_holidays && is_off(&w.settings.holidays, day));
        right && c.schedule.windows.iter().any(|x| inside(&x.from, &x.to, minute))
    });
    let sells = matches!(c.purpose, Purpose::Marketing | Purpose::Collection);
    let on = |what: Listed| bound(w, phone, what, known);
    let consent = w.store.phones[phone].listed.contains_key(&Listed::Consent);
    let mine = || before(w, seen, Some(attempt));
    let to = |ms: i64| calls_to(w, seen, phone, Some(attempt), known, ms);
    let day = clocks.first().map_or(0, |z| civil(known, *z).0);
    let contact = mine().filter(|s| s.phone == phone && clocks.first().is_some_and(|z| civil(s.at, *z).0 == day));
    let today = |s: &&Sent| home_day(s.at) == home_day(w.now);
    let own = w.numbers.iter().find(|n| n.number == shown(o));
    let line = w.trunks.iter().find(|t| t.id == o.trunk).unwrap();
    let no = [
        (!open, "outside the task's hours"),
        (on(Listed::ExemptHere(c.id)), "exempt here"),
        (sells && (on(Listed::Exempt) || on(Listed::ExemptEverywhere)), "exempt"),
        (task.consent_required && !consent, "no consent"),
        (to(DAY) >= lower(&[rules.number_per_24h_max, task.number_per_24h_max]), "too often in a day"),
        (to(5 * MINUTE) >= lower(&[rules.number_per_5min_max, task.number_per_5min_max]), "too often in five minutes"),
        (contact.count() >= lower(&[rules.contact_per_day_max, task.contact_per_day_max]), "the contact's day is full"),
        (
            mine().filter(today).filter(|s| s.campaign == c.id).count()
                >= lower(&[rules.campaign_per_day_max, task.campaign_per_day_max]),
            "the task's day is full",
        ),
        (own.is_none() || !c.caller_ids.contains(&shown(o)), "a number that is not the task's"),
        (own.is_some_and(|n| n.flag.at.is_some()), "a number that is flagged"),
        (
            mine().filter(today).filter(|s| s.shown == shown(o)).count()
                >= lower(&[rules.caller_id_per_day_max, task.caller_id_per_day_max, own.map_or(0, |n| n.calls_per_day_max)]),
            "the number's day is full",
        ),
        (!line.enabled, "a line that is off"),
    ];
    no.into_iter().filter(|(yes, _)| *yes).map(|(_, why)| why).collect()
}

// --- the world, and what happens to it ---

fn world(seed: u64) -> World {
    let mut w = World::new(seed, vec![trunk(1, 30, 20.0), trunk(2, 20, 20.0)], vec![route(1, 1, 10), route(2, 2, 20)]);
    w.luck = crate::world::Luck { store_fails: 2, answer_lost: 2, answer_doubled: 5, event_doubled: 10, render_fails: 5 };
    w.agents = AGENTS;
    w.oracle = Some(oracle);
    if seed.is_multiple_of(2) {
        w.settings.compliance.region_zones = BTreeMap::from([("新疆".to_owned(), "Asia/Urumqi".to_owned())]);
    }
    w.numbers =
        (1..).zip(SHOWN).map(|(id, n)| model::record::Number { id: NumberId(id), number: n.into(), ..number() }).collect();
    let now = w.now;
    for (i, mode) in (1..).zip(MODES) {
        let c = task(&mut w.rng, i, mode);
        let from = w.rng.range(0, (PHONES - LEADS as usize) as i64) as usize;
        w.store.add_campaign(c, LEADS, from, now);
    }
    for i in 0..w.store.phones.len() {
        let p = &mut w.store.phones[i];
        match i % 20 {
            0..4 => p.region = "新疆伊犁州".into(),
            // Nobody knows whose these are.
            4 | 5 => p.number = format!("+864001{i:06}"),
            6 => p.number = format!("+999{i:06}"),
            _ => p.region = "山东省济南市".into(),
        }
        if w.rng.chance(500) {
            p.listed.insert(Listed::Consent, At(0));
        }
    }
    w
}

fn task(rng: &mut Rng, id: i64, mode: DialMode) -> Campaign {
    let pacing = Pacing {
        ratio: 3.0,
        preview_end: [PreviewEnd::Wait, PreviewEnd::Dial, PreviewEnd::Skip][rng.range(0, 3) as usize],
        preview_ms: 10_000,
        wait_ms_max: 1_000,
        ..Pacing::default()
    };
    let mut c = Campaign {
        mode,
        pacing,
        queue_id: (mode != DialMode::Ivr).then_some(QueueId(1)),
        caller_ids: SHOWN.map(String::from).to_vec(),
        schedule: Schedule { windows: vec![window("08:00", "21:00")], ..Schedule::default() },
        ..campaign(id, 12, 10.0)
    };
    c.retry.attempts_max = 6;
    c.retry.rules.values_mut().for_each(|rule| *rule = RetryRule { attempts_max: 6, delay_s: 20 + rng.range(0, 400) as u32 });
    c.retry.no_result = Some(RetryRule { attempts_max: 6, delay_s: 60 });
    change(rng, &mut c);
    c
}

fn window(from: &str, to: &str) -> Window {
    Window { from: from.into(), to: to.into() }
}

/// Another rule of a task.
fn change(rng: &mut Rng, c: &mut Campaign) {
    let cap = |rng: &mut Rng, low: i64, high: i64| if rng.chance(400) { 0 } else { rng.range(low, high) as u32 };
    match rng.range(0, 7) {
        0 => c.dial_rules.consent_required = !c.dial_rules.consent_required,
        1 => {
            c.dial_rules.number_per_5min_max = cap(rng, 1, 3);
            c.dial_rules.number_per_24h_max = cap(rng, 1, 6);
            c.dial_rules.contact_per_day_max = cap(rng, 1, 5);
        }
        2 => c.dial_rules.campaign_per_day_max = cap(rng, 20, 120),
        3 => c.dial_rules.caller_id_per_day_max = cap(rng, 40, 150),
        4 => {
            let all = [("09:00", "12:00"), ("08:00", "20:30"), ("10:00", "22:00"), ("13:15", "18:45")];
            c.schedule.windows = (0..rng.range(1, 3)).map(|_| all[rng.range(0, 4) as usize]).map(|(f, t)| window(f, t)).collect();
            c.schedule.skip_holidays = rng.chance(700);
        }
        5 => c.purpose = [Purpose::Notice, Purpose::Survey, Purpose::Marketing, Purpose::Collection][rng.range(0, 4) as usize],
        _ => c.schedule.weekdays = (1..=7).filter(|_| !rng.chance(150)).collect::<Vec<u8>>(),
    }
    if c.schedule.weekdays.is_empty() {
        c.schedule.weekdays = vec![1, 2, 3, 4, 5, 6, 7];
    }
}

fn any(rng: &mut Rng, below: usize) -> usize {
    rng.range(0, below as i64) as usize
}

/// Somebody changes something, or something breaks.
fn strike(w: &mut World) {
    let id = CampaignId(w.rng.range(1, 1 + MODES.len() as i64));
    match w.rng.range(0, 20) {
        0..3 => enlist(w),
        3..6 => {
            let World { rng, store, .. } = w;
            change(rng, store.campaigns.get_mut(&id).unwrap());
            w.tell_campaign(id);
        }
        6 => {
            w.store.campaigns.get_mut(&id).unwrap().mode = MODES[any(&mut w.rng, MODES.len())];
            w.store.campaigns.get_mut(&id).unwrap().queue_id = Some(QueueId(1));
            w.tell_campaign(id);
        }
        7 => w.set_status(id, CampaignStatus::Paused),
        8..10 => MODES.iter().zip(1..).for_each(|(_, id)| w.set_status(CampaignId(id), CampaignStatus::Running)),
        10..12 => tenant_rules(w),
        12 | 13 => flags(w),
        14 => {
            let (line, up) = (TrunkId(w.rng.range(1, 3)), w.rng.chance(600));
            w.trunk_state(line, up);
        }
        15 => {
            // A list is deleted while its leads ring.
            let (first, now) = (w.rng.range(0, w.store.leads.len() as i64), w.now);
            w.store.delete_leads(&(first..(first + 4).min(w.store.leads.len() as i64)).map(LeadId).collect::<Vec<_>>(), now);
        }
        16 => w.crash(),
        17 => jump(w),
        18 => w.store_down_until = w.now.plus_ms(w.rng.range(1_000, 40_000)),
        _ => (0..AGENTS).for_each(|a| w.desk(a + 1, DeskCommand::Break { reason: "rest".into() })),
    }
}

fn enlist(w: &mut World) {
    let now = w.now;
    for _ in 0..5 {
        let (phone, task) = (any(&mut w.rng, w.store.phones.len()), CampaignId(w.rng.range(1, 9)));
        let lists = [
            Listed::Block,
            Listed::BlockEverywhere,
            Listed::Exempt,
            Listed::ExemptEverywhere,
            Listed::ExemptHere(task),
            Listed::Consent,
            Listed::Consent,
        ];
        let list = lists[any(&mut w.rng, lists.len())];
        w.store.phones[phone].listed.entry(list).or_insert(now);
    }
}

fn tenant_rules(w: &mut World) {
    let hours = [("08:00", "21:00"), ("09:30", "17:00"), ("08:00", "12:00"), ("00:00", "24:00")];
    let (from, to) = hours[any(&mut w.rng, hours.len())];
    let today = At(civil(w.now, 8).0 * DAY).to_rfc3339()[..10].parse().unwrap();
    if !w.settings.holidays.off.is_empty() || !w.rng.chance(300) {
        w.settings.holidays.off.clear();
    } else {
        w.settings.holidays.off.insert(today, "临时放假".into());
    }
    let c = &mut w.settings.compliance;
    (c.hours_from, c.hours_to) = (from.into(), to.into());
    c.number_per_5min_max = w.rng.range(1, 4) as u32;
    c.number_per_24h_max = w.rng.range(2, 8) as u32;
    c.contact_per_day_max = w.rng.range(2, 6) as u32;
    c.caller_id_per_day_max = if w.rng.chance(500) { 0 } else { w.rng.range(80, 250) as u32 };
    c.campaign_per_day_max = if w.rng.chance(500) { 0 } else { w.rng.range(80, 250) as u32 };
    let (tenant, settings) = (crate::setup::TENANT, std::sync::Arc::new(w.settings.clone()));
    w.give(Input::Settings { tenant, settings });
}

/// A number of ours is flagged, or is forgiven, or may show itself less often.
fn flags(w: &mut World) {
    let (i, at, cap) = (any(&mut w.rng, SHOWN.len()), w.now, w.rng.range(40, 200) as u32);
    let flagged = w.rng.chance(400);
    w.numbers[i].flag = NumberFlag { at: flagged.then_some(at), ..NumberFlag::default() };
    w.numbers[i].calls_per_day_max = if w.rng.chance(500) { 0 } else { cap };
    w.lines();
}

/// The clock goes ahead, or is put back; back it is what the wall shows, and time goes on.
fn jump(w: &mut World) {
    if w.rng.chance(500) {
        w.now = w.now.plus_ms(w.rng.range(MINUTE, 5 * HOUR));
        w.switch.recent.clear();
    } else {
        w.behind_ms = if w.behind_ms > 0 { 0 } else { w.rng.range(MINUTE, 3 * HOUR) };
        w.give(Input::Clock { behind_ms: w.behind_ms });
    }
}

fn somebody_acts(w: &mut World) {
    let (agent, ready) = (w.rng.range(1, AGENTS + 1), w.rng.chance(500));
    let command = match w.rng.range(0, 10) {
        0..4 => DeskCommand::PreviewDial,
        4 => DeskCommand::PreviewSkip { reason: String::new() },
        5 => {
            let manual = w.store.campaigns.values().filter(|c| c.mode == DialMode::Manual).map(|c| c.id).collect::<Vec<_>>();
            DeskCommand::NextLead { campaign: manual.first().copied().unwrap_or_default() }
        }
        6 => {
            let phone = any(&mut w.rng, w.store.phones.len());
            DeskCommand::Dial { number: w.store.phones[phone].number.clone() }
        }
        7 if ready => DeskCommand::HangUp,
        8 if ready => DeskCommand::Break { reason: "rest".into() },
        _ => DeskCommand::Ready,
    };
    w.desk(agent, command);
}

#[derive(Default)]
struct Total {
    dials: BTreeMap<String, u32>,
    refused: BTreeMap<String, u32>,
    skipped: u32,
    abandoned: u32,
}

fn run(seed: u64) -> Total {
    SEEN.with_borrow_mut(|seen| *seen = Seen::default());
    let mut w = world(seed);
    w.boot();
    let end = w.now.plus_ms(11 * HOUR);
    let mut next = w.now;
    while w.now < end {
        let until = w.now.plus_ms(w.rng.range(500, 9_000));
        w.run_until(until);
        somebody_acts(&mut w);
        if w.now >= next {
            strike(&mut w);
            next = w.now.plus_ms(w.rng.range(10_000, 5 * MINUTE));
        }
    }
    let dials = SEEN.with_borrow(|seen| seen.dials.clone());
    let abandoned = w.store.dispositions.get(&Disposition::Abandoned).copied().unwrap_or(0);
    Total { dials, refused: w.store.refused, skipped: w.store.skipped, abandoned }
}

#[test]
fn never_a_forbidden_dial_whatever_changes() {
    let env = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let only = env("FORBIDDEN_FLOOR_SEED");
    let seeds = only.map_or(0..env("FORBIDDEN_FLOOR_SEEDS").unwrap_or(16), |s| s..s + 1);
    let count = seeds.end - seeds.start;
    let (left, total) = (Mutex::new(seeds), Mutex::new(Total::default()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) = { left.lock().unwrap().next() } {
                    let one = std::panic::catch_unwind(|| run(seed)).unwrap_or_else(|_| panic!("FORBIDDEN_FLOOR_SEED={seed}"));
                    let mut total = total.lock().unwrap();
                    one.dials.into_iter().for_each(|(k, n)| *total.dials.entry(k).or_default() += n);
                    one.refused.into_iter().for_each(|(k, n)| *total.refused.entry(k).or_default() += n);
                    (total.skipped, total.abandoned) = (total.skipped + one.skipped, total.abandoned + one.abandoned);
                }
            });
        }
    });
    let total = total.into_inner().unwrap();
    println!("{count} seeds: dialled {:?}\nrefused {:?}", total.dials, total.refused);
    println!("{} leads skipped, {} people found nobody", total.skipped, total.abandoned);
    // A test that dials nothing, or is never refused, proves nothing.
    // Those that need more luck, and the one for which a task waits instead.
    let never = [
        "unreadable",
        "no_route",
        "halted",
        "begin_timeout",
        "attempts_max",
        "trunk_per_day",
        "campaign_per_day",
        "caller_id_flagged",
    ];
    let silent: Vec<&str> =
        dialer::Rule::ALL.iter().map(|r| r.code()).filter(|c| !never.contains(c) && !total.refused.contains_key(*c)).collect();
    assert!(only.is_some() || (total.dials.len() == MODES.len() + 1 && silent.is_empty()), "never heard of: {silent:?}");
}
