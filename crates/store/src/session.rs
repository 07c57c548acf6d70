//! Sessions of the web UI, found by the hash of their cookie.

use crate::db::{Insert, Runs as _, Sql, columns};
use crate::row::{Row, cells};
use crate::{Result, Store};
use model::record::{Session, User};
use model::{At, TenantId, UserId};

/// A session in use is written at most this often.
const SLIDE_MS: i64 = 60_000;

impl Store {
    pub async fn create_session(&self, session: &Session) -> Result<()> {
        self.write().insert(Insert::of(session)).await.map(|_| ())
    }

    /// The live session and its enabled user; slides `expires_at` to `now + ttl_ms`, at most once a minute.
    pub async fn session_by_token(&self, token_hash: &str, now: At, ttl_ms: i64) -> Result<Option<(Session, User)>> {
        let sql = format!(
            "SELECT {}, {} FROM sessions s JOIN users u ON u.id = s.user_id JOIN tenants t ON t.id = s.tenant_id \
             WHERE s.token_hash = ? AND s.expires_at > ? AND u.enabled AND t.enabled",
            columns::<Session>("s."),
            columns::<User>("u.")
        );
        let Some(row) = self.read().row(Sql::new(sql, cells![token_hash.to_string(), now])).await? else { return Ok(None) };
        let mut session = Session::read(&row)?;
        let user = User::read_at(&row, Session::COLUMNS.len())?;
        if now.since_ms(session.seen_at) >= SLIDE_MS {
            (session.seen_at, session.expires_at) = (now, now.plus_ms(ttl_ms));
            let sql = "UPDATE sessions SET seen_at = ?, expires_at = ? WHERE id = ?";
            self.write().exec(Sql::new(sql, cells![now, session.expires_at, session.id])).await?;
        }
        Ok(Some((session, user)))
    }

    pub async fn sessions_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Session>> {
        self.read().all(Sql::new("WHERE tenant_id = ? AND user_id = ? ORDER BY id DESC", cells![tenant, user])).await
    }

    pub async fn delete_session(&self, token_hash: &str) -> Result<()> {
        self.write().exec(Sql::new("DELETE FROM sessions WHERE token_hash = ?", cells![token_hash.to_string()])).await.map(|_| ())
    }

    pub async fn delete_sessions_of(&self, tenant: TenantId, user: UserId) -> Result<u64> {
        self.write().exec(Sql::new("DELETE FROM sessions WHERE tenant_id = ? AND user_id = ?", cells![tenant, user])).await
    }
}
