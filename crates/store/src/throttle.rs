//! Failed sign-ins, counted by whatever the edge throttles: a login, an address.

use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store};
use model::At;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoginFailures {
    pub count: u32,
    pub last_at: Option<At>,
}

impl Store {
    /// `key`: what is throttled, e.g. `login:acme/anna` or `ip:192.0.2.1`. Failures before `since` are forgotten.
    pub async fn login_failures(&self, key: &str, since: At) -> Result<LoginFailures> {
        let sql = "SELECT count, last_at FROM login_failures WHERE key = ? AND last_at >= ?";
        let Some(row) = self.read().row(Sql::new(sql, cells![key.to_string(), since])).await? else {
            return Ok(LoginFailures::default());
        };
        Ok(LoginFailures { count: Cell::get(&row, 0)?, last_at: Cell::get(&row, 1)? })
    }

    pub async fn login_failed(&self, key: &str, since: At, now: At) -> Result<LoginFailures> {
        let sql = "INSERT INTO login_failures (key, count, last_at) VALUES (?, 1, ?) ON CONFLICT (key) DO UPDATE SET \
                   count = CASE WHEN login_failures.last_at >= ? THEN login_failures.count + 1 ELSE 1 END, last_at = excluded.last_at \
                   RETURNING count";
        let count = self.write().cell(Sql::new(sql, cells![key.to_string(), now, since])).await?;
        Ok(LoginFailures { count: count.unwrap_or(1), last_at: Some(now) })
    }

    pub async fn clear_login_failures(&self, key: &str) -> Result<()> {
        self.write().exec(Sql::new("DELETE FROM login_failures WHERE key = ?", cells![key.to_string()])).await.map(|_| ())
    }
}
