#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    /// Content-addressed (SHA-256 hex), written by temp file, fsync and rename.
    pub async fn put_blob(&self, bytes: bytes::Bytes) -> Result<String> { Err(StoreError::Unbuilt("store")) }
    pub fn blob_path(&self, hash: &str) -> std::path::PathBuf { self.data_dir().join("blobs").join(hash) }
    pub async fn read_blob(&self, hash: &str) -> Result<Option<bytes::Bytes>> { Err(StoreError::Unbuilt("store")) }
}
