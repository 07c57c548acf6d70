use super::view::{CampaignView, changed};
use crate::prelude::*;
use desk::campaign;
use model::CampaignId;

/// Starts dialling.
#[utoipa::path(post, path = "/campaigns/{id}/start", responses((status = 200, body = CampaignView)))]
pub async fn start(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<CampaignView>> {
    who.may(P::CampaignControl)?;
    changed(&api, campaign::start(api.store(), &who.actor, id).await?).await
}
