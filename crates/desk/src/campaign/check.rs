//! What must hold of a campaign: when it is saved, and when it is submitted or started.

use super::{CampaignDraft, agents, rules};
use crate::error::Issues;
use crate::{Actor, Result};
use model::record::{Campaign, DialMode, FieldDef, Follow, RetryRule};
use std::collections::BTreeSet;
use store::Store;

/// What can be told from the draft alone.
pub(super) fn shape(draft: &CampaignDraft) -> Result<()> {
    let mut issues = Issues::default();
    issues.unless((1..=80).contains(&draft.name.chars().count()), "name", "任务名称 1–80 个字符", "a name has 1–80 characters");
    issues.unless(
        draft.description.chars().count() <= 2000,
        "description",
        "说明最多 2000 个字符",
        "a description has at most 2,000 characters",
    );
    issues.unless((1..=10_000).contains(&draft.concurrency_max), "concurrency_max", "最大并发 1–10000", "1–10,000 calls at once");
    let cps = draft.calls_per_second_max;
    issues.unless((0.1..=1000.0).contains(&cps), "calls_per_second_max", "每秒呼叫数 0.1–1000", "0.1–1,000 calls per second");
    issues.unless((15_000..=120_000).contains(&draft.ring_ms_max), "ring_ms_max", "振铃时长 15–120 秒", "ringing lasts 15–120 s");
    if let Err(e) = draft.schedule.validate() {
        issues.add("schedule", format!("呼叫时间有误：{e}"), format!("schedule: {e}"));
    }
    agents::shape(draft, &mut issues);
    retry(draft, &mut issues);
    fields(&draft.fields, &mut issues);
    results(draft, &mut issues);
    super::work::check(&draft.agent_work, &draft.results, &mut issues);
    rules::shape(draft, &mut issues);
    super::booking::shape(draft, &mut issues);
    let vars = serde_json::to_string(&draft.variables).map_or(usize::MAX, |t| t.len());
    issues.unless(vars <= 64 * 1024, "variables", "任务变量总长不超过 64 KB", "the variables are larger than 64 KB");
    issues.done()
}

fn retry(draft: &CampaignDraft, issues: &mut Issues) {
    let policy = &draft.retry;
    issues.unless((1..=20).contains(&policy.attempts_max), "retry.attempts_max", "每个号码最多呼叫 1–20 次", "1–20 attempts");
    let fits = |r: &RetryRule| (1..=20).contains(&r.attempts_max) && (1..=2_592_000).contains(&r.delay_s);
    for (disposition, rule) in &policy.rules {
        let field = format!("retry.rules.{}", disposition.code());
        issues.unless(fits(rule), &field, "重呼次数 1–20，间隔 1 秒到 30 天", "1–20 attempts, 1 s to 30 days apart");
    }
    issues.unless(
        policy.no_result.as_ref().is_none_or(fits),
        "retry.no_result",
        "重呼次数 1–20，间隔 1 秒到 30 天",
        "1–20 attempts, 1 s to 30 days apart",
    );
}

/// Letters of any script, digits and `_`; not one of the lead's own columns.
pub(crate) fn key_is_valid(key: &str) -> bool {
    let own = ["phone", "name", "region", "carrier", "id"];
    let first = key.chars().next();
    (1..=40).contains(&key.chars().count())
        && first.is_some_and(|c| !c.is_numeric())
        && key.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !own.contains(&key)
}

fn fields(fields: &[FieldDef], issues: &mut Issues) {
    issues.unless(fields.len() <= 100, "fields", "自定义字段最多 100 个", "at most 100 fields");
    let mut seen = BTreeSet::new();
    for (i, field) in fields.iter().enumerate() {
        let at = format!("fields.{i}.key");
        issues.unless(
            key_is_valid(&field.key),
            &at,
            "字段名只能用字母、汉字、数字和下划线，不以数字开头，不能叫 phone、name、region、carrier、id",
            "a key has letters, digits and _, does not begin with a digit and is not phone, name, region, carrier or id",
        );
        issues.unless(seen.insert(&field.key), &at, "字段名重复", "the key occurs twice");
        issues.unless(
            (1..=60).contains(&field.label.chars().count()),
            &format!("fields.{i}.label"),
            "字段标题 1–60 个字符",
            "a label has 1–60 characters",
        );
    }
}

fn results(draft: &CampaignDraft, issues: &mut Issues) {
    issues.unless(draft.results.len() <= 50, "results", "结果最多 50 个", "at most 50 results");
    let mut seen = BTreeSet::new();
    for (i, result) in draft.results.iter().enumerate() {
        let at = format!("results.{i}.code");
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let valid = (1..=40).contains(&result.code.len()) && result.code.chars().all(plain);
        issues.unless(valid, &at, "结果代码用小写字母、数字和下划线", "a result code has lower-case letters, digits and _");
        issues.unless(seen.insert(&result.code), &at, "结果代码重复", "the code occurs twice");
        issues.unless(
            (1..=40).contains(&result.label.chars().count()),
            &format!("results.{i}.label"),
            "结果名称 1–40 个字符",
            "a label has 1–40 characters",
        );
    }
}

/// Shape, and that what it names is the tenant's own.
pub(super) async fn draft(store: &Store, actor: &Actor, draft: &CampaignDraft) -> Result<()> {
    shape(draft)?;
    let mut issues = Issues::default();
    for (field, id) in agents::flows(draft) {
        if store.flow(actor.tenant, id).await?.is_none() {
            issues.add(field, "所选流程不存在，请重新选择", "no such flow; choose another");
        }
    }
    agents::group(store, actor, draft, &mut issues).await?;
    confirmations(store, actor, draft, &mut issues).await?;
    caller_ids(store, actor, &draft.caller_ids, &mut issues).await?;
    rules::against(draft, &store.settings(actor.tenant).await?.compliance, &mut issues);
    let trunks: BTreeSet<_> = store.trunks(actor.tenant).await?.into_iter().map(|t| t.id).collect();
    for (i, id) in draft.trunk_ids.iter().enumerate() {
        issues.unless(
            trunks.contains(id),
            &format!("trunk_ids.{i}"),
            "所选中继不存在，请重新选择",
            "no such trunk; choose another",
        );
    }
    issues.done()
}

/// Flows that agents send customers into.
async fn confirmations(store: &Store, actor: &Actor, draft: &CampaignDraft, issues: &mut Issues) -> Result<()> {
    for (i, outcome) in draft.agent_work.outcomes.iter().enumerate() {
        let Follow::Confirm { flow } = outcome.then else { continue };
        let field = format!("agent_work.outcomes.{i}.then.flow");
        let Some(version) = store.flow(actor.tenant, flow).await?.and_then(|f| f.published_version) else {
            let zh = "二次确认的流程不存在或还没有发布，请重新选择";
            issues.add(field, zh, "the flow of the confirmation is unknown or not published; choose another");
            continue;
        };
        // A result is what tells that the customer confirmed: without one nobody ever would.
        let stored = store.flow_version(actor.tenant, flow, version).await?;
        let confirms = stored.is_some_and(|v| flow::Flow::parse(&v.doc).is_ok_and(|doc| !doc.results().is_empty()));
        let zh = "二次确认的流程里，客户按确认键后要用“赋值”节点写入结果，否则无法知道客户已确认";
        let en = "the flow of the confirmation has to set a result once the customer pressed the key, or nobody ever confirms";
        issues.unless(confirms, &field, zh, en);
    }
    Ok(())
}

/// B4: only numbers allocated to the tenant may be shown.
async fn caller_ids(store: &Store, actor: &Actor, wanted: &[String], issues: &mut Issues) -> Result<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let normal = |raw: &str| model::PhoneNumber::parse(raw, "").map_or_else(|_| raw.to_owned(), |n| n.e164);
    let own: BTreeSet<String> =
        store.numbers(actor.tenant).await?.into_iter().filter(|n| n.outbound).map(|n| normal(&n.number)).collect();
    for (i, caller) in wanted.iter().enumerate() {
        issues.unless(
            own.contains(&normal(caller)),
            &format!("caller_ids.{i}"),
            "主叫号码不在本单位的外显号码中，请先在“号码”里登记并允许外呼",
            "this number is not one of the tenant's outbound numbers; add it under numbers first",
        );
    }
    Ok(())
}

/// What must hold before people are called: saved state is checked again, since flows and numbers may have changed since.
pub(super) async fn ready(store: &Store, actor: &Actor, campaign: &Campaign, with_leads: bool) -> Result<()> {
    let written = CampaignDraft::of(campaign);
    draft(store, actor, &written).await?;
    let mut issues = Issues::default();
    agents::ready(store, actor, campaign, &mut issues).await?;
    for (field, id) in agents::flows(&written) {
        let Some(version) = store.flow(actor.tenant, id).await?.and_then(|f| f.published_version) else {
            issues.add(field, "流程还没有发布，请先发布流程", "the flow is not published; publish it first");
            continue;
        };
        let stored = store.flow_version(actor.tenant, id, version).await?;
        match stored.as_ref().map(|v| flow::Flow::parse(&v.doc)) {
            Some(Ok(flow)) => {
                let reaches = field != "flow_id" || campaign.mode != DialMode::PlayAgent || !flow.queues().is_empty();
                issues.unless(
                    reaches,
                    field,
                    "“语音+坐席”的流程里要有“排队”节点，否则无人能转到坐席",
                    "the flow of this mode needs a queue node, or nobody reaches an agent",
                );
                let known: BTreeSet<&str> = campaign.results.iter().map(|r| r.code.as_str()).collect();
                let missing: Vec<String> = flow.results().iter().filter(|r| !known.contains(r.as_str())).cloned().collect();
                if !missing.is_empty() {
                    let list = missing.join("、");
                    issues.add(
                        "results",
                        format!("流程会写入结果 {list}，请在任务的“结果”里加上"),
                        format!("the flow sets {list}; add it to the campaign's results"),
                    );
                }
            }
            _ => issues.add(
                field,
                "流程文档有错误，请在流程编辑里修正后重新发布",
                "the flow has errors; correct and publish it again",
            ),
        }
    }
    // Its people come by appointment, while it runs.
    let with_leads = with_leads && campaign.mode != DialMode::Appointment;
    if with_leads && store.campaign_progress(actor.tenant, campaign.id).await?.leads == 0 {
        issues.add("leads", "名单是空的，请先导入号码", "there is nobody to call; import numbers first");
    }
    issues.done()
}
