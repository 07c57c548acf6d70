//! People for the demo's callers: a group, an agent who is the demo's own user, and the way there when 0 is pressed. While nobody has
//! signed in at the desk, callers go on to the number that a simulated person answers.

use super::seed::TENANT;
use crate::Failure;
use crate::serve::Running;
use desk::Actor;
use engine::Change;
use model::record::{Campaign, Membership, Overflow, OverflowWhen, Queue, Target, User};
use model::{FlowId, QueueId};
use serde_json::{Value, json};

/// The 工号 of whoever looks at the demo.
const NUMBER: &str = "1001";

pub async fn seed(running: &Running, actor: &Actor, user: &User, campaign: &Campaign) -> Result<(), Failure> {
    let store = &running.store;
    let rules = Queue {
        name: "人工坐席".into(),
        greeting: "工号{number}为您服务".into(),
        overflow: vec![Overflow { when: OverflowWhen::NoAgents, target: Target::Resume }],
        ..Queue::default()
    };
    let queue = desk::queue::create(store, actor, rules).await?;
    let wish = desk::agent::Wish {
        number: NUMBER.into(),
        name: user.name.clone(),
        mobile: String::new(),
        user_id: Some(user.id),
        unit_id: None,
        enabled: true,
        skills: std::collections::BTreeMap::new(),
    };
    let agent = desk::agent::create(store, actor, wish).await?;
    let member = Membership { queue_id: queue.id, agent_id: agent.id, place: 0, vip_only: false, outbound: true, schedule: None };
    desk::queue::set_members(store, actor, queue.id, &[member]).await?;
    running.engine.changed(Change::Agents(TENANT));
    for flow in [Some(campaign.flow_id), campaign.callback_flow_id].into_iter().flatten() {
        ask_people_first(running, flow, queue.id).await?;
    }
    Ok(())
}

/// Whoever is put through waits for the group first.
async fn ask_people_first(running: &Running, flow: FlowId, queue: QueueId) -> Result<(), Failure> {
    let (store, now) = (&running.store, desk::now());
    let head = store.flow(TENANT, flow).await?.ok_or("the demo's flow is gone")?;
    let version =
        store.flow_version(TENANT, flow, head.published_version.unwrap_or(1)).await?.ok_or("the demo's flow is gone")?;
    let mut doc = version.doc;
    let Some(nodes) = doc.get_mut("nodes").and_then(Value::as_object_mut) else { return Ok(()) };
    let Some(line) = nodes.remove("agent_transfer") else { return Ok(()) };
    nodes.insert("agent_line".into(), line);
    nodes.insert(
        "agent_transfer".into(),
        json!({ "type": "queue", "queue": queue, "service": "按0转人工", "on_done": "agent_rate", "on_failed": "agent_line",
            "ui": { "x": 420, "y": 580 } }),
    );
    nodes.insert("agent_rate".into(), json!({ "type": "rate", "next": "agent_thanks", "ui": { "x": 420, "y": 720 } }));
    let thanks = json!({ "type": "hangup", "parts": [{ "say": "感谢您的评价，再见。" }], "ui": { "x": 420, "y": 860 } });
    nodes.insert("agent_thanks".into(), thanks);
    let saved = store.save_flow_draft(TENANT, flow, head.revision, &doc, now).await?;
    store.publish_flow(TENANT, flow, saved.revision, "system", "按 0 先转人工坐席组", now).await?;
    running.engine.changed(Change::Flow(flow));
    Ok(())
}
