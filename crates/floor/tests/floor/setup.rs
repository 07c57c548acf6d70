//! Campaigns, trunks and flows to play with, and luck.

use flow::Flow;
use model::calendar::Schedule;
use model::record::{
    Campaign, CampaignStatus, Codec, DialFormat, DialMode, Number, NumberFlag, Purpose, ResultDef, RetryPolicy, RetryRule, Route,
    Transport, Trunk, TrunkRules,
};
use model::{At, CampaignId, FlowId, NumberId, RouteId, TenantId, TrunkId, UserId, Vars};
use std::sync::Arc;

pub const TENANT: TenantId = TenantId(1);
pub const OUTBOUND: FlowId = FlowId(1);
pub const CALLBACK: FlowId = FlowId(2);
pub const RING_MS: u32 = 30_000;

/// splitmix64
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From inclusive, to exclusive.
    pub fn range(&mut self, from: i64, to: i64) -> i64 {
        from + (self.next() % (to - from).max(1) as u64) as i64
    }

    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.next() % 1000 < per_mille
    }
}

pub fn at(text: &str) -> At {
    At::parse_rfc3339(text).unwrap()
}

pub fn morning() -> At {
    at("2026-11-21T09:00:00+08:00")
}

pub fn trunk(id: i64, calls_max: u32, per_second: f64) -> Trunk {
    Trunk {
        id: TrunkId(id),
        tenant_id: TENANT,
        name: format!("trunk {id}"),
        enabled: true,
        address: "127.0.0.1:5060".into(),
        transport: Transport::Udp,
        register: false,
        username: String::new(),
        password: None,
        domain: None,
        tls_authority: None,
        register_expires_s: 600,
        options_interval_s: 30,
        codecs: vec![Codec::Pcma],
        calls_max,
        calls_per_second_max: per_second,
        caller_id: "+861088886666".into(),
        dial_format: DialFormat::National,
        prefix: String::new(),
        srtp: model::record::Srtp::Off,
        inbound_from: vec![],
        calls_per_day_max: 0,
        rules: TrunkRules::default(),
        created_at: At(0),
        revision: 1,
    }
}

pub fn route(id: i64, trunk: i64, cost: i32) -> Route {
    Route {
        id: RouteId(id),
        tenant_id: TENANT,
        trunk_id: TrunkId(trunk),
        carrier: None,
        region: String::new(),
        number_prefix: String::new(),
        priority: 1,
        cost,
        billing_s: 60,
        from_minute: 0,
        until_minute: 0,
        enabled: true,
    }
}

pub fn number() -> Number {
    Number {
        id: NumberId(1),
        tenant_id: TENANT,
        number: "+861088886666".into(),
        trunk_id: None,
        inbound_flow_id: Some(CALLBACK),
        outbound: true,
        calls_per_day_max: 0,
        note: String::new(),
        flag: NumberFlag::default(),
    }
}

pub fn campaign(id: i64, concurrency_max: u32, per_second: f64) -> Campaign {
    let result = |code: &str, settles| ResultDef { code: code.into(), label: code.into(), settles, success: false };
    Campaign {
        id: CampaignId(id),
        tenant_id: TENANT,
        name: format!("campaign {id}"),
        description: String::new(),
        status: CampaignStatus::Running,
        mode: DialMode::Ivr,
        queue_id: None,
        pacing: model::record::Pacing::default(),
        agent_work: model::record::AgentWork::default(),
        dial_rules: model::record::DialRules::default(),
        booking: model::record::BookingPlan::default(),
        purpose: Purpose::Notice,
        flow_id: OUTBOUND,
        callback_flow_id: Some(CALLBACK),
        caller_ids: vec![],
        trunk_ids: vec![],
        schedule: Schedule::default(),
        concurrency_max,
        calls_per_second_max: per_second,
        ring_ms_max: RING_MS,
        retry: RetryPolicy { no_result: Some(RetryRule { attempts_max: 2, delay_s: 1800 }), ..RetryPolicy::default() },
        record: true,
        recording_format: None,
        amd: model::record::Amd::default(),
        variables: Vars::new(),
        fields: vec![],
        results: vec![result("attend", true), result("decline", true), result("agent", false)],
        created_by: UserId(1),
        submitted_by: None,
        approved_by: None,
        approved_at: None,
        review_note: None,
        started_at: None,
        finished_at: None,
        created_at: At(0),
        updated_at: At(0),
        revision: 1,
    }
}

pub fn outbound_flow() -> Arc<Flow> {
    parse(&serde_json::json!({
        "schema": "fengling.flow/1", "name": "notice", "entry": "ask",
        "nodes": {
            "ask": { "type": "gather", "parts": [{ "say": "{{ lead.name }}您好，参加请按一，不参加请按二，转人工请按零。" }],
                "timeout_ms": 5000, "retries": 1, "branches": { "1": "attend", "2": "decline", "0": "agent" }, "on_timeout": "bye",
                "speech": { "cases": [{ "any": ["不参加"], "next": "decline" }, { "any": ["参加"], "next": "attend" }, { "any": ["人工"], "next": "agent" }] } },
            "attend": { "type": "set", "result": "attend", "next": "sms" },
            "sms": { "type": "sms", "text": "您已确认参加。", "next": "thanks" },
            "thanks": { "type": "hangup", "parts": [{ "prompt": "thanks" }] },
            "decline": { "type": "set", "result": "decline", "next": "bye" },
            "agent": { "type": "set", "result": "agent", "next": "put_through" },
            "put_through": { "type": "transfer", "to": "053188886666", "ring_ms_max": 20000, "on_failed": "bye" },
            "bye": { "type": "hangup", "parts": [{ "prompt": "bye" }] }
        }
    }))
}

pub fn callback_flow() -> Arc<Flow> {
    parse(&serde_json::json!({
        "schema": "fengling.flow/1", "name": "callback", "entry": "ask",
        "nodes": {
            "ask": { "type": "gather", "parts": [{ "prompt": "leave" }], "timeout_ms": 4000, "retries": 0,
                "branches": { "1": "reason" }, "on_timeout": "bye" },
            "reason": { "type": "listen", "label": "reason", "ms_max": 10000, "into": "reason", "next": "leave" },
            "leave": { "type": "set", "result": "decline", "next": "bye" },
            "bye": { "type": "hangup", "parts": [{ "prompt": "bye" }] }
        }
    }))
}

fn parse(doc: &serde_json::Value) -> Arc<Flow> {
    Arc::new(Flow::parse(doc).unwrap_or_else(|e| panic!("{e:?}")))
}
