//! What becomes of a lead after an attempt. One cap per contact over all rules; each rule has its own besides.

use crate::guard::{Refusal, Then};
use model::record::{ClaimedLead, LeadState, NextNumber, NumberTurn, ResultDef, RetryPolicy, RetryRule};
use model::{At, Disposition as D};

/// How an attempt ended.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'a> {
    pub disposition: D,
    /// Result the flow reached.
    pub result: Option<&'a str>,
    /// The rule that forbade the dial.
    pub refusal: Option<&'a Refusal>,
}

/// The lead's next state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadNext {
    pub state: LeadState,
    /// When `state` is Retry: not before this.
    pub next_at: At,
    pub note: Option<String>,
    /// Which of its numbers is tried next.
    pub number: NumberTurn,
}

impl LeadNext {
    pub const fn is_settled(&self) -> bool {
        matches!(self.state, LeadState::Done | LeadState::Exhausted | LeadState::Excluded)
    }
}

/// `lead` as it was claimed, before this attempt.
pub fn settle(policy: &RetryPolicy, results: &[ResultDef], lead: &ClaimedLead, outcome: Outcome<'_>, now: At) -> LeadNext {
    let end = |state| LeadNext { state, next_at: now, note: None, number: NumberTurn::Keep };
    let d = outcome.disposition;
    if outcome.result.is_some_and(|code| results.iter().any(|r| r.settles && r.code == code)) {
        return end(LeadState::Done);
    }
    if let Some(refusal) = outcome.refusal {
        return after_refusal(refusal, now);
    }
    match d {
        D::Unwanted => return LeadNext { note: Some("unwanted".into()), ..end(LeadState::Excluded) },
        // Our own doing, before or in spite of the callee: the next start of the campaign tries again.
        D::Stopped | D::Blocked => {
            let counted = lead.attempts + u32::from(d.counts());
            return end(if counted >= policy.attempts_max { LeadState::Exhausted } else { LeadState::Retry });
        }
        _ => {}
    }
    let (rule, given_up) = if d == D::Human {
        let Some(rule) = policy.no_result else { return end(LeadState::Done) };
        (Some(rule), LeadState::Exhausted)
    } else {
        (policy.rules.get(&d).copied(), LeadState::Exhausted)
    };
    match rule {
        Some(rule) if may_retry(policy, rule, lead, d) => {
            let number = match policy.next_number {
                NextNumber::Each if lead.numbers_left > 0 && is_of_the_number(d) => NumberTurn::Next,
                _ => NumberTurn::Keep,
            };
            LeadNext { number, next_at: now.plus_ms(i64::from(rule.delay_s) * 1000), ..end(LeadState::Retry) }
        }
        // This number is given up, the person is not: the next one takes its turn at once.
        _ if is_of_the_number(d) && lead.numbers_left > 0 && lead.attempts + u32::from(d.counts()) < policy.attempts_max => {
            LeadNext { number: NumberTurn::Spent, ..end(LeadState::Retry) }
        }
        _ => end(given_up),
    }
}

/// Whether this says something of the number rather than of the person or of ourselves: then another number may help.
const fn is_of_the_number(d: D) -> bool {
    matches!(
        d,
        D::Invalid
            | D::Changed
            | D::Suspended
            | D::Off
            | D::Unreachable
            | D::Restricted
            | D::Busy
            | D::NoAnswer
            | D::Machine
            | D::Assistant
            | D::Fax
            | D::DeadAir
    )
}

fn may_retry(policy: &RetryPolicy, rule: RetryRule, lead: &ClaimedLead, d: D) -> bool {
    let counted = lead.attempts + u32::from(d.counts());
    let this_way = lead.ended.get(&d).copied().unwrap_or(0) + 1;
    counted < policy.attempts_max && this_way < rule.attempts_max
}

fn after_refusal(refusal: &Refusal, now: At) -> LeadNext {
    let (state, next_at) = match refusal.then {
        Then::RetryAt(at) => (LeadState::Retry, at),
        Then::Excluded => (LeadState::Excluded, now),
        Then::Exhausted => (LeadState::Exhausted, now),
    };
    let note = (state == LeadState::Excluded).then(|| refusal.rule.code().to_owned());
    LeadNext { state, next_at, note, number: NumberTurn::Keep }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Rule;
    use model::{Carrier, LeadId, Vars};
    use std::collections::BTreeMap;

    const NOW: At = At(1_790_000_000_000);

    fn lead(ended: &[(D, u32)]) -> ClaimedLead {
        ClaimedLead {
            id: LeadId(1),
            phone: "+8613800138000".into(),
            name: String::new(),
            region: String::new(),
            carrier: Carrier::Mobile,
            variables: Vars::new(),
            attempts: ended.iter().filter(|(d, _)| d.counts()).map(|(_, n)| n).sum(),
            ended: ended.iter().copied().collect::<BTreeMap<_, _>>(),
            numbers_left: 0,
            agent_id: None,
            may_wait: false,
            lease_until: NOW,
        }
    }

    fn results() -> Vec<ResultDef> {
        let def = |code: &str, settles| ResultDef { code: code.into(), label: code.into(), settles, success: false };
        vec![def("attend", true), def("unclear", false)]
    }

    fn after(policy: &RetryPolicy, ended: &[(D, u32)], d: D, result: Option<&str>) -> LeadNext {
        settle(policy, &results(), &lead(ended), Outcome { disposition: d, result, refusal: None }, NOW)
    }

    #[test]
    fn every_disposition_on_the_first_try() {
        let policy = RetryPolicy::default();
        for d in D::ALL {
            let next = after(&policy, &[], d, None);
            let want = match d {
                D::Human => LeadState::Done,
                D::Unwanted => LeadState::Excluded,
                D::Assistant | D::Fax | D::Changed | D::Restricted | D::CallerIdBlocked | D::Abandoned => LeadState::Exhausted,
                _ => LeadState::Retry,
            };
            assert_eq!(next.state, want, "{d:?}");
            let delay = policy.rules.get(&d).map_or(0, |r| i64::from(r.delay_s) * 1000);
            assert_eq!(next.next_at, if want == LeadState::Retry { NOW.plus_ms(delay) } else { NOW }, "{d:?}");
        }
    }

    #[test]
    fn a_settling_result_ends_it_whatever_the_line_did() {
        let policy = RetryPolicy::default();
        assert_eq!(after(&policy, &[], D::Interrupted, Some("attend")).state, LeadState::Done);
        assert_eq!(after(&policy, &[], D::Human, Some("attend")).state, LeadState::Done);
        assert_eq!(after(&policy, &[], D::Human, Some("unclear")).state, LeadState::Done);
    }

    #[test]
    fn without_a_settling_result_people_are_asked_again_where_the_policy_says_so() {
        let policy = RetryPolicy { no_result: Some(RetryRule { attempts_max: 2, delay_s: 60 }), ..RetryPolicy::default() };
        let first = after(&policy, &[], D::Human, Some("unclear"));
        assert_eq!((first.state, first.next_at), (LeadState::Retry, NOW.plus_ms(60_000)));
        assert_eq!(after(&policy, &[(D::Human, 1)], D::Human, None).state, LeadState::Exhausted);
    }

    #[test]
    fn invalid_is_final_after_two_confirmations() {
        let policy = RetryPolicy::default();
        assert_eq!(after(&policy, &[(D::NoAnswer, 1)], D::Invalid, None).state, LeadState::Retry);
        assert_eq!(after(&policy, &[(D::Invalid, 1)], D::Invalid, None).state, LeadState::Exhausted);
    }

    #[test]
    fn one_cap_over_all_rules() {
        let policy = RetryPolicy::default();
        assert_eq!(after(&policy, &[(D::Busy, 1), (D::NoAnswer, 1)], D::Off, None).state, LeadState::Exhausted);
        assert_eq!(after(&policy, &[(D::Busy, 1)], D::Off, None).state, LeadState::Retry);
    }

    #[test]
    fn congestion_does_not_count_but_has_its_own_end() {
        let policy = RetryPolicy::default();
        assert_eq!(after(&policy, &[(D::Congestion, 18), (D::Busy, 2)], D::Congestion, None).state, LeadState::Retry);
        assert_eq!(after(&policy, &[(D::Congestion, 19)], D::Congestion, None).state, LeadState::Exhausted);
    }

    #[test]
    fn a_refusal_decides_itself() {
        let policy = RetryPolicy::default();
        let refused = |then| {
            let refusal = Refusal { rule: Rule::Exempt, then };
            let outcome = Outcome { disposition: D::Blocked, result: None, refusal: Some(&refusal) };
            settle(&policy, &results(), &lead(&[(D::Busy, 2)]), outcome, NOW)
        };
        assert_eq!(
            refused(Then::RetryAt(At(7))),
            LeadNext { state: LeadState::Retry, next_at: At(7), note: None, number: NumberTurn::Keep }
        );
        assert_eq!(refused(Then::Excluded).note.as_deref(), Some("exempt"));
        assert!(refused(Then::Exhausted).is_settled());
    }

    #[test]
    fn a_stopped_call_counts_against_the_cap() {
        let policy = RetryPolicy::default();
        assert_eq!(after(&policy, &[(D::Busy, 1)], D::Stopped, None).state, LeadState::Retry);
        assert_eq!(after(&policy, &[(D::Busy, 2)], D::Stopped, None).state, LeadState::Exhausted);
    }

    #[test]
    fn another_number_takes_its_turn() {
        let policy = RetryPolicy::default();
        let after = |policy: &RetryPolicy, ended: &[(D, u32)], d, numbers_left| {
            let lead = ClaimedLead { numbers_left, ..lead(ended) };
            let next = settle(policy, &results(), &lead, Outcome { disposition: d, result: None, refusal: None }, NOW);
            (next.state, next.number, next.next_at.since_ms(NOW) / 1000)
        };
        use LeadState::{Done, Exhausted, Retry};
        use NumberTurn::{Keep, Next, Spent};
        assert_eq!(after(&policy, &[], D::Busy, 1), (Retry, Next, 900), "in turn, and no sooner than the rule says");
        assert_eq!(after(&policy, &[], D::Busy, 0), (Retry, Keep, 900));
        assert_eq!(after(&policy, &[], D::Changed, 1), (Retry, Spent, 0), "final for the number, not for the person");
        assert_eq!(after(&policy, &[(D::Invalid, 1)], D::Invalid, 1), (Retry, Spent, 0));
        assert_eq!(after(&policy, &[], D::Changed, 0), (Exhausted, Keep, 0));
        assert_eq!(after(&policy, &[(D::Busy, 2)], D::Changed, 1), (Exhausted, Keep, 0), "one cap per contact over all numbers");
        for ours in [D::Rejected, D::Abandoned, D::CallerIdBlocked, D::Unwanted, D::Human, D::Congestion, D::Stopped] {
            let (state, number, _) = after(&policy, &[], ours, 1);
            assert_eq!(number, Keep, "{ours:?} says nothing of the number");
            assert!(ours != D::Human || state == Done);
        }
        let later = RetryPolicy { next_number: NextNumber::Spent, ..policy };
        assert_eq!(after(&later, &[], D::Busy, 1), (Retry, Keep, 900), "the same number until it is given up");
        assert_eq!(after(&later, &[], D::Changed, 1), (Retry, Spent, 0));
    }
}
