use super::view::{CampaignView, load, view};
use crate::prelude::*;
use model::CampaignId;

/// One campaign with its figures.
#[utoipa::path(get, path = "/campaigns/{id}", responses((status = 200, body = CampaignView)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<CampaignView>> {
    who.may(P::CampaignRead)?;
    let campaign = load(&api, &who, id).await?;
    Ok(Json(view(&api, campaign).await?))
}
