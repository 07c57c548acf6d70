use super::input::ExtensionInput;
use super::view::ExtensionWithSecret;
use crate::prelude::*;
use engine::Change;

/// Adds an extension. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/extensions", responses((status = 201, body = ExtensionWithSecret)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<ExtensionInput>,
) -> Answer<(StatusCode, Json<ExtensionWithSecret>)> {
    who.may(P::TrunkWrite)?;
    let (extension, secret) = desk::extension::create(api.store(), &who.actor, body.into_wish()?).await?;
    api.changed(Change::Extensions(who.tenant()));
    Ok((StatusCode::CREATED, Json(ExtensionWithSecret::of(extension, secret, &[]))))
}
