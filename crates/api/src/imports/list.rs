use crate::prelude::*;
use model::CampaignId;
use model::record::Import;

/// The campaign's imports, newest first.
#[utoipa::path(get, path = "/campaigns/{id}/imports", responses((status = 200, body = Page<Import>)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<Page<Import>>> {
    who.may(P::LeadRead)?;
    api.store().campaign(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(Page::whole(api.store().imports(who.tenant(), id).await?)))
}
