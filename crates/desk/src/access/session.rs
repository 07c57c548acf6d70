//! Signing in and out, and the cookie in between.

use super::{hash_of, password, random_secret};
use crate::{Actor, DeskError, Kind, Result, audit, now};
use model::At;
use model::record::{Session, User};
use store::Store;

/// A session ends when it was not used for so long.
pub const SESSION_TTL_MS: i64 = 12 * 3_600_000;
const FORGET_FAILURES_MS: i64 = 3_600_000;
const FREE_TRIES_LOGIN: u32 = 5;
const FREE_TRIES_IP: u32 = 30;
const WAIT_S_MAX: u32 = 900;

#[derive(Clone)]
pub struct SignIn {
    /// None where the installation has one tenant.
    pub tenant_code: Option<String>,
    pub login: String,
    pub password: String,
    pub remote_ip: String,
    pub user_agent: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("login", &self.login).field("remote_ip", &self.remote_ip).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub struct SignedIn {
    pub user: User,
    pub session: Session,
    /// The cookie's value; only its hash is stored.
    pub token: String,
}

/// # Errors
/// One and the same error for a wrong login and a wrong password; `TooMany` with a growing pause after several failures of
/// one account or one address.
pub async fn sign_in(store: &Store, request: SignIn) -> Result<SignedIn> {
    let at = now();
    let code = request.tenant_code.as_deref().unwrap_or("").trim().to_owned();
    let login = request.login.trim().to_owned();
    let keys = [
        (format!("login:{code}/{}", login.to_lowercase()), FREE_TRIES_LOGIN),
        (format!("ip:{}", request.remote_ip), FREE_TRIES_IP),
    ];
    for (key, free) in &keys {
        wait_over(store, key, *free, at).await?;
    }
    let found = store.user_for_login(&code, &login).await?;
    let (user, hash) = found.unzip();
    let right = password::verify(&request.password, hash).await?;
    let Some(user) = user.filter(|u| right && u.enabled) else {
        for (key, _) in &keys {
            store.login_failed(key, at.plus_ms(-FORGET_FAILURES_MS), now()).await?;
        }
        tracing::info!(remote_ip = %request.remote_ip, "sign-in refused");
        return Err(DeskError::new(Kind::Unauthenticated, "sign_in_failed", "登录名或密码不正确", "login or password is wrong"));
    };
    store.clear_login_failures(&keys[0].0).await?;
    open(store, user, &request).await
}

async fn open(store: &Store, user: User, request: &SignIn) -> Result<SignedIn> {
    let at = now();
    let token = random_secret();
    let session = Session {
        id: store.new_id(at),
        tenant_id: user.tenant_id,
        user_id: user.id,
        token_hash: hash_of(&token),
        csrf: hex::encode(rand::random::<[u8; 16]>()),
        created_at: at,
        seen_at: at,
        expires_at: at.plus_ms(SESSION_TTL_MS),
        remote_ip: request.remote_ip.clone(),
        user_agent: request.user_agent.chars().take(200).collect(),
    };
    store.create_session(&session).await?;
    store.user_signed_in(user.tenant_id, user.id, at).await?;
    audit(store, &Actor::user(&user, &request.remote_ip), "session.create", &format!("user:{}", user.id), serde_json::json!({}))
        .await?;
    Ok(SignedIn { user, session, token })
}

async fn wait_over(store: &Store, key: &str, free: u32, at: At) -> Result<()> {
    let failures = store.login_failures(key, at.plus_ms(-FORGET_FAILURES_MS)).await?;
    let wait_s = wait_s_after(failures.count, free);
    let Some(last) = failures.last_at.filter(|_| wait_s > 0) else { return Ok(()) };
    let left_ms = last.plus_ms(i64::from(wait_s) * 1000).since_ms(at);
    if left_ms == 0 {
        return Ok(());
    }
    let retry_after_s = u32::try_from(left_ms.div_euclid(1000) + 1).unwrap_or(WAIT_S_MAX);
    Err(DeskError::new(
        Kind::TooMany { retry_after_s },
        "sign_in_throttled",
        format!("登录失败次数过多，请 {retry_after_s} 秒后再试"),
        format!("too many failed sign-ins; try again in {retry_after_s} s"),
    ))
}

/// 5 s after the last free try, doubling to a quarter of an hour.
fn wait_s_after(failures: u32, free: u32) -> u32 {
    let over = failures.saturating_sub(free.saturating_sub(1));
    if over == 0 { 0 } else { 5_u32.saturating_mul(1 << (over - 1).min(10)).min(WAIT_S_MAX) }
}

/// # Errors
/// The store's.
pub async fn sign_out(store: &Store, session: &Session) -> Result<()> {
    store.delete_session(&session.token_hash).await?;
    Ok(())
}

/// The live session of a cookie; sliding.
///
/// # Errors
/// The store's.
pub async fn session(store: &Store, token: &str) -> Result<Option<(Session, User)>> {
    if token.len() > 100 {
        return Ok(None);
    }
    Ok(store.session_by_token(&hash_of(token), now(), SESSION_TTL_MS).await?)
}

/// Compared in constant time.
pub fn csrf_matches(session: &Session, header: &str) -> bool {
    let (a, b) = (session.csrf.as_bytes(), header.as_bytes());
    !a.is_empty() && a.len() == b.len() && a.iter().zip(b).fold(0, |diff, (x, y)| diff | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::wait_s_after;

    #[test]
    fn the_pause_grows_to_a_quarter_of_an_hour() {
        let waits: Vec<u32> = [0, 4, 5, 6, 7, 12, 13, 1000].into_iter().map(|n| wait_s_after(n, 5)).collect();
        assert_eq!(waits, [0, 0, 5, 10, 20, 640, 900, 900]);
    }
}
