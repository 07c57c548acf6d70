//! 主叫号码: how each was last used, what it did by the hour, and flags.

use crate::commit::{Batch, Outcome};
use crate::db::{Runs, Sql};
use crate::row::{Cell, cells};
use crate::tally::Tally;
use crate::{Result, Store, StoreError};
use model::event::ALARM;
use model::record::{CallerIdHour, CallerIdUse, FlagReason, Number, NumberFlag};
use model::{At, NumberId, TenantId};
use serde_json::json;
use std::collections::BTreeMap;

const BUCKETS_AN_HOUR: i64 = 4;
const HOUR_MS: i64 = 3_600_000;

/// The last use of each caller id in one transaction.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    changes: BTreeMap<(TenantId, String), CallerIdUse>,
}

impl Uses {
    pub fn add(&mut self, tenant: TenantId, used: &CallerIdUse) {
        self.changes.insert((tenant, used.caller_id.clone()), used.clone());
    }

    pub async fn write(&mut self, db: &impl Runs) -> Result<()> {
        for ((tenant, caller_id), used) in std::mem::take(&mut self.changes) {
            let sql = "INSERT INTO caller_id_uses (tenant_id, caller_id, last_at, run, rest_until) VALUES (?, ?, ?, ?, ?) \
                       ON CONFLICT (tenant_id, caller_id) DO UPDATE SET last_at = excluded.last_at, run = excluded.run, \
                       rest_until = excluded.rest_until";
            db.exec(Sql::new(sql, cells![tenant, caller_id, used.last_at, used.run, used.rest_until])).await?;
        }
        Ok(())
    }
}

impl Batch {
    /// Says so to people, too. A number that is gone or flagged already is left alone.
    pub(crate) async fn number_flagged(
        &mut self,
        tenant: TenantId,
        id: NumberId,
        reason: FlagReason,
        note: &str,
        at: At,
    ) -> Result<Outcome> {
        let number: Option<Number> = self.tx.by_id(tenant, id.0).await?;
        let Some(number) = number.filter(|n| n.flag.at.is_none()) else {
            return Ok(Outcome::Ignored("the number is gone or flagged already"));
        };
        let flag = NumberFlag { at: Some(at), reason: Some(reason), note: note.to_owned(), by: "system".into(), ..number.flag };
        set_flag(&self.tx, tenant, id, &flag).await?;
        let text = format!("主叫号码 {} 已停用：{note}。请到“号码”查看，确认后可恢复", number.number);
        self.tx.emit(tenant, ALARM, at, json!({ "code": "number_flagged", "text": text, "at": at, "number_id": id }));
        Ok(Outcome::Done)
    }
}

async fn set_flag(db: &impl Runs, tenant: TenantId, id: NumberId, flag: &NumberFlag) -> Result<()> {
    let n = db.exec(Sql::new("UPDATE numbers SET flag = ?j WHERE id = ? AND tenant_id = ?", cells![*flag, id, tenant])).await?;
    if n == 0 { Err(StoreError::NotFound("number")) } else { Ok(()) }
}

impl Store {
    /// Flags a number, or lifts the flag.
    pub async fn flag_number(&self, tenant: TenantId, id: NumberId, flag: &NumberFlag) -> Result<()> {
        set_flag(&self.write(), tenant, id, flag).await
    }

    pub async fn caller_id_uses(&self, tenant: TenantId) -> Result<Vec<CallerIdUse>> {
        let sql = "SELECT caller_id, last_at, run, rest_until FROM caller_id_uses WHERE tenant_id = ? ORDER BY caller_id";
        let rows = self.read().rows(Sql::new(sql, cells![tenant])).await?;
        let read = |row| {
            let (caller_id, last_at, run) = (Cell::get(row, 0)?, Cell::get(row, 1)?, Cell::get(row, 2)?);
            Ok(CallerIdUse { caller_id, last_at, run, rest_until: Cell::get(row, 3)? })
        };
        rows.iter().map(read).collect()
    }

    /// What each caller id did by the hour from `since` on.
    pub async fn caller_id_hours(&self, tenant: TenantId, since: At) -> Result<Vec<CallerIdHour>> {
        let from = since.ms().div_euclid(HOUR_MS) * BUCKETS_AN_HOUR;
        let mut hours: BTreeMap<(String, i64), CallerIdHour> = BTreeMap::new();
        // One walk of the key each.
        for tally in [Tally::CallerId, Tally::CallerIdAnswered, Tally::CallerIdRefused] {
            let sql = "SELECT key, bucket, n FROM tallies WHERE tenant_id = ? AND kind = ? AND bucket >= ?";
            for row in self.read().rows(Sql::new(sql, cells![tenant, tally.code().to_string(), from])).await? {
                let (caller_id, hour) = (String::get(&row, 0)?, i64::get(&row, 1)?.div_euclid(BUCKETS_AN_HOUR));
                let n = u32::try_from(i64::get(&row, 2)?).unwrap_or(0);
                let entry =
                    hours.entry((caller_id.clone(), hour)).or_insert(CallerIdHour { caller_id, hour, ..CallerIdHour::default() });
                match tally {
                    Tally::CallerIdAnswered => entry.answered += n,
                    Tally::CallerIdRefused => entry.refused += n,
                    _ => entry.calls += n,
                }
            }
        }
        Ok(hours.into_values().filter(|h| !h.caller_id.is_empty()).collect())
    }
}
