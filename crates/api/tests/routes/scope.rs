//! The organisation, and who sees whose work by it.

use crate::app::{App, Client, PASSWORD};
use crate::fixture::id;
use crate::ws::{next, open, serve};
use axum::http::Method;
use model::fact::Fact;
use model::record::{Call, Permission, Recording};
use model::{AgentId, TenantId, event};
use serde_json::{Value, json};

async fn unit(admin: &Client, name: &str, parent: Option<i64>) -> i64 {
    id(&admin.post("/api/v1/org-units", json!({"name": name, "parent_id": parent})).await.expect(201))
}

async fn agent(admin: &Client, number: &str, unit: Option<i64>) -> i64 {
    id(&admin.post("/api/v1/agents", json!({"number": number, "name": number, "unit_id": unit})).await.expect(201))
}

/// Somebody of this role who stands there, past the first change of password; and their id.
pub async fn person(app: &App, admin: &Client, role: &str, place: Value) -> (Client, i64) {
    let mut body = json!({"login": format!("{role}-{}", place["unit_id"]), "role": role, "password": "Erst-Mal-2026"});
    body.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
    let user = admin.post("/api/v1/users", body.clone()).await.expect(201);
    let mut client = app.client();
    let reply = client.post("/api/v1/session", json!({"login": body["login"], "password": "Erst-Mal-2026"})).await;
    client.sign(&reply);
    let reply = client.put("/api/v1/session/password", json!({"current": "Erst-Mal-2026", "new": PASSWORD})).await;
    client.sign(&reply);
    (client, id(&user))
}

async fn numbers(client: &Client) -> Vec<String> {
    let page = client.get("/api/v1/agents").await.expect(200);
    page["items"].as_array().unwrap().iter().map(|a| a["number"].as_str().unwrap().into()).collect()
}

/// 客服中心 with 一部 (below it 甲班) and 二部; an agent in each but the first, and one outside.
struct House {
    root: i64,
    first: i64,
    team: i64,
    second: i64,
    agents: [i64; 4],
}

async fn house(admin: &Client) -> House {
    let root = unit(admin, "客服中心", None).await;
    let (first, second) = (unit(admin, "一部", Some(root)).await, unit(admin, "二部", Some(root)).await);
    let team = unit(admin, "甲班", Some(first)).await;
    let agents = [
        agent(admin, "8001", Some(first)).await,
        agent(admin, "8002", Some(team)).await,
        agent(admin, "8003", Some(second)).await,
        agent(admin, "8004", None).await,
    ];
    House { root, first, team, second, agents }
}

#[tokio::test]
async fn a_supervisor_neither_sees_nor_commands_another_unit_s_agents() {
    let (app, admin) = App::with_admin().await;
    let h = house(&admin).await;
    let (below, _) = person(&app, &admin, "supervisor", json!({"unit_id": h.first})).await;
    assert_eq!(numbers(&below).await, ["8001", "8002"], "with a unit a supervisor sees it and what is below");
    let (own, _) = person(&app, &admin, "supervisor", json!({"unit_id": h.team, "scope": "self"})).await;
    assert!(numbers(&own).await.is_empty());
    let (unit, _) = person(&app, &admin, "supervisor", json!({"unit_id": h.root, "scope": "unit"})).await;
    assert!(numbers(&unit).await.is_empty(), "nobody stands in the root itself");
    assert_eq!(numbers(&admin).await.len(), 4);
    assert_eq!(numbers(&app.key(TenantId(1), Permission::ALL).await).await.len(), 4, "machines see all");
    for (agent, status) in h.agents.iter().zip([503, 503, 404, 404]) {
        let force = json!({"do": "force", "agent": agent, "to": {"state": "ready"}});
        let reply = below.post("/api/v1/board/commands", force).await;
        assert_eq!(reply.status.as_u16(), status, "{agent}: {}", reply.text());
        let one = below.get(&format!("/api/v1/agents/{agent}")).await;
        assert_eq!(one.status.as_u16(), if status == 404 { 404 } else { 200 });
    }
    let other = json!({"do": "release", "agent": h.agents[2], "reason": "x"});
    assert_eq!(below.post("/api/v1/board/commands", other).await.expect(404)["code"], "unknown_agent");
    let first = json!({"do": "move_up", "entry": 7});
    assert_eq!(below.post("/api/v1/board/commands", first.clone()).await.expect(404)["code"], "unknown_entry");
    admin.post("/api/v1/board/commands", first).await.expect(503);
}

#[tokio::test]
async fn whoever_moves_is_seen_elsewhere() {
    let (app, admin) = App::with_admin().await;
    let h = house(&admin).await;
    let (boss, user) = person(&app, &admin, "supervisor", json!({"unit_id": h.second})).await;
    assert_eq!(numbers(&boss).await, ["8003"]);
    let path = format!("/api/v1/org-units/{}", h.team);
    let moved = json!({"name": "甲班", "parent_id": h.second, "revision": 1});
    admin.put(&path, moved.clone()).await.expect(200);
    assert_eq!(numbers(&boss).await, ["8002", "8003"], "a unit moved below takes its agents along");
    assert_eq!(admin.put(&path, moved).await.expect(409)["current"]["revision"], 2);
    let mut agent = admin.get(&format!("/api/v1/agents/{}", h.agents[2])).await.expect(200);
    agent["unit_id"] = json!(h.first);
    admin.put(&format!("/api/v1/agents/{}", h.agents[2]), agent).await.expect(200);
    assert_eq!(numbers(&boss).await, ["8002"]);
    let user = format!("/api/v1/users/{user}");
    let patch = async |body: Value| admin.call(Method::PATCH, &user, Some(body)).await;
    assert_eq!(patch(json!({"unit_id": h.root})).await.expect(200)["scope"], "below");
    assert_eq!(numbers(&boss).await.len(), 3);
    assert_eq!(patch(json!({"scope": "unit"})).await.expect(200)["unit_id"], h.root);
    assert_eq!(patch(json!({"unit_id": null})).await.expect(422)["field"], "unit_id");
    let out = patch(json!({"unit_id": null, "scope": "all"})).await.expect(200);
    assert_eq!((&out["unit_id"], out["scope"].as_str()), (&Value::Null, Some("all")));
    assert_eq!(numbers(&boss).await.len(), 4);
    assert_eq!(patch(json!({"role": "agent"})).await.expect(200)["scope"], "self", "nobody chose the scope: it follows the role");
}

#[tokio::test]
async fn a_tree_that_cannot_be_is_refused_by_field() {
    let (_app, admin) = App::with_admin().await;
    let h = house(&admin).await;
    let post = async |body: Value| admin.post("/api/v1/org-units", body).await;
    assert_eq!(post(json!({"name": " "})).await.expect(422)["field"], "name");
    assert_eq!(post(json!({"name": "一部", "parent_id": h.root})).await.expect(409)["field"], "name");
    assert_eq!(post(json!({"name": "x", "parent_id": 7})).await.expect(422)["field"], "parent_id");
    let ring = json!({"name": "客服中心", "parent_id": h.team, "revision": 1});
    assert_eq!(admin.put(&format!("/api/v1/org-units/{}", h.root), ring).await.expect(422)["field"], "parent_id");
    let delete = async |unit: i64| admin.call(Method::DELETE, &format!("/api/v1/org-units/{unit}"), None).await;
    assert_eq!(delete(h.second).await.expect(409)["code"], "unit_in_use");
    admin.call(Method::DELETE, &format!("/api/v1/agents/{}", h.agents[2]), None).await.expect(204);
    delete(h.second).await.expect(204);
    let lost = json!({"number": "8009", "name": "x", "unit_id": h.second});
    assert_eq!(admin.post("/api/v1/agents", lost).await.expect(422)["field"], "unit_id");
    let lost = json!({"login": "x1", "role": "agent", "password": "Erst-Mal-2026", "scope": "below"});
    assert_eq!(admin.post("/api/v1/users", lost).await.expect(422)["field"], "unit_id");
}

#[tokio::test]
async fn a_manager_of_one_unit_puts_agents_there_alone() {
    let (app, admin) = App::with_admin().await;
    let h = house(&admin).await;
    let (manager, _) = person(&app, &admin, "manager", json!({"unit_id": h.first, "scope": "below"})).await;
    for stray in [json!(h.second), Value::Null] {
        let body = json!({"number": "8010", "name": "x", "unit_id": stray});
        assert_eq!(manager.post("/api/v1/agents", body).await.expect(422)["field"], "unit_id");
    }
    agent(&manager, "8010", Some(h.team)).await;
    let theirs = format!("/api/v1/agents/{}", h.agents[2]);
    manager.call(Method::DELETE, &theirs, None).await.expect(404);
    manager.put(&theirs, json!({"revision": 1, "number": "8003", "name": "x", "unit_id": h.first})).await.expect(404);
}

#[tokio::test]
async fn events_tell_of_those_one_sees() {
    let (app, admin) = App::with_admin().await;
    let h = house(&admin).await;
    let queue = id(&admin.post("/api/v1/queues", json!({"name": "咨询"})).await.expect(201));
    let members = format!("/api/v1/queues/{queue}/members");
    admin.put(&members, json!([{"agent_id": h.agents[2]}])).await.expect(200);
    let (boss, _) = person(&app, &admin, "supervisor", json!({"unit_id": h.first})).await;
    let address = serve(&app).await;
    let mut socket = open(address, "", &boss, None).await.unwrap();
    let tell = async |kind: &str, data: Value| app.store.emit(TenantId(1), kind, data, desk::now()).await.unwrap();
    let left = |n: i64| json!({"queue_id": queue, "n": n});
    tell(event::AGENT_CHANGED, json!({"agent_id": h.agents[2], "unit_id": h.second, "deleted": false})).await;
    tell(event::QUEUE_LEFT, left(1)).await;
    tell(event::AGENT_CHANGED, json!({"agent_id": h.agents[1], "unit_id": h.team, "deleted": false})).await;
    let heard = next(&mut socket).await;
    assert_eq!((heard["type"].as_str(), heard["data"]["agent_id"].as_i64()), (Some("agent.changed"), Some(h.agents[1])));
    // The other unit's agent comes over: from then on they are heard of, and their group too.
    let path = format!("/api/v1/agents/{}", h.agents[2]);
    let mut other = admin.get(&path).await.expect(200);
    other["unit_id"] = json!(h.team);
    admin.put(&path, other).await.expect(200);
    let heard = next(&mut socket).await;
    assert_eq!((heard["type"].as_str(), heard["data"]["agent_id"].as_i64()), (Some("agent.changed"), Some(h.agents[2])));
    tell(event::QUEUE_LEFT, left(2)).await;
    assert_eq!(next(&mut socket).await["data"]["n"], 2);
    let past = boss.get("/api/v1/events?limit=500").await.expect(200);
    let strangers = past["items"].as_array().unwrap().iter().filter(|e| e["data"]["agent_id"] == h.agents[3]).count();
    assert_eq!(strangers, 0, "nor afterwards");
}

#[tokio::test]
async fn calls_and_their_sounds_are_heard_by_those_whose_people_took_them() {
    let (app, admin) = App::with_admin().await;
    let rows = crate::fixture::fill(&app, &admin).await;
    let h = house(&admin).await;
    let (chief, _) = person(&app, &admin, "supervisor", json!({"unit_id": h.first})).await;
    let call = format!("/api/v1/calls/{}", rows.id("calls"));
    let count = async |client: &Client, list: &str| client.get(list).await.expect(200)["items"].as_array().unwrap().len();
    assert_eq!((count(&admin, "/api/v1/calls").await, count(&admin, "/api/v1/recordings").await), (1, 1));
    assert_eq!((count(&chief, "/api/v1/calls").await, count(&chief, "/api/v1/recordings").await), (0, 0), "nobody of theirs");
    chief.get(&call).await.expect(404);
    chief.get(&format!("{call}/sip-trace")).await.expect(404);
    chief.get(&format!("/api/v1/recordings/{}/peaks", rows.id("recordings"))).await.expect(404);
    let taken = taken_by(&app, AgentId(h.agents[1])).await;
    assert_eq!((count(&chief, "/api/v1/calls").await, count(&chief, "/api/v1/recordings").await), (1, 1));
    chief.get(&format!("/api/v1/calls/{taken}")).await.expect(200);
    assert_eq!((count(&admin, "/api/v1/calls").await, count(&admin, "/api/v1/recordings").await), (2, 2));
}

/// Another call like the one there is, with its recording, taken by this agent.
async fn taken_by(app: &App, agent: AgentId) -> i64 {
    let (store, tenant, page) = (&app.store, TenantId(1), store::PageQuery::default);
    let call = store.calls(tenant, &store::CallFilter::default(), page()).await.unwrap().items.remove(0);
    let sound = store.recordings(tenant, None, None, None, page()).await.unwrap().items.remove(0);
    let call = Call { id: store.new_id(desk::now()), agent_id: Some(agent), ..call };
    let sound = Recording { id: store.new_id(desk::now()), call_id: call.id, file_name: "taken.wav".into(), ..sound };
    let id = call.id.0;
    let fact = Fact::CallEnded { call: Box::new(call), recordings: vec![sound], callback_of: None };
    let done = store.commit(&[store::Entry::Fact(Box::new(fact))]).await;
    assert!(matches!(done[..], [store::Outcome::Done]), "{done:?}");
    id
}

#[tokio::test]
async fn members_out_of_sight_stay_in_their_group() {
    let (app, admin) = App::with_admin().await;
    let h = house(&admin).await;
    let queue = id(&admin.post("/api/v1/queues", json!({"name": "一组"})).await.expect(201));
    let members = format!("/api/v1/queues/{queue}/members");
    admin.put(&members, json!([{"agent_id": h.agents[0]}, {"agent_id": h.agents[2], "place": 4}])).await.expect(200);
    let (manager, _) = person(&app, &admin, "manager", json!({"unit_id": h.first, "scope": "below"})).await;
    let wish = json!([{"agent_id": h.agents[1]}, {"agent_id": h.agents[2], "vip_only": true}, {"agent_id": h.agents[3]}]);
    let after = manager.put(&members, wish).await.expect(200);
    let mut after: Vec<_> = after.as_array().unwrap().iter().map(|m| (m["agent_id"].as_i64(), m["vip_only"].as_bool())).collect();
    after.sort_unstable();
    assert_eq!(after, [(Some(h.agents[1]), Some(false)), (Some(h.agents[2]), Some(false))]);
    manager.put(&format!("/api/v1/agents/{}/groups", h.agents[2]), json!({"queues": []})).await.expect(404);
    manager.put(&format!("/api/v1/agents/{}/groups", h.agents[1]), json!({"queues": [queue, 999]})).await.expect(422);
    manager.put(&format!("/api/v1/agents/{}/groups", h.agents[1]), json!({"queues": []})).await.expect(204);
}
