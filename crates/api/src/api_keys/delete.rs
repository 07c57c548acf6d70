use crate::prelude::*;
use desk::access;
use model::ApiKeyId;

/// Revokes a key for good.
#[utoipa::path(delete, path = "/api-keys/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<ApiKeyId>) -> Answer<StatusCode> {
    who.may(P::KeyWrite)?;
    access::revoke_key(api.store(), &who.actor, id).await?;
    api.streams().look_again(&format!("key:{id}"));
    Ok(StatusCode::NO_CONTENT)
}
