//! The agents' pages, as far as the server sees them: each has its live stream open, and says when what was shown.

use super::house::House;
use futures::StreamExt as _;
use serde_json::Value;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::sync::mpsc::UnboundedSender;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// What a desk showed.
struct Shown {
    at: Instant,
    state: String,
    call: bool,
}

/// As much as a call makes a desk show, several times over.
const KEPT: usize = 40;

#[derive(Clone, Default)]
pub struct Desks {
    shown: Arc<Mutex<HashMap<i64, Vec<Shown>>>>,
    told: Option<UnboundedSender<(i64, Value)>>,
}

impl Desks {
    /// What each agent's desk shows is told on, too.
    pub fn telling(told: UnboundedSender<(i64, Value)>) -> Self {
        Self { told: Some(told), ..Self::default() }
    }

    /// Opens everybody's page and signs them in.
    pub async fn open(self, http: SocketAddr, house: &House) -> Self {
        for (person, agent) in house.people.iter().zip(&house.agents) {
            let mut request = format!("ws://{http}/api/v1/ws").into_client_request().expect("an address");
            request.headers_mut().insert("cookie", person.cookie().parse().expect("a cookie"));
            let (socket, _) = connect_async(request).await.expect("the live stream");
            tokio::spawn(self.clone().watch(socket, *agent));
        }
        house.sign_in().await;
        self
    }

    async fn watch(self, mut socket: Socket, agent: i64) {
        while let Some(Ok(message)) = socket.next().await {
            let at = Instant::now();
            let Message::Text(text) = message else { continue };
            let event: Value = serde_json::from_str(&text).unwrap_or_default();
            if event["type"] != model::event::DESK_CHANGED {
                continue;
            }
            let view = &event["data"]["view"];
            let state = view["agent"]["state"].as_str().unwrap_or_default().to_owned();
            let mut all = self.shown.lock().expect("desks");
            let shown = all.entry(agent).or_default();
            if shown.len() >= KEPT {
                shown.remove(0);
            }
            shown.push(Shown { at, state, call: view["call"].is_object() });
            if let Some(told) = &self.told {
                // Who measures no more does not listen.
                let _ = told.send((agent, view.clone()));
            }
        }
    }

    /// When a desk first showed the call, and when that they talk.
    pub fn since(&self, agent: i64, from: Instant) -> (Option<Instant>, Option<Instant>) {
        let all = self.shown.lock().expect("desks");
        let first = |fits: &dyn Fn(&Shown) -> bool| all.get(&agent)?.iter().find(|s| s.at >= from && fits(s)).map(|s| s.at);
        (first(&|s| s.call), first(&|s| s.call && s.state == "talking"))
    }
}
