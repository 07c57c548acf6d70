//! The desk and the board on a floor that is not running: who may ask, what is refused before the floor is asked, and events.

use crate::app::{App, Client};
use crate::fixture::id;
use crate::ws::{next, open, serve};
use model::record::Role;
use model::{TenantId, event};
use serde_json::{Value, json};

/// A person of this role with the 工号 8001.
async fn with_agent(app: &App, admin: &Client, role: Role) -> (Client, i64, i64) {
    let person = app.person(role).await;
    let user = person.get("/api/v1/session").await.expect(200)["user"]["id"].as_i64().unwrap();
    let body = json!({"number": "8001", "name": "王芳", "user_id": user});
    let agent = id(&admin.post("/api/v1/agents", body).await.expect(201));
    (person, agent, user)
}

#[tokio::test]
async fn a_desk_is_its_agent_s() {
    let (app, admin) = App::with_admin().await;
    assert_eq!(admin.get("/api/v1/desk").await.expect(404)["code"], "no_agent");
    let key = app.key(TenantId(1), model::record::Permission::ALL).await;
    assert_eq!(key.get("/api/v1/desk").await.expect(403)["code"], "person_required");
    admin.post("/api/v1/extensions", json!({"number": "7001", "name": "话机"})).await.expect(201);
    let queue = admin.post("/api/v1/queues", json!({"name": "咨询"})).await.expect(201);
    admin.post("/api/v1/queues", json!({"name": "投诉"})).await.expect(201);
    let (agent, own, _) = with_agent(&app, &admin, Role::Agent).await;
    let members = format!("/api/v1/queues/{}/members", id(&queue));
    admin.put(&members, json!([{"agent_id": own}])).await.expect(200);
    let desk = agent.get("/api/v1/desk").await.expect(200);
    assert_eq!((desk["agent"]["number"].as_str(), desk["view"]["agent"]["state"].as_str()), (Some("8001"), Some("off")));
    assert_eq!(
        (&desk["queues"], &desk["extensions"][0]["number"]),
        (&json!([{"id": queue["id"], "name": "咨询"}]), &json!("7001"))
    );
    assert_eq!(desk["breaks"].as_array().unwrap().len(), 4);
    let silent = agent.post("/api/v1/desk/commands", json!({"do": "ready"})).await.expect(503);
    assert_eq!(silent["code"], "unavailable");
    assert_eq!(agent.post("/api/v1/desk/commands", json!({"do": "fly"})).await.status, 422);
    admin.post("/api/v1/agents", json!({"number": "8002", "name": "李强"})).await.expect(201);
    let colleagues = agent.get("/api/v1/desk/colleagues?q=8002").await.expect(200);
    assert_eq!((&colleagues["agents"][0]["name"], &colleagues["queues"]), (&json!("李强"), &json!([])));
    assert_eq!(agent.get("/api/v1/desk/colleagues").await.expect(200)["agents"].as_array().unwrap().len(), 1, "not oneself");
}

#[tokio::test]
async fn a_page_takes_the_phone_from_an_older_page() {
    let (app, admin) = App::with_admin().await;
    admin.post("/api/v1/extensions", json!({"number": "8001"})).await.expect(201);
    let (agent, own, _) = with_agent(&app, &admin, Role::Agent).await;
    let first = agent.post("/api/v1/desk/phone", json!({})).await.expect(200);
    assert_eq!(
        (first["login"].as_str(), first["web_path"].as_str(), first["domain"].as_str()),
        (Some("8002"), Some("/sip"), Some("fengling"))
    );
    let second = agent.post("/api/v1/desk/phone", json!({})).await.expect(200);
    assert!(second["extension_id"] == first["extension_id"] && second["secret"] != first["secret"]);
    let seat = |seat: Value| json!({"do": "sign_in", "seat": seat});
    let extensions = admin.get("/api/v1/extensions").await.expect(200);
    let phone = extensions["items"].as_array().unwrap().iter().find(|e| e["number"] == "8001").unwrap()["id"].clone();
    for (given, status) in [
        (json!({"kind": "browser", "extension": first["extension_id"]}), 503),
        (json!({"kind": "browser", "extension": phone}), 422),
        (json!({"kind": "phone", "extension": first["extension_id"]}), 422),
        (json!({"kind": "phone", "extension": phone}), 503),
        (json!({"kind": "outside", "number": "138 0013 8000"}), 503),
        (json!({"kind": "outside", "number": "1"}), 422),
    ] {
        let reply = agent.post("/api/v1/desk/commands", seat(given.clone())).await;
        assert_eq!(reply.status.as_u16(), status, "{given}: {}", reply.text());
    }
    let path = format!("/api/v1/agents/{own}");
    let mut off = admin.get(&path).await.expect(200);
    off["enabled"] = json!(false);
    admin.put(&path, off).await.expect(200);
    assert_eq!(agent.post("/api/v1/desk/phone", json!({})).await.expect(409)["code"], "disabled");
    let page = format!("/api/v1/extensions/{}", first["extension_id"]);
    assert_eq!(admin.get(&page).await.expect(200)["enabled"], false, "the phone of who may not work rings no more");
    admin.call(axum::http::Method::DELETE, &path, None).await.expect(204);
    admin.get(&page).await.expect(404);
}

#[tokio::test]
async fn numbers_that_one_sees_masked_can_be_dialled_by_name() {
    let (app, admin) = App::with_admin().await;
    let customer = json!({"name": "王", "numbers": [{"number": "13800138000"}]});
    let made = admin.post("/api/v1/customers", customer).await.expect(201);
    let (agent, ..) = with_agent(&app, &admin, Role::Agent).await;
    let dial = async |number: String| agent.post("/api/v1/desk/commands", json!({"do": "dial", "number": number})).await;
    let (customer, number) = (id(&made), made["numbers"][0]["id"].as_i64().unwrap());
    assert_eq!(dial(format!("customer:{customer}:{number}")).await.status.as_u16(), 503, "it came as far as the floor");
    for unknown in [format!("customer:{customer}:1"), "customer:x:y".into(), "call:7".into()] {
        assert_eq!(dial(unknown).await.expect(422)["field"], "number");
    }
}

#[tokio::test]
async fn a_board_is_for_supervisors_and_what_they_ask_is_written_down() {
    let (app, admin) = App::with_admin().await;
    let (agent, own, _) = with_agent(&app, &admin, Role::Agent).await;
    agent.get("/api/v1/board").await.expect(403);
    agent.post("/api/v1/board/commands", json!({"do": "stop_monitor"})).await.expect(403);
    let supervisor = app.person(Role::Supervisor).await;
    assert_eq!(supervisor.get("/api/v1/board").await.expect(200), json!({"agents": [], "queues": []}));
    let ask = async |body: Value| supervisor.post("/api/v1/board/commands", body).await;
    let force = json!({"do": "force", "agent": own, "to": {"state": "ready"}});
    ask(force).await.expect(503);
    assert_eq!(ask(json!({"do": "release", "agent": own, "reason": " "})).await.expect(422)["field"], "reason");
    let stranger = json!({"do": "force", "agent": 9, "to": {"state": "off"}});
    assert_eq!(ask(stranger).await.expect(404)["code"], "unknown_agent");
    let seat = json!({"kind": "browser", "extension": 1});
    assert_eq!(ask(json!({"do": "monitor", "agent": own, "mode": "listen", "seat": seat})).await.expect(422)["field"], "seat");
    let log = admin.get("/api/v1/audit?action=supervise.force").await.expect(200);
    let entry = &log["items"][0];
    assert_eq!(
        (entry["target"].as_str().unwrap(), entry["detail"]["refused"].as_str()),
        (&*format!("agent:{own}"), Some("unavailable"))
    );
}

#[tokio::test]
async fn a_desk_s_events_reach_its_agent_alone() {
    let (app, admin) = App::with_admin().await;
    let (agent, own, user) = with_agent(&app, &admin, Role::Agent).await;
    let view = agent.get("/api/v1/desk").await.expect(200)["view"].clone();
    let now = desk::now();
    let mut live = view["agent"].clone();
    live["number_far"] = json!("+8613800138000");
    let note = json!({"kind": "dial_failed", "disposition": "busy", "number": "+8613800138000"});
    let shown = json!({"agent_id": own, "user_id": user, "view": {"agent": live, "call": null}, "note": note});
    let mut socket = open(serve(&app).await, "", &agent, None).await.unwrap();
    // Stored here, so that they can be read again: on a floor they are live.
    app.store.emit(TenantId(1), event::DESK_CHANGED, shown, now).await.unwrap();
    let heard = next(&mut socket).await;
    app.store.emit(TenantId(1), event::AGENT_STATE, live, now).await.unwrap();
    let supervisor = app.person(Role::Supervisor).await;
    let kinds = async |client: &Client| {
        let page = client.get("/api/v1/events?limit=500").await.expect(200);
        let all = page["items"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap().to_owned());
        all.filter(|k| k.starts_with("desk.") || k == "agent.state").collect::<Vec<_>>()
    };
    assert_eq!(kinds(&supervisor).await, ["agent.state"]);
    assert_eq!(kinds(&admin).await, ["agent.state"]);
    let data = &heard["data"];
    let numbers = [&data["view"]["agent"]["number_far"], &data["note"]["number"]];
    assert_eq!((heard["type"].as_str(), numbers), (Some("desk.changed"), [&json!("138****8000"); 2]));
}
