use super::view::{load, view};
use crate::prelude::*;
use model::CampaignId;
use model::record::CampaignProgress;

/// The figures of one campaign, now.
#[utoipa::path(get, path = "/campaigns/{id}/progress", responses((status = 200, body = CampaignProgress)))]
pub async fn progress(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<CampaignProgress>> {
    who.may(P::CampaignRead)?;
    let campaign = load(&api, &who, id).await?;
    Ok(Json(view(&api, campaign).await?.progress))
}
