//! Retention and the disk: old recordings go when the policy says so, and somebody is told before the disk is full.

use crate::{Actor, Result, audit, now};
use model::record::Tenant;
use model::{At, TenantId, event};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::Store;
use tokio_util::sync::CancellationToken;

const LOOK_EVERY: Duration = Duration::from_secs(60);
const PURGE_EVERY_MS: i64 = 3_600_000;
const ALARM_EVERY_MS: i64 = 3_600_000;
const BATCH: u32 = 500;
const DAY_MS: i64 = 86_400_000;

/// Runs until the token is cancelled.
pub async fn run(store: Store, dir: PathBuf, shutdown: CancellationToken) {
    let mut keeper = Keeper { store, dir, purged_at: None, alarmed_at: BTreeMap::new() };
    loop {
        if let Err(error) = keeper.look().await {
            tracing::warn!(%error, "recordings could not be looked after");
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

struct Keeper {
    store: Store,
    dir: PathBuf,
    purged_at: Option<At>,
    alarmed_at: BTreeMap<TenantId, At>,
}

impl Keeper {
    async fn look(&mut self) -> Result<()> {
        let free_mb = free_mb(&self.dir);
        let at = now();
        let purge = self.purged_at.is_none_or(|p| at.since_ms(p) >= PURGE_EVERY_MS);
        for tenant in self.store.tenants().await? {
            let policy = self.store.settings(tenant.id).await?.recording;
            if let Some(free) = free_mb {
                self.watch(&tenant, free, u64::from(policy.disk_free_mb_min), at).await?;
            }
            if purge && policy.retention_days > 0 {
                let before = at.plus_ms(-i64::from(policy.retention_days) * DAY_MS);
                purge_before(&self.store, &self.dir, tenant.id, before).await?;
            }
        }
        if purge {
            self.purged_at = Some(at);
        }
        Ok(())
    }

    async fn watch(&mut self, tenant: &Tenant, free_mb: u64, min_mb: u64, at: At) -> Result<()> {
        let told = self.alarmed_at.get(&tenant.id).is_some_and(|t| at.since_ms(*t) < ALARM_EVERY_MS);
        if free_mb >= min_mb {
            self.alarmed_at.remove(&tenant.id);
            return Ok(());
        }
        if told {
            return Ok(());
        }
        self.alarmed_at.insert(tenant.id, at);
        let text = format!("录音磁盘只剩 {free_mb} MB，低于设定的 {min_mb} MB，请清理磁盘或缩短录音保留天数");
        tracing::warn!(free_mb, min_mb, "disk short");
        let data = json!({"code": "disk_short", "text": text, "at": at, "free_mb": free_mb});
        self.store.emit(tenant.id, event::ALARM, data, at).await?;
        Ok(())
    }
}

/// Deletes recordings that ended before `before`, file first: a row without a file is found again, a file without a row is not.
async fn purge_before(store: &Store, dir: &Path, tenant: TenantId, before: At) -> Result<()> {
    let mut gone = 0_u64;
    loop {
        let old = store.recordings_before(tenant, before, BATCH).await?;
        if old.is_empty() {
            break;
        }
        for recording in old {
            if let Ok(path) = super::resolve(dir, &recording.file_name) {
                tokio::fs::remove_file(&path).await?;
                // The outline is often not there.
                let _ = tokio::fs::remove_file(path.with_extension("peaks")).await;
            }
            store.delete_recording(tenant, recording.id).await?;
            gone += 1;
        }
    }
    if gone > 0 {
        audit(store, &Actor::system(tenant), "recording.purge", "recordings", json!({"deleted": gone, "before": before})).await?;
    }
    Ok(())
}

/// Free space for us on the disk of a directory.
pub(crate) fn free_mb(dir: &Path) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt as _;
    let path = std::ffi::CString::new(dir.as_os_str().as_bytes()).ok()?;
    let mut stat = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    #[expect(
        unsafe_code,
        reason = "statvfs has no safe form in std; the path is NUL-terminated and the struct is read only on success"
    )]
    let stat = unsafe {
        if libc::statvfs(path.as_ptr(), stat.as_mut_ptr()) != 0 {
            return None;
        }
        stat.assume_init()
    };
    Some(stat.f_bavail.saturating_mul(stat.f_frsize) >> 20)
}
