use super::{SessionView, SignedInAnswer, UserAgent, start};
use crate::prelude::*;
use crate::principal::{Newcomer, RemoteIp, SpeaksTls};
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
    tls: SpeaksTls,
    Json(body): Json<PasswordChange>,
) -> Answer<SignedInAnswer> {
    let (user, session) = who.person()?;
    let tenant = api.store().tenant(user.tenant_id).await?;
    if let Err(refused) = access::change_password(api.store(), &who.actor, session, &body.current, &body.new).await {
        // Tried too often, the session has ended. After a change the page's own stream shall not end before its new cookie
        // has come: those of earlier sessions end at their next look.
        api.streams().look_again(&who.key());
        return Err(refused.into());
    }
    let tenant_code = tenant.map(|t| t.code).filter(|c| !c.is_empty());
    let sign_in = SignIn { tenant_code, login: user.login.clone(), password: body.new, remote_ip, user_agent: agent.0 };
    start(&api, sign_in, tls, StatusCode::OK).await
}
