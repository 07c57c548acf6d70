use super::view::{CampaignView, changed};
use crate::prelude::*;
use desk::campaign;
use model::CampaignId;

/// Stops dialling; calls that are up go on.
#[utoipa::path(post, path = "/campaigns/{id}/pause", responses((status = 200, body = CampaignView)))]
pub async fn pause(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<CampaignView>> {
    who.may(P::CampaignControl)?;
    changed(&api, campaign::pause(api.store(), &who.actor, id).await?).await
}
