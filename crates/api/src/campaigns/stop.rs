use super::view::{CampaignView, changed};
use crate::prelude::*;
use desk::campaign;
use model::CampaignId;

/// Ends the campaign for good; calls that are up are ended.
#[utoipa::path(post, path = "/campaigns/{id}/stop", responses((status = 200, body = CampaignView)))]
pub async fn stop(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<CampaignView>> {
    who.may(P::CampaignControl)?;
    changed(&api, campaign::stop(api.store(), &who.actor, id).await?).await
}
