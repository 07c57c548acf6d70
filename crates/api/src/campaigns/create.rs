use super::view::{CampaignInput, CampaignView, view};
use crate::prelude::*;
use desk::campaign;

/// Makes a draft.
#[utoipa::path(post, path = "/campaigns", responses((status = 201, body = CampaignView)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<CampaignInput>,
) -> Answer<(StatusCode, Json<CampaignView>)> {
    who.may(P::CampaignWrite)?;
    let campaign = campaign::create(api.store(), &who.actor, body.into()).await?;
    Ok((StatusCode::CREATED, Json(view(&api, campaign).await?)))
}
