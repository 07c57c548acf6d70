use crate::prelude::*;
use desk::access::{self, NewKey};
use model::record::{ApiKey, Permission};

#[derive(Deserialize, ToSchema)]
pub struct NewKeyBody {
    name: String,
    /// Never more than one's own rights.
    scopes: Vec<Permission>,
    #[serde(default)]
    expires_at: Option<At>,
}

#[derive(Serialize, ToSchema)]
pub struct KeyWithSecret {
    #[serde(flatten)]
    key: ApiKey,
    /// Shown this once.
    secret: String,
}

/// Makes a key. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/api-keys", responses((status = 201, body = KeyWithSecret)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<NewKeyBody>,
) -> Answer<(StatusCode, Json<KeyWithSecret>)> {
    who.may(P::KeyWrite)?;
    if let Some(missing) = body.scopes.iter().find(|s| !who.actor.can(**s)) {
        return Err(Problem::forbidden(missing.code()).with_field("scopes"));
    }
    let new = NewKey { name: body.name, scopes: body.scopes, expires_at: body.expires_at };
    let (key, secret) = access::create_key(api.store(), &who.actor, new).await?;
    Ok((StatusCode::CREATED, Json(KeyWithSecret { key, secret })))
}
