//! What an attempt came to, from the raw tuple. Our action outranks the answered class, which outranks early media, which
//! outranks Q.850, which outranks the SIP code.

use model::Disposition as D;
use model::telephony::{Action, Cause, EndedBy};

/// Everything known about how a leg went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    pub cause: Cause,
    /// 180 or 183 came.
    pub rang: bool,
    pub answered: bool,
    /// What answered, where it was recognised; none: nothing speaks against a person.
    pub class: Option<D>,
    /// What a tone or an announcement before the answer said.
    pub early: Option<D>,
    /// Any packet or digit came from the far end after the answer.
    pub heard: bool,
}

pub fn disposition(e: &Evidence) -> D {
    if let Some(d) = e.cause.action.and_then(|action| by_action(action, e)) {
        return d;
    }
    if e.answered {
        return match e.class {
            Some(class) => class,
            None if e.heard => D::Human,
            None => D::DeadAir,
        };
    }
    if let Some(early) = e.early {
        return early;
    }
    if let Some(d) = e.cause.q850.and_then(by_q850) {
        return d;
    }
    match e.cause.sip_code {
        Some(code) => by_sip(code, e),
        // Nobody said anything: the line itself is broken.
        None if e.cause.by == EndedBy::Far => D::NoAnswer,
        None => D::RouteFailed,
    }
}

/// Whether another route may still reach the callee: the failure is the line's, not the callee's.
pub const fn is_route_failure(d: D) -> bool {
    matches!(d, D::Congestion | D::RouteFailed)
}

fn by_action(action: Action, e: &Evidence) -> Option<D> {
    match action {
        Action::RingTimeout if !e.answered => Some(D::NoAnswer),
        Action::PacingCancel if !e.answered => Some(D::PacingCancel),
        Action::Stopped => Some(D::Stopped),
        Action::Shutdown => Some(D::Interrupted),
        Action::Refused if !e.answered => Some(D::Blocked),
        // How an answered call ended says nothing about who answered.
        _ => None,
    }
}

/// Q.850 values that say something; 16, 31 and 127 and the like leave it to the SIP code.
const fn by_q850(q850: u8) -> Option<D> {
    Some(match q850 {
        1 | 28 => D::Invalid,
        17 => D::Busy,
        18 => D::Unreachable,
        19 => D::NoAnswer,
        20 => D::Off,
        21 => D::Rejected,
        22 => D::Changed,
        34 | 42 | 44 | 47 => D::Congestion,
        2 | 3 | 25 | 27 | 38 | 41 | 88 | 102 => D::RouteFailed,
        52 | 54 | 55 => D::Restricted,
        _ => return None,
    })
}

fn by_sip(code: u16, e: &Evidence) -> D {
    match code {
        404 | 484 | 485 | 604 => D::Invalid,
        301 | 410 => D::Changed,
        408 | 480 if e.rang => D::NoAnswer,
        // Our own transaction timed out: nobody is at the other end of the trunk.
        408 if e.cause.by == EndedBy::Network => D::RouteFailed,
        408 | 480 => D::Unreachable,
        486 | 600 => D::Busy,
        487 => D::NoAnswer,
        603 => D::Rejected,
        607 => D::Unwanted,
        608 => D::CallerIdBlocked,
        403 => D::Restricted,
        503 => D::Congestion,
        600..=699 => D::Rejected,
        _ => D::RouteFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn far(sip_code: u16) -> Evidence {
        Evidence { cause: Cause { by: EndedBy::Far, sip_code: Some(sip_code), ..Cause::default() }, ..Evidence::default() }
    }

    fn with_q850(sip_code: u16, q850: u8) -> Evidence {
        let mut e = far(sip_code);
        e.cause.q850 = Some(q850);
        e
    }

    fn rang(mut e: Evidence) -> Evidence {
        e.rang = true;
        e
    }

    fn ours(action: Action, sip_code: Option<u16>) -> Evidence {
        let cause = Cause { by: EndedBy::Us, action: Some(action), sip_code, ..Cause::default() };
        Evidence { cause, rang: true, ..Evidence::default() }
    }

    fn answered(class: Option<D>, heard: bool) -> Evidence {
        Evidence { answered: true, heard, class, ..rang(Evidence::default()) }
    }

    fn check(rows: &[(Evidence, D)]) {
        for (e, want) in rows {
            assert_eq!(disposition(e), *want, "{e:?}");
        }
    }

    #[test]
    fn numbers_that_are_gone() {
        let mut rows = vec![(far(410), D::Changed), (with_q850(480, 22), D::Changed)];
        rows.extend([404, 484, 604].map(|c| (far(c), D::Invalid)));
        rows.extend([1, 28].map(|q| (with_q850(500, q), D::Invalid)));
        check(&rows);
    }

    #[test]
    fn callees_out_of_reach() {
        check(&[
            (with_q850(480, 18), D::Unreachable),
            (with_q850(480, 20), D::Off),
            (far(480), D::Unreachable),
            (rang(far(480)), D::NoAnswer),
            (rang(far(408)), D::NoAnswer),
            (far(408), D::Unreachable),
            (with_q850(480, 19), D::NoAnswer),
            (ours(Action::RingTimeout, Some(487)), D::NoAnswer),
            (ours(Action::RingTimeout, None), D::NoAnswer),
            (far(487), D::NoAnswer),
        ]);
    }

    #[test]
    fn callees_who_will_not() {
        check(&[
            (far(486), D::Busy),
            (far(600), D::Busy),
            (with_q850(503, 17), D::Busy),
            (far(603), D::Rejected),
            (with_q850(480, 21), D::Rejected),
            (far(607), D::Unwanted),
            (far(608), D::CallerIdBlocked),
            (far(403), D::Restricted),
            (ours(Action::PacingCancel, Some(487)), D::PacingCancel),
        ]);
    }

    #[test]
    fn lines_that_fail_are_not_the_callee_s_doing() {
        let mut rows: Vec<(Evidence, D)> = [500, 502, 504, 401, 407, 488, 501].map(|c| (far(c), D::RouteFailed)).into();
        rows.push((far(503), D::Congestion));
        rows.extend([34, 42].map(|q| (with_q850(486, q), D::Congestion)));
        rows.extend([27, 38, 41].map(|q| (with_q850(480, q), D::RouteFailed)));
        let mut silent = far(408);
        silent.cause.by = EndedBy::Network;
        rows.push((silent, D::RouteFailed));
        rows.push((Evidence::default(), D::RouteFailed));
        check(&rows);
        assert!(rows.iter().all(|(e, _)| is_route_failure(disposition(e))));
    }

    #[test]
    fn after_the_answer_the_code_says_nothing() {
        check(&[
            (answered(None, true), D::Human),
            (answered(None, false), D::DeadAir),
            (answered(Some(D::Machine), true), D::Machine),
            (answered(Some(D::Assistant), true), D::Assistant),
            (answered(Some(D::Fax), true), D::Fax),
            (Evidence { cause: ours(Action::Normal, None).cause, ..answered(None, true) }, D::Human),
            (Evidence { cause: ours(Action::TooLong, None).cause, ..answered(None, true) }, D::Human),
            (Evidence { cause: ours(Action::MediaTimeout, None).cause, ..answered(None, false) }, D::DeadAir),
            (Evidence { cause: with_q850(200, 17).cause, ..answered(None, true) }, D::Human),
        ]);
    }

    #[test]
    fn our_action_outranks_everything() {
        check(&[
            (ours(Action::Stopped, Some(486)), D::Stopped),
            (Evidence { cause: ours(Action::Stopped, None).cause, ..answered(None, true) }, D::Stopped),
            (Evidence { cause: ours(Action::Shutdown, None).cause, ..answered(None, true) }, D::Interrupted),
            (ours(Action::Refused, None), D::Blocked),
        ]);
    }

    #[test]
    fn early_media_outranks_the_codes() {
        for early in [D::Invalid, D::Suspended, D::Off, D::Unreachable, D::Busy, D::Restricted, D::Changed, D::Congestion] {
            assert_eq!(disposition(&Evidence { early: Some(early), ..with_q850(480, 19) }), early);
        }
        // Ended by us because of it.
        let ended = Evidence { early: Some(D::Off), ..ours(Action::Normal, Some(487)) };
        assert_eq!(disposition(&ended), D::Off);
    }
}
