//! 主叫号码池 on the floor: the books of each number, the choice for a call, and flags that follow from how calls end.

use crate::floor::Floor;
use crate::runtime::Waiting;
use crate::session::Session;
use crate::tenant::Tenant;
use dialer::caller_id::{self, Book, Candidate, Care, Choice, Day, Wish};
use dialer::zone;
use model::fact::Fact;
use model::record::{CallerIdHour, CallerIdUse, Campaign, Number, Trunk};
use model::settings::Compliance;
use model::{At, Disposition, TenantId, number};

const HOUR_MS: i64 = 3_600_000;

impl Floor {
    /// What the store remembers of the tenant's numbers.
    pub(crate) fn on_caller_ids(&mut self, tenant: TenantId, uses: &[CallerIdUse], hours: &[CallerIdHour]) {
        let known = self.tenants.entry(tenant).or_default();
        for hour in hours {
            let mut hour = hour.clone();
            let watched =
                known.numbers.iter().find(|n| dialer::wire::is_same(&hour.caller_id, &n.number)).map(|n| n.flag.watched_from);
            // Before a flag was lifted: that is forgiven.
            if watched.is_some_and(|from| hour.hour * HOUR_MS < from.0) {
                (hour.answered, hour.refused) = (hour.calls, 0);
            }
            known.books.entry(hour.caller_id.clone()).or_default().load(std::slice::from_ref(&hour), None);
        }
        for used in uses {
            known.books.entry(used.caller_id.clone()).or_default().load(&[], Some(used));
        }
        self.stir = true;
    }

    /// A flag that was lifted forgives what led to it.
    pub(crate) fn lift_flags(&mut self, tenant: TenantId, numbers: &[Number]) {
        let Some(known) = self.tenants.get_mut(&tenant) else { return };
        let flagged = |n: &&Number| n.flag.at.is_some();
        for before in known.numbers.iter().filter(flagged) {
            if numbers.iter().any(|n| n.id == before.id && n.flag.at.is_none()) {
                let same = |shown: &String| dialer::wire::is_same(shown, &before.number);
                known.books.iter_mut().filter(|(shown, _)| same(shown)).for_each(|(_, book)| book.forgive());
            }
        }
    }

    /// The number a callee in `region` is shown on this line; else why none is, and when to look again.
    pub(crate) fn caller_id(
        &self,
        campaign: &Campaign,
        turn: usize,
        trunk: &Trunk,
        region: &str,
    ) -> Result<String, (Waiting, Option<At>)> {
        const LATER_MS: i64 = 60_000;
        let none = (Waiting::NoCallerId, Some(self.now.plus_ms(LATER_MS)));
        let tenant = self.tenants.get(&campaign.tenant_id).ok_or(none)?;
        let own = std::slice::from_ref(&trunk.caller_id);
        let pool: &[String] = if campaign.caller_ids.is_empty() { own } else { &campaign.caller_ids };
        let local = campaign.dial_rules.local_presence && pool.len() > 1;
        let candidates: Vec<Candidate<'_>> = pool
            .iter()
            .map(|id| Candidate {
                region: if local { number::region_name(id) } else { "" },
                // A line's own number need not be one of the tenant's.
                usable: if campaign.caller_ids.is_empty() {
                    !tenant.is_flagged(id)
                } else {
                    tenant.may_show(id, trunk.id, self.now)
                },
                per_day_max: tenant.caller_id_per_day_max(id),
                book: tenant.books.get(id),
            })
            .collect();
        let wish = Wish {
            now: self.now,
            midnight: model::calendar::midnight(self.now, zone::HOME),
            care: care(tenant, campaign),
            rotation: campaign.dial_rules.rotation,
            local_presence: local,
            region,
            turn,
            salt: u64::try_from(self.now.0).unwrap_or(0) ^ (turn as u64).rotate_left(32),
        };
        match caller_id::choose(&candidates, &wish) {
            Choice::Show(i) => Ok(pool[i].clone()),
            Choice::Wait(at) => Err((Waiting::CallerIdsRest, Some(at))),
            Choice::Nothing => Err(none),
        }
    }

    /// On the next line the call keeps its number, where that line may show it.
    pub(crate) fn shown_on(&self, campaign: &Campaign, turn: usize, trunk: &Trunk, region: &str, kept: &str) -> Option<String> {
        let tenant = self.tenants.get(&campaign.tenant_id)?;
        if campaign.caller_ids.iter().any(|id| id == kept) && tenant.may_show(kept, trunk.id, self.now) {
            return Some(kept.to_owned());
        }
        self.caller_id(campaign, turn, trunk, region).ok()
    }

    /// A call is about to show it; what is to be remembered.
    pub(crate) fn caller_id_shown(&mut self, campaign: &Campaign, shown: &str) -> Option<CallerIdUse> {
        if shown.is_empty() {
            return None;
        }
        let now = self.now;
        let tenant = self.tenants.entry(campaign.tenant_id).or_default();
        let care = care(tenant, campaign);
        Some(tenant.books.entry(shown.to_owned()).or_default().shown(shown, now, care))
    }

    /// What the call came to is held against the number it showed, or speaks for it.
    pub(crate) fn caller_id_ended(&mut self, session: &Session, disposition: Disposition) {
        let now = self.now;
        let Some(dial) = &session.dial else { return };
        let head = &session.call.head;
        let (campaign, shown, at) = (&dial.campaign, head.caller.as_str(), head.started_at);
        let Some(tenant) = self.tenants.get_mut(&session.tenant).filter(|_| !shown.is_empty()) else { return };
        tenant.books.entry(shown.to_owned()).or_default().ended(at, disposition);
        let Some(settings) = tenant.settings.clone() else { return };
        let rules: &Compliance = &settings.compliance;
        let own = tenant.books.get(shown).map(|b| b.day(now)).unwrap_or_default();
        let others = campaign.caller_ids.iter().filter(|id| *id != shown).filter_map(|id| tenant.books.get(id));
        let others = others.fold(Day::default(), |sum, book| {
            let d = book.day(now);
            Day { calls: sum.calls + d.calls, answered: sum.answered + d.answered, refused: sum.refused + d.refused }
        });
        let Some(verdict) = caller_id::judge(own, others, rules) else { return };
        let unflagged = |n: &&mut Number| n.flag.at.is_none() && dialer::wire::is_same(shown, &n.number);
        let Some(number) = tenant.numbers.iter_mut().find(unflagged) else { return };
        (number.flag.at, number.flag.reason) = (Some(now), Some(verdict.reason));
        let (tenant, number) = (session.tenant, number.id);
        self.note(Fact::NumberFlagged { tenant, number, reason: verdict.reason, note: verdict.note, at: now });
        self.stir = true;
    }
}

fn care(tenant: &Tenant, campaign: &Campaign) -> Care {
    let compliance = tenant.settings.as_ref().map(|s| &s.compliance);
    compliance.map_or_else(Care::default, |c| Care::of(c, &campaign.dial_rules))
}

/// The books of one tenant's numbers, as they are shown.
pub(crate) type Books = std::collections::BTreeMap<String, Book>;
