//! The house: a menu whose key 0 leads to a group of many agents, each a person with a phone, made as an administrator makes
//! them and signed in as people sign in.

use checks::{Person, Scene, say};
use futures::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Instant;

pub const DID: &str = "057188009000";
/// Agents who sign in at a time.
const AT_A_TIME: usize = 4;

/// What a phone registers with.
pub struct Account {
    pub login: String,
    pub secret: String,
}

pub struct House {
    pub phones: Vec<Account>,
    /// Ids of the agents, in the order of their phones; so the people.
    pub agents: Vec<i64>,
    pub people: Vec<Person>,
    /// Their group.
    pub queue: Value,
    extensions: Vec<i64>,
}

/// `wrap_up_ms`: how long they may write up a call; 0: they are ready at once.
pub async fn build(scene: &Scene, agents: usize, wrap_up_ms: u32) -> House {
    let client = &scene.client;
    let queue = json!({ "name": "人工服务", "wrap_up_ms": wrap_up_ms, "record": false });
    let queue = client.post("/queues", queue).await;
    line(scene, &queue["id"]).await;
    let began = Instant::now();
    let (phones, agents_made, people, extensions) = Default::default();
    let mut house = House { phones, agents: agents_made, people, queue: queue["id"].clone(), extensions };
    for n in 0..agents {
        let (phone, extension, agent, person) = agent(scene, n).await;
        house.phones.push(phone);
        house.extensions.push(extension);
        house.agents.push(agent);
        house.people.push(person);
    }
    say(&format!("{agents} agents were made in {:.0} s", began.elapsed().as_secs_f64()));
    let members: Vec<Value> = house.agents.iter().map(|agent| json!({ "agent_id": agent, "outbound": true })).collect();
    client.ask(Method::PUT, &format!("/queues/{}/members", queue["id"]), Some(&json!(members))).await;
    house
}

/// The number that is called, and what it does.
async fn line(scene: &Scene, queue: &Value) {
    let client = &scene.client;
    let doc = json!({ "schema": "fengling.flow/1", "name": "hotline", "entry": "menu", "nodes": {
        "menu": { "type": "gather", "parts": [{ "silence": 1_000 }], "branches": { "0": "agents" }, "timeout_ms": 20_000,
                  "on_timeout": "bye" },
        "agents": { "type": "queue", "queue": queue, "service": "人工服务", "on_failed": "bye" },
        "bye": { "type": "hangup" } } });
    let flow = client.post("/flows", json!({ "name": "hotline", "doc": doc })).await;
    let publish = json!({ "revision": flow["revision"], "note": "bench" });
    client.post(&format!("/flows/{}/publish", flow["id"]), publish).await;
    let number = json!({ "number": DID, "trunk_id": scene.trunk, "inbound_flow_id": flow["id"] });
    client.post("/numbers", number).await;
}

async fn agent(scene: &Scene, n: usize) -> (Account, i64, i64, Person) {
    let client = &scene.client;
    let (phone, number) = ((70_000 + n).to_string(), (1_000 + n).to_string());
    let made = client.post("/extensions", json!({ "number": phone, "name": "话机", "contacts_max": 1 })).await;
    let text = |field: &str| made[field].as_str().expect("what a phone registers with").to_owned();
    let account = Account { login: text("login"), secret: text("secret") };
    // By whole numbers, which a plain agent's phone is not shown, the phones here know which caller they have.
    let person = client.person(&format!("agent{number}"), "supervisor").await;
    let agent = client.post("/agents", json!({ "number": number, "name": "坐席", "user_id": person.id })).await;
    let id = |value: &Value| value["id"].as_i64().expect("an id");
    (account, id(&made), id(&agent), person)
}

impl House {
    /// Everybody takes a seat at their phone, ready.
    pub async fn sign_in(&self) {
        let sign_in = |n: usize| async move {
            let seat = json!({ "kind": "phone", "extension": self.extensions[n] });
            self.people[n].post("/desk/commands", json!({ "do": "sign_in", "seat": seat, "ready": true })).await
        };
        let began = Instant::now();
        let all = 0..self.people.len();
        let views: Vec<Value> = futures::stream::iter(all).map(sign_in).buffer_unordered(AT_A_TIME).collect().await;
        let ready = views.iter().filter(|view| view["agent"]["state"] == "ready").count();
        say(&format!("{ready} agents signed in within {:.0} s", began.elapsed().as_secs_f64()));
        assert_eq!(ready, self.people.len(), "agents who are not ready: {:?}", views.first());
    }
}
