//! Lists of numbers: block, exempt, VIP.

use crate::db::{Insert, Runs as _, Sql, Tx};
use crate::dialect::contains;
use crate::row::{Cell, cells};
use crate::{Page, PageQuery, Result, Store};
use model::record::{ListEntry, ListKind};
use model::{At, ListEntryId, TenantId};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub struct NewListEntry {
    pub phone: String,
    pub reason: String,
    pub expires_at: Option<At>,
}

const CHUNK: usize = 1_000;

/// Adds one, or renews it, within a transaction.
pub(crate) async fn put_list_entry(
    tx: &Tx,
    id: ListEntryId,
    tenant: TenantId,
    kind: ListKind,
    new: &NewListEntry,
    now: At,
) -> Result<()> {
    let (phone, reason) = (new.phone.clone(), new.reason.clone());
    let entry = ListEntry { id, tenant_id: tenant, kind, phone, reason, expires_at: new.expires_at, created_at: now };
    let tail = "ON CONFLICT (tenant_id, phone, kind) DO UPDATE SET reason = excluded.reason, expires_at = excluded.expires_at";
    tx.insert(Insert::of(&entry).tail(tail)).await.map(|_| ())
}

impl Store {
    /// Adds, or renews what is there; answers how many numbers are now on the list because of it.
    pub async fn add_list_entries(&self, tenant: TenantId, kind: ListKind, entries: &[NewListEntry], now: At) -> Result<u64> {
        // The last word on a number counts; one INSERT may not touch a row twice.
        let unique: BTreeMap<&str, &NewListEntry> = entries.iter().map(|e| (e.phone.as_str(), e)).collect();
        let rows: Vec<ListEntry> = unique
            .into_values()
            .map(|entry| ListEntry {
                id: self.new_id(now),
                tenant_id: tenant,
                kind,
                phone: entry.phone.clone(),
                reason: entry.reason.clone(),
                expires_at: entry.expires_at,
                created_at: now,
            })
            .collect();
        let (tx, mut n) = (self.begin().await?, 0);
        for chunk in rows.chunks(CHUNK) {
            let Some(insert) = Insert::many(chunk) else { continue };
            let tail =
                "ON CONFLICT (tenant_id, phone, kind) DO UPDATE SET reason = excluded.reason, expires_at = excluded.expires_at";
            n += tx.insert(insert.tail(tail)).await?;
        }
        tx.commit().await?;
        Ok(n)
    }

    pub async fn remove_list_entries(&self, tenant: TenantId, kind: ListKind, phones: &[String]) -> Result<u64> {
        let (tx, mut n) = (self.begin().await?, 0);
        for chunk in phones.chunks(CHUNK) {
            let mut sql = Sql::new("DELETE FROM list_entries WHERE tenant_id = ? AND kind = ?", cells![tenant, kind]);
            sql.and_in("phone", chunk);
            n += tx.exec(sql).await?;
        }
        tx.commit().await?;
        Ok(n)
    }

    pub async fn list_entries(
        &self,
        tenant: TenantId,
        kind: Option<ListKind>,
        text: &str,
        page: PageQuery,
    ) -> Result<Page<ListEntry>> {
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_some("kind = ?", kind.as_ref());
        if !text.trim().is_empty() {
            let (like, pattern) = (self.read().engine().like(), contains(text));
            sql.push(&format!(" AND (phone {like} OR reason {like})")).bind(&pattern).bind(&pattern);
        }
        self.read().page(sql, true, page).await
    }

    /// The lists a number is on now.
    pub async fn lists_of(&self, tenant: TenantId, phone: &str, now: At) -> Result<Vec<ListKind>> {
        let sql = "SELECT kind FROM list_entries WHERE tenant_id = ? AND phone = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY kind";
        let rows = self.read().rows(Sql::new(sql, cells![tenant, phone.to_string(), now])).await?;
        rows.iter().map(|row| ListKind::get(row, 0)).collect()
    }
}
