//! How attempts went: what the dialer learns answer probabilities from.

use crate::db::{Runs as _, Sql};
use crate::row::{Cell as _, cells};
use crate::{Result, Store};
use model::fact::PastAttempt;
use model::{At, Carrier, Disposition, TenantId};

impl Store {
    /// The newest `n` ended attempts of a tenant, oldest first.
    pub async fn past_attempts(&self, tenant: TenantId, n: u32) -> Result<Vec<PastAttempt>> {
        let sql = "SELECT a.phone, l.region, l.carrier, a.dialing_at, a.ordinal, a.disposition FROM attempts a \
                   JOIN leads l ON l.id = a.lead_id WHERE a.tenant_id = ? AND a.disposition IS NOT NULL ORDER BY a.id DESC LIMIT ?";
        let mut past = Vec::new();
        for row in self.read().rows(Sql::new(sql, cells![tenant, i64::from(n)])).await? {
            past.push(PastAttempt {
                phone: String::get(&row, 0)?,
                region: String::get(&row, 1)?,
                carrier: Carrier::get(&row, 2)?,
                at: At::get(&row, 3)?,
                ordinal: u32::get(&row, 4)?,
                disposition: Disposition::get(&row, 5)?,
            });
        }
        past.reverse();
        Ok(past)
    }
}
