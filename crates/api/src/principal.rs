//! Who asks: a signed-in person (cookie, with a CSRF token on changes) or a machine (bearer key with scopes).

use crate::forwarded::{remote_ip, speaks_tls};
use crate::problem::{Answer, Problem, Text};
use crate::state::ApiState;
use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use desk::{Actor, access};
use model::TenantId;
use model::record::{ApiKey, Permission, Session, User};
use std::net::SocketAddr;
use std::sync::Arc;

pub const COOKIE: &str = "fengling_session";
pub const CSRF_HEADER: &str = "x-csrf-token";

/// An authenticated principal. Extracting it refuses everyone else, and people who must first choose a password.
#[derive(Clone, Debug)]
pub struct Principal {
    pub actor: Actor,
    pub who: Who,
}

#[derive(Clone, Debug)]
pub enum Who {
    Person { user: Arc<User>, session: Arc<Session> },
    Machine(Arc<ApiKey>),
}

impl Principal {
    pub const fn tenant(&self) -> TenantId {
        self.actor.tenant
    }

    /// # Errors
    /// 403 naming the permission that is missing.
    pub fn may(&self, permission: Permission) -> Answer<()> {
        if self.actor.can(permission) { Ok(()) } else { Err(Problem::forbidden(permission.code())) }
    }

    /// Whether whole phone numbers may be shown.
    pub fn reveals(&self) -> bool {
        self.actor.can(Permission::NumberReveal)
    }

    /// Tells principals apart for stored answers.
    pub fn key(&self) -> String {
        match &self.who {
            Who::Person { user, .. } => format!("user:{}", user.id),
            Who::Machine(key) => format!("key:{}", key.id),
        }
    }

    /// The person and the session, for endpoints that mean nothing to machines.
    ///
    /// # Errors
    /// 403 for API keys.
    pub fn person(&self) -> Answer<(&User, &Session)> {
        match &self.who {
            Who::Person { user, session } => Ok((user, session)),
            Who::Machine(_) => {
                let text = Text::new("接口密钥不能调用此接口", "an API key cannot use this endpoint");
                Err(Problem::new(StatusCode::FORBIDDEN, "person_required", text))
            }
        }
    }
}

/// What [`identify`] found out, for the extractors.
#[derive(Clone, Debug)]
struct Refusal(Problem);

/// Finds the principal once per request, before any handler or layer needs it.
pub async fn identify(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let ip = remote_ip(&state, request.headers(), request.extensions().get::<ConnectInfo<SocketAddr>>());
    match find(&state, request.headers(), &ip).await {
        Ok(Some(who)) => match csrf(&who, request.method(), request.headers()) {
            Ok(()) => drop(request.extensions_mut().insert(who)),
            Err(problem) => drop(request.extensions_mut().insert(Refusal(problem))),
        },
        Ok(None) => {}
        Err(problem) => return problem.into_response(),
    }
    let tls = SpeaksTls(speaks_tls(&state, request.headers()));
    request.extensions_mut().insert(RemoteIp(ip));
    request.extensions_mut().insert(tls);
    next.run(request).await
}

async fn find(state: &ApiState, headers: &HeaderMap, ip: &str) -> Answer<Option<Principal>> {
    if let Some(given) = headers.get(header::AUTHORIZATION) {
        let bearer =
            given.to_str().ok().and_then(|v| v.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some((_, secret)) = bearer else { return Ok(None) };
        return by_key(state, secret.trim(), ip).await;
    }
    let Some(token) = cookie(headers) else { return Ok(None) };
    let found = access::session(state.store(), &token).await?;
    Ok(found.map(|(session, user)| Principal {
        actor: Actor::user(&user, ip),
        who: Who::Person { user: Arc::new(user), session: Arc::new(session) },
    }))
}

/// The machine behind a secret.
///
/// # Errors
/// When the store does not answer.
pub async fn by_key(state: &ApiState, secret: &str, ip: &str) -> Answer<Option<Principal>> {
    let key = access::api_key(state.store(), secret).await?;
    Ok(key.map(|key| Principal { actor: Actor::key(&key, ip), who: Who::Machine(Arc::new(key)) }))
}

fn csrf(who: &Principal, method: &Method, headers: &HeaderMap) -> Answer<()> {
    let Who::Person { session, .. } = &who.who else { return Ok(()) };
    if method.is_safe() {
        return Ok(());
    }
    let given = headers.get(CSRF_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if access::csrf_matches(session, given) {
        return Ok(());
    }
    let text = Text::new(
        "页面已过期，请刷新后重试（缺少 X-CSRF-Token）",
        "the page is stale; reload it (X-CSRF-Token is missing or wrong)",
    );
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf", text))
}

/// The session cookie's value.
pub fn cookie(headers: &HeaderMap) -> Option<String> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

fn extracted(parts: &Parts) -> Answer<Option<&Principal>> {
    if let Some(Refusal(problem)) = parts.extensions.get::<Refusal>() {
        return Err(problem.clone());
    }
    Ok(parts.extensions.get::<Principal>())
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        settled(extracted(parts)?.ok_or_else(Problem::unauthenticated)?)
    }
}

/// A copy of a principal that has no password to choose first.
fn settled(who: &Principal) -> Answer<Principal> {
    if let Who::Person { user, .. } = &who.who
        && user.must_change_password
    {
        let text = Text::new("首次登录请先修改密码", "choose a new password first (PUT /api/v1/session/password)");
        return Err(Problem::new(StatusCode::FORBIDDEN, "password_change_required", text));
    }
    Ok(who.clone())
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Principal {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        parts.extensions.get::<Self>().map(settled).transpose()
    }
}

/// A principal who may still have to choose a password: for the session's own endpoints.
#[derive(Clone, Debug)]
pub struct Newcomer(pub Principal);

impl<S: Send + Sync> FromRequestParts<S> for Newcomer {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(extracted(parts)?.ok_or_else(Problem::unauthenticated)?.clone()))
    }
}

/// Where the request came from.
#[derive(Clone, Debug)]
pub struct RemoteIp(pub String);

impl<S: Send + Sync> FromRequestParts<S> for RemoteIp {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self("-".into())))
    }
}

/// Whether the request came over TLS, to us or to our proxy.
#[derive(Clone, Copy, Debug)]
pub struct SpeaksTls(pub bool);

impl<S: Send + Sync> FromRequestParts<S> for SpeaksTls {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self(false)))
    }
}
