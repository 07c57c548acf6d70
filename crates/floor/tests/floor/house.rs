//! Agents, groups, phones and flows of one tenant, and an agent of another.

use crate::setup::{CALLBACK, TENANT, number, route, trunk};
use floor::Input;
use flow::Flow;
use model::record::{Agent, Announcements, CallbackRules, Extension, Membership, Number, Queue, Seat};
use model::settings::Settings;
use model::telephony::{Clip, Event, TrunkState};
use model::{AgentId, At, ExtensionId, FlowId, NumberId, QueueId, TenantId, TrunkId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub const OTHER: TenantId = TenantId(2);
pub const FOREIGN: AgentId = AgentId(90);
pub const FOREIGN_QUEUE: QueueId = QueueId(90);
/// Agents 1 to this many.
pub const AGENTS: i64 = 6;
/// Two keys and the end of it.
pub const CONFIRM: FlowId = FlowId(3);
/// Where queue 2 sends callers who press 4.
pub const ELSEWHERE: FlowId = FlowId(4);
pub const ACCESS: &str = "01088886666";
/// Its flow does not ask for a rating: callers come without one.
pub const PLAIN: FlowId = FlowId(5);

pub fn agent(id: i64) -> Agent {
    let record = serde_json::json!({
        "id": id, "tenant_id": TENANT, "user_id": id, "number": (1000 + id).to_string(), "name": format!("agent {id}"),
        "mobile": "", "extension_id": null, "enabled": true, "skills": {}, "created_at": At(0), "revision": 1,
    });
    serde_json::from_value(record).unwrap()
}

pub fn agents() -> Vec<Agent> {
    (1..=AGENTS).map(agent).collect()
}

/// Agent 3 works at a SIP phone, agent 4 from outside.
pub fn seat(agent: i64) -> Seat {
    match agent {
        3 => Seat::Phone { extension: ExtensionId(103) },
        4 => Seat::Outside { number: "+8613900000004".into() },
        id => Seat::Browser { extension: ExtensionId(100 + id) },
    }
}

pub fn queue(id: i64) -> Queue {
    Queue { id: QueueId(id), tenant_id: TENANT, name: format!("queue {id}"), wrap_up_ms: 2_000, ..Queue::default() }
}

/// Queue 1 waits with music and words and keeps places for callbacks; queue 2 sends callers wherever they wish.
pub fn queues() -> Vec<Queue> {
    use model::record::{Choice, Overflow, OverflowWhen, Target};
    let one = Queue {
        announcements: Announcements { first_ms: 3_000, every_ms: 8_000, position: true, wait: true },
        longest_wait_ms: 6_000,
        choices: BTreeMap::from([
            ('1', Choice::Keep),
            ('2', Choice::Callback),
            ('3', Choice::Go { target: Target::Queue { queue: QueueId(2) } }),
        ]),
        leave_key: Some('*'),
        wait_ms_max: 120_000,
        callback: CallbackRules { enabled: true, attempts_max: 2, retry_ms: 5_000, ring_ms: 15_000, keep_ms: 300_000 },
        greeting: "工号{number}为您服务".into(),
        music: "tune".into(),
        no_answer: model::record::NoAnswer::Skip { ms: 5_000 },
        ..queue(1)
    };
    let go = |target| Choice::Go { target };
    let numbers = Target::Numbers { numbers: vec!["13800000001".into(), "13800000002".into()] };
    let two = Queue {
        capacity: 5,
        longest_wait_ms: 5_000,
        choices: BTreeMap::from([
            ('1', go(Target::Voicemail)),
            ('2', go(numbers)),
            ('3', go(Target::HangUp)),
            ('4', go(Target::Flow { flow: ELSEWHERE })),
            ('5', go(Target::Resume)),
        ]),
        wait_ms_max: 40_000,
        overflow: vec![Overflow { when: OverflowWhen::Waited { ms: 20_000 }, target: Target::Queue { queue: QueueId(1) } }],
        ..queue(2)
    };
    vec![one, two]
}

pub fn members() -> Vec<Membership> {
    let member = |queue: i64, agent: i64| Membership {
        queue_id: QueueId(queue),
        agent_id: AgentId(agent),
        place: u32::try_from(agent).unwrap(),
        vip_only: false,
        outbound: queue == 1,
        schedule: None,
    };
    let first = (1..=4).map(|a| member(1, a));
    first.chain((3..=AGENTS).map(|a| member(2, a))).collect()
}

pub fn extension(id: i64, tenant: TenantId) -> Extension {
    Extension {
        id: ExtensionId(id),
        tenant_id: tenant,
        number: (8000 + id).to_string(),
        login: id.to_string(),
        name: format!("phone {id}"),
        enabled: true,
        ha1_md5: String::new(),
        ha1_sha256: String::new(),
        contacts_max: 3,
        allowed_from: vec![],
        codecs: vec![],
        created_at: At(0),
        revision: 1,
    }
}

/// Those of agents, 121 of a colleague without a 工号, 131 and 132 of supervisors.
pub fn extensions() -> Vec<Extension> {
    [101, 102, 103, 104, 105, 106, 121, 131, 132].map(|id| extension(id, TENANT)).into()
}

fn parse(doc: &serde_json::Value) -> Arc<Flow> {
    Arc::new(Flow::parse(doc).unwrap_or_else(|e| panic!("{e:?}")))
}

/// 1: queue 1, with a rating after the talk. 2: queue 2. Nothing: queue 1.
fn hotline() -> Arc<Flow> {
    parse(&serde_json::json!({
        "schema": "fengling.flow/1", "name": "hotline", "entry": "ask",
        "nodes": {
            "ask": { "type": "gather", "parts": [{ "prompt": "leave" }], "timeout_ms": 2000, "retries": 0,
                "branches": { "1": "first", "2": "second" }, "on_timeout": "first" },
            "first": { "type": "queue", "queue": 1, "service": "咨询", "on_done": "rate", "on_left": "second", "on_failed": "sorry" },
            "second": { "type": "queue", "queue": 2, "on_done": "rate", "on_failed": "sorry" },
            "rate": { "type": "rate", "next": "bye" },
            "sorry": { "type": "play", "parts": [{ "say": "请稍后再拨。" }], "next": "bye" },
            "bye": { "type": "hangup" }
        }
    }))
}

fn confirm() -> Arc<Flow> {
    parse(&serde_json::json!({
        "schema": "fengling.flow/1", "name": "confirm", "entry": "ask",
        "nodes": {
            "ask": { "type": "gather", "parts": [{ "say": "同意请按1。" }], "timeout_ms": 3000, "retries": 1,
                "branches": { "1": "yes" }, "on_timeout": "bye" },
            "yes": { "type": "set", "result": "agreed", "next": "bye" },
            "bye": { "type": "hangup" }
        }
    }))
}

fn elsewhere() -> Arc<Flow> {
    parse(&serde_json::json!({
        "schema": "fengling.flow/1", "name": "elsewhere", "entry": "say",
        "nodes": {
            "say": { "type": "play", "parts": [{ "say": "您好。" }], "next": "first" },
            "first": { "type": "queue", "queue": 1 }
        }
    }))
}

fn plain() -> Arc<Flow> {
    parse(&serde_json::json!({
        "schema": "fengling.flow/1", "name": "plain", "entry": "first",
        "nodes": { "first": { "type": "queue", "queue": 1, "on_failed": "bye" }, "bye": { "type": "hangup" } }
    }))
}

pub fn prompts() -> Arc<BTreeMap<String, Clip>> {
    let file = |name: &str| (name.to_owned(), Clip::File { path: format!("/prompts/{name}") });
    Arc::new(BTreeMap::from([file("leave"), file("bye"), file("tune")]))
}

fn numbers() -> Vec<Number> {
    let other = Number { id: NumberId(2), number: "+861088887777".into(), inbound_flow_id: Some(PLAIN), ..number() };
    vec![number(), other]
}

/// Everything a floor is told before the first caller.
pub fn furnish(settings: Settings) -> Vec<Input> {
    let foreign = Agent { id: FOREIGN, tenant_id: OTHER, ..agent(90) };
    let foreign_queue = Queue { id: FOREIGN_QUEUE, tenant_id: OTHER, ..queue(90) };
    let settings = Arc::new(settings);
    let flow = |id, doc| Input::Flow { tenant: TENANT, id, version: 1, doc };
    let up = |id| Input::Telephony(Event::Trunk { trunk: TrunkId(id), state: TrunkState::Up { latency_ms: 1 } });
    let trunks = vec![trunk(1, 20, 50.0), trunk(2, 20, 50.0)];
    let mut all = vec![
        Input::Settings { tenant: TENANT, settings: settings.clone() },
        Input::Settings { tenant: OTHER, settings },
        Input::Extensions { tenant: TENANT, extensions: extensions() },
        Input::Extensions { tenant: OTHER, extensions: vec![extension(190, OTHER)] },
        Input::Trunks { tenant: TENANT, trunks, routes: vec![route(1, 1, 10), route(2, 2, 20)], numbers: numbers() },
        up(1),
        up(2),
        flow(CALLBACK, hotline()),
        flow(CONFIRM, confirm()),
        flow(ELSEWHERE, elsewhere()),
        flow(PLAIN, plain()),
        Input::Prompts { tenant: TENANT, files: prompts() },
        Input::Agents { tenant: TENANT, agents: agents(), veiled: BTreeSet::new() },
        Input::Agents { tenant: OTHER, agents: vec![foreign], veiled: BTreeSet::new() },
        Input::Queues { tenant: TENANT, queues: queues(), members: members() },
        Input::Queues { tenant: OTHER, queues: vec![foreign_queue], members: vec![] },
    ];
    let phones = extensions().into_iter().map(|e| Input::Telephony(Event::Extension { extension: e.id, phones: 1 }));
    all.extend(phones);
    all
}
