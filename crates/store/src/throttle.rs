//! Sign-ins under way and failed, counted by whatever the edge throttles: a login, an address.
//!
//! A try counts as failed from before it is made until it is taken back, so that a thousand at once are no more than a
//! thousand one after the other.

use crate::db::{Runs, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store};
use model::At;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoginFailures {
    pub count: u32,
    pub last_at: Option<At>,
}

/// One counter a try falls under, e.g. `ip:192.0.2.1`.
#[derive(Clone, Debug)]
pub struct LoginLimit {
    pub key: String,
    /// Failures before the first pause.
    pub free: u32,
}

/// The pause in seconds after so many failures, of which so many are free.
pub type Pause = fn(failures: u32, free: u32) -> u32;

/// A try that was let through and counted.
#[derive(Clone, Debug)]
pub struct LoginTry {
    at: At,
    before: Vec<(String, LoginFailures)>,
}

impl LoginTry {
    /// Failures under a key, this try among them.
    pub fn count(&self, key: &str) -> u32 {
        self.before.iter().find(|(k, _)| k == key).map_or(0, |(_, before)| before.count + 1)
    }
}

#[derive(Clone, Debug)]
pub enum LoginTurn {
    Go(LoginTry),
    Wait { until: At },
}

impl Store {
    /// Counts a try under all of `limits`, or under none when one of them asks for a pause. Failures before `since` are
    /// forgotten.
    pub async fn login_try(&self, limits: &[LoginLimit], since: At, now: At, pause: Pause) -> Result<LoginTurn> {
        let wait = |limit: &LoginLimit, known: LoginFailures| {
            let pause_ms = i64::from(pause(known.count, limit.free)) * 1000;
            // Another try may have been counted a moment after this one looked at the clock.
            known.last_at.map(|at| at.plus_ms(pause_ms)).filter(|until| pause_ms > 0 && *until > now)
        };
        // A flood that must wait anyway shall not queue for the writer.
        for limit in limits {
            let sql = Sql::new("SELECT count, last_at FROM login_failures WHERE key = ?", cells![limit.key.clone()]);
            if let Some(until) = wait(limit, known(&self.read(), sql, since).await?) {
                return Ok(LoginTurn::Wait { until });
            }
        }
        let mut limits: Vec<&LoginLimit> = limits.iter().collect();
        // One order for all, so that no two tries wait for each other.
        limits.sort_by(|a, b| a.key.cmp(&b.key));
        let tx = self.begin().await?;
        let mut before = Vec::with_capacity(limits.len());
        for limit in limits {
            // The idle update locks the row until the counts are written.
            let sql = "INSERT INTO login_failures (key, count, last_at) VALUES (?, 0, 0) \
                       ON CONFLICT (key) DO UPDATE SET count = login_failures.count RETURNING count, last_at";
            let known = known(&tx, Sql::new(sql, cells![limit.key.clone()]), since).await?;
            if let Some(until) = wait(limit, known) {
                return Ok(LoginTurn::Wait { until });
            }
            before.push((limit.key.clone(), known));
        }
        for (key, known) in &before {
            let sql = "UPDATE login_failures SET count = ?, last_at = ? WHERE key = ?";
            tx.exec(Sql::new(sql, cells![known.count + 1, now, key.clone()])).await?;
        }
        tx.commit().await?;
        Ok(LoginTurn::Go(LoginTry { at: now, before }))
    }

    /// Takes a try back that was right, or was not made; the earlier failures under `forget` go, too.
    pub async fn login_try_back(&self, tried: &LoginTry, forget: Option<&str>) -> Result<()> {
        let tx = self.begin().await?;
        for (key, before) in &tried.before {
            if forget == Some(key.as_str()) {
                tx.exec(Sql::new("DELETE FROM login_failures WHERE key = ?", cells![key.clone()])).await?;
                continue;
            }
            // Who signs in rightly shall not renew the pause of the others at the address.
            let sql = "UPDATE login_failures SET count = CASE WHEN count > 0 THEN count - 1 ELSE 0 END, \
                       last_at = CASE WHEN last_at = ? THEN ? ELSE last_at END WHERE key = ?";
            tx.exec(Sql::new(sql, cells![tried.at, before.last_at.unwrap_or(At(0)), key.clone()])).await?;
        }
        tx.commit().await.map(|_| ())
    }
}

async fn known(db: &impl Runs, sql: Sql, since: At) -> Result<LoginFailures> {
    let Some(row) = db.row(sql).await? else { return Ok(LoginFailures::default()) };
    let (count, last_at): (u32, At) = (Cell::get(&row, 0)?, Cell::get(&row, 1)?);
    Ok(if last_at < since { LoginFailures::default() } else { LoginFailures { count, last_at: Some(last_at) } })
}
