//! 名单与结果: one row a lead, its own columns in the campaign's order.

use super::{Cell, Download, Format, PAGE, Writer, home_zone, number_text, require_export, time_text, value_text};
use crate::{Actor, DeskError, Result, audit};
use model::record::{Attempt, Campaign, Lead, LeadState};
use model::{CampaignId, Carrier, LeadId};
use serde_json::json;
use std::collections::BTreeMap;
use store::{LeadFilter, PageQuery, Store};

const fn state_zh(state: LeadState) -> &'static str {
    match state {
        LeadState::Ready => "待呼",
        LeadState::Leased => "已领取",
        LeadState::Dialing => "呼叫中",
        LeadState::Retry => "待重呼",
        LeadState::Done => "已完成",
        LeadState::Exhausted => "未接通",
        LeadState::Excluded => "已排除",
        LeadState::Expired => "已过期",
    }
}

const fn carrier_zh(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Mobile => "移动",
        Carrier::Unicom => "联通",
        Carrier::Telecom => "电信",
        Carrier::Broadnet => "广电",
        Carrier::Unknown => "",
    }
}

async fn campaign_of(store: &Store, actor: &Actor, id: CampaignId) -> Result<Campaign> {
    store.campaign(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("外呼任务", "campaign"))
}

/// The list as it stands.
///
/// # Errors
/// No right, no such campaign, the disk.
pub async fn leads(store: &Store, actor: &Actor, id: CampaignId, filter: &LeadFilter, format: Format) -> Result<Download> {
    export(store, actor, id, filter, format, false).await
}

/// Leads with what came of them: result, and when, how long and how often it was reached (H4).
///
/// # Errors
/// No right, no such campaign, the disk.
pub async fn results(store: &Store, actor: &Actor, id: CampaignId, filter: &LeadFilter, format: Format) -> Result<Download> {
    export(store, actor, id, filter, format, true).await
}

async fn export(
    store: &Store,
    actor: &Actor,
    id: CampaignId,
    filter: &LeadFilter,
    format: Format,
    with_attempts: bool,
) -> Result<Download> {
    require_export(actor)?;
    let campaign = campaign_of(store, actor, id).await?;
    let sheet = LeadSheet { actor, zone: home_zone(), with_attempts, campaign: &campaign };
    let stem = format!("{}-{}", campaign.name, if with_attempts { "结果" } else { "名单" });
    let mut out = Writer::create(format, &stem, &sheet.headers())?;
    let mut after = None;
    loop {
        let page = store.leads(actor.tenant, id, filter, PageQuery { after, limit: PAGE, count: false }).await?;
        let ids: Vec<LeadId> = page.items.iter().map(|l| l.id).collect();
        let mut attempts: BTreeMap<LeadId, Vec<Attempt>> = BTreeMap::new();
        if with_attempts {
            for attempt in store.attempts_of_leads(actor.tenant, &ids).await? {
                attempts.entry(attempt.lead_id).or_default().push(attempt);
            }
        }
        for lead in &page.items {
            out.cells(&sheet.cells(lead, attempts.get(&lead.id).map_or(&[], Vec::as_slice)))?;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let action = if with_attempts { "result.export" } else { "lead.export" };
    audit(store, actor, action, &format!("campaign:{id}"), json!({"rows": out.rows, "format": format})).await?;
    out.finish()
}

struct LeadSheet<'a> {
    actor: &'a Actor,
    zone: jiff::tz::TimeZone,
    with_attempts: bool,
    campaign: &'a Campaign,
}

impl LeadSheet<'_> {
    fn headers(&self) -> Vec<String> {
        let mut headers: Vec<String> = ["电话", "姓名", "归属地", "运营商"].map(String::from).to_vec();
        headers.extend(self.campaign.fields.iter().map(|f| f.label.clone()));
        headers.extend(["状态", "结果", "结果时间", "呼叫次数", "末次呼叫结果", "末次呼叫时间"].map(String::from));
        if self.with_attempts {
            headers.extend(["首次接听时间", "通话秒数", "主叫号码"].map(String::from));
        }
        headers.push("备注".into());
        headers
    }

    fn cells(&self, lead: &Lead, attempts: &[Attempt]) -> Vec<Cell> {
        let at = |at| Cell::Text(time_text(at, &self.zone));
        let result = |code: &str| {
            self.campaign.results.iter().find(|r| r.code == code).map_or_else(|| code.to_owned(), |r| r.label.clone())
        };
        let mut cells: Vec<Cell> = vec![
            number_text(self.actor, &lead.phone).into(),
            lead.name.as_str().into(),
            lead.region.as_str().into(),
            carrier_zh(lead.carrier).into(),
        ];
        cells.extend(self.campaign.fields.iter().map(|f| Cell::Text(value_text(lead.variables.get(&f.key)))));
        cells.extend([
            state_zh(lead.state).into(),
            lead.result.as_deref().map(result).unwrap_or_default().into(),
            at(lead.result_at),
            Cell::Number(f64::from(lead.attempts)),
            lead.last_disposition.map_or("", |d| d.label_zh()).into(),
            at(lead.last_attempt_at),
        ]);
        if self.with_attempts {
            let answered = || attempts.iter().filter(|a| a.answered_at.is_some());
            let talk_ms: i64 =
                answered().map(|a| a.ended_at.zip(a.answered_at).map_or(0, |(end, start)| end.since_ms(start))).sum();
            cells.extend([
                at(answered().next().and_then(|a| a.answered_at)),
                Cell::Number((talk_ms / 1000) as f64),
                attempts.last().map(|a| model::number::national(&a.caller_id)).unwrap_or_default().into(),
            ]);
        }
        cells.push(note_zh(lead.note.as_deref().unwrap_or("")).into());
        cells
    }
}

fn note_zh(note: &str) -> &str {
    match note {
        "removed" => "已删除",
        "blocked" => "黑名单",
        "exempt" => "免呼",
        "unwanted" => "标记骚扰",
        other => other,
    }
}
