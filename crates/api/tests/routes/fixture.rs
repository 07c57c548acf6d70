//! One row of everything, for a tenant.

use crate::app::{App, Client};
use model::fact::Fact;
use model::record::{
    Appointment, AppointmentState, Call, Direction, Fingerprint, HeardClass, LegRecord, Recording, RecordingKind,
};
use model::{Disposition, TenantId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::Entry;

/// Marks everything of tenant A; must never be read by B.
pub const MARK: &str = "甲方专用";
pub const PHONE: &str = "+8613800138000";

/// Ids by the first segment of their URL.
pub struct Rows {
    pub ids: BTreeMap<&'static str, i64>,
    pub wav: Vec<u8>,
}

impl Rows {
    pub fn id(&self, noun: &str) -> i64 {
        *self.ids.get(noun).unwrap_or_else(|| panic!("no fixture for /{noun}/{{id}}: add one to fixture.rs"))
    }
}

pub fn id(value: &Value) -> i64 {
    value["id"].as_i64().unwrap_or_else(|| panic!("no id in {value}"))
}

pub async fn fill(app: &App, admin: &Client) -> Rows {
    let mut ids = BTreeMap::new();
    let trunk = json!({"name": MARK, "address": "10.9.8.7", "password": "sehr-geheim", "username": "u"});
    ids.insert("trunks", id(&admin.post("/api/v1/trunks", trunk).await.expect(201)));
    let route = json!({"trunk_id": ids["trunks"], "region": MARK});
    ids.insert("routes", id(&admin.post("/api/v1/routes", route).await.expect(201)));
    let number = json!({"number": "01088886666", "note": MARK, "outbound": true});
    ids.insert("numbers", id(&admin.post("/api/v1/numbers", number).await.expect(201)));
    let extension = json!({"number": "8001", "name": MARK});
    ids.insert("extensions", id(&admin.post("/api/v1/extensions", extension).await.expect(201)));
    let template = admin.get("/api/v1/campaign-templates").await.expect(200)["items"][0]["code"].clone();
    let campaign = admin.post("/api/v1/campaigns/from-template", json!({"template": template, "name": MARK})).await.expect(201);
    ids.insert("campaigns", id(&campaign));
    ids.insert("flows", campaign["flow_id"].as_i64().unwrap());
    let lead = json!({"phone": "13800138000", "name": MARK, "variables": {"备用": "13900139000"}});
    let path = format!("/api/v1/campaigns/{}/lists", ids["campaigns"]);
    ids.insert("lead-lists", id(&admin.post(&path, json!({"name": MARK})).await.expect(201)));
    let path = format!("/api/v1/campaigns/{}/leads", ids["campaigns"]);
    ids.insert("leads", id(&admin.post(&path, lead).await.expect(201)));
    let path = format!("/api/v1/campaigns/{}/imports", ids["campaigns"]);
    let sheet = "手机,姓名\n13700137000,甲方专用\n";
    let uploaded = admin.upload(&path, &[], "名单.csv", sheet.as_bytes()).await.expect(201);
    ids.insert("imports", id(&uploaded["import"]));
    let entry = json!({"kind": "vip", "phones": ["13600136000"], "reason": MARK});
    admin.post("/api/v1/list-entries", entry).await.expect(201);
    let said = json!({"phone": "13600136000", "action": "given", "words": MARK});
    admin.post("/api/v1/consents", said).await.expect(201);
    let sms = json!({"phones": ["13800138000"], "text": MARK});
    ids.insert("sms", id(&admin.post("/api/v1/sms", sms).await.expect(201)["items"][0]));
    let mail = json!({"to": "jiafang@example.com", "subject": MARK, "text": MARK});
    ids.insert("mails", id(&admin.post("/api/v1/mails", mail).await.expect(201)));
    let hook = json!({"name": MARK, "url": "https://example.com/hook"});
    ids.insert("webhooks", id(&admin.post("/api/v1/webhooks", hook).await.expect(201)));
    let key = json!({"name": MARK, "scopes": ["outbound:campaign:read"]});
    ids.insert("api-keys", id(&admin.post("/api/v1/api-keys", key).await.expect(201)));
    let user = json!({"login": "jiafang", "name": MARK, "role": "viewer", "password": "Noch-Mal-2026"});
    ids.insert("users", id(&admin.post("/api/v1/users", user).await.expect(201)));
    let prompt = admin.upload("/api/v1/prompts", &[("name", MARK), ("text", MARK)], "a.wav", &pcm_wav(4000)).await.expect(201);
    ids.insert("prompts", id(&prompt));
    people(admin, &mut ids).await;
    let wav = call(app, &mut ids).await;
    ids.insert("fingerprints", fingerprint(app).await);
    ids.insert("appointments", appointment(app, &ids).await);
    ids.insert("bookings", booking(admin).await);
    app.store.fan_out(1000, desk::now()).await.unwrap();
    let deliveries = admin.get("/api/v1/webhook-deliveries").await.expect(200);
    ids.insert("webhook-deliveries", id(&deliveries["items"][0]));
    Rows { ids, wav }
}

/// A unit; an agent with a skill, in a group; a customer.
async fn people(admin: &Client, ids: &mut BTreeMap<&'static str, i64>) {
    ids.insert("org-units", id(&admin.post("/api/v1/org-units", json!({"name": MARK})).await.expect(201)));
    ids.insert("skills", id(&admin.post("/api/v1/skills", json!({"name": MARK})).await.expect(201)));
    let agent = json!({"number": "6001", "name": MARK, "skills": {ids["skills"].to_string(): 5}});
    ids.insert("agents", id(&admin.post("/api/v1/agents", agent).await.expect(201)));
    let queue = json!({"name": MARK, "needs": [{"skill": ids["skills"], "level_min": 3}]});
    ids.insert("queues", id(&admin.post("/api/v1/queues", queue).await.expect(201)));
    let members = json!([{"agent_id": ids["agents"], "place": 1}]);
    admin.put(&format!("/api/v1/queues/{}/members", ids["queues"]), members).await.expect(200);
    let customer = json!({"name": MARK, "numbers": [{"number": "13800138000", "label": "手机"}]});
    ids.insert("customers", id(&admin.post("/api/v1/customers", customer).await.expect(201)));
    let product = json!({"code": "P-1", "name": MARK, "price_cents": 9_900});
    ids.insert("products", id(&admin.post("/api/v1/products", product).await.expect(201)));
    let line = json!([{"product_id": ids["products"], "quantity": 1}]);
    let order = json!({"customer_name": MARK, "phone": "13800138000", "lines": line});
    ids.insert("orders", id(&admin.post("/api/v1/orders", order).await.expect(201)));
    ids.insert("pool", ids["customers"]);
}

/// An appointment of a task by appointment.
async fn booking(admin: &Client) -> i64 {
    let plan = json!({"media": ["sms"], "sms_text": MARK});
    let schedule = json!({"windows": [{"from": "00:00", "to": "24:00"}]});
    let task = json!({"name": MARK, "mode": "appointment", "booking": plan, "schedule": schedule});
    let task = id(&admin.post("/api/v1/campaigns", task).await.expect(201));
    let slots = admin.get(&format!("/api/v1/campaigns/{task}/slots")).await.expect(200);
    let new = json!({"phone": PHONE, "name": MARK, "medium": "sms", "due_at": slots["items"][0]["from"]});
    let made = admin.post(&format!("/api/v1/campaigns/{task}/appointments"), json!({"appointments": [new]})).await.expect(201);
    id(&made["items"][0]["appointment"])
}

/// Somebody who is to be called.
async fn appointment(app: &App, ids: &BTreeMap<&'static str, i64>) -> i64 {
    let now = desk::now();
    let appointment = Appointment {
        id: app.store.new_id(now),
        tenant_id: TenantId(1),
        campaign_id: None,
        lead_id: None,
        customer_id: None,
        call_id: model::CallId(ids["calls"]),
        agent_id: model::AgentId(ids["agents"]),
        mine: true,
        phone: PHONE.into(),
        name: MARK.into(),
        note: String::new(),
        due_at: now,
        state: AppointmentState::Due,
        dialled_at: None,
        done_at: None,
        created_at: now,
    };
    let of = (appointment.tenant_id, appointment.call_id, appointment.agent_id);
    app.store.arrange(of, PHONE, Some(&appointment), now).await.unwrap();
    appointment.id.0
}

/// An announcement that somebody has marked.
async fn fingerprint(app: &App) -> i64 {
    let now = desk::now();
    let fingerprint = Fingerprint {
        id: app.store.new_id(now),
        tenant_id: TenantId(1),
        name: MARK.into(),
        class: HeardClass::Invalid,
        source: "a.wav".into(),
        recording_id: None,
        enabled: true,
        duration_ms: 2_000,
        created_by: "admin".into(),
        created_at: now,
        hits: 0,
        last_hit_at: None,
    };
    app.store.insert_fingerprint(&fingerprint, "").await.unwrap();
    fingerprint.id.0
}

fn answered_leg(app: &App, now: model::At) -> LegRecord {
    LegRecord {
        id: app.store.new_id(now),
        trunk_id: None,
        from: PHONE.into(),
        to: "01088886666".into(),
        started_at: now,
        ringing_at: None,
        answered_at: Some(now),
        ended_at: now,
        cause: model::telephony::Cause::default(),
        stats: model::telephony::MediaStats::default(),
        cost: None,
    }
}

/// A finished inbound call with a stereo A-law recording.
async fn call(app: &App, ids: &mut BTreeMap<&'static str, i64>) -> Vec<u8> {
    let now = desk::now();
    let wav = alaw_wav(8_000);
    std::fs::write(app.dir.path().join("recordings/a.wav"), &wav).unwrap();
    let call = Call {
        id: app.store.new_id(now),
        tenant_id: TenantId(1),
        direction: Direction::Inbound,
        campaign_id: None,
        lead_id: None,
        attempt_id: None,
        name: MARK.into(),
        caller: PHONE.into(),
        called: "01088886666".into(),
        trunk_id: None,
        flow_id: None,
        flow_version: None,
        started_at: now,
        ringing_at: Some(now),
        answered_at: Some(now),
        ended_at: now,
        disposition: Disposition::Human,
        result: None,
        digits: String::new(),
        trail: Vec::new(),
        cost: None,
        utterances: vec![model::record::Utterance {
            speaker: model::record::Speaker::Far,
            from_ms: 900,
            to_ms: 3_200,
            text: "请打我的手机13800138000".into(),
            is_final: true,
            confidence: None,
        }],
        heard_ms: 4_000,
        queue_id: None,
        agent_id: None,
        talks: Vec::new(),
        satisfaction: None,
        confirmation: None,
        heard: Vec::new(),
        legs: vec![answered_leg(app, now)],
    };
    let recording = Recording {
        id: app.store.new_id(now),
        tenant_id: TenantId(1),
        call_id: call.id,
        kind: RecordingKind::Call,
        file_name: "a.wav".into(),
        label: String::new(),
        started_at: now,
        duration_ms: 1000,
        bytes: wav.len() as u64,
        recovered: false,
    };
    ids.insert("calls", call.id.0);
    ids.insert("recordings", recording.id.0);
    let fact = Fact::CallEnded { call: Box::new(call), recordings: vec![recording], callback_of: None };
    let done = app.store.commit(&[Entry::Fact(Box::new(fact))]).await;
    assert!(matches!(done[..], [store::Outcome::Done]), "{done:?}");
    wav
}

/// A call of the agent of this person with `PHONE`.
pub async fn talked(app: &App, user: model::UserId) -> i64 {
    let now = desk::now();
    let agent = app.store.agent_of_user(TenantId(1), user).await.unwrap().unwrap();
    let page = app.store.calls(TenantId(1), &store::CallFilter::default(), store::PageQuery::default()).await.unwrap();
    let call = Call { id: app.store.new_id(now), agent_id: Some(agent.id), ..page.items.into_iter().next().unwrap() };
    let id = call.id.0;
    let fact = Fact::CallEnded { call: Box::new(call), recordings: Vec::new(), callback_of: None };
    app.store.commit(&[Entry::Fact(Box::new(fact))]).await;
    id
}

/// Stereo A-law with every octet in it.
pub fn alaw_wav(frames: u32) -> Vec<u8> {
    let data: Vec<u8> = (0..frames * 2).map(|i| (i * 7 % 256) as u8).collect();
    wav(6, 2, 8, &data)
}

pub fn pcm_wav(frames: u32) -> Vec<u8> {
    let data: Vec<u8> = (0..frames).flat_map(|i| (((i % 40) as i16 - 20) * 400).to_le_bytes()).collect();
    wav(1, 1, 16, &data)
}

fn wav(format: u16, channels: u16, bits: u16, data: &[u8]) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut w = Vec::new();
    w.extend(b"RIFF");
    w.extend((36 + data.len() as u32).to_le_bytes());
    w.extend(b"WAVEfmt ");
    w.extend(16_u32.to_le_bytes());
    w.extend(format.to_le_bytes());
    w.extend(channels.to_le_bytes());
    w.extend(8000_u32.to_le_bytes());
    w.extend((8000 * u32::from(block)).to_le_bytes());
    w.extend(block.to_le_bytes());
    w.extend(bits.to_le_bytes());
    w.extend(b"data");
    w.extend((data.len() as u32).to_le_bytes());
    w.extend(data);
    w
}
