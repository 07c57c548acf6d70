//! The live stream over a real socket.

use crate::app::{App, Client};
use axum::http::Method;
use futures::StreamExt as _;
use model::event;
use model::record::{Permission as P, Role};
use model::{At, TenantId};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
const PATIENCE: Duration = Duration::from_secs(15);

pub async fn serve(app: &App) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = app.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

pub async fn open(address: SocketAddr, query: &str, client: &Client, origin: Option<&str>) -> Result<Socket, u16> {
    let mut request = format!("ws://{address}/api/v1/ws{query}").into_client_request().unwrap();
    let headers = request.headers_mut();
    if let Some(secret) = &client.bearer {
        headers.insert("authorization", format!("Bearer {secret}").parse().unwrap());
    }
    if let Some(cookie) = &client.cookie {
        headers.insert("cookie", cookie.parse().unwrap());
    }
    if let Some(origin) = origin {
        headers.insert("origin", origin.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

/// The next event that is no heartbeat. Heartbeats do not lengthen the wait.
pub async fn next(socket: &mut Socket) -> Value {
    let event = async {
        loop {
            let Message::Text(text) = socket.next().await.expect("closed").unwrap() else { continue };
            let event: Value = serde_json::from_str(&text).unwrap();
            if event["type"] != "heartbeat" {
                return event;
            }
        }
    };
    timeout(PATIENCE, event).await.expect("nothing comes")
}

async fn emit(app: &App, tenant: TenantId, n: i64) -> i64 {
    let now: At = desk::now();
    app.store.emit(tenant, event::CAMPAIGN_CHANGED, json!({"n": n, "phone": "+8613800138000"}), now).await.unwrap()
}

#[tokio::test]
async fn what_was_missed_comes_first_then_what_happens_without_a_gap_or_a_repeat() {
    let (app, admin) = App::with_admin().await;
    let address = serve(&app).await;
    let other = app.second_tenant().await;
    let start = app.store.last_seq().await.unwrap();
    let mut written = Vec::new();
    for n in 0..1_200 {
        written.push(emit(&app, TenantId(1), n).await);
        if n % 100 == 0 {
            emit(&app, other, n).await;
        }
    }
    let mut socket = open(address, &format!("?after={start}"), &admin, None).await.unwrap();
    // Writing goes on while the reader catches up.
    let writer = async {
        for n in 1_200..1_500 {
            written.push(emit(&app, TenantId(1), n).await);
        }
    };
    let reader = async {
        let mut read = Vec::new();
        while read.len() < 1_500 {
            read.push(next(&mut socket).await);
        }
        read
    };
    let ((), read) = tokio::join!(writer, reader);
    let seqs: Vec<_> = read.iter().map(|e| e["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, written);
    assert!(read.iter().enumerate().all(|(i, e)| e["data"]["n"] == i), "another tenant's event came through");
    // A second life goes on where the first one ended.
    drop(socket);
    let last = emit(&app, TenantId(1), 1_500).await;
    let mut socket = open(address, &format!("?after={}", seqs[1_499]), &admin, None).await.unwrap();
    assert_eq!(next(&mut socket).await["seq"], last);
    app.store.bus().live(TenantId(1), event::CAMPAIGN_PROGRESS, json!({"live": true}), desk::now());
    let live = next(&mut socket).await;
    assert_eq!((live["seq"].as_i64(), live["data"]["live"].as_bool()), (Some(0), Some(true)));
}

#[tokio::test]
async fn numbers_are_masked_and_rights_respected() {
    let (app, _) = App::with_admin().await;
    let address = serve(&app).await;
    let key = app.key(TenantId(1), &[P::CampaignRead]).await;
    let after = app.store.last_seq().await.unwrap();
    app.store.emit(TenantId(1), event::CALL_ENDED, json!({"caller": "+8613800138000"}), desk::now()).await.unwrap();
    let seen = emit(&app, TenantId(1), 1).await;
    let mut socket = open(address, &format!("?after={after}"), &key, None).await.unwrap();
    let event = next(&mut socket).await;
    assert_eq!((event["seq"].as_i64(), event["data"]["phone"].as_str()), (Some(seen), Some("138****8000")), "{event}");
}

#[tokio::test]
async fn strangers_and_foreign_pages_stay_outside() {
    let (app, admin) = App::with_admin().await;
    let address = serve(&app).await;
    assert_eq!(open(address, "", &app.client(), None).await.err(), Some(401));
    assert_eq!(open(address, "", &admin, Some("https://evil.example")).await.err(), Some(403));
    assert_eq!(open(address, "", &admin, Some("null")).await.err(), Some(403));
    assert!(open(address, "", &admin, Some(&format!("http://{address}"))).await.is_ok());
    assert!(open(address, "", &admin, Some("https://crm.example.com")).await.is_ok());
}

#[tokio::test]
async fn a_ticket_opens_one_socket() {
    let (app, admin) = App::with_admin().await;
    let address = serve(&app).await;
    let ticket = admin.post("/api/v1/session/ticket", json!({})).await.expect(201)["ticket"].as_str().unwrap().to_owned();
    let query = format!("?ticket={ticket}");
    assert!(open(address, &query, &app.client(), None).await.is_ok());
    assert_eq!(open(address, &query, &app.client(), None).await.err(), Some(401));
}

/// The code a stream is closed with.
async fn end(socket: &mut Socket) -> u16 {
    loop {
        match timeout(PATIENCE, socket.next()).await.expect("the stream goes on").expect("ended without a word").unwrap() {
            Message::Close(frame) => return frame.unwrap().code.into(),
            _ => continue,
        }
    }
}

#[tokio::test]
async fn streams_end_with_the_session_and_the_key() {
    let (app, admin) = App::with_admin().await;
    let address = serve(&app).await;
    let key = json!({"name": "k", "scopes": [P::CampaignRead.code()]});
    let made = admin.post("/api/v1/api-keys", key).await.expect(201);
    let mut machine = app.client();
    machine.bearer = made["secret"].as_str().map(str::to_owned);
    let (mut of_key, mut of_admin) =
        (open(address, "", &machine, None).await.unwrap(), open(address, "", &admin, None).await.unwrap());
    let began = tokio::time::Instant::now();
    admin.call(Method::DELETE, &format!("/api/v1/api-keys/{}", made["id"]), None).await.expect(204);
    assert_eq!(end(&mut of_key).await, 4401);
    admin.call(Method::DELETE, "/api/v1/session", None).await.expect(204);
    assert_eq!(end(&mut of_admin).await, 4401);
    assert!(began.elapsed() < Duration::from_secs(10), "at once, not at the next look");
}

#[tokio::test]
async fn a_stream_does_not_outlive_its_key() {
    let (app, admin) = App::with_admin().await;
    let address = serve(&app).await;
    let key = json!({"name": "k", "scopes": [P::CampaignRead.code()], "expires_at": desk::now().plus_ms(1_500)});
    let made = admin.post("/api/v1/api-keys", key).await.expect(201);
    let mut machine = app.client();
    machine.bearer = made["secret"].as_str().map(str::to_owned);
    let mut socket = open(address, "", &machine, None).await.unwrap();
    timeout(PATIENCE, async { while machine.get("/api/v1/campaigns").await.status != 401 {} }).await.expect("the key expires");
    // Any word about the key makes its streams look now and not within half a minute.
    let path = format!("/api/v1/api-keys/{}", made["id"]);
    admin.call(Method::PATCH, &path, Some(json!({"enabled": true}))).await.expect(200);
    assert_eq!(end(&mut socket).await, 4401);
}

#[tokio::test]
async fn who_must_choose_a_password_gets_no_stream() {
    let (app, admin) = App::with_admin().await;
    let address = serve(&app).await;
    let user = json!({"login": "neu", "role": "operator", "password": "Erst-Mal-2026"});
    admin.post("/api/v1/users", user).await.expect(201);
    let mut neu = app.client();
    let reply = neu.post("/api/v1/session", json!({"login": "neu", "password": "Erst-Mal-2026"})).await;
    neu.sign(&reply);
    assert_eq!(open(address, "", &neu, None).await.err(), Some(403));
}

#[tokio::test]
async fn one_principal_has_so_many_streams() {
    let (app, admin) = App::with_admin().await;
    let address = serve(&app).await;
    let mut held = Vec::new();
    for _ in 0..20 {
        held.push(open(address, "", &admin, None).await.unwrap());
    }
    assert_eq!(open(address, "", &admin, None).await.err(), Some(429));
    let viewer = app.person(Role::Viewer).await;
    open(address, "", &viewer, None).await.unwrap();
}

#[tokio::test]
async fn who_comes_from_the_future_starts_again() {
    let (app, admin) = App::with_admin().await;
    let address = serve(&app).await;
    let last = emit(&app, TenantId(1), 0).await;
    let mut socket = open(address, &format!("?after={}", last + 1_000), &admin, None).await.unwrap();
    let reset = next(&mut socket).await;
    assert_eq!((reset["type"].as_str(), reset["seq"].as_i64()), (Some("reset"), Some(last)));
}

/// SIP over WebSocket needs its subprotocol, our own origin, and a switch behind it (there is none in these tests).
#[tokio::test]
async fn sip_is_spoken_only_where_it_is_asked_for() {
    let (app, _admin) = App::with_admin().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    for (protocol, origin, code) in
        [(None, None, 400), (Some("sip"), Some("https://elsewhere.example"), 403), (Some("sip"), None, 503)]
    {
        let mut request = format!("ws://{address}/sip").into_client_request().unwrap();
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
        }
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let Err(Error::Http(response)) = connect_async(request).await else { panic!("{protocol:?} {origin:?} is refused") };
        assert_eq!(response.status().as_u16(), code);
    }
}
