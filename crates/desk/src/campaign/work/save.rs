//! An agent's work on a call: kept while they talk, and closed with an outcome and what follows from it.

use super::answer;
use crate::appointment::{HOLD_MS, ahead};
use crate::error::Issues;
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{
    Agent, Appointment, AppointmentState, CallWork, Campaign, CampaignStatus, Confirmation, Follow, Lead, LeadState, OutcomeDef,
    Permission, Refusal, Summary,
};
use model::{At, CallId, CustomerId, Vars, WorkId};
use serde_json::json;
use store::{NewListEntry, Store, TakenDown, WorkSave};

const MINUTE_MS: i64 = 60_000;
/// Calls are written up within a day.
const REOPEN_MS: i64 = 24 * 60 * MINUTE_MS;
const DRAFT_BYTES_MAX: usize = 64 * 1024;

/// Whom the agent talks with, and for what.
#[derive(Clone, Debug)]
pub struct Front {
    pub campaign: Campaign,
    pub lead: Lead,
    pub call: CallId,
    /// 二次确认: what came of it up to now, as the call itself knows it.
    pub confirmation: Option<Confirmation>,
}

/// The campaign calls nobody any more. One that has just finished goes on when somebody is to be called again.
pub fn over(campaign: &Campaign, now: At) -> bool {
    match campaign.status {
        CampaignStatus::Stopped => true,
        CampaignStatus::Finished => now.since_ms(campaign.finished_at.unwrap_or(now)) > REOPEN_MS,
        _ => false,
    }
}

/// 回呼: when, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallbackWish {
    pub at: At,
    pub mine: bool,
}

/// What an agent writes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkWish {
    pub path: Vec<String>,
    pub answers: Vars,
    pub form: Vars,
    /// Empty: none chosen.
    pub outcome: String,
    pub callback: Option<CallbackWish>,
    pub refusal: Option<Refusal>,
    pub note: String,
    pub customer_id: Option<CustomerId>,
    pub next_contact_at: Option<At>,
    /// Close it; otherwise it is a draft.
    pub done: bool,
}

/// A later one replaces what the agent wrote about the call before. Whether the call is theirs has been looked at.
///
/// # Errors
/// Every answer, field and choice that is wrong or missing; the right is missing.
pub async fn save(store: &Store, actor: &Actor, agent: &Agent, front: &Front, mut wish: WorkWish) -> Result<CallWork> {
    actor.require(Permission::DeskUse)?;
    let asked = &front.campaign.agent_work;
    wish.path.retain(|id| asked.script.iter().any(|p| p.id == *id));
    wish.path.truncate(200);
    answer::known(asked, &mut wish.answers, &mut wish.form);
    let bytes = json!([wish.answers, wish.form]).to_string().len();
    if bytes > DRAFT_BYTES_MAX {
        return Err(DeskError::invalid(
            "invalid",
            "answers",
            "填写内容合计不超过 64 KB",
            "answers and form are larger than 64 KB",
        ));
    }
    let at = now();
    if !wish.done {
        let work = work(store, agent, front, &wish, at);
        return Ok(store
            .save_work(&WorkSave { work, answers: vec![], summary: None, appointment: None, exempt: None, reopen: false })
            .await?);
    }
    let mut issues = Issues::default();
    let said = answer::check(asked, &mut wish.answers, &mut wish.form, &mut issues);
    let outcome = asked.outcomes.iter().find(|o| o.code == wish.outcome);
    missing(front, outcome, &wish, &mut issues);
    let label = chosen(store, actor, outcome, front, &wish, &mut issues).await?;
    times(front, outcome, &wish, at, &mut issues);
    issues.done()?;
    let save = closed(store, agent, front, &wish, outcome, &label, said, at);
    let stored = store.save_work(&save).await?;
    let detail = json!({
        "lead": front.lead.id, "outcome": stored.outcome, "result": stored.result, "callback_at": stored.callback_at,
        "refusal": stored.refusal,
    });
    audit(store, actor, "work.save", &format!("call:{}", front.call), detail).await?;
    if save.exempt.is_some() {
        audit(store, actor, "list.add", "list:exempt", json!({"lead": front.lead.id, "call": front.call})).await?;
    }
    Ok(stored)
}

/// As it stands while nothing follows from it.
fn work(store: &Store, agent: &Agent, front: &Front, wish: &WorkWish, at: At) -> CallWork {
    CallWork {
        id: store.new_id::<WorkId>(at),
        tenant_id: agent.tenant_id,
        campaign_id: front.campaign.id,
        lead_id: front.lead.id,
        call_id: front.call,
        agent_id: agent.id,
        path: wish.path.clone(),
        answers: wish.answers.clone(),
        form: wish.form.clone(),
        outcome: String::new(),
        outcome_label: String::new(),
        confirmed: front.confirmation == Some(Confirmation::Pressed),
        callback_at: None,
        callback_mine: false,
        refusal: None,
        result: None,
        lead_state: None,
        lead_note: None,
        next_at: None,
        final_at: None,
        updated_at: at,
    }
}

/// What the outcome asks for and is not there.
fn missing(front: &Front, outcome: Option<&OutcomeDef>, wish: &WorkWish, issues: &mut Issues) {
    let asked = &front.campaign.agent_work;
    let Some(outcome) = outcome else { return };
    if outcome.needs_answers {
        let questions = answer::came_by(asked, &wish.path).into_iter().flat_map(|p| &p.questions);
        for q in questions.filter(|q| q.required && !wish.answers.contains_key(&q.key)) {
            issues.add(format!("answers.{}", q.key), format!("还没有问：{}", q.label), format!("not asked yet: {}", q.label));
        }
    }
    if outcome.needs_form {
        for f in asked.form.iter().filter(|f| f.required && !wish.form.contains_key(&f.key)) {
            issues.add(format!("form.{}", f.key), format!("请填写“{}”", f.label), format!("fill in {}", f.label));
        }
    }
    issues.unless(
        !outcome.needs_note || !wish.note.trim().is_empty(),
        "note",
        "这个处理结果须写备注",
        "this outcome needs a note",
    );
    if matches!(outcome.then, Follow::Refuse) {
        let zh = "请选择：只是本任务不再呼叫，还是以后都不再呼叫";
        issues.unless(wish.refusal.is_some(), "refusal", zh, "say whether this task or nobody calls again");
    }
    if matches!(outcome.then, Follow::Confirm { .. }) {
        unconfirmed(front.confirmation, issues);
    }
}

/// Only the customer's own key confirms.
fn unconfirmed(confirmation: Option<Confirmation>, issues: &mut Issues) {
    let (zh, en) = match confirmation {
        Some(Confirmation::Pressed) => return,
        None => ("请先转客户做二次确认", "send the customer into the confirmation first"),
        Some(Confirmation::Running) => {
            ("二次确认还在进行中，请等客户按键", "the confirmation is under way; wait for the customer")
        }
        Some(Confirmation::Missed) => (
            "客户没有按键确认，请再转一次，或选择别的处理结果",
            "the customer did not confirm; send them again, or choose another outcome",
        ),
    };
    issues.add("confirmed", zh, en);
}

/// The label of what was chosen: of the campaign's outcomes where it has some, of the tenant's otherwise.
async fn chosen(
    store: &Store,
    actor: &Actor,
    outcome: Option<&OutcomeDef>,
    front: &Front,
    wish: &WorkWish,
    issues: &mut Issues,
) -> Result<String> {
    if let Some(id) = wish.customer_id {
        let known = store.customer(actor.tenant, id).await?.is_some();
        let zh = "没有这个客户，可能已被删除";
        issues.unless(known, "customer_id", zh, "there is no such customer; they may have been deleted");
    }
    if let Some(outcome) = outcome {
        return Ok(outcome.label.clone());
    }
    let none_of_ours = front.campaign.agent_work.outcomes.is_empty();
    if none_of_ours && wish.outcome.is_empty() {
        return Ok(String::new());
    }
    let own = store.settings(actor.tenant).await?.customers.dispositions.into_iter().find(|d| d.code == wish.outcome);
    match own.filter(|_| none_of_ours) {
        Some(choice) => Ok(choice.name),
        None => {
            issues.add("outcome", "请选择处理结果", "choose an outcome");
            Ok(String::new())
        }
    }
}

fn times(front: &Front, outcome: Option<&OutcomeDef>, wish: &WorkWish, at: At, issues: &mut Issues) {
    issues.unless(wish.note.chars().count() <= 2_000, "note", "小结不能超过 2000 个字", "a note has at most 2,000 characters");
    let fits = wish.next_contact_at.is_none_or(|due| ahead(due, at));
    issues.unless(fits, "next_contact_at", "下次联系时间须在现在之后、90 天之内", "the next contact lies within 90 days ahead");
    if !outcome.is_some_and(|o| matches!(o.then, Follow::Callback)) {
        return;
    }
    let Some(callback) = wish.callback else {
        return issues.add("callback.at", "请选择回呼时间", "say when to call back");
    };
    issues.unless(
        ahead(callback.at, at),
        "callback.at",
        "回呼时间须在现在之后、90 天之内",
        "the callback lies within 90 days ahead",
    );
    let over = over(&front.campaign, at);
    let zh = "任务已结束，不会再自动呼叫，只能约给自己";
    issues.unless(callback.mine || !over, "callback.mine", zh, "the campaign is over: only you yourself can call back");
}

/// What becomes of the lead.
fn fate(work: &mut CallWork, outcome: &OutcomeDef, wish: &WorkWish, at: At) {
    work.result.clone_from(&outcome.result);
    let (state, next_at, note) = match &outcome.then {
        Follow::Settle | Follow::Confirm { .. } => (LeadState::Done, None, None),
        Follow::Retry { minutes } => (LeadState::Retry, Some(at.plus_ms(i64::from(*minutes) * MINUTE_MS)), None),
        Follow::Callback => {
            let due = wish.callback.map(|c| c.at.plus_ms(if c.mine { HOLD_MS } else { 0 }));
            (LeadState::Retry, due, None)
        }
        Follow::Refuse => (LeadState::Excluded, None, Some("refused")),
        Follow::WrongNumber => (LeadState::Excluded, None, Some("wrong_number")),
    };
    work.lead_state = Some(state);
    work.next_at = next_at;
    work.lead_note = note.map(str::to_owned);
}

#[expect(clippy::too_many_arguments, reason = "the parts of one save, each looked at before")]
fn closed(
    store: &Store,
    agent: &Agent,
    front: &Front,
    wish: &WorkWish,
    outcome: Option<&OutcomeDef>,
    label: &str,
    said: Vec<TakenDown>,
    at: At,
) -> WorkSave {
    let mut work = work(store, agent, front, wish, at);
    work.final_at = Some(at);
    work.outcome.clone_from(&wish.outcome);
    work.outcome_label = label.to_owned();
    let then = outcome.map(|o| &o.then);
    let callback = wish.callback.filter(|_| matches!(then, Some(Follow::Callback)));
    work.callback_at = callback.map(|c| c.at);
    work.callback_mine = callback.is_some_and(|c| c.mine);
    work.refusal = wish.refusal.filter(|_| matches!(then, Some(Follow::Refuse)));
    if let Some(outcome) = outcome {
        fate(&mut work, outcome, wish, at);
    }
    let exempt = work.refusal.filter(|r| *r == Refusal::All).map(|_| NewListEntry {
        phone: front.lead.phone.clone(),
        reason: format!("{}：客户拒绝再呼", front.campaign.name).chars().take(200).collect(),
        expires_at: None,
    });
    let again = work.lead_state == Some(LeadState::Retry);
    let reopen = again && front.campaign.status == CampaignStatus::Finished && !over(&front.campaign, at);
    let due = callback.or(wish.next_contact_at.map(|at| CallbackWish { at, mine: true }));
    WorkSave {
        answers: said,
        summary: Some(summary(store, &work, wish, due.map(|d| d.at), at)),
        appointment: due.map(|due| appointment(store, &work, front, wish, due, at)),
        exempt,
        reopen,
        work,
    }
}

fn summary(store: &Store, work: &CallWork, wish: &WorkWish, next_contact_at: Option<At>, at: At) -> Summary {
    Summary {
        id: store.new_id(at),
        tenant_id: work.tenant_id,
        call_id: work.call_id,
        agent_id: work.agent_id,
        customer_id: wish.customer_id,
        disposition: work.outcome.clone(),
        label: work.outcome_label.clone(),
        note: wish.note.trim().to_owned(),
        next_contact_at,
        created_at: at,
        updated_at: at,
    }
}

fn appointment(store: &Store, work: &CallWork, front: &Front, wish: &WorkWish, due: CallbackWish, at: At) -> Appointment {
    Appointment {
        id: store.new_id(at),
        tenant_id: work.tenant_id,
        campaign_id: Some(work.campaign_id),
        lead_id: Some(work.lead_id),
        customer_id: wish.customer_id,
        call_id: work.call_id,
        agent_id: work.agent_id,
        mine: due.mine,
        phone: front.lead.phone.clone(),
        name: front.lead.name.clone(),
        note: wish.note.trim().chars().take(500).collect(),
        due_at: due.at,
        state: AppointmentState::Due,
        dialled_at: None,
        done_at: None,
        created_at: at,
    }
}
