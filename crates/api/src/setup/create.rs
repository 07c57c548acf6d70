use crate::prelude::*;
use crate::principal::{RemoteIp, SpeaksTls};
use crate::session::{SessionView, SignedInAnswer, UserAgent, start};
use desk::access::{self, NewUser, SignIn};
use model::record::Role;

#[derive(Deserialize, ToSchema)]
pub struct FirstAdmin {
    login: String,
    #[serde(default)]
    name: String,
    password: String,
}

/// Makes the first administrator and signs it in. Refused with 409 once any user exists.
#[utoipa::path(post, path = "/setup", responses((status = 201, body = SessionView)))]
pub async fn create(
    State(api): State<ApiState>,
    RemoteIp(ip): RemoteIp,
    agent: UserAgent,
    tls: SpeaksTls,
    Json(body): Json<FirstAdmin>,
) -> Answer<SignedInAnswer> {
    let name = if body.name.is_empty() { body.login.clone() } else { body.name };
    let new = NewUser { login: body.login.clone(), name, password: body.password.clone(), role: Role::Admin };
    access::create_first_admin(api.store(), new, &ip).await?;
    let sign_in = SignIn { tenant_code: None, login: body.login, password: body.password, remote_ip: ip, user_agent: agent.0 };
    start(&api, sign_in, tls, StatusCode::CREATED).await
}
