use super::view::{CampaignView, changed};
use crate::prelude::*;
use desk::campaign;
use model::CampaignId;

/// Hands a draft in for approval; where no approval is required it is approved at once.
#[utoipa::path(post, path = "/campaigns/{id}/submit", responses((status = 200, body = CampaignView)))]
pub async fn submit(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<CampaignView>> {
    who.may(P::CampaignWrite)?;
    changed(&api, campaign::submit(api.store(), &who.actor, id).await?).await
}
