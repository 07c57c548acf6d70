//! A small client of the REST API, as an integrator would write one.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    key: String,
}

pub const PASSWORD: &str = "a-long-enough-password";

/// Prints for whoever watches a long check.
#[expect(clippy::print_stderr, reason = "progress of a long check")]
pub fn say(text: &str) {
    eprintln!("{text}");
}

impl Client {
    /// Makes the first administrator and a key with all rights.
    ///
    /// # Panics
    /// When the server does not answer as documented.
    pub async fn first(at: SocketAddr) -> Self {
        connect::install_crypto();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().expect("client");
        let base = format!("http://{at}/api/v1");
        let admin = json!({ "login": "admin", "name": "管理员", "password": PASSWORD });
        let answer = http.post(format!("{base}/setup")).json(&admin).send().await.expect("setup");
        assert_eq!(answer.status(), StatusCode::CREATED, "{:?}", answer.text().await);
        let cookie = answer.headers()["set-cookie"].to_str().expect("cookie").split(';').next().unwrap_or("").to_owned();
        let session: Value = answer.json().await.expect("session");
        let csrf = session["csrf"].as_str().expect("csrf").to_owned();
        let body = json!({ "name": "checks", "scopes": session["permissions"] });
        let key = http.post(format!("{base}/api-keys")).header("cookie", cookie).header("x-csrf-token", csrf).json(&body);
        let answer = key.send().await.expect("key");
        assert_eq!(answer.status(), StatusCode::CREATED, "{:?}", answer.text().await);
        let key: Value = answer.json().await.expect("key");
        Self { http, base, key: key["secret"].as_str().expect("secret").to_owned() }
    }

    /// Any request; none while the server is away.
    pub async fn try_ask(&self, method: Method, path: &str, body: Option<&Value>) -> Option<(StatusCode, Value)> {
        let mut request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// # Panics
    /// When the answer is not a success.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let (status, value) = self.try_ask(method.clone(), path, body).await.expect("the server answers");
        assert!(status.is_success(), "{method} {path}: {status} {value}");
        value
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.ask(Method::POST, path, Some(&body)).await
    }

    /// All items of a paged list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}{joint}limit=500{cursor}")).await;
            items.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next"].as_i64().map(|n| n.to_string()).or_else(|| page["next"].as_str().map(str::to_owned)) {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// Uploads a sheet and runs it with the guessed mapping; waits until it is done.
    pub async fn import(&self, campaign: &Value, file: &str, bytes: Vec<u8>, mapping: Value) -> Value {
        let (kind, body) = form_of(file, &bytes);
        let url = format!("{}/campaigns/{campaign}/imports", self.base);
        let request = self.http.post(url).bearer_auth(&self.key).header("content-type", kind).body(body);
        let answer = request.send().await.expect("upload");
        assert_eq!(answer.status(), StatusCode::CREATED, "{:?}", answer.text().await);
        let uploaded: Value = answer.json().await.expect("upload");
        let id = &uploaded["import"]["id"];
        self.post(&format!("/imports/{id}/commit"), json!({ "mapping": mapping })).await;
        let path = format!("/imports/{id}");
        self.until(&path, Duration::from_secs(120), |i| i["state"] == "done" || i["state"] == "failed").await
    }

    /// Asks again until `done`; for states that have no event a client of another process could wait for.
    ///
    /// # Panics
    /// With the last answer when `wait` has passed.
    pub async fn until(&self, path: &str, wait: Duration, done: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + wait;
        loop {
            let last = self.get(path).await;
            if done(&last) {
                return last;
            }
            assert!(Instant::now() < deadline, "{path} did not come to its end in {wait:?}: {last}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// A person who is signed in, as a page is: with a cookie, and a token on what changes something.
pub struct Person {
    http: reqwest::Client,
    base: String,
    pub id: Value,
    cookie: String,
    csrf: String,
}

impl Client {
    /// Makes a user, who signs in and chooses a password of their own.
    ///
    /// # Panics
    /// When the server does not answer as documented.
    pub async fn person(&self, login: &str, role: &str) -> Person {
        let (first, own) = ("a first secret, 18", "an own secret, 24");
        let made = self.post("/users", json!({ "login": login, "role": role, "password": first })).await;
        let (http, base) = (self.http.clone(), self.base.clone());
        let mut person = Person { http, base, id: made["id"].clone(), cookie: String::new(), csrf: String::new() };
        person.session(Method::POST, "/session", &json!({ "login": login, "password": first })).await;
        person.session(Method::PUT, "/session/password", &json!({ "current": first, "new": own })).await;
        person
    }
}

impl Person {
    /// Begins a session, with a cookie and a token of its own.
    async fn session(&mut self, method: Method, path: &str, body: &Value) {
        let answer = self.send(method, path, body).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}: {:?}", answer.text().await);
        let cookie = answer.headers()["set-cookie"].to_str().expect("cookie");
        self.cookie = cookie.split(';').next().unwrap_or("").to_owned();
        let session: Value = answer.json().await.expect("session");
        self.csrf = session["csrf"].as_str().expect("csrf").to_owned();
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> reqwest::Response {
        let request = self.http.request(method, format!("{}{path}", self.base)).json(body);
        request.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf).send().await.expect("the server answers")
    }

    /// # Panics
    /// When the answer is not a success.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.send(Method::POST, path, &body).await;
        let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
        assert!(status.is_success(), "POST {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// As it is sent, for a socket.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }
}

/// A form of one file (RFC 7578): its content type and body.
fn form_of(file: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let boundary = "fengling-checks-7d1f";
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    let mut body = head.into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}
