//! Sign-in, sign-out, the password, and tickets for sockets.

mod create;
mod delete;
mod get;
mod password;
mod ticket;

use crate::prelude::*;
use crate::principal::{COOKIE, SpeaksTls};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use desk::access::{self, SignIn};
use model::record::{Permission, Session, User};

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(create::create, get::get, delete::delete))
        .routes(routes!(password::change_password))
        .routes(routes!(ticket::ticket))
}

/// Who is signed in, and what the page needs to act for them.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    pub user: User,
    pub permissions: Vec<Permission>,
    /// Send as `X-CSRF-Token` with every POST, PUT, PATCH and DELETE.
    pub csrf: String,
    pub expires_at: At,
    pub tenant: TenantView,
}

#[derive(Serialize, ToSchema)]
pub struct TenantView {
    code: String,
    name: String,
}

/// # Errors
/// When the store does not answer.
pub async fn view(api: &ApiState, user: &User, session: &Session) -> Answer<SessionView> {
    let tenant = api.store().tenant(user.tenant_id).await?;
    let tenant = tenant
        .map_or_else(|| TenantView { code: String::new(), name: String::new() }, |t| TenantView { code: t.code, name: t.name });
    Ok(SessionView {
        user: user.clone(),
        permissions: user.role.permissions(),
        csrf: session.csrf.clone(),
        expires_at: session.expires_at,
        tenant,
    })
}

/// A session that has just begun: its view and its cookie.
pub struct SignedInAnswer(StatusCode, HeaderValue, SessionView);

impl IntoResponse for SignedInAnswer {
    fn into_response(self) -> Response {
        (self.0, [(header::SET_COOKIE, self.1)], Json(self.2)).into_response()
    }
}

/// Signs in and sets the cookie.
///
/// # Errors
/// 401 for wrong words, 429 after too many of them.
pub async fn start(api: &ApiState, sign_in: SignIn, tls: SpeaksTls, status: StatusCode) -> Answer<SignedInAnswer> {
    let signed = access::sign_in(api.store(), sign_in).await?;
    let view = view(api, &signed.user, &signed.session).await?;
    Ok(SignedInAnswer(status, cookie(tls, &signed.token)?, view))
}

/// The session cookie; an empty token clears it. Without an age it ends with the browser, and on the server after 12 idle hours.
///
/// # Errors
/// Never for tokens of ours.
pub fn cookie(tls: SpeaksTls, token: &str) -> Answer<HeaderValue> {
    let secure = if tls.0 { "; Secure" } else { "" };
    let age = if token.is_empty() { "; Max-Age=0" } else { "" };
    let text = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    HeaderValue::from_str(&text).map_err(|e| Problem::internal(&e))
}

/// User-Agent, cut to what a list shows.
pub struct UserAgent(pub String);

impl<S: Send + Sync> FromRequestParts<S> for UserAgent {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let text = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        Ok(Self(text.chars().take(200).collect()))
    }
}
