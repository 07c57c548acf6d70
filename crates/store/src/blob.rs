//! Blobs: files named by their content, in a directory. Written once, never changed.

use crate::{Result, Store};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

impl Store {
    /// Content-addressed (SHA-256 in hex). The file is whole or absent: temporary file, flush to the disk, rename.
    ///
    /// # Errors
    /// `Full` when the disk has no room; nothing is left behind.
    pub async fn put_blob(&self, bytes: Bytes) -> Result<String> {
        let hash = hex::encode(Sha256::digest(&bytes));
        let path = self.blob_path(&hash);
        let temporary = path.with_extension(format!("{}.tmp", self.new_id::<i64>(model::At(0))));
        let written = tokio::task::spawn_blocking(move || write(&path, &temporary, &bytes)).await;
        written.map_err(|e| std::io::Error::other(e.to_string()))??;
        Ok(hash)
    }

    /// Where the blob lies; two letters of the hash keep directories small.
    pub fn blob_path(&self, hash: &str) -> PathBuf {
        let safe: String = hash.chars().filter(char::is_ascii_alphanumeric).collect();
        self.data_dir().join("blobs").join(safe.get(..2).unwrap_or("00")).join(safe)
    }

    pub async fn read_blob(&self, hash: &str) -> Result<Option<Bytes>> {
        match tokio::fs::read(self.blob_path(hash)).await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e.into()),
        }
    }
}

fn write(path: &Path, temporary: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let whole = || {
        let mut file = std::fs::File::create(temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(temporary, path)
    };
    whole().inspect_err(|_| {
        let _ = std::fs::remove_file(temporary);
    })
}
