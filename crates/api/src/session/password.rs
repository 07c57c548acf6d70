use super::{SessionView, SignedInAnswer, UserAgent, start};
use crate::prelude::*;
use crate::principal::{Newcomer, RemoteIp};
use desk::access::{self, SignIn};

#[derive(Deserialize, ToSchema)]
pub struct PasswordChange {
    current: String,
    new: String,
}

/// Chooses a new password: ends all of one's sessions and begins a new one with its own cookie and CSRF token.
#[utoipa::path(put, path = "/session/password", responses((status = 200, body = SessionView)))]
pub async fn change_password(
    State(api): State<ApiState>,
    Newcomer(who): Newcomer,
    RemoteIp(remote_ip): RemoteIp,
    agent: UserAgent,
    Json(body): Json<PasswordChange>,
) -> Answer<SignedInAnswer> {
    let (user, session) = who.person()?;
    let tenant = api.store().tenant(user.tenant_id).await?;
    access::change_password(api.store(), &who.actor, session, &body.current, &body.new).await?;
    let tenant_code = tenant.map(|t| t.code).filter(|c| !c.is_empty());
    let sign_in = SignIn { tenant_code, login: user.login.clone(), password: body.new, remote_ip, user_agent: agent.0 };
    start(&api, sign_in, StatusCode::OK).await
}
