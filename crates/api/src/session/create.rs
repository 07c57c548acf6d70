use super::{SessionView, SignedInAnswer, UserAgent, start};
use crate::prelude::*;
use crate::principal::{RemoteIp, SpeaksTls};
use desk::access::SignIn;

#[derive(Deserialize, ToSchema)]
pub struct Credentials {
    /// Needed only where several customers share the installation.
    #[serde(default)]
    tenant: Option<String>,
    login: String,
    password: String,
}

/// Signs in: sets the cookie `fengling_session`. After five failures the login waits at that address (429 with Retry-After).
#[utoipa::path(post, path = "/session", responses((status = 200, body = SessionView)))]
pub async fn create(
    State(api): State<ApiState>,
    RemoteIp(remote_ip): RemoteIp,
    agent: UserAgent,
    tls: SpeaksTls,
    Json(body): Json<Credentials>,
) -> Answer<SignedInAnswer> {
    let tenant_code = body.tenant.filter(|t| !t.is_empty());
    let sign_in = SignIn { tenant_code, login: body.login, password: body.password, remote_ip, user_agent: agent.0 };
    start(&api, sign_in, tls, StatusCode::OK).await
}
