//! Which flows name a prompt, drafts and published versions alike.

use crate::prelude::*;
use model::FlowId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Serialize, ToSchema)]
pub struct PromptUse {
    flow_id: FlowId,
    name: String,
}

/// # Errors
/// When the store does not answer.
pub async fn all(api: &ApiState, who: &Principal) -> Answer<BTreeMap<String, Vec<PromptUse>>> {
    let mut uses: BTreeMap<String, Vec<PromptUse>> = BTreeMap::new();
    for flow in api.store().flows(who.tenant()).await? {
        let mut names = BTreeSet::new();
        if let Some(draft) = api.store().flow_draft(who.tenant(), flow.id).await? {
            named(&draft, &mut names);
        }
        if let Some(version) = flow.published_version
            && let Some(published) = api.store().flow_version(who.tenant(), flow.id, version).await?
        {
            named(&published.doc, &mut names);
        }
        for name in names {
            uses.entry(name).or_default().push(PromptUse { flow_id: flow.id, name: flow.name.clone() });
        }
    }
    Ok(uses)
}

/// # Errors
/// 409 naming the flows.
pub async fn refuse_if_used(api: &ApiState, who: &Principal, name: &str) -> Answer<()> {
    let Some(flows) = all(api, who).await?.remove(name) else { return Ok(()) };
    let list = flows.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join("、");
    let text = Text::new(format!("这段语音正被流程使用：{list}"), format!("flows use this prompt: {list}"));
    Err(Problem::conflict("prompt_in_use", text).with_current(json!({ "used_by": flows })))
}

/// A draft may be too broken to parse: then every value under a key `prompt` counts.
fn named(doc: &Value, names: &mut BTreeSet<String>) {
    match flow::Flow::parse(doc) {
        Ok(flow) => names.extend(flow.prompts().iter().cloned()),
        Err(_) => walk(doc, names),
    }
}

fn walk(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(name) if key == "prompt" => drop(names.insert(name.clone())),
                    other => walk(other, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|v| walk(v, names)),
        _ => {}
    }
}
