//! What must hold of a task whose calls are for agents: its group, how it dials for them, and a flow where its mode has one.

use super::CampaignDraft;
use crate::error::Issues;
use crate::{Actor, Result};
use model::FlowId;
use model::record::{Campaign, DialMode, Pacing, PreviewEnd};
use store::Store;

/// A mode whose callees hear a flow before, or instead of, a person.
pub(super) const fn needs_flow(mode: DialMode) -> bool {
    matches!(mode, DialMode::Ivr | DialMode::PlayAgent)
}

/// The flows a draft names, with their fields. One that its mode does not need may be left out.
pub(super) fn flows(draft: &CampaignDraft) -> Vec<(&'static str, FlowId)> {
    let needed = needs_flow(draft.mode) || super::booking::rings(draft);
    let own = (draft.flow_id != FlowId(0) || needed).then_some(("flow_id", draft.flow_id));
    own.into_iter().chain(draft.callback_flow_id.map(|id| ("callback_flow_id", id))).collect()
}

pub(super) fn shape(draft: &CampaignDraft, issues: &mut Issues) {
    if draft.mode.has_agents() {
        issues.unless(
            draft.queue_id.is_some(),
            "queue_id",
            "请选择由哪个坐席组接听",
            "choose the group whose agents take the calls",
        );
    }
    pacing("", &draft.pacing, issues);
}

/// `at`: what stands before `pacing` in the names of fields.
pub(super) fn pacing(at: &str, p: &Pacing, issues: &mut Issues) {
    let at = |field: &str| format!("{at}pacing.{field}");
    issues.unless((1.0..=10.0).contains(&p.ratio), &at("ratio"), "外呼倍率 1–10", "the ratio is 1–10");
    issues.unless(
        (0.5..=3.0).contains(&p.abandon_percent_max),
        &at("abandon_percent_max"),
        "呼损率上限 0.5%–3%",
        "the share of abandoned answers is 0.5–3 percent",
    );
    issues.unless(
        p.cancel_ms_min.is_none_or(|ms| (15_000..=60_000).contains(&ms)),
        &at("cancel_ms_min"),
        "主动取消前至少振铃 15 秒，最多 60 秒",
        "a call may be given up after 15–60 s of ringing",
    );
    issues.unless(
        (1..=20).contains(&p.lines_per_agent_max),
        &at("lines_per_agent_max"),
        "每位坐席同时占用的线路 1–20 路",
        "1–20 lines for each agent",
    );
    issues.unless(
        (500..=2_000).contains(&p.wait_ms_max),
        &at("wait_ms_max"),
        "接通后最多等待坐席 0.5–2 秒",
        "whoever answers waits for an agent for 0.5–2 s at most",
    );
    issues.unless(
        p.harbour.chars().count() <= 300,
        &at("harbour"),
        "致歉语最多 300 个字",
        "the message has at most 300 characters",
    );
    let counted = p.preview_end != PreviewEnd::Wait;
    issues.unless(
        !counted || (5_000..=600_000).contains(&p.preview_ms),
        &at("preview_ms"),
        "预览倒计时 5–600 秒",
        "the countdown is 5–600 s",
    );
    issues.unless(
        p.skips_per_hour_max.is_none_or(|n| n <= 1_000),
        &at("skips_per_hour_max"),
        "每小时最多跳过 0–1000 条",
        "0–1,000 skips an hour",
    );
}

/// Leads that belong to an agent wait for somebody who looks at them: a mode that dials by itself would leave them lying.
pub(super) async fn own_leads(store: &Store, actor: &Actor, before: &Campaign, mode: DialMode) -> Result<()> {
    if mode.shows_leads() || !before.mode.shows_leads() {
        return Ok(());
    }
    let own: u64 = store.assigned_counts(actor.tenant, before.id).await?.values().sum();
    let mut issues = Issues::default();
    issues.unless(
        own == 0,
        "mode",
        &format!("还有 {own} 个号码归坐席专拨，改成系统拨号后不会有人拨；请先在名单里取消分配"),
        &format!("{own} leads belong to an agent and nobody would call them; take them back first"),
    );
    issues.done()
}

/// The group is the tenant's own.
pub(super) async fn group(store: &Store, actor: &Actor, draft: &CampaignDraft, issues: &mut Issues) -> Result<()> {
    if let Some(queue) = draft.queue_id
        && store.queue(actor.tenant, queue).await?.is_none()
    {
        issues.add("queue_id", "所选坐席组不存在，请重新选择", "no such group; choose another");
    }
    Ok(())
}

/// Before people are called: somebody of the group may be given the calls.
pub(super) async fn ready(store: &Store, actor: &Actor, campaign: &Campaign, issues: &mut Issues) -> Result<()> {
    let Some(queue) = campaign.queue_id.filter(|_| campaign.mode.has_agents()) else { return Ok(()) };
    let outbound = store.members(actor.tenant, queue).await?.iter().any(|m| m.outbound);
    issues.unless(
        outbound,
        "queue_id",
        "该坐席组没有参与外呼的成员，请在坐席组的成员里打开“参与外呼”",
        "nobody of this group takes part in outbound tasks; switch it on for its members",
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(draft: &CampaignDraft) -> Vec<String> {
        let mut issues = Issues::default();
        shape(draft, &mut issues);
        issues.done().err().map(|e| e.issues.into_iter().map(|i| i.field).collect()).unwrap_or_default()
    }

    #[test]
    fn every_limit_names_its_field() {
        assert!(fields(&CampaignDraft::default()).is_empty());
        let pacing = Pacing {
            ratio: f64::NAN,
            abandon_percent_max: 3.1,
            cancel_ms_min: Some(14_999),
            lines_per_agent_max: 0,
            wait_ms_max: 2_001,
            harbour: "长".repeat(301),
            preview_end: PreviewEnd::Dial,
            preview_ms: 4_999,
            skips_per_hour_max: Some(1_001),
            blended: true,
            best_hour: true,
        };
        let draft = CampaignDraft { mode: DialMode::Predictive, pacing, ..CampaignDraft::default() };
        let wanted = [
            "queue_id",
            "pacing.ratio",
            "pacing.abandon_percent_max",
            "pacing.cancel_ms_min",
            "pacing.lines_per_agent_max",
            "pacing.wait_ms_max",
            "pacing.harbour",
            "pacing.preview_ms",
            "pacing.skips_per_hour_max",
        ];
        assert_eq!(fields(&draft), wanted);
    }

    #[test]
    fn a_flow_is_asked_for_where_one_is_heard() {
        let draft = |mode| CampaignDraft { mode, ..CampaignDraft::default() };
        assert!(flows(&draft(DialMode::Predictive)).is_empty());
        assert_eq!(flows(&draft(DialMode::PlayAgent)), [("flow_id", FlowId(0))]);
    }
}
