//! What each tenant's attempts teach: how likely a lead answers at this hour, for the pacer and for people to look at.

use crate::floor::Floor;
use crate::io::Output;
use crate::session::Session;
use dialer::answers::{Answers, Bin, Calibration, Lead, NumberClass, outcome};
use model::fact::PastAttempt;
use model::record::{CalibrationBin, CalibrationLive, Campaign, ClaimedLead, DialMode};
use model::{At, CampaignId, Carrier, Disposition, LeadId, TenantId};
use std::collections::BTreeMap;

#[expect(clippy::cast_precision_loss, reason = "counts of attempts")]
fn calibration(c: &Calibration) -> CalibrationLive {
    let bin = |b: &Bin| CalibrationBin {
        attempts: b.attempts,
        answers: b.answers,
        predicted: if b.attempts == 0 { 0.0 } else { b.predicted / b.attempts as f64 },
    };
    CalibrationLive { bins: c.bins().iter().map(bin).collect(), error: c.error(), skill: c.skill() }
}

/// The moment of a dial where the callee is.
fn moment(at: At, zone: &str) -> (u8, u8) {
    let Ok(tz) = model::calendar::zone_of(zone) else { return (0, 1) };
    let local = at.timestamp().to_zoned(tz);
    (local.hour().unsigned_abs(), local.weekday().to_monday_one_offset().unsigned_abs())
}

fn features<'a>(phone: &str, carrier: Carrier, region: &'a str, attempts: u32, at: At, zone: &str) -> Lead<'a> {
    let (hour, weekday) = moment(at, zone);
    let carrier = if carrier == Carrier::Unknown { "" } else { carrier.code() };
    Lead { class: NumberClass::of(phone), carrier, region, hour, weekday, attempts }
}

/// What is appointed keeps its time.
pub(crate) fn chooses_hours(campaign: &Campaign) -> bool {
    campaign.pacing.best_hour && campaign.mode != DialMode::Appointment
}

impl Floor {
    /// The pacer's class of a lead that is dialled now.
    pub(crate) fn class_of(&self, tenant: TenantId, lead: &ClaimedLead) -> u8 {
        let Some(known) = self.tenants.get(&tenant) else { return 0 };
        let zone = match &known.settings {
            Some(settings) => dialer::zone::of(&lead.phone, &lead.region, &settings.compliance.region_zones),
            None => dialer::zone::HOME,
        };
        let lead = features(&lead.phone, lead.carrier, &lead.region, lead.attempts, self.now, zone);
        Answers::class(known.answers.probability(&lead))
    }

    /// When a lead is likelier to answer, later on the same day while the task calls, not before `from`; and how much.
    fn better_hour(&self, campaign: &Campaign, lead: &ClaimedLead, from: At) -> Option<(At, f64)> {
        let runtime = self.campaigns.get(&campaign.id)?;
        let known = self.tenants.get(&campaign.tenant_id)?;
        let zones = &known.settings.as_ref()?.compliance.region_zones;
        let zone = dialer::zone::of(&lead.phone, &lead.region, zones);
        let now = features(&lead.phone, lead.carrier, &lead.region, lead.attempts, from, zone);
        let hours = runtime.hours.later(from, dialer::zone::HOME).map(|at| {
            let (hour, weekday) = moment(at, zone);
            (at, (weekday, hour))
        });
        known.answers.better_hour(&now, hours)
    }

    /// Up to half of the leads that came wait for an hour at which they are much likelier to answer: others are there to be called
    /// meanwhile, and each call costs one look ahead at most.
    pub(crate) fn await_better_hours(&mut self, id: CampaignId, leads: Vec<ClaimedLead>) -> Vec<ClaimedLead> {
        let Some(campaign) = self.campaigns.get(&id).map(|r| r.campaign.clone()) else { return leads };
        let gain = |l: &ClaimedLead| self.better_hour(&campaign, l, self.now).filter(|_| l.may_wait);
        let mut better: Vec<(LeadId, At, f64)> = leads.iter().filter_map(|l| gain(l).map(|(at, g)| (l.id, at, g))).collect();
        better.sort_by(|a, b| b.2.total_cmp(&a.2));
        better.truncate(leads.len() / 2);
        let mut until: BTreeMap<At, Vec<LeadId>> = BTreeMap::new();
        better.iter().for_each(|(lead, at, _)| until.entry(*at).or_default().push(*lead));
        for (until, leads) in until {
            self.out.push_back(Output::PutOff { campaign: id, leads, until });
        }
        leads.into_iter().filter(|l| !better.iter().any(|(id, ..)| *id == l.id)).collect()
    }

    /// The time of the next try of somebody who did not answer: the best hour of the day that is left, where one is much better.
    pub(crate) fn retry_at(&self, campaign: &Campaign, lead: &ClaimedLead, disposition: Disposition, at: At) -> At {
        let absent =
            matches!(disposition, Disposition::NoAnswer | Disposition::Off | Disposition::Unreachable | Disposition::Machine);
        if !absent || !chooses_hours(campaign) {
            return at;
        }
        let tried = ClaimedLead { attempts: lead.attempts + 1, ..lead.clone() };
        self.better_hour(campaign, &tried, at).map_or(at, |(better, _)| better)
    }

    /// An attempt is over.
    pub(crate) fn learn_from(&mut self, session: &Session) {
        let Some(dial) = &session.dial else { return };
        let answered = session.disposition.and_then(outcome).filter(|_| session.call.far().is_some());
        let (Some(answered), Some(tenant)) = (answered, self.tenants.get_mut(&session.tenant)) else { return };
        let lead = &dial.lead;
        let at = session.call.head.started_at;
        tenant.answers.learn(&features(&lead.phone, lead.carrier, &lead.region, lead.attempts, at, &dial.zone), answered);
    }

    /// What was learned before this process began, oldest first.
    pub(crate) fn on_past(&mut self, tenant: TenantId, past: &[PastAttempt]) {
        let known = self.tenants.entry(tenant).or_default();
        let zones = known.settings.clone();
        for attempt in past {
            let Some(answered) = outcome(attempt.disposition) else { continue };
            let zone = match &zones {
                Some(settings) => dialer::zone::of(&attempt.phone, &attempt.region, &settings.compliance.region_zones),
                None => dialer::zone::HOME,
            };
            let before = attempt.ordinal.saturating_sub(1);
            let lead = features(&attempt.phone, attempt.carrier, &attempt.region, before, attempt.at, zone);
            known.answers.learn(&lead, answered);
        }
    }

    /// What was predicted against what came, by tenant.
    pub fn calibrations(&self) -> BTreeMap<TenantId, CalibrationLive> {
        self.tenants.iter().map(|(id, t)| (*id, calibration(t.answers.calibration()))).collect()
    }
}
