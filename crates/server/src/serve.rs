//! Wires the rooms together and keeps them running until somebody says stop.

use crate::config::{Config, FirstTrunk};
use crate::{door, rooms, tls};
use api::{ApiState, Parts};
use axum::Router;
use axum_server::Handle;
use desk::prompt::SpeechCache;
use engine::Engine;
use metrics_exporter_prometheus::PrometheusHandle;
use model::record::{Codec, DialFormat, Transport, Trunk, TrunkRules};
use model::{At, TenantId};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{Store, StoreConfig};
use switch::{InboundPolicy, Switch, SwitchConfig};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Synthesised speech kept on disk.
const SPEECH_CACHE_BYTES: u64 = 2 << 30;
/// Calls may end by themselves this long after SIGTERM.
pub const GRACE: Duration = Duration::from_secs(30);

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("data_dir {0}: {1}")]
    DataDir(PathBuf, std::io::Error),
    #[error("database {url}: {source}")]
    Store { url: String, source: store::StoreError },
    #[error("sip.listen: {0}")]
    Switch(#[from] switch::SwitchError),
    #[error(transparent)]
    Engine(#[from] engine::EngineError),
    #[error("outgoing HTTP: {0}")]
    Client(#[from] connect::HttpError),
    #[error("TLS: {0}")]
    Tls(#[from] tls::TlsError),
    #[error("http.listen {0}: {1}. Is another program on this port? Choose another in fengling.toml")]
    Http(SocketAddr, std::io::Error),
    #[error("[trunk]: {0}")]
    FirstTrunk(store::StoreError),
    #[error("recordings: {0}")]
    Recordings(String),
}

/// A running installation.
pub struct Running {
    pub store: Store,
    pub engine: Engine,
    pub switch: Switch,
    pub speech: SpeechCache,
    pub http: SocketAddr,
    handle: Handle<SocketAddr>,
    shutdown: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

/// What a caller may add: routes of the demo.
pub type Extra = Box<dyn FnOnce(&Store) -> Router + Send>;

/// Starts everything; returns once the web port answers.
///
/// # Errors
/// Names the setting that stands in the way.
pub async fn start(config: &Config, metrics: Option<PrometheusHandle>, extra: Option<Extra>) -> Result<Running, ServeError> {
    let data = &config.data_dir;
    let recordings = data.join("recordings");
    rooms::prepare(data).map_err(|e| ServeError::DataDir(data.clone(), e))?;
    let store = open_store(config).await?;
    first_trunk(config, &store).await?;
    close_books(config, &store, &recordings).await?;

    let (switch, events) = Switch::start(switch_config(config)?).await?;
    let client = connect::Client::new(config.outgoing.guard())?;
    let speech = SpeechCache::new(data, SPEECH_CACHE_BYTES, client.clone());
    let engine = Engine::start(engine::Parts {
        store: store.clone(),
        switch: switch.clone(),
        events,
        speech: speech.clone(),
        recordings_dir: recordings.clone(),
        floor: floor_config(config),
        client: client.clone(),
        speech_models_dir: Some(data.join("models")),
    })
    .await?;

    let shutdown = CancellationToken::new();
    let tasks = workers(&store, &client, &recordings, &shutdown);
    let state = ApiState::new(Parts {
        store: store.clone(),
        engine: engine.clone(),
        speech: speech.clone(),
        client,
        data_dir: data.clone(),
        recordings_dir: recordings,
        clock: Arc::new(desk::now),
        secure_cookies: config.http.tls.on(),
        allowed_origins: config.http.allowed_origins.clone(),
        trust_forwarded: config.http.trust_forwarded,
        metrics: metrics.map(|handle| Arc::new(move || handle.render()) as api::MetricsText),
        ready: readiness(&engine),
        shutdown: shutdown.clone(),
    });
    let mut router = api::router(state);
    if let Some(extra) = extra {
        router = extra(&store).merge(router);
    }
    let (http, handle) = listen(config, router).await?;
    Ok(Running { store, engine, switch, speech, http, handle, shutdown, tasks })
}

/// What a killed run left open: its attempts end, then the sound files of their calls are mended and adopted.
async fn close_books(config: &Config, store: &Store, recordings: &Path) -> Result<(), ServeError> {
    let recovered = store.recover(desk::now()).await.map_err(|e| store_error(config, e))?;
    if !recovered.attempts.is_empty() || recovered.leads_released > 0 {
        let (attempts, leads) = (recovered.attempts.len(), recovered.leads_released);
        tracing::warn!(attempts, leads, "the last run was interrupted; its books are closed");
    }
    desk::recording::repair_all(store, recordings).await.map_err(|e| ServeError::Recordings(e.en))?;
    store.fail_interrupted_imports(desk::now()).await.map_err(|e| store_error(config, e))?;
    Ok(())
}

async fn open_store(config: &Config) -> Result<Store, ServeError> {
    Store::open(StoreConfig::new(config.database_url(), &config.data_dir)).await.map_err(|e| store_error(config, e))
}

fn store_error(config: &Config, source: store::StoreError) -> ServeError {
    ServeError::Store { url: hide_password(&config.database_url()), source }
}

/// `postgres://user:secret@host` → `postgres://user:…@host`.
pub fn hide_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.into() };
    let Some((login, host)) = rest.rsplit_once('@') else { return url.into() };
    let user = login.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}:…@{host}")
}

fn switch_config(config: &Config) -> Result<SwitchConfig, ServeError> {
    let mut c = SwitchConfig::new(config.sip.listen);
    c.advertised = config.sip.advertised_address;
    c.rtp_ports = config.sip.rtp_ports.clone();
    c.media_workers = config.sip.media_workers;
    c.user_agent.clone_from(&config.sip.user_agent);
    c.inbound = InboundPolicy::TrunksOnly;
    c.name_servers.clone_from(&config.sip.name_servers);
    c.tls = tls::for_sip(config)?;
    Ok(c)
}

fn floor_config(config: &Config) -> floor::FloorConfig {
    let mut c = floor::FloorConfig::default();
    c.limits.inbound_calls_max = config.limits.inbound_calls_max;
    c.limits.call_ms_max = i64::from(config.limits.call_minutes_max) * 60_000;
    c
}

fn readiness(engine: &Engine) -> api::Readiness {
    let engine = engine.clone();
    Arc::new(move || engine.live().degraded.clone().map_or(Ok(()), Err))
}

fn workers(store: &Store, client: &connect::Client, recordings: &Path, shutdown: &CancellationToken) -> Vec<JoinHandle<()>> {
    vec![
        tokio::spawn(desk::message::run(store.clone(), client.clone(), shutdown.clone())),
        tokio::spawn(desk::message::run_mail(store.clone(), client.clone(), shutdown.clone())),
        tokio::spawn(desk::webhook::run(store.clone(), client.clone(), shutdown.clone())),
        tokio::spawn(desk::recording::run(store.clone(), recordings.to_path_buf(), shutdown.clone())),
        tokio::spawn(purge(store.clone(), shutdown.clone())),
        tokio::spawn(desk::lead::run(store.clone(), shutdown.clone())),
        tokio::spawn(desk::booking::run(store.clone(), shutdown.clone())),
        tokio::spawn(desk::pool::run(store.clone(), shutdown.clone())),
    ]
}

/// Old sessions, events, deliveries and sheets go once an hour.
async fn purge(store: Store, shutdown: CancellationToken) {
    let mut hourly = tokio::time::interval(Duration::from_secs(3_600));
    while shutdown.run_until_cancelled(hourly.tick()).await.is_some() {
        if let Err(error) = store.purge(store::PurgePolicy::default(), desk::now()).await {
            tracing::warn!(%error, "old rows were not purged; trying again in an hour");
        }
        let sheets = store.clone();
        let removed = tokio::task::spawn_blocking(move || desk::import::remove_old_sheets(&sheets, std::time::SystemTime::now()));
        match removed.await {
            Ok(Ok(0)) | Err(_) => {}
            Ok(Ok(sheets)) => tracing::info!(sheets, "sheets that were not brought in for a week are removed"),
            Ok(Err(error)) => tracing::warn!(%error, "old sheets were not removed; trying again in an hour"),
        }
    }
}

async fn listen(config: &Config, router: Router) -> Result<(SocketAddr, Handle<SocketAddr>), ServeError> {
    let wanted = config.http.listen;
    let listener = std::net::TcpListener::bind(wanted).map_err(|e| ServeError::Http(wanted, e))?;
    listener.set_nonblocking(true).map_err(|e| ServeError::Http(wanted, e))?;
    let bound = listener.local_addr().map_err(|e| ServeError::Http(wanted, e))?;
    let handle = Handle::new();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut server = axum_server::from_tcp(listener).map_err(|e| ServeError::Http(wanted, e))?.handle(handle.clone());
    door::deadlines(server.http_builder());
    let gate = door::Gate::new(config);
    if let Some(tls) = tls::load(&config.http.tls, &config.data_dir).await? {
        let acceptor = door::Door::new(gate, axum_server::tls_rustls::RustlsAcceptor::new(tls));
        tokio::spawn(async move { server.acceptor(acceptor).serve(service).await });
    } else {
        let acceptor = door::Door::new(gate, axum_server::accept::DefaultAcceptor::new());
        tokio::spawn(async move { server.acceptor(acceptor).serve(service).await });
    }
    Ok((bound, handle))
}

/// `[trunk]` of the configuration becomes a record at the first start and follows the file afterwards.
async fn first_trunk(config: &Config, store: &Store) -> Result<(), ServeError> {
    let Some(wanted) = &config.trunk else { return Ok(()) };
    let tenant = TenantId(1);
    let now = desk::now();
    if store.tenant(tenant).await.map_err(ServeError::FirstTrunk)?.is_none() {
        // Before there is an administrator, so that whoever signs in first finds the line.
        let first = desk::access::first_tenant(now);
        store.insert_tenant(&first).await.map_err(ServeError::FirstTrunk)?;
    }
    let trunks = store.trunks(tenant).await.map_err(ServeError::FirstTrunk)?;
    match trunks.iter().find(|t| t.name == wanted.name) {
        None => store.insert_trunk(&trunk_of(wanted, store.new_id(now), now)).await.map_err(ServeError::FirstTrunk)?,
        Some(there) => {
            let mut trunk = trunk_of(wanted, there.id, there.created_at);
            trunk.revision = there.revision;
            store.update_trunk(&trunk, now).await.map_err(ServeError::FirstTrunk)?;
        }
    }
    Ok(())
}

fn trunk_of(t: &FirstTrunk, id: model::TrunkId, created_at: At) -> Trunk {
    Trunk {
        id,
        tenant_id: TenantId(1),
        name: t.name.clone(),
        enabled: true,
        address: t.address.clone(),
        transport: t.transport.unwrap_or(Transport::Udp),
        register: t.register,
        username: t.username.clone(),
        password: t.password.clone(),
        domain: t.domain.clone(),
        tls_authority: None,
        register_expires_s: 300,
        options_interval_s: 30,
        codecs: vec![Codec::Pcma, Codec::Pcmu],
        calls_max: t.calls_max,
        calls_per_second_max: t.calls_per_second_max,
        caller_id: t.caller_id.clone(),
        dial_format: t.dial_format.unwrap_or(DialFormat::National),
        prefix: t.prefix.clone(),
        srtp: t.srtp,
        inbound_from: t.inbound_from.clone(),
        calls_per_day_max: 0,
        rules: TrunkRules::default(),
        created_at,
        revision: 0,
    }
}

impl Running {
    /// Stops in the order of the calls: no new ones, those that are up end, facts are stored, then the ports close.
    pub async fn stop(self, grace: Duration) {
        self.engine.drain(grace).await;
        self.shutdown.cancel();
        self.switch.shutdown(Duration::from_secs(2)).await;
        self.handle.graceful_shutdown(Some(Duration::from_secs(2)));
        for task in self.tasks {
            // A worker that panicked has said so in the log.
            let _ = tokio::time::timeout(Duration::from_secs(5), task).await;
        }
        if let Err(error) = self.store.close().await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
    }
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard; stop with Ctrl-C");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(hide_password("postgres://f:p@ss@db/x"), "postgres://f:…@db/x");
        assert_eq!(hide_password("sqlite://data/f.db"), "sqlite://data/f.db");
    }

    /// A fresh installation with `[trunk]` dials without a second start.
    #[tokio::test]
    async fn the_first_administrator_finds_the_configured_trunk() {
        let dir = std::env::temp_dir().join(format!("fengling-first-trunk-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let text = format!("data_dir = {dir:?}\n[trunk]\nname = \"线路\"\naddress = \"127.0.0.1:5199\"\n");
        let config = Config::parse(&text, Path::new("fengling.toml")).unwrap();
        let store = open_store(&config).await.unwrap();
        first_trunk(&config, &store).await.unwrap();
        let (login, password) = ("admin".into(), "Feng-2026-Ling".into());
        let new = desk::access::NewUser { login, name: "管理员".into(), password, role: model::record::Role::Admin };
        let admin = desk::access::create_first_admin(&store, new, "127.0.0.1").await.unwrap();
        first_trunk(&config, &store).await.unwrap();
        let trunks = store.trunks(admin.tenant_id).await.unwrap();
        assert_eq!(trunks.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["线路"]);
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
