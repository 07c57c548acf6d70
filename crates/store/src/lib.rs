//! The store: SQL (SQLite or PostgreSQL), reports, blobs and the bus.

mod api_key; mod audit; mod blob; mod bus; mod call; mod caller; mod campaign; mod claim; mod commit; mod delivery; mod error; mod event; mod flow;
mod import; mod lead; mod list; mod number; mod page; mod prompt; mod purge; mod recording; mod recover; pub mod report; mod route; mod session;
mod settings; mod sms; mod tenant; mod throttle; mod trunk; mod user; mod webhook;

pub use audit::*; pub use bus::Bus; pub use call::*; pub use campaign::*; pub use claim::*; pub use commit::*; pub use delivery::*;
pub use error::*; pub use flow::*; pub use import::*; pub use lead::*; pub use list::*; pub use page::*; pub use purge::*; pub use recover::*; pub use sms::*;
pub use throttle::*; pub use user::*; pub use report::{Column, ColumnKind, ReportInfo, ReportParams, ReportTable};
use model::At;

#[derive(Clone, Debug)]
pub struct StoreConfig { pub url: String, pub data_dir: std::path::PathBuf, pub readers: u32 }
impl StoreConfig { pub fn new(url: impl Into<String>, data_dir: impl Into<std::path::PathBuf>) -> Self { Self { url: url.into(), data_dir: data_dir.into(), readers: 4 } } }
#[derive(Clone, Debug)]
pub struct Store { inner: std::sync::Arc<Inner> }
#[derive(Debug)]
struct Inner { bus: Bus, ids: std::sync::Mutex<model::IdGen>, data_dir: std::path::PathBuf }
impl Store {
    pub async fn open(config: StoreConfig) -> Result<Self> { Self::connect(config).await }
    pub async fn connect(config: StoreConfig) -> Result<Self> { Ok(Self { inner: std::sync::Arc::new(Inner { bus: Bus::default(), ids: std::sync::Mutex::new(model::IdGen::new(model::IdLane::Store)), data_dir: config.data_dir }) }) }
    pub async fn migrate(&self) -> Result<Vec<String>> { Err(StoreError::Unbuilt("store")) }
    pub async fn ping(&self) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn close(&self) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub fn new_id<T: From<i64>>(&self, now: At) -> T { T::from(self.inner.ids.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next(now)) }
    pub fn bus(&self) -> &Bus { &self.inner.bus }
    pub fn data_dir(&self) -> &std::path::Path { &self.inner.data_dir }
}
