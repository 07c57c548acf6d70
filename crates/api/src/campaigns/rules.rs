use super::view::load;
use crate::prelude::*;
use model::record::{Campaign, FlagReason, Number, stricter};
use model::settings::Compliance;
use model::{CampaignId, PhoneNumber, TenantId, number};

/// Whose rule it is that counts.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleFrom {
    /// Always, for everybody.
    House,
    Tenant,
    Task,
}

/// A rule in force.
#[derive(Serialize, ToSchema)]
pub struct RuleInForce {
    /// `hours`, `contact_per_day`, …
    key: &'static str,
    /// What holds; empty: no limit.
    value: String,
    from: RuleFrom,
}

/// A number of the pool, today.
#[derive(Serialize, ToSchema)]
pub struct PoolNumber {
    /// As the task names it.
    number: String,
    region: String,
    /// `free`, `resting`, `spent`, `flagged`, `gone`: no outbound number of the tenant any more.
    state: &'static str,
    resting_until: Option<At>,
    flag_reason: Option<FlagReason>,
    flag_note: String,
    calls_today: u32,
    /// 0: none.
    calls_per_day_max: u32,
    calls_24h: u32,
    answered_24h: u32,
}

#[derive(Serialize, ToSchema)]
pub struct RulesView {
    rules: Vec<RuleInForce>,
    pool: Vec<PoolNumber>,
}

/// The rules that hold for a campaign, each with whose it is, and its caller ids as they stand.
#[utoipa::path(get, path = "/campaigns/{id}/rules", responses((status = 200, body = RulesView)))]
pub async fn rules(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<RulesView>> {
    who.may(P::CampaignRead)?;
    let campaign = load(&api, &who, id).await?;
    let compliance = api.store().settings(who.tenant()).await?.compliance;
    let pool = pool(&api, who.tenant(), &campaign, &compliance).await?;
    Ok(Json(RulesView { rules: in_force(&campaign, &compliance), pool }))
}

fn in_force(campaign: &Campaign, c: &Compliance) -> Vec<RuleInForce> {
    use RuleFrom::{House, Task, Tenant};
    let task = &campaign.dial_rules;
    let fixed = |key, value: String, from| RuleInForce { key, value, from };
    let cap = |key, tenant: u32, task: u32| {
        let value = stricter(tenant, task);
        let from = if task > 0 && value == task && value != tenant { Task } else { Tenant };
        fixed(key, if value == 0 { String::new() } else { value.to_string() }, from)
    };
    // The longer spares a number more.
    let longer = |key, tenant: u32, task: u32| {
        let value = tenant.max(task);
        fixed(key, if value == 0 { String::new() } else { value.to_string() }, if task > tenant { Task } else { Tenant })
    };
    let asked = |on: bool| if on { "yes".to_owned() } else { String::new() };
    vec![
        fixed("hours", format!("{}–{}", c.hours_from, c.hours_to), Tenant),
        fixed("lists", "yes".into(), House),
        fixed("consent", asked(task.consent_required), Task),
        cap("contact_per_day", c.contact_per_day_max, task.contact_per_day_max),
        cap("number_per_24h", c.number_per_24h_max, task.number_per_24h_max),
        cap("number_per_5min", c.number_per_5min_max, task.number_per_5min_max),
        fixed("attempts", campaign.retry.attempts_max.to_string(), Task),
        cap("campaign_per_day", c.campaign_per_day_max, task.campaign_per_day_max),
        cap("caller_id_per_day", c.caller_id_per_day_max, task.caller_id_per_day_max),
        longer("caller_id_interval", c.caller_id_interval_s, task.caller_id_interval_s),
        cap("caller_id_rest_after", c.caller_id_rest_after, task.caller_id_rest_after),
        longer("caller_id_rest", c.caller_id_rest_min, task.caller_id_rest_min),
        fixed(
            "ring",
            (campaign.ring_ms_max.max(c.ring_ms_min) / 1000).to_string(),
            if campaign.ring_ms_max > c.ring_ms_min { Task } else { Tenant },
        ),
        fixed("lockout", if c.lockout_h == 0 { String::new() } else { c.lockout_h.to_string() }, Tenant),
        fixed("abandoned", c.abandoned_percent_max.to_string(), Tenant),
    ]
}

const HOUR_MS: i64 = 3_600_000;

async fn pool(api: &ApiState, tenant: TenantId, campaign: &Campaign, c: &Compliance) -> Answer<Vec<PoolNumber>> {
    let now = api.now();
    let since = model::calendar::midnight(now, number::HOME_ZONE).0.div_euclid(HOUR_MS);
    let numbers = api.store().numbers(tenant).await?;
    let hours = api.store().caller_id_hours(tenant, now.plus_ms(-24 * HOUR_MS)).await?;
    let uses = api.store().caller_id_uses(tenant).await?;
    let e164 = |raw: &str| PhoneNumber::parse(raw, "").map_or_else(|_| raw.to_owned(), |n| n.e164);
    let own = stricter(c.caller_id_per_day_max, campaign.dial_rules.caller_id_per_day_max);
    let view = |shown: &String| {
        let number: Option<&Number> = numbers.iter().find(|n| n.outbound && e164(&n.number) == *shown);
        let day = || hours.iter().filter(|h| h.caller_id == *shown);
        let calls_today = day().filter(|h| h.hour >= since).map(|h| h.calls).sum();
        let calls_per_day_max = stricter(own, number.map_or(0, |n| n.calls_per_day_max));
        let resting_until = uses.iter().find(|u| u.caller_id == *shown).map(|u| u.rest_until).filter(|until| *until > now);
        let state = match number {
            None => "gone",
            Some(n) if n.flag.at.is_some() => "flagged",
            Some(_) if calls_per_day_max > 0 && calls_today >= calls_per_day_max => "spent",
            Some(_) if resting_until.is_some() => "resting",
            Some(_) => "free",
        };
        PoolNumber {
            number: shown.clone(),
            region: number::region_name(shown).to_owned(),
            state,
            resting_until,
            flag_reason: number.and_then(|n| n.flag.reason),
            flag_note: number.map(|n| n.flag.note.clone()).unwrap_or_default(),
            calls_today,
            calls_per_day_max,
            calls_24h: day().map(|h| h.calls).sum(),
            answered_24h: day().map(|h| h.answered).sum(),
        }
    };
    Ok(campaign.caller_ids.iter().map(view).collect())
}
