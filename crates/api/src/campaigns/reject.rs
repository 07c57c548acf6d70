use super::view::{CampaignView, changed};
use crate::prelude::*;
use desk::campaign;
use model::CampaignId;

#[derive(Deserialize, ToSchema)]
pub struct Rejection {
    /// What must be different before it may run.
    note: String,
}

/// Refuses a submitted campaign; it becomes a draft again.
#[utoipa::path(post, path = "/campaigns/{id}/reject", responses((status = 200, body = CampaignView)))]
pub async fn reject(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<Rejection>,
) -> Answer<Json<CampaignView>> {
    who.may(P::CampaignApprove)?;
    changed(&api, campaign::reject(api.store(), &who.actor, id, &body.note).await?).await
}
