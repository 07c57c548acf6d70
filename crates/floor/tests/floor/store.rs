//! A store in memory that keeps its promises, and checks that the floor keeps its own.

use crate::setup::{RING_MS, TENANT};
use dialer::retry::{self, Outcome};
use model::fact::{Begin, CallerFacts, Fact};
use model::record::{
    AttemptEnd, Campaign, CampaignStatus, ClaimedLead, DialFacts, Direction, Lead, LeadHold, LeadState, NumberTurn,
};
use model::{At, AttemptId, CallId, CampaignId, Carrier, Disposition, LeadId, LeadListId, LegId, Vars};
use std::collections::{BTreeMap, BTreeSet};

pub struct SLead {
    pub campaign: CampaignId,
    pub phone: usize,
    pub state: LeadState,
    pub next_at: At,
    pub lease_until: At,
    pub attempts: u32,
    pub ended: BTreeMap<Disposition, u32>,
    pub result: Option<String>,
    pub open: Option<AttemptId>,
}

/// A list a number stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Listed {
    Block,
    BlockEverywhere,
    Exempt,
    ExemptEverywhere,
    ExemptHere(CampaignId),
    Consent,
}

#[derive(Default)]
pub struct Phone {
    pub number: String,
    /// 归属地; empty: as the store says of all.
    pub region: String,
    pub blocked: bool,
    /// Lists, and since when.
    pub listed: BTreeMap<Listed, At>,
    /// Ends of abandoned calls, and beginnings of calls made by hand.
    pub abandoned: Vec<At>,
    pub by_hand: Vec<At>,
    /// Dialling times of attempts that count or may yet.
    pub dialled: Vec<(AttemptId, At)>,
    pub open: BTreeSet<AttemptId>,
}

pub struct SAttempt {
    pub lead: LeadId,
    pub begun_at: At,
    pub ended: Option<Disposition>,
    pub result: Option<String>,
}

#[derive(Default)]
pub struct Store {
    pub campaigns: BTreeMap<CampaignId, Campaign>,
    pub leads: Vec<SLead>,
    pub phones: Vec<Phone>,
    pub attempts: BTreeMap<AttemptId, SAttempt>,
    due: BTreeMap<CampaignId, BTreeSet<(At, LeadId)>>,
    leased: BTreeSet<(At, LeadId)>,
    pub unsettled: BTreeMap<CampaignId, u32>,
    pub legs: BTreeSet<LegId>,
    pub calls: BTreeSet<CallId>,
    pub callbacks: u32,
    pub dispositions: BTreeMap<Disposition, u32>,
    pub alarms: u32,
    /// Where all numbers are; empty: nobody knows.
    pub region: String,
    pub flagged: Vec<(model::NumberId, model::record::FlagReason)>,
    /// Attempts by caller id, trunk and campaign of one day at home.
    tally: BTreeMap<(String, i64), u32>,
    /// Refused attempts, by rule.
    pub refused: BTreeMap<String, u32>,
    pub skipped: u32,
}

/// Days of Beijing time.
pub const fn home_day(at: At) -> i64 {
    (at.0 + 8 * 3_600_000).div_euclid(86_400_000)
}

const LOCKOUT_MS: i64 = 72 * 3_600_000;

impl Phone {
    /// As the rules look at it.
    pub fn facts(&self, campaign: Option<CampaignId>, at: At, midnight: At) -> DialFacts {
        let listed = |what: Listed| self.listed.contains_key(&what);
        let own = self.dialled.iter().map(|(_, at)| *at);
        let all = || own.clone().chain(self.by_hand.iter().copied());
        let since = |from: At| all().filter(move |at| *at > from);
        let (day, five) = (at.plus_ms(-86_400_000), at.plus_ms(-300_000));
        let locks = self.abandoned.iter().map(|at| at.plus_ms(LOCKOUT_MS)).filter(|until| *until > at);
        let locked_until = locks.max();
        DialFacts {
            blocked: self.blocked || listed(Listed::Block),
            blocked_everywhere: listed(Listed::BlockEverywhere),
            exempt: listed(Listed::Exempt),
            exempt_everywhere: listed(Listed::ExemptEverywhere),
            exempt_here: campaign.is_some_and(|c| listed(Listed::ExemptHere(c))),
            consent: listed(Listed::Consent),
            number_24h: since(day).count() as u32,
            number_5min: since(five).count() as u32,
            number_24h_oldest: since(day).min(),
            number_5min_oldest: since(five).min(),
            contact_today: own.clone().filter(|at| *at > midnight).count() as u32,
            number_in_call: !self.open.is_empty(),
            locked_out: locked_until.is_some(),
            locked_until,
            ..DialFacts::default()
        }
    }
}

const fn settled(state: LeadState) -> bool {
    matches!(state, LeadState::Done | LeadState::Exhausted | LeadState::Excluded)
}

impl Store {
    pub fn add_campaign(&mut self, campaign: Campaign, leads: u32, phones_from: usize, now: At) {
        let id = campaign.id;
        self.campaigns.insert(id, campaign);
        for i in 0..leads as usize {
            let phone = phones_from + i;
            while self.phones.len() <= phone {
                let number = format!("+86138{:08}", self.phones.len());
                self.phones.push(Phone { number, ..Phone::default() });
            }
            let lead = LeadId(self.leads.len() as i64);
            self.leads.push(SLead {
                campaign: id,
                phone,
                state: LeadState::Ready,
                next_at: now,
                lease_until: At(0),
                attempts: 0,
                ended: BTreeMap::new(),
                result: None,
                open: None,
            });
            self.due.entry(id).or_default().insert((now, lead));
            *self.unsettled.entry(id).or_default() += 1;
        }
    }

    fn enter(&mut self, id: LeadId, state: LeadState, at: At) {
        let lead = &mut self.leads[id.0 as usize];
        let due = self.due.entry(lead.campaign).or_default();
        due.remove(&(lead.next_at, id));
        self.leased.remove(&(lead.lease_until, id));
        let open = self.unsettled.entry(lead.campaign).or_default();
        *open = *open + u32::from(!settled(state)) - u32::from(!settled(lead.state));
        lead.state = state;
        match state {
            LeadState::Ready | LeadState::Retry => {
                lead.next_at = at;
                due.insert((at, id));
            }
            LeadState::Leased => {
                lead.lease_until = at;
                self.leased.insert((at, id));
            }
            _ => {}
        }
    }

    fn claimed(&self, id: LeadId) -> ClaimedLead {
        let lead = &self.leads[id.0 as usize];
        let phone = &self.phones[lead.phone];
        ClaimedLead {
            id,
            phone: phone.number.clone(),
            name: "张三".into(),
            region: if phone.region.is_empty() { self.region.clone() } else { phone.region.clone() },
            carrier: Carrier::Mobile,
            variables: Vars::new(),
            attempts: lead.attempts,
            ended: lead.ended.clone(),
            numbers_left: 0,
            agent_id: None,
            may_wait: false,
            lease_until: lead.lease_until,
        }
    }

    pub fn claim(&mut self, id: CampaignId, n: u32, lease_until: At, now: At) -> (Vec<ClaimedLead>, Option<At>, bool) {
        while let Some((at, lead)) = self.leased.first().copied().filter(|(at, _)| *at <= now) {
            let next = self.leads[lead.0 as usize].next_at.min(at);
            self.enter(lead, LeadState::Ready, next);
        }
        let due = self.due.entry(id).or_default();
        let ids: Vec<LeadId> = due.iter().take_while(|(at, _)| *at <= now).take(n as usize).map(|(_, l)| *l).collect();
        for lead in &ids {
            self.enter(*lead, LeadState::Leased, lease_until);
        }
        let next_due = self.due[&id].first().map(|(at, _)| *at);
        (ids.into_iter().map(|l| self.claimed(l)).collect(), next_due, self.unsettled[&id] == 0)
    }

    pub fn release(&mut self, leads: &[LeadId], now: At) {
        for id in leads {
            if self.leads[id.0 as usize].state == LeadState::Leased {
                self.enter(*id, LeadState::Ready, now);
            }
        }
    }

    pub fn begin(&mut self, b: &Begin, now: At) -> Option<DialFacts> {
        let lead = &self.leads[b.lead.0 as usize];
        if lead.state != LeadState::Leased || lead.open.is_some() || self.attempts.contains_key(&b.attempt) {
            return None;
        }
        self.enter(b.lead, LeadState::Dialing, now);
        let lead = &mut self.leads[b.lead.0 as usize];
        lead.open = Some(b.attempt);
        let place = lead.phone;
        let today = [b.caller_id.clone(), format!("trunk {}", b.trunk)].map(|what| self.used(what, now));
        self.used(format!("campaign {}", b.campaign), now);
        let phone = &mut self.phones[place];
        let facts = phone.facts(Some(b.campaign), b.at, b.midnight);
        phone.open.insert(b.attempt);
        phone.dialled.push((b.attempt, b.at));
        self.attempts.insert(b.attempt, SAttempt { lead: b.lead, begun_at: b.at, ended: None, result: None });
        Some(DialFacts { caller_id_today: today[0], trunk_today: today[1], ..facts })
    }

    /// Once more today; how often before.
    fn used(&mut self, what: String, now: At) -> u32 {
        let times = self.tally.entry((what, home_day(now))).or_default();
        *times += 1;
        *times - 1
    }

    pub fn today_attempts(&self, campaign: CampaignId, now: At) -> u32 {
        self.tally.get(&(format!("campaign {campaign}"), home_day(now))).copied().unwrap_or(0)
    }

    /// A list is deleted: its leads are excluded, those that ring are let ring.
    pub fn delete_leads(&mut self, ids: &[LeadId], now: At) {
        for id in ids {
            let lead = &self.leads[id.0 as usize];
            if !settled(lead.state) && lead.open.is_none() {
                self.enter(*id, LeadState::Excluded, now);
            }
        }
    }

    /// Whether the fact is stored.
    pub fn persist(&mut self, fact: &Fact) -> bool {
        match fact {
            Fact::Result { lead, attempt, code, callback, at, .. } => {
                self.leads[lead.0 as usize].result = Some(code.clone());
                self.callbacks += u32::from(*callback);
                if let Some(a) = attempt.and_then(|a| self.attempts.get_mut(&a)) {
                    a.result = Some(code.clone());
                }
                let open = self.leads[lead.0 as usize].open.is_some();
                if *callback && !open && !settled(self.leads[lead.0 as usize].state) {
                    self.enter(*lead, LeadState::Done, *at);
                }
            }
            Fact::AttemptEnded { end, call, .. } => {
                if let Some(call) = call {
                    self.keep(call);
                }
                self.end(end);
            }
            Fact::CallEnded { call, .. } => self.keep(call),
            Fact::CampaignFinished { campaign, .. } => {
                if self.unsettled[campaign] > 0 {
                    return false;
                }
                self.campaigns.get_mut(campaign).unwrap().status = CampaignStatus::Finished;
            }
            Fact::NumberFlagged { number, reason, .. } => self.flagged.push((*number, *reason)),
            Fact::Alarm { .. } => self.alarms += 1,
            Fact::LeadSkipped { lead, until, .. } => {
                if self.leads[lead.0 as usize].state == LeadState::Leased {
                    self.enter(*lead, LeadState::Ready, *until);
                    self.skipped += 1;
                }
            }
            Fact::Interval(_) | Fact::QueueEntry(_) | Fact::Pacer(_) => {}
            Fact::AttemptRinging { .. } | Fact::AttemptAnswered { .. } => {}
        }
        true
    }

    fn keep(&mut self, call: &model::record::Call) {
        if self.calls.insert(call.id) {
            for leg in &call.legs {
                assert!(self.legs.insert(leg.id), "leg {} has two records", leg.id);
                assert!(leg.ended_at >= leg.started_at);
            }
            let by_hand = call.direction == Direction::Outbound && call.attempt_id.is_none();
            if let Some(phone) = self.phones.iter_mut().find(|p| by_hand && p.number == call.called) {
                phone.by_hand.push(call.started_at);
            }
        }
    }

    fn end(&mut self, end: &AttemptEnd) {
        let Some(attempt) = self.attempts.get_mut(&end.id).filter(|a| a.ended.is_none()) else { return };
        attempt.ended = Some(end.disposition);
        let result = end.result.clone().or(attempt.result.clone());
        *self.dispositions.entry(end.disposition).or_default() += 1;
        self.check_rules(end, result.as_deref());
        let lead = &mut self.leads[end.lead_id.0 as usize];
        assert_eq!(lead.open, Some(end.id), "the lead is in another attempt");
        lead.open = None;
        *lead.ended.entry(end.disposition).or_default() += 1;
        lead.attempts += u32::from(end.disposition.counts());
        lead.result = lead.result.take().or(result);
        if let Some(rule) = &end.refusal {
            *self.refused.entry(rule.clone()).or_default() += 1;
        }
        let phone = &mut self.phones[lead.phone];
        phone.open.remove(&end.id);
        if end.disposition == Disposition::Abandoned {
            phone.abandoned.push(end.ended_at);
        }
        if !end.disposition.counts() {
            phone.dialled.retain(|(a, _)| *a != end.id);
        }
        self.enter(end.lead_id, end.lead_state, end.next_at);
    }

    /// The lead's next state is what the policy says of the store's own books.
    fn check_rules(&self, end: &AttemptEnd, result: Option<&str>) {
        if end.refusal.is_some() && end.disposition == Disposition::Blocked {
            assert_ne!(end.lead_state, LeadState::Done);
            return;
        }
        let c = &self.campaigns[&end.campaign_id];
        let lead = self.claimed(end.lead_id);
        let outcome = Outcome { disposition: end.disposition, result, refusal: None };
        let want = retry::settle(&c.retry, &c.results, &lead, outcome, end.ended_at);
        assert_eq!((want.state, want.next_at), (end.lead_state, end.next_at), "{end:?}");
    }

    /// After a crash: attempts that were open are interrupted.
    pub fn recover(&mut self, now: At) {
        let open: Vec<AttemptId> = self.leads.iter().filter_map(|l| l.open).collect();
        for id in open {
            let a = &self.attempts[&id];
            let (lead_id, result) = (a.lead, a.result.clone());
            let campaign = &self.campaigns[&self.leads[lead_id.0 as usize].campaign];
            let outcome = Outcome { disposition: Disposition::Interrupted, result: result.as_deref(), refusal: None };
            let next = retry::settle(&campaign.retry, &campaign.results, &self.claimed(lead_id), outcome, now);
            let end = AttemptEnd {
                id,
                lead_id,
                campaign_id: campaign.id,
                ended_at: now,
                disposition: Disposition::Interrupted,
                cause: Default::default(),
                result,
                refusal: None,
                trunk_id: None,
                failovers: 0,
                lead_state: next.state,
                lead_note: None,
                number: NumberTurn::Keep,
                next_at: next.next_at,
                stats: Default::default(),
                flow_id: None,
                abandoned: None,
            };
            self.end(&end);
        }
        let leased: Vec<LeadId> = self.leased.iter().map(|(_, l)| *l).collect();
        self.release(&leased, now);
    }

    pub fn caller(&self, number: &str) -> CallerFacts {
        let Some(phone) = self.phones.iter().position(|p| p.number == number) else { return CallerFacts::default() };
        let found = self.leads.iter().enumerate().find(|(_, l)| l.phone == phone);
        let lead = found.map(|(i, l)| record(LeadId(i as i64), l, number));
        let campaign = found.map(|(_, l)| self.campaigns[&l.campaign].clone());
        CallerFacts { blocked: self.phones[phone].blocked, lead, campaign, ..CallerFacts::default() }
    }

    /// The books at the end.
    pub fn check_balance(&self) {
        let mut counted: BTreeMap<LeadId, u32> = BTreeMap::new();
        for (id, a) in &self.attempts {
            let d = a.ended.unwrap_or_else(|| panic!("attempt {id} never ended"));
            *counted.entry(a.lead).or_default() += u32::from(d.counts());
        }
        for (i, lead) in self.leads.iter().enumerate() {
            let id = LeadId(i as i64);
            assert!(settled(lead.state), "lead {id} is {:?}", lead.state);
            assert_eq!(lead.attempts, counted.get(&id).copied().unwrap_or(0), "attempts of lead {id}");
            let policy = &self.campaigns[&lead.campaign].retry;
            assert!(lead.attempts <= policy.attempts_max, "lead {id} was tried {} times", lead.attempts);
            for (d, n) in &lead.ended {
                let max = policy.rules.get(d).map_or(policy.attempts_max, |r| r.attempts_max);
                assert!(*d == Disposition::Blocked || *n <= max, "lead {id} ended {n} times {d:?}");
            }
        }
        for phone in &self.phones {
            let mut times: Vec<At> = phone.dialled.iter().map(|(_, at)| *at).collect();
            times.sort_unstable();
            let most = |ms: i64| times.iter().map(|t| times.iter().filter(|u| **u >= *t && u.since_ms(*t) < ms).count()).max();
            assert!(most(300_000).unwrap_or(0) <= 3 && most(86_400_000).unwrap_or(0) <= 5, "{} dialled too often", phone.number);
            assert!(phone.open.is_empty());
        }
    }
}

fn record(id: LeadId, l: &SLead, number: &str) -> Lead {
    Lead {
        id,
        tenant_id: TENANT,
        campaign_id: l.campaign,
        list_id: LeadListId(l.campaign.0),
        import_id: None,
        source_id: None,
        phone: number.to_owned(),
        phone_raw: number.to_owned(),
        phones: Vec::new(),
        phone_at: 0,
        phones_spent: 0,
        name: "张三".into(),
        region: String::new(),
        carrier: Carrier::Mobile,
        variables: Vars::new(),
        state: l.state,
        priority: 0,
        attempts: l.attempts,
        next_at: l.next_at,
        hold: LeadHold::Nothing,
        expires_at: None,
        agent_id: None,
        lease_until: None,
        last_disposition: None,
        last_attempt_at: None,
        result: l.result.clone(),
        result_at: None,
        note: None,
        created_at: At(i64::from(RING_MS)),
    }
}
