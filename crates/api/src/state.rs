//! What the handlers share. Built once by the server; a cheap clone.

use crate::idempotency::Answers;
use crate::ws::{Links, Streams, Tickets};
use desk::campaign::WhatIfs;
use desk::prompt::SpeechCache;
use engine::{Change, Engine};
use model::record::{CampaignOverview, CampaignProgress};
use model::{At, CampaignId};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Store;
use tokio_util::sync::CancellationToken;

pub type Clock = Arc<dyn Fn() -> At + Send + Sync>;
pub type MetricsText = Arc<dyn Fn() -> String + Send + Sync>;
/// Whether the switch is ready, or why not.
pub type Readiness = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// What the server hands in.
pub struct Parts {
    pub store: Store,
    pub engine: Engine,
    pub speech: SpeechCache,
    /// For trying out webhooks.
    pub client: connect::Client,
    /// Uploads and prompts live below it.
    pub data_dir: PathBuf,
    pub recordings_dir: PathBuf,
    pub clock: Clock,
    /// The `Secure` mark of the session cookie: set when the server speaks TLS.
    pub secure_cookies: bool,
    /// Origins besides our own that may open the WebSocket, e.g. `https://crm.example.com`.
    pub allowed_origins: Vec<String>,
    /// Believe X-Forwarded-For: only behind a reverse proxy of one's own.
    pub trust_forwarded: bool,
    /// Text of `/metrics`; none: 404.
    pub metrics: Option<MetricsText>,
    pub ready: Readiness,
    /// Ends imports and sockets at shutdown.
    pub shutdown: CancellationToken,
}

#[derive(Clone)]
pub struct ApiState(Arc<Inner>);

struct Inner {
    parts: Parts,
    answers: Answers,
    tickets: Tickets,
    streams: Streams,
    links: Links,
    what_ifs: WhatIfs,
    progress: Mutex<HashMap<CampaignId, (At, Arc<CampaignProgress>)>>,
    /// With the reader's zone.
    overviews: Mutex<HashMap<CampaignId, (String, Arc<CampaignOverview>)>>,
}

impl ApiState {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            parts,
            answers: Answers::default(),
            tickets: Tickets::default(),
            streams: Streams::default(),
            links: Links::default(),
            what_ifs: WhatIfs::default(),
            progress: Mutex::default(),
            overviews: Mutex::default(),
        }))
    }

    pub fn store(&self) -> &Store {
        &self.0.parts.store
    }

    pub fn engine(&self) -> &Engine {
        &self.0.parts.engine
    }

    /// Tells the engine that something stored has changed.
    pub fn changed(&self, change: Change) {
        self.0.parts.engine.changed(change);
    }

    pub fn speech(&self) -> &SpeechCache {
        &self.0.parts.speech
    }

    pub fn client(&self) -> &connect::Client {
        &self.0.parts.client
    }

    pub fn data_dir(&self) -> &Path {
        &self.0.parts.data_dir
    }

    pub fn recordings_dir(&self) -> &Path {
        &self.0.parts.recordings_dir
    }

    pub fn now(&self) -> At {
        (self.0.parts.clock)()
    }

    pub fn answers(&self) -> &Answers {
        &self.0.answers
    }

    pub fn tickets(&self) -> &Tickets {
        &self.0.tickets
    }

    pub fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// 试算 under way and their last answers.
    pub fn what_ifs(&self) -> &WhatIfs {
        &self.0.what_ifs
    }

    /// Desks that are open.
    pub fn links(&self) -> &Links {
        &self.0.links
    }

    pub fn parts(&self) -> &Parts {
        &self.0.parts
    }

    /// Figures kept for a moment, so that a list of campaigns watched by many screens counts once.
    pub fn cached_progress(&self, id: CampaignId, keep_ms: i64) -> Option<Arc<CampaignProgress>> {
        let now = self.now();
        let cache = self.0.progress.lock();
        cache.get(&id).filter(|(at, _)| now.since_ms(*at) < keep_ms).map(|(_, p)| Arc::clone(p))
    }

    pub fn cache_progress(&self, id: CampaignId, progress: &Arc<CampaignProgress>) {
        let now = self.now();
        let mut cache = self.0.progress.lock();
        if cache.len() > 5_000 {
            cache.clear();
        }
        cache.insert(id, (now, Arc::clone(progress)));
    }

    /// The same for the live page of one campaign.
    pub fn cached_overview(&self, id: CampaignId, zone: &str, keep_ms: i64) -> Option<Arc<CampaignOverview>> {
        let now = self.now();
        let cache = self.0.overviews.lock();
        cache.get(&id).filter(|(of, o)| of == zone && now.since_ms(o.at) < keep_ms).map(|(_, o)| Arc::clone(o))
    }

    pub fn cache_overview(&self, id: CampaignId, zone: String, overview: &Arc<CampaignOverview>) {
        let mut cache = self.0.overviews.lock();
        if cache.len() > 500 {
            cache.clear();
        }
        cache.insert(id, (zone, Arc::clone(overview)));
    }
}
