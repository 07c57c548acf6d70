use super::*;
use model::telephony::EndedBy;

fn call() -> Call {
    let mut call = Call::new(Head {
        id: CallId(1),
        tenant: TenantId(1),
        direction: Direction::Outbound,
        campaign: Some(CampaignId(1)),
        lead: Some(LeadId(1)),
        attempt: Some(AttemptId(1)),
        name: "张三".into(),
        caller: "01088886666".into(),
        called: "+8613800138000".into(),
        started_at: At(0),
    });
    call.add_leg(leg(1, Role::Callee));
    call
}

fn leg(id: i64, role: Role) -> Leg {
    Leg::new(LegId(id), role, TrunkId(id), "01088886666".into(), "13800138000".into(), At(0))
}

fn end(call: &mut Call, id: i64, at: i64) -> bool {
    let cause = Cause { by: EndedBy::Far, ..Cause::default() };
    call.ended(LegId(id), cause, MediaStats::default(), At(at))
}

#[test]
fn each_event_counts_once_and_in_order() {
    let mut c = call();
    assert!(c.ringing(LegId(1), At(10)));
    assert!(!c.ringing(LegId(1), At(11)));
    assert!(c.answered(LegId(1), At(20)));
    assert!(!c.answered(LegId(1), At(21)));
    assert!(!c.ringing(LegId(1), At(22)), "a late 180 does not ring an answered leg");
    assert!(end(&mut c, 1, 30));
    assert!(!end(&mut c, 1, 31));
    assert!(!c.answered(LegId(1), At(32)));
    assert!(!c.ringing(LegId(9), At(1)), "an unknown leg is nobody's");
    let (record, _) = c.close(At(40), Disposition::Human, Some("attend".into()));
    assert_eq!((record.ringing_at, record.answered_at, record.ended_at), (Some(At(10)), Some(At(20)), At(30)));
    assert_eq!(record.legs.len(), 1);
}

#[test]
fn an_answer_that_crosses_our_hang_up_is_not_wanted() {
    let mut c = call();
    assert!(c.hanging_up(LegId(1)));
    assert!(!c.hanging_up(LegId(1)));
    assert!(!c.answered(LegId(1), At(20)));
    assert_eq!(c.answered_at(), Some(At(20)), "but it did answer");
    assert_eq!(c.leg(LegId(1)).unwrap().state, LegState::HangingUp);
}

#[test]
fn a_bridge_joins_two_answered_legs_and_falls_with_either() {
    let mut c = call();
    c.add_leg(leg(2, Role::Transfer));
    assert!(!c.bridge(LegId(1), LegId(2), At(5)), "neither is up");
    c.answered(LegId(1), At(10));
    c.answered(LegId(2), At(20));
    assert!(!c.bridge(LegId(1), LegId(1), At(25)));
    assert!(c.bridge(LegId(1), LegId(2), At(30)));
    assert!(!c.bridge(LegId(1), LegId(2), At(31)));
    assert_eq!(c.bridged(), Some(Bridge { a: LegId(1), b: LegId(2), since: At(30) }));
    end(&mut c, 2, 60);
    assert_eq!(c.bridged(), None);
    assert!(c.has_open_legs());
    assert_eq!(c.trunk, Some(TrunkId(1)), "the transfer's trunk is not the call's");
}

#[test]
fn every_leg_has_one_record_even_when_the_switch_fell_silent() {
    let mut c = call();
    end(&mut c, 1, 5);
    c.add_leg(leg(2, Role::Callee));
    assert_eq!(c.far().unwrap().id, LegId(2), "the next route's leg");
    let (record, _) = c.close(At(99), Disposition::Congestion, None);
    assert_eq!(record.legs.iter().map(|l| (l.id, l.ended_at)).collect::<Vec<_>>(), [(LegId(1), At(5)), (LegId(2), At(99))]);
}

#[test]
fn keys_and_steps_have_limits() {
    let mut c = call();
    for _ in 0..10_000 {
        c.digit('1');
        c.step(TrailStep { at: At(0), node: "n".into(), kind: "play".into(), outcome: String::new() });
    }
    let (record, _) = c.close(At(1), Disposition::Human, None);
    assert_eq!((record.digits.len(), record.trail.len()), (DIGITS_MAX, TRAIL_MAX));
}
