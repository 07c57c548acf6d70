use super::view::{CampaignView, changed};
use crate::prelude::*;
use desk::campaign;
use model::CampaignId;

/// Dials on.
#[utoipa::path(post, path = "/campaigns/{id}/resume", responses((status = 200, body = CampaignView)))]
pub async fn resume(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<CampaignView>> {
    who.may(P::CampaignControl)?;
    changed(&api, campaign::resume(api.store(), &who.actor, id).await?).await
}
