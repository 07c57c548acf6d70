use super::input::ExtensionInput;
use super::view::ExtensionView;
use crate::prelude::*;
use engine::Change;
use model::ExtensionId;

#[derive(Deserialize, ToSchema)]
pub struct ExtensionUpdate {
    /// The revision that was edited; 409 with the current extension when it is no longer the newest.
    revision: i64,
    #[serde(flatten)]
    extension: ExtensionInput,
}

/// Writes an extension whole; its number stays. Switched off, its phones are forgotten at once.
#[utoipa::path(put, path = "/extensions/{id}", responses((status = 200, body = ExtensionView)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<ExtensionId>,
    Json(body): Json<ExtensionUpdate>,
) -> Answer<Json<ExtensionView>> {
    who.may(P::TrunkWrite)?;
    let before = api.store().extension(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let wish = body.extension.into_wish()?;
    let registered = api.engine().registrations();
    if before.revision != body.revision {
        let text =
            Text::new("分机已被他人修改，请核对后再保存", "somebody else has changed the extension; compare and save again");
        let current = json!(ExtensionView::of(before, &registered));
        return Err(Problem::conflict("revision_conflict", text).with_field("revision").with_current(current));
    }
    let stored = desk::extension::update(api.store(), &who.actor, before, body.revision, wish).await?;
    api.changed(Change::Extensions(who.tenant()));
    Ok(Json(ExtensionView::of(stored, &registered)))
}
