//! Who is calling, and whom an agent is about to call: the lists the number is on, whose it may be, who talked with it last,
//! and the campaign that dialled it last.

use crate::db::{Runs as _, Sql};
use crate::dial::{self, Ask};
use crate::row::cells;
use crate::{Result, Store};
use model::fact::{CalleeFacts, CallerFacts};
use model::record::{Attempt, CallerClass, Lead, ListKind};
use model::{AgentId, At, TenantId, TrunkId};

/// Who calls back later than this is no callback of the campaign any more, and has forgotten whom they talked with.
const CALLBACK_MS: i64 = 30 * 24 * 3_600_000;

impl Store {
    /// `phone` in E.164. The lead is the one most recently dialled with that number in the last 30 days.
    pub async fn caller_facts(&self, tenant: TenantId, phone: &str, now: At) -> Result<CallerFacts> {
        let lists = self.lists_of(tenant, phone, now).await?;
        let customers = self.customers_by_number(tenant, phone).await?;
        let mut facts = CallerFacts {
            blocked: lists.contains(&ListKind::Block),
            vip: lists.contains(&ListKind::Vip) || customers.iter().any(|c| c.classes.contains(&CallerClass::Vip)),
            last_agent: self.last_agent(tenant, phone, now).await?,
            customers,
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

    /// `phone` in E.164, about to be dialled by hand; what is known of it, and what the rules of dialling look at.
    pub async fn callee_facts(
        &self,
        tenant: TenantId,
        phone: &str,
        caller_id: &str,
        trunk: Option<TrunkId>,
        now: At,
        midnight: At,
    ) -> Result<CalleeFacts> {
        let lockout_h = self.settings(tenant).await?.compliance.lockout_h;
        let lockout_ms = i64::from(lockout_h) * 3_600_000;
        let ask = Ask { tenant, phone, caller_id, trunk, campaign: None, at: now, midnight, lockout_ms, but: None };
        Ok(CalleeFacts { dial: dial::facts(&self.read(), &ask).await?, known: self.caller_facts(tenant, phone, now).await? })
    }

    async fn last_agent(&self, tenant: TenantId, phone: &str, now: At) -> Result<Option<AgentId>> {
        // Each half by an index of its own.
        let half = |far: &str| {
            format!(
                "SELECT agent_id, started_at FROM calls WHERE tenant_id = ? AND {far} = ? AND started_at > ? AND agent_id IS NOT NULL"
            )
        };
        let sql = format!(
            "SELECT agent_id FROM ({} AND direction = 'inbound' UNION ALL {} AND direction = 'outbound') talked \
             ORDER BY started_at DESC LIMIT 1",
            half("caller"),
            half("called")
        );
        let (phone, since) = (phone.to_string(), now.plus_ms(-CALLBACK_MS));
        self.read().cell(Sql::new(sql, cells![tenant, phone, since, tenant, phone, since])).await
    }
}
