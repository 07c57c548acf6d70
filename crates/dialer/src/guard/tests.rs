use super::*;

fn at(text: &str) -> At {
    At::parse_rfc3339(text).unwrap()
}

fn verdict(change: impl FnOnce(&mut Ask<'_>, &mut DialFacts)) -> Verdict {
    let compliance = Compliance { caller_id_per_day_max: 100, campaign_per_day_max: 50, ..Compliance::default() };
    let now = at("2026-11-21T10:00:00+08:00");
    let mut facts = DialFacts::default();
    let mut ask = Ask {
        now,
        purpose: Purpose::Notice,
        compliance: &compliance,
        opening: Ok(Opening::Open { until: now.plus_ms(HOUR_MS) }),
        facts: None,
        tomorrow: at("2026-11-22T00:00:00+08:00"),
        attempts: 0,
        attempts_max: 3,
        campaign_today: 0,
        caller_id_per_day_max: 0,
        trunk_per_day_max: 10,
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
    let ask = Ask {
        now: At(0),
        purpose: Purpose::Notice,
        compliance: &compliance,
        opening: Err(&error),
        facts: Some(&facts),
        tomorrow: At(1),
        attempts: 0,
        attempts_max: 3,
        campaign_today: 0,
        caller_id_per_day_max: 0,
        trunk_per_day_max: 0,
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
