//! A server without a socket, and clients with a memory for cookies.

use api::{ApiState, Parts};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use desk::Actor;
use desk::access::{self, NewKey, NewUser};
use model::record::{Permission, Role, Tenant};
use model::{At, TenantId};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Store, StoreConfig};
use tower::ServiceExt as _;

pub const PASSWORD: &str = "Feng-Ling-2026";

pub struct App {
    pub router: Router,
    pub store: Store,
    pub dir: tempfile::TempDir,
}

impl App {
    pub async fn new() -> Self {
        connect::install_crypto();
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", dir.path().join("fengling.db").display());
        let store = Store::open(StoreConfig::new(url, dir.path())).await.unwrap();
        let client = connect::Client::new(connect::Guard::with_loopback()).unwrap();
        let recordings_dir = dir.path().join("recordings");
        std::fs::create_dir_all(&recordings_dir).unwrap();
        let state = ApiState::new(Parts {
            store: store.clone(),
            engine: engine::Engine::detached(),
            speech: desk::prompt::SpeechCache::new(dir.path(), 1 << 20, client.clone()),
            client,
            data_dir: dir.path().to_owned(),
            recordings_dir,
            clock: Arc::new(desk::now),
            secure_cookies: false,
            allowed_origins: vec!["https://crm.example.com".into()],
            trust_forwarded: true,
            metrics: Some(Arc::new(|| "up 1\n".into())),
            ready: Arc::new(|| Ok(())),
            shutdown: tokio_util::sync::CancellationToken::new(),
        });
        Self { router: api::router(state), store, dir }
    }

    /// With the first administrator signed in.
    pub async fn with_admin() -> (Self, Client) {
        let app = Self::new().await;
        let mut client = app.client();
        let reply = client.post("/api/v1/setup", json!({"login": "admin", "name": "管理员", "password": PASSWORD})).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
        client.sign(&reply);
        (app, client)
    }

    pub fn client(&self) -> Client {
        Client { router: self.router.clone(), cookie: None, csrf: None, bearer: None, headers: HeaderMap::new() }
    }

    pub async fn key(&self, tenant: TenantId, scopes: &[Permission]) -> Client {
        let new = NewKey { name: "测试".into(), scopes: scopes.to_vec(), expires_at: None };
        let (_, secret) = access::create_key(&self.store, &Actor::system(tenant), new).await.unwrap();
        Client { bearer: Some(secret), ..self.client() }
    }

    /// A person of this role, past the first change of password.
    pub async fn person(&self, role: Role) -> Client {
        let login = format!("{}1", role.code());
        let new = NewUser { login: login.clone(), name: String::new(), role, password: "Erst-Mal-2026".into() };
        access::create_user(&self.store, &Actor::system(TenantId(1)), new).await.unwrap();
        let mut client = self.client();
        let reply = client.post("/api/v1/session", json!({"login": login, "password": "Erst-Mal-2026"})).await;
        client.sign(&reply);
        let change = json!({"current": "Erst-Mal-2026", "new": PASSWORD});
        let reply = client.put("/api/v1/session/password", change).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        client.sign(&reply);
        client
    }

    pub async fn second_tenant(&self) -> TenantId {
        let now: At = desk::now();
        let id: TenantId = self.store.new_id(now);
        let tenant = Tenant { id, code: "second".into(), name: "乙方".into(), enabled: true, created_at: now };
        self.store.insert_tenant(&tenant).await.unwrap();
        id
    }
}

#[derive(Clone)]
pub struct Client {
    router: Router,
    pub cookie: Option<String>,
    pub csrf: Option<String>,
    pub bearer: Option<String>,
    pub headers: HeaderMap,
}

#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }
}

impl Client {
    pub fn sign(&mut self, reply: &Reply) {
        let cookie = reply.header("set-cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        self.csrf = Some(reply.json()["csrf"].as_str().unwrap().to_owned());
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let mut builder = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            builder = builder.header("cookie", cookie);
        }
        if let Some(csrf) = &self.csrf {
            builder = builder.header("x-csrf-token", csrf);
        }
        if let Some(secret) = &self.bearer {
            builder = builder.header("authorization", format!("Bearer {secret}"));
        }
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        builder
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 64 << 20).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let builder = self.request(method, path);
        let request = match body {
            Some(body) => builder.header("content-type", "application/json").body(Body::from(body.to_string())),
            None => builder.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], file_name: &str, bytes: &[u8]) -> Reply {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        let head = format!("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\r\n");
        body.extend(head.bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--XX--\r\n");
        let request = self.request(Method::POST, path).header("content-type", "multipart/form-data; boundary=XX");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}
