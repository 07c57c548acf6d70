//! One lead by hand or from another system, while the campaign runs: at once, after a while, or within a time.

use super::{campaign, check_dedupe, why};
use crate::error::Issues;
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{CampaignStatus, LEAD_NUMBERS_MAX, Lead, Permission};
use model::{AgentId, At, CampaignId, LeadListId, PhoneNumber, Vars};
use serde_json::json;
use store::{Dedupe, NewLead, Store, StoreError};

const MINUTES_MAX: u32 = 30 * 24 * 60;
const SOURCE_CHARS_MAX: usize = 128;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct LeadWish {
    /// As people write it; the further ones are tried in order.
    pub phone: String,
    pub phones: Vec<String>,
    pub default_area: String,
    pub name: String,
    pub variables: Vars,
    pub priority: i32,
    pub list_id: Option<LeadListId>,
    /// What the asking system knows it by: asked again, nothing is added.
    pub source_id: Option<String>,
    pub next_at: Option<At>,
    /// Not before so many minutes from now.
    pub after_minutes: Option<u32>,
    /// Called within so many minutes from when it may be called, before all others; after that it has expired.
    pub call_within_minutes: Option<u32>,
    pub agent_id: Option<AgentId>,
    pub dedupe: Dedupe,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Added {
    New(Lead),
    /// The source had asked for it before.
    Known(Lead),
}

/// # Errors
/// Every field that is wrong, 409 when the campaign is over, has the number, or a rule keeps repeats out.
pub async fn add(store: &Store, actor: &Actor, id: CampaignId, wish: LeadWish) -> Result<Added> {
    actor.require(Permission::LeadWrite)?;
    let campaign = campaign(store, actor, id).await?;
    let source = wish.source_id.clone();
    if let Some(source) = &source
        && let Some(known) = store.lead_by_source(actor.tenant, id, source).await?
    {
        return Ok(Added::Known(known));
    }
    if campaign.status == CampaignStatus::Stopped {
        return Err(DeskError::conflict("campaign_stopped", "任务已停止，不能再加名单", "the campaign has been stopped"));
    }
    let dedupe = wish.dedupe.clone();
    let at = now();
    let new = read(wish, at)?;
    check_dedupe(&dedupe)?;
    if let Some(agent) = new.agent_id
        && store.agent(actor.tenant, agent).await?.is_none()
    {
        return Err(DeskError::invalid(
            "agent_unknown",
            "agent_id",
            "没有这个坐席，请重新选择",
            "there is no such agent; choose again",
        ));
    }
    if !dedupe.is_empty() {
        let found = store.repeats(actor.tenant, id, std::slice::from_ref(&new.phone), &dedupe, at).await?;
        if let Some(repeat) = found.get(&new.phone) {
            let label = |code: &str| campaign.results.iter().find(|r| r.code == code).map_or(code, |r| &r.label).to_owned();
            let (zh, en) = why(repeat, label);
            return Err(DeskError { field: Some("phone".into()), ..DeskError::conflict("repeat", zh, en) });
        }
    }
    let lead = match (store.insert_lead(actor.tenant, id, new, at).await, source) {
        (Ok(lead), _) => lead,
        // The same source asked twice at once.
        (Err(StoreError::Duplicate { field }), Some(source)) if field == "source_id" => {
            let known = store.lead_by_source(actor.tenant, id, &source).await?;
            return known.map(Added::Known).ok_or_else(|| DeskError::not_found("名单", "lead"));
        }
        (Err(e), _) => return Err(e.into()),
    };
    let detail = json!({ "lead": lead.id, "phone": crate::access::mask(&lead.phone), "source_id": lead.source_id });
    audit(store, actor, "lead.create", &format!("campaign:{id}"), detail).await?;
    Ok(Added::New(lead))
}

fn read(wish: LeadWish, now: At) -> Result<NewLead> {
    let mut issues = Issues::default();
    let minutes = |n: Option<u32>| n.is_none_or(|n| (1..=MINUTES_MAX).contains(&n));
    let (zh, en) = ("分钟数须为 1–43200（30 天）", "1–43,200 minutes (30 days)");
    issues.unless(minutes(wish.after_minutes), "after_minutes", zh, en);
    issues.unless(minutes(wish.call_within_minutes), "call_within_minutes", zh, en);
    let twice = wish.next_at.is_some() && wish.after_minutes.is_some();
    issues.unless(!twice, "after_minutes", "after_minutes 和 next_at 只能填一个", "give after_minutes or next_at, not both");
    let named = wish.source_id.as_ref().is_none_or(|s| !s.trim().is_empty() && s.chars().count() <= SOURCE_CHARS_MAX);
    issues.unless(named, "source_id", "来源编号须为 1–128 个字", "an id of the source has 1–128 characters");
    let few = wish.phones.len() < LEAD_NUMBERS_MAX;
    issues.unless(few, "phones", "一个名单最多 10 个号码", "at most 10 numbers a lead");
    let mut parse = |field: String, text: &str| match PhoneNumber::parse(text, &wish.default_area) {
        Ok(number) => Some(number),
        Err(e) => {
            issues.add(field, e.zh(), e.to_string());
            None
        }
    };
    let first = parse("phone".into(), &wish.phone);
    let others: Vec<Option<PhoneNumber>> =
        (0..).zip(&wish.phones).take(LEAD_NUMBERS_MAX).map(|(i, text)| parse(format!("phones.{i}"), text)).collect();
    issues.done()?;
    let Some(first) = first else { return Err(DeskError::not_found("号码", "number")) };
    let minute = |n: u32| i64::from(n) * 60_000;
    let next_at = wish.next_at.or(wish.after_minutes.map(|n| now.plus_ms(minute(n))));
    let from = next_at.unwrap_or(now).max(now);
    let mut phones: Vec<String> = Vec::new();
    for other in others.into_iter().flatten() {
        if other.e164 != first.e164 && !phones.contains(&other.e164) {
            phones.push(other.e164);
        }
    }
    Ok(NewLead {
        list_id: wish.list_id,
        source_id: wish.source_id.map(|s| s.trim().to_owned()),
        region: first.region().into(),
        carrier: first.carrier(),
        phone: first.e164,
        phone_raw: wish.phone,
        phones,
        name: wish.name,
        variables: wish.variables,
        priority: wish.priority,
        import_id: None,
        next_at,
        expires_at: wish.call_within_minutes.map(|n| from.plus_ms(minute(n))),
        agent_id: wish.agent_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: At = At(1_790_000_000_000);

    fn wish() -> LeadWish {
        LeadWish { phone: "13800138000".into(), ..LeadWish::default() }
    }

    #[test]
    fn ninety_minutes_after_the_ticket_and_within_ten() {
        let at = |minutes: i64| NOW.plus_ms(minutes * 60_000);
        let times = |wish| read(wish, NOW).map(|n| (n.next_at, n.expires_at)).unwrap();
        assert_eq!(times(wish()), (None, None));
        assert_eq!(times(LeadWish { call_within_minutes: Some(5), ..wish() }), (None, Some(at(5))));
        let both = LeadWish { after_minutes: Some(90), call_within_minutes: Some(10), ..wish() };
        assert_eq!(times(both), (Some(at(90)), Some(at(100))), "the time runs from when it may be called");
    }

    #[test]
    fn numbers_stand_once_and_each_wrong_field_is_named() {
        let phones = ["138-0013-8000", "010-88886666", "+861088886666"].map(str::to_owned).to_vec();
        assert_eq!(read(LeadWish { phones, ..wish() }, NOW).unwrap().phones, ["+861088886666"]);
        let wrong = LeadWish {
            phone: "12".into(),
            phones: vec!["13900139000".into(), "abc".into()],
            source_id: Some(" ".into()),
            after_minutes: Some(0),
            next_at: Some(NOW),
            call_within_minutes: Some(99_999),
            ..LeadWish::default()
        };
        let fields: Vec<_> = read(wrong, NOW).unwrap_err().issues.into_iter().map(|i| i.field).collect();
        assert_eq!(fields, ["after_minutes", "call_within_minutes", "after_minutes", "source_id", "phone", "phones.1"]);
    }
}
