//! One reader's stream: what it missed, then what happens, without a gap and without a repeat.

use super::links::Link;
use crate::prelude::*;
use crate::principal::Who;
use crate::scope::Seen;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use desk::Actor;
use model::event::DomainEvent;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

const HEARTBEAT: Duration = Duration::from_secs(5);
/// A message that cannot be handed over in this time means a reader that is gone or too slow.
const SEND_MAX: Duration = Duration::from_secs(10);
/// Without a sign of life for so long the reader is gone.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// Heartbeats between two looks at whether the principal may still read.
const BEATS_PER_CHECK: u32 = 6;
const REPLAY_PAGE: u32 = 500;

const SLOW: (u16, &str) = (4408, "too slow");
const SIGNED_OUT: (u16, &str) = (4401, "signed out");
const GOING_AWAY: (u16, &str) = (1001, "server is stopping");
const BROKEN: (u16, &str) = (1011, "store does not answer");

pub struct Feed {
    api: ApiState,
    who: Principal,
    /// Whose events are shown.
    view: Seen,
    after: i64,
    live: Receiver<Arc<DomainEvent>>,
    /// Rings when the principal may have lost its rights; held, it counts among the principal's streams.
    look_again: watch::Receiver<()>,
    /// The last stored event looked at.
    seen: i64,
}

/// Why the stream ends; none: the reader has gone.
type End = Option<(u16, &'static str)>;

impl Feed {
    /// Subscribes before anything is read from the store: what is committed in between comes twice and is dropped once.
    /// `after` stands before the reader is told that the stream is open: what happens from then on is its to see.
    pub fn new(api: ApiState, who: Principal, after: i64, look_again: watch::Receiver<()>) -> Self {
        let live = api.store().bus().subscribe();
        Self { api, who, view: Seen::nobody(), after, live, look_again, seen: 0 }
    }

    pub async fn run(mut self, mut socket: WebSocket) {
        let _present = self.link().await;
        self.look().await;
        if let ControlFlow::Break(Some((code, reason))) = self.stream(&mut socket).await {
            let frame = CloseFrame { code, reason: reason.into() };
            // The reader may be gone already; then there is nobody to tell.
            let _told = timeout(Duration::from_secs(1), socket.send(Message::Close(Some(frame)))).await;
        }
    }

    /// Tells the floor that the agent's page is there, as long as the answer is held.
    async fn link(&self) -> Option<Link> {
        let Who::Person { user, .. } = &self.who.who else { return None };
        let agent = self.api.store().agent_of_user(user.tenant_id, user.id).await.ok().flatten()?;
        Some(self.api.links().open(self.api.engine(), agent.id))
    }

    async fn stream(&mut self, socket: &mut WebSocket) -> ControlFlow<End> {
        self.catch_up_from_start(socket).await?;
        let stop = self.api.parts().shutdown.clone();
        let mut beat = interval(HEARTBEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut beats, mut heard) = (0_u32, Instant::now());
        loop {
            tokio::select! {
                () = stop.cancelled() => return ControlFlow::Break(Some(GOING_AWAY)),
                // The other end lives as long as we hold this one.
                Ok(()) = self.look_again.changed() => self.check().await?,
                event = self.live.recv() => self.on_event(socket, event).await?,
                message = socket.recv() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return ControlFlow::Break(None),
                        Some(Ok(_)) => {}
                    }
                }
                _ = beat.tick() => {
                    if heard.elapsed() > SILENCE_MAX {
                        return ControlFlow::Break(Some(SLOW));
                    }
                    self.heartbeat(socket, beats).await?;
                    beats = beats.wrapping_add(1);
                }
            }
        }
    }

    async fn catch_up_from_start(&mut self, socket: &mut WebSocket) -> ControlFlow<End> {
        let store = self.api.store();
        let (Ok(last), Ok(first)) = (store.last_seq().await, store.first_seq().await) else {
            return ControlFlow::Break(Some(BROKEN));
        };
        // Older than what is kept, or from another installation's future: start again.
        if self.after > last || self.after < first - 1 && first > 0 {
            self.seen = last;
            return self.send(socket, &self.own("reset")).await;
        }
        self.seen = self.after;
        self.catch_up(socket).await
    }

    /// Sends what is stored after the last event seen.
    async fn catch_up(&mut self, socket: &mut WebSocket) -> ControlFlow<End> {
        loop {
            let page = self.api.store().events_after(self.who.tenant(), self.seen, REPLAY_PAGE).await;
            let Ok(page) = page else { return ControlFlow::Break(Some(BROKEN)) };
            let full = page.len() == REPLAY_PAGE as usize;
            for event in page {
                self.seen = self.seen.max(event.seq);
                self.show(socket, &event).await?;
            }
            if !full {
                return ControlFlow::Continue(());
            }
        }
    }

    async fn on_event(&mut self, socket: &mut WebSocket, event: Result<Arc<DomainEvent>, RecvError>) -> ControlFlow<End> {
        match event {
            Ok(event) if event.seq == 0 => self.show(socket, &event).await,
            Ok(event) if event.seq > self.seen => {
                self.seen = event.seq;
                self.show(socket, &event).await
            }
            Ok(_already_sent) => ControlFlow::Continue(()),
            // Fell behind the channel: the store has every event that matters.
            Err(RecvError::Lagged(_)) => self.catch_up(socket).await,
            Err(RecvError::Closed) => ControlFlow::Break(Some(GOING_AWAY)),
        }
    }

    async fn heartbeat(&mut self, socket: &mut WebSocket, beats: u32) -> ControlFlow<End> {
        if beats % BEATS_PER_CHECK == BEATS_PER_CHECK - 1 {
            self.check().await?;
        }
        if beats % 4 == 3 {
            self.push(socket, Message::Ping(Vec::new().into())).await?;
        }
        self.send(socket, &self.own("heartbeat")).await
    }

    /// Signing out, a disabled user, a key revoked or past its day end the stream; rights that a key lost with its maker
    /// count from now on.
    async fn check(&mut self) -> ControlFlow<End> {
        match self.still().await {
            Ok(Some(who)) => {
                self.who = who;
                self.look().await;
                ControlFlow::Continue(())
            }
            Ok(None) => ControlFlow::Break(Some(SIGNED_OUT)),
            Err(_) => ControlFlow::Break(Some(BROKEN)),
        }
    }

    /// The principal as it stands now; none: it may read no more.
    async fn still(&self) -> store::Result<Option<Principal>> {
        let (store, now, ip) = (self.api.store(), self.api.now(), &self.who.actor.remote_ip);
        match &self.who.who {
            Who::Person { session, user } => {
                let sessions = store.sessions_of(user.tenant_id, user.id).await?;
                if !sessions.iter().any(|s| s.id == session.id && s.expires_at > now) {
                    return Ok(None);
                }
                let user = store.user(user.tenant_id, user.id).await?;
                let who = |user| Who::Person { user: Arc::new(user), session: Arc::clone(session) };
                Ok(user.map(|user| Principal { actor: Actor::user(&user, ip), who: who(user) }))
            }
            Who::Machine(key) => {
                let key = store.usable_api_key(key.id, now).await?;
                Ok(key.map(|key| Principal { actor: Actor::key(&key, ip), who: self.who.who.clone() }))
            }
        }
    }

    /// Who is seen now. While the store does not answer nobody is.
    async fn look(&mut self) {
        let follows = crate::events::follows_agents(&self.who);
        self.view = if follows { Seen::of(&self.api, &self.who).await.unwrap_or_default() } else { Seen::nobody() };
    }

    fn own(&self, kind: &str) -> DomainEvent {
        DomainEvent { seq: self.seen, tenant_id: self.who.tenant(), kind: kind.into(), ts: self.api.now(), data: json!({}) }
    }

    async fn show(&mut self, socket: &mut WebSocket, event: &DomainEvent) -> ControlFlow<End> {
        let mut shown = crate::events::shown(&self.who, &self.view, event);
        if self.view.is_stale_after(self.who.tenant(), event) {
            self.look().await;
            // Who leaves is told of too, and who comes.
            shown = shown.or_else(|| crate::events::shown(&self.who, &self.view, event));
        }
        match shown {
            Some(event) => self.send(socket, &event).await,
            None => ControlFlow::Continue(()),
        }
    }

    async fn send(&self, socket: &mut WebSocket, event: &DomainEvent) -> ControlFlow<End> {
        match serde_json::to_string(event) {
            Ok(text) => self.push(socket, Message::Text(text.into())).await,
            Err(_) => ControlFlow::Continue(()),
        }
    }

    async fn push(&self, socket: &mut WebSocket, message: Message) -> ControlFlow<End> {
        match timeout(SEND_MAX, socket.send(message)).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            Ok(Err(_gone)) => ControlFlow::Break(None),
            Err(_elapsed) => ControlFlow::Break(Some(SLOW)),
        }
    }
}
