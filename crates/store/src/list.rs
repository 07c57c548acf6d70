//! Lists of numbers: block, exempt, VIP.

use crate::db::{Insert, Runs as _, Sql, Tx};
use crate::dialect::contains;
use crate::row::{Cell, cells};
use crate::{Page, PageQuery, Result, Store};
use model::record::{Campaign, ListEntry, ListKind};
use model::{At, CampaignId, ListEntryId, TenantId};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub struct NewListEntry {
    pub phone: String,
    pub reason: String,
    pub expires_at: Option<At>,
}

const CHUNK: usize = 1_000;

/// The tenant of lists that hold for all tenants.
pub const EVERYWHERE: TenantId = TenantId(0);

/// A list: a tenant's, a campaign's, or that of the whole house ([`EVERYWHERE`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub tenant: TenantId,
    pub kind: ListKind,
    pub campaign: Option<CampaignId>,
}

impl Place {
    pub const fn of(tenant: TenantId, kind: ListKind) -> Self {
        Self { tenant, kind, campaign: None }
    }

    pub(crate) fn scope(&self, sql: &mut Sql) {
        match &self.campaign {
            Some(campaign) => sql.push(" AND campaign_id = ?").bind(campaign),
            None => sql.push(" AND campaign_id IS NULL"),
        };
    }
}

const RENEW: &str = "ON CONFLICT (tenant_id, phone, kind, COALESCE(campaign_id, 0)) DO UPDATE SET reason = excluded.reason, \
                     expires_at = excluded.expires_at";

fn row(place: &Place, id: i64, entry: &NewListEntry, at: At) -> ListEntry {
    ListEntry {
        id: ListEntryId(id),
        tenant_id: place.tenant,
        kind: place.kind,
        campaign_id: place.campaign,
        phone: entry.phone.clone(),
        reason: entry.reason.clone(),
        expires_at: entry.expires_at,
        created_at: at,
    }
}

pub(crate) async fn put_on(tx: &Tx, place: &Place, id: i64, entry: &NewListEntry, at: At) -> Result<()> {
    tx.insert(Insert::of(&row(place, id, entry, at)).tail(RENEW)).await.map(|_| ())
}

impl Store {
    /// Adds, or renews what is there; answers how many numbers are now on the list because of it.
    pub async fn add_list_entries(&self, tenant: TenantId, kind: ListKind, entries: &[NewListEntry], now: At) -> Result<u64> {
        self.add_to_list(&Place::of(tenant, kind), entries, now).await
    }

    pub async fn add_to_list(&self, place: &Place, entries: &[NewListEntry], now: At) -> Result<u64> {
        if let Some(campaign) = place.campaign {
            self.read().must_own::<Campaign>(place.tenant, campaign.0, "campaign").await?;
        }
        // The last word on a number counts; one INSERT may not touch a row twice.
        let unique: BTreeMap<&str, &NewListEntry> = entries.iter().map(|e| (e.phone.as_str(), e)).collect();
        let rows: Vec<ListEntry> = unique.into_values().map(|entry| row(place, self.new_id(now), entry, now)).collect();
        let (tx, mut n) = (self.begin().await?, 0);
        for chunk in rows.chunks(CHUNK) {
            let Some(insert) = Insert::many(chunk) else { continue };
            n += tx.insert(insert.tail(RENEW)).await?;
        }
        tx.commit().await?;
        Ok(n)
    }

    pub async fn remove_list_entries(&self, tenant: TenantId, kind: ListKind, phones: &[String]) -> Result<u64> {
        self.remove_from_list(&Place::of(tenant, kind), phones).await
    }

    pub async fn remove_from_list(&self, place: &Place, phones: &[String]) -> Result<u64> {
        let (tx, mut n) = (self.begin().await?, 0);
        for chunk in phones.chunks(CHUNK) {
            let mut sql = Sql::new("DELETE FROM list_entries WHERE tenant_id = ? AND kind = ?", cells![place.tenant, place.kind]);
            place.scope(&mut sql);
            sql.and_in("phone", chunk);
            n += tx.exec(sql).await?;
        }
        tx.commit().await?;
        Ok(n)
    }

    /// One list, newest first.
    pub async fn list_at(&self, place: &Place, text: &str, page: PageQuery) -> Result<Page<ListEntry>> {
        let mut sql = Sql::new("WHERE tenant_id = ? AND kind = ?", cells![place.tenant, place.kind]);
        place.scope(&mut sql);
        if !text.trim().is_empty() {
            let (like, pattern) = (self.read().engine().like(), contains(text));
            sql.push(&format!(" AND (phone {like} OR reason {like})")).bind(&pattern).bind(&pattern);
        }
        self.read().page(sql, true, page).await
    }

    /// All lists of a tenant, those of its campaigns among them, unless one is named.
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
        let sql = "SELECT kind FROM list_entries WHERE tenant_id = ? AND phone = ? AND campaign_id IS NULL \
                   AND (expires_at IS NULL OR expires_at > ?) ORDER BY kind";
        let rows = self.read().rows(Sql::new(sql, cells![tenant, phone.to_string(), now])).await?;
        rows.iter().map(|row| ListKind::get(row, 0)).collect()
    }
}
