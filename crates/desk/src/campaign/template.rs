//! Campaigns to begin with: a flow that is published at once, and a draft around it.

use super::{CampaignDraft, create};
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{Campaign, Permission, Purpose, ResultDef};
use model::{FlowId, Vars};
use serde::Serialize;
use serde_json::json;
use store::{Store, StoreError};

/// A kind of campaign people can start from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Template {
    pub code: &'static str,
    pub name_zh: &'static str,
    pub name_en: &'static str,
    pub description_zh: &'static str,
    pub description_en: &'static str,
    pub purpose: Purpose,
    pub variables: Vec<TemplateVariable>,
    pub results: Vec<ResultDef>,
}

/// A value of the task itself, asked when the campaign is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateVariable {
    pub key: &'static str,
    pub label_zh: &'static str,
    pub label_en: &'static str,
    pub example: &'static str,
}

/// What who calls back hears, by the template of the calls.
const CALLBACKS: [(&str, &str); 1] = [("bid_expert_notice", "bid_expert_callback")];

fn purpose_of(code: &str) -> Purpose {
    match code {
        "payment_reminder" => Purpose::Collection,
        "survey" => Purpose::Survey,
        _ => Purpose::Notice,
    }
}

/// In the order in which they are offered.
pub fn templates() -> Vec<Template> {
    let is_callback = |code: &str| CALLBACKS.iter().any(|(_, callback)| *callback == code);
    let of = |t: flow::Template| Template {
        code: t.code,
        name_zh: t.name_zh,
        name_en: t.name_en,
        description_zh: t.description_zh,
        description_en: t.description_en,
        purpose: purpose_of(t.code),
        variables: t
            .campaign_variables
            .iter()
            .map(|v| TemplateVariable { key: v.key, label_zh: v.label_zh, label_en: v.label_en, example: v.example })
            .collect(),
        results: t.results,
    };
    // A flow without results is for callers, not for campaigns.
    flow::templates().into_iter().filter(|t| !is_callback(t.code) && !t.results.is_empty()).map(of).collect()
}

/// A draft with its flows made and published. `variables`: what the template asks for; the examples stand in for what is
/// not given.
///
/// # Errors
/// No right, or no such template.
pub async fn create_from_template(store: &Store, actor: &Actor, code: &str, name: &str, variables: Vars) -> Result<Campaign> {
    actor.require(Permission::CampaignWrite)?;
    actor.require(Permission::FlowPublish)?;
    let all = flow::templates();
    let find = |code: &str| all.iter().find(|t| t.code == code);
    let template = find(code).ok_or_else(|| DeskError::not_found("任务模板", "template"))?;
    let name = if name.trim().is_empty() { template.name_zh } else { name.trim() };
    let callback = CALLBACKS.iter().find(|(of, _)| *of == code).and_then(|(_, callback)| find(callback));
    let flow_id = publish(store, actor, template, name).await?;
    let callback_flow_id = match callback {
        Some(callback) => Some(publish(store, actor, callback, &format!("{name}·回拨")).await?),
        None => None,
    };
    let mut results = template.results.clone();
    for result in callback.map(|c| c.results.as_slice()).unwrap_or_default() {
        if !results.iter().any(|r| r.code == result.code) {
            results.push(result.clone());
        }
    }
    let mut values = Vars::new();
    for v in template.campaign_variables.iter().chain(callback.map(|c| c.campaign_variables.as_slice()).unwrap_or_default()) {
        values.insert(v.key.into(), json!(v.example));
    }
    values.extend(variables);
    let draft = CampaignDraft {
        name: name.into(),
        description: template.description_zh.into(),
        purpose: purpose_of(code),
        flow_id,
        callback_flow_id,
        variables: values,
        results,
        ..CampaignDraft::default()
    };
    create(store, actor, draft).await
}

/// A name that is taken gets a number behind it.
async fn publish(store: &Store, actor: &Actor, template: &flow::Template, name: &str) -> Result<FlowId> {
    for n in 1..=99 {
        let name = if n == 1 { name.to_owned() } else { format!("{name} {n}") };
        let flow = match store.insert_flow(actor.tenant, &name, template.description_zh, &template.doc, now()).await {
            Err(StoreError::Duplicate { .. }) => continue,
            other => other?,
        };
        store.publish_flow(actor.tenant, flow.id, flow.revision, &actor.name, "模板", now()).await?;
        audit(store, actor, "flow.publish", &format!("flow:{}", flow.id), json!({"template": template.code, "version": 1}))
            .await?;
        return Ok(flow.id);
    }
    Err(DeskError::conflict("name_taken", "同名流程太多，请换一个任务名称", "too many flows of this name; choose another name"))
}
