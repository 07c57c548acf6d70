//! Who is calling: the lists the number is on, and the campaign that dialled it last.

use crate::db::{Runs as _, Sql};
use crate::row::cells;
use crate::{Result, Store};
use model::fact::CallerFacts;
use model::record::{Attempt, Lead, ListKind};
use model::{At, TenantId};

/// Who calls back later than this is no callback of the campaign any more.
const CALLBACK_MS: i64 = 30 * 24 * 3_600_000;

impl Store {
    /// `phone` in E.164. The lead is the one most recently dialled with that number in the last 30 days.
    pub async fn caller_facts(&self, tenant: TenantId, phone: &str, now: At) -> Result<CallerFacts> {
        let lists = self.lists_of(tenant, phone, now).await?;
        let mut facts = CallerFacts {
            blocked: lists.contains(&ListKind::Block),
            vip: lists.contains(&ListKind::Vip),
            ..CallerFacts::default()
        };
        let sql = "WHERE tenant_id = ? AND phone = ? AND dialing_at > ? AND (disposition IS NULL OR disposition <> 'blocked') \
                   ORDER BY dialing_at DESC LIMIT 1";
        let values = cells![tenant, phone.to_string(), now.plus_ms(-CALLBACK_MS)];
        let last: Option<Attempt> = self.read().one(Sql::new(sql, values)).await?;
        if let Some(attempt) = last {
            let lead: Option<Lead> = self.lead(tenant, attempt.lead_id).await?;
            facts.campaign = self.campaign(tenant, attempt.campaign_id).await?;
            facts.lead = lead.filter(|_| facts.campaign.is_some());
        }
        Ok(facts)
    }
}
