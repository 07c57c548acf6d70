use super::view::{CampaignView, view};
use crate::prelude::*;
use desk::campaign;
use model::CampaignId;

#[derive(Deserialize, ToSchema)]
pub struct CopyName {
    name: String,
}

/// Makes a draft of the same settings, without leads.
#[utoipa::path(post, path = "/campaigns/{id}/copy", responses((status = 201, body = CampaignView)))]
pub async fn copy(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<CopyName>,
) -> Answer<(StatusCode, Json<CampaignView>)> {
    who.may(P::CampaignWrite)?;
    let campaign = campaign::copy(api.store(), &who.actor, id, &body.name).await?;
    Ok((StatusCode::CREATED, Json(view(&api, campaign).await?)))
}
