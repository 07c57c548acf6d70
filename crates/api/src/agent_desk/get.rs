use super::{own, view};
use crate::prelude::*;
use model::desk::{DeskView, QueueLive};
use model::record::{Agent, BreakReason, CustomerField, SummaryChoice};
use model::{ExtensionId, FlowId, QueueId};
use std::collections::BTreeSet;

/// A group the agent belongs to.
#[derive(Serialize, ToSchema)]
pub struct DeskQueue {
    id: QueueId,
    name: String,
}

/// A SIP phone that can be taken as seat.
#[derive(Serialize, ToSchema)]
pub struct DeskExtension {
    id: ExtensionId,
    number: String,
    name: String,
}

/// What a customer can be sent into for 二次确认.
#[derive(Serialize, ToSchema)]
pub struct DeskFlow {
    id: FlowId,
    name: String,
}

/// All that the page of an agent begins with.
#[derive(Serialize, ToSchema)]
pub struct Desk {
    agent: Agent,
    view: DeskView,
    queues: Vec<DeskQueue>,
    /// The same groups as they stand now.
    live: Vec<QueueLive>,
    flows: Vec<DeskFlow>,
    breaks: Vec<BreakReason>,
    dispositions: Vec<SummaryChoice>,
    fields: Vec<CustomerField>,
    extensions: Vec<DeskExtension>,
}

/// One's own desk. 404 `no_agent` for a person without a 工号.
#[utoipa::path(get, path = "/desk", responses((status = 200, body = Desk)))]
pub async fn get(State(api): State<ApiState>, who: Principal) -> Answer<Json<Desk>> {
    let agent = own(&api, &who).await?;
    let (store, tenant) = (api.store(), who.tenant());
    let member = store.memberships(tenant).await?.into_iter().filter(|m| m.agent_id == agent.id);
    let mine: BTreeSet<QueueId> = member.map(|m| m.queue_id).collect();
    let queues = store.queues(tenant).await?.into_iter().filter(|q| mine.contains(&q.id));
    let pages: BTreeSet<ExtensionId> = store.agents(tenant).await?.into_iter().filter_map(|a| a.extension_id).collect();
    let phones = store.extensions(tenant).await?.into_iter().filter(|e| e.enabled && !pages.contains(&e.id));
    let settings = store.settings(tenant).await?;
    let mut live = api.engine().live().queues.get(&tenant).cloned().unwrap_or_default();
    live.retain(|q| mine.contains(&q.queue_id));
    if !who.reveals() {
        live.iter_mut().for_each(crate::mask::queue_live);
    }
    let published = store.flows(tenant).await?.into_iter().filter(|f| f.published_version.is_some());
    Ok(Json(Desk {
        view: view(&api, &who, &agent),
        queues: queues.map(|q| DeskQueue { id: q.id, name: q.name }).collect(),
        live,
        flows: published.map(|f| DeskFlow { id: f.id, name: f.name }).collect(),
        breaks: settings.desk.breaks,
        dispositions: settings.customers.dispositions,
        fields: settings.customers.fields,
        extensions: phones.map(|e| DeskExtension { id: e.id, number: e.number, name: e.name }).collect(),
        agent,
    }))
}
