//! What each tenant's attempts teach: how likely a lead answers at this hour, for the pacer and for people to look at.

use crate::floor::Floor;
use crate::session::Session;
use dialer::answers::{Answers, Bin, Calibration, Lead, NumberClass, outcome};
use model::fact::PastAttempt;
use model::record::{CalibrationBin, CalibrationLive, ClaimedLead};
use model::{At, Carrier, TenantId};
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
    Lead { class: NumberClass::of(phone), carrier, region, hour, weekday, attempts, last_rang_s: None }
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
