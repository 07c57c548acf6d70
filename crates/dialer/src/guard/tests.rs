use super::*;

fn at(text: &str) -> At {
    At::parse_rfc3339(text).unwrap()
}

fn verdict(change: impl FnOnce(&mut Ask<'_>, &mut DialFacts)) -> Verdict {
    let compliance = Compliance { caller_id_per_day_max: 100, campaign_per_day_max: 50, ..Compliance::default() };
    let now = at("2026-11-21T10:00:00+08:00");
    let mut facts = DialFacts::default();
    let task = DialRules::default();
    let mut ask = Ask {
        now,
        purpose: Purpose::Notice,
        compliance: &compliance,
        task: &task,
        opening: Ok(Opening::Open { until: now.plus_ms(HOUR_MS) }),
        facts: None,
        tomorrow: at("2026-11-22T00:00:00+08:00"),
        attempts: 0,
        attempts_max: 3,
        campaign_today: 0,
        caller_id_per_day_max: 0,
        trunk_per_day_max: 10,
        caller_id_flagged: false,
    };
    change(&mut ask, &mut facts);
    ask.facts = Some(&facts);
    check(&ask)
}

fn refused(rule: Rule, then: Then) -> Verdict {
    Verdict::Refuse(Refusal { rule, then })
}

#[test]
fn nothing_against_it_allows() {
    assert_eq!(verdict(|_, _| {}), Verdict::Allow);
    assert_eq!(verdict(|_, f| f.exempt = true), Verdict::Allow, "exempt lists protect from marketing and collection alone");
}

#[test]
fn lists_exclude() {
    assert_eq!(verdict(|_, f| f.blocked = true), refused(Rule::Blocked, Then::Excluded));
    for purpose in [Purpose::Marketing, Purpose::Collection] {
        let v = verdict(|a, f| {
            a.purpose = purpose;
            f.exempt = true;
        });
        assert_eq!(v, refused(Rule::Exempt, Then::Excluded));
    }
}

#[test]
fn caps_send_the_lead_to_the_time_they_free() {
    let now = at("2026-11-21T10:00:00+08:00");
    let five = verdict(|_, f| {
        f.number_5min = 3;
        f.number_5min_oldest = Some(now.plus_ms(-100_000));
    });
    assert_eq!(five, refused(Rule::NumberPer5min, Then::RetryAt(now.plus_ms(200_000))));
    let day = verdict(|_, f| {
        f.number_24h = 5;
        f.number_24h_oldest = Some(now.plus_ms(-23 * HOUR_MS));
    });
    assert_eq!(day, refused(Rule::NumberPer24h, Then::RetryAt(now.plus_ms(HOUR_MS))));
    let tomorrow = Then::RetryAt(at("2026-11-22T00:00:00+08:00"));
    assert_eq!(verdict(|_, f| f.contact_today = 3), refused(Rule::ContactPerDay, tomorrow));
    assert_eq!(verdict(|a, _| a.campaign_today = 50), refused(Rule::CampaignPerDay, tomorrow));
    let soon = Then::RetryAt(now.plus_ms(60_000));
    assert_eq!(verdict(|_, f| f.caller_id_today = 100), refused(Rule::CallerIdPerDay, soon));
    assert_eq!(verdict(|_, f| f.trunk_today = 10), refused(Rule::TrunkPerDay, soon));
    assert_eq!(verdict(|a, _| a.attempts = 3), refused(Rule::AttemptsMax, Then::Exhausted));
    assert_eq!(verdict(|_, f| f.trunk_today = 9), Verdict::Allow);
}

#[test]
fn busy_and_locked_out_numbers_wait() {
    let now = at("2026-11-21T10:00:00+08:00");
    assert_eq!(verdict(|_, f| f.number_in_call = true), refused(Rule::InCall, Then::RetryAt(now.plus_ms(60_000))));
    assert_eq!(verdict(|_, f| f.locked_out = true), refused(Rule::LockedOut, Then::RetryAt(now.plus_ms(HOUR_MS))));
}

#[test]
fn outside_the_hours_the_lead_waits_for_the_opening() {
    let opens = at("2026-11-21T14:00:00+08:00");
    let v = verdict(|a, _| a.opening = Ok(Opening::Closed { opens: Some(opens) }));
    assert_eq!(v, refused(Rule::OutsideHours, Then::RetryAt(opens)));
}

#[test]
fn what_cannot_be_read_forbids() {
    let error = ScheduleError::Zone("Asia/Nowhere".into());
    let compliance = Compliance::default();
    let facts = DialFacts::default();
    let task = DialRules::default();
    let ask = Ask {
        now: At(0),
        purpose: Purpose::Notice,
        compliance: &compliance,
        task: &task,
        opening: Err(&error),
        facts: Some(&facts),
        tomorrow: At(1),
        attempts: 0,
        attempts_max: 3,
        campaign_today: 0,
        caller_id_per_day_max: 0,
        trunk_per_day_max: 0,
        caller_id_flagged: false,
    };
    assert!(matches!(check(&ask), Verdict::Refuse(Refusal { rule: Rule::Unreadable, .. })));
    let no_facts = Ask { opening: Ok(Opening::Open { until: At(9) }), facts: None, ..ask };
    assert!(matches!(check(&no_facts), Verdict::Refuse(Refusal { rule: Rule::Unreadable, .. })));
}

#[test]
fn hours_are_remembered_only_while_they_hold() {
    let (schedule, holidays, rules) = (Schedule::default(), Holidays::default(), Compliance::default());
    let mut hours = Hours::default();
    let mut open = |text: &str, zone: &str| {
        let today = hours.today(at(text), zone, &schedule, &holidays, &rules);
        (today.opening.is_ok_and(Opening::is_open), today.midnight, today.tomorrow)
    };
    let (midnight, tomorrow) = (at("2026-11-21T00:00:00+08:00"), at("2026-11-22T00:00:00+08:00"));
    assert_eq!(open("2026-11-21T10:00:00+08:00", "Asia/Shanghai"), (true, midnight, tomorrow));
    assert_eq!(open("2026-11-21T11:59:59+08:00", "Asia/Shanghai"), (true, midnight, tomorrow));
    assert_eq!(open("2026-11-21T12:00:00+08:00", "Asia/Shanghai"), (false, midnight, tomorrow));
    assert_eq!(open("2026-11-21T14:00:00+08:00", "Asia/Shanghai"), (true, midnight, tomorrow));
    assert!(!open("2026-11-21T10:00:00+08:00", "Asia/Urumqi").0, "08:00 there");
    assert!(open("2026-11-22T09:00:00+08:00", "Asia/Shanghai").0);
    assert!(!open("2026-11-21T10:00:00+08:00", "Asia/Nowhere").0);
    let broken = Schedule { weekdays: vec![], ..Schedule::default() };
    assert!(
        Hours::default().today(at("2026-11-21T10:00:00+08:00"), "Asia/Shanghai", &broken, &holidays, &rules).opening.is_err()
    );
}

#[test]
fn lists_of_others_and_consent_exclude() {
    assert_eq!(verdict(|_, f| f.exempt_here = true), refused(Rule::ExemptHere, Then::Excluded), "whatever the purpose");
    assert_eq!(verdict(|_, f| f.blocked_everywhere = true), refused(Rule::BlockedEverywhere, Then::Excluded));
    assert_eq!(verdict(|_, f| f.exempt_everywhere = true), Verdict::Allow);
    let sells = |a: &mut Ask<'_>, f: &mut DialFacts| {
        a.purpose = Purpose::Marketing;
        f.exempt_everywhere = true;
    };
    assert_eq!(verdict(sells), refused(Rule::ExemptEverywhere, Then::Excluded));
    let asks = DialRules { consent_required: true, ..DialRules::default() };
    let compliance = Compliance::default();
    let (now, mut facts) = (at("2026-11-21T10:00:00+08:00"), DialFacts::default());
    let check_with = |facts: &DialFacts| {
        let opening = Ok(Opening::Open { until: now.plus_ms(HOUR_MS) });
        check(&Ask { task: &asks, opening, ..plain(now, &compliance, &asks, facts) })
    };
    assert_eq!(check_with(&facts), refused(Rule::NoConsent, Then::Excluded));
    facts.consent = true;
    assert_eq!(check_with(&facts), Verdict::Allow);
}

fn plain<'a>(now: At, compliance: &'a Compliance, task: &'a DialRules, facts: &'a DialFacts) -> Ask<'a> {
    Ask {
        now,
        purpose: Purpose::Notice,
        compliance,
        task,
        opening: Ok(Opening::Open { until: now.plus_ms(HOUR_MS) }),
        facts: Some(facts),
        tomorrow: now.plus_ms(14 * HOUR_MS),
        attempts: 0,
        attempts_max: 3,
        campaign_today: 0,
        caller_id_per_day_max: 0,
        trunk_per_day_max: 0,
        caller_id_flagged: false,
    }
}

#[test]
fn a_task_s_cap_counts_where_it_is_the_lower_one() {
    let now = at("2026-11-21T10:00:00+08:00");
    let compliance = Compliance { caller_id_per_day_max: 100, ..Compliance::default() };
    let facts = DialFacts { contact_today: 2, caller_id_today: 50, number_24h: 4, ..DialFacts::default() };
    let rule = |task: DialRules| match check(&plain(now, &compliance, &task, &facts)) {
        Verdict::Refuse(refusal) => Some(refusal.rule),
        Verdict::Allow => None,
    };
    assert_eq!(rule(DialRules { contact_per_day_max: 9, caller_id_per_day_max: 900, ..DialRules::default() }), None);
    assert_eq!(rule(DialRules { contact_per_day_max: 2, ..DialRules::default() }), Some(Rule::ContactPerDay));
    assert_eq!(rule(DialRules { caller_id_per_day_max: 50, ..DialRules::default() }), Some(Rule::CallerIdPerDay));
    assert_eq!(rule(DialRules { number_per_24h_max: 4, ..DialRules::default() }), Some(Rule::NumberPer24h));
    let over = DialFacts { contact_today: 3, ..DialFacts::default() };
    let loose = DialRules { contact_per_day_max: 90, ..DialRules::default() };
    assert_ne!(check(&plain(now, &compliance, &loose, &over)), Verdict::Allow, "never looser than the tenant's");
}

#[test]
fn the_lead_waits_for_the_last_of_the_rules_that_said_no() {
    let now = at("2026-11-21T10:00:00+08:00");
    let v = verdict(|_, f| {
        f.number_in_call = true;
        f.locked_out = true;
        f.locked_until = Some(now.plus_ms(5 * HOUR_MS));
    });
    assert_eq!(v, refused(Rule::LockedOut, Then::RetryAt(now.plus_ms(5 * HOUR_MS))));
}

#[test]
fn nobody_is_told_to_come_back_while_it_is_closed() {
    let (schedule, holidays, compliance) = (Schedule::default(), Holidays::default(), Compliance::default());
    let task = DialRules::default();
    let now = at("2026-11-21T19:59:30+08:00");
    let facts = DialFacts { number_in_call: true, ..DialFacts::default() };
    let clock = |zones| Clock { zones, schedule: &schedule, holidays: &holidays, rules: &compliance };
    let v = super::verdict(&plain(now, &compliance, &task, &facts), &clock(&["Asia/Shanghai"]));
    assert_eq!(v, refused(Rule::InCall, Then::RetryAt(at("2026-11-22T09:00:00+08:00"))));
    let v = super::verdict(&plain(now, &compliance, &task, &facts), &clock(&["Asia/Shanghai", "Asia/Urumqi"]));
    assert_eq!(v, refused(Rule::InCall, Then::RetryAt(at("2026-11-22T11:00:00+08:00"))), "open by both clocks");
}

#[test]
fn several_clocks_are_open_where_all_are() {
    let (schedule, holidays, rules) = (Schedule::default(), Holidays::default(), Compliance::default());
    let mut hours = Hours::default();
    let mut open = |text: &str, zones: &[&str]| {
        let clock = Clock { zones, schedule: &schedule, holidays: &holidays, rules: &rules };
        hours.by(at(text), &clock).opening.ok()
    };
    let both = ["Asia/Shanghai", "Asia/Urumqi"];
    assert_eq!(open("2026-11-21T10:00:00+08:00", &both), Some(Opening::Closed { opens: Some(at("2026-11-21T11:00:00+08:00")) }));
    assert_eq!(open("2026-11-21T11:30:00+08:00", &both), Some(Opening::Open { until: at("2026-11-21T12:00:00+08:00") }));
    assert_eq!(open("2026-11-21T11:30:00+08:00", &[""]), None);
    assert_eq!(open("2026-11-21T11:30:00+08:00", &[]), None, "no clock at all");
}
