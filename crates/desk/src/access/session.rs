//! Signing in and out, and the cookie in between.

use super::{hash_of, password, random_secret, throttle};
use crate::{Actor, DeskError, Kind, Result, audit, now};
use model::record::{Session, User};
use store::Store;

/// A session ends when it was not used for so long.
pub const SESSION_TTL_MS: i64 = 12 * 3_600_000;
/// As long as logins and tenant codes get; nothing longer is looked up or remembered.
const LOGIN_CHARS_MAX: usize = 64;
const TENANT_CODE_CHARS_MAX: usize = 32;

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
/// one account or one address; `Unavailable` when more people sign in than there is room for.
pub async fn sign_in(store: &Store, request: SignIn) -> Result<SignedIn> {
    let code = request.tenant_code.as_deref().unwrap_or("").trim().to_owned();
    let login = request.login.trim().to_owned();
    check_lengths(&code, &login)?;
    let tenant = store.tenant_of_code(&code).await?;
    let guess = throttle::guess(store, tenant, &login, &request.remote_ip).await?;
    let found = store.user_for_login(&code, &login).await?;
    let (user, hash) = found.unzip();
    let right = match password::verify(&request.password, hash).await {
        Ok(right) => right,
        Err(e) => return guess.not_made().await.and(Err(e)),
    };
    let Some(user) = user.filter(|u| right && u.enabled) else {
        tracing::info!(remote_ip = %request.remote_ip, "sign-in refused");
        return Err(DeskError::new(Kind::Unauthenticated, "sign_in_failed", "登录名或密码不正确", "login or password is wrong"));
    };
    guess.right().await?;
    open(store, user, &request).await
}

fn check_lengths(code: &str, login: &str) -> Result<()> {
    if login.chars().count() > LOGIN_CHARS_MAX {
        return Err(DeskError::invalid("login_invalid", "login", "登录名最多 64 个字符", "a login has at most 64 characters"));
    }
    if code.chars().count() > TENANT_CODE_CHARS_MAX {
        let (zh, en) = ("租户代码最多 32 个字符", "a tenant code has at most 32 characters");
        return Err(DeskError::invalid("tenant_invalid", "tenant", zh, en));
    }
    Ok(())
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
