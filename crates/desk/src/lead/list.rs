//! 名单 of a campaign: made, weighed, filtered, taken from what came of a campaign, removed.

use super::{campaign, check_dedupe};
use crate::error::Issues;
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{LeadList, ListFilter, ListOrigin, Permission};
use model::{CampaignId, LeadListId};
use serde_json::json;
use store::{Dedupe, LeadFilter, LeadsCopied, Store};

const LISTS_MAX: usize = 200;

/// What a person writes of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListWish {
    pub name: String,
    pub weight: u32,
    pub priority: i32,
    pub enabled: bool,
    pub filter: ListFilter,
}

/// Numbers chosen by what came of them.
#[derive(Clone, Debug)]
pub struct FromResults {
    pub from: CampaignId,
    pub filter: LeadFilter,
    pub dedupe: Dedupe,
}

/// # Errors
/// Every field that is wrong; the right is missing; too many lists.
pub async fn create(
    store: &Store,
    actor: &Actor,
    id: CampaignId,
    wish: ListWish,
    (origin, note): (ListOrigin, &str),
) -> Result<LeadList> {
    actor.require(Permission::LeadWrite)?;
    campaign(store, actor, id).await?;
    let wish = check(wish)?;
    let lists = store.lead_lists(actor.tenant, id).await?;
    free(&lists, &wish.name, None)?;
    if lists.len() >= LISTS_MAX {
        return Err(DeskError::conflict(
            "lists_many",
            "一个任务最多 200 个名单，请先删除不用的",
            "at most 200 lists; remove one first",
        ));
    }
    let at = now();
    let list = LeadList {
        id: store.new_id(at),
        tenant_id: actor.tenant,
        campaign_id: id,
        name: wish.name,
        weight: wish.weight,
        priority: wish.priority,
        enabled: wish.enabled,
        filter: wish.filter,
        applied: true,
        origin,
        origin_note: note.chars().take(200).collect(),
        created_by: actor.name.clone(),
        created_at: at,
        updated_at: at,
        revision: 1,
    };
    store.insert_lead_list(&list).await?;
    audit(store, actor, "list.create", &format!("list:{}", list.id), json!({"campaign": id, "name": list.name})).await?;
    Ok(list)
}

/// Where the filter changed, [`apply`] is still to be run.
///
/// # Errors
/// As for a new one; `Conflict` when `revision` is not the newest.
pub async fn update(store: &Store, actor: &Actor, before: LeadList, revision: i64, wish: ListWish) -> Result<LeadList> {
    actor.require(Permission::LeadWrite)?;
    let wish = check(wish)?;
    free(&store.lead_lists(actor.tenant, before.campaign_id).await?, &wish.name, Some(before.id))?;
    let next = LeadList {
        name: wish.name,
        weight: wish.weight,
        priority: wish.priority,
        enabled: wish.enabled,
        filter: wish.filter,
        revision,
        ..before
    };
    let stored = store.update_lead_list(&next, now()).await?;
    let detail = json!({
        "campaign": stored.campaign_id, "name": stored.name, "weight": stored.weight, "priority": stored.priority,
        "enabled": stored.enabled, "filter": stored.filter,
    });
    audit(store, actor, "list.update", &format!("list:{}", stored.id), detail).await?;
    Ok(stored)
}

/// Looks at all leads of a list whose filter has changed; may take long. Answers the list as it then stands.
///
/// # Errors
/// The store does not answer; what was not looked at is looked at at the next start.
pub async fn apply(store: &Store, list: &LeadList) -> Result<LeadList> {
    store.apply_filter(list.tenant_id, list.id).await?;
    let stored = store.lead_list(list.tenant_id, list.id).await?;
    stored.ok_or_else(|| DeskError::not_found("名单", "list"))
}

/// The list goes with the leads of it that wait. Answers how many.
///
/// # Errors
/// There is no such list; the right is missing.
pub async fn remove(store: &Store, actor: &Actor, list: &LeadList) -> Result<u64> {
    actor.require(Permission::LeadWrite)?;
    let leads = store.remove_lead_list(actor.tenant, list.id, now()).await?;
    let detail = json!({"campaign": list.campaign_id, "name": list.name, "leads": leads});
    audit(store, actor, "list.remove", &format!("list:{}", list.id), detail).await?;
    Ok(leads)
}

/// A new list of numbers that came to something in another campaign.
///
/// # Errors
/// As for a new list; there is no such campaign, or it is the same one.
pub async fn from_results(
    store: &Store,
    actor: &Actor,
    id: CampaignId,
    wish: ListWish,
    of: FromResults,
) -> Result<(LeadList, LeadsCopied)> {
    actor.require(Permission::LeadWrite)?;
    check_dedupe(&of.dedupe)?;
    let from = campaign(store, actor, of.from).await?;
    if of.from == id {
        return Err(DeskError::invalid(
            "same_campaign",
            "from_campaign_id",
            "请选择另一个任务；同一任务的名单会按重呼规则再次拨打",
            "choose another campaign; within one the retry rules decide",
        ));
    }
    let list = create(store, actor, id, wish, (ListOrigin::Results, &from.name)).await?;
    let copied = store.reuse_leads(actor.tenant, (of.from, &of.filter), (id, list.id), &of.dedupe, now()).await?;
    let detail = json!({"campaign": id, "from": of.from, "copied": copied.copied, "duplicates": copied.duplicates});
    audit(store, actor, "list.reuse", &format!("list:{}", list.id), detail).await?;
    Ok((list, copied))
}

fn free(lists: &[LeadList], name: &str, but: Option<LeadListId>) -> Result<()> {
    if lists.iter().any(|l| l.name == name && Some(l.id) != but) {
        let (zh, en) = ("这个任务里已有同名的名单，请换一个名称", "the campaign has a list of this name; choose another");
        return Err(DeskError { field: Some("name".into()), ..DeskError::conflict("duplicate", zh, en) });
    }
    Ok(())
}

fn check(mut wish: ListWish) -> Result<ListWish> {
    let mut issues = Issues::default();
    wish.name = wish.name.trim().to_owned();
    let named = (1..=60).contains(&wish.name.chars().count());
    issues.unless(named, "name", "名单名称须为 1–60 个字", "a list's name has 1–60 characters");
    issues.unless((1..=100).contains(&wish.weight), "weight", "权重须为 1–100", "a weight is 1–100");
    issues.unless((-100..=100).contains(&wish.priority), "priority", "优先级须为 -100–100", "a priority is -100–100");
    let f = &mut wish.filter;
    f.regions = f.regions.drain(..).map(|r| r.trim().to_owned()).filter(|r| !r.is_empty()).collect();
    issues.unless(f.regions.len() <= ListFilter::REGIONS_MAX, "filter.regions", "归属地最多 100 个", "at most 100 regions");
    let order = f.attempts_min.zip(f.attempts_max).is_none_or(|(min, max)| min <= max);
    issues.unless(order, "filter.attempts_max", "呼叫次数的上限不能小于下限", "the upper bound is below the lower one");
    issues.unless(f.fields.len() <= ListFilter::FIELDS_MAX, "filter.fields", "字段条件最多 20 个", "at most 20 conditions");
    for (i, test) in f.fields.iter_mut().enumerate() {
        use model::record::FieldOp as Op;
        test.key = test.key.trim().to_owned();
        let key = format!("filter.fields.{i}.key");
        issues.unless(!test.key.is_empty(), &key, "请选择字段", "choose a field");
        let needed = !matches!(test.op, Op::Filled | Op::Empty);
        let given = test.values.iter().any(|v| !v.trim().is_empty()) && test.values.len() <= ListFilter::VALUES_MAX;
        let values = format!("filter.fields.{i}.values");
        issues.unless(given || !needed, &values, "请填写 1–100 个取值", "give 1–100 values");
    }
    issues.done()?;
    Ok(wish)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::record::{FieldOp, FieldTest};

    #[test]
    fn every_wrong_field_of_a_list_is_named() {
        let test = |key: &str, op, values: &[&str]| FieldTest {
            key: key.into(),
            op,
            values: values.iter().map(|v| (*v).into()).collect(),
        };
        let filter = ListFilter {
            attempts_min: Some(3),
            attempts_max: Some(1),
            fields: vec![test(" ", FieldOp::Filled, &[]), test("等级", FieldOp::In, &[" "]), test("等级", FieldOp::Empty, &[])],
            ..ListFilter::default()
        };
        let wish = ListWish { name: " ".into(), weight: 0, priority: 101, enabled: true, filter };
        let fields: Vec<_> = check(wish).unwrap_err().issues.into_iter().map(|i| i.field).collect();
        assert_eq!(
            fields,
            ["name", "weight", "priority", "filter.attempts_max", "filter.fields.0.key", "filter.fields.1.values"]
        );
    }
}
