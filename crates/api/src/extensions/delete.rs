use crate::prelude::*;
use engine::Change;
use model::ExtensionId;

/// Deletes an extension; its phones are forgotten, calls that are up go on.
#[utoipa::path(delete, path = "/extensions/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<ExtensionId>) -> Answer<StatusCode> {
    who.may(P::TrunkWrite)?;
    let extension = api.store().extension(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    api.store().delete_extension(who.tenant(), id, api.now()).await?;
    let detail = json!({ "number": extension.number });
    desk::audit(api.store(), &who.actor, "extension.delete", &format!("extension:{id}"), detail).await?;
    api.changed(Change::Extensions(who.tenant()));
    Ok(StatusCode::NO_CONTENT)
}
