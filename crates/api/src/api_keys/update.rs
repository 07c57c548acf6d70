use crate::prelude::*;
use model::ApiKeyId;
use model::record::ApiKey;

#[derive(Deserialize, ToSchema)]
pub struct KeyChange {
    enabled: bool,
}

/// Switches a key on or off.
#[utoipa::path(patch, path = "/api-keys/{id}", responses((status = 200, body = ApiKey)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<ApiKeyId>,
    Json(body): Json<KeyChange>,
) -> Answer<Json<ApiKey>> {
    who.may(P::KeyWrite)?;
    let key = api.store().set_api_key_enabled(who.tenant(), id, body.enabled).await?;
    api.streams().look_again(&format!("key:{id}"));
    desk::audit(api.store(), &who.actor, "key.update", &format!("key:{id}"), json!({ "enabled": body.enabled })).await?;
    Ok(Json(key))
}
