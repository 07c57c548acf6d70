use super::view::{CampaignView, changed};
use crate::prelude::*;
use desk::campaign;
use model::CampaignId;

/// Approves a submitted campaign; by default not by the one who submitted it.
#[utoipa::path(post, path = "/campaigns/{id}/approve", responses((status = 200, body = CampaignView)))]
pub async fn approve(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<CampaignView>> {
    who.may(P::CampaignApprove)?;
    changed(&api, campaign::approve(api.store(), &who.actor, id).await?).await
}
