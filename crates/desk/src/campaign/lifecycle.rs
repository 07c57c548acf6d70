//! 草稿 → 待审批 → 已审批 → 运行中 ⇄ 已暂停 → 已停止 / 已完成.

use super::{check, load, target};
use crate::{Actor, DeskError, Result, audit, now};
use model::CampaignId;
use model::record::{Campaign, CampaignStatus as S, Permission as P};
use serde_json::json;
use store::{StatusChange, Store, StoreError};

struct Step<'a> {
    from: &'a [S],
    to: S,
    note: Option<String>,
    action: &'a str,
    /// What was asked, in Chinese and as an English participle.
    verb: (&'a str, &'a str),
}

async fn take(store: &Store, actor: &Actor, id: CampaignId, step: Step<'_>) -> Result<Campaign> {
    let change = StatusChange { from: step.from, to: step.to, by: actor.user, note: step.note.clone() };
    let campaign = match store.set_campaign_status(actor.tenant, id, change, now()).await {
        // Somebody pressed the same button a moment before.
        Err(StoreError::Conflict(_)) => return Err(wrong_state(&load(store, actor, id).await?, step.verb.0, step.verb.1)),
        done => done?,
    };
    audit(store, actor, step.action, &target(id), json!({"status": campaign.status, "note": step.note})).await?;
    Ok(campaign)
}

fn wrong_state(campaign: &Campaign, verb_zh: &str, verb_en: &str) -> DeskError {
    let state_zh = match campaign.status {
        S::Draft => "草稿",
        S::Pending => "待审批",
        S::Approved => "已审批",
        S::Running => "运行中",
        S::Paused => "已暂停",
        S::Stopped => "已停止",
        S::Finished => "已完成",
    };
    DeskError::conflict(
        "campaign_state",
        format!("任务当前为“{state_zh}”，不能{verb_zh}"),
        format!("the campaign is {}; it cannot be {verb_en}", campaign.status.code()),
    )
}

/// Asks for approval; where none is required the campaign is approved at once.
///
/// # Errors
/// No right, not a draft, or why it is not ready.
pub async fn submit(store: &Store, actor: &Actor, id: CampaignId) -> Result<Campaign> {
    actor.require(P::CampaignWrite)?;
    let campaign = load(store, actor, id).await?;
    if campaign.status != S::Draft {
        return Err(wrong_state(&campaign, "提交", "submitted"));
    }
    check::ready(store, actor, &campaign, false).await?;
    let pending = take(
        store,
        actor,
        id,
        Step { from: &[S::Draft], to: S::Pending, note: None, action: "campaign.submit", verb: ("提交", "submitted") },
    )
    .await?;
    if store.settings(actor.tenant).await?.compliance.approval_required {
        return Ok(pending);
    }
    let system = Actor { user: None, ..Actor::system(actor.tenant) };
    let note = Some("无需审批".to_owned());
    take(
        store,
        &system,
        id,
        Step { from: &[S::Pending], to: S::Approved, note, action: "campaign.approve", verb: ("审批", "approved") },
    )
    .await
}

/// # Errors
/// No right, nothing to approve, or the approver is the one who submitted.
pub async fn approve(store: &Store, actor: &Actor, id: CampaignId) -> Result<Campaign> {
    actor.require(P::CampaignApprove)?;
    let campaign = load(store, actor, id).await?;
    if campaign.status != S::Pending {
        return Err(wrong_state(&campaign, "审批", "approved"));
    }
    if store.settings(actor.tenant).await?.compliance.approval_by_other {
        // Whoever cannot be told from the submitter is not another person.
        let other = actor.user.is_some() && actor.user != campaign.submitted_by;
        if !other {
            return Err(DeskError::conflict(
                "approval_by_other",
                "不能审批自己提交的任务，请由另一位有审批权限的人员审批",
                "whoever submits may not approve; another person with the right must",
            ));
        }
    }
    check::ready(store, actor, &campaign, false).await?;
    take(
        store,
        actor,
        id,
        Step { from: &[S::Pending], to: S::Approved, note: None, action: "campaign.approve", verb: ("审批", "approved") },
    )
    .await
}

/// Back to draft, with the reason.
///
/// # Errors
/// No right, nothing to reject, or no reason.
pub async fn reject(store: &Store, actor: &Actor, id: CampaignId, note: &str) -> Result<Campaign> {
    actor.require(P::CampaignApprove)?;
    let campaign = load(store, actor, id).await?;
    if campaign.status != S::Pending {
        return Err(wrong_state(&campaign, "退回", "rejected"));
    }
    let note: String = note.trim().chars().take(500).collect();
    if note.is_empty() {
        return Err(DeskError::invalid("note_missing", "note", "请填写退回原因", "say why"));
    }
    take(
        store,
        actor,
        id,
        Step { from: &[S::Pending], to: S::Draft, note: Some(note), action: "campaign.reject", verb: ("退回", "rejected") },
    )
    .await
}

/// A finished campaign may start again when numbers were added.
///
/// # Errors
/// No right, not approved, or why it is not ready.
pub async fn start(store: &Store, actor: &Actor, id: CampaignId) -> Result<Campaign> {
    actor.require(P::CampaignControl)?;
    let campaign = load(store, actor, id).await?;
    match campaign.status {
        S::Approved | S::Finished => {}
        S::Draft if !store.settings(actor.tenant).await?.compliance.approval_required => {
            submit(store, actor, id).await?;
        }
        S::Draft | S::Pending => {
            return Err(DeskError::conflict(
                "approval_missing",
                "任务还没有通过审批，请先提交审批",
                "the campaign is not approved; submit it for approval first",
            ));
        }
        S::Running | S::Paused | S::Stopped => return Err(wrong_state(&campaign, "启动", "started")),
    }
    check::ready(store, actor, &campaign, true).await?;
    take(
        store,
        actor,
        id,
        Step {
            from: &[S::Approved, S::Finished],
            to: S::Running,
            note: None,
            action: "campaign.start",
            verb: ("启动", "started"),
        },
    )
    .await
}

/// No new calls; those that are up go on.
///
/// # Errors
/// No right, or not running.
pub async fn pause(store: &Store, actor: &Actor, id: CampaignId) -> Result<Campaign> {
    control(store, actor, id, &[S::Running], S::Paused, ("暂停", "paused"), "campaign.pause").await
}

/// # Errors
/// No right, not paused, or why it is not ready.
pub async fn resume(store: &Store, actor: &Actor, id: CampaignId) -> Result<Campaign> {
    actor.require(P::CampaignControl)?;
    let campaign = load(store, actor, id).await?;
    if campaign.status == S::Paused {
        check::ready(store, actor, &campaign, false).await?;
    }
    control(store, actor, id, &[S::Paused], S::Running, ("继续", "resumed"), "campaign.resume").await
}

/// For good: a stopped campaign is copied to run again.
///
/// # Errors
/// No right, or not under way.
pub async fn stop(store: &Store, actor: &Actor, id: CampaignId) -> Result<Campaign> {
    control(store, actor, id, &[S::Approved, S::Running, S::Paused], S::Stopped, ("停止", "stopped"), "campaign.stop").await
}

async fn control(
    store: &Store,
    actor: &Actor,
    id: CampaignId,
    from: &[S],
    to: S,
    verb: (&str, &str),
    action: &str,
) -> Result<Campaign> {
    actor.require(P::CampaignControl)?;
    let campaign = load(store, actor, id).await?;
    if !from.contains(&campaign.status) {
        return Err(wrong_state(&campaign, verb.0, verb.1));
    }
    take(store, actor, id, Step { from, to, note: None, action, verb }).await
}
