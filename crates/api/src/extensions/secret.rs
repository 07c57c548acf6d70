use super::view::ExtensionWithSecret;
use crate::prelude::*;
use engine::Change;
use model::ExtensionId;

/// Gives an extension a new secret, shown in this answer and nowhere else; the old one is worthless at once.
#[utoipa::path(post, path = "/extensions/{id}/secret", responses((status = 200, body = ExtensionWithSecret)))]
pub async fn renew(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<ExtensionId>,
) -> Answer<Json<ExtensionWithSecret>> {
    who.may(P::TrunkWrite)?;
    let (extension, secret) = desk::extension::renew_secret(api.store(), &who.actor, id).await?;
    api.changed(Change::Extensions(who.tenant()));
    Ok(Json(ExtensionWithSecret::of(extension, secret, &api.engine().registrations())))
}
